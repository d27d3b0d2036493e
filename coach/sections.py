"""Owns the cut of a document into numbered sections, and of sections into passages a search can rank."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coach.plain import without_comments
from coach.reading import Reading

PASSAGE_WORDS = 200
MOST_WORDS = 300
CHUNKER = "sections-200-words-3"
WORD = re.compile(r"\S+")
LINE = re.compile(r"[^\n]*\n?")
LIST_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)]|[a-z][.)])\s+")
HTML_LINE = re.compile(r"\s*<(?:li|tr|dt|p|h[1-6])\b", re.IGNORECASE)
OPENING = re.compile(
    r"(?P<row>\||<tr\b)|(?P<bullet>[-*+•]\s|<li\b)|(?P<number>(?:\d{1,3}|[a-z])[.)]\s)|(?P<term><dt\b)", re.IGNORECASE
)
LEADS_IN = re.compile(r":[*_]*\Z")
# An abbreviation ends no sentence.
SENTENCE_END = re.compile(
    r"(?<=[.!?])(?<!\b[eE]\.g\.)(?<!\b[iI]\.e\.)(?<!\b[DM]r\.)(?<!\bMs\.)"
    r"([\"'”’)*_]*)\s+(?=[\"'“‘(*_\[]*[A-Z0-9])"
)


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

    Cuts fall between blocks, in a long block between sentences, in a long sentence between words. A list or a table of
    at most 300 words, with the line that leads into it, is cut nowhere, and so is a row.
    """
    found = list(blocks(text, section.start, section.end))
    pieces = [piece for whole in _wholes(text, found) for piece in _pieces(text, whole)]
    sizes = [_words(text, piece) for piece in pieces]
    return tuple(Span(pieces[first].start, pieces[last].end) for first, last in _evenly(sizes))


def blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield paragraphs, list items and table rows between two offsets, without surrounding white space.

    Items and rows may be written in Markdown or in HTML.
    """
    block_start = start
    for line in LINE.finditer(_unbroken(text, start, end)):
        line_start = start + line.start()
        is_row = line[0].lstrip().startswith("|") or HTML_LINE.match(line[0])
        opens = not line[0].strip() or LIST_ITEM.match(line[0]) or is_row
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


def _evenly(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Return first and last place of each stretch, so that their sizes differ least from an even share, by squares.

    No stretch is above 300 words; no size may be.
    """
    share = sum(sizes) / max(1, -(-sum(sizes) // PASSAGE_WORDS))
    cost_before, cut_before = [0.0], [0]
    for end in range(1, len(sizes) + 1):
        cost, cut, words = math.inf, end, 0
        for start in range(end - 1, -1, -1):
            words += sizes[start]
            if words > MOST_WORDS:
                break
            if (tried := cost_before[start] + (words - share) ** 2) < cost:
                cost, cut = tried, start
        cost_before.append(cost)
        cut_before.append(cut)
    stretches: list[tuple[int, int]] = []
    end = len(sizes)
    while end:
        stretches.append((cut_before[end], end - 1))
        end = cut_before[end]
    return stretches[::-1]


def _wholes(text: str, found: Sequence[Span]) -> Iterator[Span]:
    """Yield lists and tables of at most 300 words as one span with what leads into them, other blocks by themselves."""
    group: list[Span] = []
    for block in found:
        if group and not _goes_on(text, group, block):
            yield from _together(text, group)
            group = []
        group.append(block)
    yield from _together(text, group)


def _goes_on(text: str, group: Sequence[Span], block: Span) -> bool:
    """Say whether a block belongs to the list or table of `group`: it is led into, one more, or indented under it."""
    first = next((each for each in group if _kind(text, each)), None)
    if first is None:
        return _kind(text, block) is not None and LEADS_IN.search(text, group[-1].start, group[-1].end) is not None
    return _kind(text, block) == _kind(text, first) or _column(text, block) > _column(text, first)


def _together(text: str, group: list[Span]) -> list[Span]:
    whole = Span(group[0].start, group[-1].end) if group else Span(0, 0)
    return [whole] if group and _words(text, whole) <= MOST_WORDS else group


def _kind(text: str, block: Span) -> str | None:
    opening = OPENING.match(text, block.start)
    return opening.lastgroup if opening else None


def _column(text: str, block: Span) -> int:
    return block.start - text.rfind("\n", 0, block.start) - 1


def _pieces(text: str, block: Span) -> Iterator[Span]:
    if _words(text, block) <= (PASSAGE_WORDS if _kind(text, block) is None else MOST_WORDS):
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
