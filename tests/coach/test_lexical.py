"""Stems of words and their rarity: the rarer word weighs more, and odd input has none or a finite one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.lexical import LexicalIndex

TEXTS = ["Refunds need a receipt", "Refunding cash is not allowed", "Lock the alarm cupboard", "Refund policy refund"]


def test_stems_match_and_stop_words_do_not():
    index = LexicalIndex(TEXTS)
    [asked], texts = index.words(["how is it refunded"]), index.words(TEXTS)
    assert [not set(asked).isdisjoint(text) for text in texts] == [True, True, False, True]
    assert index.words(["is it the"]) == [[]]


def test_the_rarer_word_weighs_more():
    index = LexicalIndex(TEXTS)
    assert index.rarity("alarm") > index.rarity("refund") > 0
    assert index.rarity("absent") > index.rarity("alarm")


def test_a_word_no_text_holds_is_as_rare_as_any_other():
    assert LexicalIndex([]).rarity("refund") == LexicalIndex([]).rarity("")
    assert LexicalIndex(["", "the of"]).rarity("refund") == LexicalIndex(["", "the of"]).rarity("the")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_word_has_a_finite_rarity_above_nothing(query):
    index = LexicalIndex(TEXTS)
    rarities = np.array([index.rarity(word) for word in [query, *index.words([query])[0]]])
    assert np.isfinite(rarities).all()
    assert (rarities > 0).all()


def test_among_some_audiences_the_words_of_others_are_unknown():
    texts = ["refund the card", "project zephyr closes", "close the till"]
    index, open_ones = LexicalIndex(texts, ["everyone", "roles:lead", "everyone"]), LexicalIndex([texts[0], texts[2]])
    among = index.among(["everyone"])
    for word in ("zephyr", "card", "close", ""):
        assert among.rarity(word) == open_ones.rarity(word)
    assert index.rarity("zephyr") < index.rarity("")
    assert index.among([]).rarity("zephyr") == LexicalIndex([]).rarity("")
