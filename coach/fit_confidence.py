"""Owns the coefficients between signals and a confidence, fitted on questions with known outcomes (pure)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RIDGE = 1.0
NEWTON_STEPS = 50
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Coefficients:
    """A logistic curve: one weight a signal, in the order of coach.signals.NAMES, and an intercept."""

    weights: tuple[float, ...]
    intercept: float

    def confidence(self, standardised: Matrix) -> Matrix:
        """Return probabilities (0-1) [n] of standardised signals [n, s]."""
        return np.asarray(1 / (1 + np.exp(-(standardised @ np.array(self.weights) + self.intercept))))


def fit(standardised: Matrix, is_covered: NDArray[np.bool_]) -> Coefficients:
    """Fit P(covered) to standardised signals [n, s] by Newton's method, with a ridge on all but the intercept.

    Both outcomes must occur. The intercept learns how many of these questions are covered.
    """
    inputs = np.column_stack([standardised, np.ones(len(standardised))])
    ridge = np.diag([RIDGE] * standardised.shape[1] + [1e-6])
    weights = np.zeros(inputs.shape[1])
    for _ in range(NEWTON_STEPS):
        chances = 1 / (1 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (chances - is_covered) + ridge @ weights
        curvature = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + ridge
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return Coefficients(tuple(float(weight) for weight in weights[:-1]), float(weights[-1]))
