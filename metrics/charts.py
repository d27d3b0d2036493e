"""Owns ChartSpec: a chart as a value, which every screen draws from the same numbers, and the same chart in words."""

import math
import re
from dataclasses import dataclass
from typing import Literal

MOST_SERIES, MOST_CATEGORIES = 12, 20
TITLE_CHARACTERS, LABEL_CHARACTERS = 50, 20
# Beyond it numbers cannot be told apart on a drawing, and a year of a large company's seconds stays below.
MOST_VALUE = 1e12
BAR, BAR_SIGNS = "█", 10
# What XML does not take, and marks that reverse, hide or join: no drawing of words needs them.
UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]"
)


@dataclass(frozen=True)
class Series:
    """One line or one set of bars: a value for each category of its chart, in their order."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class ChartSpec:
    """A line or bar chart. `title` has at most 50 characters, `categories` at most 20 of at most 20 characters each.

    At most 12 series. `y_label` names the unit, such as "% right"; `takeaway` says in a sentence what it shows. Words
    that are longer are cut where they are drawn. Raises ValueError for a chart nobody can draw: without series or
    categories, with too many of them, or with values that do not match its categories or are no numbers up to 1e12.
    """

    title: str
    kind: Literal["line", "bar"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    y_label: str
    takeaway: str

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn, where it is made."""
        if not 0 < len(self.series) <= MOST_SERIES:
            raise ValueError(f"a chart has 1 to {MOST_SERIES} series, not {len(self.series)}")
        if not 0 < len(self.categories) <= MOST_CATEGORIES:
            raise ValueError(f"a chart has 1 to {MOST_CATEGORIES} categories, not {len(self.categories)}")
        for series in self.series:
            if len(series.values) != len(self.categories):
                raise ValueError(f"a series has {len(series.values)} values for {len(self.categories)} categories")
            if not all(math.isfinite(value) and abs(value) <= MOST_VALUE for value in series.values):
                raise ValueError("the values of a series are finite numbers of at most 1e12")


def in_words(spec: ChartSpec) -> str:
    """Return what a chart shows as lines for who hears it: title and unit, takeaway, the values of each category."""
    return "\n".join([*_head(spec), *(f"{name}: {', '.join(said)}" for name, said in _said(spec))])


def bars_as_text(spec: ChartSpec) -> str:
    """Return a chart as lines of text for a screen that draws none: each value with a bar of up to ten signs.

    A number comes first, so that it is read where bars do not line up. The longest bar is the largest value; values
    below 0 have none.
    """
    top = max(value for series in spec.series for value in series.values)
    lines = []
    for place, category in enumerate(spec.categories):
        for series in spec.series:
            value = series.values[place]
            name = _label(category) if len(spec.series) == 1 else f"{_label(category)}, {_label(series.name)}"
            signs = round(BAR_SIGNS * value / top) if top > 0 and value > 0 else 0
            lines.append(f"{name}: {number(value)} {BAR * signs}".rstrip())
    return "\n".join([*_head(spec), *lines])


def number(value: float) -> str:
    """Return a number as it stands on a chart: at most one decimal from 10 on, two below."""
    whole, _, rest = f"{value:,.{decimals(value)}f}".partition(".")
    shown = f"{whole}.{rest.rstrip('0')}".rstrip(".")
    return "0" if shown == "-0" else shown


def decimals(value: float) -> int:
    """Return how many decimals of a number stand on a chart, on whatever screen."""
    return 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2


def shown(text: str, most: int) -> str:
    """Return words as one line of at most `most` characters that can be drawn; … ends what was cut."""
    line = " ".join(UNSHOWN.sub(" ", text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _label(text: str) -> str:
    return shown(text, LABEL_CHARACTERS) or "–"


def _head(spec: ChartSpec) -> list[str]:
    title, unit = shown(spec.title, TITLE_CHARACTERS), shown(spec.y_label, TITLE_CHARACTERS)
    return [line for line in (f"{title} ({unit})" if title and unit else title or unit, spec.takeaway.strip()) if line]


def _said(spec: ChartSpec) -> list[tuple[str, list[str]]]:
    names = [""] if len(spec.series) == 1 else [f"{_label(series.name)} " for series in spec.series]
    return [
        (
            _label(category),
            [f"{name}{number(series.values[place])}" for name, series in zip(names, spec.series, strict=True)],
        )
        for place, category in enumerate(spec.categories)
    ]
