"""A share knows its interval: Wilson's, which never leaves 0-1 and narrows with the number."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.shares import Share, wilson_lower_bound


def test_nothing_of_nothing_is_no_share():
    assert Share().value is None
    assert Share().interval is None
    assert wilson_lower_bound(0, 0) == 0


@given(whole=st.integers(1, 500), data=st.data())
def test_its_ends_solve_the_equation_of_the_score_test(whole, data):
    part = data.draw(st.integers(0, whole))
    share = Share(part, whole)
    low, high = share.interval
    assert 0 <= low <= share.value <= high <= 1
    for end in (low, high):
        # At each end the observed share lies z standard errors, taken there, away (Wilson 1927).
        assert abs(share.value - end) == pytest.approx(1.6449 * sqrt(end * (1 - end) / whole), abs=1e-6)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_two_add_up(a, b, c, d):
    assert Share(a, a + b) + Share(c, c + d) == Share(a + c, a + b + c + d)
