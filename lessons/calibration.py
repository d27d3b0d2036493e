"""Owns how well recall is predicted on a log of answers: ours against the user's average, SM-2 and FSRS-6 as it comes.

Every predictor goes through the log in time and says its word before each answer; the last 30 % of the log is scored.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import floor, log

import numpy as np

from lessons import memory
from lessons.attempts import Attempt
from lessons.figure import Figure
from lessons.memory import FloatArray, Memory
from lessons.recalibration import History, Recalibration, learn, predict

SCORED_SHARE = 0.3
RESAMPLES = 1000
LEAST_PREDICTION = 0.0001
FEWEST = 50
OURS, FSRS, AVERAGE, SM2 = "ours", "fsrs", "average", "sm2"


@dataclass(frozen=True)
class Scores:
    """One predictor: log loss in nats and RMSE(bins), both better the smaller; `behind_ours` is its excess log loss."""

    log_loss: Figure
    rmse_bins: float
    behind_ours: Figure


@dataclass(frozen=True)
class Comparison:
    """How the predictors did on `scored` of the log's `answers`, of `people`; no `scores` where those are too few.

    `observed` is the share of the scored answers that were right, `predicted` the mean of our predictions.
    """

    answers: int
    people: int
    scored: int
    observed: float | None = None
    predicted: float | None = None
    scores: dict[str, Scores] = field(default_factory=dict)


@dataclass(frozen=True)
class Interval:
    """An item in SM-2 (Wozniak 1990): the interval in days, the easiness, and right answers in a row."""

    days: float = 0.0
    easiness: float = 2.5
    in_row: int = 0

    def after(self, is_right: bool) -> "Interval":
        """Return the item after an answer, of quality 4 where right and 2 where wrong."""
        quality = 4 if is_right else 2
        easiness = max(1.3, self.easiness + 0.1 - (5 - quality) * (0.08 + (5 - quality) * 0.02))
        if not is_right:
            return Interval(1.0, easiness, 0)
        days = {0: 1.0, 1: 6.0}.get(self.in_row, self.days * self.easiness)
        return Interval(days, easiness, self.in_row + 1)

    def recall(self, gap_days: float) -> float:
        """Return the recall SM-2 implies: 0.9 once its interval has passed."""
        return float(0.9 ** (gap_days / self.days))


@dataclass
class ItemState:
    """One person's item on the way through the log."""

    memory: Memory
    interval: Interval
    right: int = 0
    wrong: int = 0
    was_right: bool = False


@dataclass
class PersonState:
    """One person on the way through the log."""

    model: Recalibration = field(default_factory=Recalibration)
    items: dict[str, ItemState] = field(default_factory=dict)


@dataclass(frozen=True)
class Prediction:
    """One spaced answer, and what each predictor said before it."""

    cluster: tuple[int, str]
    bin: tuple[int, int, int]
    place: int
    is_right: bool
    said: dict[str, float]


def compare(attempts: Sequence[Attempt], seed: int = 0) -> Comparison:
    """Compare the predictors on a log, oldest answer first. The same log and seed give the same figures."""
    first_scored = round((1 - SCORED_SHARE) * len(attempts))
    scored = [prediction for prediction in predictions(attempts) if prediction.place >= first_scored]
    people = len({attempt.person_id for attempt in attempts})
    found = Comparison(len(attempts), people, len(scored))
    if len(scored) < FEWEST:
        return found
    right = np.array([prediction.is_right for prediction in scored], dtype=float)
    said = {name: np.array([prediction.said[name] for prediction in scored]) for name in (OURS, FSRS, AVERAGE, SM2)}
    losses = {name: _log_losses(chances, right) for name, chances in said.items()}
    resample = _resampler([prediction.cluster for prediction in scored], np.random.default_rng(seed))
    bins = [prediction.bin for prediction in scored]
    return replace(
        found,
        observed=float(right.mean()),
        predicted=float(said[OURS].mean()),
        scores={
            name: Scores(
                resample(losses[name]), rmse_bins(said[name], right, bins), resample(losses[name] - losses[OURS])
            )
            for name in said
        },
    )


def predictions(attempts: Iterable[Attempt]) -> list[Prediction]:
    """Return what each predictor said before each spaced answer of a log, oldest first."""
    people: dict[int, PersonState] = {}
    found = []
    for place, attempt in enumerate(attempts):
        person = people.setdefault(attempt.person_id, PersonState())
        state = person.items.get(attempt.item)
        if state is None:
            first = memory.first(float(attempt.is_right), attempt.at)
            state = person.items[attempt.item] = ItemState(first, Interval())
        else:
            history = _history(state, attempt)
            if history.is_spaced:
                found.append(_predicted(place, attempt, person.model, state, history))
            person.model = learn(person.model, history, attempt.is_right)
            state.memory = memory.after(state.memory, float(attempt.is_right), attempt.at)
        state.interval = state.interval.after(attempt.is_right)
        state.right, state.wrong = state.right + attempt.is_right, state.wrong + (not attempt.is_right)
        state.was_right = attempt.is_right
    return found


def rmse_bins(chances: FloatArray, right: FloatArray, bins: Sequence[tuple[int, int, int]]) -> float:
    """Return RMSE(bins): predicted against observed share in each bin, weighted by its answers.

    Bins are those of srs-benchmark: by gap, place among the item's answers, and number of earlier lapses.
    """
    places: dict[tuple[int, int, int], list[int]] = {}
    for place, each in enumerate(bins):
        places.setdefault(each, []).append(place)
    squares = [len(inside) * (chances[inside].mean() - right[inside].mean()) ** 2 for inside in places.values()]
    return float(np.sqrt(sum(squares) / len(bins)))


def _history(state: ItemState, attempt: Attempt) -> History:
    gap_days = (attempt.at - state.memory.last_at) / timedelta(days=1)
    return History(memory.recall(state.memory, attempt.at), state.right, state.wrong, state.was_right, gap_days)


def _predicted(place: int, attempt: Attempt, model: Recalibration, state: ItemState, history: History) -> Prediction:
    said = {
        OURS: predict(model, history),
        FSRS: history.recall,
        AVERAGE: (model.right + 1) / (model.answered + 2),
        SM2: state.interval.recall(history.gap_days),
    }
    place_of_answer = history.right + history.wrong + 1
    lapses = _step(history.wrong, 1.73) if history.wrong else -1
    its_bin = (_step(history.gap_days, 3.62), _step(place_of_answer, 1.89), lapses)
    return Prediction((attempt.person_id, attempt.item), its_bin, place, attempt.is_right, said)


def _step(number: float, base: float) -> int:
    return floor(log(number) / log(base))


def _log_losses(chances: FloatArray, right: FloatArray) -> FloatArray:
    kept = np.clip(chances, LEAST_PREDICTION, 1 - LEAST_PREDICTION)
    return np.asarray(-(right * np.log(kept) + (1 - right) * np.log(1 - kept)), dtype=np.float64)


def _resampler(clusters: Sequence[tuple[int, str]], rng: np.random.Generator) -> Callable[[FloatArray], Figure]:
    """Return a function from values to their mean with its interval; every call draws the same clusters."""
    names = {cluster: number for number, cluster in enumerate(dict.fromkeys(clusters))}
    numbers = np.array([names[cluster] for cluster in clusters])
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES)
    sizes = times @ np.bincount(numbers)

    def figure(values: FloatArray) -> Figure:
        means = times @ np.bincount(numbers, weights=values) / sizes
        low, high = np.quantile(means, (0.025, 0.975))
        return Figure(float(values.mean()), float(low), float(high))

    return figure
