"""Owns the report of how Coach is used: who asks, what becomes of its lessons, and whether managers support them."""

from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from sqlalchemy.orm import Session

from lessons.reports import everybody
from lessons.viewer import Viewer
from metrics.adoption import AskersInWeek, NudgesSent, adoption
from metrics.errors import Refusal
from metrics.frequency import days_practised
from metrics.people import Person
from metrics.periods import Period
from metrics.reinforcement import WEEKS_COUNTED, cadence_of, reinforcement
from metrics.shares import Share
from metrics.weeks import last_weeks

WEEKS_LOOKED_BACK = 4
NOT_FOR_YOU = "How Coach is used is shown to those who look after it, and to its auditors."


@dataclass(frozen=True)
class Questions:
    """How many questions there were, by how they ended, and how many of them were asked again."""

    asked: int
    covered: int
    uncertain: int
    not_covered: int
    refused: int
    repeated: int


@dataclass(frozen=True)
class UseReport:
    """How the company's `people` used Coach in whole weeks up to the last Monday.

    Every figure is None, and `weeks` empty, where fewer people are behind it than may be shown: who asked, rated an
    answer, rated one as wrong, was sent a lesson, muted them, practised, or manages somebody. `weekly_askers` is the
    mean share 0-1 of `weeks`, oldest first. `support` are weeks with a manager's support of all weeks of all managers,
    in the last 8. `days_practised` is the mean of those who practised.
    """

    period: Period
    people: int
    weeks: tuple[AskersInWeek, ...] = ()
    weekly_askers: float | None = None
    questions: Questions | None = None
    helpful: Share | None = None
    returned: Share | None = None
    return_waiting: int | None = None
    nudges: NudgesSent | None = None
    muted: Share | None = None
    managers: int = 0
    support: Share | None = None
    support_weeks: int = WEEKS_COUNTED
    practised: int | None = None
    days_practised: float | None = None


def use_report(session: Session, viewer: Viewer, now: datetime) -> UseReport:
    """Return how everybody uses Coach, in figures of the company alone.

    Raises Refusal for who neither looks after Coach nor audits it.
    """
    if not viewer.sees_content:
        raise Refusal(NOT_FOR_YOU)
    weeks = last_weeks(WEEKS_LOOKED_BACK, now, viewer.zone)
    period = Period(weeks[0].period.since, weeks[-1].period.until)
    people, smallest = everybody(session), viewer.smallest_group
    ids = [person.id for person in people]
    found = adoption(session, ids, period, viewer.zone)
    has_askers, has_judged = found.askers >= smallest, found.returned.whole >= smallest
    tally = found.tally
    managers = _managers(people)
    days = [number for number in days_practised(session, ids, period, viewer.zone).values() if number]
    return UseReport(
        period=period,
        people=len(people),
        weeks=found.weeks if has_askers else (),
        weekly_askers=found.weekly_askers if has_askers else None,
        questions=(
            Questions(
                tally.asked, tally.covered, tally.uncertain, tally.not_covered, tally.refused, repeated=tally.repeated
            )
            if has_askers
            else None
        ),
        helpful=found.helpful if found.raters >= smallest else None,
        returned=found.returned if has_judged else None,
        return_waiting=found.return_waiting if has_judged else None,
        nudges=found.nudges if found.nudged >= smallest else None,
        muted=found.muted if found.muted.part >= smallest else None,
        managers=len(managers),
        support=(
            cadence_of(reinforcement(session, managers, now, viewer.zone).values())
            if len(managers) >= smallest
            else None
        ),
        practised=len(days) if len(days) >= smallest else None,
        days_practised=fmean(days) if len(days) >= smallest else None,
    )


def _managers(people: list[Person]) -> list[int]:
    """Return the active people somebody active reports to."""
    active = {person.id for person in people}
    return sorted({person.manager_id for person in people if person.manager_id is not None} & active)
