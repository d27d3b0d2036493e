"""Owns what the work shows of what was taught: how often it is done, and how soon after the lesson for the first time.

Whether people say they used a lesson is another figure (application, metrics/tallies.py). The two are never mixed.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

from sqlalchemy import select
from sqlalchemy.orm import Session

from metrics import survival
from metrics.events.kinds import LessonCompleted
from metrics.events.record import EventRow
from metrics.periods import Period
from metrics.shares import Share
from metrics.step_tallies import StepTally, WorkStep, by_step, worked_steps
from metrics.survival import Observed
from metrics.work import SEEN, WorkEvent, has_happened, workflow_name

FOLLOWED_DAYS = 28


@dataclass(frozen=True)
class StepAdherence:
    """A step of the work: `seen` of `eligible` items, by so many `people`."""

    step: WorkStep
    eligible: int
    seen: int
    people: int

    @property
    def share(self) -> Share:
        """The items in which it was seen, of all eligible ones."""
        return Share(self.seen, self.eligible)


@dataclass(frozen=True)
class Adherence:
    """A skill in the work: `seen` of `eligible` items, by so many `people`; its steps, the lowest share first.

    `target` is the share 0-1 the company wants, None where it says nothing.
    """

    skill: str
    eligible: int = 0
    seen: int = 0
    people: int = 0
    target: float | None = None
    steps: tuple[StepAdherence, ...] = ()

    @property
    def share(self) -> Share:
        """The items in which it was seen, of all eligible ones."""
        return Share(self.seen, self.eligible)

    @property
    def is_on_target(self) -> bool | None:
        """Whether the share is at least the target; None without a target or without an item."""
        if self.target is None or self.share.value is None:
            return None
        return self.share.value >= self.target


@dataclass(frozen=True)
class FirstApplications:
    """What came of the `lessons` completed in a skill by so many `people`.

    `hours_to_first` are from each lesson applied within 28 days to its first application, shortest first. `not_applied`
    are lessons with 28 days and none, `still_open` those with none whose 28 days are not over. `observed` are all of
    them, in days, for the curve.
    """

    skill: str
    lessons: int = 0
    people: int = 0
    hours_to_first: tuple[float, ...] = ()
    not_applied: int = 0
    still_open: int = 0
    observed: tuple[Observed, ...] = ()

    @property
    def applied(self) -> int:
        """How many lessons were applied within 28 days."""
        return len(self.hours_to_first)

    @property
    def median_hours(self) -> float | None:
        """The median hours of those applied; None without any. It leaves out who is not there yet: see median_days."""
        return median(self.hours_to_first) if self.hours_to_first else None

    @property
    def quartile_hours(self) -> tuple[float, float] | None:
        """Lower and upper quartile of the hours of those applied (Hyndman and Fan 1996, type 7); None under two."""
        if len(self.hours_to_first) < 2:
            return None
        lower, _, upper = quantiles(self.hours_to_first, n=4, method="inclusive")
        return lower, upper

    @property
    def median_days(self) -> survival.Median:
        """The day by which half of all lessons were applied, with its interval (Kaplan and Meier, metrics/survival.py).

        Lessons not applied yet count with the days seen so far, at most 28. Several lessons of one person are taken as
        independent, so the interval is a little too narrow.
        """
        return survival.median(survival.kaplan_meier(self.observed))


def adherence(
    session: Session,
    person_ids: Collection[int] | None,
    period: Period,
    skills: Mapping[str, Collection[str]],
    targets: Mapping[str, float],
) -> list[Adherence]:
    """Return how often the work shows what was taught, for each skill in the order of `skills` and each of its steps.

    Adherence = (done + alone) / (done + alone + missed + corrected), counts of work items that name a step of one of
    the skill's workflows in the period; 0-1, with Wilson's 90 % interval, against the skill's target. Items without a
    step say that work took place, not how: they and appointments are left out. Application is what people say,
    adherence what the work shows; the two are never mixed. `skills` are the workflows of each skill, `targets` the
    shares wanted, `person_ids` None means everybody. One query. Source: work events.
    """
    steps = by_step(worked_steps(session, person_ids, period))
    return [_adherence(skill, workflows, targets.get(skill), steps) for skill, workflows in skills.items()]


def first_applications(
    session: Session,
    person_ids: Collection[int] | None,
    period: Period,
    skills: Mapping[str, Collection[str]],
    now: datetime,
) -> list[FirstApplications]:
    """Return how long it took from each lesson to the first time the work went well, by skill in the order of `skills`.

    Hours from a lesson completed in the period to the person's first work item done or alone, with a step or without,
    in a workflow of the lesson's skill, after the lesson and within 28 days of it, up to `now`. Every completed lesson
    counts once, reviews too. Appointments are left out. `person_ids` None means everybody. Two queries. Source:
    lesson_completed events, work events.
    """
    lessons = _lessons(session, person_ids, period, skills)
    names = {skill: sorted(set(map(workflow_name, workflows))) for skill, workflows in skills.items()}
    went_well = _went_well(session, person_ids, Period(period.since, now)) if lessons else {}
    found = []
    for skill, workflows in names.items():
        own = [(person_id, at) for person_id, its_skill, at in lessons if its_skill == skill]
        observed = [
            _observed(at, [went_well.get((person_id, workflow), []) for workflow in workflows], now)
            for person_id, at in own
        ]
        missing = [one.days for one in observed if not one.is_event]
        found.append(
            FirstApplications(
                skill,
                lessons=len(own),
                people=len({person_id for person_id, _ in own}),
                hours_to_first=tuple(sorted(one.days * 24 for one in observed if one.is_event)),
                not_applied=sum(days >= FOLLOWED_DAYS for days in missing),
                still_open=sum(days < FOLLOWED_DAYS for days in missing),
                observed=tuple(observed),
            )
        )
    return found


def _adherence(
    skill: str,
    workflows: Collection[str],
    target: float | None,
    steps: Mapping[WorkStep, list[tuple[int, StepTally]]],
) -> Adherence:
    names = set(map(workflow_name, workflows))
    own = {step: each for step, each in steps.items() if step.workflow in names}
    rows = [
        StepAdherence(
            step,
            eligible=sum(tally.times for _, tally in each),
            seen=sum(tally.times - tally.missed for _, tally in each),
            people=len(each),
        )
        for step, each in own.items()
    ]
    return Adherence(
        skill,
        eligible=sum(row.eligible for row in rows),
        seen=sum(row.seen for row in rows),
        people=len({person_id for each in own.values() for person_id, _ in each}),
        target=target,
        steps=tuple(sorted(rows, key=lambda row: (row.seen / row.eligible, -row.eligible, row.step))),
    )


def _lessons(
    session: Session, person_ids: Collection[int] | None, period: Period, skills: Collection[str]
) -> list[tuple[int, str, datetime]]:
    query = select(EventRow.person_id, EventRow.skill, EventRow.at).where(
        EventRow.kind == LessonCompleted.kind,
        EventRow.at > period.since,
        EventRow.at <= period.until,
        EventRow.skill.in_(tuple(skills)),
    )
    if person_ids is not None:
        query = query.where(EventRow.person_id.in_(person_ids))
    rows = session.execute(query.order_by(EventRow.at, EventRow.id))
    return [(person_id, skill, at) for person_id, skill, at in rows if person_id is not None and skill is not None]


def _went_well(
    session: Session, person_ids: Collection[int] | None, period: Period
) -> dict[tuple[int, str], list[datetime]]:
    """Return when the work went well, oldest first: (person id, workflow) -> instants."""
    query = select(WorkEvent.person_id, WorkEvent.workflow, WorkEvent.at).where(
        WorkEvent.outcome.in_(SEEN), WorkEvent.at > period.since, WorkEvent.at <= period.until, has_happened()
    )
    if person_ids is not None:
        query = query.where(WorkEvent.person_id.in_(person_ids))
    found: dict[tuple[int, str], list[datetime]] = {}
    for person_id, workflow, at in session.execute(query.order_by(WorkEvent.at)):
        found.setdefault((person_id, workflow_name(workflow)), []).append(at)
    return found


def _observed(lesson_at: datetime, work_at: Collection[list[datetime]], now: datetime) -> Observed:
    following = [
        instants[place] for instants in work_at if (place := bisect_right(instants, lesson_at)) < len(instants)
    ]
    first_at = min(following, default=None)
    if first_at is not None and first_at <= lesson_at + timedelta(days=FOLLOWED_DAYS):
        return Observed((first_at - lesson_at) / timedelta(days=1), is_event=True)
    seen_until = min(now, lesson_at + timedelta(days=FOLLOWED_DAYS))
    return Observed(max(seen_until - lesson_at, timedelta()) / timedelta(days=1), is_event=False)
