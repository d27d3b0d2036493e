"""Owns estimates: a value over n cases with its bootstrap interval (pure)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1_000
SEED = 20_261_121
ENDS = (0.025, 0.975)
KEPT = 0.8
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A value over n cases with its 95 % percentile bootstrap interval; all None over no cases."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def mean(values: Sequence[float]) -> Figure:
    """Return the mean with its interval; over pairs, the mean of their differences."""
    if not values:
        return Figure(None, None, None, 0)
    data = np.asarray(values, dtype=float)
    draws = np.random.default_rng(SEED).integers(0, data.size, (RESAMPLES, data.size))
    low, high = np.quantile(data[draws].mean(axis=1), ENDS)
    return Figure(float(data.mean()), float(low), float(high), data.size)


def auroc(covered: Sequence[float], uncovered: Sequence[float]) -> Figure:
    """Return the chance that a covered question has the higher confidence (Mann-Whitney)."""
    return _of_both(covered, uncovered, _wins)


def false_answers(covered: Sequence[float], uncovered: Sequence[float], kept: float = KEPT) -> Figure:
    """Return the share of uncovered questions (0-1) that are answered where a share `kept` of covered ones is.

    The threshold is read off these very questions, anew in each resample; `n` counts the uncovered ones.
    """
    figure = _of_both(covered, uncovered, lambda up, down: float(np.mean(down >= threshold(up, kept))))
    return Figure(figure.value, figure.low, figure.high, len(uncovered))


def threshold(covered: Sequence[float] | Values, kept: float = KEPT) -> float:
    """Return the highest confidence that at least a share `kept` (above 0, to 1) of covered questions reaches."""
    return float(np.sort(covered)[-ceil(kept * len(covered) - 1e-9)])


def _wins(up: Values, down: Values) -> float:
    return float(np.mean((up[:, None] > down[None, :]) + 0.5 * (up[:, None] == down[None, :])))


def _of_both(
    covered: Sequence[float], uncovered: Sequence[float], measure: Callable[[Values, Values], float]
) -> Figure:
    if not covered or not uncovered:
        return Figure(None, None, None, len(covered) + len(uncovered))
    up, down = np.asarray(covered, dtype=float), np.asarray(uncovered, dtype=float)
    source = np.random.default_rng(SEED)
    draws = [measure(source.choice(up, up.size), source.choice(down, down.size)) for _ in range(RESAMPLES)]
    low, high = np.quantile(draws, ENDS)
    return Figure(measure(up, down), float(low), float(high), up.size + down.size)
