"""Owns a workbook's cells as they are shown: values by their formats, merged ones repeated, hidden ones set aside."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from coach.parse.archive import Archive, Element
from coach.parse.looks import RAISED, SMALLEST_POINTS, is_near_white
from coach.parse.xlsx_shown import BUILT_IN, GENERAL, is_date, moment_of, shown
from coach.reading import STRUCK_OUT

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PLACE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
MOST_MERGED = 2_000
TRUE = ("1", "true")
# The first colour of a theme is its paper; 1 and 9 of the old palette are white.
PAPER_THEME, PAPER_INDEXES = "0", ("1", "9")
SHOWS_NOTHING = ";;;"


@dataclass(frozen=True)
class Cell:
    """One cell as it is shown; `day` is its date as 2027-03-31, `hiding` what keeps a reader from seeing it."""

    text: str
    is_text: bool = True
    is_bold: bool = False
    day: str | None = None
    hiding: str | None = None


Row = dict[int, Cell]


@dataclass
class Sheet:
    """The visible rows of a sheet by number, each its cells by column (from 1), and what is known beside them.

    `heads` are rows that a table or a filter names its head; `hidden` pairs a kind and a place with words.
    """

    rows: dict[int, Row] = field(default_factory=dict)
    heads: set[int] = field(default_factory=set)
    hidden: list[tuple[str, str, str]] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Style:
    format: str = GENERAL
    is_bold: bool = False
    hiding: str | None = None


class Book:
    """The sheets of a workbook, their strings and their styles."""

    def __init__(self, archive: Archive, name: str, root: Element) -> None:
        self._archive = archive
        self._related = archive.related(name)
        strings = archive.one_related(name, "sharedStrings")
        self._strings: list[str] = [] if strings is None else [_words(item) for item in strings.iter(f"{S}si")]
        self._styles = _styles(archive.one_related(name, "styles"))
        self._starts_1904 = any(each.get("date1904") in TRUE for each in root.iter(f"{S}workbookPr"))
        self.sheets = [
            (sheet.get("name", ""), self._related.get(sheet.get(R_ID, ""), ("", ""))[1], sheet.get("state", "visible"))
            for sheet in root.iter(f"{S}sheet")
            if self._related.get(sheet.get(R_ID, ""), ("", ""))[0] == "worksheet"
        ]

    def read(self, part: str) -> Sheet:
        """Read one sheet; what it states as its size is not believed."""
        root, sheet = self._archive.tree(part), Sheet()
        if root is None:
            return sheet
        hidden_columns = [
            (_whole(column.get("min")), _whole(column.get("max")))
            for column in root.iter(f"{S}col")
            if column.get("hidden") in TRUE
        ]
        number = 0
        for row in root.iter(f"{S}row"):
            number = _whole(row.get("r")) or number + 1
            cells = dict(self._cells(row, number, sheet))
            if row.get("hidden") in TRUE:
                sheet.hidden.append(("a row", f"row {number}", " ".join(cell.text for cell in cells.values())))
                continue
            for column in [each for each in cells if any(low <= each <= high for low, high in hidden_columns)]:
                sheet.hidden.append(("a column", f"column {_letters(column)}", cells.pop(column).text))
            for column in [each for each, cell in cells.items() if cell.hiding]:
                cell = cells.pop(column)
                sheet.hidden.append((cell.hiding or "", f"cell {_letters(column)}{number}", cell.text))
            if cells:
                sheet.rows[number] = cells
        _repeat_merged(sheet, [each.get("ref", "") for each in root.iter(f"{S}mergeCell")][:MOST_MERGED])
        self._read_beside(part, root, sheet)
        return sheet

    def _cells(self, row: Element, number: int, sheet: Sheet) -> Iterator[tuple[int, Cell]]:
        column = 0
        for stated in row.iter(f"{S}c"):
            place = PLACE.fullmatch(stated.get("r", ""))
            column = _column(place[1]) if place else column + 1
            cell = self._cell(stated)
            if cell.text.strip():
                yield column, cell
            elif stated.find(f"{S}f") is not None and stated.get("t") != "str":
                sheet.uncalculated.append(f"{_letters(column)}{number}")

    def _cell(self, stated: Element) -> Cell:
        place, kind = _whole(stated.get("s")), stated.get("t", "n")
        style = self._styles[place] if place < len(self._styles) else _Style()
        value = (stated.findtext(f"{S}v") or "").strip()
        if kind == "s":
            text = self._strings[int(value)] if value.isdigit() and int(value) < len(self._strings) else ""
            return Cell(text, True, style.is_bold, None, style.hiding)
        if kind == "inlineStr":
            inline = stated.find(f"{S}is")
            return Cell(_words(inline) if inline is not None else "", True, style.is_bold, None, style.hiding)
        if kind == "b" and value:
            return Cell("TRUE" if value == "1" else "FALSE", False, style.is_bold, None, style.hiding)
        if kind == "d":
            return Cell(value.removesuffix("T00:00:00"), False, style.is_bold, value[:10], style.hiding)
        if kind != "n" or not value:
            return Cell(stated.findtext(f"{S}v") or "", True, style.is_bold, None, style.hiding)
        day = None
        if is_date(style.format) and (moment := moment_of(_number(value), self._starts_1904)):
            day = moment.date().isoformat()
        return Cell(shown(value, style.format, self._starts_1904), False, style.is_bold, day, style.hiding)

    def _read_beside(self, part: str, root: Element, sheet: Sheet) -> None:
        ranges = [each.get("ref", "") for each in root.iter(f"{S}autoFilter")]
        for kind, target in self._archive.related(part).values():
            beside = self._archive.tree(target) if kind in ("table", "comments") else None
            if beside is not None and kind == "table" and beside.get("headerRowCount") != "0":
                ranges.append(beside.get("ref", ""))
            comments = [] if beside is None else beside.iter(f"{S}comment")
            sheet.hidden += [("a comment", f"cell {each.get('ref', '')[:10]}", _words(each)) for each in comments]
        sheet.heads = {int(place[2]) for place in map(PLACE.match, ranges) if place}


def _styles(root: Element | None) -> list[_Style]:
    if root is None:
        return []
    formats = BUILT_IN | {
        _whole(each.get("numFmtId")): each.get("formatCode", GENERAL) for each in root.iter(f"{S}numFmt")
    }
    fonts = _children(root, "fonts")
    fills = _children(root, "fills")
    found = []
    for stated in _children(root, "cellXfs"):
        font, fill = _at(fonts, stated.get("fontId")), _at(fills, stated.get("fillId"))
        code = formats.get(_whole(stated.get("numFmtId")), GENERAL)
        bold = font.find(f"{S}b") if font is not None else None
        hiding = "invisible text" if code == SHOWS_NOTHING else _hiding(font, fill)
        found.append(_Style(code, _is_on(bold), hiding))
    return found


def _hiding(font: Element | None, fill: Element | None) -> str | None:
    if font is None:
        return None
    size, colour = font.find(f"{S}sz"), font.find(f"{S}color")
    if size is not None and 0 < _number(size.get("val", "")) < SMALLEST_POINTS:
        return "tiny text"
    if _is_on(font.find(f"{S}strike")):
        return STRUCK_OUT
    pattern = fill.find(f"{S}patternFill") if fill is not None else None
    ground = pattern.find(f"{S}fgColor") if pattern is not None else None
    is_on_paper = pattern is None or pattern.get("patternType", "none") == "none" or _is_white(ground)
    return "white text" if _is_white(colour) and is_on_paper else None


def _is_on(switch: Element | None) -> bool:
    return switch is not None and switch.get("val", "1") in TRUE


def _is_white(colour: Element | None) -> bool:
    if colour is None:
        return False
    is_paper = colour.get("theme") == PAPER_THEME or colour.get("indexed") in PAPER_INDEXES
    return (is_paper and not _number(colour.get("tint", "")) < 0) or is_near_white(colour.get("rgb", ""))


def _repeat_merged(sheet: Sheet, ranges: Iterable[str]) -> None:
    """Say a cell merged over rows in each of them, and one merged over the columns of a head above each."""
    first = min(sheet.rows, default=0)
    for stated in ranges:
        corners = [PLACE.fullmatch(corner) for corner in stated.split(":")]
        if len(corners) != 2 or not corners[0] or not corners[1]:
            continue
        left, right = _column(corners[0][1]), _column(corners[1][1])
        top, bottom = int(corners[0][2]), int(corners[1][2])
        cell = sheet.rows.get(top, {}).get(left)
        if cell is None:
            continue
        for number in [number for number in sheet.rows if top < number <= bottom]:
            sheet.rows[number].setdefault(left, cell)
        if len(sheet.rows[top]) > 1 and (top in (first, *sheet.heads) or cell.is_bold):
            for column in range(left + 1, right + 1):
                sheet.rows[top].setdefault(column, cell)


def _words(node: Element) -> str:
    """Return the text of a string, rich or plain, without the reading aids above it and without what is struck out."""
    words = ""
    for part in node:
        raised = part.find(f"{S}rPr/{S}vertAlign")
        if part.tag == f"{S}rPh" or _is_on(part.find(f"{S}rPr/{S}strike")):
            continue
        text = "".join(each.text or "" for each in part.iter(f"{S}t"))
        words += text.translate(RAISED) if raised is not None and raised.get("val") == "superscript" else text
    return words


def _children(root: Element, name: str) -> list[Element]:
    holder = root.find(f"{S}{name}")
    return [] if holder is None else list(holder)


def _at(nodes: list[Element], place: str | None) -> Element | None:
    return nodes[_whole(place)] if _whole(place) < len(nodes) else None


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _letters(column: int) -> str:
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _whole(digits: str | None) -> int:
    return int(digits) if digits and digits.isascii() and digits.isdigit() and len(digits) < 9 else 0


def _number(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        return 0.0
