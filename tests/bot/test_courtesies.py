"""What is said around a question is not searched for; every other word is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.courtesies import without_courtesies
from tests.growth import MOST_GROWTH, growth


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("hey coach how do I call in sick? thanks in advance", "how do I call in sick?"),
        ("Hi coach, quick q - how late can i be lol thanks!", "how late can i be"),
        ("/coach how do I open?", "how do I open?"),
        ("Good morning! Just a quick question: who locks up?", "who locks up?"),
        ("Coach, lock up when?", "lock up when?"),
        ("hi - lock up when?", "lock up when?"),
        ("hi -lock up when?", "lock up when?"),
        ("who locks up?\nThank you so much!", "who locks up?"),
    ],
)
def test_hello_and_thanks_are_left_out(said, asked):
    assert without_courtesies(said) == asked


@pytest.mark.parametrize(
    "asked",
    [
        "hi vis jackets where",
        "Hi-vis vests, who pays for them?",
        "coach-driver breaks how long",
        "what if a customer says thanks",
        "morning shift starts when",
        "coach parties at the bar",
        "hello, thanks",
        "hey refund?",
        "one question form or two",
    ],
)
def test_words_that_may_be_meant_stay(asked):
    assert without_courtesies(asked) == asked


@given(st.text(max_size=40))
def test_nothing_is_ever_added(text):
    assert without_courtesies(text) in text


@pytest.mark.parametrize("piece", ["\n", " ", "?\n", "thanks ", "? thanks", " lol,", "thank you so much "])
def test_a_hostile_text_is_read_in_proportion(piece):
    assert growth(without_courtesies, piece, 20_000, "a{}b") < MOST_GROWTH
