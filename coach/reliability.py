"""Owns the reliability of a confidence: promised against what came true, in bins of equal count (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coach.evaluation import Figure, mean

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Questions of like confidence: the mean promised (0-1), and the share that was covered with its interval."""

    promised: float
    covered: Figure


def reliability(confidences: Sequence[float], is_covered: Sequence[bool]) -> list[Bin]:
    """Return at most ten bins of equal count, lowest confidence first."""
    order = np.argsort(confidences, kind="stable")
    return [
        Bin(
            promised=float(np.mean([confidences[place] for place in places])),
            covered=mean([float(is_covered[place]) for place in places]),
        )
        for places in np.array_split(order, BINS)
        if places.size
    ]


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return the mean gap (0-1) between promised and covered, weighted by count; None without questions.

    Expected calibration error over equal-count bins (Nixon et al., arXiv 1904.01685). With 35 questions a bin even a
    perfect confidence comes to about .04.
    """
    total = sum(each.covered.n for each in bins)
    if not total:
        return None
    return sum(abs(each.promised - (each.covered.value or 0.0)) * each.covered.n for each in bins) / total
