"""Owns the figures in a sentence: amounts with their units, times, dates, ordinals, and codes that hold digits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from coach.quoted import EDGES, folded

ONES = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS = {
    **{word: number for number, word in enumerate(ONES.split())},
    **{word: 10 * number for number, word in enumerate(TENS.split(), 2)},
}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
# What comes after more than that is another number: nobody spells one with thousands of digits.
MOST_SPELT = 10**12
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
PARTS = {"half": "half", "quarter": "quarter", "dozen": "12", "twice": "2", "½": "half", "¼": "quarter"}
UNIT_WORDS = {
    "day": "day days",
    "hour": "hour hours hr hrs h",
    "minute": "minute minutes min mins",
    "week": "week weeks",
    "second": "second seconds sec secs",
    "month": "month months",
    "year": "year years",
    "percent": "% percent percentage",
    "euro": "€ eur euro euros",
    "dollar": "$ usd dollar dollars",
    "pound": "£ gbp pound pounds",
    "cent": "cent cents",
    "am": "am a.m",
    "pm": "pm p.m",
    "kg": "kg kilo kilos kilogram kilograms",
    "gram": "g gram grams",
    "km": "km",
    "metre": "m metre metres meter meters",
    "cm": "cm",
    "mm": "mm",
    "mile": "mile miles",
    "litre": "l litre litres liter liters",
    "ml": "ml",
    "degree": "° °c degree degrees",
    "person": "person persons people",
    "time": "time times",
}
UNITS = {written: unit for unit, many in UNIT_WORDS.items() for written in many.split()}
# Units that may be written as a sign, or not at all.
SIGNS = frozenset(
    written
    for unit in ("percent", "euro", "dollar", "pound", "degree", "am", "pm")
    for written in UNIT_WORDS[unit].split()
)
CURRENCIES = ("euro", "dollar", "pound")
QUALIFIERS = {"working": "working", "business": "working", "calendar": "calendar", "consecutive": "consecutive"}
AMOUNT = re.compile(r"([€$£]?)([+-]?\d+(?:[.,:/]\d+)*)(?:-?([%€$£°]|°?[a-z]{1,8}(?:\.m)?))?")
RANGE = re.compile(r"([€$£]?\d[\d.,:]*)-([€$£]?\d[\d.,:]*[^\s-]*)")
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
DIGIT_RUN = re.compile(r"\+?\d(?:[ ()./-]{0,2}\d){6,}")
# Words that only say where in an answer a sentence stands.
OPENING = re.compile(r"^\s*(?:first,?|(?:second|third|fourth|fifth),)\s", re.IGNORECASE)
ONE_OF_SOME = {"no", "the", "this", "that", "each", "every", "any", "which", "some"}


@dataclass(frozen=True)
class Figure:
    """A value as it would be written in digits, with its unit where it has one, and the word that follows them."""

    value: str
    unit: str | None
    next_word: str | None = None


def figures(text: str) -> list[Figure]:
    """Return the figures of a text in order; words for numbers count as digits, both ends of a range by themselves."""
    words = [word for word in map(_bare, _split_ranges(folded(text).casefold())) if word]
    return list(_read(words))


def long_numbers(text: str) -> set[str]:
    """Return the digits of every run of at least seven, as of a telephone number, whatever stands between them."""
    return {re.sub(r"\D", "", found[0]) for found in DIGIT_RUN.finditer(folded(text))}


def figures_stand_in(sentence: str, quotes: str) -> bool:
    """Say whether quotes hold every figure of a sentence with the same unit, beside the same word if they have both."""
    quoted = [*figures(quotes), *_articles(quotes)]
    runs = long_numbers(quotes)
    return all(_stands(figure, quoted) for figure in figures(OPENING.sub("", sentence))) and all(
        any(number in run for run in runs) for number in long_numbers(sentence)
    )


def _stands(figure: Figure, quoted: list[Figure]) -> bool:
    same = [other for other in quoted if (other.value, other.unit) == (figure.value, figure.unit)]
    if not same or figure.next_word is None or len(figure.next_word) < 4:
        return bool(same)
    # "2 keys and 3 people" must not become "3 keys": where the quotes have a word after a figure, it is this figure.
    followers = {other.next_word for other in quoted}
    return figure.next_word not in followers or any(other.next_word == figure.next_word for other in same)


def _read(words: list[str]) -> Iterator[Figure]:
    place = 0
    while place < len(words):
        value, unit, used = _value(words, place)
        if value is None:
            place += 1
            continue
        before = UNITS.get(words[place - 1]) if place else None
        place += used
        if unit is None and before in CURRENCIES:
            unit = before
        elif unit is None:
            unit, used = _unit(words[place : place + 2])
            place += used
            if unit is None and ":" not in value:
                unit = _unit_of_range(words, place)
        yield Figure(value, unit, words[place] if place < len(words) else None)


def _value(words: list[str], place: int) -> tuple[str | None, str | None, int]:
    word = words[place]
    if any(map(str.isdigit, word)):
        return *_written_in_digits(word), 1
    if word == "one" and _is_pronoun(words, place):
        return None, None, 1
    if word in PARTS:
        return PARTS[word], None, 1
    if word in ORDINALS:
        return f"#{ORDINALS.index(word) + 1}", None, 1
    number, used = _spelt(words[place:])
    return (str(number), None, used) if used else (None, None, 1)


def _written_in_digits(word: str) -> tuple[str, str | None]:
    if ordinal := re.fullmatch(r"(\d+)(?:st|nd|rd|th)", word):
        return f"#{ordinal[1]}", None
    amount = AMOUNT.fullmatch(word)
    if amount is None or (amount[3] and amount[3] not in UNITS):
        return word, None
    sign, value, suffix = amount.groups()
    if THOUSANDS.fullmatch(value):
        value = value.replace(",", "")
    if clock := re.fullmatch(r"0(\d:\d\d)", value):
        value = clock[1]
    return value, UNITS.get(sign or suffix or "")


def _unit(words: list[str]) -> tuple[str | None, int]:
    if not words:
        return None, 0
    if words[0] in QUALIFIERS and len(words) > 1 and words[1] in UNITS:
        return f"{QUALIFIERS[words[0]]} {UNITS[words[1]]}", 2
    return (UNITS[words[0]], 1) if words[0] in UNITS else (None, 0)


def _unit_of_range(words: list[str], place: int) -> str | None:
    """Return the unit that "10" has in "10 to 15 minutes", from the place after it."""
    place += words[place : place + 1] in (["to"], ["and"], ["or"])
    if place >= len(words):
        return None
    value, unit, used = _value(words, place)
    return unit or (_unit(words[place + used : place + used + 2])[0] if value else None)


def _spelt(words: list[str]) -> tuple[int, int]:
    total, used = 0, 0
    for word in words:
        pieces = word.split("-")
        if not all(piece in NUMBERS or piece in SCALES for piece in pieces):
            break
        if (word in SCALES and not used) or total > MOST_SPELT:
            break
        for piece in pieces:
            scale = SCALES.get(piece)
            total = total * scale if scale else total + NUMBERS.get(piece, 0)
        used += 1
    return total, used


def _is_pronoun(words: list[str], place: int) -> bool:
    after = words[place + 1] if place + 1 < len(words) else ""
    return after in ("of", "another", "") or (place > 0 and words[place - 1] in ONE_OF_SOME)


def _articles(text: str) -> Iterator[Figure]:
    words = [_bare(word) for word in folded(text).casefold().split()]
    for before, after in pairwise(words):
        if before in ("a", "an", "single"):
            unit, _ = _unit([after])
            yield Figure("1", unit, after if unit is None else None)


def _split_ranges(text: str) -> list[str]:
    words: list[str] = []
    for word in text.split():
        dashed = RANGE.fullmatch(_bare(word))
        words += dashed.groups() if dashed else [word]
    return words


def _bare(word: str) -> str:
    return word.strip(EDGES)
