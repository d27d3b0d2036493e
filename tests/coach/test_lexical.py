"""BM25 over stems: the text that shares the rarer word comes first, and odd input scores nothing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.lexical import LexicalIndex

TEXTS = ["Refunds need a receipt", "Refunding cash is not allowed", "Lock the alarm cupboard", "Refund policy refund"]


def test_stems_match_and_stop_words_do_not():
    scores = LexicalIndex(TEXTS).scores("how is it refunded")
    assert (scores > 0).tolist() == [True, True, False, True]
    assert not LexicalIndex(TEXTS).scores("is it the").any()


def test_the_rarer_word_weighs_more():
    index = LexicalIndex(TEXTS)
    assert index.scores("refund alarm").argmax() == 2
    assert index.rarity("alarm") > index.rarity("refund") > 0
    assert index.rarity("absent") > index.rarity("alarm")


def test_nothing_indexed_scores_nothing():
    assert LexicalIndex([]).scores("refund").shape == (0,)
    assert LexicalIndex(["", "the of"]).scores("refund").tolist() == [0, 0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_query_scores_every_text_finitely(query):
    scores = LexicalIndex(TEXTS).scores(query)
    assert scores.shape == (4,)
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()


def test_among_some_audiences_the_words_of_others_are_unknown():
    texts = ["refund the card", "project zephyr closes", "close the till"]
    index, open_ones = LexicalIndex(texts, ["everyone", "roles:lead", "everyone"]), LexicalIndex([texts[0], texts[2]])
    among = index.among(["everyone"])
    for word in ("zephyr", "card", "close", ""):
        assert among.rarity(word) == open_ones.rarity(word)
    assert index.rarity("zephyr") < index.rarity("")
    assert index.among([]).rarity("zephyr") == LexicalIndex([]).rarity("")
