"""Owns the fusion of cosine and lexical scores into one order (pure)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.lexical import Scores

LEXICAL_WEIGHT = 0.35
SHORTLIST = 100
GATE_PASSAGES = 3


@dataclass(frozen=True)
class Ranking:
    """Row numbers best first with their fused scores (0-1), and the gate signal.

    `signal` is the best raw cosine among the first three: a fused score is relative to its own list and says
    nothing of how near the best passage is.
    """

    rows: NDArray[np.int64]
    scores: Scores
    signal: float


def rank(cosines: Scores, lexical: Scores, candidates: NDArray[np.int64], limit: int) -> Ranking:
    """Order `candidates` (row numbers) by a convex fusion of min-max scores over each signal's best 100.

    `cosines` is -1 where a row was not among the nearest. Convex fusion beats reciprocal ranks on handbooks
    (Bruch et al., arXiv 2210.11934); the weight was chosen on three of them, .3 to .4 being equal within noise.
    """
    if candidates.size == 0:
        return Ranking(candidates, np.zeros(0, dtype=np.float32), 0.0)
    fused = LEXICAL_WEIGHT * _min_max(lexical[candidates]) + (1 - LEXICAL_WEIGHT) * _min_max(cosines[candidates])
    order = np.argsort(-fused, kind="stable")[:limit]
    rows = candidates[order]
    return Ranking(rows, fused[order], float(max(0.0, cosines[rows[:GATE_PASSAGES]].max())))


def _min_max(values: Scores) -> Scores:
    best = np.partition(values, -SHORTLIST)[-SHORTLIST:] if values.size > SHORTLIST else values
    low, high = float(best.min()), float(best.max())
    if high <= low:
        return np.zeros_like(values) if high <= 0 else np.ones_like(values)
    return np.asarray(np.clip((values - low) / (high - low), 0, 1), dtype=np.float32)
