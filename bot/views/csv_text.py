"""Writes CSV for other programs: nothing in it is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

# A spreadsheet takes a cell that begins with one of these for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV, its first line the names of the columns."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet computes: one that looks like a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULA_SIGNS) or cell.startswith(("\t", "\r")) else cell
