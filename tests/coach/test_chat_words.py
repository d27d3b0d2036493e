"""Chat spellings become words, and what only looks like one stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.chat_words import FULL_FORMS, written_out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("can u chk the appt 4 me pls", "can you check the appointment 4 me please"),
        ("Whats OK w/ refunds w/o receipt", "what is ok with refunds without receipt"),
        ("we’re closed b/c it's xmas", "we are closed because it is christmas"),
        ("cant vs can't", "can not versus can not"),
        ("  Ｆull  width\n text ", "full width text"),
        ("I don’t know, cannot", "i do not know, can not"),
        ("What‘s UR pw?", "what is your password?"),
        ("they're late, it's over", "they are late, it is over"),
    ],
)
def test_short_forms_are_written_out(typed, meant):
    assert written_out(typed) == meant


@pytest.mark.parametrize(
    "text",
    ["the w-2 form", "r&d budget", "wed-thu", "section n2", "10 min break", "what were the rules", "tom's till", "run"],
)
def test_names_and_measures_stay(text):
    assert written_out(text) == text


def test_a_word_that_means_something_else_here_is_kept():
    assert written_out("ask the DM pls", frozenset({"dm"})) == "ask the dm please"


def test_every_short_form_has_one_full_form_in_words():
    assert len(FULL_FORMS) > 200
    assert all(short.isalnum() and full == " ".join(full.split()) != short for short, full in FULL_FORMS.items())
    assert all(written_out(full) == full for full in FULL_FORMS.values())


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_writing_out_twice_changes_no_more(text):
    once = written_out(text)
    assert written_out(once).split() == once.split()
