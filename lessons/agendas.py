"""Owns Agenda: what decides when one person is written to, loaded for many people at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.hours import Hours, span_on
from lessons.roster import rosters_between
from lessons.rules import Cohort, LessonRules
from lessons.schedule import A_DAY, Roster, Span, Timing, is_quiet
from lessons.tables import Preference
from metrics.people import Person
from metrics.time_zones import local_time

HORIZON = timedelta(hours=36)


@dataclass(frozen=True)
class Agenda:
    """One person, their zone, what they chose, when they work, and their cohort, None for who is in none."""

    person: Person
    zone: str
    cohort: Cohort | None
    timing: Timing
    roster: Roster

    @property
    def beside_lessons(self) -> "Agenda":
        """The same for what is no lesson, which neither a pause nor Stop Lessons keeps back."""
        return replace(self, timing=replace(self.timing, is_stopped=False, paused_until=None))

    def bar_at(self, at: datetime, rules: LessonRules, is_undisturbed: bool = False) -> str | None:
        """Return why they may not be written to unasked at an instant, None if they may (see schedule.is_quiet)."""
        return is_quiet(at, self.zone, rules, self.timing, self.roster, self.cohort, is_undisturbed)

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
    """Return the agenda of each person for HORIZON from an instant, in their order; as many queries for any number."""
    ids = [person.id for person in people]
    chosen = session.scalars(select(Preference).where(Preference.person_id.in_(ids)))
    timings = {row.person_id: timing_of(row) for row in chosen}
    rosters = rosters_between(session, ids, now, now + HORIZON)
    return [
        Agenda(
            person,
            person.time_zone or company_zone,
            rules.cohort_of(person.email, person.roles, person.team, person.site),
            timings.get(person.id, Timing()),
            rosters[person.id],
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
        is_digest_stopped=row.is_digest_stopped,
    )
