"""Owns the step from the bytes a PDF shows to letters and their widths, font by font."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from pypdf.generic import DictionaryObject, StreamObject

# The only place that knows which glyph is which letter; pypdf's public text methods do not tell widths.
from pypdf.generic._font import Font

from coach.parse.looks import TICKS
from coach.parse.pdf_objects import numbers_in, value

BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")
FORCE_BOLD = 1 << 18
BOLD_WEIGHT = 600
BULLETS = dict.fromkeys("●○■□▪▫◦∙‣⁃➢➤►◆◇❖\uf0b7\uf0a7\uf0d8\uf076", "•")
SPACES = dict.fromkeys("\t\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " ")
NO_LETTERS = {"Cc", "Co", "Cn", "Cs"}
SHOWN_AS = str.maketrans({**BULLETS, **TICKS, **SPACES, "\xad": "-"})


@dataclass(frozen=True)
class Glyph:
    """One shown character code: its letters, none where the font does not say; its width for a font of size 1."""

    letters: str
    width: float
    is_space: bool
    is_legible: bool


class Face:
    """A font of a document. `height` is how tall a font of size 1 stands, 1 but for fonts drawn by the page itself."""

    def __init__(self, resource: DictionaryObject) -> None:
        self._font = Font.from_font_resource(resource)
        self._is_legible = self._font.interpretable and not _names_glyphs_only(resource, self._font)
        self._width_unit, self.height = _own_scale(resource) if self._font.sub_type == "Type3" else (0.001, 1.0)
        self._glyphs: dict[str, Glyph] = {}
        self.is_bold = _is_bold(self._font)

    def glyphs(self, shown: bytes) -> Iterator[Glyph]:
        """Yield what a string of character codes shows, in order."""
        encoding = self._font.encoding
        codes = shown.decode(encoding, "replace") if isinstance(encoding, str) else shown.decode("latin-1")
        for code in codes:
            if code not in self._glyphs:
                self._glyphs[code] = self._glyph(code)
            yield self._glyphs[code]

    def _glyph(self, code: str) -> Glyph:
        encoding, font = self._font.encoding, self._font
        named = encoding.get(ord(code), code) if isinstance(encoding, dict) else code
        letters = str(font.character_map.get(named, font.character_map.get(code, named)))
        is_space = code == font.space_char or letters == " "
        width = font.space_width if is_space and font.space_width else font.get_text_width(code)
        is_legible = self._is_legible and _says_letters(letters)
        shown = unicodedata.normalize("NFKC", letters) if "\ufb00" <= letters <= "\ufb06" else letters
        return Glyph(shown.translate(SHOWN_AS) if is_legible else "", width * self._width_unit, is_space, is_legible)


def _names_glyphs_only(resource: DictionaryObject, font: Font) -> bool:
    encoding = value(resource, "/Encoding")
    is_by_glyph = str(encoding).startswith("/Identity") or isinstance(encoding, StreamObject)
    return isinstance(font.encoding, str) and is_by_glyph and not font.character_map


def _says_letters(letters: str) -> bool:
    is_glyph_name = len(letters) > 1 and letters.startswith("/")
    return not is_glyph_name and all(
        ord(letter) in SHOWN_AS or (letter != "\ufffd" and unicodedata.category(letter) not in NO_LETTERS)
        for letter in letters
    )


def _own_scale(resource: DictionaryObject) -> tuple[float, float]:
    matrix = _numbers(resource, "/FontMatrix", 6) or [0.001, 0, 0, 0.001, 0, 0]
    box = _numbers(resource, "/FontBBox", 4) or [0, 0, 0, 0]
    return abs(matrix[0]), abs(matrix[3]) * (abs(box[3] - box[1]) or 1000.0)


def _numbers(resource: DictionaryObject, key: str, count: int) -> list[float] | None:
    numbers = numbers_in(value(resource, key))
    return numbers if len(numbers) == count else None


def _is_bold(font: Font) -> bool:
    descriptor = font.font_descriptor
    weight = descriptor.weight if isinstance(descriptor.weight, (int, float)) else 0
    flags = descriptor.flags if isinstance(descriptor.flags, int) else 0
    return weight >= BOLD_WEIGHT or bool(flags & FORCE_BOLD) or any(name in font.name.lower() for name in BOLD_NAMES)
