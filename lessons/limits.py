"""Owns how much of each thing in a module one message can take."""

from collections.abc import Iterator

from coach.reading import Rejected
from lessons.module import Item, Module

MOST_CHARACTERS = {
    "title": 140,
    "behaviour": 300,
    "card title": 140,
    "card": 3_000,
    "item title": 100,
    "situation": 2_000,
    "question": 500,
    "option": 200,
    "key point": 200,
    "Why": 600,
    "Quote": 600,
    "Think": 400,
}
MOST_PARTS = 20


def refuse_long(module: Module) -> None:
    """Raise Rejected for the first text of a module that is longer than one message takes; slots are filled in."""
    for where, what, text in _texts(module):
        most = MOST_CHARACTERS[what]
        if len(text) > most:
            raise Rejected(f"is too long in the {what}{where}: {len(text):,} characters, {most:,} fit. Shorten it.")
    for title, parts in [(card.title, card.parts) for card in module.cards] + [
        (item.title, item.situation) for item in module.items
    ]:
        if len(parts) > MOST_PARTS:
            raise Rejected(
                f"has {len(parts)} paragraphs and list items in “{title}”; {MOST_PARTS} fit. Join or drop some."
            )


def _texts(module: Module) -> Iterator[tuple[str, str, str]]:
    yield "", "title", module.title
    yield "", "behaviour", module.behaviour
    for card in module.cards:
        yield f" of “{card.title[:60]}”", "card title", card.title
        yield f" “{card.title}”", "card", "\n".join(part.text for part in card.parts)
    for item in module.items:
        yield from _item_texts(item)
    yield "", "Think", module.closing


def _item_texts(item: Item) -> Iterator[tuple[str, str, str]]:
    where = f" of “{item.title[:60]}”"
    yield where, "item title", item.title
    yield where, "situation", "\n".join(part.text for part in item.situation)
    yield where, "question", item.question
    yield from ((where, "option", option) for option in item.options)
    yield from ((where, "key point", point) for point in item.key_points)
    yield where, "Why", item.why
    yield where, "Quote", item.quote
