"""Owns an embedder that remembers, for whoever asks the same questions in several ways."""

from collections.abc import Sequence

from coach.embed import Encoding, TokenEmbedder, Vectors


class Remembered:
    """Another embedder's vectors, each batch computed once; not for the passages of a company, which would all stay."""

    def __init__(self, embedder: TokenEmbedder) -> None:
        self._embedder = embedder
        self._embedded: dict[tuple[str, ...], Vectors] = {}
        self._encoded: dict[tuple[str, ...], list[Encoding]] = {}

    @property
    def id(self) -> str:
        """The id of the other embedder."""
        return self._embedder.id

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return what the other embedder returns for this batch: its vectors may depend on one another."""
        batch = tuple(texts)
        if batch not in self._embedded:
            self._embedded[batch] = self._embedder.embed(batch)
        return self._embedded[batch]

    def pieces_of(self, text: str) -> int:
        """Return what the other embedder returns."""
        return self._embedder.pieces_of(text)

    def encode(self, texts: Sequence[str]) -> list[Encoding]:
        """Return what the other embedder returns for this batch."""
        batch = tuple(texts)
        if batch not in self._encoded:
            self._encoded[batch] = self._embedder.encode(batch)
        return self._encoded[batch]
