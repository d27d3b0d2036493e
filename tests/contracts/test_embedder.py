"""What every Embedder promises: the bundled model, one in a folder, one behind an address, the instant word hash."""

import numpy as np
import pytest

from bot.langchain_embedder import LangChainEmbedder
from coach.embed import Embedder, TokenEmbedder, WordHashEmbedder, encode
from coach.minilm.encoder import OnnxEmbedder
from coach.remembered import Remembered
from coach.windows import PooledWindows
from tests.onnx_folder import write_encoder
from tests.search_server import SearchServer, vectors


@pytest.fixture(params=["word hash", "MiniLM", "folder"])
def token_embedder(request: pytest.FixtureRequest, tmp_path) -> TokenEmbedder:
    if request.param == "folder":
        return OnnxEmbedder(write_encoder(tmp_path / "model"))
    return WordHashEmbedder() if request.param == "word hash" else request.getfixturevalue("minilm")


@pytest.fixture
def hosted(tmp_path):
    with SearchServer().running() as server:
        server.then(vectors)
        yield LangChainEmbedder("openai:words", tmp_path, None, server.url)


@pytest.fixture(params=["word hash", "MiniLM", "folder", "hosted", "hosted, for a question"])
def embedder(request: pytest.FixtureRequest, tmp_path) -> Embedder:
    match request.param:
        case "hosted":
            return request.getfixturevalue("hosted")
        case "hosted, for a question":
            return request.getfixturevalue("hosted").within(60)
        case "folder":
            return OnnxEmbedder(write_encoder(tmp_path / "model"))
        case "MiniLM":
            return request.getfixturevalue("minilm")
    return WordHashEmbedder()


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


def test_one_pass_gives_the_same_vectors_and_a_state_of_length_one_for_every_piece(token_embedder):
    embedder = token_embedder
    texts = ["close the till", "Alarm: a refund without a receipt"]
    encodings = embedder.encode(texts)
    for encoding, vector in zip(encodings, embedder.embed(texts), strict=True):
        assert encoding.vector @ vector > 0.98
        assert encoding.states.shape == (encoding.pieces.size, embedder.dimensions)
        assert np.linalg.norm(encoding.states, axis=1) == pytest.approx(np.ones(encoding.pieces.size), abs=1e-5)
    assert encodings[0].offsets.tolist() == [[0, 5], [6, 9], [10, 14]]
    assert encodings[0].pieces.tolist() == embedder.encode(["CLOSE the Till!"])[0].pieces.tolist()[:3]


def test_the_same_word_has_a_nearer_state_than_another(token_embedder):
    one, other = token_embedder.encode(["refund the till", "the refund desk"])
    assert one.states[0] @ other.states[1] > one.states[0] @ other.states[2]


def test_odd_texts_have_finite_states_and_may_have_none(token_embedder):
    encodings = token_embedder.encode(["", " ", "x" * 50_000, "日本語"])
    assert [encoding.pieces.size for encoding in encodings[:2]] == [0, 0]
    assert all(np.isfinite(encoding.states).all() and np.isfinite(encoding.vector).all() for encoding in encodings)
    assert token_embedder.encode([]) == []


def test_pieces_are_counted_as_encoding_cuts_them(token_embedder):
    for embedder in (token_embedder, PooledWindows(token_embedder), Remembered(token_embedder)):
        for text in ("", "refund", "witihn", "close the till, w/o the alarm", "日本語"):
            assert embedder.pieces_of(text) == token_embedder.encode([text])[0].pieces.size


class VectorsOnly:
    """An embedder as a hosted one is: vectors, and nothing of tokens."""

    id, dimensions = "vectors only", 256

    def embed(self, texts):
        return WordHashEmbedder().embed(texts)


def test_without_tokens_an_encoding_is_a_vector_alone(token_embedder):
    (encoding,) = encode(VectorsOnly(), ["close the till"])
    assert encoding.vector @ WordHashEmbedder().embed(["close the till"])[0] == pytest.approx(1)
    assert (encoding.pieces.size, encoding.states.shape, encoding.offsets.shape) == (0, (0, 256), (0, 2))
    assert encode(token_embedder, ["close the till"])[0].pieces.size == 3
