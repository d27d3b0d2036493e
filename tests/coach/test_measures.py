"""Figures of a sentence are compared in one unit, by what they measure."""

import pytest

from coach.measures import measures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("within two weeks", "within 14 days"),
        ("after 1 year", "after twelve months"),
        ("half a year", "6 months"),
        ("by 10 pm", "by 22:00"),
        ("at 12 am", "at 0:00"),
        ("up to $1,000", "up to 1000 dollars"),
        ("50 %", "fifty percent"),
        ("on 5 March", "on March 5"),
        ("every Friday", "on Fridays"),
        ("three people", "3 persons"),
    ],
)
def test_the_same_amount_in_other_words_is_the_same(one, other):
    assert measures(one) == measures(other)


def test_each_kind_has_a_name():
    sentence = "Pay £5 or 10% on the 3rd by 9:30, in 2 hours, for 4 boxes on Monday 6 May, code x9 of 77"
    assert measures(sentence) == {
        "money pound": {5.0},
        "share": {10.0},
        "date day": {"#3"},
        "time": {570.0},
        "duration": {120.0},
        "number boxe": {4.0},
        "date weekday": {"monday"},
        "date": {"6 may"},
        "label": {"77", "x9"},
    }


def test_currencies_and_nouns_are_kinds_of_their_own():
    assert measures("5 euros").keys() != measures("5 dollars").keys()
    assert measures("5 boxes").keys() != measures("5 bags").keys()
