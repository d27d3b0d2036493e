"""What practice is worth a minute: by hand, and what must hold for any memory."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.gain import gain_per_minute, new_gain_per_minute
from lessons.memory import recall_after
from tests.strategies import many

stabilities = st.floats(0.01, 1000)
difficulties = st.floats(1, 10)
days = st.floats(0, 400)


def hedged(recall: float) -> float:
    return 1 / (1 + math.exp(-0.5 * math.log(recall / (1 - recall))))


def test_a_gain_by_hand():
    # After 10 days at stability 10: recall .9; right grows stability, wrong cuts it (both from py-fsrs).
    right, wrong, without = map(hedged, recall_after([32.02673, 1.39199, 10.0], [30, 30, 40]))
    now = hedged(0.9)
    assert now == pytest.approx(0.75)
    expected = (now * right + (1 - now) * wrong - without) / 0.2
    assert gain_per_minute([10.0], [5.0], [10.0], 0.2)[0] == pytest.approx(expected, abs=1e-5)


@many
@given(stabilities, difficulties, days, st.floats(0.1, 5), st.floats(1.1, 4))
def test_twice_the_minutes_are_worth_half_and_nothing_gains_more_than_all(
    stability, difficulty, elapsed, minutes, factor
):
    once = gain_per_minute(stability, difficulty, elapsed, minutes)
    assert gain_per_minute(stability, difficulty, elapsed, minutes * factor) == pytest.approx(once / factor)
    assert -1 <= once * minutes <= 1


def test_what_was_just_practised_is_worth_less_than_what_is_half_forgotten():
    just, half = gain_per_minute([20.0, 20.0], [5.0, 5.0], [1.0, 60.0], 0.2)
    assert just < half


def test_a_new_item_is_worth_what_is_left_of_it_at_the_horizon():
    soon, late = new_gain_per_minute(1.0, horizon_days=1), new_gain_per_minute(1.0, horizon_days=400)
    assert 0 < late < soon < 1
    assert new_gain_per_minute(np.array([1.0, 2.0]))[1] == pytest.approx(new_gain_per_minute(2.0))
    assert new_gain_per_minute(1.0, right_at_first=0.9) > new_gain_per_minute(1.0, right_at_first=0.5)
