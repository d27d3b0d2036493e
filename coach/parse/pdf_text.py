"""Owns the step from a PDF page's drawing operations to pieces of text: where each stands and whether it is seen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import atan2, degrees, hypot
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

from coach.parse.pdf_annotations import appearances, comments, undrawn_values
from coach.parse.pdf_objects import entry, numbers_in, value
from coach.parse.pdf_paint import (
    BLACK,
    IDENTITY,
    LEAST_CONTRAST,
    LEAST_OPACITY,
    LEAST_SIZE_POINTS,
    UNDER_IMAGE,
    Box,
    Canvas,
    Colour,
    Matrix,
    bounds,
    common,
    contrast,
    times,
)
from coach.parse.pdf_source import Source, as_viewed, resources_of
from coach.parse.pdf_state import GRAPHICS_OPERATIONS, Graphics, State, number

MAX_FORM_DEPTH = 12
MAX_FORMS_A_PAGE = 1_000
DRAWS_NOTHING = {3, 7}
STROKES = {1, 5}
STRAIGHT_DEGREES = 5.0
MOST_FIELD_POINTS, FIELD_FILLED = 14.0, 0.8

INVISIBLE = "invisible text"
LAYER_OFF = "text in a layer that is switched off"
TINY = "tiny text"
OUTSIDE = "text outside the page"
COLOURLESS = "text in the colour of its background"
# What scanning software writes over or under the picture of a page, for search.
LIKE_A_SCANNER = frozenset({INVISIBLE, UNDER_IMAGE})


@dataclass(frozen=True)
class Piece:
    """Letters shown on one baseline. Points, x to the right and y upwards as the text is read.

    `turn` counts quarter turns against the page, None for slanted text; `trick` says why no reader sees it.
    """

    text: str
    x: float
    end_x: float
    y: float
    size: float
    is_bold: bool = False
    turn: int | None = 0
    trick: str | None = None


@dataclass(frozen=True)
class PageText:
    """The text of one page in drawing order, and its size as viewed, in points.

    `image_share` is the share of the page under its largest picture, 0 to 1; `illegible` counts characters whose font
    does not say which letters they are; `rules` are flat lines as (left, right, y); `comments` are seen by no reader.
    """

    pieces: tuple[Piece, ...]
    width: float
    height: float
    image_share: float
    illegible: int
    rules: tuple[tuple[float, float, float], ...]
    comments: tuple[str, ...] = ()


def read_page(source: Source, page: DictionaryObject) -> PageText:
    """Return a page's text. Raises what pypdf raises for a page that is broken."""
    matrix, width, height = as_viewed(page)
    canvas = Canvas((0.0, 0.0, width, height))
    painter = _Painter(source, canvas, matrix, resources_of(page))
    contents = value(page, "/Contents")
    if contents is not None:
        painter.run(source.operations(contents))
    painter.annotate(page, matrix)
    rules = tuple(canvas.rules)
    return PageText(painter.pieces(), width, height, canvas.image_share(), painter.illegible, rules, comments(page))


class _Painter(Graphics):
    """Follows drawing operations and keeps the text they show."""

    def __init__(self, source: Source, canvas: Canvas, matrix: Matrix, resources: DictionaryObject) -> None:
        super().__init__(source, canvas, matrix, resources)
        self.illegible = 0
        self._line = self._place = IDENTITY
        self._layers_off: list[bool] = []
        self._forms: list[Any] = []
        self._forms_run = 0
        self._shown: list[tuple[Piece, Colour]] = []
        self._points: list[tuple[float, float, int]] = []

    def pieces(self) -> tuple[Piece, ...]:
        """Return everything shown, each with its trick."""
        around = self.canvas.behind_and_over(self._points)
        return tuple(
            _upright(replace(piece, trick=piece.trick or _painted_away(colour, *here)))
            for (piece, colour), here in zip(self._shown, around, strict=True)
        )

    def run(self, operations: list[tuple[Any, bytes]]) -> None:
        """Follow a stream of operations."""
        for operands, operator in operations:
            self.order += 1
            if operator == b"INLINE IMAGE":
                self._place_image(DictionaryObject())
            elif follow := OPERATIONS.get(operator):
                follow(self, operands)

    def annotate(self, page: DictionaryObject, matrix: Matrix) -> None:
        """Draw what lies over a page, whatever state its own drawing has left behind."""
        self.saved, self._layers_off = [], []
        for form, to_its_place in appearances(page):
            self.state = State(times(to_its_place, matrix), self.canvas.page)
            self._draw_form(form)
        for box, words in undrawn_values(page):
            self._write_field(bounds(box, matrix), words)

    def _write_field(self, box: Box, words: str) -> None:
        lines = words.splitlines()
        pitch = min(MOST_FIELD_POINTS, (box[3] - box[1]) / max(1, len(lines)))
        size = FIELD_FILLED * pitch
        middle = (box[1] + box[3] - pitch * len(lines)) / 2
        for place, line in enumerate(reversed(lines)):
            y = middle + pitch * place + 0.25 * pitch
            self._shown.append((Piece(line, box[0], box[0] + len(line) * size / 2, y, size), BLACK))
            self._points.append((box[0], y, self.order))

    def draw_object(self, operands: Any) -> None:
        found = entry(self.resources, "/XObject", operands[0]) if operands else None
        drawn = found.get_object() if found is not None else None
        if not isinstance(drawn, StreamObject):
            return
        if value(drawn, "/Subtype") == "/Image":
            self._place_image(drawn)
        elif value(drawn, "/Subtype") == "/Form":
            self._draw_form(drawn)

    def begin_mark(self, operands: Any) -> None:
        is_layer = len(operands) > 1 and operands[0] == "/OC" and isinstance(operands[1], NameObject)
        layer = entry(self.resources, "/Properties", operands[1]) if is_layer else None
        self._layers_off.append(self.source.is_off(layer))

    def end_mark(self, _: Any) -> None:
        if self._layers_off:
            self._layers_off.pop()

    def begin_text(self, _: Any) -> None:
        self._line = self._place = IDENTITY

    def set_font(self, operands: Any) -> None:
        if len(operands) > 1:
            self.state.face = self.source.face(entry(self.resources, "/Font", operands[0]))
            self.state.size = number(operands[1], self.state.size)

    def move_to(self, operands: Any) -> None:
        if len(numbers := numbers_in(operands)) == 6:
            a, b, c, d, e, f = numbers
            self._line = self._place = (a, b, c, d, e, f)

    def move_by(self, operands: Any) -> None:
        if len(numbers := numbers_in(operands)) == 2:
            self._line = self._place = times((1.0, 0.0, 0.0, 1.0, numbers[0], numbers[1]), self._line)

    def move_by_and_lead(self, operands: Any) -> None:
        if len(operands) > 1:
            self.state.leading = -number(operands[1])
        self.move_by(operands)

    def next_line(self, _: Any) -> None:
        self.move_by([0, -self.state.leading])

    def next_line_and_show(self, operands: Any) -> None:
        if len(operands) > 2:
            self.state.word_gap, self.state.letter_gap = number(operands[0]), number(operands[1])
        self.next_line(operands)
        self.show(operands[-1:])

    def show(self, operands: Any) -> None:
        if operands and isinstance(operands[0], bytes):
            self._show(operands[0])

    def show_spaced(self, operands: Any) -> None:
        for each in operands[0] if operands and isinstance(operands[0], ArrayObject) else ():
            if isinstance(each, bytes):
                self._show(each)
            else:
                self._advance(-number(each) / 1000 * self.state.size * self.state.stretch)

    def _place_image(self, picture: DictionaryObject) -> None:
        shows_through = any(key in picture for key in ("/SMask", "/Mask", "/ImageMask"))
        area = common(bounds((0, 0, 1, 1), self.state.matrix), self.state.clip)
        self.canvas.place_image(area, self._is_opaque and not shows_through, self.order)

    def _draw_form(self, form: StreamObject) -> None:
        is_cycle = any(form is each for each in self._forms)
        if is_cycle or len(self._forms) >= MAX_FORM_DEPTH or self._forms_run >= MAX_FORMS_A_PAGE:
            return
        self._forms_run += 1
        outer, saved, layers = self.resources, len(self.saved), len(self._layers_off)
        self._save(())
        self._forms.append(form)
        self._layers_off.append("/OC" in form and self.source.is_off(form.raw_get("/OC")))
        self._concatenate(value(form, "/Matrix"))
        if len(box := numbers_in(value(form, "/BBox"))) == 4:
            self.state.clip = common(self.state.clip, bounds((box[0], box[1], box[2], box[3]), self.state.matrix))
        self.resources = resources_of(form) or outer
        self.run(self.source.operations(form))
        self.resources = outer
        del self.saved[saved + 1 :], self._layers_off[layers:]
        self._forms.pop()
        self._restore(())

    def _advance(self, distance: float) -> None:
        self._place = times((1.0, 0.0, 0.0, 1.0, distance, 0.0), self._place)

    def _show(self, shown: bytes) -> None:
        state = self.state
        if state.face is None:
            self.illegible += len(shown)
            return
        place, letters, distance = times(self._place, state.matrix), "", 0.0
        for glyph in state.face.glyphs(shown):
            gap = state.letter_gap + (state.word_gap if glyph.is_space else 0.0)
            distance += (glyph.width * state.size + gap) * state.stretch
            letters += glyph.letters
            self.illegible += not glyph.is_legible
        self._advance(distance)
        if letters.strip():
            self._keep(letters, times((1.0, 0.0, 0.0, 1.0, 0.0, state.rise), place), distance, state.face.height)

    def _keep(self, text: str, place: Matrix, distance: float, face_height: float) -> None:
        state = self.state
        a, b, c, d, x, y = place
        along, size = hypot(a, b), abs(state.size) * hypot(c, d) * face_height
        lift = state.size * 0.3
        middle = x + a * distance / 2 + c * lift, y + b * distance / 2 + d * lift
        strokes = state.mode in STROKES
        opacity, colour = (state.stroke_opacity, state.stroke) if strokes else (state.fill_opacity, state.fill)
        trick = None
        if any(self._layers_off):
            trick = LAYER_OFF
        elif state.mode in DRAWS_NOTHING or opacity < LEAST_OPACITY:
            trick = INVISIBLE
        elif not (state.clip[0] <= middle[0] <= state.clip[2] and state.clip[1] <= middle[1] <= state.clip[3]):
            trick = OUTSIDE
        elif min(size, 2 * abs(state.size * state.stretch) * along) < LEAST_SIZE_POINTS:
            trick = TINY
        turn = degrees(atan2(b, a)) / 90
        quarter = None if abs(turn - round(turn)) * 90 > STRAIGHT_DEGREES else round(turn) % 4
        is_bold = state.face is not None and state.face.is_bold
        self._shown.append((Piece(text, x, x + along * distance, y, size, is_bold, quarter, trick), colour))
        self._points.append((*middle, self.order))


def _painted_away(colour: Colour, behind: Colour, cover: str | None) -> str | None:
    if cover:
        return cover
    return COLOURLESS if contrast(colour, behind) < LEAST_CONTRAST else None


def _upright(piece: Piece) -> Piece:
    width = piece.end_x - piece.x
    turned = ((piece.x, piece.y), (piece.y, -piece.x), (-piece.x, -piece.y), (-piece.y, piece.x))
    x, y = turned[piece.turn or 0]
    return replace(piece, x=x, end_x=x + width, y=y)


def _setting(name: str, scale: float = 1.0) -> Callable[[_Painter, Any], None]:
    def follow(painter: _Painter, operands: Any) -> None:
        if operands and isinstance(operands[0], (int, float)):
            setattr(painter.state, name, operands[0] * scale)

    return follow


OPERATIONS: dict[bytes, Callable[[_Painter, Any], None]] = {
    **GRAPHICS_OPERATIONS,
    b"Do": _Painter.draw_object,
    **dict.fromkeys((b"BMC", b"BDC"), _Painter.begin_mark),
    b"EMC": _Painter.end_mark,
    b"BT": _Painter.begin_text,
    b"Tf": _Painter.set_font,
    b"Tc": _setting("letter_gap"),
    b"Tw": _setting("word_gap"),
    b"Tz": _setting("stretch", 0.01),
    b"TL": _setting("leading"),
    b"Ts": _setting("rise"),
    b"Tr": _setting("mode"),
    b"Tm": _Painter.move_to,
    b"Td": _Painter.move_by,
    b"TD": _Painter.move_by_and_lead,
    b"T*": _Painter.next_line,
    b"Tj": _Painter.show,
    b"TJ": _Painter.show_spaced,
    **dict.fromkeys((b"'", b'"'), _Painter.next_line_and_show),
}
