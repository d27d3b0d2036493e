"""Says a module in the words of a role: its slots, and an example told anew where nothing else may change."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from lessons.module import Card, Item, Module, Part
from lessons.prose import parts_of

OTHERS = ""
SLOT = re.compile(r"\{([^{}\n]*)\}")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# Words that decide what is right: one more or less of them is another situation.
DECIDING = re.compile(
    r"\b(?:no|not|cannot|never|none|nobody|nothing|without|unless|only|except|until|before|after)\b|n['’]t\b", re.I
)
MOST_GROWTH = 1.25
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


def rewritten(module: Module, role: str, write: Callable[[str], str]) -> Module:
    """Return a module whose situations are told for a role by `write`, which gets one situation and returns it anew.

    Slots are filled in first. A situation is taken as written only where `rewrite_faults` finds nothing; else it stays.
    """
    told = for_roles(module, [role])
    return replace(told, items=tuple(_told_anew(item, write) for item in told.items))


def rewrite_faults(before: Item, after: Item) -> tuple[str, ...]:
    """Return what a rewritten item changed beyond the words of its example, in short sentences; () where nothing.

    Everything but the situation stays to the letter. The situation keeps its numbers and the words that decide, such
    as not, only and before; it grows by a quarter at most, and gives neither the answer nor the quote away.
    """
    faults = [f"The {name} changed." for name, value in _fixed(before).items() if _fixed(after)[name] != value]
    old, new = _text(before), _text(after)
    if bool(old) != bool(new):
        faults.append("The situation is missing." if old else "There was no situation.")
    if Counter(NUMBER.findall(old)) != Counter(NUMBER.findall(new)):
        faults.append("A number changed.")
    if _deciding(old) != _deciding(new):
        faults.append("A word that decides changed, such as not, only or before.")
    if len(new) > max(MOST_GROWTH * len(old), len(old) + 40):
        faults.append("The situation is longer by more than a quarter.")
    if SLOT.search(new) and not SLOT.search(old):
        faults.append("A slot was added.")
    if any(_holds(new, said) and not _holds(old, said) for said in _answers(before)):
        faults.append("The situation gives the answer away.")
    return tuple(faults)


def _told_anew(item: Item, write: Callable[[str], str]) -> Item:
    if not item.situation:
        return item
    after = replace(item, situation=parts_of(write(_text(item))))
    return item if rewrite_faults(item, after) else after


def _fixed(item: Item) -> dict[str, object]:
    return {
        "name": item.slug,
        "kind": (item.kind, item.phase),
        "title": item.title,
        "question": item.question,
        "answers": item.options,
        "key": item.right,
        "reason": item.why,
        "quote": (item.quote, item.source),
        "rubric": item.key_points,
        "step": item.step,
    }


def _answers(item: Item) -> Iterator[str]:
    yield item.quote
    yield from item.key_points
    if item.right is not None:
        yield item.options[item.right]


def _text(item: Item) -> str:
    return "\n\n".join(part.text for part in item.situation)


def _deciding(text: str) -> Counter[str]:
    return Counter(found.casefold().replace("’", "'") for found in DECIDING.findall(text))


def _holds(text: str, said: str) -> bool:
    return " ".join(said.split()).casefold().strip(".") in " ".join(text.split()).casefold()


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
