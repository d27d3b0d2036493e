"""Owns the step from a module to the file a person reads, corrects and approves."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from lessons.module import Item, Module, Part, Taught

MARKS = re.compile(r"([\\`*_\[\]<>#~|])")
HEADINGS = {"choice": "Scenario", "order": "Order", "spot": "Spot", "write": "Write"}
LIST_KINDS = ("bullet", "number")


def module_text(module: Module) -> str:
    """Return the file of a module without slots: parse_module reads the same module from it."""
    lines = ["---", *_front(module), "---", "## Concept", ""]
    for card in module.cards:
        lines += [f"### {_escaped(card.title)}", "", *_paragraphs(card.parts)]
    lines += ["## Practice", ""]
    for item in module.items:
        if item.phase == "practice":
            lines += [f"### {HEADINGS[item.kind]}: {_escaped(item.title)}", "", *_item_lines(item)]
    if not module.is_delta:
        lines += ["## Reflection", ""]
    for item in module.items:
        if item.phase == "reflection":
            lines += [f"### Question: {_escaped(item.title)}", "", *_item_lines(item)]
    if module.closing:
        lines.append(f"Think: {_escaped(module.closing)}")
    return "\n".join(lines).rstrip() + "\n"


def taught_line(taught: Taught) -> str:
    """Return a section as it is written under teaches:."""
    named = " > ".join((taught.sop, *taught.heading_path))
    return f"{named} @ {taught.version}" if taught.version else named


def _front(module: Module) -> Iterator[str]:
    for key in ("title", "skill", "behaviour"):
        yield f"{key}: {_quoted(getattr(module, key))}"
    if module.roles:
        yield f"roles: [{', '.join(map(_quoted, module.roles))}]"
    if module.is_delta:
        yield "delta: yes"
    else:
        minutes = module.minutes
        parts = f"concept: {minutes.concept}, practice: {minutes.practice}, reflection: {minutes.reflection}"
        yield f"minutes: {{{parts}}}"
    yield "teaches:"
    yield from (f"  - {_quoted(taught_line(taught))}" for taught in module.teaches)
    if module.after:
        yield f"after: [{', '.join(map(_quoted, module.after))}]"


def _item_lines(item: Item) -> Iterator[str]:
    yield from _paragraphs(item.situation)
    yield from (_escaped(item.question), "")
    for place, option in enumerate(item.options):
        mark = f"{place + 1}." if item.kind == "order" else "- [x]" if place == item.right else "- [ ]"
        yield f"{mark} {_escaped(option)}"
    if item.options:
        yield ""
    if item.step is not None:
        yield f"Step: {item.step}"
    if item.key_points:
        yield from ("Key points:", *(f"- {_escaped(point)}" for point in item.key_points))
    if item.why:
        yield f"Why: {_escaped(item.why)}"
    yield from (f"Quote: {_escaped(item.quote)}", "")


def _paragraphs(parts: Sequence[Part]) -> Iterator[str]:
    for kind, group in groupby(parts, key=lambda part: part.kind):
        for number, part in enumerate(group, start=1):
            mark = {"bullet": "- ", "number": f"{number}. ", "heading": "#### ", "text": ""}[kind]
            yield f"{mark}{_escaped(part.text)}"
            if kind not in LIST_KINDS:
                yield ""
        if kind in LIST_KINDS:
            yield ""


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _escaped(words: str) -> str:
    """Return words that Markdown shows as they are; those that begin like a list do not become one."""
    escaped = MARKS.sub(r"\\\1", words)
    return re.sub(r"^(\d{1,3}|[a-z]|)([-+•.)])(?=\s)", r"\1\\\2", escaped)
