"""Reads one item of a module from its Markdown: a choice, an ordering, a line to spot, or free text."""

import re
from collections.abc import Mapping, Sequence

from coach.plain import plain, without_comments
from coach.reading import Rejected
from lessons.module import Item, ItemKind, Part, Phase
from lessons.prose import count, parts_of, slug_of
from lessons.taught import TaughtText, find_quote

KINDS: Mapping[str, tuple[Phase, ItemKind]] = {
    "scenario": ("practice", "choice"),
    "order": ("practice", "order"),
    "spot": ("practice", "spot"),
    "write": ("practice", "write"),
    "question": ("reflection", "choice"),
}
NO_KIND: tuple[None, ItemKind] = (None, "choice")
HOW_MANY = {"choice": (2, 4), "order": (3, 5), "spot": (3, 5), "write": (1, 6)}
NOUNS = {"choice": "option", "order": "step", "spot": "line", "write": "key point"}
LABEL = re.compile(r"^[ \t]*(?:\*\*|__)?(Step|Why|Quote|Key points|Think):(?:\*\*|__)?[ \t]*", re.I | re.M)
MARKED = re.compile(r"^ {0,3}[-*+][ \t]+\[([ xX])\][ \t]+", re.MULTILINE)
NUMBERED = re.compile(r"^ {0,3}\d{1,2}[.)][ \t]+", re.MULTILINE)
BULLET = re.compile(r"^ {0,3}[-*+][ \t]+", re.MULTILINE)
UNMARKED = re.compile(r"^[ \t]*[-*+][ \t]", re.MULTILINE)
HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*)$", re.MULTILINE)
PARAGRAPH_AFTER = re.compile(r"\n[ \t]*\n[ \t]*\S")
STEP = re.compile(r"[1-9]\d{0,2}")


def read_item(heading: str, body: str, phase: Phase, texts: Sequence[TaughtText]) -> tuple[Item, str]:
    """Return the item under a heading such as "Order: Key an exception", and its Think: line, "" without one.

    `texts` are the sections the module teaches. Raises Rejected with a sentence that follows the file's name.
    """
    kind, title = _kind(heading, phase)
    body = without_comments(body)
    if inside := HEADING.search(body):
        raise Rejected(f"has the heading {inside[1].strip()!r} inside “{title}”. Make it a paragraph.")
    asked, labels = _labels(body, title)
    _refuse_labels(kind, labels, title)
    if kind == "write":
        before, rows, right = asked, _key_points(labels["key points"], title), None
    else:
        before, rows, right = _answers(kind, asked, title)
    fewest, most = HOW_MANY[kind]
    if not fewest <= len(rows) <= most:
        raise Rejected(f"has {count(len(rows), NOUNS[kind])} in “{title}”. Write {fewest} to {most}.")
    situation, question = _question(before, kind, title)
    source, quote = find_quote(labels["quote"], texts, title)
    item = Item(
        slug=_slug(title),
        kind=kind,
        phase=phase,
        title=title,
        situation=situation,
        question=question,
        options=() if kind == "write" else rows,
        right=right,
        why=plain(labels.get("why", "")),
        quote=quote,
        source=source,
        key_points=rows if kind == "write" else (),
        step=_step(labels.get("step"), texts, title),
    )
    return item, plain(labels.get("think", ""))


def _kind(heading: str, phase: Phase) -> tuple[ItemKind, str]:
    name, colon, title = (part.strip() for part in heading.partition(":"))
    stands_in, kind = KINDS.get(name.casefold(), NO_KIND)
    if stands_in != phase or not colon or not title:
        names = [known.title() for known, (place, _) in KINDS.items() if place == phase]
        listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
        raise Rejected(
            f"has the heading {heading!r} under ## {phase.title()}. Begin it with {listed}, a colon and a title."
        )
    return kind, title


def _labels(body: str, title: str) -> tuple[str, dict[str, str]]:
    before, *rest = LABEL.split(body)
    labels: dict[str, str] = {}
    for name, text in zip((label.casefold() for label in rest[::2]), rest[1::2], strict=True):
        if name in labels:
            raise Rejected(f"has {name.capitalize()}: twice in “{title}”. Keep one.")
        if MARKED.search(text):
            raise Rejected(f"has options after {name.capitalize()}: in “{title}”. Move them above it.")
        labels[name] = text
    return before, labels


def _refuse_labels(kind: ItemKind, labels: dict[str, str], title: str) -> None:
    if kind == "write" and not labels.get("key points", "").strip():
        raise Rejected(f"has no Key points: in “{title}”. List what a good answer says, one point a line.")
    if kind != "write" and "key points" in labels:
        raise Rejected(f"has Key points: in “{title}”, which only a Write: has. Take them out.")
    if kind != "write" and not plain(labels.get("why", "")):
        raise Rejected(f"has no Why: in “{title}”. Write what makes the right answer right and the others wrong.")
    if not plain(labels.get("quote", "")):
        raise Rejected(f"has no Quote: in “{title}”. Copy the sentence of the SOP that makes the right answer right.")


def _answers(kind: ItemKind, asked: str, title: str) -> tuple[str, tuple[str, ...], int | None]:
    """Return the words before the answers, the answers, and the place of the marked one."""
    if kind == "order":
        if UNMARKED.search(asked):
            raise Rejected(f"has a list line without a number in “{title}”. Number the steps in the right order.")
        before, *rest = NUMBERED.split(asked)
        return before, tuple(_row(text, title, "its steps") for text in rest), None
    before, *rest = MARKED.split(asked)
    marks, texts = rest[::2], rest[1::2]
    if any(UNMARKED.search(text) for text in (before, *texts)):
        marked = "[x] before the line with the mistake" if kind == "spot" else "[x] before the right option"
        raise Rejected(f"has a list line without a mark in “{title}”. Write - {marked}, - [ ] before every other.")
    rows = tuple(_row(text, title, f"its {NOUNS[kind]}s") for text in texts)
    right = [place for place, mark in enumerate(marks) if mark != " "]
    if len(right) != 1 and rows:
        raise Rejected(f"has {count(len(right), NOUNS[kind])} marked [x] in “{title}”. Mark exactly one.")
    return before, rows, right[0] if right else None


def _key_points(text: str, title: str) -> tuple[str, ...]:
    before, *rows = BULLET.split(text)
    if plain(before):
        raise Rejected(
            f"has words between Key points: and its list in “{title}”. Write every key point as a list line."
        )
    return tuple(_row(row, title, "its key points") for row in rows)


def _row(text: str, title: str, what: str) -> str:
    if PARAGRAPH_AFTER.search(text.rstrip()):
        raise Rejected(f"has a paragraph among or after {what} in “{title}”. Move it above them or into Why:.")
    words = plain(text)
    if not words:
        raise Rejected(f"has a line without words among {what} in “{title}”. Fill it in or take it out.")
    return words


def _question(before: str, kind: ItemKind, title: str) -> tuple[tuple[Part, ...], str]:
    *situation, last = parts_of(before) or (Part("", "text"),)
    if not last.text or last.kind != "text":
        place = "Key points:" if kind == "write" else f"its {NOUNS[kind]}s"
        raise Rejected(
            f"asks nothing in “{title}”. Write a question or an instruction as the last paragraph before {place}."
        )
    return tuple(situation), last.text


def _step(stated: str | None, texts: Sequence[TaughtText], title: str) -> int | None:
    if stated is None:
        return None
    number = stated.strip()
    if not STEP.fullmatch(number):
        raise Rejected(f"has a Step: in “{title}” that is not a whole number. Write the number of the SOP's step.")
    if not any(int(number) in text.steps for text in texts):
        raise Rejected(f"has Step: {number} in “{title}”, but no section under teaches has that step. Correct it.")
    return int(number)


def _slug(title: str) -> str:
    if not (slug := slug_of(title)):
        raise Rejected(f"has the title “{title}”, which has no letter from a to z. Give it one to be remembered by.")
    return slug
