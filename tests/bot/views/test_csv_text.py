"""CSV for other programs: whatever people wrote comes back as they wrote it, and nothing of it is computed."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.csv_text import csv_text, harmless

SIGNS = "=+-@＝＋－＠"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+44 20 7946 0000", "'+44 20 7946 0000"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1+1", "'  =1+1"),
        ("\t=1+1", "'\t'=1+1"),
        ("\ttext", "'\ttext"),
        ("\rtext", "'\rtext"),
        ("＝1+1", "'＝1+1"),
        # Where a semicolon parts cells this is two of them.
        ("Bob;=1+1", "Bob;'=1+1"),
        ("Bob; =1+1", "Bob;' =1+1"),
        ("one\n=1+1", "one\n'=1+1"),
    ],
)
def test_what_looks_like_a_formula_gets_an_apostrophe(cell, written):
    assert harmless(cell) == written


@pytest.mark.parametrize(
    "cell", ["", "Ana O'Neill", "75", "a-b", "ana@example.test", "1 + 1 = 2", "Refunds; Till", "'"]
)
def test_other_cells_stay_as_they_are(cell):
    assert harmless(cell) == cell


@given(st.lists(st.lists(st.text(alphabet=st.sampled_from(f"ab,;\"' \t\r\n{SIGNS}")), min_size=2, max_size=2)))
def test_no_cell_begins_with_a_formula_wherever_it_is_parted(rows):
    text = csv_text(("first", "second"), rows)
    back = list(csv.reader(io.StringIO(text, newline="")))
    assert back[0] == ["first", "second"]
    assert len(back) == 1 + len(rows)
    for written, row in zip(back[1:], rows, strict=True):
        for cell, original in zip(written, row, strict=True):
            assert cell.replace("'", "") == original.replace("'", "")
            for piece in cell.replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";"):
                assert not piece.strip().startswith(tuple(SIGNS))
