"""Owns what each way to be wrong costs, and the three bands that follow from it (pure)."""

from dataclasses import dataclass
from enum import StrEnum


class Band(StrEnum):
    """How sure Coach is that the passages it found answer the question."""

    ANSWERED = "answered"
    UNCERTAIN = "uncertain"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True)
class Costs:
    """What four mistakes cost beside each other; only their proportions matter.

    `wrong`: something not covered is answered as certain. `doubt`: a right answer is given as uncertain. `noise`: the
    closest passages are shown for something not covered. `missed`: something covered is called not covered.

    Raises ValueError when one of the three bands would never be the cheapest.
    """

    wrong: float = 12.0
    doubt: float = 1.0
    noise: float = 3.0
    missed: float = 3.0

    def __post_init__(self) -> None:
        if self.noise <= 0 or self.doubt <= 0:
            raise ValueError("doubt and noise must be above 0. Give each cost a number above 0")
        if self.wrong <= self.noise:
            raise ValueError(
                f"wrong ({self.wrong:g}) must be above noise ({self.noise:g}), or it is never uncertain. Raise wrong"
            )
        if self.missed <= self.doubt:
            raise ValueError(
                f"missed ({self.missed:g}) must be above doubt ({self.doubt:g}), or it is never uncertain. Raise missed"
            )
        if self.low > self.high:
            raise ValueError(
                "these costs leave no room for an uncertain answer. Raise wrong or missed, or lower doubt or noise"
            )

    @property
    def low(self) -> float:
        """The probability (0-1) from which showing passages costs less than calling a question not covered."""
        return self.noise / (self.noise + self.missed - self.doubt)

    @property
    def high(self) -> float:
        """The probability (0-1) from which a certain answer costs less than an uncertain one."""
        return (self.wrong - self.noise) / (self.wrong - self.noise + self.doubt)

    def band(self, confidence: float) -> Band:
        """Return the band whose expected cost is lowest when quotes answer the question with this probability (0-1)."""
        if confidence >= self.high:
            return Band.ANSWERED
        return Band.UNCERTAIN if confidence >= self.low else Band.NOT_COVERED


DEFAULT_COSTS = Costs()
