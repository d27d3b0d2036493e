"""Owns drawing a scoreboard as SVG: a panel a world, a row a policy, a dot with its interval; readable light and dark.

It states its figures in its description for who cannot see it, asks for no font or address of elsewhere, and brings its
own ground, so that it reads on any page. The caller brings the words.
"""

from dataclasses import dataclass
from math import ceil, floor
from xml.sax.saxutils import escape

LABELS_WIDTH, PANEL_WIDTH, PANEL_GAP, ROW_HEIGHT = 136, 226, 18, 26
TOP, BOTTOM, MARGIN = 84, 56, 18
# Room on the right of a panel for the figure beside its last dot.
FIGURE_WIDTH = 38
TICKS = 20
DOT, CAP = 3.2, 4

STYLE = """
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; font-size: 13px; }
.figure { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
.ground { fill: #ffffff; } .title { font-size: 16px; font-weight: 600; } .panel { font-weight: 600; }
text, .title, .panel { fill: #1f2328; } .quiet { fill: #59636e; font-size: 12px; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
.bar { stroke: #59636e; stroke-width: 1.5; fill: none; } .dot { fill: #59636e; }
.ours.bar { stroke: #0a5fbf; } .ours.dot { fill: #0a5fbf; } text.ours { fill: #0a5fbf; font-weight: 600; }
@media (prefers-color-scheme: dark) {
  .ground { fill: #0d1117; } .figure { stroke: #0d1117; }
  text, .title, .panel { fill: #e6edf3; } .quiet { fill: #9aa4af; }
  .grid { stroke: #30363d; } .bar { stroke: #9aa4af; } .dot { fill: #9aa4af; }
  .ours.bar { stroke: #6cb6ff; } .ours.dot { fill: #6cb6ff; } text.ours { fill: #6cb6ff; }
}
"""


@dataclass(frozen=True)
class Dot:
    """One mean with its interval, in percent."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Panel:
    """One small chart; `dots` are in the order of the rows."""

    title: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Chart:
    """What to draw: `rows` name the rows of every panel, `ours` is the place of the one to stand out."""

    title: str
    description: str
    axis: str
    rows: tuple[str, ...]
    panels: tuple[Panel, ...]
    ours: int


def svg(chart: Chart) -> str:
    """Return a chart as one SVG document."""
    low, high = _range(chart)
    width = MARGIN * 2 + LABELS_WIDTH + len(chart.panels) * (PANEL_WIDTH + PANEL_GAP) - PANEL_GAP
    height = TOP + len(chart.rows) * ROW_HEIGHT + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(chart.title)}</title>',
        f'<desc id="description">{escape(chart.description)}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}" rx="6"/>',
        _text(MARGIN, 32, chart.title, "title"),
    ]
    for row, name in enumerate(chart.rows):
        parts.append(_text(MARGIN, _middle(row) + 4, name, "ours" if row == chart.ours else ""))
    for number, panel in enumerate(chart.panels):
        left = MARGIN + LABELS_WIDTH + number * (PANEL_WIDTH + PANEL_GAP)
        parts += _panel(panel, left, low, high, chart)
    parts.append(_text(MARGIN + LABELS_WIDTH, height - MARGIN, chart.axis, "quiet"))
    return "\n".join([*parts, "</svg>", ""])


def _range(chart: Chart) -> tuple[float, float]:
    dots = [dot for panel in chart.panels for dot in panel.dots]
    low, high = floor(min(dot.low for dot in dots) / 10) * 10, ceil(max(dot.high for dot in dots) / 10) * 10
    return max(0, low), min(100, max(high, low + 10))


def _panel(panel: Panel, left: float, low: float, high: float, chart: Chart) -> list[str]:
    scale = (PANEL_WIDTH - FIGURE_WIDTH) / (high - low)
    end = _middle(len(chart.rows) - 1) + ROW_HEIGHT / 2
    parts = [_text(left, TOP - 22, panel.title, "panel")]
    for tick in range(ceil(low / TICKS) * TICKS, int(high) + 1, TICKS):
        x = left + (tick - low) * scale
        parts += [
            f'<line class="grid" x1="{x:.1f}" y1="{TOP - 10}" x2="{x:.1f}" y2="{end:.1f}"/>',
            _text(x, end + 16, str(tick), "quiet", "middle"),
        ]
    for row, dot in enumerate(panel.dots):
        ours = "ours " if row == chart.ours else ""
        y, x, start, stop = _middle(row), *(left + (at - low) * scale for at in (dot.value, dot.low, dot.high))
        parts += [
            f'<path class="{ours}bar" d="M{start:.1f} {y}H{stop:.1f}{_cap(start, y)}{_cap(stop, y)}"/>',
            f'<circle class="{ours}dot" cx="{x:.1f}" cy="{y}" r="{DOT}"/>',
            _text(max(x + DOT, stop) + 7, y + 4, f"{dot.value:.1f}", f"{ours or 'quiet '}figure"),
        ]
    return parts


def _cap(x: float, y: float) -> str:
    return f"M{x:.1f} {y - CAP}V{y + CAP}"


def _middle(row: int) -> float:
    return TOP + row * ROW_HEIGHT + ROW_HEIGHT / 2


def _text(x: float, y: float, words: str, css_class: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css_class}" text-anchor="{anchor}">{escape(words)}</text>'
