"""Owns the fusion of cosine and lexical scores into one order (pure)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.lexical import Scores

RANKER = "convex-1"
LEXICAL_WEIGHT = 0.043
SHORTLIST = 100
GATE_PASSAGES = 3
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Ranking:
    """Row numbers best first with their fused scores, and the gate signal.

    `signal` is the best raw cosine (0-1) among the first three.
    """

    rows: Rows
    scores: Scores
    signal: float


def rank(rows: Rows, cosines: Scores, lexical: Scores, limit: int) -> Ranking:
    """Order rows by a convex combination of cosine (-1 to 1) and BM25 (from 0, seldom over 25); arrays run parallel.

    Convex fusion beats reciprocal ranks on handbooks (Bruch et al., arXiv 2210.11934). Neither score is scaled to the
    list it stands in, so a passage scores the same whatever else the asker may read, and restrictions elsewhere never
    change the order of what they see. The weight was chosen on three handbooks (docs/retrieval.md).
    """
    if rows.size == 0:
        return Ranking(rows, np.zeros(0, dtype=np.float32), 0.0)
    fused = (1 - LEXICAL_WEIGHT) * cosines + LEXICAL_WEIGHT * lexical
    order = np.argsort(-fused, kind="stable")[:limit]
    return Ranking(rows[order], fused[order], float(max(0.0, cosines[order[:GATE_PASSAGES]].max())))


def best(rows: Rows, scores: Scores, limit: int) -> Rows:
    """Return the rows with the highest scores above 0, in row order; `scores` run parallel to `rows`."""
    if rows.size > limit:
        chosen = np.sort(np.argpartition(-scores, limit)[:limit])
        rows, scores = rows[chosen], scores[chosen]
    return rows[scores > 0]
