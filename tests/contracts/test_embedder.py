"""What every Embedder promises: the bundled model and the instant word hash."""

import numpy as np
import pytest

from coach.embed import Embedder, WordHashEmbedder


@pytest.fixture(params=["word hash", "MiniLM"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return WordHashEmbedder() if request.param == "word hash" else request.getfixturevalue("minilm")


def test_vectors_have_length_one_and_stand_in_the_order_of_their_texts(embedder):
    texts = ["close the till", "a refund without a receipt " * 40, "alarm"]
    vectors = embedder.embed(texts)
    assert vectors.shape == (3, embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert embedder.embed([text])[0] @ vector > 0.98


def test_the_same_words_are_nearer_than_others(embedder):
    question, near, far = embedder.embed(
        ["refund without a receipt", "a refund without receipt", "window cleaning rota"]
    )
    assert question @ near > question @ far


def test_odd_texts_get_finite_vectors(embedder):
    vectors = embedder.embed(["", " ", "🙂", "\u200b", "x" * 50_000])
    assert np.isfinite(vectors).all()
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_ids_tell_models_apart(embedder):
    assert embedder.id
    assert (embedder.id == WordHashEmbedder.id) == isinstance(embedder, WordHashEmbedder)
