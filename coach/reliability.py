"""Owns the reliability of a confidence: promised against what came true, in bins of equal count (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coach.estimates import ENDS, RESAMPLES, SEED, Figure, Values, mean

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


def calibration_error(confidences: Sequence[float], is_covered: Sequence[bool]) -> Figure:
    """Return the mean gap (0-1) between promised and covered over bins of equal count; None of no questions.

    Expected calibration error (Nixon et al., arXiv 1904.01685). With 35 questions a bin even a perfect confidence comes
    to about .04, and resampled questions to more than the value: the interval leans upwards.
    """
    promised, covered = np.asarray(confidences, dtype=float), np.asarray(is_covered, dtype=float)
    if not promised.size:
        return Figure(None, None, None, 0)
    draws = np.random.default_rng(SEED).integers(0, promised.size, (RESAMPLES, promised.size))
    low, high = np.quantile([_gap(promised[draw], covered[draw]) for draw in draws], ENDS)
    return Figure(_gap(promised, covered), float(low), float(high), promised.size)


def _gap(promised: Values, covered: Values) -> float:
    order = np.argsort(promised, kind="stable")
    gaps = np.add.reduceat((promised - covered)[order], _edges(promised.size))
    return float(np.abs(gaps).sum() / promised.size)


def _edges(size: int) -> Sequence[int]:
    return [int(places[0]) for places in np.array_split(np.arange(size), BINS) if places.size]
