"""Owns how one person's answers correct the memory model: a logistic regression that learns answer by answer, pure.

FSRS-6 with its published weights knows nothing of this person, these items or this company. Its prediction is one
feature here beside plain counts; at first it alone speaks. Each answer is predicted before it is learned from.
"""

from dataclasses import dataclass
from datetime import timedelta
from math import log, log1p

import numpy as np
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
class Recalibration:
    """What one person's spaced answers taught so far; the default is the memory model alone.

    `weights` are log odds a unit of each of FEATURES, `covariance` is how unsure they are, row by row; `answered` and
    `right` count the answers learned from.
    """

    weights: tuple[float, ...] = tuple(AT_FIRST.tolist())
    covariance: tuple[tuple[float, ...], ...] = tuple(map(tuple, (np.eye(len(AT_FIRST)) * PRIOR_SPREAD**2).tolist()))
    answered: int = 0
    right: int = 0


RECALIBRATION = TypeAdapter(Recalibration)


def predict(model: Recalibration, history: History) -> float:
    """Return the chance 0-1 that an item is answered right; soon after the last time, the memory model's alone."""
    if not history.is_spaced:
        return history.recall
    return _chance(np.array(model.weights), _features(model, history))


def learn(model: Recalibration, history: History, is_right: bool) -> Recalibration:
    """Return the model after one more answer; unchanged by an answer that was not spaced.

    One step of recursive Bayesian logistic regression (extended Kalman filter): no learning rate, nothing to tune.
    """
    if not history.is_spaced:
        return model
    weights, covariance, features = np.array(model.weights), np.array(model.covariance), _features(model, history)
    chance = _chance(weights, features)
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


def _features(model: Recalibration, history: History) -> FloatArray:
    usual = (model.right + PRIOR_RIGHT) / (model.answered + PRIOR_ANSWERED)
    return np.array(
        [
            1.0,
            _log_odds(history.recall),
            log1p(history.right),
            log1p(history.wrong),
            0.5 if history.was_right else -0.5,
            _log_odds(usual) - _log_odds(PRIOR_RIGHT / PRIOR_ANSWERED),
            log1p(history.gap_days),
        ]
    )


def _chance(weights: FloatArray, features: FloatArray) -> float:
    return float(1 / (1 + np.exp(-np.clip(weights @ features, -10, 10))))


def _log_odds(share: float) -> float:
    kept = min(max(share, LEAST_RECALL), 1 - LEAST_RECALL)
    return log(kept / (1 - kept))
