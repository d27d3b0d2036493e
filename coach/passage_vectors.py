"""Owns the stored form of a passage: what an embedder makes of it, as bytes for SQL and back."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.embed import Embedder, Vectors, encode
from coach.layout import quotable
from coach.plain import searchable
from coach.sections import CHUNKER
from coach.tables import PassageVector, SopPassage
from coach.tokens import States, packed
from coach.windows import window_vectors

STORED_FORM = f"{CHUNKER}/windows-1"
KEYS_A_QUERY = 500


def text_hash(search_text: str, body: str) -> str:
    """Return the key of a passage's vectors: what search sees, and the characters its sentences are cut from."""
    return hashlib.sha256(repr((STORED_FORM, search_text, body)).encode()).hexdigest()


def vector_rows(bodies: Mapping[str, tuple[str, str]], embedder: Embedder) -> list[PassageVector]:
    """Return the rows of passages given as (search text, body) by their `text_hash`."""
    search_texts = [search_text for search_text, _ in bodies.values()]
    encodings = encode(embedder, search_texts)
    windows = window_vectors(embedder, search_texts, encodings)
    sentences = [[searchable(body[span.start : span.end]) for span in quotable(body)] for _, body in bodies.values()]
    sentence_vectors = iter(embedder.embed([sentence for each in sentences for sentence in each]))
    return [
        PassageVector(
            embedder_id=embedder.id,
            text_hash=key,
            vector=encoding.vector.astype(np.float32).tobytes(),
            sentence_vectors=_halves(islice(sentence_vectors, len(each))),
            window_vectors=_halves(window),
            pieces=encoding.pieces.astype(np.int32).tobytes(),
            token_states=packed(encoding.states).tobytes(),
        )
        for key, encoding, window, each in zip(bodies, encodings, windows, sentences, strict=True)
    ]


def stored_hashes(session: Session, embedder_id: str, hashes: Iterable[str]) -> set[str]:
    """Return those of these text hashes that the embedder has stored vectors of."""
    keys = list(hashes)
    found: set[str] = set()
    for start in range(0, len(keys), KEYS_A_QUERY):
        found.update(
            session.scalars(
                select(PassageVector.text_hash).where(
                    PassageVector.embedder_id == embedder_id,
                    PassageVector.text_hash.in_(keys[start : start + KEYS_A_QUERY]),
                )
            )
        )
    return found


def stored_states(session: Session, embedder_id: str, passage_ids: Sequence[int], dimensions: int) -> dict[int, States]:
    """Return the token states of these passages by their id, as packed."""
    # In two steps: joined, SQLite goes through the vectors of every passage to find those of a hundred.
    hash_of = dict(
        session.execute(select(SopPassage.id, SopPassage.text_hash).where(SopPassage.id.in_(passage_ids))).all()
    )
    states_of = dict(
        session.execute(
            select(PassageVector.text_hash, PassageVector.token_states).where(
                PassageVector.embedder_id == embedder_id, PassageVector.text_hash.in_(set(hash_of.values()))
            )
        ).all()
    )
    return {
        passage_id: np.frombuffer(states_of[key], dtype=np.int8).reshape(-1, dimensions)
        for passage_id, key in hash_of.items()
        if key in states_of
    }


def halves(stored: bytes, dimensions: int) -> Vectors:
    """Return vectors [n, d] that were stored in half precision, of length 1 again; one of zeros stays."""
    vectors = np.frombuffer(stored, dtype=np.float16).astype(np.float32).reshape(-1, dimensions)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0))


def _halves(vectors: Iterable[NDArray[np.float32]]) -> bytes:
    return b"".join(vector.astype(np.float16).tobytes() for vector in vectors)
