"""Draws how a cost grows: a small log-log panel for each measurement, with the aim where one is set."""

from dataclasses import dataclass
from math import log10
from xml.sax.saxutils import escape

from lessons.simulation.plot import STYLE

ACROSS, PANEL_WIDTH, PANEL_HEIGHT, GAP_X, GAP_Y = 4, 150, 130, 72, 66
LEFT, TOP, BOTTOM, MARGIN = 70, 98, 40, 18
DOT, LABEL_APART = 3.2, 13
LINE_STYLE = """
.line { fill: none; stroke: #59636e; stroke-width: 2; stroke-dasharray: 5 3; }
.ours.line { stroke: #0a5fbf; stroke-dasharray: none; } .aim { stroke: #b35900; stroke-width: 1.5; }
text.aimed { fill: #b35900; font-size: 12px; }
@media (prefers-color-scheme: dark) {
  .line { stroke: #9aa4af; } .ours.line { stroke: #6cb6ff; } .aim { stroke: #f0a35e; } text.aimed { fill: #f0a35e; }
}
"""


@dataclass(frozen=True)
class Curve:
    """One line: milliseconds at each number of what is counted; `is_first` of the two is drawn solid."""

    name: str
    points: tuple[tuple[int, float], ...]
    is_first: bool


@dataclass(frozen=True)
class Panel:
    """One measurement; `aim_ms` None where none is set."""

    title: str
    curves: tuple[Curve, ...]
    aim_ms: float | None = None


def svg(title: str, description: str, panels: list[Panel], counted: str = "events") -> str:
    """Return the panels, four in a row on the same scales, as one SVG document; `counted` is what grows."""
    rows = -(-len(panels) // ACROSS)
    width = LEFT + ACROSS * (PANEL_WIDTH + GAP_X)
    height = TOP + rows * (PANEL_HEIGHT + GAP_Y) - GAP_Y + BOTTOM
    points = [point for panel in panels for curve in panel.curves for point in curve.points]
    low, high = log10(min(events for events, _ in points)), log10(max(events for events, _ in points))
    scale = _Scale(low, max(high, low + 1), 0, -(-log10(max(ms for _, ms in points)) // 1))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(description)}</desc>',
        f"<style>{STYLE}{LINE_STYLE}</style>",
        f'<rect class="ground" width="{width}" height="{height}" rx="6"/>',
        _text(MARGIN, 32, title, "title"),
        *_legend(panels),
    ]
    for number, panel in enumerate(panels):
        left = LEFT + number % ACROSS * (PANEL_WIDTH + GAP_X)
        top = TOP + number // ACROSS * (PANEL_HEIGHT + GAP_Y)
        parts += _panel(panel, left, top, scale, counted, is_labelled=number % ACROSS == 0)
    return "\n".join([*parts, "</svg>", ""])


@dataclass(frozen=True)
class _Scale:
    """The powers of ten at the ends of both axes, the same in every panel."""

    low_x: float
    high_x: float
    low_y: float
    high_y: float

    def x(self, events: float) -> float:
        return (log10(events) - self.low_x) / (self.high_x - self.low_x) * PANEL_WIDTH

    def y(self, milliseconds: float) -> float:
        power = max(log10(milliseconds), self.low_y)
        return PANEL_HEIGHT - (power - self.low_y) / (self.high_y - self.low_y) * PANEL_HEIGHT


def _legend(panels: list[Panel]) -> list[str]:
    x, y, parts = MARGIN, 52, []
    for curve in panels[0].curves:
        parts.append(f'<path class="{_ours(curve)}line" d="M{x} {y}h24"/>')
        parts.append(_text(x + 30, y + 4, curve.name, "quiet"))
        x += 130
    return [*parts, f'<path class="aim" d="M{x} {y}h24"/>', _text(x + 30, y + 4, "aim", "quiet")]


def _panel(panel: Panel, left: float, top: float, scale: _Scale, counted: str, is_labelled: bool) -> list[str]:
    parts = [_text(left, top - 12, panel.title, "panel")]
    for power in range(round(scale.low_y), round(scale.high_y) + 1):
        y = top + scale.y(10**power)
        parts.append(f'<line class="grid" x1="{left}" y1="{y:.1f}" x2="{left + PANEL_WIDTH}" y2="{y:.1f}"/>')
        if is_labelled:
            parts.append(_text(left - 6, y + 4, _duration(10**power), "quiet", "end"))
    for power in range(round(scale.low_x), round(scale.high_x) + 1):
        words = f'10<tspan dy="-5" font-size="9">{power}</tspan>'
        at = f'x="{left + scale.x(10**power):.1f}" y="{top + PANEL_HEIGHT + 18}"'
        parts.append(f'<text {at} class="quiet" text-anchor="middle">{words}</text>')
    parts.append(_text(left + PANEL_WIDTH / 2, top + PANEL_HEIGHT + 34, counted, "quiet", "middle"))
    if panel.aim_ms is not None:
        y = top + scale.y(panel.aim_ms)
        parts.append(f'<line class="aim" x1="{left}" y1="{y:.1f}" x2="{left + PANEL_WIDTH}" y2="{y:.1f}"/>')
    labels: list[float] = []
    for curve in sorted(panel.curves, key=lambda curve: -curve.points[-1][1]):
        at = [(left + scale.x(events), top + scale.y(ms)) for events, ms in curve.points]
        parts.append(f'<path class="{_ours(curve)}line" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in at)}"/>')
        parts += [f'<circle class="{_ours(curve)}dot" cx="{x:.1f}" cy="{y:.1f}" r="{DOT}"/>' for x, y in at]
        x, y = at[-1]
        y = max([y + 4, *(label + LABEL_APART for label in labels)])
        labels.append(y)
        parts.append(_text(x + 7, y, _duration(curve.points[-1][1]), f"{_ours(curve) or 'quiet '}figure"))
    return parts


def _ours(curve: Curve) -> str:
    return "ours " if curve.is_first else ""


def _duration(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3g} s" if milliseconds >= 1000 else f"{milliseconds:.3g} ms"


def _text(x: float, y: float, words: str, css_class: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css_class}" text-anchor="{anchor}">{escape(words)}</text>'
