"""Owns which figures of groups one viewer is shown, and adds up what the groups did."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lessons.report import GroupFigures, GroupRow
from lessons.viewer import Viewer
from metrics.groups import DIVISIONS, Figures, Shown, divide, releasable
from metrics.people import Person
from metrics.periods import Period
from metrics.standing import SkillState, Standing
from metrics.tallies import Tally, total
from metrics.tallying import tallies
from metrics.time_zones import local_time

# The ends of every period that can be asked for, and of the one before it, in days back.
BOUNDARIES_DAYS = (0, 7, 14, 30, 60, 90, 180, 365, 730)
STRETCHES = range(len(BOUNDARIES_DAYS) - 1)


@dataclass(frozen=True)
class Part:
    """Counts of a tally that rest on the same people: those with any of `of`, less `without` where that is given.

    Beside the counts of another part, what is left of that one can be told: `rest` names it, and is to be of enough
    people as well.
    """

    counts: tuple[str, ...]
    of: str
    without: str = ""
    rest: str = ""

    def amount(self, tally: Tally) -> float:
        """Return how much there is of it."""
        whole: float = getattr(tally, self.of)
        return whole - getattr(tally, self.without) if self.without else whole


# Of five who practised one alone may have answered, or been asked about a lesson: each part has people of its own.
PARTS: Mapping[str, Part] = {
    "effort": Part(("lessons_opened", "lessons_completed", "lessons_abandoned"), "lessons_opened"),
    "time": Part(("seconds", "budget_seconds"), "seconds"),
    "answers": Part(("answered", "right"), "answered"),
    "scenarios": Part(("scenarios_answered", "scenarios_right"), "scenarios_answered", rest="quiz"),
    "quiz": Part((), "answered", "scenarios_answered"),
    "confidence": Part(
        ("sure_answered", "confidence_sum", "sure_right", "squared_error_sum"), "sure_answered", rest="unsure"
    ),
    "unsure": Part((), "answered", "sure_answered"),
    "application": Part(("applied_asked", "applied"), "applied_asked"),
}


# What is seen of people by name as well.
SEEN_BY_NAME = ("effort", "time")


class Groups:
    """The groups in one viewer's scope, of whom they see `known` by name: how they stand, and their effort."""

    def __init__(
        self, session: Session, viewer: Viewer, scope: Sequence[Person], until: datetime, known: Collection[int]
    ) -> None:
        self._until, self._smallest = until, viewer.smallest_group
        self._known = frozenset(known)
        self._has_names = self._known.issuperset(person.id for person in scope)
        bounds = [until - timedelta(days=days) for days in reversed(BOUNDARIES_DAYS)]
        # Stretches are counted from the newest, intervals from the oldest.
        self._cells = {
            (key.person_id, STRETCHES[-1] - key.place): tally
            for key, tally in tallies(session, [person.id for person in scope], bounds).items()
        }
        self.cohorts = _cohorts(viewer, scope)
        today = local_time(until, viewer.zone).date()
        self._groupings: dict[str, dict[str, frozenset[int]]] = {
            by: divide(scope, by, today, self.cohorts) for by in DIVISIONS
        }
        self._active = {name: self._who(part) for name, part in PARTS.items()}
        self._shown = {name: self._releasable(active, name in SEEN_BY_NAME) for name, active in self._active.items()}
        anything = _by_person(cell for cell, tally in self._cells.items() if tally.did_anything)
        self._anything = self._releasable(anything, is_seen_by_name=True)

    def period(self, days: int) -> Period:
        """Return the period that is counted for groups."""
        return Period(self._until - timedelta(days=days), self._until)

    def row(
        self, by: str | None, label: str, people: Sequence[Person], found: Mapping[int, Standing], days: int
    ) -> GroupRow:
        """Return a group's row, with figures where they may be shown."""
        now, before = (self._figures(Figures(by, label, days, is_before), people, found) for is_before in (False, True))
        return GroupRow(label, len(people), now, before)

    def _figures(
        self, figures: Figures, people: Iterable[Person], found: Mapping[int, Standing]
    ) -> GroupFigures | None:
        if figures not in self._anything:
            return None
        ids = {person.id for person in people}
        stretches = _stretches(figures)
        did = {
            (person_id, stretch): tally
            for person_id in ids
            for stretch in stretches
            if (tally := self._cells.get((person_id, stretch))) is not None
        }
        whole = total(did.values())
        counts = {
            name: getattr(whole, name)
            for part in PARTS
            if self._may_show(part, figures, did)
            for name in PARTS[part].counts
        }
        contributors = {person_id for (person_id, _), tally in did.items() if tally.did_anything}
        mastered = needed = 0
        if self._has_names or figures in self._membership:
            states = [skill.state for person_id in ids for skill in found[person_id].needed]
            mastered, needed = states.count(SkillState.MASTERED), len(states)
        return GroupFigures(len(contributors), Tally(**counts), mastered, needed)

    def _may_show(self, name: str, figures: Figures, did: Mapping[tuple[int, int], Tally]) -> bool:
        part = PARTS[name]
        if figures not in self._shown[name]:
            return False
        # Where there is no rest at all, nothing is told of it.
        has_rest = part.rest and any(PARTS[part.rest].amount(tally) for tally in did.values())
        return not has_rest or figures in self._shown[part.rest]

    def _who(self, part: Part) -> dict[int, frozenset[int]]:
        return _by_person(cell for cell, tally in self._cells.items() if part.amount(tally))

    def _releasable(self, active: Mapping[int, frozenset[int]], is_seen_by_name: bool) -> Shown:
        groups = tuple((by, label, ids) for by, division in self._groupings.items() for label, ids in division.items())
        shown = _released(groups, tuple(sorted(active.items())), self._smallest)
        if not is_seen_by_name or self._has_names or not self._known:
            return shown
        # Whoever knows some by name subtracts them: what is left must tell of nobody either, or be nothing.
        rest = tuple((by, label, ids - self._known) for by, label, ids in groups)
        others = tuple(
            (person_id, places) for person_id, places in sorted(active.items()) if person_id not in self._known
        )
        all_known = {(by, label) for by, label, ids in rest if not ids}
        left = _released(rest, others, self._smallest)
        return frozenset(each for each in shown if each in left or (each.by, each.label) in all_known)

    @cached_property
    def _membership(self) -> Shown:
        """What may be shown of figures that rest on who is in a group, not on what anybody did."""
        everybody = {person_id for groups in self._groupings.values() for ids in groups.values() for person_id in ids}
        return self._releasable(dict.fromkeys(everybody, frozenset(STRETCHES)), is_seen_by_name=True)


def groups_until(now: datetime, zone: str) -> datetime:
    """Return the last Monday, 00:00 on the company's clock: up to there what groups did is counted."""
    today = local_time(now, zone).date()
    monday = today - timedelta(days=today.weekday())
    return datetime.combine(monday, time(), ZoneInfo(zone)).astimezone(UTC)


@lru_cache(maxsize=512)
def _released(
    groups: tuple[tuple[str, str, frozenset[int]], ...],
    active: tuple[tuple[int, frozenset[int]], ...],
    smallest: int,
) -> Shown:
    # What groups did up to Monday stays the same all week, and so does what may be shown of it.
    groupings: dict[str, dict[str, frozenset[int]]] = {}
    for by, label, ids in groups:
        groupings.setdefault(by, {})[label] = ids
    return releasable(groupings, dict(active), BOUNDARIES_DAYS, smallest)


def _stretches(figures: Figures) -> list[int]:
    newest, oldest = (figures.period_days, 2 * figures.period_days) if figures.is_before else (0, figures.period_days)
    return [
        place for place, (since, until) in enumerate(pairwise(BOUNDARIES_DAYS)) if newest <= since and until <= oldest
    ]


def _by_person(cells: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for person_id, stretch in cells:
        found.setdefault(person_id, set()).add(stretch)
    return {person_id: frozenset(stretches) for person_id, stretches in found.items()}


def _cohorts(viewer: Viewer, people: Sequence[Person]) -> dict[str, set[int]]:
    cohorts: dict[str, set[int]] = {}
    for person in people:
        cohort = viewer.rules.cohort_of(person.email, person.roles, person.team, person.site)
        if cohort is not None:
            cohorts.setdefault(cohort.name, set()).add(person.id)
    return cohorts
