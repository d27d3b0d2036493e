"""Grading a choice among two to four lettered options."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.quiz import LETTERS, Grade, Item, grade

items = st.integers(2, 4).flatmap(
    lambda number: st.builds(
        Item,
        question=st.just("What now?"),
        options=st.just(tuple(f"Option {place}" for place in range(number))),
        right=st.sampled_from(LETTERS[:number]),
        why=st.just("Because."),
    )
)


@given(items)
def test_exactly_one_letter_is_right(item):
    grades = {letter: grade(item, letter) for letter, _ in item.lettered()}
    assert grades.pop(item.right) == Grade(True, 1.0)
    assert set(grades.values()) == {Grade(False, 0.0)}


@pytest.mark.parametrize("letter", ["C", "D", "E", "a", "", "AB"])
def test_a_letter_the_question_does_not_have_is_no_answer(letter):
    item = Item("What now?", ("This", "That"), "A", "Because.")
    with pytest.raises(KeyError):
        grade(item, letter)


def test_options_are_lettered_in_order():
    item = Item("What now?", ("This", "That", "Neither"), "A", "Because.")
    assert item.lettered() == (("A", "This"), ("B", "That"), ("C", "Neither"))
    assert item.option("C") == "Neither"
