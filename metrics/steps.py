"""Owns where mistakes happen: by step of an SOP from answers, by step of the work from what it reports."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from sqlalchemy.orm import Session

from metrics.periods import Period
from metrics.shares import Share
from metrics.step_tallies import AnswerStep, Step, StepTally, WorkStep, answered_steps, by_step, worked_steps

OFTEN_MISSED = 2
MANY_PEOPLE = 3


@dataclass(frozen=True)
class StepFigures(Generic[Step]):
    """A step, by how many `people` it was answered or done, by how many of them missed, and how often both."""

    step: Step
    times: int
    missed: int
    people: int
    people_missed: int

    @property
    def share(self) -> Share:
        """The missed ones of all."""
        return Share(self.missed, self.times)


@dataclass(frozen=True)
class Repeated(Generic[Step]):
    """A step that one person missed so many `times`, at first at `since`."""

    person_id: int
    step: Step
    times: int
    since: datetime


@dataclass(frozen=True)
class MissedByMany(Generic[Step]):
    """A step that each of these people missed, together so many `times`, at first at `since`."""

    step: Step
    person_ids: tuple[int, ...]
    times: int
    since: datetime


def step_mistakes(
    session: Session, person_ids: Collection[int] | None, period: Period, skill: str | None = None
) -> list[StepFigures[AnswerStep]]:
    """Return how often each step of an SOP was answered wrong in a period, the largest share missed first.

    Share missed = answers with a score under .75 / all answers to items about the step, 0-1, with Wilson's 90 %
    interval. A step is one of a module in a skill; answers to items about no step are left out. `people` gave at least
    one of these answers, `people_missed` a wrong one. `person_ids` None means everybody. Source: item_answered events.
    """
    return _figures(answered_steps(session, person_ids, period, skill))


def work_mistakes(session: Session, person_ids: Collection[int] | None, period: Period) -> list[StepFigures[WorkStep]]:
    """Return how often each step of the work went wrong in a period, the largest share missed first.

    Share missed = items missed or corrected / eligible items (done, alone, missed or corrected), 0-1, with Wilson's
    90 % interval. Items that name no step, and appointments, are left out. `people` had at least one eligible item,
    `people_missed` one missed or corrected. `person_ids` None means everybody. Source: work events.
    """
    return _figures(worked_steps(session, person_ids, period))


def repeated(session: Session, person_ids: Collection[int], period: Period) -> list[Repeated[AnswerStep]]:
    """Return the steps of an SOP that one of these people missed again and again, by person, most often first.

    That is: at least two answers with a score under .75 to items about the step in the period, and the newest answer
    about it one of them. One query. Source: item_answered events.
    """
    found = answered_steps(session, person_ids, period)
    return _repeated({key: tally for key, tally in found.items() if tally.is_newest_missed})


def repeated_at_work(session: Session, person_ids: Collection[int], period: Period) -> list[Repeated[WorkStep]]:
    """Return the steps of the work that one of these people missed again and again, by person, most often first.

    That is: missed or corrected at least twice in the period, whatever went well besides. One query. Source: work
    events.
    """
    return _repeated(worked_steps(session, person_ids, period))


def missed_by_many(
    session: Session, person_ids: Collection[int] | None, period: Period, people: int = MANY_PEOPLE
) -> list[MissedByMany[AnswerStep]]:
    """Return the steps of an SOP that at least so many `people` answered wrong (score under .75), most people first.

    One query. Source: item_answered events.
    """
    return _by_many(answered_steps(session, person_ids, period), people)


def missed_by_many_at_work(
    session: Session, person_ids: Collection[int] | None, period: Period, people: int = MANY_PEOPLE
) -> list[MissedByMany[WorkStep]]:
    """Return the steps of the work that at least so many `people` missed or had corrected, most people first.

    One query. Source: work events.
    """
    return _by_many(worked_steps(session, person_ids, period), people)


def _figures(found: Mapping[tuple[int, Step], StepTally]) -> list[StepFigures[Step]]:
    figures = [
        StepFigures(
            step,
            times=sum(tally.times for _, tally in each),
            missed=sum(tally.missed for _, tally in each),
            people=len(each),
            people_missed=sum(tally.missed > 0 for _, tally in each),
        )
        for step, each in by_step(found).items()
    ]
    return sorted(figures, key=lambda one: (-one.missed / one.times, -one.times, one.step))


def _repeated(found: Mapping[tuple[int, Step], StepTally]) -> list[Repeated[Step]]:
    often = [
        Repeated(person_id, step, tally.missed, tally.first_missed_at)
        for (person_id, step), tally in found.items()
        if tally.missed >= OFTEN_MISSED and tally.first_missed_at is not None
    ]
    return sorted(often, key=lambda one: (one.person_id, -one.times, one.step))


def _by_many(found: Mapping[tuple[int, Step], StepTally], people: int) -> list[MissedByMany[Step]]:
    missed = {key: tally for key, tally in found.items() if tally.missed}
    many = [
        MissedByMany(
            step,
            tuple(person_id for person_id, _ in each),
            sum(tally.missed for _, tally in each),
            min(tally.first_missed_at for _, tally in each if tally.first_missed_at is not None),
        )
        for step, each in by_step(missed).items()
        if len(each) >= people
    ]
    return sorted(many, key=lambda one: (-len(one.person_ids), -one.times, one.step))
