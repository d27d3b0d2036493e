"""Drafts modules for a person to correct and approve: from an SOP's structure, or for a role from one that stands."""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from coach.documents import Document
from coach.reading import Rejected
from lessons.adapt import Write, rewritten, told_anew
from lessons.budget import LEAST_SHARE, card_seconds, item_seconds
from lessons.draft_items import Material, items_of, material_of, questions_of
from lessons.module import Card, Item, Minutes, Module, Part, Taught
from lessons.module_file import MOST_CARDS, MOST_ITEMS, parse_module
from lessons.module_text import module_text, taught_line
from lessons.prose import slug_of
from lessons.taught import find_taught

CONCEPT_SECONDS, PRACTICE_SECONDS, REFLECTION_SECONDS = 4 * 60, 9 * 60, 2 * 60
FEWEST_MINUTES, MOST_TITLE = 3, 140
ENOUGH_QUESTIONS = 2
NO_SKILL = "SKILL"
SKILL_TO_WRITE = re.compile(rf"^skill: *\"?{NO_SKILL}\"? *$", re.MULTILINE)


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
            text = find_taught(taught_line(_taught(document, path)), sops)
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
    write: Write | None = None,
) -> Draft:
    """Return a draft of the section under these headings, every quote in the SOP's own characters.

    `skill` is the key it is filed under, None where a person must say; `skills` are those the company lists. `write`
    may tell a situation better; whatever it changes beyond words is not taken (see adapt.rewrite_faults).
    Raises Rejected with a sentence that follows the SOP's name when it cannot be drafted from.
    """
    material = material_of(document, heading_path)
    text = find_taught(taught_line(_taught(document, heading_path)), {document.file: document})
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
    told = items if write is None else [told_anew(item, write) for item in items]
    module = Module(
        file=f"{slug_of(material.heading)[:80] or 'draft'}.md",
        title=material.heading[:MOST_TITLE],
        skill=skill or NO_SKILL,
        behaviour=f"Staff do as “{material.heading[:MOST_TITLE]}” says, without looking it up.",
        minutes=_minutes(cards, told, questions),
        teaches=tuple(_taught(document, path) for path in (heading_path, *beside)),
        cards=tuple(cards),
        items=(*told, *questions),
    )
    return _draft(module, {document.file: document}, skills)


def adapted_draft(
    module: Module,
    role: str,
    write: Write,
    sops: Mapping[str, Document],
    skills: Collection[str] | None = None,
    roles: Collection[str] | None = None,
) -> Draft:
    """Return a draft of a module for one role, in a file of its own: slots filled in, situations told by `write`.

    `sops` are those it teaches, `skills` and `roles` those the company lists, None where nobody knows them.
    """
    file = f"{module.file.rpartition('.')[0]}-{slug_of(role) or 'role'}.md"
    return _draft(replace(rewritten(module, role, write), file=file, roles=(role,)), sops, skills, roles)


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


def _draft(
    module: Module,
    sops: Mapping[str, Document],
    skills: Collection[str] | None,
    roles: Collection[str] | None = None,
) -> Draft:
    text = module_text(module)
    return Draft(module.file, text, read_draft(module.file, text, sops, skills, roles)[1])


def _taught(document: Document, heading_path: tuple[str, ...]) -> Taught:
    facts = (part.facts for part in document.sections if part.section.heading_path == heading_path)
    return Taught(document.file, heading_path, next((found.version or "" for found in facts), ""))


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
