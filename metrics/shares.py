"""Owns Share: so many of so many, and how sure one can be of it."""

from dataclasses import dataclass
from math import sqrt

# The normal quantile of .9, for a one-sided 90 % bound.
Z_ONE_SIDED = 1.2816
# The normal quantile of .95, for both ends of a two-sided 90 % interval.
Z_TWO_SIDED = 1.6449


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, both counts, 0 <= part <= whole; two of them add up to that of both."""

    part: int = 0
    whole: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole)

    @property
    def value(self) -> float | None:
        """The share, 0-1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends, 0-1, of Wilson's (1927) two-sided 90 % interval of the share; None of nothing.

        (p + z²/2n ± z √(p (1 - p)/n + z²/4n²)) / (1 + z²/n) with p the share, n the whole, z = 1.6449. It takes the n
        as independent; several of one person are less sure than that.
        """
        return _wilson(self.part, self.whole, Z_TWO_SIDED) if self.whole else None


def wilson_lower_bound(right: int, tried: int) -> float:
    """Return the lower end 0-1 of Wilson's (1927) one-sided 90 % interval for a share; 0 before any attempt."""
    return _wilson(right, tried, Z_ONE_SIDED)[0] if tried else 0.0


def _wilson(part: int, whole: int, z: float) -> tuple[float, float]:
    share, z_squared = part / whole, z * z
    centre = share + z_squared / (2 * whole)
    margin = z * sqrt(share * (1 - share) / whole + z_squared / (4 * whole * whole))
    low, high = ((centre + side * margin) / (1 + z_squared / whole) for side in (-1, 1))
    # Rounding must not leave the share outside its own interval.
    return max(0.0, min(low, share)), min(1.0, max(high, share))
