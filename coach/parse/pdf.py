"""Reads a PDF: its text layer in the order people read it; what no reader of the page can see is kept apart."""

import codecs
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import chain
from typing import Any

# Loaded here, since the process that reads documents can open no file later.
import pypdf._codecs._codecs
import pypdf._codecs.core_font_metrics
import pypdf.filters
import pypdf.generic._image_inline  # noqa: F401
from pypdf import PasswordType, PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import Destination

from coach.parse.page import Page
from coach.parse.pdf_flow import folded_title, write
from coach.parse.pdf_furniture import without_furniture
from coach.parse.pdf_layout import arrange
from coach.parse.pdf_source import Source
from coach.parse.pdf_text import LIKE_A_SCANNER, PageText, read_page
from coach.reading import Reading, Rejected

MAX_PAGES = 2_000
PICTURE_SHARE = 0.5
LEAST_LETTERS_A_PAGE = 25
HARDLY_ANY = 0.1
NO_TITLES = ("untitled", "microsoft word - ", "microsoft powerpoint - ")
FILE_ENDINGS = (".doc", ".docx", ".html", ".indd", ".md", ".odt", ".pdf", ".pptx", ".rtf")
SAVE_A_COPY = "Open it, save a copy and try again."
ENCODINGS = (
    "charmap",
    "cp932",
    "cp950",
    "cp1252",
    "gb18030",
    "gb2312",
    "gbk",
    "mac-roman",
    "utf-16",
    "utf-16-be",
    "utf-16-le",
)
LOADED_CODECS = [codecs.lookup(name) for name in ENCODINGS]
# Its warnings quote the document.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class _Opened:
    """What a file holds, before it is put in order."""

    pages: tuple[PageText, ...]
    outline: dict[str, int]
    title: str | None


def read(data: bytes) -> Reading:
    """Return the text of a PDF with its headings. Raises Rejected for what is broken, locked or a picture of text."""
    opened = _opened(data)
    _refuse_without_text(opened.pages)
    pages = [_with_scanned_text(page) for page in opened.pages]
    laid_out = without_furniture([(arrange(page), page.height) for page in pages])
    written = Page()
    write(list(chain.from_iterable(laid_out)), opened.outline, written)
    for number, page in enumerate(pages, start=1):
        for trick in dict.fromkeys(piece.trick for piece in page.pieces if piece.trick):
            words = " ".join(piece.text for piece in page.pieces if piece.trick == trick)
            written.hide(trick, f"page {number}", words)
        for comment in page.comments:
            written.hide("a comment", f"page {number}", comment)
        written.hide_marks("".join(piece.text for piece in page.pieces if not piece.trick), f"page {number}")
    return Reading(
        written.text(),
        tuple(written.headings),
        title=opened.title,
        hidden=tuple(written.hidden),
        notes=tuple(_notes(opened.pages)),
    )


def _opened(data: bytes) -> _Opened:
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise Rejected("is locked with a password. Save it without one and try again.")
        if len(reader.pages) > MAX_PAGES:
            raise Rejected(f"has more than {MAX_PAGES:,} pages. Split it into one file a procedure.")
        source = Source(reader)
        pages = tuple(read_page(source, page) for page in reader.pages)
        return _Opened(pages, dict(_bookmarks(reader.outline, 1)), _title(reader))
    except (Rejected, MemoryError):
        raise
    except LimitReachedError:
        raise Rejected(
            "is built so that reading it takes too much work. Print it to a new PDF and try again."
        ) from None
    # A damaged file leads its library to any of a dozen errors.
    except Exception as error:
        raise Rejected(f"is a damaged PDF ({type(error).__name__}). {SAVE_A_COPY}") from None


def _bookmarks(outline: Sequence[Any], level: int) -> Iterator[tuple[str, int]]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _bookmarks(entry, level + 1)
        elif isinstance(entry, Destination) and isinstance(entry.title, str):
            yield folded_title(entry.title), level


def _title(reader: PdfReader) -> str | None:
    stated = reader.metadata.title if reader.metadata else None
    title = " ".join(stated.split()) if isinstance(stated, str) else ""
    is_named = title and not title.lower().startswith(NO_TITLES) and not title.lower().endswith(FILE_ENDINGS)
    return title if is_named else None


def _letters(page: PageText, tricks: frozenset[str | None]) -> int:
    return sum(len(piece.text) for piece in page.pieces if piece.trick in tricks)


SEEN: frozenset[str | None] = frozenset({None})


def _is_read_by_a_scanner(page: PageText) -> bool:
    scanned = _letters(page, LIKE_A_SCANNER)
    return scanned > 0 and page.image_share >= PICTURE_SHARE and _letters(page, SEEN) < HARDLY_ANY * scanned


def _with_scanned_text(page: PageText) -> PageText:
    """Return a page whose text was recognised in its picture with that text to be read."""
    if not _is_read_by_a_scanner(page):
        return page
    pieces = tuple(replace(piece, trick=None) if piece.trick in LIKE_A_SCANNER else piece for piece in page.pieces)
    return replace(page, pieces=pieces)


def _is_picture(page: PageText) -> bool:
    letters = _letters(page, SEEN | LIKE_A_SCANNER)
    return page.image_share >= PICTURE_SHARE and letters < LEAST_LETTERS_A_PAGE


def _refuse_without_text(pages: Sequence[PageText]) -> None:
    illegible = sum(page.illegible for page in pages)
    letters = sum(_letters(page, SEEN | LIKE_A_SCANNER) for page in pages)
    if illegible > letters:
        raise Rejected(
            "has fonts that do not say which letters they show, so no text can be taken from it. "
            "Export it again from the program it was written with."
        )
    if letters < LEAST_LETTERS_A_PAGE and any(page.image_share > 0 for page in pages):
        raise Rejected(
            "is a scan: pictures of pages without text. Run text recognition (OCR) on it and export it again."
        )
    if not letters:
        raise Rejected("has no text in it. Export it again from the program it was written with.")


def _notes(pages: Sequence[PageText]) -> Iterator[str]:
    if scanned := [number for number, page in enumerate(pages, start=1) if _is_read_by_a_scanner(page)]:
        yield (
            f"is a scan on {_listed(scanned)}: quotes from there are what text recognition made of the picture. "
            "Check a few against it."
        )
    if pictures := [number for number, page in enumerate(pages, start=1) if _is_picture(page)]:
        yield f"has a picture without text on {_listed(pictures)}, which is left out. Run text recognition (OCR) on it."
    if any(page.illegible > HARDLY_ANY * max(1, _letters(page, SEEN)) for page in pages):
        yield "shows some letters its fonts do not name; they are left out. Compare a few quotes with it."


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return f"page {shown}" if len(numbers) == 1 else f"pages {shown}{' and more' if len(numbers) > 5 else ''}"
