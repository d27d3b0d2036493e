"""Windows hold every word of a passage, overlap, and cost no pass of their own when pooled."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.embed import Encoding, WordHashEmbedder
from coach.windows import MAX_WINDOWS, STRIDE_WORDS, WINDOW_WORDS, PooledWindows, pooled_windows, windows

words = st.lists(st.integers(0, 500).map(lambda number: f"word{number}"), max_size=400)


@settings(max_examples=60, deadline=None)
@given(words)
def test_any_thirty_words_in_a_row_stand_in_one_window_below_the_heading(body):
    found = windows("Refunds > Cash\n" + " ".join(body))
    assert all(window.startswith("Refunds > Cash\n") for window in found)
    bodies = [window.partition("\n")[2] for window in found]
    assert all(len(text.split()) <= WINDOW_WORDS for text in bodies)
    for start in range(max(1, len(body) - STRIDE_WORDS + 1)):
        assert any(" ".join(body[start : start + STRIDE_WORDS]) in text for text in bodies)


@pytest.mark.parametrize(
    ("count", "expected"), [(0, 1), (60, 1), (61, 2), (90, 2), (91, 3), (200, 6), (50_000, MAX_WINDOWS)]
)
def test_there_are_as_many_windows_as_the_words_need(count, expected):
    assert len(windows("Head\n" + "word " * count)) == expected


def test_pooled_windows_are_near_those_embedded_by_themselves():
    embedder = WordHashEmbedder()
    text = "Refunds\n" + " ".join(f"word{place}" for place in range(100))
    pooled = pooled_windows(text, embedder.encode([text])[0])
    apart = embedder.embed(windows(text))
    assert pooled.shape == apart.shape == (3, 256)
    assert np.linalg.norm(pooled, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert (pooled @ apart.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_a_window_the_model_did_not_read_is_left_out():
    embedder = WordHashEmbedder()
    text = "Refunds\n" + " ".join(f"word{place}" for place in range(100))
    whole = embedder.encode([text])[0]
    read = Encoding(whole.vector, whole.pieces[:30], whole.states[:30], whole.offsets[:30])
    assert len(pooled_windows(text, read)) == 1
    nothing = Encoding(whole.vector, whole.pieces[:0], whole.states[:0], whole.offsets[:0])
    assert (pooled_windows(text, nothing) == whole.vector).all()


def test_quick_indexing_has_an_id_of_its_own_and_the_same_vectors():
    quick, embedder = PooledWindows(WordHashEmbedder()), WordHashEmbedder()
    assert quick.id != embedder.id
    assert quick.dimensions == embedder.dimensions
    assert (quick.embed(["close the till"]) == embedder.embed(["close the till"])).all()
    assert (quick.encode(["close"])[0].states == embedder.encode(["close"])[0].states).all()
