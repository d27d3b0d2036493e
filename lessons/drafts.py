"""Drafts a module from an SOP's structure, and writes it as the file a person corrects and approves."""

import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coach.documents import Document
from coach.reading import Rejected
from lessons.adapt import rewrite_faults
from lessons.budget import LEAST_SHARE, card_seconds, item_seconds
from lessons.draft_items import Material, items_of, material_of, questions_of
from lessons.module import Card, Item, Minutes, Module, Part
from lessons.module_file import MOST_CARDS, MOST_ITEMS, parse_module
from lessons.prose import parts_of, slug_of
from lessons.taught import find_taught

CONCEPT_SECONDS, PRACTICE_SECONDS, REFLECTION_SECONDS = 4 * 60, 9 * 60, 2 * 60
FEWEST_MINUTES, MOST_TITLE = 3, 140
ENOUGH_QUESTIONS = 2
NO_SKILL = "SKILL"
SKILL_TO_WRITE = re.compile(rf"^skill: *\"?{NO_SKILL}\"? *$", re.MULTILINE)
MARKS = re.compile(r"([\\`*_\[\]<>#~|])")
HEADINGS = {"choice": "Scenario", "order": "Order", "spot": "Spot", "write": "Write"}


@dataclass(frozen=True)
class Draft:
    """A module file as drafted: its name, its text, and what a person must complete in it, a sentence each."""

    file: str
    text: str
    to_complete: tuple[str, ...] = ()


def sections_to_draft(document: Document) -> list[tuple[str, ...]]:
    """Return the headings of an SOP a module can be drafted from, the one with most to practise first."""
    sops, found = {document.file: document}, []
    for path in dict.fromkeys(part.section.heading_path for part in document.sections):
        try:
            text = find_taught(_line(document, path), sops)
        except Rejected:
            # A heading that stands in the SOP more than once under the same ones above it.
            continue
        number = sum(1 for _ in items_of(document, material_of(document, path), text))
        found.append((number, path))
    return [path for number, path in sorted(found, key=lambda pair: (-pair[0], len(pair[1]))) if number]


def draft_module(
    document: Document,
    heading_path: tuple[str, ...],
    skill: str | None = None,
    skills: Collection[str] | None = None,
    write: Callable[[str], str] | None = None,
) -> Draft:
    """Return a draft of the section under these headings, every quote in the SOP's own characters.

    `skill` is the key it is filed under, None where a person must say; `skills` are those the company lists. `write`
    may tell a situation better; whatever it changes beyond words is not taken (see adapt.rewrite_faults).
    Raises Rejected with a sentence that follows the SOP's name when it cannot be drafted from.
    """
    material = material_of(document, heading_path)
    text = find_taught(_line(document, heading_path), {document.file: document})
    cards = _cards(material)
    items = _fitting(items_of(document, material, text), PRACTICE_SECONDS, MOST_ITEMS)
    if not cards or not items:
        raise Rejected(
            f"has too little to practise under “{material.heading}”: no numbered steps, lists or amounts. Choose "
            "another section with --section."
        )
    questions = _fitting(questions_of(document, heading_path, material, text), REFLECTION_SECONDS, ENOUGH_QUESTIONS)
    if not questions and len(items) > 1 and items[-1].kind == "choice":
        questions = [replace(items.pop(), phase="reflection")]
    beside = _beside(document, heading_path, cards)
    cards += beside.values()
    told = [_told(item, write) for item in items]
    front = {
        "title": material.heading[:MOST_TITLE],
        "skill": skill or NO_SKILL,
        "behaviour": f"Staff do as “{material.heading[:MOST_TITLE]}” says, without looking it up.",
    }
    taught = [_line(document, path) for path in (heading_path, *beside)]
    written = _written(front, _minutes(cards, told, questions), taught, cards, told, questions)
    file = f"{slug_of(material.heading)[:80] or 'draft'}.md"
    _, faults = read_draft(file, written, {document.file: document}, skills)
    return Draft(file, written, faults)


def read_draft(
    file: str,
    text: str,
    sops: Mapping[str, Document],
    skills: Collection[str] | None,
    roles: Collection[str] | None = None,
) -> tuple[Module | None, tuple[str, ...]]:
    """Return the module a draft is, None where it cannot be read, and what a person must still do, a sentence each.

    `sops` are those it may teach, `skills` and `roles` those the company lists, None where nobody knows them.
    """
    lacks_skill = SKILL_TO_WRITE.search(text) is not None
    faults = (
        (f"Write the key of a skill from company.yaml in place of {NO_SKILL}, after skill:.",) if lacks_skill else ()
    )
    try:
        return parse_module(file, text.encode(), None if lacks_skill else skills, roles, sops), faults
    except Rejected as reason:
        return None, (*faults, f"lessons/{file} {reason}")


def _line(document: Document, heading_path: tuple[str, ...]) -> str:
    version = next(
        (part.facts.version for part in document.sections if part.section.heading_path == heading_path), None
    )
    named = " > ".join((document.file, *heading_path))
    return f"{named} @ {version}" if version else named


def _cards(material: Material) -> list[Card]:
    """Return at most three cards in the SOP's words: what it is about, its steps, and what else holds."""
    found = [
        (material.heading, [Part(words) for words in material.paragraphs]),
        ("Step by step", [Part(words, "number") for words in material.steps]),
        ("To know by heart", [Part(words, "bullet") for words in material.bullets]),
    ]
    cards, seconds = [], 0.0
    for title, parts in found:
        shown: list[Part] = []
        for part in parts:
            card = Card(title[:MOST_TITLE], (*shown, part))
            if seconds + card_seconds(card) > CONCEPT_SECONDS:
                break
            shown.append(part)
        if shown:
            cards.append(Card(title[:MOST_TITLE], tuple(shown)))
            seconds += card_seconds(cards[-1])
    return cards


def _beside(document: Document, heading_path: tuple[str, ...], cards: Sequence[Card]) -> dict[tuple[str, ...], Card]:
    """Return cards of the sections that follow, by headings, where the section alone is read in too short a time."""
    paths = list(dict.fromkeys(part.section.heading_path for part in document.sections))
    place = paths.index(heading_path)
    found: dict[tuple[str, ...], Card] = {}
    for path in (*paths[place + 1 :], *paths[:place]):
        seconds = sum(map(card_seconds, (*cards, *found.values())))
        if seconds >= LEAST_SHARE * 60 or len(cards) + len(found) >= MOST_CARDS:
            break
        if path and (own := _cards(material_of(document, path))):
            found[path] = own[0]
    return found


def _fitting(items: Iterable[Item], most_seconds: float, most: int) -> list[Item]:
    chosen: list[Item] = []
    seconds = 0.0
    for item in items:
        if len(chosen) < most and seconds + item_seconds(item) <= most_seconds and item.slug not in _slugs(chosen):
            chosen.append(item)
            seconds += item_seconds(item)
    return chosen


def _slugs(items: Sequence[Item]) -> set[str]:
    return {item.slug for item in items}


def _minutes(cards: Sequence[Card], items: Sequence[Item], questions: Sequence[Item]) -> Minutes:
    """Return whole minutes that each part fits; practice gets more where a module would be shorter than any may be."""
    practice_seconds = sum(map(item_seconds, items))
    concept = math.ceil(sum(map(card_seconds, cards)) / 60)
    practice, reflection = math.ceil(practice_seconds / 60), max(1, math.ceil(sum(map(item_seconds, questions)) / 60))
    while concept + practice + reflection < FEWEST_MINUTES and practice_seconds >= LEAST_SHARE * 60 * (practice + 1):
        practice += 1
    return Minutes(concept, practice, reflection)


def _told(item: Item, write: Callable[[str], str] | None) -> Item:
    if write is None or not item.situation:
        return item
    told = replace(item, situation=parts_of(write("\n\n".join(part.text for part in item.situation))))
    return item if rewrite_faults(item, told) else told


def _written(
    front: dict[str, str],
    minutes: Minutes,
    taught: Sequence[str],
    cards: Sequence[Card],
    items: Sequence[Item],
    questions: Sequence[Item],
) -> str:
    parts = f"{{concept: {minutes.concept}, practice: {minutes.practice}, reflection: {minutes.reflection}}}"
    lines = ["---", *(f"{key}: {_quoted(value)}" for key, value in front.items()), f"minutes: {parts}", "teaches:"]
    lines += [*(f"  - {_quoted(line)}" for line in taught), "---", "## Concept", ""]
    for card in cards:
        lines += [f"### {_escaped(card.title)}", "", *_paragraphs(card.parts)]
    lines += ["## Practice", ""]
    for item in items:
        lines += [f"### {HEADINGS[item.kind]}: {_escaped(item.title)}", "", *_item_lines(item)]
    lines += ["## Reflection", ""]
    for item in questions:
        lines += [f"### Question: {_escaped(item.title)}", "", *_item_lines(item)]
    return "\n".join(lines).rstrip() + "\n"


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
    marks = {"bullet": "- ", "number": "1. "}
    for place, part in enumerate(parts):
        mark = f"{place + 1}. " if part.kind == "number" else marks.get(part.kind, "")
        yield f"{mark}{_escaped(part.text)}"
        if not mark:
            yield ""
    if parts and parts[-1].kind in marks:
        yield ""


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _escaped(words: str) -> str:
    """Return words that Markdown shows as they are; those that begin like a list do not become one."""
    escaped = MARKS.sub(r"\\\1", words)
    return re.sub(r"^([-+•]|\d{1,3}[.)])(?=\s)", r"\\\1", escaped)
