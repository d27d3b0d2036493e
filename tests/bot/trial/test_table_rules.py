"""A table, a data table and a chart hold what Slack says, and nothing else."""

import pytest

from bot.trial.block_rules import Fault, faults_in_message
from tests.block_payloads import BARS, BLOCKS, BUTTON, GONE, PAYLOADS, cell, changed, message, rich, words

ENUM = "must be a valid enum value"
SHORT = "must be more than 0 characters"
B = "/blocks/0"


def table(rows, columns, text="1"):
    return [[cell(text)] * columns for _ in range(rows)]


def points(count):
    names = [f"P{number}" for number in range(count)]
    series = {"name": "Tills", "data": [{"label": name, "value": 1} for name in names]}
    return {"type": "line", "series": [series], "axis_config": {"categories": names}}


def series(count):
    return [{**BARS["series"][0], "name": f"S{number}"} for number in range(count)]


# what is broken: payload, place, what stands there now; pointer (None: the place) and words of the fault
BROKEN = {
    "a cell with a button": ("table", f"{B}/rows/0/0", BUTTON, f"{B}/rows/0/0/type", "unsupported type: button"),
    "an empty cell": ("table", f"{B}/rows/0/0/text", "", None, SHORT),
    "a crooked column": ("table", f"{B}/column_settings/1/align", "justify", None, ENUM),
    "a full table": ("table", f"{B}/rows", table(10, 20, "x" * 51), None, "must be less than 10001 characters"),
    "a second table": ("table", "/blocks/1", BLOCKS["table"], "/blocks", "only_one_table_allowed"),
    "data without caption": ("data_table", f"{B}/caption", GONE, B, "missing required field: caption"),
    "data with only a header": (
        "data_table",
        f"{B}/rows",
        [[cell()]],
        None,
        "no less than 2 items allowed",
    ),
    "uneven data": ("data_table", f"{B}/rows/1/2", cell(), f"{B}/rows", "all rows must have the same number of cells"),
    "a full data table": (
        "data_table",
        f"{B}/rows",
        table(100, 20, "x" * 11),
        None,
        "must be less than 20001 characters",
    ),
    "a page of too much data": ("data_table", f"{B}/page_size", 101, None, "must be less than or equal to 100"),
    "a page of no data": ("data_table", f"{B}/page_size", 0, None, "must be greater than or equal to 1"),
    "half a row a page": ("data_table", f"{B}/page_size", 2.5, None, "must provide an integer"),
    "rich text as a header": (
        "data_table",
        f"{B}/rows/0/0",
        rich(words()),
        f"{B}/rows/0/0/type",
        "unsupported type: rich_text",
    ),
    "a chart nobody draws": (
        "data_visualization",
        f"{B}/chart/type",
        "radar",
        None,
        "unsupported type: radar",
    ),
    "13 series": ("data_visualization", f"{B}/chart/series", series(13), None, "no more than 12 items allowed"),
    "one series twice": (
        "data_visualization",
        f"{B}/chart/series/1",
        BARS["series"][0],
        f"{B}/chart/series/1/name",
        "must be unique",
    ),
    "21 points": (
        "data_visualization",
        f"{B}/chart/series/0/data",
        points(21)["series"][0]["data"],
        None,
        "no more than 20 items allowed",
    ),
    "21 categories": (
        "data_visualization",
        f"{B}/chart/axis_config/categories",
        points(21)["axis_config"]["categories"],
        None,
        "no more than 20 items allowed",
    ),
    "a category too long": (
        "data_visualization",
        f"{B}/chart/axis_config/categories/0",
        "x" * 21,
        None,
        "must be less than 21 characters",
    ),
    "a point too few": (
        "data_visualization",
        f"{B}/chart/series/0/data/1",
        GONE,
        f"{B}/chart/series/0/data",
        "labels must match the categories of the axis",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_one_broken_rule_is_one_fault(case):
    name, place, value, pointer, expected = BROKEN[case]
    pointer = pointer or place
    found = faults_in_message(changed(PAYLOADS[name], place, value))
    assert found == [Fault(pointer, "invalid_blocks", f"{expected} [json-pointer:{pointer}]")]


@pytest.mark.parametrize(
    "payload",
    [
        message({**BLOCKS["data_table"], "rows": table(100, 20, "x" * 10)}),
        message({**BLOCKS["table"], "rows": table(10, 20, "x" * 50)}),
        message({**BLOCKS["data_visualization"], "chart": points(20)}),
        message({**BLOCKS["data_visualization"], "chart": {**BARS, "series": series(12)}}),
    ],
)
def test_a_table_or_chart_at_its_limit_is_taken(payload):
    assert faults_in_message(payload) == []


def test_a_message_has_two_charts_at_most():
    chart = BLOCKS["data_visualization"]
    assert faults_in_message(message(chart, chart)) == []
    words = "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"
    assert faults_in_message(message(chart, chart, chart)) == [Fault("/blocks", "invalid_blocks", words)]
