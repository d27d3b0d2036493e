"""Charts: what can be drawn is, whatever it says; words are data; the picture and the words say the same numbers."""

import re
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from metrics.charts import MOST_VALUE, ChartSpec, Series, bars_as_text, in_words, number
from metrics.drawings import COLOURS, MARK, Line, Shape, Words, drawing, svg
from metrics.pictures import HEIGHT, WIDTH, png

SVG = "{http://www.w3.org/2000/svg}"
WEEKS = ("Week 1", "Week 2", "Week 3")
LINE = ChartSpec("Right answers", "line", WEEKS, (Series("You", (52, 60, 81)),), "% right", "81 % right, up 29 points.")
TWO = replace(LINE, kind="bar", series=(Series("Before", (40, -15, 0)), Series("After", (80, 45.5, 60))))
HOSTILE = "</text><script>alert(1)</script> \"'&<!--\x00\x1b\u202e]]>"
WORDS = st.text(max_size=60)
VALUES = st.floats(-MOST_VALUE, MOST_VALUE) | st.sampled_from([0.0, -0.0, 1.0, 5e-324, -MOST_VALUE, MOST_VALUE])


@st.composite
def specs(draw):
    categories = tuple(draw(st.lists(WORDS, min_size=1, max_size=20)))
    row = st.lists(VALUES, min_size=len(categories), max_size=len(categories)).map(tuple)
    series = draw(st.lists(st.builds(Series, WORDS, row), min_size=1, max_size=12))
    return ChartSpec(
        draw(WORDS), draw(st.sampled_from(["line", "bar"])), categories, tuple(series), draw(WORDS), draw(WORDS)
    )


@given(specs())
def test_every_chart_is_drawn_on_its_paper_and_told(spec):
    drawn = drawing(spec)
    points = [point for part in drawn.parts if not isinstance(part, Words) for point in part.points]
    assert all(-1 <= x <= drawn.width + 1 and -1 <= y <= drawn.height + 1 for x, y in points)
    tree = ElementTree.fromstring(svg(spec))
    assert {node.tag.removeprefix(SVG) for node in tree.iter()} <= {"svg", "title", "desc", "rect", *_PARTS}
    for said in (bars_as_text(spec), in_words(spec)):
        assert all(number(value) in said for series in spec.series for value in series.values)


_PARTS = ("text", "polyline", "polygon")


@given(specs().filter(lambda spec: len(spec.series) * len(spec.categories) < 40))
def test_every_picture_is_a_png_of_its_width(spec):
    with Image.open(BytesIO(png(spec))) as picture:
        assert picture.format == "PNG"
        assert picture.width == WIDTH
        assert picture.height >= HEIGHT - 1 or spec.kind == "bar"


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_hostile_words_stay_words(kind):
    series = (Series(HOSTILE, (1, 2)), Series(HOSTILE, (2, 1)))
    drawn = svg(ChartSpec(HOSTILE, kind, (HOSTILE, HOSTILE), series, HOSTILE, HOSTILE))
    tree = ElementTree.fromstring(drawn)
    assert "script" not in {node.tag.removeprefix(SVG) for node in tree.iter()}
    assert not re.search("[\x00-\x1f\u202e]", drawn)
    assert tree.find(f"{SVG}desc").text.startswith("</text><script>alert(1)</script> \"'&<!--")


def test_a_drawing_has_a_name_and_a_description_of_its_own():
    tree = ElementTree.fromstring(svg(LINE))
    title, desc = tree.find(f"{SVG}title"), tree.find(f"{SVG}desc")
    assert (title.text, desc.text) == ("Right answers", "81 % right, up 29 points.")
    assert tree.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.get("id") not in svg(TWO)


def test_points_stand_where_their_values_are():
    drawn = drawing(LINE)
    (line,) = [part for part in drawn.parts if isinstance(part, Line) and part.colour == COLOURS[0]]
    scale = {part.text: part.y - 4 for part in drawn.parts if isinstance(part, Words) and part.side == "end"}
    assert list(scale) == ["0", "20", "40", "60", "80", "100"]
    pixels = (scale["0"] - scale["100"]) / 100
    assert [round((scale["0"] - y) / pixels, 6) for _, y in line.points] == [52, 60, 81]


def test_bars_are_as_long_as_their_values_and_say_them():
    drawn = drawing(TWO)
    boxes = [part.points for part in drawn.parts if isinstance(part, Shape) and _is_box(part)]
    lengths = [right[0] - left[0] for left, right, *_ in boxes]
    assert [length / lengths[0] for length in lengths] == pytest.approx([1, 2, 0.375, 1.1375, 0, 1.5])
    assert {"40", "80", "-15", "45.5", "0", "60"} <= {part.text for part in drawn.parts if isinstance(part, Words)}


def _is_box(part):
    return len(part.points) == 4 and part.points[2][1] - part.points[1][1] > 3 * MARK


def test_series_differ_by_more_than_colour():
    many = replace(LINE, series=tuple(Series(f"Group {n}", (n, n, n)) for n in range(12)))
    drawn = drawing(many)
    marks = {}
    for part, after in zip(drawn.parts, drawn.parts[1:], strict=False):
        if isinstance(part, Shape) and isinstance(after, Words):
            middle = part.points[0]
            outline = tuple((round(x - middle[0], 3), round(y - middle[1], 3)) for x, y in part.points)
            marks[after.text] = (outline, part.is_hollow)
    assert len(marks) == len(set(marks.values())) == 12


@pytest.mark.parametrize("value", [0, -3, 7])
@pytest.mark.parametrize("kind", ["line", "bar"])
def test_one_point_and_equal_values_have_a_scale(kind, value):
    for count in (1, 3):
        spec = replace(LINE, kind=kind, categories=WEEKS[:count], series=(Series("You", (value,) * count),))
        ticks = [part.text for part in drawing(spec).parts if isinstance(part, Words)]
        assert "0" in ticks
        assert len(set(ticks)) > 4


def test_the_picture_shows_the_colours_of_its_series():
    spec = replace(TWO, categories=WEEKS[:1], series=(Series("Before", (40,)), Series("After", (80,))))
    with Image.open(BytesIO(png(spec))) as picture:
        found = {colour for count, colour in picture.convert("RGB").getcolors() if count > 200}
    near = [min(_far(colour, wanted) for colour in found) for wanted in ("#ffffff", *COLOURS[:2])]
    assert max(near) < 12


def _far(colour, wanted):
    return max(abs(part - int(wanted[at : at + 2], 16)) for part, at in zip(colour, (1, 3, 5), strict=True))


def test_bars_of_text_say_the_number_first():
    assert bars_as_text(TWO).split("\n") == [
        "Right answers (% right)",
        "81 % right, up 29 points.",
        "Week 1, Before: 40 █████",
        "Week 1, After: 80 ██████████",
        "Week 2, Before: -15",
        "Week 2, After: 45.5 ██████",
        "Week 3, Before: 0",
        "Week 3, After: 60 ████████",
    ]


def test_words_say_every_value():
    assert in_words(TWO).split("\n")[2:] == [
        "Week 1: Before 40, After 80",
        "Week 2: Before -15, After 45.5",
        "Week 3: Before 0, After 60",
    ]
    assert in_words(LINE).split("\n")[-1] == "Week 3: 81"


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (-0.001, "0"), (0.25, "0.25"), (61.5, "61.5"), (1234.6, "1,235"), (100.0, "100"), (-7, "-7")],
)
def test_numbers_are_short(value, said):
    assert number(value) == said


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"series": ()}, "1 to 12 series, not 0"),
        ({"categories": (), "series": (Series("You", ()),)}, "1 to 20 categories, not 0"),
        ({"series": (Series("You", (1, 2)),)}, "2 values for 3 categories"),
        ({"series": (Series("You", (1, 2, float("nan"))),)}, "finite numbers"),
        ({"series": (Series("You", (1, 2, 1e13)),)}, "at most 1e12"),
        ({"series": LINE.series * 13}, "not 13"),
    ],
)
def test_what_nobody_can_draw_is_refused_where_it_is_made(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(LINE, **change)
