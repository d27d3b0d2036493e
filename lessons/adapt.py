"""Says a module in the words of a role: its slots, and an example told anew where nothing else may change."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from lessons.module import Card, Item, Module, Part

OTHERS = ""
SLOT = re.compile(r"\{([^{}\n]*)\}")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
GAP = re.compile(r"_{3,}")
PARAGRAPH_END = re.compile(r"\n\s*\n")
# Words that decide what is right: one more or less of them is another situation.
DECIDING = re.compile(
    r"\b(?:no|not|cannot|never|none|nobody|nothing|without|unless|only|except|until|before|after)\b|n['’]t\b", re.I
)
MOST_GROWTH = 1.25
Fill = Callable[[str], str]
# Says what a situation told anew changed beyond words, as rewrite_faults does.
FaultsOf = Callable[[str], tuple[str, ...]]
# Returns a situation anew, its paragraphs apart by a blank line, or the same where it has none without faults.
Write = Callable[[str, FaultsOf], str]


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


def rewritten(module: Module, role: str, write: Write) -> Module:
    """Return a module in the words of a role, its situations told by `write` as told_anew has it."""
    filled = for_roles(module, [role])
    return replace(filled, items=tuple(told_anew(item, write) for item in filled.items))


def told_anew(item: Item, write: Write) -> Item:
    """Return an item with its situation as `write` tells it, where `rewrite_faults` finds nothing; else the item."""
    if not item.situation:
        return item

    def faults_of(text: str) -> tuple[str, ...]:
        return rewrite_faults(item, _with_situation(item, text))

    text = write(_text(item), faults_of)
    return item if faults_of(text) else _with_situation(item, text)


def rewrite_faults(before: Item, after: Item) -> tuple[str, ...]:
    """Return what a rewritten item changed beyond the words of its example, in short sentences; () where nothing.

    Everything but the situation stays to the letter. The situation keeps its numbers, its gap and the words that
    decide, such as not, only and before; it grows by a quarter at most, and gives neither the answer nor the quote
    away.
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
    if len(GAP.findall(old)) != len(GAP.findall(new)):
        faults.append("A gap changed.")
    if SLOT.search(new) and not SLOT.search(old):
        faults.append("A slot was added.")
    if any(_holds(new, said) and not _holds(old, said) for said in _answers(before)):
        faults.append("The situation gives the answer away.")
    return tuple(faults)


def _with_situation(item: Item, text: str) -> Item:
    """Return an item with another situation, which is words and no Markdown; as many paragraphs keep their kinds."""
    paragraphs = [words for words in (" ".join(part.split()) for part in PARAGRAPH_END.split(text)) if words]
    before = item.situation if len(item.situation) == len(paragraphs) else (Part(""),) * len(paragraphs)
    return replace(item, situation=tuple(map(Part, paragraphs, (part.kind for part in before))))


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
