"""Owns what practice is worth: expected recall gained per minute, which the lessons and the simulation both rank by."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lessons.memory import FloatArray, Rating, first_state, next_state, recall_after

HORIZON_DAYS = 60.0
RIGHT_AT_FIRST = 0.75


def gain_per_minute(
    stability_days: ArrayLike,
    difficulty: ArrayLike,
    elapsed_days: ArrayLike,
    minutes_right: ArrayLike,
    minutes_wrong: ArrayLike,
    horizon_days: float = HORIZON_DAYS,
) -> FloatArray:
    """Return what reviewing each item now adds to its recall at the horizon, in recall share per minute.

    Arguments are arrays of one length: the memory (lessons.memory), the days since its last attempt, and the minutes
    an answer takes if right and if wrong. The gain is (p R(horizon | right) + (1 - p) R(horizon | wrong) - R(horizon |
    no review)) / (p minutes_right + (1 - p) minutes_wrong), with p the recall now. The horizon rolls: it is always so
    many days ahead, since nobody knows when the work will ask. Negative where a review is thought to do harm.
    """
    recalled = recall_after(stability_days, elapsed_days)
    without = recall_after(stability_days, np.asarray(elapsed_days) + horizon_days)
    right, _ = next_state(stability_days, difficulty, elapsed_days, Rating.GOOD)
    wrong, _ = next_state(stability_days, difficulty, elapsed_days, Rating.AGAIN)
    ahead = recalled * recall_after(right, horizon_days) + (1 - recalled) * recall_after(wrong, horizon_days)
    minutes = recalled * np.asarray(minutes_right) + (1 - recalled) * np.asarray(minutes_wrong)
    return _floats((ahead - without) / minutes)


def new_gain_per_minute(
    minutes: ArrayLike, horizon_days: float = HORIZON_DAYS, right_at_first: ArrayLike = RIGHT_AT_FIRST
) -> FloatArray:
    """Return what learning each new item adds to recall at the horizon, in recall share per minute.

    `minutes` is what its lesson and first attempt take, `right_at_first` the expected share of right first attempts.
    What was never taught counts as not known: its recall without the lesson is 0.
    """
    right, _ = first_state(Rating.GOOD)
    wrong, _ = first_state(Rating.AGAIN)
    share = np.asarray(right_at_first)
    ahead = share * recall_after(right, horizon_days) + (1 - share) * recall_after(wrong, horizon_days)
    return _floats(ahead / np.asarray(minutes))


def _floats(values: Any) -> FloatArray:
    return np.asarray(values, dtype=np.float64)
