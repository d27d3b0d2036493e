"""Owns the thresholds between the three bands, measured on the company's own sections (pure)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

MIN_SECTIONS = 30
FIXED_LOW, FIXED_HIGH = 0.35, 0.45
COVERED_BELOW_LOW = 0.10
COVERED_BELOW_HIGH = 0.25
MASKED_BELOW_HIGH = 0.40
NEWTON_STEPS = 50
RIDGE = 1e-3


class Band(StrEnum):
    """How sure Coach is that the passages it found answer the question."""

    ANSWERED = "answered"
    UNCERTAIN = "uncertain"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True)
class Calibration:
    """Thresholds on the gate signal (raw cosine), and a logistic curve from it to a confidence.

    `covered` are signals of headings asked as questions, `masked` the same with their section hidden;
    `slope` is None with too few sections to measure, and then there is no confidence.
    """

    low: float
    high: float
    slope: float | None = None
    intercept: float | None = None
    covered: tuple[float, ...] = ()
    masked: tuple[float, ...] = ()

    def band(self, signal: float) -> Band:
        """Return the band of a signal."""
        if signal >= self.high:
            return Band.ANSWERED
        return Band.UNCERTAIN if signal >= self.low else Band.NOT_COVERED

    def confidence(self, signal: float) -> float | None:
        """Return the estimated share (0-1) of questions with this signal that are covered, None before calibration."""
        if self.slope is None or self.intercept is None:
            return None
        return float(1 / (1 + np.exp(-(self.slope * signal + self.intercept))))

    def to_json(self) -> dict[str, Any]:
        """Return the calibration as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Calibration":
        """Return the calibration that to_json wrote."""
        return cls(**{**values, "covered": tuple(values["covered"]), "masked": tuple(values["masked"])})


FIXED = Calibration(FIXED_LOW, FIXED_HIGH)


def calibrate(covered: Sequence[float], masked: Sequence[float]) -> Calibration:
    """Return thresholds from paired signals, the fixed ones for fewer than 30 sections.

    Below `low` lies one covered heading in ten. `high` is at least the signal of the lowest quarter of covered
    headings and of 40 % of the masked ones: masked is a hard negative, since neighbours often repeat a section.
    The shares were chosen on three handbooks with 272 answerable and 77 uncovered questions (docs/retrieval.md).
    """
    if len(covered) < MIN_SECTIONS:
        return FIXED
    low = float(np.quantile(covered, COVERED_BELOW_LOW))
    high = float(max(np.quantile(covered, COVERED_BELOW_HIGH), np.quantile(masked, MASKED_BELOW_HIGH)))
    slope, intercept = _logistic(np.array([*covered, *masked]), len(covered))
    return Calibration(
        low, high, slope, intercept, tuple(round(x, 4) for x in covered), tuple(round(x, 4) for x in masked)
    )


def _logistic(signals: np.ndarray, covered: int) -> tuple[float, float]:
    """Fit P(covered) by Newton's method with a slight ridge (Platt 1999); the slope never falls below 0."""
    labels = np.arange(signals.size) < covered
    inputs = np.stack([signals, np.ones_like(signals)], axis=1)
    weights = np.zeros(2)
    for _ in range(NEWTON_STEPS):
        chances = 1 / (1 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (chances - labels) + RIDGE * weights
        curvature = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + RIDGE * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return max(0.0, float(weights[0])), float(weights[1])
