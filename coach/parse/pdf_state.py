"""Owns the graphics state of a PDF page as its drawing operations change it, and the paint they leave."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject

from coach.parse.pdf_font import Face
from coach.parse.pdf_objects import entry, numbers_in, value
from coach.parse.pdf_paint import BLACK, Box, Canvas, Colour, Matrix, colour_of, common, times
from coach.parse.pdf_source import Source

OPAQUE = 0.9
UNKNOWN_COLOURS = {"/Indexed", "/Lab", "/Pattern"}
TINTS = {"/Separation", "/DeviceN"}


@dataclass
class State:
    """What q saves and Q restores; opacities and stretch from 0, where 1 is usual."""

    matrix: Matrix
    clip: Box
    face: Face | None = None
    size: float = 0.0
    letter_gap: float = 0.0
    word_gap: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: float = 0
    fill: Colour = BLACK
    stroke: Colour = BLACK
    fill_is_tint: bool = False
    stroke_is_tint: bool = False
    fill_opacity: float = 1.0
    stroke_opacity: float = 1.0
    is_blended: bool = False


class Graphics:
    """Follows the operations of state, colour and paths; malformed ones change nothing."""

    def __init__(self, source: Source, canvas: Canvas, matrix: Matrix, resources: DictionaryObject) -> None:
        self.source, self.canvas, self.resources = source, canvas, resources
        self.state = State(matrix, canvas.page)
        self.saved: list[State] = []
        self.order = 0
        self._path: list[tuple[float, float]] = []
        self._is_box = True
        self._clips = False

    def _save(self, _: Any) -> None:
        self.saved.append(replace(self.state))

    def _restore(self, _: Any) -> None:
        if self.saved:
            self.state = self.saved.pop()

    def _concatenate(self, operands: Any) -> None:
        if len(numbers := numbers_in(operands)) == 6:
            a, b, c, d, e, f = numbers
            self.state.matrix = times((a, b, c, d, e, f), self.state.matrix)

    def _use_named_state(self, operands: Any) -> None:
        found = entry(self.resources, "/ExtGState", operands[0]) if operands else None
        named = found.get_object() if found is not None else None
        if not isinstance(named, DictionaryObject):
            return
        state = self.state
        state.fill_opacity = number(value(named, "/ca"), state.fill_opacity)
        state.stroke_opacity = number(value(named, "/CA"), state.stroke_opacity)
        state.is_blended = value(named, "/BM") not in {None, "/Normal", "/Compatible"}
        font = value(named, "/Font")
        if isinstance(font, ArrayObject) and len(font) > 1:
            state.face, state.size = self.source.face(font[0]), number(font[1], state.size)

    def _set_colour(self, operands: Any, is_stroke: bool, is_device: bool = False) -> None:
        state = self.state
        is_tint = not is_device and (state.stroke_is_tint if is_stroke else state.fill_is_tint)
        numbers = numbers_in(operands)
        # A pattern is named, not numbered: its colour is not looked at.
        colour = colour_of(numbers, is_tint) if len(numbers) == len(operands) else None
        if is_stroke:
            state.stroke = colour
        else:
            state.fill = colour

    def _set_colour_space(self, operands: Any, is_stroke: bool) -> None:
        name = operands[0] if operands else ""
        found = entry(self.resources, "/ColorSpace", name)
        space = found.get_object() if found is not None else name
        family = str(space[0]) if isinstance(space, ArrayObject) and space else str(space)
        colour = None if family in UNKNOWN_COLOURS else BLACK
        if is_stroke:
            self.state.stroke, self.state.stroke_is_tint = colour, family in TINTS
        else:
            self.state.fill, self.state.fill_is_tint = colour, family in TINTS

    def _add_points(self, operands: Any) -> None:
        numbers = numbers_in(operands)
        a, b, c, d, e, f = self.state.matrix
        self._path += [
            (a * x + c * y + e, b * x + d * y + f) for x, y in zip(numbers[::2], numbers[1::2], strict=False)
        ]

    def _add_curve(self, operands: Any) -> None:
        self._is_box = False
        self._add_points(operands)

    def _add_rectangle(self, operands: Any) -> None:
        if len(numbers := numbers_in(operands)) == 4:
            x, y, width, height = numbers
            self._add_points([x, y, x + width, y + height])

    def _clip_next(self, _: Any) -> None:
        self._clips = True

    def _end_path(self, is_filled: bool, is_stroked: bool) -> None:
        state = self.state
        if self._path:
            xs, ys = [x for x, _ in self._path], [y for _, y in self._path]
            around = (min(xs), min(ys), max(xs), max(ys))
            if is_filled:
                is_cover = self._is_box and len(self._path) <= 5 and self._is_opaque
                self.canvas.fill(common(around, state.clip), state.fill, is_cover, self.order)
            elif is_stroked:
                self.canvas.outline(around)
            if self._clips:
                state.clip = common(around, state.clip)
        self._path, self._is_box, self._clips = [], True, False

    @property
    def _is_opaque(self) -> bool:
        return self.state.fill_opacity > OPAQUE and not self.state.is_blended


def number(value: Any, otherwise: float = 0.0) -> float:
    """Return a number as one, and something else as `otherwise`."""
    return float(value) if isinstance(value, (int, float)) else otherwise


def _ending(is_filled: bool, is_stroked: bool) -> Callable[[Any, Any], None]:
    return lambda graphics, _: graphics._end_path(is_filled, is_stroked)


def _colouring(is_stroke: bool, is_device: bool) -> Callable[[Any, Any], None]:
    return lambda graphics, operands: graphics._set_colour(operands, is_stroke, is_device)


FILLING = dict.fromkeys((b"f", b"F", b"f*"), _ending(is_filled=True, is_stroked=False))
FILLING_AND_STROKING = dict.fromkeys((b"B", b"B*", b"b", b"b*"), _ending(is_filled=True, is_stroked=True))
STROKING = dict.fromkeys((b"S", b"s"), _ending(is_filled=False, is_stroked=True))
GRAPHICS_OPERATIONS: dict[bytes, Callable[[Any, Any], None]] = {
    b"q": Graphics._save,
    b"Q": Graphics._restore,
    b"cm": Graphics._concatenate,
    b"gs": Graphics._use_named_state,
    **dict.fromkeys((b"g", b"rg", b"k"), _colouring(is_stroke=False, is_device=True)),
    **dict.fromkeys((b"G", b"RG", b"K"), _colouring(is_stroke=True, is_device=True)),
    **dict.fromkeys((b"sc", b"scn"), _colouring(is_stroke=False, is_device=False)),
    **dict.fromkeys((b"SC", b"SCN"), _colouring(is_stroke=True, is_device=False)),
    b"cs": lambda graphics, operands: graphics._set_colour_space(operands, is_stroke=False),
    b"CS": lambda graphics, operands: graphics._set_colour_space(operands, is_stroke=True),
    **dict.fromkeys((b"m", b"l"), Graphics._add_points),
    **dict.fromkeys((b"c", b"v", b"y"), Graphics._add_curve),
    b"re": Graphics._add_rectangle,
    **dict.fromkeys((b"W", b"W*"), Graphics._clip_next),
    **FILLING,
    **FILLING_AND_STROKING,
    **STROKING,
    b"n": _ending(is_filled=False, is_stroked=False),
}
