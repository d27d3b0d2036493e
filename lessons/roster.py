"""Owns shifts, appointments and leave in SQL: taken from the company folder, and read back for one person."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lessons.calendars import Event
from lessons.schedule import A_DAY, A_WEEK, Roster
from lessons.shifts import Rosters
from lessons.tables import Appointment, Leave, Shift
from metrics.people import Person
from metrics.work import BY_MANAGER, CLOCKS_DIFFER, SEEN, WorkEvent, workflow_name

AHEAD = timedelta(days=60)


def store_rosters(
    session: Session, rosters: Rosters, company_zone: str, workflows: Collection[str], now: datetime
) -> None:
    """Make leave, and the shifts and appointments not yet over, those of the rosters; past shifts are added to.

    Repeating events are followed for 60 days. `workflows` names the work that appointments are kept for: the rest of a
    calendar is nobody's business here. Who is not known, or no longer here, is passed over.
    """
    people = {person.email: person for person in session.scalars(select(Person).where(Person.is_active))}
    _store_shifts(session, rosters.shifts, people, company_zone, now)
    _store_appointments(session, rosters.calls, people, company_zone, workflows, now)
    session.execute(delete(Leave))
    away = [
        {"person_id": people[days.email].id, "from_on": days.from_on, "to_on": days.to_on}
        for days in rosters.leave
        if days.email in people
    ]
    if away:
        session.execute(insert(Leave), away)


def rosters_between(
    session: Session, person_ids: Collection[int], from_at: datetime, to_at: datetime
) -> dict[int, Roster]:
    """Return when people work and are away, as planning of [from_at, to_at) wants it: person id -> Roster."""
    shifts = select(Shift.person_id, Shift.starts_at, Shift.ends_at).where(
        Shift.ends_at > from_at - A_WEEK, Shift.starts_at < to_at + A_WEEK, Shift.person_id.in_(person_ids)
    )
    appointments = select(Appointment.person_id, Appointment.kind, Appointment.starts_at).where(
        Appointment.starts_at.between(from_at, to_at + A_DAY), Appointment.person_id.in_(person_ids)
    )
    done = select(WorkEvent.person_id, WorkEvent.workflow, WorkEvent.at, WorkEvent.received_at).where(
        WorkEvent.at.between(from_at - A_DAY, to_at),
        WorkEvent.outcome.in_(SEEN),
        WorkEvent.source != BY_MANAGER,
        WorkEvent.person_id.in_(person_ids),
    )
    leave = select(Leave.person_id, Leave.from_on, Leave.to_on).where(Leave.person_id.in_(person_ids))
    held: dict[int, _Held] = {person_id: _Held() for person_id in person_ids}
    for person_id, starts_at, ends_at in session.execute(shifts.order_by(Shift.starts_at)):
        held[person_id].shifts.append((starts_at, ends_at))
    for person_id, kind, starts_at in session.execute(appointments.order_by(Appointment.starts_at)):
        held[person_id].appointments.append((workflow_name(kind), starts_at))
    for person_id, workflow, at, received_at in session.execute(done.order_by(WorkEvent.at)):
        # What was announced ahead is an appointment.
        if at - received_at <= CLOCKS_DIFFER:
            held[person_id].done.append((workflow_name(workflow), at))
    for person_id, from_on, to_on in session.execute(leave.order_by(Leave.from_on)):
        held[person_id].leave.append((from_on, to_on))
    return {
        person_id: Roster(tuple(one.shifts), tuple(one.appointments), tuple(one.done), tuple(one.leave))
        for person_id, one in held.items()
    }


def roster_of(session: Session, person_id: int, from_at: datetime, to_at: datetime) -> Roster:
    """Return when somebody works and is away, as planning of [from_at, to_at) wants it."""
    return rosters_between(session, [person_id], from_at, to_at)[person_id]


@dataclass
class _Held:
    shifts: list[tuple[datetime, datetime]] = field(default_factory=list)
    appointments: list[tuple[str, datetime]] = field(default_factory=list)
    done: list[tuple[str, datetime]] = field(default_factory=list)
    leave: list[tuple[date, date]] = field(default_factory=list)


def _store_shifts(
    session: Session, shifts: Iterable[Event], people: Mapping[str, Person], company_zone: str, now: datetime
) -> None:
    wanted = {
        (person.id, starts_at): {
            "person_id": person.id,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "site": shift.place,
        }
        for shift in shifts
        if (person := people.get(shift.email)) is not None
        for starts_at, ends_at in shift.between(now - A_WEEK, now + AHEAD, person.time_zone or company_zone)
    }
    session.execute(delete(Shift).where(Shift.ends_at > now))
    # Whenever they ended: a shift is known by its start.
    before = set(session.execute(select(Shift.person_id, Shift.starts_at).where(Shift.starts_at > now - 2 * A_WEEK)))
    if new := [row for key, row in wanted.items() if key not in before]:
        session.execute(insert(Shift), new)


def _store_appointments(
    session: Session,
    calls: Iterable[Event],
    people: Mapping[str, Person],
    company_zone: str,
    workflows: Collection[str],
    now: datetime,
) -> None:
    wanted = {
        (person.id, workflow, starts_at)
        for call in calls
        if (person := people.get(call.email)) is not None and (workflow := workflow_of(call, workflows)) is not None
        for starts_at, _ in call.between(now, now + AHEAD, person.time_zone or company_zone)
        if starts_at > now
    }
    reported = select(WorkEvent.person_id, WorkEvent.workflow, WorkEvent.at).where(WorkEvent.at > now)
    wanted |= set(session.execute(reported))
    session.execute(delete(Appointment).where(Appointment.starts_at > now))
    if wanted:
        rows = [{"person_id": person_id, "kind": kind, "starts_at": at} for person_id, kind, at in sorted(wanted)]
        session.execute(insert(Appointment), rows)


def workflow_of(event: Event, workflows: Collection[str]) -> str | None:
    """Return the workflow a calendar's event belongs to: the one its category names, or its title begins with."""
    for name in map(workflow_name, event.names):
        found = [workflow for workflow in workflows if name == workflow or name.startswith(f"{workflow}_")]
        if found:
            return max(found, key=len)
    return None
