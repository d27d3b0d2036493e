"""Promised against covered: bins of equal count, and a gap that is nothing for an honest confidence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.reliability import BINS, calibration_error, reliability
from tests.strategies import many

pairs = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)


@many
@given(pairs)
def test_every_question_is_in_one_bin_of_about_equal_count(known):
    bins = reliability([confidence for confidence, _ in known], [is_covered for _, is_covered in known])
    counts = [each.covered.n for each in bins]
    assert sum(counts) == len(known)
    assert len(bins) == min(BINS, len(known))
    assert max(counts) - min(counts) <= 1
    assert [each.promised for each in bins] == sorted(each.promised for each in bins)


@many
@given(pairs)
def test_the_gap_lies_between_nothing_and_all(known):
    error = calibration_error(*zip(*known, strict=True))
    by_bin = [
        each.covered.n * abs(each.promised - each.covered.value) for each in reliability(*zip(*known, strict=True))
    ]
    assert error.value == pytest.approx(sum(by_bin) / len(known))
    assert 0 <= error.low <= error.high <= 1


def test_an_honest_confidence_has_a_small_gap_and_a_boastful_one_a_large():
    source = np.random.default_rng(2)
    chances = source.random(4_000)
    covered = source.random(4_000) < chances
    assert calibration_error(chances, covered).value < 0.03
    assert calibration_error(np.sqrt(chances), covered).value > 0.1


def test_the_gap_of_two_bins_by_hand():
    assert calibration_error([0.2, 0.8], [True, True]).value == pytest.approx((0.8 + 0.2) / 2)


def test_without_questions_there_is_no_gap():
    assert calibration_error([], []).value is None
    assert reliability([], []) == []
