"""Owns windows: the overlapping stretches of a passage whose vectors an index holds."""

import re
from collections.abc import Sequence
from itertools import islice

import numpy as np

from coach.embed import Embedder, Encoding, TokenEmbedder, Vectors

WINDOW_WORDS = 60
STRIDE_WORDS = 30
MAX_WINDOWS = 64


def windows(search_text: str) -> list[str]:
    """Return the windows of a passage, each below the passage's heading line; at least one, at most 64.

    A window is 60 words long and begins 30 after the one before, so that any 30 words stand in one of them whole.
    """
    heading, _, body = search_text.partition("\n")
    words = body.split()
    return [f"{heading}\n{' '.join(words[start : start + WINDOW_WORDS])}" for start in _starts(len(words))]


def window_vectors(embedder: Embedder, search_texts: Sequence[str], encodings: Sequence[Encoding]) -> list[Vectors]:
    """Return the vectors of each passage's windows [w, d]; `encodings` are what the embedder made of whole passages."""
    if isinstance(embedder, PooledWindows):
        return [pooled_windows(*passage) for passage in zip(search_texts, encodings, strict=True)]
    texts = [windows(search_text) for search_text in search_texts]
    vectors = iter(embedder.embed([window for each in texts for window in each]))
    return [np.stack(list(islice(vectors, len(each)))) for each in texts]


def pooled_windows(search_text: str, encoding: Encoding) -> Vectors:
    """Return a vector for each window [w, d] as the mean state of its tokens and of its heading's.

    They come from the one pass over the passage, so a window beyond what the model reads is left out.
    """
    body_start = search_text.find("\n") + 1
    words = [word.start() for word in re.finditer(r"\S+", search_text[body_start:])]
    edges = [body_start + start for start in words] + [len(search_text)]
    starts = encoding.offsets[:, 0]
    vectors = []
    for first in _starts(len(words)):
        end = edges[min(first + WINDOW_WORDS, len(words))]
        is_inside = (starts >= edges[first]) & (starts < end)
        if is_inside.any():
            summed = encoding.states[is_inside | (starts < body_start)].sum(axis=0)
            vectors.append(summed / np.linalg.norm(summed))
    return np.stack(vectors) if vectors else encoding.vector[None]


class PooledWindows:
    """A token embedder for quick indexing: windows come from `pooled_windows` and need no passes of their own.

    Its id differs, so that vectors of both kinds are never compared. Ranking loses a little (docs/retrieval.md).
    """

    def __init__(self, embedder: TokenEmbedder) -> None:
        self._embedder = embedder
        self.id = f"{embedder.id}+pooled-windows"
        self.dimensions = embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return what the embedder itself returns."""
        return self._embedder.embed(texts)

    def pieces_of(self, text: str) -> int:
        """Return what the embedder itself returns."""
        return self._embedder.pieces_of(text)

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Return what the embedder itself returns."""
        return self._embedder.encode(texts)


def _starts(words: int) -> range:
    return range(0, max(1, words - STRIDE_WORDS), STRIDE_WORDS)[:MAX_WINDOWS]
