"""Owns the rows of one HTML table: cells that reach over columns and rows, and whether a head stands above them."""

from selectolax.lexbor import LexborNode

MOST_COLUMNS = 200
MOST_ROWS_SPANNED = 2_000
GROUPS = ("thead", "tbody", "tfoot")
CELLS = ("td", "th")


class Table:
    """Gathers the cells of a table as they end; a cell that reaches down says its words in each row."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.has_head = False
        self._row: list[str] = []
        self._tags: list[str] = []
        self._reaching: dict[int, tuple[int, str]] = {}

    def add(self, cell: LexborNode, words: str) -> None:
        """Put a cell behind those of the open row."""
        self._fill()
        rows, columns = _span(cell, "rowspan", MOST_ROWS_SPANNED), _span(cell, "colspan", MOST_COLUMNS)
        if len(self._row) < MOST_COLUMNS:
            if rows > 1:
                self._reaching[len(self._row)] = (rows - 1, words)
            self._row += [words] + [""] * (columns - 1)
            self._tags.append(cell.tag or "")

    def end_row(self) -> None:
        """Close the open row."""
        self._fill()
        if any(self._row):
            self.has_head = self.has_head or (not self.rows and set(self._tags) == {"th"})
            self.rows.append(self._row)
        self._row, self._tags = [], []

    def _fill(self) -> None:
        while len(self._row) in self._reaching:
            rows, words = self._reaching.pop(len(self._row))
            if rows > 1:
                self._reaching[len(self._row)] = (rows - 1, words)
            self._row.append(words)


def is_frame(table: LexborNode) -> bool:
    """Say whether a table only lays out text: one column, or said to be no table."""
    if (table.attributes.get("role") or "") in ("presentation", "none"):
        return True
    rows = [row for part in _children(table) for row in (_children(part) if part.tag in GROUPS else [part])]
    return all(sum(cell.tag in CELLS for cell in _children(row)) <= 1 for row in rows)


def _children(node: LexborNode) -> list[LexborNode]:
    found, child = [], node.child
    while child is not None:
        found.append(child)
        child = child.next
    return found


def _span(cell: LexborNode, name: str, most: int) -> int:
    stated = (cell.attributes.get(name) or "").strip()
    return min(most, max(1, int(stated))) if stated.isascii() and stated.isdigit() and len(stated) < 6 else 1
