"""Owns the step from laid-out PDF pages to running text: paragraphs, lists, headings and tables over page breaks."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from coach.parse.page import Page
from coach.parse.pdf_layout import Block
from coach.parse.pdf_lines import SOFT_HYPHEN, Line, joined_lines
from coach.parse.pdf_table import Table

PARAGRAPH_GAP = 1.3
SAME_SIZE = 0.08
INDENT = 0.8
SHORT_LINE = 0.8
LARGER = 1.12
MAX_HEADING_CHARACTERS = 120
MAX_HEADING_LINES = 3
MAX_LEVEL = 6
TICKS = "✓✔✗✘☐☑☒"
ITEM = re.compile(
    rf"(?P<mark>[•–—*·o{TICKS}-]|\(?(?:\d{{1,3}}|[A-Za-z]|[ivx]{{2,5}})[.)])\s+(?P<words>\S.*)", re.DOTALL
)
NUMBER = re.compile(r"\(?\d{1,3}[.)]")
LEADERS = re.compile(r"(?:\.{5,}|(?:\. ){4,}|…{2,})\s*\d{1,4}$")
WORD = re.compile(rf"[\w{SOFT_HYPHEN}]+(?:-\w+)*")
BROKEN_WORD = re.compile(rf"(\w+){SOFT_HYPHEN}(\w+)")
SENTENCE_ENDS = (".", "!", "?", ":", ";")


@dataclass(frozen=True)
class Paragraph:
    """Lines that belong together, all of one style; `mark` is the bullet or number of a list item."""

    lines: tuple[Line, ...]
    mark: str = ""

    @property
    def style(self) -> tuple[float, bool]:
        """Size in half points, rounded, and weight."""
        return round(self.lines[0].size * 2) / 2, all(line.is_bold for line in self.lines)

    @property
    def title(self) -> str:
        """Its words on one line."""
        return joined_lines(line.text for line in self.lines)

    @property
    def text(self) -> str:
        """Its words on one line, without the mark; a tick or a cross is a word."""
        item = ITEM.fullmatch(self.title) if self.mark and self.mark not in TICKS else None
        return item["words"] if item else self.title


def write(blocks: Sequence[Block], outline: Mapping[str, int], page: Page) -> None:
    """Write blocks in reading order; `outline` maps titles of bookmarks, folded, to their level from 1."""
    parts = list(_parts([block for block in blocks if not _is_contents_line(block)]))
    level_of = _levels(parts, outline)
    known = {word.casefold() for part in parts for word in WORD.findall(_words(part))}
    indents: list[float] = []
    for place, part in enumerate(parts):
        if isinstance(part, Table):
            page.table([[_whole(cell, known) for cell in row] for row in part.rows], part.has_head)
        elif place in level_of:
            page.heading(level_of[place], _whole(part.title, known))
        elif part.mark:
            indents = [x for x in indents if x < part.lines[0].x - 2] + [part.lines[0].x]
            page.item(_shown_mark(part.mark), _whole(part.text, known), len(indents) - 1)
            continue
        else:
            page.paragraph(_whole(part.text, known))
        indents = []


def folded_title(title: str) -> str:
    """Return a title as `outline` holds it."""
    return " ".join(title.casefold().split())


def _words(part: Paragraph | Table) -> str:
    return part.title if isinstance(part, Paragraph) else " ".join(cell for row in part.rows for cell in row)


def _whole(text: str, known: Set[str]) -> str:
    """Put words together that a line's end has broken: as the document writes them elsewhere, if it does."""

    def whole(broken: re.Match[str]) -> str:
        first, second = broken[1], broken[2]
        if (first + second).casefold() in known:
            return first + second
        is_compound = f"{first}-{second}".casefold() in known or {first.casefold(), second.casefold()} <= known
        return f"{first}-{second}" if is_compound else first + second

    return BROKEN_WORD.sub(whole, text)


def _is_contents_line(block: Block) -> bool:
    return isinstance(block, Line) and bool(LEADERS.search(block.text))


def _parts(blocks: Sequence[Block]) -> Iterable[Paragraph | Table]:
    """Join lines into paragraphs, and what a page or column break has torn apart."""
    pitch = _usual_pitch(blocks)
    open_lines: list[Line] = []
    open_table: Table | None = None
    for block in blocks:
        if isinstance(block, Table):
            yield from _closed(open_lines)
            open_lines = []
            goes_on = open_table is not None and len(open_table.rows[0]) == len(block.rows[0])
            if open_table is not None and goes_on:
                same_head = block.rows[0] == open_table.rows[0]
                open_table = replace(open_table, rows=open_table.rows + block.rows[same_head:])
                continue
            if open_table is not None:
                yield open_table
            open_table = block
            continue
        if open_table is not None:
            yield open_table
            open_table = None
        if open_lines and not _goes_on(open_lines, block, pitch):
            yield from _closed(open_lines)
            open_lines = []
        open_lines.append(block)
    yield from _closed(open_lines)
    if open_table is not None:
        yield open_table


def _closed(lines: Sequence[Line]) -> Iterable[Paragraph]:
    if lines:
        item = ITEM.fullmatch(lines[0].text)
        yield Paragraph(tuple(lines), item["mark"] if item else "")


def _usual_pitch(blocks: Sequence[Block]) -> float:
    """Return how far lines of a paragraph stand apart, as a multiple of their size."""
    lines = [block for block in blocks if isinstance(block, Line)]
    pitches = Counter(
        round((above.y - below.y) / below.size, 1)
        for above, below in pairwise(lines)
        if 0.9 * below.size < above.y - below.y < 2.2 * below.size and _is_alike(above, below)
    )
    return max(pitches, key=lambda pitch: (pitches[pitch], -pitch)) if pitches else 1.2


def _is_alike(above: Line, below: Line) -> bool:
    return abs(above.size - below.size) <= SAME_SIZE * above.size and above.is_bold == below.is_bold


def _goes_on(lines: Sequence[Line], below: Line, pitch: float) -> bool:
    """Say whether a line belongs to the paragraph that the lines before it are."""
    first, above = lines[0], lines[-1]
    if ITEM.fullmatch(below.text) or abs(above.size - below.size) > SAME_SIZE * above.size:
        return False
    has_ended = above.text.endswith(SENTENCE_ENDS)
    width = max(above.right - above.left, 1.0)
    is_short = above.end_x < above.right - (1 - SHORT_LINE) * width
    if not (above.left == below.left and above.y > below.y):
        # The next column or page.
        return not has_ended and above.is_bold == below.is_bold and (below.text[:1].islower() or not is_short)
    if above.y - below.y > PARAGRAPH_GAP * pitch * below.size or above.is_bold != below.is_bold:
        return False
    if ITEM.fullmatch(first.text):
        return below.x > first.x - 2
    is_centred = abs(below.x + below.end_x - above.x - above.end_x) < below.size
    is_indented = below.x > above.x + INDENT * below.size and not is_centred
    # A first line that stands out to the left is a hanging indent, not a paragraph.
    is_new = is_indented and (len(lines) > 1 or is_short)
    return not (has_ended and (is_new or is_short))


def _levels(parts: Sequence[Paragraph | Table], outline: Mapping[str, int]) -> dict[int, int]:
    """Return the level of each part that is a heading: as the bookmarks say, else by size, largest first."""
    paragraphs = {place: part for place, part in enumerate(parts) if isinstance(part, Paragraph)}
    usual_size, usually_bold = _usual_style(parts)
    found = {}
    level_of_style: dict[tuple[float, bool], int] = {}
    for place, part in paragraphs.items():
        if level := outline.get(folded_title(part.title)):
            found[place] = min(level, MAX_LEVEL)
            level_of_style.setdefault(part.style, found[place])
    unmarked = {
        place: part.style
        for place, part in paragraphs.items()
        if place not in found and _is_heading(part, _around(parts, place), usual_size, usually_bold)
    }
    deepest = max(level_of_style.values(), default=0)
    others = sorted({style for style in unmarked.values() if style not in level_of_style}, reverse=True)
    level_of_style |= {style: min(deepest + rank, MAX_LEVEL) for rank, style in enumerate(others, start=1)}
    return found | {place: level_of_style[style] for place, style in unmarked.items()}


def _usual_style(parts: Iterable[Paragraph | Table]) -> tuple[float, bool]:
    amounts: Counter[tuple[float, bool]] = Counter()
    for part in parts:
        if isinstance(part, Table):
            amounts[round(part.size * 2) / 2, False] += sum(len(cell) for row in part.rows for cell in row)
        else:
            amounts[part.style] += len(part.text)
    return max(amounts, key=lambda style: (amounts[style], style), default=(0.0, False))


def _around(
    parts: Sequence[Paragraph | Table], place: int
) -> tuple[Paragraph | Table | None, Paragraph | Table | None]:
    return parts[place - 1] if place else None, parts[place + 1] if place + 1 < len(parts) else None


def _is_heading(
    part: Paragraph,
    around: tuple[Paragraph | Table | None, Paragraph | Table | None],
    usual_size: float,
    usually_bold: bool,
) -> bool:
    size, is_bold = part.style
    stands_out = size >= LARGER * usual_size or (is_bold and not usually_bold and size >= usual_size - 0.5)
    is_short = len(part.text) <= MAX_HEADING_CHARACTERS and len(part.lines) <= MAX_HEADING_LINES
    is_title = not part.text.endswith((".", ",", ";")) and any(map(str.isalpha, part.text))
    if not (stands_out and is_short and is_title and around[1]):
        return False
    # A bold step of a list stands beside other steps, a numbered heading over what it heads.
    is_step = any(isinstance(each, Paragraph) and _is_number(each.mark) for each in around)
    return not part.mark or (_is_number(part.mark) and not is_step)


def _is_number(mark: str) -> bool:
    return bool(NUMBER.fullmatch(mark))


def _shown_mark(mark: str) -> str:
    return mark.lstrip("(") if mark[-1] in ".)" else "-"
