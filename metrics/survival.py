"""Owns times until something happens where some people are not there yet: curve, median, restricted mean, log-rank.

Whoever is not there yet counts with the days seen so far (censored); leaving them out would flatter every figure.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import erfc, exp, inf, isfinite, log, pi, sqrt
from statistics import NormalDist

import numpy as np

Z_95 = NormalDist().inv_cdf(0.975)
# The widest interval between two of n times holds the median with a chance of 1 - 2 ** (1 - n): under 95 % up to 5.
FEWEST_FOR_INTERVAL = 6
ROUNDING = 1e-9


@dataclass(frozen=True)
class Observed:
    """One person: `days` until the event where `is_event`, else the days they were seen without it.

    Raises ValueError for days below 0 or without end.
    """

    days: float
    is_event: bool

    def __post_init__(self) -> None:
        if not isfinite(self.days) or self.days < 0:
            raise ValueError(f"nobody is seen for {self.days} days")


@dataclass(frozen=True)
class Curve:
    """How many are not there yet as the days go by, one place in each tuple a day on which somebody was seen last.

    `at_risk` were still waiting just before `times` (days), `events` got there then. `survival` is the share 0-1 still
    waiting after it, `variance` that of the share, from `low` to `high` its 95 % band. All are empty without people.
    """

    people: int = 0
    times: tuple[float, ...] = ()
    at_risk: tuple[int, ...] = ()
    events: tuple[int, ...] = ()
    survival: tuple[float, ...] = ()
    variance: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class Median:
    """The day by which half are there, with its 95 % interval; None is a day that has not been seen yet."""

    days: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class RestrictedMean:
    """The mean days within the first so many, and its standard error."""

    days: float
    error: float


@dataclass(frozen=True)
class LogRank:
    """Whether groups differ: `p` is the chance 0-1 of a chi-squared of these degrees at least as large if none does."""

    chi_squared: float
    degrees: int
    p: float


def kaplan_meier(observed: Iterable[Observed]) -> Curve:
    """Return the curve of some people; whoever is censored on a day was still waiting when others got there.

    Product limit of Kaplan and Meier (1958), variance of Greenwood (1926), band of Kalbfleisch and Prentice (1980) from
    log(-log(share)). Where nobody is left Greenwood has no variance: it is given as 0, and the band reaches up to the
    exact limit of Clopper and Pearson (1934) for none of the last ones left, or to where it was before.
    """
    everyone = list(observed)
    leaving = Counter(each.days for each in everyone)
    arriving = Counter(each.days for each in everyone if each.is_event)
    waiting, share, summed, high = len(everyone), 1.0, 0.0, 1.0
    rows: list[tuple[float, int, int, float, float, float, float]] = []
    for day in sorted(leaving):
        events = arriving[day]
        low = rows[-1][-2] if rows else 1.0
        if events == waiting:
            share, low, high = 0.0, 0.0, min(high, 1 - 0.025 ** (1 / waiting))
        elif events:
            share *= 1 - events / waiting
            summed += events / (waiting * (waiting - events))
            spread = exp(Z_95 * sqrt(summed) / -log(share))
            low, high = share**spread, share ** (1 / spread)
        rows.append((day, waiting, events, share, share**2 * summed, low, high))
        waiting -= leaving[day]
    return Curve(len(everyone), *zip(*rows, strict=True)) if rows else Curve()


def median(curve: Curve) -> Median:
    """Return the first day by which at most half are still waiting.

    The interval is that of Brookmeyer and Crowley (1982) from the curve's band: from the first day its lower edge is at
    most one half to the first day its upper edge is, as lifelines' median_survival_times(confidence_interval_) has it.
    It is left out under 6 people, of whom no two times hold the median with 95 %.
    """
    days = _first_day(curve, curve.survival)
    if curve.people < FEWEST_FOR_INTERVAL:
        return Median(days)
    return Median(days, _first_day(curve, curve.low), _first_day(curve, curve.high))


def survival_at(curve: Curve, days: float) -> float | None:
    """Return the share 0-1 still waiting after so many days; None where nobody was seen for that long."""
    if not curve.people or not _is_seen(curve, days):
        return None
    place = bisect_right(curve.times, days)
    return curve.survival[place - 1] if place else 1.0


def restricted_mean(curve: Curve, to_days: float) -> RestrictedMean | None:
    """Return the mean of min(days, `to_days`): the area under the curve up to there.

    Its variance sums (area from a day on) ** 2 * events / (at risk * (at risk - events)) over the days (Klein and
    Moeschberger 2003, section 4.5). None where nobody was seen for that long.
    """
    if not curve.people or not _is_seen(curve, to_days):
        return None
    seen = bisect_right(curve.times, to_days)
    days = [*curve.times[:seen], to_days]
    area, variance = 0.0, 0.0
    for place in reversed(range(seen)):
        area += curve.survival[place] * (days[place + 1] - days[place])
        waiting, events = curve.at_risk[place], curve.events[place]
        if events < waiting:
            variance += area**2 * events / (waiting * (waiting - events))
    return RestrictedMean(area + days[0], sqrt(variance))


def log_rank(*groups: Sequence[Observed]) -> LogRank | None:
    """Compare groups over all days; None where nothing tells them apart, as with one group or no event.

    Sums observed less expected events a group, with the hypergeometric covariances (Mantel 1966; Peto and Peto 1972).
    Only groups who waited together with others when somebody got there count towards the degrees of freedom.
    """
    arriving = [Counter(each.days for each in group if each.is_event) for group in groups]
    leaving = [sorted(each.days for each in group) for group in groups]
    excess = np.zeros(len(groups))
    covariance = np.zeros((len(groups), len(groups)))
    for day in sorted(set().union(*arriving)):
        waiting = np.array([len(days) - bisect_left(days, day) for days in leaving], dtype=float)
        events, everyone = sum(each[day] for each in arriving), waiting.sum()
        shares = waiting / everyone
        excess += [each[day] for each in arriving] - events * shares
        if everyone > 1:
            scale = events * (everyone - events) / (everyone - 1)
            covariance += scale * (np.diag(shares) - np.outer(shares, shares))
    sizes, axes = np.linalg.eigh(covariance)
    used = sizes > ROUNDING * max(sizes, default=0.0)
    degrees = int(used.sum())
    if not degrees:
        return None
    chi_squared = float(((axes.T @ excess)[used] ** 2 / sizes[used]).sum())
    return LogRank(chi_squared, degrees, chi_squared_tail(chi_squared, degrees))


def chi_squared_tail(value: float, degrees: int) -> float:
    """Return the chance 0-1 of a chi-squared at least as large as `value`, for whole degrees of freedom from 1.

    Closed forms: Abramowitz and Stegun (1964) 26.4.4 for odd degrees, 26.4.5 for even ones.
    """
    half = value / 2
    if degrees % 2:
        tail, term, start = erfc(sqrt(half)), exp(-half) * sqrt(half) * 2 / sqrt(pi), 1.5
    else:
        tail, term, start = 0.0, exp(-half), 1.0
    for step in range(degrees // 2):
        tail += term
        term *= half / (start + step)
    return float(tail)


def _first_day(curve: Curve, edge: Sequence[float]) -> float | None:
    return next((day for day, share in zip(curve.times, edge, strict=True) if share <= 0.5 + ROUNDING), None)


def _is_seen(curve: Curve, days: float) -> bool:
    return 0 <= days <= (inf if curve.survival[-1] == 0 else curve.times[-1])
