"""Coefficients fitted on known outcomes: a planted curve is found again, and little data says little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.fit_confidence import Coefficients, fit
from tests.strategies import many

PLANTED = Coefficients((2.0, -1.0, 0.0), 0.5)


def drawn(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    source = np.random.default_rng(seed)
    inputs = source.normal(size=(size, 3))
    return inputs, source.random(size) < PLANTED.confidence(inputs)


def test_a_planted_curve_is_found_again():
    found = fit(*drawn(5_000, 1))
    assert found.weights == pytest.approx(PLANTED.weights, abs=0.15)
    assert found.intercept == pytest.approx(PLANTED.intercept, abs=0.15)


@many
@given(st.integers(0, 10_000), st.integers(30, 80))
def test_confidences_add_up_to_what_was_covered(seed, size):
    inputs, is_covered = drawn(size, seed)
    if is_covered.all() or not is_covered.any():
        return
    confidences = fit(inputs, is_covered).confidence(inputs)
    assert confidences.sum() == pytest.approx(is_covered.sum(), abs=1e-3)


def test_outcomes_that_two_signals_part_cleanly_do_not_run_away():
    inputs = np.array([[-1.0], [1.0]] * 5)
    found = fit(inputs, inputs[:, 0] > 0)
    assert 0.5 < found.weights[0] < 5
