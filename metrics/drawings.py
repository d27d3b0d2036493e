"""Owns drawings of charts: where every line, bar, mark and word stands, and the same as a self-contained SVG.

Lines run over the categories from left to right; bars lie below each other, so that a name of 20 characters stands
beside its bar uncut. Zero is always on the scale. Series differ by the shape of their marks as well as by colour.
"""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from metrics.charts import LABEL_CHARACTERS, TITLE_CHARACTERS, ChartSpec, number, shown

Point = tuple[float, float]

# Each has a contrast of more than 4.5 to white (https://www.w3.org/TR/WCAG21/#contrast-minimum).
COLOURS = ("#0b5fa5", "#b4460f", "#1b7a53", "#7b3fa0", "#7a5c00", "#444b55")
INK, SOFT, GRID, AXIS, PAPER = "#1f2328", "#57606a", "#dfe3e8", "#6e7781", "#ffffff"
TITLE_SIZE, TEXT_SIZE = 15, 12
# Mean width of a letter as a share of the size of the type.
LETTER_SHARE = 0.56
EDGE, LINE_HEIGHT, MARK, OUTLINE = 14, 18, 5, 1.5
FEWEST_PIXELS_FOR_WORDS, BAR_PIXELS, GROUP_GAP = 11, (3, 22), 8
TICKS, STEPS = 5, (1, 2, 2.5, 5, 10)
SMALLEST_SPAN = 1e-6


@dataclass(frozen=True)
class Line:
    """A line through points."""

    points: tuple[Point, ...]
    colour: str
    width: float


@dataclass(frozen=True)
class Shape:
    """A closed shape; a hollow one has the colour of paper inside."""

    points: tuple[Point, ...]
    colour: str
    is_hollow: bool = False


@dataclass(frozen=True)
class Words:
    """A line of words; `y` is its foot."""

    x: float
    y: float
    text: str
    size: int = TEXT_SIZE
    side: Literal["start", "middle", "end"] = "start"
    colour: str = SOFT
    is_bold: bool = False


Part = Line | Shape | Words


@dataclass(frozen=True)
class Drawing:
    """A drawing in pixels, from the top left corner; what comes later lies above."""

    width: int
    height: int
    parts: tuple[Part, ...]


def drawing(spec: ChartSpec, width: int = 640, height: int = 320) -> Drawing:
    """Return the drawing of a chart; one with many bars is higher than `height`."""
    top = EDGE + TITLE_SIZE
    title = Words(EDGE, top, _fitted(spec.title, TITLE_SIZE, width - 2 * EDGE), TITLE_SIZE, colour=INK, is_bold=True)
    unit = Words(EDGE, top + LINE_HEIGHT, _fitted(spec.y_label, TEXT_SIZE, width - 2 * EDGE))
    legend, below = _legend(spec, width, top + 2 * LINE_HEIGHT + 4)
    draw = _lines if spec.kind == "line" else _bars
    parts, height = draw(spec, width, height, below)
    return Drawing(width, height, (title, unit, *legend, *parts))


def svg(spec: ChartSpec, width: int = 640, height: int = 320) -> str:
    """Return a chart as an SVG element that needs nothing else, on white, with its title and takeaway for who listens.

    Sizes in pixels; a chart with many bars is higher. Its ids come from what it shows and how wide, so several fit on
    one page.
    """
    drawn = drawing(spec, width, height)
    name = hashlib.sha256(repr((spec, width)).encode("utf-8", "replace")).hexdigest()[:12]
    box = f'width="{drawn.width}" height="{drawn.height}" viewBox="0 0 {drawn.width} {drawn.height}"'
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-labelledby="t{name} d{name}" ',
            'font-family="system-ui, sans-serif">',
            f'<title id="t{name}">{_xml(shown(spec.title, TITLE_CHARACTERS))}</title>',
            f'<desc id="d{name}">{_xml(shown(spec.takeaway, 1_000))}</desc>',
            f'<rect width="{drawn.width}" height="{drawn.height}" fill="{PAPER}"/>',
            *map(_element, drawn.parts),
            "</svg>",
        ]
    )


def _lines(spec: ChartSpec, width: int, height: int, top: float) -> tuple[list[Part], int]:
    ticks = _ticks(spec)
    left = EDGE + 6 + max(_width(number(tick), TEXT_SIZE) for tick in ticks)
    right, bottom = width - 2 * EDGE, max(height - EDGE - LINE_HEIGHT, top + 6 * LINE_HEIGHT)

    def y(value: float) -> float:
        return bottom - (bottom - top) * (value - ticks[0]) / (ticks[-1] - ticks[0])

    room = (right - left) / len(spec.categories)
    middles = [left + room * (place + 0.5) for place in range(len(spec.categories))]
    parts: list[Part] = []
    for tick in ticks:
        parts.append(Line(((left, y(tick)), (right, y(tick))), AXIS if tick == 0 else GRID, 1))
        parts.append(Words(left - 6, y(tick) + 4, number(tick), side="end"))
    widest = max(_width(shown(category, LABEL_CHARACTERS), TEXT_SIZE) for category in spec.categories) + 8
    # Names of moments may be left out between others, the last one stays.
    every = max(1, math.ceil(widest / room))
    for place, category in enumerate(spec.categories):
        if (len(spec.categories) - 1 - place) % every == 0:
            words = _fitted(category, TEXT_SIZE, max(room * every, widest))
            # The outer ones stay on the paper.
            half = _width(words, TEXT_SIZE) / 2
            at = min(max(middles[place], EDGE / 2 + half), width - EDGE / 2 - half)
            parts.append(Words(at, bottom + LINE_HEIGHT, words, side="middle"))
    for place, series in enumerate(spec.series):
        points = tuple((x, y(value)) for x, value in zip(middles, series.values, strict=True))
        parts.append(Line(points, _colour(place), 2))
        parts += [_mark(place, *point) for point in points]
    return parts, round(bottom + LINE_HEIGHT + EDGE)


def _bars(spec: ChartSpec, width: int, height: int, top: float) -> tuple[list[Part], int]:
    ticks = _ticks(spec)
    values = [value for series in spec.series for value in series.values]
    beside = 10 + max(_width(number(value), TEXT_SIZE) for value in values)
    widest = max(_width(shown(category, LABEL_CHARACTERS), TEXT_SIZE) for category in spec.categories)
    left = EDGE + 8 + min(widest, width * 0.36) + (beside if min(values) < 0 else 0)
    right = width - EDGE - beside - (2 * MARK if len(spec.series) > 1 else 0)
    count = len(spec.series)
    thinnest = LINE_HEIGHT / count
    room = (height - top - LINE_HEIGHT - EDGE) / len(spec.categories) - GROUP_GAP
    thick = min(max(room / count, thinnest, BAR_PIXELS[0]), BAR_PIXELS[1])

    def x(value: float) -> float:
        return left + (right - left) * (value - ticks[0]) / (ticks[-1] - ticks[0])

    bottom = top + len(spec.categories) * (thick * count + GROUP_GAP)
    parts: list[Part] = []
    for tick in ticks:
        parts.append(Line(((x(tick), top), (x(tick), bottom)), AXIS if tick == 0 else GRID, 1))
        parts.append(Words(x(tick), bottom + LINE_HEIGHT - 4, number(tick), side="middle"))
    for row, category in enumerate(spec.categories):
        start = top + row * (thick * count + GROUP_GAP) + GROUP_GAP / 2
        words = _fitted(category, TEXT_SIZE, min(widest, width * 0.36))
        foot = start + thick * count / 2 + 4
        parts.append(Words(EDGE, foot, words, colour=INK))
        for place, series in enumerate(spec.series):
            parts += _bar(spec, place, series.values[row], x, start + place * thick, thick)
    return parts, round(bottom + LINE_HEIGHT + EDGE)


def _bar(
    spec: ChartSpec, place: int, value: float, x: Callable[[float], float], y: float, thick: float
) -> Iterator[Part]:
    ends, gap = x(value), 1 if thick >= 6 else 0
    yield Shape(_box(min(x(0), ends), y, abs(ends - x(0)), thick - gap), _colour(place))
    side = -1 if value < 0 else 1
    has_marks = len(spec.series) > 1 and thick >= 2 * MARK
    if has_marks:
        yield _mark(place, ends + side * (MARK + 2), y + (thick - gap) / 2)
    if thick >= FEWEST_PIXELS_FOR_WORDS:
        at = ends + side * (5 + (2 * MARK if has_marks else 0))
        yield Words(at, y + thick / 2 + 4, number(value), side="end" if value < 0 else "start", colour=INK)


def _legend(spec: ChartSpec, width: int, top: float) -> tuple[list[Part], float]:
    """Return the names of several series with their marks, in rows, and where the drawing begins below them."""
    if len(spec.series) == 1:
        return [], top
    parts: list[Part] = []
    x, y = float(EDGE), top + 4
    for place, series in enumerate(spec.series):
        name = shown(series.name, LABEL_CHARACTERS) or "–"
        needed = 16 + _width(name, TEXT_SIZE) + 18
        if x > EDGE and x + needed > width - EDGE:
            x, y = float(EDGE), y + LINE_HEIGHT
        parts += [_mark(place, x + MARK, y - 4), Words(x + 16, y, name, colour=INK)]
        x += needed
    return parts, y + LINE_HEIGHT


def _ticks(spec: ChartSpec) -> list[float]:
    """Return round numbers that span zero and every value, first the lowest."""
    values = [0.0, *(value for series in spec.series for value in series.values)]
    low, high = min(values), max(values)
    if high - low < SMALLEST_SPAN:
        low, high = 0.0, 1.0
    power = 10 ** math.floor(math.log10((high - low) / TICKS))
    step = next(power * factor for factor in STEPS if power * factor * TICKS >= (high - low) * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [place * step for place in range(first, max(last, first + 1) + 1)]


def _mark(place: int, x: float, y: float) -> Shape:
    """Return the mark of a series: six shapes, hollow from the seventh series on."""
    corners = _CORNERS[place % len(_CORNERS)]
    points = tuple((x + MARK * across, y + MARK * down) for across, down in corners)
    return Shape(points, _colour(place), is_hollow=place >= len(COLOURS))


def _turned(corners: int, turn: float) -> tuple[Point, ...]:
    angles = [2 * math.pi * (corner + turn) / corners for corner in range(corners)]
    return tuple((math.sin(angle), -math.cos(angle)) for angle in angles)


_CORNERS = (
    _turned(16, 0),  # a disc
    _turned(4, 0.5),  # a square
    _turned(3, 0),  # a triangle
    _turned(4, 0),  # a diamond
    _turned(3, 0.5),  # a triangle on its head
    tuple((0.5 * x, y) for x, y in _turned(4, 0.5)),  # a post
)


def _box(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    return (x, y), (x + width, y), (x + width, y + height), (x, y + height)


def _colour(place: int) -> str:
    return COLOURS[place % len(COLOURS)]


def _width(text: str, size: int) -> float:
    # Letters of China, Japan and Korea, and emoji, are as wide as they are high.
    return sum(size * (1.0 if ord(letter) >= 0x1100 else LETTER_SHARE) for letter in text)


def _fitted(text: str, size: int, width: float) -> str:
    words = shown(text, TITLE_CHARACTERS)
    while len(words) > 2 and _width(words, size) > width:
        words = shown(words.removesuffix("…"), len(words.removesuffix("…")) - 1)
        words = words if words.endswith("…") else words + "…"
    return words


def _element(part: Part) -> str:
    if isinstance(part, Words):
        look = ' font-weight="600"' if part.is_bold else ""
        place = f'x="{part.x:.1f}" y="{part.y:.1f}" font-size="{part.size}" text-anchor="{part.side}"'
        return f'<text {place} fill="{part.colour}"{look}>{_xml(part.text)}</text>'
    points = _points(part.points)
    if isinstance(part, Line):
        join = 'stroke-linejoin="round"'
        return f'<polyline points="{points}" fill="none" stroke="{part.colour}" stroke-width="{part.width:g}" {join}/>'
    if part.is_hollow:
        return f'<polygon points="{points}" fill="{PAPER}" stroke="{part.colour}" stroke-width="{OUTLINE}"/>'
    return f'<polygon points="{points}" fill="{part.colour}"/>'


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _xml(text: str) -> str:
    return escape(text, quote=True)
