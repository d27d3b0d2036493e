"""Reads CSV: a FAQ of one row a question with its answer, owner, version and review date, or any table with a head."""

import csv
import io
from itertools import zip_longest
from typing import Any

from coach.parse.page import Page
from coach.reading import Heading, Reading, Rejected
from metrics.csv_rows import delimiter_of

REQUIRED = ("question", "answer")
OPTIONAL = ("owner", "version", "review_by")


def read(text: str) -> Reading:
    """Return each row as a section headed by its question; of a table without questions, as a line naming its columns.

    Raises Rejected for a FAQ without answers or with rows of uneven length, and for broken quoting.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise Rejected(f"cannot be read as CSV (line {reader.line_num}: {error}). Check the quotes there.") from None
    header = [name.lower() for name in rows[0][1]] if rows else []
    missing = [name for name in REQUIRED if name not in header]
    if len(missing) == len(REQUIRED) and len(header) > 1 and all(header):
        return _table(rows[0][1], [cells for _, cells in rows[1:]])
    if missing:
        raise Rejected(
            "needs a first line that names every column, or the columns question and answer of a FAQ; "
            f"it lacks {' and '.join(missing)}."
        )
    repeated = [name for name in (*REQUIRED, *OPTIONAL) if header.count(name) > 1]
    if repeated:
        raise Rejected(f"has two columns named {repeated[0]}. Keep one.")
    parts: list[str] = []
    headings: list[Heading] = []
    facts: list[dict[str, Any]] = []
    length = 0
    for line_number, cells in rows[1:]:
        if len(cells) != len(header):
            raise Rejected(f"has {len(cells)} cells in line {line_number} where the first line has {len(header)}.")
        values = dict(zip(header, cells, strict=True))
        if not values["question"] or not values["answer"]:
            raise Rejected(f"has a row without question or answer in line {line_number}. Fill it in or delete the row.")
        question = " ".join(values["question"].split())
        headings.append(Heading(1, question, length, length + len(question) + 1))
        part = f"{question}\n{values['answer']}\n\n"
        parts.append(part)
        length += len(part)
        facts.append({name: values[name] for name in OPTIONAL if values.get(name)})
    return Reading("".join(parts), tuple(headings), section_facts=tuple(facts))


def _table(header: list[str], rows: list[list[str]]) -> Reading:
    page = Page()
    for cells in rows:
        named = zip_longest(header, cells, fillvalue="")
        page.item("-", "; ".join(f"{name}: {cell}" if name else cell for name, cell in named if cell))
    return Reading(page.text(), ())
