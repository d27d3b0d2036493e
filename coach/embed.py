"""Owns the Embedder port: texts -> unit vectors, with an in-process implementation that needs no model."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from coach.model import FaultCode
from metrics.errors import NotReady

Vectors = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Encoding:
    """One text as a token embedder sees it: `vector` [d], its word `pieces` [t] by number, and `states` [t, d].

    Rows of `states` have length 1; markers around a text are left out, and so is what a model cuts off. `offsets`
    [t, 2] are where in the text each piece begins and ends. An embedder without tokens has none of these.
    """

    vector: Vectors
    pieces: NDArray[np.int32]
    states: Vectors
    offsets: NDArray[np.int32]


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

    def pieces_of(self, text: str) -> int:
        """Return how many pieces a text falls into, at the cost of counting them."""

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Return one encoding a text; its vector is what `embed` returns for it."""


@runtime_checkable
class HostedEmbedder(Embedder, Protocol):
    """An embedder that somebody else runs: it may fail or be slow, and is not told who works here."""

    def within(self, timeout_seconds: float) -> Embedder:
        """Return the same embedder for one question: it gives up when so many seconds from now have passed in all.

        Both raise EmbedderFault.
        """


class EmbedderFault(NotReady):
    """A hosted embedder gave no vectors. Holds its code alone: what a provider says may quote keys or texts."""

    def __init__(self, code: FaultCode) -> None:
        super().__init__(f"The embeddings service gave no vectors ({code.value}). {ADVICE.get(code, TRY_AGAIN)}")
        self.code = code


TRY_AGAIN = "Run `coach apply FOLDER` again in a while: it goes on where it stopped."
ADVICE = {
    FaultCode.UNAUTHORIZED: "It refused COACH_EMBEDDINGS_KEY.",
    FaultCode.NOT_FOUND: "Check the model in COACH_EMBEDDINGS, and COACH_EMBEDDINGS_URL.",
    FaultCode.REJECTED: "Check the model in COACH_EMBEDDINGS, and COACH_EMBEDDINGS_URL.",
    FaultCode.BAD_ANSWER: "What it answers is not one vector of the same length a text. Check COACH_EMBEDDINGS_URL.",
    FaultCode.CONTEXT_OVERFLOW: "Its model reads too little at once for an SOP. Choose another in COACH_EMBEDDINGS.",
}


class WordHashEmbedder:
    """Bag of hashed words: deterministic and instant; near in wording, not in meaning. A word's state is itself."""

    id = "word-hash-256"
    dimensions = 256

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, a count of its words by hash, dampened by square root."""
        encodings = self.encode(texts)
        return (
            np.stack([encoding.vector for encoding in encodings])
            if encodings
            else np.zeros((0, self.dimensions), np.float32)
        )

    def pieces_of(self, text: str) -> int:
        """Return the number of words."""
        return self.encode([text])[0].pieces.size

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Return one encoding a text; two words have the same state or states at a right angle."""
        return [self._encode(text) for text in texts]

    def _encode(self, text: str) -> Encoding:
        words = list(re.finditer(r"\w+", text.lower()))
        digests = [hashlib.blake2b(word[0].encode(), digest_size=4).digest() for word in words]
        pieces = np.array([int.from_bytes(digest) % self.dimensions for digest in digests], dtype=np.int32)
        counts = np.sqrt(np.bincount(pieces, minlength=self.dimensions)).astype(np.float32)
        return Encoding(
            vector=counts / max(float(np.linalg.norm(counts)), 1.0),
            pieces=pieces,
            states=np.eye(self.dimensions, dtype=np.float32)[pieces],
            offsets=np.array([word.span() for word in words], dtype=np.int32).reshape(-1, 2),
        )


def encode(embedder: Embedder, texts: Sequence[str]) -> list[Encoding]:
    """Return one encoding a text; without pieces and states where an embedder has none."""
    if isinstance(embedder, TokenEmbedder):
        return embedder.encode(texts)
    nothing = np.zeros(0, dtype=np.int32)
    no_states = np.zeros((0, embedder.dimensions), dtype=np.float32)
    return [Encoding(vector, nothing, no_states, nothing.reshape(0, 2)) for vector in embedder.embed(texts)]
