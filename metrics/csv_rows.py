"""Owns reading a CSV file with named columns into rows, every mistake in it a sentence with its line."""

import csv
import io
import re
from collections.abc import Sequence

DELIMITERS = ",;\t"
QUOTED = re.compile(r'"[^"]*"')


def read_rows(
    file: str, text: str, columns: Sequence[str], required: Sequence[str]
) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Return (line number, cell by column) of each row that has as many cells as the first line, and every mistake.

    Columns may stand in any order and in capitals; cells are stripped, empty lines passed over. Without rows where the
    first line is wrong. `file` names the file in the sentences.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        return [], [f"{file} line {reader.line_num}: {error}. Check the quotes on that line."]
    if not lines:
        return [], [f"{file} is empty. Its first line must be: {','.join(columns)}"]
    header = [cell.strip().lower() for cell in lines[0][1]]
    mistakes = [f"{file} has no column {name!r}. Add it to the first line." for name in required if name not in header]
    unknown = [name for name in header if name not in columns]
    mistakes += [f"{file} has an unknown column {name!r}. Use: {', '.join(columns)}." for name in unknown]
    repeated = sorted({name for name in header if name in columns and header.count(name) > 1})
    mistakes += [f"{file} has the column {name!r} twice. Keep one." for name in repeated]
    if mistakes:
        return [], mistakes
    rows = []
    for number, cells in lines[1:]:
        if len(cells) == len(header):
            rows.append((number, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
        else:
            mistakes.append(f"{file} line {number} has {len(cells)} cells, the first line has {len(header)}.")
    return rows, mistakes


def delimiter_of(text: str) -> str:
    """Return what parts the cells of a CSV, by its first line: a comma, a semicolon or a tab.

    Spreadsheets write semicolons where the comma is for decimals, and tabs as "Unicode text".
    """
    first_line = QUOTED.sub("", text.lstrip("\n ").partition("\n")[0])
    return max(DELIMITERS, key=first_line.count)
