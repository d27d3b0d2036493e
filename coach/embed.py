"""Owns the Embedder port: texts -> unit vectors, with an in-process implementation that needs no model."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Encoding:
    """One text as a token embedder sees it: `vector` [d], its word `pieces` [t] by number, and `states` [t, d].

    Rows of `states` have length 1; markers around a text are left out, and so is what a model cuts off.
    """

    vector: Vectors
    pieces: NDArray[np.int32]
    states: Vectors


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their cosine."""

    @property
    def id(self) -> str:
        """Names model, weights and pooling; vectors of different ids must never be compared."""

    @property
    def dimensions(self) -> int:
        """Length of each vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 [len(texts), dimensions], each row of length 1 (all zero for a text without words)."""


@runtime_checkable
class TokenEmbedder(Embedder, Protocol):
    """An embedder that also tells the state of every token, which late interaction compares."""

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Return one encoding a text; its vector is what `embed` returns for it."""


class WordHashEmbedder:
    """Bag of hashed words: deterministic and instant; near in wording, not in meaning."""

    id = "word-hash-256"
    dimensions = 256

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, a count of its words by hash, dampened by square root."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
                vectors[row, int.from_bytes(digest) % self.dimensions] += 1
        vectors = np.sqrt(vectors)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0))
