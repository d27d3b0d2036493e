"""Reads a workbook: each visible sheet as a section, each row of a table as one line that names its columns."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from coach.parse.archive import Archive
from coach.parse.csv_faq import OPTIONAL, REQUIRED
from coach.parse.page import Page
from coach.parse.xlsx_sheet import Book, Row, Sheet
from coach.reading import Reading, Rejected

MAX_HEAD_CHARACTERS = 80
FEWEST_PLAIN_COLUMNS = 3
# The names new sheets are given say nothing.
UNNAMED = ("sheet", "tabelle", "feuil", "hoja", "foglio", "blad", "arkusz", "planilha")


def read(data: bytes) -> Reading:
    """Return the visible values of an .xlsx file; a sheet with the columns question and answer is read as a FAQ."""
    archive = Archive(data)
    name = archive.main_part()
    root = archive.tree(name)
    if root is None or not name.endswith("workbook.xml"):
        raise Rejected("is not a workbook, whatever its ending says. Open it and save it as .xlsx.")
    book, writer = Book(archive, name, root), _Writer()
    visible = [(title, part) for title, part, state in book.sheets if state == "visible"]
    for title, part, state in book.sheets:
        sheet = book.read(part)
        if state == "visible":
            writer.write(title, sheet, is_only=len(visible) == 1)
        else:
            words = " ".join(cell.text for row in sheet.rows.values() for cell in row.values())
            writer.page.hide("a sheet", f"sheet {title}", words)
    return writer.reading()


class _Writer:
    """Writes sheets one after another, and beside each heading the facts that hold for its section."""

    def __init__(self) -> None:
        self.page = Page()
        self._facts: list[dict[str, Any]] = []
        self._notes: list[str] = []

    def reading(self) -> Reading:
        """Everything written so far."""
        text, headings = self.page.text(), tuple(self.page.headings)
        facts = self._facts if any(self._facts) else []
        if facts and text[: headings[0].start].strip():
            facts = [{}, *facts]
        hidden = tuple(self.page.hidden)
        return Reading(text, headings, section_facts=tuple(facts), hidden=hidden, notes=tuple(self._notes))

    def write(self, title: str, sheet: Sheet, is_only: bool) -> None:
        """Write one sheet. Raises Rejected for a FAQ with a row that lacks question or answer."""
        for kind, place, words in sheet.hidden:
            self.page.hide(kind, f"sheet {title}, {place}", words)
        if sheet.uncalculated:
            self._notes.append(
                f"has formulas without results (sheet {title}, {sheet.uncalculated[0]}). Open it in Excel and save it."
            )
        is_named = not title.lower().rstrip("0123456789 ").startswith(UNNAMED)
        if sheet.rows and (not is_only or is_named):
            self._heading(2 if is_only else 1, title)
        head: Row = {}
        for block in _blocks(sheet):
            head = self._write_block(block, head, sheet, title)

    def _write_block(self, block: list[int], head: Row, sheet: Sheet, title: str) -> Row:
        is_first = True
        for number, following in zip(block, [*block[1:], None], strict=True):
            row = sheet.rows[number]
            for cell in row.values():
                self.page.hide_marks(cell.text, f"sheet {title}, row {number}")
            below = None if following is None else sheet.rows[following]
            is_alone = len(row) == 1
            if is_alone and (all(cell.is_bold for cell in row.values()) or not head.keys() & row.keys()):
                self._write_alone(row, is_followed=below is not None)
            elif below and _is_head(row, below, number in sheet.heads, is_first and not row.keys() <= head.keys()):
                head = row
            elif faq := _faq_columns(head):
                self._write_question(row, faq, f"sheet {title}, row {number}")
            else:
                self._write_row(row, head)
            is_first = is_first and is_alone
        return head

    def _write_alone(self, row: Row, is_followed: bool) -> None:
        (cell,) = row.values()
        if cell.is_bold and is_followed and len(cell.text) <= MAX_HEAD_CHARACTERS:
            self._heading(3, cell.text)
        else:
            self.page.paragraph(cell.text)

    def _write_row(self, row: Row, head: Row) -> None:
        cells = [(head[column].text if column in head else "", row[column].text) for column in sorted(row)]
        if not any(name for name, _ in cells) and len(cells) == 2:
            cells = [(cells[0][1], cells[1][1])]
        self.page.item("-", "; ".join(f"{name.rstrip(' :')}: {text}" if name else text for name, text in cells))

    def _write_question(self, row: Row, columns: dict[str, int], place: str) -> None:
        missing = [name for name in REQUIRED if columns[name] not in row]
        if missing:
            raise Rejected(f"has a row without question or answer ({place}). Fill it in or delete the row.")
        self._heading(2, row[columns["question"]].text)
        self._facts[-1] = {
            name: cell.day or cell.text.strip()
            for name in OPTIONAL
            if (cell := row.get(columns.get(name, 0))) is not None
        }
        self.page.paragraph(row[columns["answer"]].text)

    def _heading(self, level: int, title: str) -> None:
        before = len(self.page.headings)
        self.page.heading(level, title)
        self._facts += [{}] * (len(self.page.headings) - before)


def _blocks(sheet: Sheet) -> Iterator[list[int]]:
    """Yield the numbers of rows that follow one another without an empty row."""
    numbers = sorted(sheet.rows)
    starts = [0, *(place for place, (one, next_one) in enumerate(pairwise(numbers), 1) if next_one > one + 1)]
    for start, end in pairwise([*starts, len(numbers)]):
        yield numbers[start:end]


def _is_head(row: Row, below: Row, is_stated: bool, may_be_plain: bool) -> bool:
    """Say whether a row names the columns below it.

    It does when a table or filter says so, when it alone is bold, when it asks for a FAQ, and in plain print as the
    first row over three columns or more. Two plain columns are pairs: `Owner` and `Ada` name nothing below. Days head a
    roster and years a plan, where bold in the first row; in plain print days do, over what are no days.
    """
    names = {cell.text.strip().casefold() for cell in row.values()}
    are_words = all(cell.is_text for cell in row.values())
    are_days = all(cell.day for cell in list(row.values())[1:]) and not any(below[at].day for at in row.keys() & below)
    if len(row) < 2 or any(len(cell.text) > MAX_HEAD_CHARACTERS for cell in row.values()):
        return False
    may_be_wide = may_be_plain and len(row) >= FEWEST_PLAIN_COLUMNS
    is_bold = all(cell.is_bold for cell in row.values()) and not all(cell.is_bold for cell in below.values())
    is_wide = may_be_wide and (are_words or are_days) and len(names) == len(row)
    return is_stated or (is_bold and (are_words or may_be_wide)) or is_wide or names >= set(REQUIRED)


def _faq_columns(head: Row) -> dict[str, int]:
    """Return the columns of a FAQ by their names, none for other tables."""
    columns = {cell.text.strip().casefold(): column for column, cell in head.items()}
    return columns if columns.keys() >= set(REQUIRED) else {}
