"""Owns the memory model: what a person is thought to remember of one item, by FSRS-6 with its published weights.

FSRS-6 (open-spaced-repetition, "The Algorithm", and py-fsrs 6.3, MIT) keeps two numbers a person and item: stability,
the days after which recall has fallen to 0.9, and difficulty, 1 to 10. Its default weights come from some 350 million
reviews of 10,000 people; a small company never has the answers to fit 21 weights of its own.

The array functions are the only formulas; one Memory goes through them too. `weights` has the 21 weights in its first
axis, so that weights[i] is one number, or an array that broadcasts against items.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

DEFAULT_WEIGHTS: FloatArray = np.array(
    [
        *(0.212, 1.2931, 2.3065, 8.2956),
        *(6.4133, 0.8334, 3.0194, 0.001),
        *(1.8722, 0.1666, 0.796),
        *(1.4835, 0.0614, 0.2629, 1.6483),
        *(0.6014, 1.8729),
        *(0.5425, 0.0912, 0.0658),
        0.1542,
    ]
)
SHORTEST_STABILITY_DAYS = 0.001
EASIEST, HARDEST = 1.0, 10.0
RECALL_AT_STABILITY = 0.9
RIGHT, HALF_RIGHT = 1.0, 0.5
SURE_ENOUGH = 0.5


class Rating(IntEnum):
    """How an attempt went, in FSRS's four grades."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True)
class Memory:
    """What one person is thought to remember of one item.

    `stability_days` is the time in which recall falls to 0.9, above 0; `difficulty` is 1 (easy) to 10; `last_at` is
    the UTC instant of the last attempt.
    """

    stability_days: float
    difficulty: float
    last_at: datetime


def rating_of(score: float, confidence: float | None = None) -> Rating:
    """Return the grade of an attempt with a score and a confidence, each 0-1 (None where it was not asked).

    Right is Good, at least half right is Hard, anything less Again. Right by a guess, at a confidence below 0.5, is
    Hard, so that it returns sooner than what was right and sure. Easy is never given: one sure answer is weak evidence
    for the 8 days it stands for. Raises ValueError outside 0-1.
    """
    if not 0 <= score <= 1 or not 0 <= (0 if confidence is None else confidence) <= 1:
        raise ValueError("score and confidence must be between 0 and 1")
    if score < HALF_RIGHT:
        return Rating.AGAIN
    is_guess = confidence is not None and confidence < SURE_ENOUGH
    return Rating.HARD if score < RIGHT or is_guess else Rating.GOOD


def first(score: float, at: datetime, confidence: float | None = None) -> Memory:
    """Return the memory of an item after its first attempt; `score` 0-1, `at` in UTC (else ValueError)."""
    _require_utc(at)
    stability, difficulty = first_state(rating_of(score, confidence))
    return Memory(float(stability), float(difficulty), at)


def after(memory: Memory, score: float, at: datetime, confidence: float | None = None) -> Memory:
    """Return the memory after one more attempt; `score` 0-1, `at` in UTC (else ValueError).

    Within 24 hours of the last attempt the short-term formula holds, as in py-fsrs; an `at` before it counts as at it.
    """
    _require_utc(at)
    stability, difficulty = next_state(
        memory.stability_days, memory.difficulty, elapsed_days(memory.last_at, at), rating_of(score, confidence)
    )
    return Memory(float(stability), float(difficulty), max(memory.last_at, at))


def recall(memory: Memory, at: datetime) -> float:
    """Return the probability, above 0 and up to 1, of recall at an instant in UTC (else ValueError)."""
    return float(recall_after(memory.stability_days, elapsed_days(memory.last_at, at)))


def falls_to(memory: Memory, share: float) -> datetime:
    """Return when recall will have fallen to a share between 0 and 1: the time to return to the item."""
    return memory.last_at + timedelta(days=float(interval_days(memory.stability_days, share)))


def elapsed_days(since: datetime, at: datetime) -> float:
    """Return the days from one UTC instant to another, 0 if it lies before; ValueError where either is not in UTC."""
    _require_utc(since)
    _require_utc(at)
    return max(0.0, (at - since) / timedelta(days=1))


def recall_after(stability_days: ArrayLike, elapsed: ArrayLike, weights: FloatArray = DEFAULT_WEIGHTS) -> FloatArray:
    """Return the probability of recall so many days after the last attempt: (1 + F t / S) ** -w20, 0.9 at t = S."""
    decay = weights[20]
    factor = RECALL_AT_STABILITY ** (-1 / decay) - 1
    return _floats((1 + factor * np.asarray(elapsed) / np.asarray(stability_days)) ** -decay)


def interval_days(stability_days: ArrayLike, share: ArrayLike, weights: FloatArray = DEFAULT_WEIGHTS) -> FloatArray:
    """Return the days after which recall has fallen to a share: recall_after solved for time."""
    decay = weights[20]
    factor = RECALL_AT_STABILITY ** (-1 / decay) - 1
    return _floats(np.asarray(stability_days) / factor * (np.asarray(share) ** (-1 / decay) - 1))


def first_state(rating: ArrayLike, weights: FloatArray = DEFAULT_WEIGHTS) -> tuple[FloatArray, FloatArray]:
    """Return stability in days and difficulty after a first attempt graded 1-4.

    S0 = w[G-1]; D0 = w4 - exp(w5 (G - 1)) + 1, kept within 1-10.
    """
    grade = np.asarray(rating)
    stability = np.choose(grade - 1, [weights[0], weights[1], weights[2], weights[3]])
    return _stable(stability), _difficult(_first_difficulty(grade, weights))


def next_state(
    stability_days: ArrayLike,
    difficulty: ArrayLike,
    elapsed: ArrayLike,
    rating: ArrayLike,
    weights: FloatArray = DEFAULT_WEIGHTS,
) -> tuple[FloatArray, FloatArray]:
    """Return stability in days and difficulty after another attempt graded 1-4, `elapsed` days after the last one.

    A success multiplies stability by 1 + exp(w8) (11 - D) S^-w9 (exp(w10 (1 - R)) - 1), times w15 if Hard, w16 if
    Easy. A lapse sets it to w11 D^-w12 ((S + 1)^w13 - 1) exp(w14 (1 - R)), at most S / exp(w17 w18). Within a day it
    is multiplied by exp(w17 (G - 3 + w18)) S^-w19 instead, by at least 1 for a success.
    """
    stable, hard, days, grade = (np.asarray(value) for value in (stability_days, difficulty, elapsed, rating))
    forgotten = 1 - recall_after(stable, days, weights)
    bonus = np.choose(grade - 1, [1.0, weights[15], 1.0, weights[16]])
    grown = np.exp(weights[8]) * (11 - hard) * stable ** -weights[9] * np.expm1(weights[10] * forgotten) * bonus
    lapsed = np.minimum(
        weights[11] * hard ** -weights[12] * ((stable + 1) ** weights[13] - 1) * np.exp(weights[14] * forgotten),
        stable / np.exp(weights[17] * weights[18]),
    )
    factor = np.exp(weights[17] * (grade - 3 + weights[18])) * stable ** -weights[19]
    is_success = grade > Rating.AGAIN
    soon = stable * np.where(is_success, np.maximum(factor, 1), factor)
    later = np.where(is_success, stable * (1 + grown), lapsed)
    return _stable(np.where(days < 1, soon, later)), _next_difficulty(hard, grade, weights)


def _first_difficulty(grade: NDArray[Any], weights: FloatArray) -> FloatArray:
    return _floats(weights[4] - np.exp(weights[5] * (grade - 1)) + 1)


def _next_difficulty(difficulty: NDArray[Any], grade: NDArray[Any], weights: FloatArray) -> FloatArray:
    damped = difficulty - weights[6] * (grade - 3) * (10 - difficulty) / 9
    easy = _first_difficulty(np.asarray(Rating.EASY), weights)
    return _difficult(weights[7] * easy + (1 - weights[7]) * damped)


def _stable(stability_days: NDArray[Any]) -> FloatArray:
    return _floats(np.maximum(stability_days, SHORTEST_STABILITY_DAYS))


def _difficult(difficulty: NDArray[Any]) -> FloatArray:
    return _floats(np.clip(difficulty, EASIEST, HARDEST))


def _floats(values: Any) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def _require_utc(at: datetime) -> None:
    if at.tzinfo != UTC:
        raise ValueError("an instant of the memory model must be in UTC")
