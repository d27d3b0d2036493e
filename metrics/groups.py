"""Owns groups of people, and of which groups and periods figures may be shown without telling about single people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

import numpy as np

from metrics.exposure import first_exposing
from metrics.people import Person
from metrics.periods import USUAL_DAYS

By = Literal["team", "role", "site", "tenure", "cohort"]
DIVISIONS: tuple[By, ...] = get_args(By)
NONE_GIVEN = "none given"
TENURES_MONTHS = {"under 3 months": 3, "3 to 12 months": 12, "1 to 3 years": 36}
LONGEST_TENURE, TENURE_UNKNOWN = "over 3 years", "unknown"
EVERYBODY = ""


class Figures(NamedTuple):
    """Figures of a group in the last `period_days`, or in as many before them; everybody is `by` None, label ""."""

    by: str | None
    label: str
    period_days: int
    is_before: bool


Shown = frozenset[Figures]
_Group = tuple[str | None, str, frozenset[int]]


def divide(
    people: Sequence[Person], by: By, today: date, cohorts: Mapping[str, Collection[int]] = {}
) -> dict[str, frozenset[int]]:
    """Return the ids of people by group, in the order of names, tenures from new to old; together they are everybody.

    Somebody with several roles is in several groups, who has none in "none given", which comes last. `cohorts` are ids
    of people by name.
    """
    groups: dict[str, set[int]] = {}
    for person in people:
        for label in _labels(person, by, today, cohorts) or [NONE_GIVEN]:
            groups.setdefault(label, set()).add(person.id)
    tenures = [*TENURES_MONTHS, LONGEST_TENURE, TENURE_UNKNOWN]
    order = tenures.index if by == "tenure" else lambda label: (label == NONE_GIVEN, label.casefold(), label)
    return {label: frozenset(groups[label]) for label in sorted(groups, key=order)}


def releasable(
    groupings: Mapping[str, Mapping[str, frozenset[int]]],
    active: Mapping[int, frozenset[int]],
    boundaries_days: Sequence[int],
    smallest: int,
) -> Shown:
    """Return all figures that one viewer may ever see, of everybody and of groups, so that none tells of single people.

    `groupings` are ids of people by division and group. `active` says in which stretches of time a person did
    anything: stretch i lies between boundaries i and i + 1, in days back from now. A period is each boundary whose
    double is one too. Figures are sums over units, a person in a stretch; whoever sees several may subtract. So of
    figures in a fixed order (everybody, then larger groups, then the usual period) each is taken that leaves this true:

    1. `smallest` people are in the group, and as many did something in the period.
    2. Within a figure, the rest after all groups of a division and period, or after all periods of a group, is nothing
       or of `smallest` people. So is then the rest after any one of them.
    3. No weighted sum of figures rests on one person, or on under `smallest` who are in the same groups
       (see metrics.exposure).

    1 and 2 are the threshold and the primary and complementary suppression of Hundepool et al. 2012, "Statistical
    Disclosure Control", chapter 4; differences are the trackers of Denning et al. 1979. The rule knows nothing of
    figures seen at another time, over other boundaries or of other groups: those must not be shown beside them.
    Raises ValueError for boundaries that make a period neither lie within a longer one nor apart from it.
    """
    everybody = sorted(set(active).union(*(ids for division in groupings.values() for ids in division.values())))
    groups = _groups(groupings, frozenset(everybody), smallest)
    candidates = _candidates(groups, everybody, active, boundaries_days, smallest)
    owners = _owners(groups, everybody, smallest)
    owner_of = np.array([owners] * (len(boundaries_days) - 1))
    refused: set[Figures] = set()
    known_safe = 0
    while True:
        taken = _Taken(len(everybody), smallest)
        for figures, units in candidates:
            if figures not in refused and taken.leaves_enough(figures, units):
                taken.add(figures, units)
        sums = [((each.by, each.label), units) for each, units in taken.units_by_figures.items()]
        exposing = first_exposing(sums, owner_of, known_safe)
        if exposing is None:
            return frozenset(taken.units_by_figures)
        refused.add(list(taken.units_by_figures)[exposing])
        known_safe = exposing


def _labels(person: Person, by: By, today: date, cohorts: Mapping[str, Collection[int]]) -> list[str]:
    match by:
        case "team":
            return [person.team] if person.team else []
        case "site":
            return [person.site] if person.site else []
        case "role":
            return person.roles
        case "cohort":
            return [name for name, ids in cohorts.items() if person.id in ids]
        case "tenure":
            return [_tenure(person.started_on, today)]


def _tenure(started_on: date | None, today: date) -> str:
    if started_on is None:
        return TENURE_UNKNOWN
    months = 12 * (today.year - started_on.year) + today.month - started_on.month
    if today.day < started_on.day:
        months -= 1
    return next((name for name, under in TENURES_MONTHS.items() if months < under), LONGEST_TENURE)


# Units are bits of one integer, stretch after stretch with a bit for each person: sets of thousands of them are
# compared in well under a microsecond.


def _groups(
    groupings: Mapping[str, Mapping[str, frozenset[int]]], everybody: frozenset[int], smallest: int
) -> list[_Group]:
    """Return everybody and the groups of enough people, the largest first."""
    groups = [(by, label, ids) for by, division in groupings.items() for label, ids in division.items()]
    whole: _Group = (None, EVERYBODY, everybody)
    return [group for group in (whole, *sorted(groups, key=lambda group: -len(group[2]))) if len(group[2]) >= smallest]


def _candidates(
    groups: Sequence[_Group],
    everybody: Sequence[int],
    active: Mapping[int, frozenset[int]],
    boundaries_days: Sequence[int],
    smallest: int,
) -> list[tuple[Figures, int]]:
    """Return figures of which enough people are part, first those to take first, with their units."""
    width = len(everybody)
    bit = {person_id: 1 << place for place, person_id in enumerate(everybody)}
    stretches = [0] * (len(boundaries_days) - 1)
    for person_id, places in active.items():
        for place in places:
            stretches[place] |= bit[person_id]
    found = []
    for by, label, ids in groups:
        members = sum(bit[person_id] for person_id in ids)
        for days, is_before, within in _periods(boundaries_days):
            units = sum((members & stretches[place]) << (place * width) for place in within)
            if _people_in(units, width) >= smallest:
                found.append((Figures(by, label, days, is_before), units))
    return found


def _owners(groups: Sequence[_Group], everybody: Sequence[int], smallest: int) -> list[int]:
    """Return a number for everybody: their own, or one together for too few people who are in the same groups."""
    groups_of: dict[int, list[int]] = {person_id: [] for person_id in everybody}
    for number, (_, _, ids) in enumerate(groups):
        for person_id in ids:
            groups_of[person_id].append(number)
    alike: dict[tuple[int, ...], list[int]] = {}
    for place, person_id in enumerate(everybody):
        alike.setdefault(tuple(groups_of[person_id]), []).append(place)
    owners = list(range(len(everybody)))
    for places in alike.values():
        if len(places) < smallest:
            for place in places:
                owners[place] = places[0]
    return owners


def _periods(boundaries_days: Sequence[int]) -> list[tuple[int, bool, range]]:
    """Return each period in days, whether it is the one before, and its stretches; the usual period first."""
    place = {days: number for number, days in enumerate(boundaries_days)}
    doubled = sorted(days for days in place if days > 0 and 2 * days in place)
    if any(2 * shorter > longer for shorter, longer in pairwise(doubled)):
        raise ValueError(f"periods that cross: {doubled}")
    doubled.sort(key=lambda days: days != USUAL_DAYS)
    return [
        (days, is_before, range(place[days], place[2 * days]) if is_before else range(place[days]))
        for days in doubled
        for is_before in (False, True)
    ]


def _people_in(units: int, width: int) -> int:
    people = 0
    while units:
        people |= units & ((1 << width) - 1)
        units >>= width
    return people.bit_count()


@dataclass
class _Taken:
    """Figures taken so far; `inside` are the units of a figure that others of a division, or a group, take in too."""

    width: int
    smallest: int
    units_by_figures: dict[Figures, int] = field(default_factory=dict)
    inside: dict[tuple[Figures, object], int] = field(default_factory=dict)

    def leaves_enough(self, figures: Figures, units: int) -> bool:
        """Say whether one more may be taken."""
        return all(self._is_enough(rest) for rest in self._rests(figures, units))

    def add(self, figures: Figures, units: int) -> None:
        """Take one more."""
        for other, its_units in self.units_by_figures.items():
            both = its_units & units
            if both == units:
                for family in _families(figures):
                    self.inside[other, family] = self.inside.get((other, family), 0) | units
            if both == its_units:
                for family in _families(other):
                    self.inside[figures, family] = self.inside.get((figures, family), 0) | its_units
        self.units_by_figures[figures] = units

    def _rests(self, figures: Figures, units: int) -> Iterable[int]:
        within: dict[object, int] = {}
        for other, its_units in self.units_by_figures.items():
            both = its_units & units
            if both == units:
                for family in _families(figures):
                    yield its_units & ~(units | self.inside.get((other, family), 0))
            elif both == its_units:
                for family in _families(other):
                    within[family] = within.get(family, 0) | its_units
        yield from (units & ~covered for covered in within.values())

    def _is_enough(self, rest: int) -> bool:
        return not rest or _people_in(rest, self.width) >= self.smallest


def _families(figures: Figures) -> tuple[object, object]:
    return (figures.by, figures.period_days, figures.is_before), (figures.by, figures.label)
