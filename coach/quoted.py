"""Owns finding a quote in the lines it was taken from, and the whole clauses around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from coach.plain import plain

CELL_GAP = " – "
FEWEST_WORDS = 4
LIST_NUMBER = re.compile(r"^(?:\d{1,3}|[a-z])[.)] ")
NUMBERED = re.compile(r"^(\d{1,3})[.)] ")
# What may stand beside a word without being a part of it; signs of money, minus and per cent are parts.
EDGES = "\"'().,;:!?…[]"
SAME = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"})


@dataclass(frozen=True)
class Place:
    """Where a quote stands: its own words, the whole clauses it is from, and the lines from `first` to `last`.

    `start` counts the words of the passage before it.
    """

    words: str
    clauses: tuple[str, ...]
    first: int
    last: int
    start: int


def folded(text: str) -> str:
    """Return a text with white space, dashes and quotation marks in one form."""
    return " ".join(text.translate(SAME).split())


def locate(quote: str, lines: Sequence[str]) -> Place | None:
    """Return where a quote stands word for word in the lines of a passage, None where it does not.

    White space, Markdown marks, the form of dashes and what surrounds the first and last word make no difference.
    """
    return _locate(folded(quote), lines) or _locate(folded(plain(quote)), lines)


def is_long_enough(quote: str, lines: Sequence[str]) -> bool:
    """Say whether a quote has four words, or is a whole line or a whole cell of a table."""
    words = [word for word in quote.split() if any(map(str.isalnum, word))]
    wholes = {_bare(part) for line in lines for part in (line, LIST_NUMBER.sub("", line), *line.split(CELL_GAP))}
    return len(words) >= FEWEST_WORDS or (bool(words) and _bare(quote) in wholes)


def numbered_lists(lines: Sequence[str]) -> list[set[int]]:
    """Return the places of the numbered lines of each list in a passage; a number not above the last begins another."""
    lists: list[set[int]] = []
    before = 0
    for place, line in enumerate(lines):
        if number := NUMBERED.match(line):
            if not lists or int(number[1]) <= before:
                lists.append(set())
            lists[-1].add(place)
            before = int(number[1])
    return lists


def _locate(quote: str, lines: Sequence[str]) -> Place | None:
    wanted = quote.strip(EDGES).split()
    words, numbers, ends = _read(tuple(lines))
    if not wanted:
        return None
    for start in range(len(words) - len(wanted) + 1):
        stop = start + len(wanted)
        if _are_the_words(wanted, words, start):
            first = max((end + 1 for end in ends if end < start), default=0)
            last = min(end for end in ends if end >= stop - 1)
            inside = [end for end in ends if first <= end <= last]
            starts = [first, *(end + 1 for end in inside[:-1])]
            clauses = tuple(" ".join(words[a : b + 1]) for a, b in zip(starts, inside, strict=True))
            return Place(" ".join(words[start:stop]), clauses, numbers[start], numbers[stop - 1], start)
    return None


@lru_cache(maxsize=32)
def _read(lines: tuple[str, ...]) -> tuple[list[str], list[int], list[int]]:
    """Return the words of some lines, the line of each, and the places where a clause ends."""
    read = [(word, number) for number, line in enumerate(lines) for word in folded(line).split()]
    words, numbers = [word for word, _ in read], [number for _, number in read]
    lasts = [place for place, number in enumerate(numbers) if numbers[place + 1 : place + 2] != [number]]
    return words, numbers, sorted({*lasts, *(place for place, word in enumerate(words) if word.endswith(";"))})


def _are_the_words(wanted: list[str], words: list[str], start: int) -> bool:
    # Only the outer edges of a quote may lack what the document has there.
    first, last = words[start], words[start + len(wanted) - 1]
    if len(wanted) == 1:
        return first.strip(EDGES) == wanted[0]
    return (
        first.lstrip(EDGES) == wanted[0]
        and last.rstrip(EDGES) == wanted[-1]
        and wanted[1:-1] == words[start + 1 : start + len(wanted) - 1]
    )


def _bare(text: str) -> str:
    return folded(text).strip(EDGES)
