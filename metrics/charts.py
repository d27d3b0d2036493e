"""Owns ChartSpec: a chart as a value, which every screen draws from the same numbers."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Series:
    """One line or one set of bars: a value for each category of its chart, in their order."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class ChartSpec:
    """A line or bar chart. `title` has at most 50 characters, `categories` at most 20 of at most 20 characters each.

    At most 12 series. `y_label` names the unit, such as "% right"; `takeaway` says in a sentence what it shows.
    """

    title: str
    kind: Literal["line", "bar"]
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    y_label: str
    takeaway: str
