"""Owns the policies compared: in which order each would take the items of a day, and what it learns
from answers.

A policy ranks all items of all learners at the start of a day, the lowest number first, infinite for what it would not
take; the day (lessons.simulation.programme) then goes down the ranking until the minutes are spent. So a policy with
nothing due takes its own next most urgent item, and every policy spends the same minutes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

import numpy as np

from lessons.gain import gain_per_minute, new_gain_per_minute
from lessons.memory import FloatArray, Rating, first_state, interval_days, next_state, recall_after
from lessons.simulation.worlds import BoolArray, Generators

NEW_A_DAY = 3
MINUTES_NEW, MINUTES_RIGHT, MINUTES_WRONG = 1.0, 0.2, 0.5
DESIRED_RECALL = 0.9


class Policy(Protocol):
    """A way to choose what to practise; arrays of learners x items."""

    def rank(self, day: int) -> FloatArray:
        """Return when each item's turn is on a day, lowest first; infinite for what is not to be taken."""

    def learn(self, day: int, practised: BoolArray, right: BoolArray) -> None:
        """Take in what was practised on a day and how it went."""


class _Introducing:
    """What all policies share: items are introduced in one order, at most so many a day."""

    def __init__(self, generators: Generators, items: int) -> None:
        self._shape = (len(generators), items)
        self._seen = np.zeros(self._shape, dtype=np.bool_)

    def _place_among_new(self) -> FloatArray:
        """Return 0, 1, 2 for the items to be introduced next, infinite for all others."""
        place = np.arange(self._shape[1]) - self._seen.sum(1, keepdims=True)
        return np.where(self._seen | (place >= NEW_A_DAY), np.inf, place)


class RandomPolicy(_Introducing):
    """Takes any item with equal chance; each new one still allowed today counts as one item more to draw from."""

    def __init__(self, generators: Generators, items: int) -> None:
        super().__init__(generators, items)
        self._generators = generators

    def rank(self, day: int) -> FloatArray:
        """Return arrival times: every seen item comes at rate 1, the next new one at the rate of all left."""
        drawn = np.stack([rng.exponential(1, self._shape[1] + NEW_A_DAY) for rng in self._generators])
        left = np.clip(self._shape[1] - self._seen.sum(1, keepdims=True), 1, NEW_A_DAY)
        arrivals = np.cumsum(drawn[:, -NEW_A_DAY:] / left, axis=1)
        place = self._place_among_new()
        new = np.take_along_axis(arrivals, np.minimum(place, NEW_A_DAY - 1).astype(int), axis=1)
        return np.where(self._seen, drawn[:, :-NEW_A_DAY], np.where(np.isfinite(place), new, np.inf))

    def learn(self, day: int, practised: BoolArray, right: BoolArray) -> None:
        """Note what was introduced."""
        self._seen |= practised


class _Dated(_Introducing, ABC):
    """What is due comes first, the longest overdue ahead; then new items; then what is due soonest."""

    def __init__(self, generators: Generators, items: int) -> None:
        super().__init__(generators, items)
        self._due = np.zeros(self._shape)

    def rank(self, day: int) -> FloatArray:
        """Return due days, new items between what is due today and tomorrow."""
        return np.where(self._seen, self._due, day + 0.5 + self._place_among_new() / 100)

    def learn(self, day: int, practised: BoolArray, right: BoolArray) -> None:
        """Set the next due day of what was practised."""
        self._due = np.where(practised, day + self._intervals(day, practised, right), self._due)
        self._seen |= practised

    @abstractmethod
    def _intervals(self, day: int, practised: BoolArray, right: BoolArray) -> FloatArray:
        """Return the days until each item is due again."""


class WeeklyPolicy(_Dated):
    """Every item again after seven days."""

    def _intervals(self, day: int, practised: BoolArray, right: BoolArray) -> FloatArray:
        return np.full(self._shape, 7.0)


class LeitnerPolicy(_Dated):
    """Boxes of 1, 2, 4, 8, 16 and 32 days; a right answer moves an item one on, a wrong one back to the first."""

    _BOXES = np.array([1.0, 2, 4, 8, 16, 32])

    def __init__(self, generators: Generators, items: int) -> None:
        super().__init__(generators, items)
        self._box = np.full(self._shape, -1)

    def _intervals(self, day: int, practised: BoolArray, right: BoolArray) -> FloatArray:
        moved = np.where(right, np.minimum(self._box + 1, len(self._BOXES) - 1), 0)
        self._box = np.where(practised, moved, self._box)
        return np.asarray(self._BOXES[np.maximum(self._box, 0)])


class Sm2Policy(_Dated):
    """SuperMemo 2 (Wozniak 1990): 1 day, 6 days, then times an ease that quality 4 keeps and quality 2 lowers."""

    _EASE, _LEAST_EASE = 2.5, 1.3
    _QUALITY_RIGHT, _QUALITY_WRONG = 4, 2

    def __init__(self, generators: Generators, items: int) -> None:
        super().__init__(generators, items)
        self._successes = np.zeros(self._shape)
        self._ease = np.full(self._shape, self._EASE)
        self._interval = np.zeros(self._shape)

    def _intervals(self, day: int, practised: BoolArray, right: BoolArray) -> FloatArray:
        by_ease = np.round(self._interval * self._ease)
        grown = np.select([self._successes == 0, self._successes == 1], [1.0, 6.0], by_ease)
        missing = 5 - np.where(right, self._QUALITY_RIGHT, self._QUALITY_WRONG)
        ease = np.maximum(self._ease + 0.1 - missing * (0.08 + missing * 0.02), self._LEAST_EASE)
        self._interval = np.where(practised, np.where(right, grown, 1.0), self._interval)
        self._successes = np.where(practised, np.where(right, self._successes + 1, 0), self._successes)
        self._ease = np.where(practised, ease, self._ease)
        return self._interval


class _Remembering(_Introducing):
    """Keeps FSRS-6 with default weights for every learner and item."""

    def __init__(self, generators: Generators, items: int) -> None:
        super().__init__(generators, items)
        self._stability = np.ones(self._shape)
        self._difficulty = np.ones(self._shape)
        self._last_day = np.zeros(self._shape)

    def learn(self, day: int, practised: BoolArray, right: BoolArray) -> None:
        """Bring memories up to date by the formulas the lessons use."""
        grade = np.where(right, Rating.GOOD, Rating.AGAIN)
        first = first_state(grade)
        later = next_state(self._stability, self._difficulty, day - self._last_day, grade)
        stability, difficulty = (np.where(self._seen, *pair) for pair in zip(later, first, strict=True))
        self._stability = np.where(practised, stability, self._stability)
        self._difficulty = np.where(practised, difficulty, self._difficulty)
        self._last_day = np.where(practised, day, self._last_day)
        self._seen |= practised


class FsrsDuePolicy(_Remembering):
    """FSRS-6 with default weights and due days at a desired recall of 0.9; of what is due, the least recalled first."""

    def rank(self, day: int) -> FloatArray:
        """Return recall less 1 for what is due, then new items, then due days."""
        recalled = recall_after(self._stability, day - self._last_day)
        due = self._last_day + np.maximum(1, np.round(interval_days(self._stability, DESIRED_RECALL)))
        return np.where(self._seen, np.where(due <= day, recalled - 1, due), day + 0.5 + self._place_among_new() / 100)


class CoachPolicy(_Remembering):
    """Our sequence: whatever adds most to recall at the horizon per minute, reviews and new items alike."""

    def rank(self, day: int) -> FloatArray:
        """Return the expected gain per minute, the highest first."""
        review = gain_per_minute(self._stability, self._difficulty, day - self._last_day, MINUTES_RIGHT)
        place = self._place_among_new()
        return np.where(self._seen, -review, np.where(np.isfinite(place), -new_gain_per_minute(MINUTES_NEW), np.inf))


NewPolicy = Callable[[Generators, int], Policy]

POLICIES: dict[str, NewPolicy] = {
    "coach": CoachPolicy,
    "random": RandomPolicy,
    "weekly": WeeklyPolicy,
    "leitner": LeitnerPolicy,
    "sm2": Sm2Policy,
    "fsrs_due": FsrsDuePolicy,
}
