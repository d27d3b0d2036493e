"""Owns what the figures of a sentence measure, so that two sentences can be compared: kinds, and values in one unit."""

import re

from coach.figures import Figure, figures
from coach.lexical import STOP_WORDS

MINUTES = {
    "second": 1 / 60,
    "minute": 1,
    "hour": 60,
    "day": 1_440,
    "week": 7 * 1_440,
    "month": 365 * 1_440 / 12,
    "year": 365 * 1_440,
}
MONTH_NAMES = "january february march april may june july august september october november december"
WEEKDAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday"
MONTHS, WEEKDAYS = MONTH_NAMES.split(), WEEKDAY_NAMES.split()
CURRENCIES = ("euro", "dollar", "pound", "cent")
HALVES = {"half": 0.5, "quarter": 0.25}
DAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})s?\b", re.IGNORECASE)
DATE = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({'|'.join(MONTHS)})\b|\b({'|'.join(MONTHS)}) (\d{{1,2}})\b", re.IGNORECASE
)
A_PART = re.compile(r"\b(half|quarter) (?:a |an |of a |of an )?(?=\w)", re.IGNORECASE)
CLOCK = re.compile(r"(\d{1,2})[:.](\d\d)")
Measures = dict[str, set[float | str]]


def measures(sentence: str) -> Measures:
    """Return the values of a sentence by kind: time, duration, date, share, money and a currency, number and a noun.

    Durations and times of day are in minutes. What a bare number measures nobody can say: its kind is `label`.
    """
    found: Measures = {}
    for day in DAY.findall(sentence):
        found.setdefault("date weekday", set()).add(day.casefold())
    for date in DATE.finditer(sentence):
        found.setdefault("date", set()).add(f"{date[1] or date[4]} {(date[2] or date[3]).casefold()}")
    for figure in figures(A_PART.sub(r"\1 ", DATE.sub(" ", sentence))):
        kind, value = _measured(figure)
        found.setdefault(kind, set()).add(value)
    return found


def _measured(figure: Figure) -> tuple[str, float | str]:
    if figure.value.startswith("#"):
        return "date day", figure.value
    clock = CLOCK.fullmatch(figure.value)
    if figure.unit in ("am", "pm") or (clock and ":" in figure.value):
        return "time", _minute_of_day(figure, clock)
    value = HALVES.get(figure.value) or _number(figure.value)
    if value is None:
        return "label", figure.value
    if figure.unit in MINUTES:
        return "duration", round(value * MINUTES[figure.unit], 3)
    if figure.unit == "percent":
        return "share", value
    if figure.unit in CURRENCIES:
        return f"money {figure.unit}", value
    counted = figure.unit or figure.next_word
    if counted is None or counted in STOP_WORDS or not counted[0].isalpha():
        return "label", figure.value
    return f"number {counted.rstrip('s')}", value


def _minute_of_day(figure: Figure, clock: re.Match[str] | None) -> float:
    hour, minute = (int(clock[1]), int(clock[2])) if clock else (int(_number(figure.value) or 0), 0)
    if figure.unit in ("am", "pm"):
        hour = hour % 12 + 12 * (figure.unit == "pm")
    return 60.0 * hour + minute


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
