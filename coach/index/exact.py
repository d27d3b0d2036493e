"""The exact index: a matrix product over all vectors in memory."""

from collections.abc import Sequence

import numpy as np

from coach.embed import Vectors
from coach.index.port import Content, Near, OnStep, ignore


class ExactIndex:
    """Holds vectors in memory and compares the query with each one its audiences allow."""

    def __init__(self) -> None:
        self._content = Content("", {})

    def stamp(self) -> str | None:
        """Return the state it holds whole."""
        return self._content.stamp or None

    def catch_up(self, content: Content, on_step: OnStep = ignore) -> None:
        """Hold exactly `content`."""
        self._content = content

    def nearest(self, vector: Vectors, audiences: Sequence[str], limit: int) -> list[Near]:
        """Return the nearest windows of these audiences, nearest first."""
        groups = [self._content.groups[key] for key in dict.fromkeys(audiences) if key in self._content.groups]
        if not groups:
            return []
        ids = np.concatenate([ids for ids, _ in groups])
        cosines = np.concatenate([vectors @ vector for _, vectors in groups])
        best = np.argpartition(-cosines, limit - 1)[:limit] if cosines.size > limit else np.arange(cosines.size)
        order = best[np.argsort(-cosines[best], kind="stable")]
        return [Near(int(ids[row]), float(cosines[row])) for row in order]

    def nearest_to_each(self, vectors: Vectors, audience: str) -> list[int | None]:
        """Return the window nearest to each vector in one audience."""
        ids, held = self._content.groups.get(audience, (np.zeros(0, dtype=np.int64), vectors[:0]))
        if not len(ids):
            return [None] * len(vectors)
        return [int(ids[row]) for row in (vectors @ held.T).argmax(axis=1)]

    def drop(self) -> None:
        """Forget everything."""
        self._content = Content("", {})
