"""Owns the measuring of a company's own scale: its headings asked as questions while their sections are hidden."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from coach.calibrate import Calibration, calibrate
from coach.rank import Rows
from coach.signals import Signals

MEASURED_SECTIONS = 100


def measure(
    headings: Mapping[str, Sequence[int]], signals_without: Callable[[str, Rows], Signals | None]
) -> Calibration:
    """Ask at most 100 headings as questions, each with its own passages hidden.

    `headings` names the rows of each heading's passages. `signals_without` asks one as any question is asked, of all
    rows but those given; None where nothing is left. Which headings are asked depends on their words alone, so that a
    company is measured the same again.
    """
    found = [signals_without(heading, np.array(headings[heading])) for heading in headings_asked(headings)]
    return calibrate([signals for signals in found if signals is not None])


def headings_asked(headings: Collection[str]) -> list[str]:
    """Return which of these headings are asked."""
    return sorted(headings, key=lambda heading: hashlib.sha256(heading.encode()).digest())[:MEASURED_SECTIONS]
