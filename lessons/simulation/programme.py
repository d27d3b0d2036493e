"""Owns one simulated programme: a policy, a world, and the same few minutes every workday until they are spent."""

from dataclasses import dataclass

import numpy as np

from lessons.memory import FloatArray
from lessons.simulation.policies import MINUTES_NEW, MINUTES_RIGHT, MINUTES_WRONG, NEW_A_DAY, NewPolicy
from lessons.simulation.worlds import BoolArray, NewWorld

ITEMS = 120
DAYS, DAYS_AFTER = 90, 30
WORKDAYS_A_WEEK = 5
MINUTES_A_DAY = 5.0
KNOWN_FROM = 0.8
SMALLEST_MINUTES = 1e-9


@dataclass(frozen=True)
class Programme:
    """What came of it, one number a learner.

    `recall` is the mean probability of recall over all items `DAYS_AFTER` days after the programme, `known` the share
    of items at 0.8 or more then, `recall_during` the mean recall over the days of the programme, `minutes` what was
    spent in all, `introduced` how many items were ever taken up.
    """

    recall: FloatArray
    known: FloatArray
    recall_during: FloatArray
    minutes: FloatArray
    introduced: FloatArray


def generators(seed: int, learners: int, stream: int) -> list[np.random.Generator]:
    """Return one generator a learner, the same for learner k whatever the number of learners."""
    return [np.random.default_rng([seed, learner, stream]) for learner in range(learners)]


def run(new_world: NewWorld, new_policy: NewPolicy, learners: int, seed: int) -> Programme:
    """Take learners through a programme; the same seed gives the same learners and luck to every policy."""
    world = new_world(generators(seed, learners, 0), ITEMS)
    policy = new_policy(generators(seed, learners, 1), ITEMS)
    luck = np.stack([rng.random((DAYS, ITEMS)) for rng in generators(seed, learners, 2)])
    attempts = np.zeros((learners, ITEMS), dtype=np.int64)
    minutes, during = np.zeros(learners), np.zeros(learners)
    for day in range(DAYS):
        if day % 7 < WORKDAYS_A_WEEK:
            # Luck belongs to the item's attempt, not to the day: policies that agree so far meet the same luck.
            drawn = np.take_along_axis(luck, attempts[:, np.newaxis, :], axis=1)[:, 0, :]
            right = drawn < world.chance_right(day)
            practised, spent = _spend(policy.rank(day), right, attempts == 0)
            world.practise(day, practised, right)
            policy.learn(day, practised, right)
            attempts += practised
            minutes += spent
        during += world.recall(day + 1).mean(1)
    recall = world.recall(DAYS + DAYS_AFTER)
    return Programme(
        recall.mean(1), (recall >= KNOWN_FROM).mean(1), during / DAYS, minutes, (attempts > 0).sum(1).astype(np.float64)
    )


def _spend(rank: FloatArray, right: BoolArray, is_new: BoolArray) -> tuple[BoolArray, FloatArray]:
    """Go down each learner's ranking while the day's minutes last; return what was practised and the minutes spent.

    A review needs the minutes of a wrong answer left, a new item its own; at most NEW_A_DAY are new.
    """
    learners = np.arange(len(rank))
    order = np.argsort(rank, axis=1, kind="stable")
    left, new_left = np.full(len(rank), MINUTES_A_DAY), np.full(len(rank), NEW_A_DAY)
    practised = np.zeros(rank.shape, dtype=np.bool_)
    for item in order.T:
        new = is_new[learners, item]
        needed = np.where(new, MINUTES_NEW, MINUTES_WRONG)
        takes = np.isfinite(rank[learners, item]) & (left >= needed - SMALLEST_MINUTES) & (~new | (new_left > 0))
        cost = np.where(new, MINUTES_NEW, np.where(right[learners, item], MINUTES_RIGHT, MINUTES_WRONG))
        left -= np.where(takes, cost, 0)
        new_left -= takes & new
        practised[learners, item] = takes
        if (left < MINUTES_WRONG - SMALLEST_MINUTES).all():
            break
    return practised, MINUTES_A_DAY - left
