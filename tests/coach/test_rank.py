"""Fusion orders passages by signals that depend on nothing else in the list, and gates on the raw window cosine."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.rank import WEIGHTS, Candidates, Weights, best, rank, with_each


def array(*values):
    return np.array(values, dtype=np.float32)


def candidates(late, window=None, grams=None, rows=None):
    nothing = array(*[0] * len(late))
    window = nothing if window is None else window
    return Candidates(
        np.arange(len(late)) if rows is None else rows, late, window, nothing if grams is None else grams, window
    )


def test_no_candidates_give_nothing():
    ranking = rank(candidates(array()))
    assert (ranking.rows.size, ranking.scores.size, ranking.signal, ranking.best_score) == (0, 0, 0.0, 0.0)


def test_ties_keep_their_order():
    ranking = rank(candidates(array(*[0.5, 0.4] * 50)))
    assert ranking.rows.tolist() == [*range(0, 100, 2), *range(1, 100, 2)]


def test_scores_are_the_weighted_sum_of_the_signals():
    weighed = candidates(array(0.9, 0.1), array(0.2, 0.4), array(0, 1), np.array([7, 9]))
    ranking = rank(weighed)
    assert ranking.rows.tolist() == [7, 9]
    assert ranking.scores.tolist() == pytest.approx(
        [WEIGHTS.late * 0.9 + WEIGHTS.window * 0.2, WEIGHTS.late * 0.1 + WEIGHTS.window * 0.4 + WEIGHTS.grams]
    )
    assert weighed.fused(Weights(0, 1, 0)).tolist() == pytest.approx([0.2, 0.4])
    assert weighed.signals_at(1) == pytest.approx(
        {"late": 0.1, "window": 0.4, "grams": 1, "passage": 0.4, "fused": ranking.scores[1]}
    )


def test_the_signal_is_the_best_window_of_the_first_three():
    ranking = rank(candidates(array(9, 9, 9, 0), array(0.1, 0.1, 0.1, 0.2)))
    assert ranking.signal == pytest.approx(0.1)
    assert rank(candidates(array(1), array(-0.5))).signal == 0


def test_what_is_preferred_moves_ahead_of_its_equal():
    assert rank(candidates(array(0.5, 0.5, 0.6)), array(0, 0.01, 0)).rows.tolist() == [2, 1, 0]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([], [0, 1, 2, 3, 4]),
        ([1], [0, 1, 2, 3, 4]),
        ([4], [0, 1, 4, 2, 3]),
        ([3, 4], [0, 3, 4, 1, 2]),
        ([2, 3, 4], [2, 3, 4, 0, 1]),
    ],
)
def test_the_first_three_hold_what_they_must_and_else_the_best(wanted, expected):
    ranking = with_each(rank(candidates(array(0.9, 0.8, 0.7, 0.6, 0.5))), wanted, 3)
    assert ranking.rows.tolist() == expected
    assert ranking.scores.tolist() == pytest.approx([0.9 - row / 10 for row in expected])


def test_the_best_rows_have_a_score_and_keep_row_order():
    assert best(np.array([3, 5, 8, 9]), array(0, 2, 1, 5), 2).tolist() == [5, 9]
    assert best(np.array([3, 5, 8, 9]), array(0, 2, 1, 5), 10).tolist() == [5, 8, 9]
    assert best(np.array([3]), array(0), 10).tolist() == []


cosines = st.floats(-1, 1, width=32)
weighed = st.lists(st.tuples(cosines, cosines, st.floats(0, 1, width=32)), min_size=1, max_size=150)


@settings(max_examples=60, deadline=None)
@given(weighed, st.data())
def test_what_else_is_weighed_never_changes_an_order(values, data):
    late, window, grams = (array(*column) for column in zip(*values, strict=True))
    everything = rank(candidates(late, window, grams))
    allowed = np.array(sorted(data.draw(st.sets(st.integers(0, len(values) - 1), min_size=1))))
    ranking = rank(candidates(late[allowed], window[allowed], grams[allowed], allowed))
    assert ranking.rows.tolist() == [row for row in everything.rows.tolist() if row in allowed]
    assert (np.diff(ranking.scores) <= 0).all()
    assert 0 <= ranking.signal <= 1
