"""What may be shown, and where it is cut."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shown import clean, cut, one_line, shorten, without_addresses
from tests.messages import anything
from tests.strategies import many


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ask Maria", "Ask Maria"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\u202egnp.exe\u202c", "gnp.exe"),
        ("pay\u200b\u2060\ufeff me\u00ad", "pay me"),
        ("\U000e0041\U000e007fhidden", "hidden"),
        ("a\tb\x00\x1b[2J", "a b[2J"),
        ("lone \ud83d half", "lone  half"),
        ("\u3164\u2800", ""),
        ("one\n\n\n \n\ntwo\n", "one\n\ntwo"),
        ("café ☕ 漢字", "café ☕ 漢字"),
    ],
)
def test_only_what_can_be_seen_is_shown(text, shown):
    assert clean(text) == shown


@many
@given(st.text())
def test_nothing_unseen_is_left_and_cleaning_twice_changes_nothing(text):
    shown = clean(text)
    assert clean(shown) == shown
    assert not [each for each in shown if unicodedata.category(each) in ("Cc", "Cs") and each != "\n"]
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200d\ufeff")
    shown.encode()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One two.\n\nThree four.", ["One two.", "Three four."]),
        ("One two three\nfour five", ["One two three", "four five"]),
        ("One two. Three four five", ["One two.", "Three four five"]),
        ("One two three four five", ["One two three", "four five"]),
        ("Onetwothreefourfivesix", ["Onetwothreefour", "fivesix"]),
        ("  ", []),
    ],
)
def test_text_is_cut_where_it_hurts_least(text, pieces):
    assert cut(text, 15) == pieces


@many
@given(anything, st.integers(2, 400))
def test_cutting_loses_nothing_and_keeps_the_limit(text, most):
    pieces = cut(text, most)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(piece.strip() and len(piece) <= most for piece in pieces)


@many
@given(anything, st.integers(2, 400))
def test_what_is_shortened_says_so(text, most):
    text = clean(text)
    short = shorten(text, most)
    assert len(short) <= most
    assert short == text if len(text) <= most else short.endswith("…") and text.startswith(short[:-1])


def test_one_line_has_no_line_ends():
    assert one_line(" a\n\n b \u202e c ") == "a b c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://a.example/b, HTTP://b.example", "see https: //a.example/b, HTTP: //b.example"),
        ("www.a.example and Www.b.example", "www .a.example and Www .b.example"),
        ("either/or: // a comment, awww.nice", "either/or: // a comment, awww.nice"),
    ],
)
def test_no_client_finds_an_address(text, shown):
    assert without_addresses(text) == shown
