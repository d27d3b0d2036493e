"""A FAQ kept as CSV: each row a section with its own facts, mistakes named by their line; other tables as lines."""

import pytest

from coach.parse.csv_faq import read
from coach.reading import Rejected


def test_each_row_is_a_section_headed_by_its_question():
    reading = read('Question,Answer,Owner\nHow long?,"30 days, with receipt",ada@x.test\n\nWho pays?,We do.,\n')
    assert [(h.level, h.title) for h in reading.headings] == [(1, "How long?"), (1, "Who pays?")]
    assert [reading.text[h.start : h.body_start] for h in reading.headings] == ["How long?\n", "Who pays?\n"]
    assert reading.text == "How long?\n30 days, with receipt\n\nWho pays?\nWe do.\n\n"
    assert reading.section_facts == ({"owner": "ada@x.test"}, {})


def test_a_question_over_two_lines_is_one_heading():
    assert read('question,answer\n"How\nlong?",x\n').headings[0].title == "How long?"


def test_a_table_without_questions_names_its_columns_in_every_row():
    reading = read('Item,Days,Note\nShoes,30,"with receipt,\nunworn"\nHats\nBags,,,new\n')
    assert reading.headings == ()
    assert reading.text == "- Item: Shoes; Days: 30; Note: with receipt, unworn\n- Item: Hats\n- Item: Bags; new\n"


@pytest.mark.parametrize(
    "text",
    ['Item;"Price, net"\nShoes;12,50\n', 'Item\t"Price, net"\nShoes\t12,50\n', '\nItem,"Price, net"\nShoes,"12,50"\n'],
)
def test_cells_are_parted_by_what_parts_the_first_line(text):
    assert read(text).text == "- Item: Shoes; Price, net: 12,50\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Item,\nShoes,30\n", "needs a first line"),
        ("", "lacks question and answer"),
        ("question,reply\na,b\n", "it lacks answer"),
        ("Price list 2026,,\nItem,Price,Days\n", "needs a first line that names every column"),
        ("question,answer\na,b,c\n", "has 3 cells in line 2 where the first line has 2"),
        ("question,answer\nok,ok\n,b\n", "without question or answer in line 3"),
        ('question,answer\nok,ok\n"a,b\n', r"line 3: unexpected end of data"),
        ("question,answer,question\na,b,c\n", "two columns named question"),
        ("question,answer\na," + "x" * 200_000 + "\n", "field larger than field limit"),
    ],
)
def test_mistakes_are_rejected(text, words):
    with pytest.raises(Rejected, match=words):
        read(text)
