"""Owns what the blocks that show data may look like: table, data_table and data_visualization."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.trial import block_limits as limits
from bot.trial.rich_text_rules import RICH_TEXT
from bot.trial.shapes import Choice, Complaint, Flag, Items, Kinds, Number, OrNull, Rule, Shape, Words

_RAW = {
    "raw_text": Shape(required={"text": Words()}),
    "raw_number": Shape(required={"value": Number(is_whole=False)}, optional={"text": Words()}),
}
_CELL = Kinds({**_RAW, "rich_text": RICH_TEXT})
_COLUMN = Shape(optional={"align": Choice(frozenset({"left", "center", "right"})), "is_wrapped": Flag()})
_BLOCK_ID = Words(limits.ID)


@dataclass(frozen=True)
class Rows:
    """The rows of a table: so many, so many cells in each, so many characters in all."""

    most: int
    characters: int
    least: int = 1
    is_even: bool = False

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield what is wrong with the rows, or with their size."""
        yield from Items(Items(_CELL, limits.TABLE_COLUMNS), self.most, self.least).complaints(value, at)
        if sum(map(len, texts(value))) > self.characters:
            yield at, f"must be less than {self.characters + 1} characters"
        if self.is_even and isinstance(value, list) and len({len(row) for row in value if isinstance(row, list)}) > 1:
            yield at, "all rows must have the same number of cells"


@dataclass(frozen=True)
class HeaderRow:
    """Rows of which the first names the columns and holds no rich text."""

    rows: Rule

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield what is wrong with the rows, then rich text in the first."""
        yield from self.rows.complaints(value, at)
        header = value[0] if isinstance(value, list) and value and isinstance(value[0], list) else []
        for number, cell in enumerate(header):
            if isinstance(cell, dict) and cell.get("type") == "rich_text":
                yield f"{at}/0/{number}/type", "unsupported type: rich_text"


@dataclass(frozen=True)
class AlignedSeries:
    """A chart's series: names told apart, and one point for each category, in their order."""

    chart: Rule

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield what is wrong with the chart's parts, and only where there is nothing, with how they fit."""
        found = list(self.chart.complaints(value, at))
        yield from found
        if found:
            return
        names = [series["name"] for series in value["series"]]
        for number, series in enumerate(value["series"]):
            if series["name"] in names[:number]:
                yield f"{at}/series/{number}/name", "must be unique"
            if [point["label"] for point in series["data"]] != value["axis_config"]["categories"]:
                yield f"{at}/series/{number}/data", "labels must match the categories of the axis"


def texts(payload: Any, without: str | None = None) -> Iterator[str]:
    """Yield every `text` string at any depth, in no order; objects of the type `without` are left out."""
    heap = [payload]
    while heap:
        value = heap.pop()
        if isinstance(value, list):
            heap.extend(value)
        elif isinstance(value, dict) and (without is None or value.get("type") != without):
            heap.extend(value.values())
            if isinstance(value.get("text"), str):
                yield value["text"]


_LABEL = Words(limits.CHART_LABEL)
_POINTS = Items(
    Shape(required={"label": _LABEL, "value": Number(is_whole=False)}),
    limits.CHART_POINTS,
)
_AXES = AlignedSeries(
    Shape(
        required={
            "series": Items(Shape(required={"name": _LABEL, "data": _POINTS}), limits.CHART_SERIES),
            "axis_config": Shape(
                required={"categories": Items(_LABEL, limits.CHART_POINTS)},
                optional={"x_label": Words(limits.CHART_TITLE), "y_label": Words(limits.CHART_TITLE)},
            ),
        }
    )
)
_PIE = Shape(
    required={
        "segments": Items(Shape(required={"label": _LABEL, "value": Number(0, is_whole=False)}), limits.CHART_SERIES)
    }
)

TABLE = Shape(
    required={"rows": Rows(limits.TABLE_ROWS, limits.TABLE_CHARACTERS)},
    optional={"column_settings": Items(OrNull(_COLUMN), limits.TABLE_COLUMNS, least=0), "block_id": _BLOCK_ID},
)
DATA_TABLE = Shape(
    required={
        "rows": HeaderRow(Rows(limits.DATA_TABLE_ROWS, limits.DATA_TABLE_CHARACTERS, least=2, is_even=True)),
        "caption": Words(),
    },
    optional={
        "page_size": Number(1, limits.DATA_TABLE_PAGE),
        "row_header_column_index": Number(0, limits.TABLE_COLUMNS - 1),
        "block_id": _BLOCK_ID,
    },
)
DATA_VISUALIZATION = Shape(
    required={
        "title": Words(limits.CHART_TITLE),
        "chart": Kinds({"pie": _PIE, "bar": _AXES, "area": _AXES, "line": _AXES}),
    },
    optional={"block_id": _BLOCK_ID},
)
