"""Owns which early warning a manager is told today: one a working day, in their working hours, and only what is new."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.agendas import Agenda, load_agendas
from lessons.early_warnings import OF_ONE, TOLD_AGAIN_AFTER, EarlyWarning, warnings
from lessons.hours import instant
from lessons.nudges import MISSED, PLANNED, QUEUED, TO_MANAGERS, WARNING
from lessons.rules import LessonRules
from lessons.schedule import OFFICE_HOURS, Span
from lessons.skills import SkillRule
from lessons.standings import standings
from lessons.tables import Nudge
from metrics.db import insert_new
from metrics.people import Person, managers_above, managers_by_person
from metrics.standing import Standing
from metrics.time_zones import local_time

# What several people miss concerns whoever manages them and the manager above, not everybody up to the owner.
NEAREST = 2
OF_ONE_KINDS = frozenset(OF_ONE.values())


@dataclass(frozen=True)
class PlannedWarning:
    """One warning for one manager, to be sent until `late_at`; `told` is what stays of it in its row."""

    manager_id: int
    local_on: date
    late_at: datetime
    told: str


def warnings_for(
    session: Session,
    manager: Person,
    people: Sequence[Person],
    found: Mapping[int, Standing],
    skills: Mapping[str, SkillRule],
    now: datetime,
) -> list[EarlyWarning]:
    """Return what concerns one manager of these people now, the gravest first; `found` are their standings.

    What is about one person is for the nearest active manager, what is about several for the nearest two.
    """
    above = managers_by_person(session)
    active = set(session.scalars(select(Person.id).where(Person.is_active)))
    near = {person.id: _nearest(person.id, above, active) for person in people}
    team = [person for person in people if manager.id in near[person.id]]
    return [
        warning
        for warning in warnings(session, manager, team, found, skills, now)
        if warning.kind not in OF_ONE_KINDS or all(near[each][:1] == (manager.id,) for each in warning.person_ids)
    ]


def as_told(warning: EarlyWarning) -> str:
    """Return what stays of a warning among what was told: it names nobody, and is the same while the warning stands."""
    return hashlib.sha256(warning.key.encode()).hexdigest()[:32]


def told(nudge: Nudge) -> frozenset[str]:
    """Return what a digest or a warning told of."""
    return frozenset((nudge.content or {}).get("told", ()))


def due_warnings(
    session: Session, rules: LessonRules, company_zone: str, skills: Mapping[str, SkillRule], now: datetime
) -> list[PlannedWarning]:
    """Return the gravest new warning of each manager who is at work, had none today and waits for no digest; reads."""
    reported_to = select(Person.manager_id).where(Person.manager_id.is_not(None))
    managers = session.scalars(select(Person).where(Person.is_active, Person.id.in_(reported_to))).all()
    agendas = load_agendas(session, managers, rules, company_zone, now)
    lately = _lately(session, [manager.id for manager in managers], now)
    free = [
        (agenda, span)
        for agenda in agendas
        if not agenda.timing.is_digest_stopped
        and (span := working_span(agenda, rules, now)) is not None
        and not _is_taken(lately.get(agenda.person.id, ()), local_time(now, agenda.zone).date())
    ]
    if not free:
        return []
    above = managers_by_person(session)
    people = session.scalars(select(Person).where(Person.is_active).order_by(Person.id)).all()
    below = {
        agenda.person.id: [each for each in people if agenda.person.id in managers_above(each.id, above)]
        for agenda, _ in free
    }
    everybody = {each.id: each for members in below.values() for each in members}
    found = standings(session, list(everybody.values()), skills, now, company_zone)
    planned = []
    for agenda, (_, ends_at) in free:
        manager = agenda.person
        known = {each for nudge in lately.get(manager.id, ()) if nudge.state != MISSED for each in told(nudge)}
        all_of_them = warnings_for(session, manager, below[manager.id], found, skills, now)
        new = next((as_told(warning) for warning in all_of_them if as_told(warning) not in known), None)
        if new is not None:
            planned.append(PlannedWarning(manager.id, local_time(now, agenda.zone).date(), ends_at, new))
    return planned


def store_warnings(session: Session, planned: Iterable[PlannedWarning], now: datetime) -> None:
    """Plan the warnings to be sent at once; another clock may have done so already."""
    for one in sorted(planned, key=lambda each: each.manager_id):
        when = {"local_on": one.local_on, "due_at": now, "late_at": one.late_at}
        content = {"told": [one.told]}
        insert_new(session, Nudge, person_id=one.manager_id, slot=WARNING, state=PLANNED, content=content, **when)


def working_span(agenda: Agenda, rules: LessonRules, now: datetime) -> Span | None:
    """Return the hours somebody works in now, None outside them: their shift, their cohort's hours, else 9 to 5."""
    if agenda.beside_lessons.bar_at(now, rules) is not None:
        return None
    span = agenda.shift_at(now)
    if span is None and not agenda.roster.shifts and not (agenda.cohort is not None and agenda.cohort.hours):
        day = local_time(now, agenda.zone).date()
        span = (instant(day, OFFICE_HOURS.from_minute, agenda.zone), instant(day, OFFICE_HOURS.to_minute, agenda.zone))
    return span if span is not None and span[0] <= now < span[1] else None


def _nearest(person_id: int, above: Mapping[int, int | None], active: Collection[int]) -> tuple[int, ...]:
    return tuple(each for each in managers_above(person_id, above) if each in active and each != person_id)[:NEAREST]


def _lately(session: Session, manager_ids: Collection[int], now: datetime) -> dict[int, list[Nudge]]:
    """Return the digests and warnings of managers that went out or are to, by manager."""
    query = select(Nudge).where(
        Nudge.person_id.in_(manager_ids),
        Nudge.slot.in_(TO_MANAGERS),
        Nudge.due_at > now - TOLD_AGAIN_AFTER,
    )
    held: dict[int, list[Nudge]] = {}
    for nudge in session.scalars(query.order_by(Nudge.due_at, Nudge.id)):
        if nudge.state != MISSED or nudge.slot == WARNING:
            held.setdefault(nudge.person_id, []).append(nudge)
    return held


def _is_taken(nudges: Iterable[Nudge], today: date) -> bool:
    """Say whether a manager had their warning today, or is to have a digest, which tells of the same."""
    return any(
        nudge.local_on == today
        if nudge.slot == WARNING
        else nudge.state in (PLANNED, QUEUED) and nudge.local_on <= today
        for nudge in nudges
    )
