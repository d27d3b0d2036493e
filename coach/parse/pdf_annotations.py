"""Owns what is laid over a PDF page's own drawing: form fields as filled in, typed boxes, and comments."""

from collections.abc import Iterator
from typing import Any

from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from coach.parse.pdf_objects import numbers_in, value
from coach.parse.pdf_paint import IDENTITY, Box, Matrix, bounds

MOST_ANNOTATIONS = 2_000
DEEPEST_FIELD = 10
SEEN_KINDS = {"/Widget", "/FreeText", "/Stamp"}
COMMENT_KINDS = {"/Text", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Caret"}
# Invisible, hidden, not shown on a screen (ISO 32000-1, 12.5.3).
UNSEEN_FLAGS = 1 | 2 | 32
PUSH_BUTTON = 1 << 16


def appearances(page: DictionaryObject) -> Iterator[tuple[StreamObject, Matrix]]:
    """Yield what annotations show, as a form and the matrix that brings it to its place (ISO 32000-1, 12.5.5)."""
    for annotation in _annotations(page, SEEN_KINDS):
        form, rect = _appearance(annotation), _box(annotation, "/Rect")
        if form is None or rect is None or _is_push_button(annotation):
            continue
        own = numbers_in(value(form, "/Matrix"))
        matrix = (own[0], own[1], own[2], own[3], own[4], own[5]) if len(own) == 6 else IDENTITY
        box = bounds(_box(form, "/BBox") or rect, matrix)
        wide, high = (rect[2] - rect[0]) / (box[2] - box[0] or 1), (rect[3] - rect[1]) / (box[3] - box[1] or 1)
        yield form, (wide, 0.0, 0.0, high, rect[0] - wide * box[0], rect[1] - high * box[1])


def undrawn_values(page: DictionaryObject) -> Iterator[tuple[Box, str]]:
    """Yield the words of filled-in fields that leave it to the viewer to draw them, each with its place on the page."""
    for annotation in _annotations(page, {"/Widget"}):
        rect, words = _box(annotation, "/Rect"), _inherited(annotation, "/V")
        is_worded = _inherited(annotation, "/FT") in {"/Tx", "/Ch"}
        if rect and is_worded and isinstance(words, str) and _appearance(annotation) is None:
            yield rect, words


def comments(page: DictionaryObject) -> tuple[str, ...]:
    """Return what is said in comments on a page."""
    said = [value(annotation, "/Contents") for annotation in _annotations(page, COMMENT_KINDS)]
    return tuple(words for words in said if isinstance(words, str) and words.strip())


def _annotations(page: DictionaryObject, kinds: set[str]) -> Iterator[DictionaryObject]:
    listed = value(page, "/Annots")
    for entry in listed[:MOST_ANNOTATIONS] if isinstance(listed, ArrayObject) else ():
        annotation = entry.get_object() if entry is not None else None
        if isinstance(annotation, DictionaryObject) and value(annotation, "/Subtype") in kinds:
            flags = value(annotation, "/F")
            if not (isinstance(flags, int) and flags & UNSEEN_FLAGS):
                yield annotation


def _appearance(annotation: DictionaryObject) -> StreamObject | None:
    shown = value(value(annotation, "/AP"), "/N")
    if isinstance(shown, DictionaryObject) and not isinstance(shown, StreamObject):
        shown = value(shown, str(value(annotation, "/AS")))
    return shown if isinstance(shown, StreamObject) else None


def _is_push_button(annotation: DictionaryObject) -> bool:
    flags = _inherited(annotation, "/Ff")
    return _inherited(annotation, "/FT") == "/Btn" and isinstance(flags, int) and bool(flags & PUSH_BUTTON)


def _inherited(field: DictionaryObject, key: str) -> Any:
    """Return what a field states, or the nearest of those it is a part of."""
    for _ in range(DEEPEST_FIELD):
        if key in field:
            return value(field, key)
        above = value(field, "/Parent")
        if not isinstance(above, DictionaryObject):
            break
        field = above
    return None


def _box(holder: DictionaryObject, name: str) -> Box | None:
    numbers = numbers_in(value(holder, name))
    if len(numbers) != 4:
        return None
    left, bottom, right, top = numbers
    return (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
