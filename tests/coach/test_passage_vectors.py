"""What is stored of a passage comes back as it was, for embedders with tokens and without."""

import numpy as np
import pytest
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from coach.embed import WordHashEmbedder
from coach.passage_vectors import halves, stored_states, text_hash, vector_rows
from coach.tables import PassageVector, SopPassage
from coach.tokens import packed
from coach.windows import PooledWindows, windows
from tests.contracts.test_embedder import VectorsOnly

BODY = "Refund within 30 days. " + "Keep the receipt. " * 30
BODIES = {text_hash(f"Refunds\n{BODY}", BODY): (f"Refunds\n{BODY}", BODY), "other": ("Alarm\nMonday.", "Monday.")}


@pytest.mark.parametrize("embedder", [WordHashEmbedder(), VectorsOnly(), PooledWindows(WordHashEmbedder())], ids=type)
def test_vectors_of_passage_sentences_and_windows_come_back(embedder):
    rows = vector_rows(BODIES, embedder)
    assert [(row.embedder_id, row.text_hash) for row in rows] == [(embedder.id, key) for key in BODIES]
    for row, (search_text, _) in zip(rows, BODIES.values(), strict=True):
        vector = np.frombuffer(row.vector, dtype=np.float32)
        assert vector @ embedder.embed([search_text])[0] == pytest.approx(1, abs=1e-5)
        assert halves(row.window_vectors, 256).shape == (len(windows(search_text)), 256)
    sentences = halves(rows[0].sentence_vectors, 256)
    assert sentences.shape == (31, 256)
    assert sentences[0] @ embedder.embed(["Refund within 30 days."])[0] == pytest.approx(1, abs=1e-3)


def test_tokens_are_stored_as_pieces_and_packed_states():
    row = vector_rows(BODIES, WordHashEmbedder())[1]
    encoding = WordHashEmbedder().encode(["Alarm\nMonday."])[0]
    assert np.frombuffer(row.pieces, dtype=np.int32).tolist() == encoding.pieces.tolist()
    assert row.token_states == packed(encoding.states).tobytes()


def test_an_embedder_without_tokens_stores_none():
    assert [(row.pieces, row.token_states) for row in vector_rows(BODIES, VectorsOnly())] == [(b"", b"")] * 2


def test_nothing_to_store_is_nothing():
    assert vector_rows({}, WordHashEmbedder()) == []


def test_what_was_stored_in_half_precision_is_of_length_one_again():
    # An index calls a window its own nearest by this: a length off by a ten-thousandth made it look broken.
    stored = np.random.default_rng(3).normal(size=(200, 384)).astype(np.float32)
    stored /= np.linalg.norm(stored, axis=1, keepdims=True)
    found = halves(stored.astype(np.float16).tobytes(), 384)
    assert np.abs((found * found).sum(axis=1) - 1).max() < 1e-5
    assert halves(np.zeros((1, 384), dtype=np.float16).tobytes(), 384).tolist() == [[0.0] * 384]


def test_reading_states_costs_the_same_however_many_passages_there_are():
    assert _steps_to_read_states(of=100, among=2_000) < 2 * _steps_to_read_states(of=100, among=100)


def _steps_to_read_states(of: int, among: int) -> int:
    """Return the hundreds of SQLite's steps it takes to read the states of some passages."""
    engine = create_engine("sqlite://")
    for table in (SopPassage.__table__, PassageVector.__table__):
        table.create(engine)
    ids = range(1, among + 1)
    spot = {"section_id": 1, "start": 0, "end": 1, "search_text": ""}
    empty = dict.fromkeys(("vector", "sentence_vectors", "window_vectors", "pieces"), b"") | {"embedder_id": "words"}
    with Session(engine) as session:
        session.execute(insert(SopPassage), [{"id": each, "text_hash": f"key {each}", **spot} for each in ids])
        states = [{"text_hash": f"key {each}", "token_states": bytes([each % 128] * 4), **empty} for each in ids]
        session.execute(insert(PassageVector), states)
        steps: list[None] = []
        driver = session.connection().connection.driver_connection
        driver.set_progress_handler(lambda: steps.append(None), 100)
        read = stored_states(session, "words", list(ids[:of]), 4)
        assert {key: states.tolist() for key, states in read.items()} == {key: [[key] * 4] for key in ids[:of]}
    return len(steps)
