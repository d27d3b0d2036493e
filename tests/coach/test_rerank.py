"""Late interaction: each token of a question finds its best match, rare ones count more, and nothing else matters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.embed import Encoding, WordHashEmbedder
from coach.rerank import PieceRarity, late_scores
from coach.tokens import packed

PASSAGES = ["refund the till refund", "alarm code", "the alarm and the till", ""]
EMBEDDER = WordHashEmbedder()
ENCODED = EMBEDDER.encode(PASSAGES)
RARITY = PieceRarity([encoding.pieces for encoding in ENCODED])


def scores(question, passages=ENCODED, rarity=RARITY):
    asked = EMBEDDER.encode([question])[0]
    return late_scores(asked, rarity.weights(asked.pieces), [packed(encoding.states) for encoding in passages])


def test_a_passage_that_holds_every_token_scores_one_and_one_that_holds_none_scores_nothing():
    assert scores("till refund").tolist() == pytest.approx([1, 0, scores("till refund")[2], 0], abs=1e-3)
    assert scores("alarm")[1:3].tolist() == pytest.approx([1, 1], abs=1e-3)


def test_the_rarer_token_decides():
    found = scores("the code")
    assert found[1] > found[2] > found[3] == 0


def test_weights_rise_with_rarity_and_a_piece_nobody_has_weighs_most():
    the, code, unheard = (EMBEDDER.encode([word])[0].pieces for word in ("the", "code", "zebra"))
    assert RARITY.weights(the) < RARITY.weights(code) < RARITY.weights(unheard) < 2
    assert RARITY.weights(np.array([10**6], dtype=np.int32)) == RARITY.weights(unheard)


def test_without_tokens_there_is_nothing_to_compare():
    assert scores("").tolist() == [0] * 4
    assert scores("till", []).shape == (0,)
    assert scores("till", [EMBEDDER.encode([""])[0]]).tolist() == [0]
    assert PieceRarity([]).weights(np.array([3], dtype=np.int32)).shape == (1,)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=8), st.integers(0, 2**32 - 1), st.data())
def test_a_passage_scores_the_same_whatever_stands_beside_it(counts, seed, data):
    source = np.random.default_rng(seed)

    def drawn(count):
        rows = source.normal(size=(count, 16)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    passages = [packed(drawn(count)) for count in counts]
    asked = Encoding(drawn(1)[0], np.arange(4, dtype=np.int32), drawn(4), np.zeros((4, 2), dtype=np.int32))
    weights = np.array([1, 2, 0.5, 1], dtype=np.float32)
    together = late_scores(asked, weights, passages)
    kept = data.draw(st.lists(st.sampled_from(range(len(counts))), min_size=1, unique=True))
    assert late_scores(asked, weights, [passages[place] for place in kept]) == pytest.approx(together[kept], abs=1e-5)
    assert (np.abs(together) <= 1 + 1e-4).all()
