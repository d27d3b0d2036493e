"""Owns what can be seen on a PDF page: where paint lies, in which colour, and which text it hides from a reader."""

from dataclasses import dataclass, field

import numpy as np

Matrix = tuple[float, float, float, float, float, float]
Colour = tuple[float, float, float] | None
Box = tuple[float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)
LEAST_SIZE_POINTS = 4.0
# WCAG 2 asks 4.5 of readable text; light grey (#ddd) on white has 1.36, a cream on white less than this.
LEAST_CONTRAST = 1.3
FAINT = 1.02
LEAST_OPACITY = 0.1
LEAST_PAINT_POINTS = 3.0
LEAST_RULE_POINTS = 20.0
MAX_PAINT = 20_000
UNDER_PAINT = "text that is painted over"
UNDER_IMAGE = "text under a picture"


def times(first: Matrix, then: Matrix) -> Matrix:
    """Return the matrix that applies `first`, `then` the other."""
    a, b, c, d, e, f = first
    k, l, m, n, o, p = then  # noqa: E741
    return (a * k + b * m, a * l + b * n, c * k + d * m, c * l + d * n, e * k + f * m + o, e * l + f * n + p)


def bounds(box: Box, matrix: Matrix) -> Box:
    """Return the upright box around a box seen through a matrix."""
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return (min(xs), min(ys), max(xs), max(ys))


def common(first: Box, second: Box) -> Box:
    """Return what two boxes share; its right edge is left of its left edge where they share nothing."""
    return (max(first[0], second[0]), max(first[1], second[1]), min(first[2], second[2]), min(first[3], second[3]))


def colour_of(operands: list[float], is_tint: bool = False) -> Colour:
    """Return the RGB colour of 1 (grey or a tint), 3 or 4 components, 0 to 1; None where it cannot be known."""
    parts = [min(1.0, max(0.0, part)) for part in operands]
    if len(parts) == 1:
        grey = 1 - parts[0] if is_tint else parts[0]
        return (grey, grey, grey)
    if len(parts) == 3:
        return (parts[0], parts[1], parts[2])
    if len(parts) == 4:
        cyan, magenta, yellow, key = parts
        return ((1 - cyan) * (1 - key), (1 - magenta) * (1 - key), (1 - yellow) * (1 - key))
    return None


def contrast(first: Colour, second: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance); 21 where one is unknown."""
    if first is None or second is None:
        return 21.0
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@dataclass
class Canvas:
    """Everything painted on a page that text may lie on or under, in painting order, as far as `MAX_PAINT`."""

    page: Box
    paint: list[tuple[Box, Colour, bool, int]] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)
    rules: list[tuple[float, float, float]] = field(default_factory=list)

    def fill(self, box: Box, colour: Colour, is_opaque: bool, order: int) -> None:
        """Remember a painted area; a flat one is a rule (left, right, height on the page)."""
        if len(self.paint) < MAX_PAINT and min(box[2] - box[0], box[3] - box[1]) >= LEAST_PAINT_POINTS:
            self.paint.append((box, colour, is_opaque, order))
        # Word processors lay white strips under lines of text; their edges part nothing.
        if contrast(colour, WHITE) > FAINT:
            self.outline(box)

    def outline(self, box: Box) -> None:
        """Remember the upper and lower edge of a painted area as rules (left, right, height on the page)."""
        if len(self.rules) < MAX_PAINT and box[2] - box[0] >= LEAST_RULE_POINTS:
            self.rules += [(box[0], box[2], y) for y in {box[1], box[3]}]

    def place_image(self, box: Box, is_opaque: bool, order: int) -> None:
        """Remember a picture, whose colours are not looked at."""
        self.images.append(common(box, self.page))
        self.fill(box, None, is_opaque, order)

    def image_share(self) -> float:
        """Return the share of the page under its largest picture, 0 to 1."""
        return max((_area(image) for image in self.images), default=0.0) / max(_area(self.page), 1.0)

    def behind_and_over(self, places: list[tuple[float, float, int]]) -> list[tuple[Colour, str | None]]:
        """Return for points (x, y, order) the colour behind each, and what lies over it, if anything."""
        if not self.paint:
            return [(WHITE, None)] * len(places)
        boxes = np.array([box for box, _, _, _ in self.paint])
        orders = np.array([order for _, _, _, order in self.paint])
        covers = np.array([is_opaque for _, _, is_opaque, _ in self.paint])
        found: list[tuple[Colour, str | None]] = []
        for x, y, order in places:
            here = (boxes[:, 0] <= x) & (x <= boxes[:, 2]) & (boxes[:, 1] <= y) & (y <= boxes[:, 3])
            behind = np.flatnonzero(here & (orders < order))
            over = np.flatnonzero(here & covers & (orders > order))
            colour = self.paint[behind[-1]][1] if behind.size else WHITE
            # A cover of unknown colour is a picture.
            cover = UNDER_IMAGE if over.size and self.paint[over[-1]][1] is None else UNDER_PAINT
            found.append((colour, cover if over.size else None))
        return found


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _luminance(colour: tuple[float, float, float]) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
