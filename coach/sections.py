"""Owns the cut of a document into numbered sections, and of sections into passages a search can rank."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coach.plain import without_comments
from coach.reading import Reading

PASSAGE_WORDS = 200
CHUNKER = "sections-200-words-1"
WORD = re.compile(r"\S+")
LINE = re.compile(r"[^\n]*\n?")
LIST_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)]|[a-z][.)])\s+")
SENTENCE_END = re.compile(r"(?<=[.!?])([\"'”’)*_]*)\s+(?=[\"'“‘(*_\[]*[A-Z0-9])")


@dataclass(frozen=True)
class Section:
    """One numbered section, from 1 in document order; `text[start:end]` of its document is its body."""

    number: int
    heading_path: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Span:
    """A stretch of a document's text, `text[start:end]`."""

    start: int
    end: int


def cut_sections(reading: Reading) -> tuple[Section, ...]:
    """Return the sections of a reading in order; words before the first heading are a section without a path."""
    sections: list[Section] = []
    open_headings: list[tuple[int, str]] = []
    first = reading.headings[0].start if reading.headings else len(reading.text)
    if reading.text[reading.body_start : first].strip():
        sections.append(Section(1, (), reading.body_start, first))
    ends = [heading.start for heading in reading.headings[1:]] + [len(reading.text)]
    for heading, end in zip(reading.headings, ends, strict=False):
        open_headings = [(level, title) for level, title in open_headings if level < heading.level]
        open_headings.append((heading.level, heading.title))
        path = tuple(title for _, title in open_headings)
        sections.append(Section(len(sections) + 1, path, heading.body_start, end))
    return tuple(sections)


def cut_passages(text: str, section: Section) -> tuple[Span, ...]:
    """Return even spans of about 200 words, at most 300.

    Cuts fall between blocks, in a long block between sentences, in a long sentence between words.
    """
    pieces = [piece for block in blocks(text, section.start, section.end) for piece in _pieces(text, block)]
    sizes = [_words(text, piece) for piece in pieces]
    share = sum(sizes) / max(1, -(-sum(sizes) // PASSAGE_WORDS))
    passages: dict[int, Span] = {}
    words_before = 0
    for piece, size in zip(pieces, sizes, strict=True):
        # A piece belongs to the passage that its middle word falls into.
        place = int((words_before + size / 2) / share)
        passages[place] = Span(passages.get(place, piece).start, piece.end)
        words_before += size
    return tuple(passages.values())


def blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield paragraphs, list items and table rows between two offsets, without surrounding white space."""
    block_start = start
    for line in LINE.finditer(_unbroken(text, start, end)):
        line_start = start + line.start()
        opens = not line[0].strip() or LIST_ITEM.match(line[0]) or line[0].lstrip().startswith("|")
        if opens and line_start > block_start:
            yield from _trimmed(text, block_start, line_start)
            block_start = line_start
    yield from _trimmed(text, block_start, end)


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the sentences of every block between two offsets; a list item or table row is at least one of its own."""
    for block in blocks(text, start, end):
        sentence_start = block.start
        for boundary in SENTENCE_END.finditer(_unbroken(text, block.start, block.end)):
            if LIST_ITEM.fullmatch(text, block.start, block.start + boundary.end()):
                continue
            yield from _trimmed(text, sentence_start, block.start + boundary.end(1))
            sentence_start = block.start + boundary.end()
        yield from _trimmed(text, sentence_start, block.end)


def _pieces(text: str, block: Span) -> Iterator[Span]:
    if _words(text, block) <= PASSAGE_WORDS:
        yield block
        return
    for sentence in sentences(text, block.start, block.end):
        words = list(WORD.finditer(_unbroken(text, sentence.start, sentence.end)))
        for first in range(0, len(words), PASSAGE_WORDS):
            last = words[first : first + PASSAGE_WORDS][-1]
            yield Span(sentence.start + words[first].start(), sentence.start + last.end())


def _unbroken(text: str, start: int, end: int) -> str:
    # A comment is cut nowhere, or its later part would pass for words a reader sees.
    return without_comments(text[start:end], "x")


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    stretch = text[start:end]
    if stretch.strip():
        yield Span(end - len(stretch.lstrip()), start + len(stretch.rstrip()))


def _words(text: str, span: Span) -> int:
    return sum(1 for _ in WORD.finditer(_unbroken(text, span.start, span.end)))
