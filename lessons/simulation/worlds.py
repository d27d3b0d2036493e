"""Owns the memory worlds: how simulated learners really forget, which no policy is told.

Each world holds learners x items, traits drawn once a learner from the learner's own generator, so that learner k is
the same person for every policy and for any number of learners. docs/simulation.md says why these three.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lessons.memory import (
    DEFAULT_WEIGHTS,
    EASIEST,
    HARDEST,
    SHORTEST_STABILITY_DAYS,
    FloatArray,
    Rating,
    first_state,
    next_state,
    recall_after,
)

BoolArray = NDArray[np.bool_]
Generators = Sequence[np.random.Generator]

RIGHT_AT_FIRST = 0.75


class World(Protocol):
    """How learners remember items: arrays of learners x items, days counted from the start of the programme."""

    def recall(self, day: int) -> FloatArray:
        """Return the probability that each item would be recalled on a day; 0 for what was never taught."""

    def chance_right(self, day: int) -> FloatArray:
        """Return the probability that each item would be answered right on a day, were it asked."""

    def practise(self, day: int, practised: BoolArray, right: BoolArray) -> None:
        """Let what was practised on a day, and how it went, change what is remembered."""


class FsrsWorld:
    """People who forget by FSRS-6 around its default weights: jittered forgetting, fixed difficulty an item."""

    def __init__(self, generators: Generators, items: int) -> None:
        drawn = [self._person(rng, items) for rng in generators]
        # Weights first, then learners, then an axis that broadcasts against items.
        self._weights = np.stack([weights for weights, _ in drawn], axis=1)[:, :, np.newaxis]
        self._difficulty = np.stack([difficulty for _, difficulty in drawn])
        self._stability = np.full_like(self._difficulty, SHORTEST_STABILITY_DAYS)
        self._last_day = np.full_like(self._difficulty, np.nan)

    @staticmethod
    def _person(rng: np.random.Generator, items: int) -> tuple[FloatArray, FloatArray]:
        weights = DEFAULT_WEIGHTS.copy()
        weights[:4] *= rng.lognormal(0, 0.5, 4)
        weights[8] += rng.normal(0, 0.15)
        weights[20] = np.clip(weights[20] * rng.lognormal(0, 0.3), 0.1, 0.8)
        return weights, np.clip(rng.normal(6, 1.8, items), EASIEST, HARDEST)

    def recall(self, day: int) -> FloatArray:
        """Return FSRS-6's recall at the person's own weights."""
        return np.nan_to_num(recall_after(self._stability, day - self._last_day, self._weights))

    def chance_right(self, day: int) -> FloatArray:
        """Return recall, or the share of right first answers for what is new."""
        return np.where(np.isnan(self._last_day), RIGHT_AT_FIRST, self.recall(day))

    def practise(self, day: int, practised: BoolArray, right: BoolArray) -> None:
        """Change stability as FSRS-6 does; difficulty stays what it is."""
        grade = np.where(right, Rating.GOOD, Rating.AGAIN)
        first, _ = first_state(grade, self._weights)
        is_new = np.isnan(self._last_day)
        elapsed = np.where(is_new, 1, day - self._last_day)
        later, _ = next_state(self._stability, self._difficulty, elapsed, grade, self._weights)
        self._stability = np.where(practised, np.where(is_new, first, later), self._stability)
        self._last_day = np.where(practised, day, self._last_day)


class ActRWorld:
    """People whose practice leaves traces that decay as powers of time, after Pavlik and Anderson (2005, 2008).

    Recall is logistic in activation; activation is the log of the sum of traces. A trace decays faster the higher
    activation was when it was made, which is why spaced practice lasts. Whether the answer was right does not matter.
    """

    _NOISE = 0.255
    _SCALE, _MOST_ACTIVATION = 0.217, 5.0
    # Time outside the session passes slower: a day is 0.4 x 60 x 24 x 0.025 units, as in the prototype's source.
    _UNITS_A_DAY, _SHORTEST = 0.4 * 60 * 24 * 0.025, 0.5

    def __init__(self, generators: Generators, items: int) -> None:
        drawn = [
            (0.177 * rng.lognormal(0, 0.2), -0.704 + rng.normal(0, 0.15), rng.normal(0, 0.35, items))
            for rng in generators
        ]
        self._intercept = np.array([[intercept] for intercept, _, _ in drawn])
        self._threshold = np.array([[threshold] for _, threshold, _ in drawn])
        self._offset = np.stack([offset for _, _, offset in drawn])
        self._days: list[FloatArray] = []
        self._decays: list[FloatArray] = []

    def _activation(self, day: int) -> FloatArray:
        total = np.zeros_like(self._offset)
        for made_on, decay in zip(self._days, self._decays, strict=True):
            units = np.maximum((day - made_on) * self._UNITS_A_DAY, self._SHORTEST)
            total += np.nan_to_num(units**-decay)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(total) + self._offset)

    def recall(self, day: int) -> FloatArray:
        """Return the logistic of activation above the threshold."""
        return _logistic((self._activation(day) - self._threshold) / self._NOISE)

    def chance_right(self, day: int) -> FloatArray:
        """Return recall, or the share of right first answers for what is new."""
        activation = self._activation(day)
        recalled = _logistic((activation - self._threshold) / self._NOISE)
        return np.where(np.isneginf(activation), RIGHT_AT_FIRST, recalled)

    def practise(self, day: int, practised: BoolArray, right: BoolArray) -> None:
        """Leave a trace whose decay rises with the activation it was made at."""
        activation = np.minimum(self._activation(day), self._MOST_ACTIVATION)
        decay = self._SCALE * np.exp(activation) + self._intercept
        self._leave(practised, float(day), decay)

    def _leave(self, practised: BoolArray, day: float, decay: FloatArray) -> None:
        """Put each trace into the first layer where its item has none, so that layers are attempts and stay few."""
        left = practised.copy()
        for layer in range(len(self._days) + 1):
            if not left.any():
                return
            if layer == len(self._days):
                self._days.append(np.full_like(self._offset, np.nan))
                self._decays.append(np.full_like(self._offset, np.nan))
            here = left & np.isnan(self._days[layer])
            self._days[layer][here] = day
            self._decays[layer][here] = decay[here]
            left &= ~here


class MisspecifiedWorld:
    """People who are like neither model: two stores that fade exponentially, interference, guesses, slips and moods.

    A fast store is full after each practice and fades within days; a slow one fades over months and fills by practice,
    the more the less was left to recall, and less where the answer was wrong. Practising an item weakens what is
    freshly learnt of its five neighbours. One in five unknown answers is guessed right, one in twenty known is a slip,
    and each day has its own form. Half-lives differ by person and by item within person.
    """

    _NEIGHBOURS, _INTERFERENCE = 6, 0.05
    _GUESS, _SLIP, _FORM = 0.2, 0.05, 0.3
    _WRONG_SHARE, _FAST_AFTER_WRONG = 0.4, 0.8

    def __init__(self, generators: Generators, items: int, days: int = 365) -> None:
        drawn = [self._person(rng, items, days) for rng in generators]
        self._fast_days, self._slow_days, self._growth, self._form = (
            np.stack(trait) for trait in zip(*drawn, strict=True)
        )
        self._group = np.arange(items) // self._NEIGHBOURS
        self._fast = np.zeros_like(self._fast_days)
        self._slow = np.zeros_like(self._fast_days)
        self._last_day = np.full_like(self._fast_days, np.nan)

    @staticmethod
    def _person(rng: np.random.Generator, items: int, days: int) -> tuple[FloatArray, ...]:
        by_item = rng.lognormal(0, 0.5, items)
        fast = 4 * rng.lognormal(0, 0.4) * by_item
        slow = 120 * rng.lognormal(0, 0.4) * by_item
        growth = np.full(items, np.clip(0.5 * rng.lognormal(0, 0.25), 0.1, 0.9))
        return fast, slow, growth, rng.normal(0, MisspecifiedWorld._FORM, days)

    def _stores(self, day: int) -> tuple[FloatArray, FloatArray]:
        elapsed = np.nan_to_num(day - self._last_day)
        return self._fast * 2 ** (-elapsed / self._fast_days), self._slow * 2 ** (-elapsed / self._slow_days)

    def recall(self, day: int) -> FloatArray:
        """Return the chance that at least one store still holds each item."""
        fast, slow = self._stores(day)
        return 1 - (1 - fast) * (1 - slow)

    def chance_right(self, day: int) -> FloatArray:
        """Return recall in the form of the day, with guesses and slips, or the share of right first answers."""
        with np.errstate(divide="ignore"):
            recalled = self.recall(day)
            odds = np.log(recalled) - np.log1p(-recalled)
        known = _logistic(odds + self._form[:, [day]])
        answered = known * (1 - self._SLIP) + (1 - known) * self._GUESS
        return np.where(np.isnan(self._last_day), RIGHT_AT_FIRST, answered)

    def practise(self, day: int, practised: BoolArray, right: BoolArray) -> None:
        """Fill the slow store by what was hard to recall, refresh the fast one, and disturb the neighbours."""
        fast, slow = self._stores(day)
        missing = (1 - fast) * (1 - slow)
        growth = self._growth * np.sqrt(missing) * np.where(right, 1, self._WRONG_SHARE)
        neighbours = np.stack([practised[:, self._group == group].sum(1) for group in self._group], axis=1) - practised
        disturbed = fast * (1 - self._INTERFERENCE) ** neighbours
        refreshed = np.where(right, 1.0, self._FAST_AFTER_WRONG)
        # Fading starts anew from today for every item, which changes nothing for those left alone: it is exponential.
        self._fast = np.where(practised, refreshed, disturbed)
        self._slow = np.where(practised, slow + (1 - slow) * growth, slow)
        self._last_day = np.where(practised | ~np.isnan(self._last_day), day, np.nan)


def _logistic(odds: FloatArray) -> FloatArray:
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-odds)))


NewWorld = Callable[[Generators, int], World]

WORLDS: dict[str, NewWorld] = {
    "fsrs": FsrsWorld,
    "act_r": ActRWorld,
    "misspecified": MisspecifiedWorld,
}
