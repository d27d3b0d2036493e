"""Values with intervals, on cases small enough to count by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.estimates import auroc, false_answers, mean, threshold
from tests.strategies import many

chances = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def test_means_have_an_interval_and_no_cases_have_none():
    figure = mean([0.0, 1.0] * 50)
    assert figure.low < figure.value == 0.5 < figure.high
    assert (figure.n, mean([]).n) == (100, 0)
    assert mean([]).value is mean([]).low is None
    assert mean([1.0]).high == 1.0


def test_auroc_counts_ties_as_half():
    assert auroc([0.9, 0.8], [0.1]).value == 1.0
    assert auroc([0.5], [0.5]).value == 0.5
    assert auroc([0.9, 0.1], [0.5]).value == 0.5
    assert auroc([], [0.5]).value is None


@many
@given(chances)
def test_a_threshold_keeps_at_least_its_share_and_no_higher_one_does(confidences):
    from_here = threshold(confidences, 0.8)
    kept = [value for value in confidences if value >= from_here]
    assert len(kept) >= 0.8 * len(confidences) - 1e-9
    assert len([value for value in confidences if value > from_here]) < 0.8 * len(confidences) + 1e-9


def test_false_answers_are_counted_at_the_threshold_of_the_covered():
    covered = [0.1, 0.5, 0.6, 0.7, 0.8]
    figure = false_answers(covered, [0.4, 0.5, 0.9, 0.2])
    assert figure.value == pytest.approx(2 / 4)
    assert figure.n == 4
    assert figure.low <= figure.value <= figure.high
    assert false_answers(covered, []).value is None
