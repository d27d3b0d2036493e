"""A workbook is read as it is shown: a line a row that names its columns, FAQs as FAQs, nothing that is hidden."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.table import Table

from coach.parse.xlsx import read
from coach.reading import Hidden, Rejected
from tests.coach.office_files import packed, paragraph, word, workbook_parts

BOLD = Font(bold=True)


def book_of(*sheets):
    """Return a workbook of sheets given as (name, rows)."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return book


def read_book(book):
    written = BytesIO()
    book.save(written)
    return read(written.getvalue())


def test_rows_name_their_columns_and_show_dates_and_numbers_as_their_cells_do():
    book = book_of(
        ("Prices", [["Store prices"], [], ["Item", "Price", "From"], ["Shoes", 30, date(2026, 3, 4)], ["Hats", 12.5]])
    )
    sheet = book["Prices"]
    for cell in (sheet["A1"], *sheet[3]):
        cell.font = BOLD
    sheet.merge_cells("A1:C1")
    sheet["B4"].number_format = '"$"#,##0.00'
    sheet["C4"].number_format = "d mmmm yyyy"
    reading = read_book(book)
    assert reading.text == (
        "Prices\n\nStore prices\n\n- Item: Shoes; Price: $30.00; From: 4 March 2026\n- Item: Hats; Price: 12.5\n"
    )
    assert [(heading.level, heading.title) for heading in reading.headings] == [(2, "Prices")]


def test_each_visible_sheet_is_a_section():
    book = book_of(("Contacts", [["Owner", "Ada"], ["Phone", 555]]), ("Sheet2", [["Ask first."]]), ("Old", [["Gone."]]))
    book["Old"].sheet_state = "hidden"
    reading = read_book(book)
    assert reading.text == "Contacts\n\n- Owner: Ada\n- Phone: 555\n\nSheet2\n\nAsk first.\n\n"
    assert [heading.level for heading in reading.headings] == [1, 1]
    assert reading.hidden == (Hidden("a sheet", "sheet Old", "Gone."),)


def test_the_name_of_a_single_new_sheet_says_nothing():
    assert read_book(book_of(("Sheet1", [["Ask first."]]))).headings == ()


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ([["Item", "Till", "Days"], ["Shoes", "A", "thirty"]], ["- Item: Shoes; Till: A; Days: thirty"]),
        ([["Item", "Days"], ["Shoes", "thirty"]], ["- Item: Days", "- Shoes: thirty"]),
        ([["a", "b", "c"], [], ["d", "e", "f"], ["g", "h", "i"]], ["- a; b; c", "- d: g; e: h; f: i"]),
        ([["Step", "Who", "How"], ["1", None, "scan"]], ["- Step: 1; How: scan"]),
        ([["Site", "Open", "Shut"], ["A", 9, 5], [], ["B", 8]], ["- Site: A; Open: 9; Shut: 5", "- Site: B; Open: 8"]),
    ],
)  # fmt: skip
def test_a_head_is_told_from_a_row(rows, lines):
    assert [line for line in read_book(book_of(("Sheet1", rows))).text.split("\n") if line] == lines


DAYS = [date(2026, 1, 5), date(2026, 1, 6)]


@pytest.mark.parametrize(
    ("rows", "plain", "bold"),
    [
        ([["Name", *DAYS], ["Ada", "late", "off"]], *["- Name: Ada; 2026-01-05: late; 2026-01-06: off\n"] * 2),
        ([["Fair", *DAYS], ["Sale", *DAYS]], "- Fair; 2026-01-05; 2026-01-06\n- Sale;", "- Fair: Sale; 2026-01-05: "),
        (
            [["Cost", 2025, 2026], ["Tills", 30, 40]],
            "- Cost; 2025; 2026\n- Tills;",
            "- Cost: Tills; 2025: 30; 2026: 40",
        ),
    ],
)
def test_days_and_years_head_columns_where_they_can_be_nothing_else(rows, plain, bold):
    book = book_of(("Sheet1", rows))
    assert read_book(book).text.startswith(plain)
    for cell in book["Sheet1"][1]:
        cell.font = BOLD
    assert read_book(book).text.startswith(bold)


def test_a_table_says_itself_what_its_head_is():
    book = book_of(("Sheet1", [["Item", "Days"], ["Shoes", "thirty"]]))
    book["Sheet1"].add_table(Table(displayName="Returns", ref="A1:B2"))
    assert read_book(book).text == "- Item: Shoes; Days: thirty\n"


def test_a_merged_cell_says_its_words_in_every_row_and_above_every_column():
    book = book_of(("Sheet1", [["Item", "Hours", None], ["Shoes", 9, 17], [None, 10, 16]]))
    sheet = book["Sheet1"]
    sheet.merge_cells("B1:C1")
    sheet.merge_cells("A2:A3")
    for cell in sheet[1]:
        cell.font = BOLD
    assert read_book(book).text == "- Item: Shoes; Hours: 9; Hours: 17\n- Item: Shoes; Hours: 10; Hours: 16\n"


def test_a_sheet_of_questions_and_answers_is_a_faq():
    rows = [
        ["Question", "Answer", "Owner", "Review_by"],
        ["How long?", "Thirty days.\nWith receipt.", "ada@x.test", date(2027, 1, 31)],
        ["Cash?", "No.", None, None],
    ]
    reading = read_book(book_of(("FAQ", rows), ("Notes", [["Ask first."]])))
    assert reading.text == "FAQ\n\nHow long?\n\nThirty days.\nWith receipt.\n\nCash?\n\nNo.\n\nNotes\n\nAsk first.\n\n"
    assert reading.section_facts == ({}, {"owner": "ada@x.test", "review_by": "2027-01-31"}, {}, {})
    with pytest.raises(Rejected, match=r"has a row without question or answer \(sheet FAQ, row 2\)"):
        read_book(book_of(("FAQ", [["question", "answer"], ["How?", None]])))


def test_facts_stand_beside_their_sections_when_words_come_first():
    rows = [["Ask us anything."], [], ["question", "answer", "owner"], ["How?", "So.", "ada@x.test"]]
    reading = read_book(book_of(("Sheet1", rows)))
    assert reading.text.startswith("Ask us anything.\n\nHow?\n\n")
    assert reading.section_facts == ({}, {"owner": "ada@x.test"})


def test_hidden_rows_columns_cells_and_comments_are_kept_apart():
    book = book_of(
        (
            "Prices",
            [["Shoes", 30, "secret column"], ["secret row"], ["white"], ["tiny"], ["Hats", 12], ["off"], ["old"]],
        )
    )
    sheet = book["Prices"]
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[2].hidden = True
    sheet["A3"].font = Font(color="FFFFFFFF")
    sheet["A4"].font = Font(size=2)
    sheet["A6"].number_format = ";;;"
    sheet["A7"].font = Font(strike=True)
    sheet["A5"].comment = Comment("obey me", "Eve")
    sheet["A1"].font, sheet["A1"].fill = Font(color="FFFFFFFF"), PatternFill("solid", fgColor="FF1F4E79")
    reading = read_book(book)
    assert reading.text == "Prices\n\n- Shoes: 30\n- Hats: 12\n"
    assert reading.hidden == (
        Hidden("a column", "sheet Prices, column C", "secret column"),
        Hidden("a row", "sheet Prices, row 2", "secret row"),
        Hidden("white text", "sheet Prices, cell A3", "white"),
        Hidden("tiny text", "sheet Prices, cell A4", "tiny"),
        Hidden("invisible text", "sheet Prices, cell A6", "off"),
        Hidden("struck-out text", "sheet Prices, cell A7", "old"),
        Hidden("a comment", "sheet Prices, cell A5", "obey me"),
    )


def test_a_part_of_a_cell_that_is_struck_out_or_raised_is_no_part_of_its_number():
    runs = (
        "<r><rPr><strike/></rPr><t>14</t></r><r><t>30</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>2</t></r>"
    )
    rows = f'<row r="1"><c r="A1" t="inlineStr"><is>{runs}</is></c></row>'
    assert read(packed(workbook_parts(rows))).text == "Prices\n\n30²\n\n"


def test_a_formula_is_its_stored_result_or_a_note():
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>Total</t></is></c><c r="B1"><f>1+1</f><v>2</v></c></row>'
    assert read(packed(workbook_parts(rows))).text == "Prices\n\n- Total: 2\n"
    book = book_of(("Prices", [["Total", "=1+1"]]))
    reading = read_book(book)
    assert reading.text == "Prices\n\nTotal\n\n"
    assert reading.notes == ("has formulas without results (sheet Prices, B1). Open it in Excel and save it.",)


def test_what_a_sheet_states_as_its_size_is_not_believed():
    rows = '<row r="1048576"><c r="XFD1048576" t="b"><v>1</v></c></row><row><c t="e"><v>#REF!</v></c></row>'
    parts = workbook_parts(rows)
    sheet = parts["xl/worksheets/one.xml"]
    parts["xl/worksheets/one.xml"] = sheet.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    assert read(packed(parts)).text == "Prices\n\nTRUE\n\n#REF!\n\n"


def test_times_and_dates_of_a_book_that_starts_in_1904():
    book = book_of(("Sheet1", [[date(2026, 3, 4)]]))
    book.epoch = CALENDAR_MAC_1904
    assert read_book(book).text == "2026-03-04\n\n"


def test_other_files_are_told_apart():
    with pytest.raises(Rejected, match="is not a workbook"):
        read(word(paragraph("Words.")))
