"""Reads one module file into a Module: its front matter, its three parts, and what holds for the whole of it."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from coach.documents import Document
from coach.parse import markdown
from coach.plain import plain
from coach.reading import Heading, Reading, Rejected, decode
from lessons.adapt import slots_used, variants
from lessons.budget import refuse_misfit
from lessons.distractors import alike
from lessons.item_file import NOUNS, read_item
from lessons.limits import refuse_long
from lessons.module import Card, Item, Module, Phase
from lessons.module_facts import STAGES, read_facts
from lessons.prose import parts_of
from lessons.taught import TaughtText, find_taught

ENDINGS = (".md", ".markdown")
MOST_CARDS = 3
MOST_ITEMS = 8
MOST_QUESTIONS = 3
FIRST_HEADING = {
    "concept": "### and a card's title",
    "practice": "### Scenario: and its title",
    "reflection": "### Question: and its title",
}
Piece = tuple[str, str]


def is_module(file: str) -> bool:
    """Say whether the ending of a file name is one a module has."""
    return PurePosixPath(file).suffix.lower() in ENDINGS


def parse_module(
    file: str,
    data: bytes,
    skills: Collection[str] | None,
    roles: Collection[str] | None,
    sops: Mapping[str, Document],
) -> Module:
    """Read one module; `skills` and `roles` are those company.yaml lists, None where nobody knows them.

    `sops` maps the files it may teach to their documents. What it comes after is not looked up here.

    Raises Rejected with a sentence that follows the file's name and says what to do.
    """
    reading = markdown.read(decode(data))
    stated = read_facts(reading.facts, skills, roles)
    texts = [find_taught(line, sops) for line in stated.teaches]
    stages = _stages(reading, stated.is_delta)
    practice, _ = _items("practice", stages["practice"], texts)
    reflection, closing = _items("reflection", stages.get("reflection", []), texts)
    module = Module(
        file=file,
        title=stated.title,
        skill=stated.skill,
        behaviour=stated.behaviour,
        minutes=stated.minutes,
        teaches=tuple(text.taught for text in texts),
        cards=tuple(_card(title, body) for title, body in stages["concept"]),
        items=(*practice, *reflection),
        roles=stated.roles,
        after=stated.after,
        slots=stated.slots,
        is_delta=stated.is_delta,
        closing=closing,
    )
    _refuse_counts(module)
    _refuse_slots(module)
    for role, variant in variants(module):
        _refuse_variant(variant, role)
    return module


def _stages(reading: Reading, is_delta: bool) -> dict[str, list[Piece]]:
    """Return the headings of level 3 with their text, by the level-2 part they stand in."""
    headings = [heading for heading in reading.headings if heading.level <= 3]
    ends = [heading.start for heading in headings[1:]] + [len(reading.text)]
    if plain(reading.text[reading.body_start : headings[0].start if headings else len(reading.text)]):
        raise Rejected("has words before its first heading, which nobody would see. Move them under a card.")
    stages: dict[str, list[Piece]] = {}
    current: list[Piece] | None = None
    for heading, end in zip(headings, ends, strict=False):
        body = reading.text[heading.body_start : end]
        if heading.level == 3:
            if current is None:
                raise Rejected(f"has ### {heading.title} before ## Concept. Move it under ## Concept or ## Practice.")
            current.append((heading.title, body))
            continue
        if plain(body):
            raise Rejected(f"has words right under {_as_written(heading)}, which nobody would see. Write ### above.")
        if heading.level == 2:
            current = _opened(stages, heading)
    for name in STAGES[:2] if is_delta else STAGES:
        if not stages.get(name):
            raise Rejected(
                f"has nothing under ## {name.title()}. Write that heading and below it {FIRST_HEADING[name]}."
            )
    return stages


def _opened(stages: dict[str, list[Piece]], heading: Heading) -> list[Piece]:
    name = heading.title.strip().casefold()
    if name not in STAGES:
        raise Rejected(f"has a part {_as_written(heading)}. Its parts are ## Concept, ## Practice and ## Reflection.")
    if name in stages:
        raise Rejected(f"has {_as_written(heading)} twice. Keep one.")
    return stages.setdefault(name, [])


def _as_written(heading: Heading) -> str:
    return f"{'#' * heading.level} {heading.title}"


def _card(title: str, body: str) -> Card:
    parts = parts_of(body)
    if not parts:
        raise Rejected(f"has the card “{title}” without words. Write them or take the card out.")
    return Card(title, parts)


def _items(phase: Phase, pieces: Sequence[Piece], texts: Sequence[TaughtText]) -> tuple[list[Item], str]:
    items, closing = [], ""
    for heading, body in pieces:
        item, think = read_item(heading, body, phase, texts)
        if closing or (think and phase == "practice"):
            raise Rejected("has Think: before its end. Write it once, as the last line under ## Reflection.")
        items.append(item)
        closing = think
    return items, closing


def _refuse_counts(module: Module) -> None:
    questions = sum(item.phase == "reflection" for item in module.items)
    practice = len(module.items) - questions
    if module.is_delta:
        if (len(module.cards), practice, questions) != (1, 1, 0):
            raise Rejected("is a delta lesson with more than one card and one item. Take the rest out, or delta: yes.")
        return
    if len(module.cards) > MOST_CARDS:
        raise Rejected(f"has {len(module.cards)} cards; {MOST_CARDS} are enough for one skill. Join or drop some.")
    if practice > MOST_ITEMS:
        raise Rejected(f"has {practice} items under ## Practice; {MOST_ITEMS} fit. Split the module in two.")
    if questions > MOST_QUESTIONS:
        raise Rejected(f"has {questions} questions under ## Reflection; {MOST_QUESTIONS} fit. Move one to ## Practice.")
    slugs = [item.slug for item in module.items]
    if repeated := [item.title for item in module.items if slugs.count(item.slug) > 1]:
        raise Rejected(f"has two items titled “{repeated[0]}”. Give each its own title: answers are remembered by it.")


def _refuse_slots(module: Module) -> None:
    used, defined = slots_used(module), [name for name, _ in module.slots]
    if missing := [name for name in used if name not in defined]:
        raise Rejected(f"uses {{{missing[0]}}}, a slot it does not define. Add it under slots: or write the words out.")
    if idle := [name for name in defined if name not in used]:
        raise Rejected(f"defines the slot {idle[0]!r} but does not use it. Write {{{idle[0]}}} or take it out.")


def _refuse_variant(module: Module, role: str) -> None:
    try:
        refuse_long(module)
        for item in module.items:
            if same := alike(item.options):
                raise Rejected(
                    f"has two {NOUNS[item.kind]}s in “{item.title}” that say the same: “{same[0]}” and “{same[1]}”. "
                    "Make them differ in more than case, punctuation, endings and small words."
                )
        refuse_misfit(module)
    except Rejected as reason:
        if not role:
            raise
        raise Rejected(f"{reason} That is with the words for {role} under slots:.") from None
