"""Owns Figure: a measured value with its interval."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured value with its 95 % interval; whoever measures says over what it is."""

    value: float
    low: float
    high: float
