"""Says a module in the words of a role: its slots, and an example told anew where nothing else may change."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from lessons.module import Card, Item, Module, Part

OTHERS = ""
SLOT = re.compile(r"\{([^{}\n]*)\}")
FEWEST_SHARED = 0.5
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
Fill = Callable[[str], str]


def for_roles(module: Module, roles: Collection[str]) -> Module:
    """Return a module in the words of somebody with these roles, its slots filled in and gone.

    A slot takes the words of the first role written in it that the person has, else those for everybody else.
    """
    chosen = {name: _words_for(dict(words), roles) for name, words in module.slots}

    def fill(text: str) -> str:
        return SLOT.sub(lambda slot: chosen.get(slot[1].strip(), slot[0]), text)

    return replace(
        module,
        cards=tuple(_filled_card(card, fill) for card in module.cards),
        items=tuple(_filled_item(item, fill) for item in module.items),
        closing=fill(module.closing),
        slots=(),
    )


def variants(module: Module) -> Iterator[tuple[str, Module]]:
    """Yield every role a module has words for, "" for everybody else, and the module in that role's words."""
    named = {role: None for _, words in module.slots for role, _ in words if role != OTHERS}
    for role in (OTHERS, *named):
        yield role, for_roles(module, [role])


def slots_used(module: Module) -> list[str]:
    """Return the names of the slots a module's text asks for, each once, in order."""
    names: dict[str, None] = {}

    def note(text: str) -> str:
        names.update({slot[1].strip(): None for slot in SLOT.finditer(text)})
        return text

    for card in module.cards:
        _filled_card(card, note)
    for item in module.items:
        _filled_item(item, note)
    note(module.closing)
    return list(names)


def _words_for(words: Mapping[str, str], roles: Collection[str]) -> str:
    return next((said for role, said in words.items() if role in roles and role != OTHERS), words[OTHERS])


def _filled_card(card: Card, fill: Fill) -> Card:
    return replace(card, title=fill(card.title), parts=_filled_parts(card.parts, fill))


def _filled_item(item: Item, fill: Fill) -> Item:
    return replace(
        item,
        title=fill(item.title),
        situation=_filled_parts(item.situation, fill),
        question=fill(item.question),
        options=tuple(map(fill, item.options)),
        why=fill(item.why),
        key_points=tuple(map(fill, item.key_points)),
    )


def _filled_parts(parts: tuple[Part, ...], fill: Fill) -> tuple[Part, ...]:
    return tuple(replace(part, text=fill(part.text)) for part in parts)
