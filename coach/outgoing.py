"""Owns what leaves the machine: who and what could identify a person is replaced before, and put back after."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from coach.pii import MAX_CHARACTERS, ORDINARY, WORD, plainly, spans

FEWEST_LETTERS = 3
# Numbers of badges, orders and accounts; amounts have a currency or a unit.
LONG_NUMBER = re.compile(
    r"(?<![\w.,€$£/-])[A-Za-z]{0,3}\d{7,}(?![\w%€$£]|[.,-]\d| (?:euros?|dollars?|pounds?|people|times|EUR|USD|GBP)\b)"
)
STAND_IN = re.compile(r"\[[A-Z]+_\d+\]")
LOOKS_LIKE_ONE = re.compile(r"\[(?=[A-Z]+_\d+\])")
Range = tuple[int, int, str]


@dataclass(frozen=True)
class Hidden:
    """Texts with stand-ins such as [NAME_1], the same one for the same words, and what each stands for."""

    texts: tuple[str, ...]
    originals: dict[str, str]

    def shown(self, text: str) -> str:
        """Return a text with what its stand-ins stand for."""
        return STAND_IN.sub(lambda found: self.originals.get(found[0], found[0]), text)


def hidden(texts: Sequence[str], names: Collection[str]) -> Hidden:
    """Replace people on the roster, e-mails, phone numbers and other numbers that identify, line by line.

    `names` are full names. A first name is replaced however it is written, a family name where it has a capital, both
    unless they are ordinary words; then only the full name is. A line is cut after 4,000 characters, since nobody
    looked at the rest.
    """
    stand_ins: dict[tuple[str, str], str] = {}
    counts: dict[str, int] = {}

    def stand_in(kind: str, words: str) -> str:
        key = kind, " ".join(words.casefold().split())
        if key not in stand_ins:
            counts[kind] = counts.get(kind, 0) + 1
            stand_ins[key] = f"[{kind}_{counts[kind]}]"
            originals[stand_ins[key]] = words
        return stand_ins[key]

    def replaced(line: str) -> str:
        parts, done = [], 0
        for start, end, kind in _ranges(line, names, parts_of_names):
            parts += [line[done:start], stand_in(kind, line[start:end])]
            done = end
        return "".join([*parts, line[done:]])

    originals: dict[str, str] = {}
    texts = [unicodedata.normalize("NFC", text) for text in texts]
    names = [unicodedata.normalize("NFC", name) for name in names]
    said = {plainly(word) for text in texts for word in WORD.findall(text)}
    names = [name for name in names if not said.isdisjoint(map(plainly, WORD.findall(name)))]
    parts_of_names = _parts(names)
    # What somebody typed to look like a stand-in must not be put back as one.
    lines = [[LOOKS_LIKE_ONE.sub("[ ", line)[:MAX_CHARACTERS] for line in text.split("\n")] for text in texts]
    return Hidden(tuple("\n".join(map(replaced, text)) for text in lines), originals)


def _ranges(line: str, names: Collection[str], parts: tuple[frozenset[str], frozenset[str]]) -> Iterable[Range]:
    found = [(span.start, span.end, span.kind.name) for span in spans(line, names)]
    found += [(*number.span(), "NUMBER") for number in LONG_NUMBER.finditer(line) if _is_free(number.span(), found)]
    first, family = parts
    for word in WORD.finditer(line):
        written = plainly(word[0])
        is_part = written in first or (written in family and word[0][0].isupper())
        if is_part and _is_free(word.span(), found):
            found.append((*word.span(), "NAME"))
    return sorted(found)


def _is_free(place: tuple[int, int], found: Iterable[Range]) -> bool:
    return not any(start < place[1] and place[0] < end for start, end, _ in found)


def _parts(names: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    words = [list(map(plainly, WORD.findall(name))) for name in names]
    first = {word for name in words for word in name[:1]}
    family = {word for name in words for word in name[1:]}
    return _tellable(first), _tellable(family)


def _tellable(words: set[str]) -> frozenset[str]:
    return frozenset(word for word in words - ORDINARY if len(word) >= FEWEST_LETTERS)
