"""Owns what the pages of one PDF share: fonts, named resources and layers that are switched off."""

from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject

from coach.parse.pdf_font import Face
from coach.parse.pdf_objects import numbers_in, value
from coach.parse.pdf_paint import Box, Matrix

MAX_LAYERS = 1_000


class Source:
    """One open document; each font is read once."""

    def __init__(self, reader: PdfReader) -> None:
        self._reader = reader
        self._faces: dict[Any, Face | None] = {}
        self._layers_off = {_key(layer) for layer in _listed_off(reader)}

    def face(self, resource: Any) -> Face | None:
        """Return the font of a resource entry; None where it holds none."""
        if resource is None:
            return None
        key = _key(resource)
        if key not in self._faces:
            found = resource.get_object()
            self._faces[key] = Face(found) if isinstance(found, DictionaryObject) else None
        return self._faces[key]

    def operations(self, stream: Any) -> list[tuple[Any, bytes]]:
        """Return the drawing operations of a page's contents or a form. Raises what pypdf raises for broken ones."""
        return ContentStream(stream, self._reader, "bytes").operations

    def is_off(self, layer: Any) -> bool:
        """Say whether a layer, or a group of layers, is switched off when the document is opened."""
        if layer is None:
            return False
        found = layer.get_object()
        grouped = value(found, "/OCGs")
        members = grouped if isinstance(grouped, ArrayObject) else [layer]
        return bool(members) and all(_key(each) in self._layers_off for each in members)


def resources_of(holder: DictionaryObject) -> DictionaryObject:
    """Return the resources of a page or form."""
    found = value(holder, "/Resources")
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def as_viewed(page: DictionaryObject) -> tuple[Matrix, float, float]:
    """Return the matrix that brings a page upright with its lower left corner at 0, its width and its height."""
    left, bottom, right, top = _box(page, "/CropBox") or _box(page, "/MediaBox") or (0.0, 0.0, 612.0, 792.0)
    width, height = right - left, top - bottom
    turn = value(page, "/Rotate")
    quarter = int(turn) // 90 % 4 if isinstance(turn, (int, float)) else 0
    matrices: tuple[Matrix, ...] = (
        (1, 0, 0, 1, -left, -bottom),
        (0, -1, 1, 0, -bottom, right),
        (-1, 0, 0, -1, right, top),
        (0, 1, -1, 0, top, -left),
    )
    return matrices[quarter], *((height, width) if quarter % 2 else (width, height))


def _box(page: DictionaryObject, name: str) -> Box | None:
    numbers = numbers_in(value(page, name))
    if len(numbers) != 4:
        return None
    left, bottom, right, top = numbers
    box = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    return box if box[2] - box[0] > 1 and box[3] - box[1] > 1 else None


def _listed_off(reader: PdfReader) -> Iterator[Any]:
    off = value(value(value(reader.root_object, "/OCProperties"), "/D"), "/OFF")
    if isinstance(off, ArrayObject):
        yield from off[:MAX_LAYERS]


def _key(entry_or_reference: Any) -> Any:
    if isinstance(entry_or_reference, IndirectObject):
        return entry_or_reference.idnum
    return id(entry_or_reference)
