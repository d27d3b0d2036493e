"""Owns the step from pieces of text to lines: words on one baseline, with raised and lowered signs in their place."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from coach.parse.looks import RAISED
from coach.parse.pdf_text import Piece

WORD_GAP = 0.15
SEGMENT_GAP = 0.8
SAME_LINE = 0.4
SMALL_PRINT = 0.85
MAX_MARKER_GAP_POINTS = 45.0
MARKERS = frozenset("•-–—*·o")
SOFT_HYPHEN = "\xad"


@dataclass(frozen=True)
class Line:
    """Words on one baseline, in points; `left` and `right` bound the column they stand in."""

    text: str
    x: float
    end_x: float
    y: float
    size: float
    is_bold: bool
    left: float = 0.0
    right: float = 0.0


def segments_of(pieces: Sequence[Piece]) -> list[Line]:
    """Return stretches of words without a wide gap between them, from top to bottom and left to right."""
    if not pieces:
        return []
    usual = _usual_size(pieces)
    rows: list[list[Piece]] = []
    for piece in sorted((each for each in pieces if each.size >= SMALL_PRINT * usual), key=lambda each: -each.y):
        if rows and rows[-1][0].y - piece.y < SAME_LINE * max(piece.size, rows[-1][0].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    _add_small_print(rows, [each for each in pieces if each.size < SMALL_PRINT * usual])
    rows.sort(key=lambda row: -row[0].y)
    return [segment for row in rows for segment in _split_at_gaps(sorted(row, key=lambda piece: piece.x))]


def _add_small_print(rows: list[list[Piece]], small: Sequence[Piece]) -> None:
    """Put raised and lowered signs in the line they belong to; other small print makes lines of its own."""
    heights = sorted((-row[0].y, place) for place, row in enumerate(rows))
    own: list[list[Piece]] = []
    for piece in sorted(small, key=lambda each: -each.y):
        near = bisect(heights, (-piece.y, 0))
        beside = [
            rows[place]
            for _, place in heights[max(0, near - 2) : near + 2]
            if abs(rows[place][0].y - piece.y) < 0.6 * rows[place][0].size
            and any(abs(piece.x - each.end_x) < 0.3 * each.size for each in rows[place])
        ]
        if beside:
            raised = piece.y > beside[0][0].y and piece.text.strip().isdecimal()
            beside[0].append(replace(piece, text=piece.text.strip().translate(RAISED)) if raised else piece)
        elif own and own[-1][0].y - piece.y < SAME_LINE * piece.size:
            own[-1].append(piece)
        else:
            own.append([piece])
    rows += own


def _split_at_gaps(row: Sequence[Piece]) -> Iterable[Line]:
    run: list[Piece] = []
    for piece in row:
        if any(_is_same_again(piece, each) for each in run[-3:]):
            continue
        gap = piece.x - max((each.end_x for each in run), default=piece.x)
        is_marker = len(run) < 4 and _is_marker("".join(each.text for each in run))
        if run and gap > (MAX_MARKER_GAP_POINTS if is_marker else SEGMENT_GAP * max(piece.size, run[-1].size)):
            yield _line(run)
            run = []
        run.append(piece)
    if run:
        yield _line(run)


def _is_same_again(piece: Piece, other: Piece) -> bool:
    # Bold drawn as the same letters twice, a hair apart.
    return piece.text == other.text and abs(piece.x - other.x) + abs(piece.y - other.y) < 0.1 * piece.size


def _is_marker(text: str) -> bool:
    marker = text.strip()
    return marker in MARKERS or (len(marker) <= 5 and marker[-1:] in ".)" and marker.strip(".()").isalnum())


def _line(run: Sequence[Piece]) -> Line:
    text, end_x = "", run[0].x
    for piece in run:
        is_apart = piece.x - end_x > WORD_GAP * piece.size and text and not text.endswith(" ")
        text += (" " if is_apart else "") + piece.text
        end_x = max(end_x, piece.end_x)
    longest = max(run, key=lambda piece: len(piece.text))
    letters = sum(len(piece.text) for piece in run)
    bold = sum(len(piece.text) for piece in run if piece.is_bold)
    return Line(" ".join(text.split()), run[0].x, end_x, longest.y, longest.size, bold > 0.9 * letters)


def _usual_size(pieces: Sequence[Piece]) -> float:
    amounts: dict[float, int] = {}
    for piece in pieces:
        amounts[round(piece.size, 1)] = amounts.get(round(piece.size, 1), 0) + len(piece.text)
    return max(amounts, key=lambda size: (amounts[size], size))


def rows_of(segments: Iterable[Line]) -> list[list[Line]]:
    """Return stretches that stand side by side together, rows from the top, each from the left."""
    rows: list[list[Line]] = []
    for each in sorted(segments, key=lambda line: -line.y):
        if rows and rows[-1][0].y - each.y < SAME_LINE * max(each.size, rows[-1][0].size):
            rows[-1].append(each)
        else:
            rows.append([each])
    return [sorted(row, key=lambda line: line.x) for row in rows]


def joined_lines(lines: Iterable[str]) -> str:
    """Return lines as one. A hyphen at a line's end becomes a soft one: nobody knows yet whether the word has it."""
    text = ""
    for line in lines:
        is_broken = text.endswith("-") and text[-2:-1].isalpha() and line[:1].isalpha()
        if is_broken and line[0].islower():
            text = text[:-1] + SOFT_HYPHEN + line
        else:
            text += ("" if is_broken or not text else " ") + line
    return text
