"""Headings of plain text: underlined, numbered, in capitals, or set apart; steps are not headings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.parse.text import read


def headings(text):
    return [(heading.level, heading.title) for heading in read(text).headings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Refunds\n=======\nbody.\n\nCash\n----\nbody.", [(1, "Refunds"), (2, "Cash")]),
        ("Returns\n\nSome words.\n\nCASH ONLY\nwords.", [(1, "Returns"), (2, "CASH ONLY")]),
        ("1. Purpose\n\nwords.\n\n1.1 Scope\n\nwords.", [(1, "1. Purpose"), (3, "1.1 Scope")]),
        ("T\n\nx.\n\n2 Cash\n\nwords.\n\n2.1.1 Coins\n\nx.", [(1, "T"), (2, "2 Cash"), (4, "2.1.1 Coins")]),
        ("Opening:\n\nUnlock the door.", [(1, "Opening")]),
        ("A sentence that stands alone.\n\nAnother one.", []),
        ("two lines\nof words", []),
        ("x" * 81 + "\n\nbody", []),
        ("Some words.\n\nCall Bob", []),
        ("One line", []),
        ("", []),
    ],
)
def test_headings_are_found(text, expected):
    assert headings(text) == expected


def test_numbered_steps_set_apart_are_steps():
    text = "Closing\n\n1. Lock the door\n\n2. Set the alarm\n\n3. Leave\n"
    assert headings(text) == [(1, "Closing")]


def test_a_numbered_heading_above_a_deeper_one_is_a_heading():
    assert headings("T\n\nx.\n\n1. Purpose\n\n1.1 Scope\n\nwords.") == [(1, "T"), (2, "1. Purpose"), (3, "1.1 Scope")]


@given(st.text(st.sampled_from("ab A1.:\n=-\u2028\x0b"), max_size=80))
def test_headings_are_ordered_lines_of_the_text(text):
    reading = read(text)
    assert reading.text == text
    end = 0
    for heading in reading.headings:
        assert end <= heading.start < heading.body_start <= len(text)
        assert heading.title in text[heading.start : heading.body_start]
        end = heading.body_start
