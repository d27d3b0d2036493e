"""Weights are chosen on other handbooks, by how early the answers come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.fit_ranking import GRID, Judged, fit, fit_on_others, mean_reciprocal_rank
from coach.rank import WEIGHTS, Candidates, Weights

LATE_ONLY = Weights(1, 0, 0)


def judged(signals, *holding):
    """A question whose candidates have these (late, window, grams), each stretch held by a set of them."""
    holds = np.zeros((len(holding), len(signals)), dtype=bool)
    for stretch, candidates in enumerate(holding):
        holds[stretch, list(candidates)] = True
    late, window, grams = np.array(signals, dtype=np.float32).reshape(-1, 3).T
    return Judged(Candidates(np.arange(len(signals)), late, window, grams, passage=np.zeros_like(late)), holds)


# Late interaction puts the wrong passage first in both; a little of the other signal puts it right.
NEEDS_WINDOWS = judged([(0.60, 0.2, 0), (0.58, 0.6, 0)], {1})
NEEDS_GRAMS = judged([(0.60, 0, 0.1), (0.59, 0, 0.9)], {1})


def test_a_place_is_where_every_stretch_has_been_found():
    signals = [(0.9, 0, 0), (0.8, 0, 0), (0.7, 0, 0)]
    assert judged(signals, {1, 2}).place(LATE_ONLY) == 2
    assert judged(signals, {0}, {2}).place(LATE_ONLY) == 3
    assert judged(signals, {0}, set()).place(LATE_ONLY) is None
    assert judged(signals).place(LATE_ONLY) is None
    assert judged([], set()).place(LATE_ONLY) is None


def test_equal_scores_keep_the_order_of_rows():
    tied = [(0.5, 0, 0)] * 3
    assert judged(tied, {2}).place(LATE_ONLY) == 3


def test_the_mean_counts_what_was_never_found_as_nothing():
    never = judged([(0.9, 0, 0)], set())
    assert mean_reciprocal_rank([NEEDS_WINDOWS, never], LATE_ONLY) == pytest.approx(0.25)
    assert mean_reciprocal_rank([], LATE_ONLY) == 0


def test_each_signal_gets_the_weight_its_questions_need():
    assert NEEDS_WINDOWS.place(LATE_ONLY) == NEEDS_GRAMS.place(LATE_ONLY) == 2
    for needy, signal in ((NEEDS_WINDOWS, "window"), (NEEDS_GRAMS, "grams")):
        fitted = fit([needy])
        assert needy.place(fitted) == 1
        assert getattr(fitted, signal) > 0


def test_the_first_of_equals_is_taken():
    indifferent = judged([(0.9, 0.9, 0.9), (0.1, 0.1, 0.1)], {0})
    assert fit([indifferent]) == GRID[0] == LATE_ONLY


def test_the_weights_search_ranks_with_can_be_chosen():
    assert WEIGHTS in GRID


def test_no_corpus_is_ranked_by_its_own_answers():
    fitted = fit_on_others({"a": [NEEDS_WINDOWS], "b": [NEEDS_GRAMS]})
    assert fitted == {"a": fit([NEEDS_GRAMS]), "b": fit([NEEDS_WINDOWS])}
    with pytest.raises(ValueError, match="at least two"):
        fit_on_others({"a": [NEEDS_WINDOWS]})


number = st.floats(0, 1, width=16)
questions = st.lists(
    st.lists(st.tuples(number, number, number, st.booleans()), min_size=1, max_size=8).map(
        lambda rows: judged([row[:3] for row in rows], {place for place, row in enumerate(rows) if row[3]})
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(questions)
def test_no_weights_of_the_grid_do_better_than_the_fitted(asked):
    best = mean_reciprocal_rank(asked, fit(asked))
    assert 0 <= best <= 1
    assert all(mean_reciprocal_rank(asked, weights) <= best for weights in GRID)
