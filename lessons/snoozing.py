"""Owns putting a lesson off: the moment it comes again, and the nudge that brings it."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from lessons.agendas import Agenda
from lessons.hours import instant
from lessons.nudges import LATER, LESSONS, PLANNED, QUEUED, SENT, TOMORROW, UNKNOWN
from lessons.rules import LessonRules
from lessons.schedule import A_DAY, A_WEEK, LATE_AFTER, OFFICE_HOURS, Slot, slots
from lessons.tables import Nudge
from metrics.time_zones import local_time

LATER_BY = (timedelta(hours=2), timedelta(hours=1))


def later_today(agenda: Agenda, rules: LessonRules, now: datetime) -> Slot | None:
    """Return the moment a lesson comes again today, before work ends: two hours on, or one; None for neither."""
    today = local_time(now, agenda.zone).date()
    shift = agenda.shift_at(now)
    for wait in LATER_BY:
        at = now + wait
        is_at_work = shift is None or at < shift[1]
        if is_at_work and local_time(at, agenda.zone).date() == today and agenda.bar_at(at, rules) is None:
            return Slot(LATER, at, at + LATE_AFTER, today)
    return None


def another_day(agenda: Agenda, rules: LessonRules, now: datetime) -> Slot | None:
    """Return the moment a lesson comes again tomorrow, or on the next day it may.

    That is when their lesson would come, else at the same time of the day, else as office hours begin; None where
    nothing is allowed for a week.
    """
    local = local_time(now, agenda.zone)
    tomorrow = local.date() + A_DAY
    from_at, to_at = (instant(day, 0, agenda.zone) for day in (tomorrow, tomorrow + A_WEEK))
    if agenda.cohort is not None:
        daily = replace(agenda.timing, is_weekly=False)
        found = slots(rules, agenda.cohort, daily, agenda.roster, (), from_at, to_at, agenda.zone)
        if found:
            return replace(found[0], name=TOMORROW)
    for days in range(A_WEEK.days):
        day = tomorrow + timedelta(days=days)
        for minute in (local.hour * 60 + local.minute, OFFICE_HOURS.from_minute):
            at = instant(day, minute, agenda.zone)
            if agenda.bar_at(at, rules) is None:
                return Slot(TOMORROW, at, at + LATE_AFTER, day)
    return None


def has_room_today(session: Session, agenda: Agenda, now: datetime) -> bool:
    """Say whether a lesson may be put off to later today: it was not before, and nothing was sent today beside it."""
    today = local_time(now, agenda.zone).date()
    beside = select(Nudge.id).where(
        Nudge.person_id == agenda.person.id,
        Nudge.local_on == today,
        Nudge.slot.not_in(LESSONS),
        or_(Nudge.state.in_((QUEUED, SENT, UNKNOWN)), and_(Nudge.slot == LATER, Nudge.state != PLANNED)),
    )
    return session.scalar(beside.limit(1)) is None


def put_off(session: Session, person_id: int, slot: Slot) -> None:
    """Plan that the lesson in front of somebody comes again, in place of when it was put off to before."""
    take_back(session, person_id)
    session.add(
        Nudge(
            person_id=person_id,
            local_on=slot.local_on,
            slot=slot.name,
            state=PLANNED,
            due_at=slot.due_at,
            late_at=slot.late_at,
        )
    )
    session.flush()


def take_back(session: Session, person_id: int) -> None:
    """Forget that a lesson was put off, while it has not come again."""
    planned = (Nudge.person_id == person_id, Nudge.slot.in_((LATER, TOMORROW)), Nudge.state == PLANNED)
    session.execute(delete(Nudge).where(*planned))
