"""Owns the confidence that passages answer a question, on a scale measured on the company's own sections (pure)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from coach.fit_confidence import Coefficients, Matrix
from coach.signals import NAMES, Signals

# Named anew whenever signals or coefficients change, so that every company is measured again.
CONFIDENCE = "confidence-1"
MIN_SECTIONS = 30
LEAST_SPREAD = 0.02


@dataclass(frozen=True)
class Scale:
    """Where the signals of hidden sections lie, and how far apart: one value a signal, in the order of NAMES."""

    centre: tuple[float, ...]
    spread: tuple[float, ...]


@dataclass(frozen=True)
class Calibration:
    """How signals become a confidence in one generation; `sections` (0: fixed) is on how many it was measured.

    Embedders differ in how near to each other they put texts, and so do SOPs; on the company's own scale the
    coefficients hold for all.
    """

    scale: Scale
    coefficients: Coefficients
    sections: int = 0

    def standardised(self, signals: Signals) -> Matrix:
        """Return the signals [1, s] in spreads from the centre of those of hidden sections."""
        values = np.array([signals.as_record()[name] for name in NAMES])
        return np.asarray((values - np.array(self.scale.centre)) / np.array(self.scale.spread))[None]

    def confidence(self, signals: Signals) -> float:
        """Return the probability (0-1) that the passages answer the question.

        It takes four questions in five to be covered, as in the handbooks the coefficients come from.
        """
        return float(self.coefficients.confidence(self.standardised(signals))[0])

    def to_json(self) -> dict[str, Any]:
        """Return the calibration as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Calibration":
        """Return the calibration that to_json wrote, the fixed one for what an earlier Coach wrote."""
        if "scale" not in values:
            return FIXED
        scale, coefficients = values["scale"], values["coefficients"]
        return cls(
            Scale(tuple(scale["centre"]), tuple(scale["spread"])),
            Coefficients(tuple(coefficients["weights"]), coefficients["intercept"]),
            values["sections"],
        )


# Fitted on all three handbooks (docs/retrieval.md); `coach eval` reports each with those fitted on the others.
COEFFICIENTS = Coefficients((2.137, -0.951, 1.317, -0.867, -1.087), 3.409)
FIXED = Calibration(Scale((0.503, 0.290, 0.065, 0.320, 0.0), (0.157, 0.067, 0.097, 0.128, 1.0)), COEFFICIENTS)


def calibrate(hidden: Sequence[Signals]) -> Calibration:
    """Return the calibration of a company from signals of headings asked with their section hidden.

    The fixed one for fewer than 30. What no SOP holds is a share and needs no scale.
    """
    if len(hidden) < MIN_SECTIONS:
        return FIXED
    values = np.array([[signals.as_record()[name] for name in NAMES] for signals in hidden])
    is_cosine = np.array([name != "absent" for name in NAMES])
    centre = np.where(is_cosine, values.mean(axis=0), 0.0).round(4)
    spread = np.where(is_cosine, np.maximum(values.std(axis=0), LEAST_SPREAD), 1.0).round(4)
    return Calibration(Scale(tuple(map(float, centre)), tuple(map(float, spread))), COEFFICIENTS, len(hidden))
