"""Owns late interaction: how well a passage's token states meet each token of a question (MaxSim)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coach.embed import Encoding
from coach.lexical import Scores
from coach.tokens import States

Pieces = NDArray[np.int32]


class PieceRarity:
    """How much each word piece tells passages apart: BM25's idf over the passages it was built from, at most log n."""

    def __init__(self, passages: Sequence[Pieces]) -> None:
        self._size = len(passages)
        each_once = [np.unique(pieces) for pieces in passages]
        self._holding = np.bincount(np.concatenate(each_once)) if each_once else np.zeros(0, dtype=np.int64)

    def weights(self, pieces: Pieces) -> Scores:
        """Return the root of each piece's idf; it lifts rare words without letting one of them decide alone."""
        is_known = pieces < len(self._holding)
        holding = np.where(is_known, self._holding[np.where(is_known, pieces, 0)] if len(self._holding) else 0, 0)
        idf = np.log(1 + (self._size - holding + 0.5) / (holding + 0.5))
        return np.asarray(np.sqrt(np.clip(idf, 0, np.log(max(self._size, 2)))), dtype=np.float32)


def late_scores(question: Encoding, weights: Scores, passages: Sequence[States]) -> Scores:
    """Return one score a passage, -1 to 1: the weighted mean over the question's tokens of their best cosine in it.

    `weights` run parallel to the question's pieces. Without tokens on either side it is 0 (Khattab and Zaharia 2020,
    there unweighted).
    """
    scores = np.zeros(len(passages), dtype=np.float32)
    total = weights.sum()
    if not total:
        return scores
    asked = np.ascontiguousarray(question.states.T)
    # One passage at a time stays in a processor's own cache; all of them would be written to memory and read back.
    for place, packed in enumerate(passages):
        if len(packed):
            states = packed.astype(np.float32)
            lengths = np.sqrt(np.vecdot(states, states))
            cosines = states @ asked / np.maximum(lengths, 1)[:, None]
            scores[place] = cosines.max(axis=0) @ weights / total
    return scores
