"""Pieces of words find what whole words miss, and score from 0 to 1 whatever is asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.grams import TEXTS_AT_ONCE, GramIndex

TEXTS = ["Reimbursement needs a receipt", "Lock the alarm cupboard", "Window cleaning rota 7", "Ärger über Öl"]


@pytest.mark.parametrize(
    ("query", "best"), [("reimbursment recipt", 0), ("alarms", 1), ("what is the rota", 2), ("7", 2), ("ärgern", 3)]
)
def test_slips_endings_digits_and_other_letters_still_match(query, best):
    scores = GramIndex(TEXTS).scores(query)
    assert scores.argmax() == best
    assert 0 < scores[best] < 1


def test_runs_do_not_reach_across_words_and_stop_words_count_for_nothing():
    index = GramIndex(["he sold art", "so old a rt"])
    assert index.scores("sold").tolist()[1] == pytest.approx(0, abs=0.3)
    assert not GramIndex(["what is that"]).scores("what is that").any()
    assert not GramIndex(["ab cd"]).scores("abcd").any()


def test_the_rarer_run_weighs_more():
    scores = GramIndex(["refund alarm", "refund", "refund"]).scores("refund alarm")
    assert scores[0] > 2 * scores[1] > 0


def test_only_what_is_counted_tells_how_rare_a_run_is_and_how_long_a_text():
    counted, others = ["refund alarm", "refund the till"], ["alarm alarm alarm", "a long closed text on the alarm"]
    alone = GramIndex(counted).scores("refund alarm")
    beside = GramIndex([*others, *counted], np.array([2, 3])).scores("refund alarm")
    assert beside[2:].tolist() == alone.tolist()
    assert beside[0] > 0
    none_counted = GramIndex(counted, np.array([], dtype=np.intp)).scores("refund alarm")
    assert none_counted[0] > none_counted[1] > 0.1


def test_texts_keep_their_places_beyond_one_batch():
    texts = [f"word{place:05}" for place in range(TEXTS_AT_ONCE + 3)]
    index = GramIndex(texts)
    assert [int(index.scores(texts[place]).argmax()) for place in (0, TEXTS_AT_ONCE, TEXTS_AT_ONCE + 2)] == [
        0,
        TEXTS_AT_ONCE,
        TEXTS_AT_ONCE + 2,
    ]


def test_nothing_indexed_scores_nothing():
    assert GramIndex([]).scores("refund").shape == (0,)
    assert GramIndex(["", "?"]).scores("refund").tolist() == [0, 0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_query_scores_every_text_from_nought_to_one(query):
    scores = GramIndex([*TEXTS, query]).scores(query)
    assert scores.shape == (5,)
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()
    assert (scores <= 1).all()
