"""Owns Reading: what a reader hands back for one SOP file, and the decoding every reader starts from."""

import codecs
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from metrics.errors import Refusal

MAX_BYTES = 10 * 1024 * 1024
# Soft hyphen, zero-width and bidi marks, byte-order mark, tags and unused controls carry no words, only tricks.
INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\U000e0000-\U000e007f]"
)
# Joiners, soft hyphens and marks of direction stand in honest words of many languages; these hardly ever do.
DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SMUGGLING = re.compile(f"[{DIRECTIONS}\u180e\u200b\u2060-\u2064\ufeff\U000e0001-\U000e007f]")
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
TAGS_START = 0xE0000
TAGS = "tag characters"
STRUCK_OUT = "struck-out text"
EXCERPT_CHARACTERS = 160
MOST_HIDDEN = 200


class Rejected(Refusal):
    """One SOP file that cannot be read; the text follows the file's name and says what to do."""


@dataclass(frozen=True)
class Heading:
    """A heading line: `start` is its first character, `body_start` the first one after it."""

    level: int
    title: str
    start: int
    body_start: int


@dataclass(frozen=True)
class Hidden:
    """Words of a file that its reader cannot see, or sees struck out.

    `kind` stands after "hides" or "holds", as `white text` or `a comment`; `place` after "at", as `line 12`, `page 3`,
    `“Refunds”` or `sheet Prices, cell B4`; `excerpt` is how the words begin.
    """

    kind: str
    place: str
    excerpt: str


@dataclass(frozen=True)
class Reading:
    """A file's text, where its body starts, its headings in order, and the facts it states about itself.

    `section_facts` holds one entry a heading where a format states them row by row. What is `hidden` is never part of
    the text; `notes` are sentences that follow the file's name and tell its owner what was left out.
    """

    text: str
    headings: tuple[Heading, ...]
    body_start: int = 0
    title: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    section_facts: tuple[dict[str, Any], ...] = ()
    hidden: tuple[Hidden, ...] = ()
    notes: tuple[str, ...] = ()


def decode(data: bytes) -> str:
    """Return text with Unix newlines, composed characters and no invisible marks.

    It is UTF-8, or UTF-16 where it begins with that mark, as what Windows calls Unicode does. Raises Rejected for more
    than 10 MB, other encodings and binary files.
    """
    return visible(as_written(data))


def as_written(data: bytes) -> str:
    """Return text with Unix newlines, invisible marks and all. Reads and raises what `decode` does."""
    refuse_large(data)
    if data.startswith(UTF_16_MARKS):
        data = data.decode("utf-16", "replace").encode("utf-8", "replace")
    if b"\x00" in data:
        raise Rejected("is not a text file. Export it as Markdown, text, HTML or CSV.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Rejected(
            f"is not UTF-8: line {line} holds the byte 0x{data[error.start]:02X}. Save it as UTF-8 and try again."
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def refuse_large(data: bytes) -> None:
    """Raise Rejected for more than 10 MB."""
    if len(data) > MAX_BYTES:
        raise Rejected("is larger than 10 MB. Split it into one file a procedure.")


def visible(text: str) -> str:
    """Return text with composed characters and without marks that nobody sees."""
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text))


def hidden_marks(words: str, place: str) -> tuple[Hidden, ...]:
    """Return the marks in some words that nobody sees, one a kind; what tag characters spell is their excerpt."""
    marks = sorted({_kind_of_mark(mark) for mark in SMUGGLING.findall(words)})
    spelled = "".join(chr(ord(mark) - TAGS_START) for mark in words if ord(mark) > TAGS_START) if TAGS in marks else ""
    return tuple(Hidden(kind, place, excerpt_of(spelled if kind == TAGS else words)) for kind in marks)


def excerpt_of(words: str) -> str:
    """Return the beginning of some words on one line."""
    return " ".join(visible(words[: 8 * EXCERPT_CHARACTERS]).split())[:EXCERPT_CHARACTERS]


def _kind_of_mark(mark: str) -> str:
    if ord(mark) > TAGS_START:
        return TAGS
    return "characters that turn the reading direction" if mark in DIRECTIONS else "zero-width characters"
