"""Owns what a web page is made of, as values; bot/web/templates/page.html draws every page from them."""

from dataclasses import dataclass

from metrics.charts import ChartSpec, number

NO_ROWS = "Nothing yet."


@dataclass(frozen=True)
class Cell:
    """Words in a table or a list, and where they lead; `is_name` marks the cell that says what its row is about."""

    text: str
    href: str = ""
    is_name: bool = False


@dataclass(frozen=True)
class Column:
    """The head of a column, and the address of what defines it; `is_number` sets what stands in it to the right."""

    text: str
    define: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Fact:
    """One figure: what it is with its definition, its value with the events behind it, and how it moved."""

    label: str
    value: str
    define: str = ""
    href: str = ""
    change: str = ""


@dataclass(frozen=True)
class Grid:
    """A table; `empty` is said where it has no rows. One that `is_wordy` has sentences beside each other, so that a
    narrow screen shows them below each other; tables of four columns and more always are shown so there.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = NO_ROWS
    is_wordy: bool = False


@dataclass(frozen=True)
class Section:
    """A part of a page under a heading; `id` is what an address may point at."""

    heading: str
    text: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    items: tuple[Cell, ...] = ()
    id: str = ""


@dataclass(frozen=True)
class Choice:
    """One value of a filter and where it leads; `is_chosen` is the one in force."""

    text: str
    href: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Filter:
    """A row of choices and what they choose."""

    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class PageView:
    """A whole page: the takeaway first, then figures, one chart, tables, and what to do next.

    `steps` are next steps in words, some of them links; `notes` say who sees what.
    """

    title: str
    takeaway: str
    facts: tuple[Fact, ...] = ()
    facts_label: str = "Figures"
    chart: ChartSpec | None = None
    sections: tuple[Section, ...] = ()
    steps: tuple[Cell, ...] = ()
    filters: tuple[Filter, ...] = ()
    downloads: tuple[Cell, ...] = ()
    notes: tuple[str, ...] = ()


def chart_grid(chart: ChartSpec) -> Grid:
    """Return the table of what a chart shows."""
    columns = (Column(""), *(Column(f"{series.name} ({chart.y_label})", is_number=True) for series in chart.series))
    rows = tuple(
        (Cell(category, is_name=True), *(Cell(number(series.values[place])) for series in chart.series))
        for place, category in enumerate(chart.categories)
    )
    return Grid(chart.title, columns, rows)
