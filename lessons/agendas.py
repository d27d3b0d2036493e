"""Owns Agenda: what decides when one person is written to, loaded for many people at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.hours import Hours, span_on
from lessons.rules import Cohort, LessonRules, workflow_name
from lessons.schedule import Roster, Span, Timing, is_quiet
from lessons.tables import Appointment, Leave, Preference, Shift
from metrics.people import Person
from metrics.time_zones import local_time
from metrics.work import WorkEvent

AROUND = timedelta(days=9)
# Beyond the latest lesson after a step of the work, and the time in which it is still of use.
WORK_COUNTS = timedelta(hours=8)
HAPPENED = ("done", "alone")
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Agenda:
    """One person, their zone, what they chose, when they work, and their cohort: None for who is sent nothing unasked."""

    person: Person
    zone: str
    cohort: Cohort | None
    timing: Timing
    roster: Roster

    def bar_at(self, at: datetime, rules: LessonRules) -> str | None:
        """Return why they may not be written to unasked at an instant (see lessons.schedule.is_quiet), None if they may."""
        return is_quiet(at, self.zone, rules, self.timing, self.roster, self.cohort)

    def shift_at(self, at: datetime) -> Span | None:
        """Return the shift somebody is in at an instant or begins next on that day, None where none is known."""
        day = local_time(at, self.zone).date()
        spans = self.roster.shifts or self._usual(at)
        ahead = [span for span in spans if span[1] > at and local_time(span[0], self.zone).date() <= day]
        return min(ahead, default=None)

    def _usual(self, at: datetime) -> list[Span]:
        hours = self.cohort.hours if self.cohort is not None else {}
        today = local_time(at, self.zone).date()
        days = (today - A_DAY, today)
        return [span_on(day, hours[day.weekday()], self.zone) for day in days if day.weekday() in hours]


def load_agendas(
    session: Session, people: Sequence[Person], rules: LessonRules, company_zone: str, now: datetime
) -> list[Agenda]:
    """Return the agenda of each person around an instant, in their order; five queries for any number of them."""
    ids = [person.id for person in people]
    timings = {row.person_id: timing_of(row) for row in _all(session, Preference, ids)}
    shifts, leaves = _grouped(_shifts(session, ids, now)), _grouped(_all(session, Leave, ids))
    appointments, done = _grouped(_appointments(session, ids, now)), _grouped(_done(session, ids, now))
    return [
        Agenda(
            person,
            person.time_zone or company_zone,
            rules.cohort_of(person.email, person.roles, person.team, person.site),
            timings.get(person.id, Timing()),
            Roster(
                shifts=tuple((shift.starts_at, shift.ends_at) for shift in shifts[person.id]),
                appointments=tuple((workflow_name(call.kind), call.starts_at) for call in appointments[person.id]),
                done=tuple((workflow_name(event.workflow), event.at) for event in done[person.id]),
                leave=tuple((leave.from_on, leave.to_on) for leave in leaves[person.id]),
            ),
        )
        for person in people
    ]


def agenda_of(session: Session, person: Person, rules: LessonRules, company_zone: str, now: datetime) -> Agenda:
    """Return one person's agenda around an instant."""
    return load_agendas(session, [person], rules, company_zone, now)[0]


def timing_of(row: Preference) -> Timing:
    """Return what somebody chose as the schedule sees it."""
    quiet = None
    if row.quiet_from is not None and row.quiet_to is not None:
        quiet = Hours(row.quiet_from, row.quiet_to)
    return Timing(
        is_stopped=row.is_stopped,
        is_weekly=row.is_weekly,
        paused_until=row.paused_until,
        minutes_before_shift=row.minutes_before_shift,
        at_minute=row.at_minute,
        quiet=quiet,
        weekly_minutes=row.weekly_minutes,
    )


def _all(session: Session, table: Any, ids: Collection[int]) -> Sequence[Any]:
    return session.scalars(select(table).where(table.person_id.in_(ids))).all()


def _shifts(session: Session, ids: Collection[int], now: datetime) -> Sequence[Any]:
    near = (Shift.ends_at > now - AROUND, Shift.starts_at < now + AROUND)
    return session.scalars(select(Shift).where(Shift.person_id.in_(ids), *near).order_by(Shift.starts_at)).all()


def _appointments(session: Session, ids: Collection[int], now: datetime) -> Sequence[Any]:
    near = (Appointment.starts_at > now - A_DAY, Appointment.starts_at < now + AROUND)
    return session.scalars(select(Appointment).where(Appointment.person_id.in_(ids), *near)).all()


def _done(session: Session, ids: Collection[int], now: datetime) -> Sequence[Any]:
    lately = (WorkEvent.outcome.in_(HAPPENED), WorkEvent.at > now - WORK_COUNTS, WorkEvent.at <= now)
    return session.scalars(select(WorkEvent).where(WorkEvent.person_id.in_(ids), *lately)).all()


def _grouped(rows: Sequence[Any]) -> defaultdict[int, list[Any]]:
    grouped: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.person_id].append(row)
    return grouped
