"""Owns how one person's answers correct the memory model: a logistic regression that learns answer by answer, pure.

FSRS-6 with its published weights knows nothing of this person, these items or this company. Its prediction is one
feature here beside plain counts; at first it alone speaks. Each answer is predicted before it is learned from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import TypeAdapter

from lessons.memory import FloatArray

# Repeated within the hour, an item tests what was just read; nothing is learned from that about remembering.
SPACED = timedelta(hours=12)
FEATURES = ("always", "memory model", "times right", "times wrong", "right last time", "usual share right", "gap")
AT_FIRST = np.array([0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0])
# How far, one standard deviation, a weight may plausibly lie from where it starts; .3 to 1 measure alike.
PRIOR_SPREAD = 0.5
PRIOR_RIGHT, PRIOR_ANSWERED = 3.0, 4.0
LEAST_RECALL = 0.001


@dataclass(frozen=True)
class History:
    """What is known of an item before an answer: recall by the memory model 0-1, counts so far, days since the last."""

    recall: float
    right: int
    wrong: int
    was_right: bool
    gap_days: float

    @property
    def is_spaced(self) -> bool:
        """Whether enough time has passed for the answer to say something about remembering."""
        return self.gap_days >= SPACED / timedelta(days=1)


@dataclass(frozen=True)
class Histories:
    """Many histories: what History says of one item, as one array a field."""

    recall: FloatArray
    right: FloatArray
    wrong: FloatArray
    was_right: NDArray[np.bool_]
    gap_days: FloatArray

    @property
    def is_spaced(self) -> NDArray[np.bool_]:
        """As History.is_spaced, for each."""
        return np.asarray(self.gap_days >= SPACED / timedelta(days=1))


@dataclass(frozen=True)
class Recalibration:
    """What one person's spaced answers taught so far; the default is the memory model alone.

    `weights` are log odds a unit of each of FEATURES, `covariance` is how unsure they are, row by row; `answered` and
    `right` count the answers learned from.
    """

    weights: tuple[float, ...] = tuple(AT_FIRST.tolist())
    covariance: tuple[tuple[float, ...], ...] = tuple(map(tuple, (np.eye(len(AT_FIRST)) * PRIOR_SPREAD**2).tolist()))
    answered: int = 0
    right: int = 0

    @property
    def usual_share(self) -> float:
        """The share 0-1 of answers right, drawn towards the prior while few."""
        return (self.right + PRIOR_RIGHT) / (self.answered + PRIOR_ANSWERED)


RECALIBRATION = TypeAdapter(Recalibration)


def predict(model: Recalibration, history: History) -> float:
    """Return the chance 0-1 that an item is answered right; soon after the last time, the memory model's alone."""
    if not history.is_spaced:
        return history.recall
    return float(_chance(np.array(model.weights), _features(model.usual_share, history)))


def predict_all(models: Sequence[Recalibration], whose: Sequence[int], histories: Histories) -> FloatArray:
    """Return what predict does for many histories in one go; `whose` are the places of their models among `models`."""
    places = np.array(whose, dtype=np.intp)
    usual_shares = np.array([model.usual_share for model in models])[places]
    weights = np.array([model.weights for model in models]).reshape(-1, len(FEATURES))[places].T
    return np.where(histories.is_spaced, _chance(weights, _features(usual_shares, histories)), histories.recall)


def learn(model: Recalibration, history: History, is_right: bool) -> Recalibration:
    """Return the model after one more answer; unchanged by an answer that was not spaced.

    One step of recursive Bayesian logistic regression (extended Kalman filter): no learning rate, nothing to tune.
    """
    if not history.is_spaced:
        return model
    weights, covariance, features = (
        np.array(model.weights),
        np.array(model.covariance),
        _features(model.usual_share, history),
    )
    chance = float(_chance(weights, features))
    spread = covariance @ features
    information = chance * (1 - chance)
    covariance -= np.outer(spread, spread) * information / (1 + information * (features @ spread))
    weights += covariance @ features * (is_right - chance)
    return Recalibration(
        tuple(weights.tolist()),
        tuple(map(tuple, covariance.tolist())),
        model.answered + 1,
        model.right + is_right,
    )


def _features(usual_share: ArrayLike, history: History | Histories) -> FloatArray:
    """Return the value of each of FEATURES in the first axis."""
    recall = np.asarray(history.recall)
    return np.array(
        [
            np.ones_like(recall),
            _log_odds(recall),
            np.log1p(history.right),
            np.log1p(history.wrong),
            np.where(history.was_right, 0.5, -0.5),
            _log_odds(usual_share) - _log_odds(PRIOR_RIGHT / PRIOR_ANSWERED),
            np.log1p(history.gap_days),
        ]
    )


def _chance(weights: FloatArray, features: FloatArray) -> FloatArray:
    log_odds = np.asarray((weights * features).sum(axis=0))
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -10, 10))))


def _log_odds(share: ArrayLike) -> FloatArray:
    kept = np.clip(share, LEAST_RECALL, 1 - LEAST_RECALL)
    return np.asarray(np.log(kept / (1 - kept)))
