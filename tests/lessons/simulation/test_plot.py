"""The chart: valid SVG with its words and figures, safe with any text, dots where their figures are."""

import xml.etree.ElementTree as ET
from dataclasses import replace

from lessons.simulation.plot import Chart, Dot, Panel, svg

SVG = "{http://www.w3.org/2000/svg}"
CHART = Chart(
    "Recall",
    "Ours 80, theirs 40.",
    "Percent",
    ("Ours", "Theirs"),
    (
        Panel("First", (Dot(80, 78, 82), Dot(40, 35, 45))),
        Panel("Second", (Dot(95, 94, 96), Dot(60, 59, 61))),
    ),
    0,
)


def drawn(chart):
    return ET.fromstring(svg(chart))


def texts(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def test_title_and_description_are_said_to_who_cannot_see():
    root = drawn(CHART)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title description"
    assert root.find(f"{SVG}title").text == "Recall"
    assert root.find(f"{SVG}desc").text == "Ours 80, theirs 40."


def test_every_row_panel_and_figure_is_written():
    assert {"Ours", "Theirs", "First", "Second", "Percent", "80.0", "40.0", "95.0", "60.0"} <= set(texts(drawn(CHART)))


def test_nothing_is_fetched_from_elsewhere():
    document = svg(CHART).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in document
    assert "url(" not in document
    assert "@import" not in document


def test_a_larger_figure_lies_further_right_and_within_the_picture():
    root = drawn(CHART)
    dots = [float(circle.get("cx")) for circle in root.iter(f"{SVG}circle")]
    assert dots[0] > dots[1]
    assert dots[2] > dots[3]
    assert all(0 < x < float(root.get("width")) for x in dots)


def test_only_our_row_stands_out():
    root = drawn(replace(CHART, ours=1))
    assert [circle.get("class") for circle in root.iter(f"{SVG}circle")] == ["dot", "ours dot"] * 2


def test_words_are_text_whatever_they_hold():
    root = drawn(replace(CHART, title="<script> & “more”", rows=("<b>Ours</b>", "Theirs")))
    assert "<script> & “more”" in texts(root)
    assert "<b>Ours</b>" in texts(root)
    assert not list(root.iter(f"{SVG}script"))
