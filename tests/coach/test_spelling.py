"""Mistyped words become words of the SOPs; what may be meant as it stands is left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.spelling import Spelling

TEXTS = [
    "Vacation requests go to your manager.",
    "A manager approves overtime.",
    "The manger scene is put up in December.",
]
SPELLING = Spelling(TEXTS)


def nothing_else(word: str) -> bool:
    return False


@pytest.mark.parametrize("slip", ["vacaton", "vacattion", "vacatoin", "vacatian", "vacatio", "vacationn", "avcation"])
def test_one_slip_is_mended(slip):
    assert SPELLING.mended(f"how much {slip} do i get", nothing_else) == "how much vacation do i get"


@pytest.mark.parametrize("word", ["vacation", "vacations", "requesting", "vcaaiton", "bacation", "yuor", "goes"])
def test_what_is_known_short_far_or_begins_otherwise_stays(word):
    assert SPELLING.mended(word, nothing_else) == word


def test_an_ordinary_word_no_text_holds_stays():
    assert SPELLING.mended("an overtone", nothing_else) == "an overtone"
    assert SPELLING.mended("a manages", nothing_else) == "a manages"
    assert SPELLING.mended("a manzger", nothing_else) == "a manager"
    assert SPELLING.mended("a manzger", {"manzger"}.__contains__) == "a manzger"


def test_of_several_words_the_one_most_texts_hold_was_meant():
    assert SPELLING.mended("mannger", nothing_else) == "manager"


@settings(max_examples=60, deadline=None)
@given(st.text("abcdemnrtvo '?1", max_size=40))
def test_mending_twice_changes_no_more_and_keeps_all_but_the_words(question):
    mended = SPELLING.mended(question, nothing_else)
    assert SPELLING.mended(mended, nothing_else) == mended
    assert len(mended.split(" ")) == len(question.split(" "))


def test_without_texts_nothing_is_mended():
    assert Spelling([]).mended("vacaton", nothing_else) == "vacaton"


def test_nothing_is_mended_towards_the_words_of_other_audiences():
    spelling = Spelling(["vacation days", "project zephyr"], ["everyone", "roles:lead"])
    assert spelling.mended("zephir vacaton", nothing_else) == "zephyr vacation"
    assert spelling.among(["everyone"]).mended("zephir vacaton", nothing_else) == "zephir vacation"
