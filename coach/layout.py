"""Owns how the sentences of a passage stand: in paragraphs, in lists with what leads into them, in rows of tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from coach.plain import searchable
from coach.sections import LIST_ITEM, Span, blocks, sentences

UNDER_A_TABLE_HEAD = re.compile(r"[ \t]*\n[ \t]*\|?[ \t]*:?-+:?[ \t]*\|")
STEP_NUMBER = re.compile(r"(?:(\d{1,3})|[a-z])([.)])(?=\s)")
HTML_ITEM = re.compile(r"<li\b", re.IGNORECASE)
TABLE_ROW = re.compile(r"\||<tr\b", re.IGNORECASE)
LEADS_IN = re.compile(r":[*_]*$")
INSIDE_AN_ITEM = 2
INDENT = "  "


class Kind(StrEnum):
    """What a line of a passage is; a HEAD is the first row of a table."""

    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    STEP = "step"
    HEAD = "head"
    ROW = "row"


ITEMS = (Kind.BULLET, Kind.STEP)
TABLE = (Kind.HEAD, Kind.ROW)


@dataclass(frozen=True)
class Piece:
    """A sentence, or the head of a table. Pieces of one `line` (from 0) are of one paragraph, item or row.

    `group` is the first line of the list or table it is of, None in a paragraph; `is_lead` says that it introduces
    its group: the head of a table, or a sentence before a list that ends in a colon. `mark` is the bullet or number
    that a reader sees before it.
    """

    span: Span
    kind: Kind
    line: int
    group: int | None
    mark: str = ""
    is_lead: bool = False


@dataclass(frozen=True)
class _Line:
    span: Span
    kind: Kind
    sentences: Sequence[Span]
    column: int


def quotable(text: str) -> list[Span]:
    """Return the sentences of a passage that say something, in order; their vectors are stored in this order.

    The head of a table says nothing without its rows.
    """
    return [
        span
        for span in sentences(text, 0, len(text))
        if searchable(text[span.start : span.end]) and not UNDER_A_TABLE_HEAD.match(text, span.end)
    ]


def laid_out(text: str, spans: Sequence[Span]) -> list[Piece]:
    """Return the pieces of a passage in order: its quotable sentences `spans`, and the heads of its tables."""
    pieces: list[Piece] = []
    counts: dict[int, int] = {}
    for number, line in enumerate(_lines(text, spans)):
        before = pieces[-1] if pieces else None
        group = None if line.kind is Kind.PARAGRAPH else number
        if before is not None and before.group is not None and _goes_on(before, line):
            group = before.group
        if group == number:
            counts = {}
        mark = _mark(text, line, counts)
        first, *others = (
            Piece(span, line.kind, number, group, is_lead=line.kind is Kind.HEAD) for span in line.sentences
        )
        pieces += [replace(first, mark=mark), *others]
    return [
        replace(piece, group=after.group, is_lead=True) if _leads_in(text, piece, after) else piece
        for piece, after in pairwise([*pieces, *pieces[-1:]])
    ]


def _lines(text: str, spans: Sequence[Span]) -> Iterator[_Line]:
    for block in blocks(text, 0, len(text)):
        inside = [span for span in spans if block.start <= span.start < block.end]
        column = block.start - (text.rfind("\n", 0, block.start) + 1)
        if inside:
            yield _Line(block, _kind(text, block), inside, column)
        elif UNDER_A_TABLE_HEAD.match(text, block.end):
            yield _Line(block, Kind.HEAD, [block], column)


def _kind(text: str, block: Span) -> Kind:
    if HTML_ITEM.match(text, block.start):
        return Kind.BULLET
    if TABLE_ROW.match(text, block.start):
        return Kind.ROW
    if not LIST_ITEM.match(text, block.start, block.end):
        return Kind.PARAGRAPH
    return Kind.STEP if STEP_NUMBER.match(text, block.start) else Kind.BULLET


def _goes_on(before: Piece, line: _Line) -> bool:
    if before.kind in TABLE:
        return line.kind is Kind.ROW
    return line.kind in ITEMS or (line.kind is Kind.PARAGRAPH and line.column >= INSIDE_AN_ITEM)


def _mark(text: str, line: _Line, counts: dict[int, int]) -> str:
    """Return the mark of a line; `counts` holds the last number at each column of its list, and is kept so."""
    if line.kind not in ITEMS:
        return ""
    for column in [column for column in counts if column > line.column]:
        del counts[column]
    before = counts.setdefault(line.column, 0)
    indent = INDENT * (len(counts) - 1)
    written = STEP_NUMBER.match(text, line.span.start)
    if written is None:
        return f"{indent}• "
    if written[1] is None:
        return f"{indent}{written[0]} "
    # Markdown counts for its reader: its author may write 1 at every step.
    counts[line.column] = before + 1 if int(written[1]) == 1 else int(written[1])
    return f"{indent}{counts[line.column]}{written[2]} "


def _leads_in(text: str, piece: Piece, after: Piece) -> bool:
    is_before_list = piece.group is None and after.group == after.line and after.kind in ITEMS
    return is_before_list and bool(LEADS_IN.search(text[piece.span.start : piece.span.end]))
