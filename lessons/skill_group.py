"""Owns what answers and work of a group say of a skill: only of enough people, and of answers only in tenths."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from lessons.shelf import modules_in
from lessons.skills import SkillRule
from metrics.adherence import Adherence, FirstApplications, adherence, first_applications
from metrics.confidence import calibration
from metrics.consistency import consistency
from metrics.error_reduction import ErrorReduction, error_reduction
from metrics.people import Person
from metrics.periods import Period
from metrics.shares import Share
from metrics.steps import step_mistakes
from metrics.tallying import tallies

# Of groups only tenths are said of what single answers were: no two of them can be subtracted to have one person's.
STEPS_OF_A_SHARE = 10


@dataclass(frozen=True)
class StepPattern:
    """A step of an SOP that people miss: about which share, 0-1 in tenths, answered by so many people."""

    module: str
    title: str
    step: int
    missed: float
    people: int


@dataclass(frozen=True)
class StepConsistency:
    """How far those who answered about a step lie apart, in tenths: 0 is alike.

    `spread` is between people, 0-.7; `site_range` between sites of enough people each, 0-1, None without two of them.
    """

    module: str
    title: str
    step: int
    spread: float
    site_range: float | None
    people: int


@dataclass(frozen=True)
class SaidUsed:
    """About which share of lessons, 0-1 in tenths, `people` or their managers said that they were used at work."""

    share: float
    people: int


@dataclass(frozen=True)
class SkillGroup:
    """People in one skill in a period, with the smallest number of them that a figure may be of."""

    session: Session
    rule: SkillRule
    period: Period
    scope: Sequence[Person]
    smallest: int

    @property
    def ids(self) -> Collection[int]:
        """Who they are."""
        return [person.id for person in self.scope]

    def patterns(self) -> tuple[StepPattern, ...]:
        """Return the steps that people miss, the most often missed first."""
        steps = step_mistakes(self.session, self.ids, self.period, self.rule.key)
        enough = [each for each in steps if each.people >= self.smallest]
        titles = self._titles(each.step.module for each in enough)
        patterns = (
            StepPattern(
                each.step.module,
                titles[each.step.module],
                each.step.step,
                _in_tenths(each.missed / each.times),
                each.people,
            )
            for each in enough
        )
        return tuple(pattern for pattern in patterns if pattern.missed > 0)

    def consistency(self) -> tuple[StepConsistency, ...]:
        """Return how alike they answer about each step, the widest spread first."""
        sites = {person.id: person.site for person in self.scope if person.site}
        spreads = consistency(self.session, self.ids, self.period, sites, self.smallest, self.rule.key)
        enough = [each for each in spreads if each.people >= self.smallest]
        titles = self._titles(each.step.module for each in enough)
        return tuple(
            StepConsistency(
                each.step.module,
                titles[each.step.module],
                each.step.step,
                _in_tenths(each.deviation or 0.0),
                None if each.site_range is None else _in_tenths(each.site_range),
                each.people,
            )
            for each in enough
        )

    def overconfidence(self) -> float | None:
        """Return how much surer than right they are, -1 to 1 in tenths."""
        found = calibration(self.session, self.ids, self.period, self.rule.key)
        if not found or found[0].people < self.smallest or found[0].overconfidence is None:
            return None
        return _in_tenths(found[0].overconfidence)

    def said_used(self) -> SaidUsed | None:
        """Return how often lessons were used at work, as is said."""
        found = tallies(self.session, self.ids, (self.period.since, self.period.until), by_skill=True)
        told = [tally for key, tally in found.items() if key.skill == self.rule.key and tally.applied_asked]
        if len(told) < self.smallest:
            return None
        used = Share(sum(tally.applied for tally in told), sum(tally.applied_asked for tally in told))
        return SaidUsed(_in_tenths(used.value or 0.0), len(told))

    def work(self) -> Adherence | None:
        """Return how often the work shows what was taught, and its steps that enough of them did."""
        target = self.rule.adherence_target
        targets = {} if target is None else {self.rule.key: target}
        (found,) = adherence(self.session, self.ids, self.period, self._workflows, targets)
        if found.people < self.smallest:
            return None
        return replace(found, steps=tuple(step for step in found.steps if step.people >= self.smallest))

    def first_used(self) -> FirstApplications | None:
        """Return how soon after a lesson the work went well; None for a skill without a workflow, too."""
        # What is done this week waits for the next Monday, as everything here does.
        (found,) = first_applications(self.session, self.ids, self.period, self._workflows, self.period.until)
        return found if self.rule.workflows and found.people >= self.smallest else None

    def fewer_mistakes(self) -> tuple[ErrorReduction, ...]:
        """Return mistakes at each step of the work before their first lesson and after it."""
        found = error_reduction(self.session, self.ids, self._workflows, self.period.until)
        return tuple(each for each in found if each.people >= self.smallest)

    @property
    def _workflows(self) -> dict[str, Collection[str]]:
        return {self.rule.key: self.rule.workflows}

    def _titles(self, files: Iterable[str]) -> dict[str, str]:
        wanted = set(files)
        modules = modules_in(self.session, wanted)
        return {file: modules[file].title if file in modules else file for file in wanted}


def _in_tenths(share: float) -> float:
    return round(share * STEPS_OF_A_SHARE) / STEPS_OF_A_SHARE
