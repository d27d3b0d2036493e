"""Owns tables on a PDF page: which lines make a row, which of them are cells of it, and whether there is a head."""

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from coach.parse.pdf_lines import Line, joined_lines

RULE_SHARE = 0.6
LOOSER = 1.15
LEADING = 1.7

Rule = tuple[float, float, float]


@dataclass(frozen=True)
class Table:
    """Rows of cells from top to bottom, an empty one as ""; `y` is the baseline of the first, in points like `size`."""

    rows: tuple[tuple[str, ...], ...]
    y: float = 0.0
    size: float = 0.0
    has_head: bool = False


def rules_across(band: Sequence[Line], edges: Sequence[float], rules: Sequence[Rule]) -> list[float]:
    """Return the heights of lines drawn between the rows of a band over most of its width, from top to bottom."""
    top, bottom = max(each.y for each in band), min(each.y for each in band)
    drawn: dict[int, list[tuple[float, float]]] = {}
    for start, end, y in rules:
        if bottom < y < top:
            drawn.setdefault(round(y / 2), []).append((max(start, edges[0]), min(end, edges[-1])))
    wide = RULE_SHARE * (edges[-1] - edges[0])
    return [2.0 * height for height, parts in sorted(drawn.items(), reverse=True) if _covered(parts) >= wide]


def _covered(parts: Iterable[tuple[float, float]]) -> float:
    total, reached = 0.0, float("-inf")
    for start, end in sorted(parts):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def set_apart(rows: list[list[Line]]) -> tuple[list[list[Line]], list[list[Line]], list[list[Line]]]:
    """Cut lines of a band that stand over its first and, well apart, under its last row of cells."""
    shared = [place for place, row in enumerate(rows) if len(row) > 1]
    first, last = shared[0], shared[-1] + 1
    gaps = [above[0].y - below[0].y for above, below in pairwise(rows[first:last])]
    usual = median(gaps) if gaps else LEADING * rows[first][0].size
    while last < len(rows) and rows[last - 1][0].y - rows[last][0].y <= LOOSER * usual:
        last += 1
    return rows[:first], rows[first:last], rows[last:]


def table_of(lines: Sequence[Sequence[Line]], cuts: Sequence[float], rules: Sequence[Rule]) -> Table:
    """Return rows of lines as a table; `cuts` part its columns, `rules` are lines drawn on the page."""
    band = [each for line in lines for each in line]
    edges = [min(each.x for each in band), *cuts, max(each.end_x for each in band)]
    drawn = rules_across(band, edges, rules)
    last_y: dict[int, float] = {}
    cells = [[(bisect(cuts, (each.x + each.end_x) / 2), each) for each in line] for line in lines]
    tight = _tightest(cells)
    rows: list[list[list[Line]]] = []
    for line in cells:
        y = line[0][1].y
        above = min(last_y.values(), default=float("inf"))
        crosses_rule = any(y < height < above for height in drawn)
        is_loose = all(last_y.get(column, float("inf")) - each.y > LOOSER * tight for column, each in line)
        opens = crosses_rule or (len(drawn) < 2 and above - y > 0.75 * tight and is_loose)
        if opens or not rows:
            rows.append([[] for _ in range(len(cuts) + 1)])
        for column, each in line:
            rows[-1][column].append(each)
            last_y[column] = each.y
    has_head = _is_bold(rows[0]) and not all(_is_bold(row) for row in rows)
    texts = tuple(tuple(joined_lines([each.text for each in cell]) for cell in row) for row in rows)
    return Table(texts, lines[0][0].y, median(each.size for each in band), has_head)


def _is_bold(row: Iterable[Iterable[Line]]) -> bool:
    return all(each.is_bold for cell in row for each in cell)


def _tightest(cells: Sequence[Sequence[tuple[int, Line]]]) -> float:
    """Return the distance of lines within a cell; 0 where every line is a row of its own."""
    heights: dict[int, list[float]] = {}
    for column, each in (cell for line in cells for cell in line):
        heights.setdefault(column, []).append(each.y)
    gaps = [above - below for column in heights.values() for above, below in pairwise(column)]
    tight = min(gaps, default=0.0)
    is_uniform = all(gap <= LOOSER * tight for gap in gaps)
    size = median(each.size for line in cells for _, each in line)
    return 0.0 if is_uniform or tight >= LEADING * size else tight
