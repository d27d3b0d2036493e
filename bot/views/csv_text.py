"""Writes CSV for other programs: nothing in it is taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# A spreadsheet takes a cell that begins with one of these for a formula, whatever blanks stand before it; in some
# languages it parts cells at semicolons too, and takes the wide forms of the signs for the same.
FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s*[-=+@＝＋－＠])|^(?=[\t\r])")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV, its first line the names of the columns."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet computes: an apostrophe stands before whatever looks like a formula."""
    return FORMULA.sub(lambda found: f"{found[0]}'", cell)
