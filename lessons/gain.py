"""Owns what practice is worth: expected recall gained per minute, which the lessons and the simulation both rank by.

Three choices paid in every simulated memory (docs/simulation.md): looking 30 days ahead, not charging an item for being
forgotten (the extra minutes of a wrong answer are owed whenever it is next asked), and halving the model's log odds.
The last is a hedge, not a prediction: weights that were fitted to other people should not decide as if they were sure.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lessons.memory import FloatArray, Rating, first_state, next_state, recall_after

HORIZON_DAYS = 30.0
RIGHT_AT_FIRST = 0.75


def gain_per_minute(
    stability_days: ArrayLike,
    difficulty: ArrayLike,
    elapsed_days: ArrayLike,
    minutes: ArrayLike,
    horizon_days: float = HORIZON_DAYS,
) -> FloatArray:
    """Return what reviewing each item now adds to its recall at the horizon, in recall share per minute.

    Arguments are arrays of one length: the memory (lessons.memory), the days since its last attempt, and the minutes
    a right answer takes. The gain is (p R(horizon | right) + (1 - p) R(horizon | wrong) - R(horizon | no review)) /
    minutes, with p the recall now and every recall hedged. The horizon rolls: it is always so many days ahead, since
    nobody knows when the work will ask. Negative where a review is thought to do harm.
    """
    recalled = _hedged(recall_after(stability_days, elapsed_days))
    without = _hedged(recall_after(stability_days, np.asarray(elapsed_days) + horizon_days))
    right, _ = next_state(stability_days, difficulty, elapsed_days, Rating.GOOD)
    wrong, _ = next_state(stability_days, difficulty, elapsed_days, Rating.AGAIN)
    if_right, if_wrong = (_hedged(recall_after(stability, horizon_days)) for stability in (right, wrong))
    ahead = recalled * if_right + (1 - recalled) * if_wrong
    return np.asarray((ahead - without) / np.asarray(minutes))


def new_gain_per_minute(
    minutes: ArrayLike, horizon_days: float = HORIZON_DAYS, right_at_first: ArrayLike = RIGHT_AT_FIRST
) -> FloatArray:
    """Return what learning each new item adds to recall at the horizon, in recall share per minute.

    `minutes` is what its lesson and first attempt take, `right_at_first` the expected share of right first attempts.
    What was never taught counts as not known: its recall without the lesson is 0.
    """
    right, wrong = (_hedged(recall_after(first_state(grade)[0], horizon_days)) for grade in (Rating.GOOD, Rating.AGAIN))
    share = np.asarray(right_at_first)
    return np.asarray((share * right + (1 - share) * wrong) / np.asarray(minutes))


def _hedged(recalled: Any) -> FloatArray:
    """Return probabilities of recall with their log odds halved: the square roots of both odds, made to sum to 1."""
    known, forgotten = np.sqrt(recalled), np.sqrt(1 - np.asarray(recalled))
    return np.asarray(known / (known + forgotten))
