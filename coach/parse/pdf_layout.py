"""Owns the reading order of one PDF page: columns read down each, tables row by row, the rest from top to bottom."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median

from coach.parse.pdf_lines import Line, rows_of, segments_of
from coach.parse.pdf_table import Rule, Table, rules_across, set_apart, table_of
from coach.parse.pdf_text import PageText

GUTTER = 0.75
TEXT_COLUMN_LINES = 4
TEXT_COLUMN_CHARACTERS = 22
FULL_LINE = 0.7
RULED_LINES = 12
SET_APART = 1.9
EDGE_SHARE = 0.08
MAX_NESTED_COLUMNS = 3

Block = Line | Table
Strip = tuple[float, float]


def arrange(page: PageText) -> tuple[Block, ...]:
    """Return what a page shows in the order people read it. Text on its side comes last, slanted text not at all."""
    blocks: list[Block] = []
    seen = [piece for piece in page.pieces if piece.trick is None and piece.turn is not None]
    turns = {piece.turn for piece in seen}
    amounts = {turn: sum(len(piece.text) for piece in seen if piece.turn == turn) for turn in turns}
    for turn in sorted(turns, key=lambda each: (-amounts[each], each)):
        segments = segments_of([piece for piece in seen if piece.turn == turn])
        if turn == 0:
            blocks += _between_edges(segments, page)
        else:
            blocks += _ordered(segments, (), MAX_NESTED_COLUMNS)
    return tuple(blocks)


def _between_edges(segments: Sequence[Line], page: PageText) -> Iterable[Block]:
    """Keep what stands apart at the edges of a page from ruling its columns: headers and footers have their own."""
    rows = rows_of(segments)
    parts = [
        place
        for place, (above, below) in enumerate(pairwise(rows), start=1)
        if above[0].y - below[0].y > SET_APART * min(above[0].size, below[0].size)
    ]
    top = max((place for place in parts if rows[place - 1][0].y > (1 - EDGE_SHARE) * page.height), default=0)
    foot = min((place for place in parts if rows[place][0].y < EDGE_SHARE * page.height), default=len(rows))
    for row in rows[:top]:
        yield _joined(row, row[0].x, row[-1].end_x)
    yield from _ordered([each for row in rows[top:foot] for each in row], page.rules, MAX_NESTED_COLUMNS)
    for row in rows[foot:]:
        yield _joined(row, row[0].x, row[-1].end_x)


def _ordered(segments: Sequence[Line], rules: Sequence[Rule], depth: int) -> Iterable[Block]:
    if not segments:
        return
    left, right = min(each.x for each in segments), max(each.end_x for each in segments)
    for band, gutters in _bands(segments, left, right):
        edges = [left, *((start + end) / 2 for start, end in gutters), right]
        columns = [
            [each for each in band if start <= (each.x + each.end_x) / 2 <= end] for start, end in pairwise(edges)
        ]
        rows = rows_of(band)
        shared = sum(len(row) > 1 for row in rows)
        is_side_by_side = shared < 2 and min(map(len, columns)) > 2
        if gutters and depth and (is_side_by_side or (shared > 1 and _are_columns(columns, edges, rules))):
            for column in columns:
                yield from _ordered(column, rules, depth - 1)
        elif not gutters or shared < 2:
            yield from (_joined(row, left, right) for row in rows)
        else:
            before, table, after = set_apart(rows)
            yield from (_joined(row, left, right) for row in before)
            yield table_of(table, edges[1:-1], rules)
            yield from (_joined(row, left, right) for row in after)


def _bands(segments: Sequence[Line], left: float, right: float) -> Iterable[tuple[list[Line], list[Strip]]]:
    """Cut a page across where its gutters change; a gutter is a white strip with words on both sides."""
    band: list[list[Line]] = []
    free = [(left, right)]
    for row in rows_of(segments):
        whole = [(left, right)]
        width = GUTTER * median(each.size for each in row)
        still_free = _without(free, row, width)
        gutters, wanted = _gutters(free, band), _gutters(_without(whole, row, width), [row])
        is_cut = any(not _touch(gutter, still_free) for gutter in gutters)
        is_wider = not gutters and any(not _touch(gap, still_free) for gap in wanted)
        if band and (is_cut or is_wider or not still_free):
            band, begun = _without_tail(band) if gutters else (band, [])
            yield [each for line in band for each in line], gutters
            band, still_free = begun, _without(whole, [*(each for line in begun for each in line), *row], width)
        band.append(row)
        free = still_free
    yield [each for line in band for each in line], _gutters(free, band)


def _without_tail(band: list[list[Line]]) -> tuple[list[list[Line]], list[list[Line]]]:
    """Part a band from what stands well below it and opens what comes next, as its heading does."""
    for place in range(len(band) - 1, 0, -1):
        if len(band[place]) > 1:
            break
        if band[place - 1][0].y - band[place][0].y > SET_APART * band[place - 1][0].size:
            return band[:place], band[place:]
    return band, []


def _without(free: Iterable[Strip], row: Iterable[Line], width: float) -> list[Strip]:
    strips = list(free)
    for each in row:
        strips = [
            part
            for start, end in strips
            for part in ((start, min(end, each.x)), (max(start, each.end_x), end))
            if part[1] - part[0] >= width
        ]
    return strips


def _touch(strip: Strip, others: Iterable[Strip]) -> bool:
    return any(start < strip[1] and end > strip[0] for start, end in others)


def _gutters(free: Iterable[Strip], band: Sequence[Sequence[Line]]) -> list[Strip]:
    first_end = min((each.end_x for row in band for each in row), default=float("inf"))
    last_start = max((each.x for row in band for each in row), default=float("-inf"))
    return sorted((start, end) for start, end in set(free) if first_end <= start + 0.01 and last_start >= end - 0.01)


def _joined(row: Sequence[Line], left: float, right: float) -> Line:
    longest = max(row, key=lambda line: len(line.text))
    return Line(
        " ".join(each.text for each in row),
        row[0].x,
        row[-1].end_x,
        longest.y,
        longest.size,
        all(each.is_bold for each in row),
        left,
        right,
    )


def _are_columns(columns: Sequence[Sequence[Line]], edges: Sequence[float], rules: Sequence[Rule]) -> bool:
    """Say whether columns hold running text: lines that fill their column, and no rules between rows across them."""
    everything = [each for column in columns for each in column]
    if len(rules_across(everything, edges, rules)) > max(1, len(everything) / RULED_LINES):
        return False
    for segments in columns:
        # Justified lines fall apart at their widest gaps.
        column = [_joined(row, row[0].x, row[-1].end_x) for row in rows_of(segments)]
        width = max((each.end_x for each in column), default=0.0) - min((each.x for each in column), default=0.0)
        full = [each for each in column if each.end_x - each.x >= FULL_LINE * width]
        if len(column) < TEXT_COLUMN_LINES or median(len(each.text) for each in full) < TEXT_COLUMN_CHARACTERS:
            return False
        if len(full) < len(column) / 2:
            return False
    return True
