"""Fusion orders rows by two scores, stably, and gates on raw cosine."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.rank import GATE_PASSAGES, LEXICAL_WEIGHT, best, rank


def array(*values):
    return np.array(values, dtype=np.float32)


def test_no_rows_give_nothing():
    ranking = rank(np.array([], dtype=np.intp), array(), array(), 3)
    assert (ranking.rows.size, ranking.scores.size, ranking.signal) == (0, 0, 0.0)


def test_ties_keep_their_order():
    values = array(*[0.5, 0.4] * 50)
    assert rank(np.arange(100), values, values, 100).rows.tolist() == [*range(0, 100, 2), *range(1, 100, 2)]


def test_scores_are_a_convex_combination():
    ranking = rank(np.array([7, 9]), array(0.9, 0.1), array(0, 5), 2)
    assert ranking.rows.tolist() == [7, 9]
    assert ranking.scores.tolist() == pytest.approx(
        [(1 - LEXICAL_WEIGHT) * 0.9, (1 - LEXICAL_WEIGHT) * 0.1 + LEXICAL_WEIGHT * 5]
    )


def test_enough_shared_words_outweigh_a_little_cosine():
    assert rank(np.arange(2), array(0.5, 0.45), array(0, 4), 2).rows.tolist() == [1, 0]


def test_the_signal_is_the_best_cosine_of_the_first_three():
    cosines, lexical = array(0.1, 0.1, 0.1, 0.2), array(9, 9, 9, 0)
    ranking = rank(np.arange(4), cosines, lexical, 4)
    assert ranking.signal == float(cosines[ranking.rows[:GATE_PASSAGES]].max()) < 0.2


def test_the_best_rows_have_a_score_and_keep_row_order():
    assert best(np.array([3, 5, 8, 9]), array(0, 2, 1, 5), 2).tolist() == [5, 9]
    assert best(np.array([3, 5, 8, 9]), array(0, 2, 1, 5), 10).tolist() == [5, 8, 9]
    assert best(np.array([3]), array(0), 10).tolist() == []


scored_rows = st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(0, 40, width=32)), min_size=1, max_size=150)


@settings(max_examples=60, deadline=None)
@given(scored_rows, st.integers(1, 10), st.data())
def test_what_else_is_ranked_never_changes_an_order(scored, limit, data):
    cosines, lexical = array(*[pair[0] for pair in scored]), array(*[pair[1] for pair in scored])
    everything = rank(np.arange(len(scored)), cosines, lexical, len(scored))
    allowed = np.array(sorted(data.draw(st.sets(st.integers(0, len(scored) - 1), min_size=1))))
    ranking = rank(allowed, cosines[allowed], lexical[allowed], limit)
    assert ranking.rows.tolist() == [row for row in everything.rows.tolist() if row in allowed][:limit]
    assert (np.diff(ranking.scores) <= 0).all()
    assert 0 <= ranking.signal <= 1
