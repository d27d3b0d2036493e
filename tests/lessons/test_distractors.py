"""Answers that differ, answers that say the same, and one that gives itself away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.distractors import alike, stands_out
from tests.strategies import many


@pytest.mark.parametrize(
    "pair",
    [
        ("Ask the manager", "ask a manager."),
        ("Ask the manager", "Ask the managers"),
        ("Ask the manager", "The manager: ask!"),
        ("Ask the manager", "Ask the menager"),
        ("Ask the manager", "Please just ask your manager"),
        ("…", "!"),
        ("It is", "it is."),
    ],
)
def test_these_say_the_same(pair):
    assert alike(pair) == pair


@pytest.mark.parametrize(
    "pair",
    [
        ("Ask the manager", "Ring the manager"),
        ("Refund it", "Do not refund it"),
        ("With a receipt", "Without a receipt"),
        ("Up to 100", "Up to 1000"),
        ("Reason code RX", "Reason code RF"),
        ("Tell the manager", "Tell the owner"),
        ("It is", "Is it"),
        ("Yes", "No"),
    ],
)
def test_these_differ(pair):
    assert alike(pair) is None


def test_the_first_two_of_several_that_say_the_same_are_named():
    assert alike(("Ask", "Wait", "Refuse", "wait!")) == ("Wait", "wait!")
    assert alike(()) is None


@many
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_order_and_no_case_makes_a_difference(one, other):
    assert bool(alike((one, other))) == bool(alike((other, one)))
    assert alike((one, one))


def test_only_a_long_option_stands_out_and_only_by_much():
    assert stands_out(("x" * 90, "y" * 30, "z" * 50)) == 0
    assert stands_out(("x" * 60, "y" * 50, "z" * 50)) is None
    assert stands_out(("x" * 30, "y" * 5)) is None
