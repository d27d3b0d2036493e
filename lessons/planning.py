"""Owns planning: which nudges people should have in the next day and a half, and making the rows say so.

Planning again, or by any number of clocks at once, changes nothing. A row whose moment vanished before it came is
missed with the reason; should the moment come back, it is planned again.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lessons.agendas import HORIZON, Agenda
from lessons.nudges import (
    ANOTHER_TODAY,
    LATER,
    LESSONS,
    MISSED,
    PLANNED,
    QUEUED,
    REMINDER,
    SCHEDULED,
    SENT,
    TOMORROW,
    UNKNOWN,
)
from lessons.rules import LessonRules
from lessons.runs import OFFERED
from lessons.schedule import A_DAY, A_WEEK, LATE_AFTER, QUIET_HOURS, Slot, considered, slots
from lessons.sequence import CHOICE, Choice
from lessons.tables import LessonRun, Nudge
from metrics.db import insert_new
from metrics.people import Person
from metrics.time_zones import local_time

LEFT, NO_COHORT, IN_CHANNEL, WEEKLY, MOVED = "left", "no_cohort", "channel", "weekly", "moved"
Key = tuple[date, str]


@dataclass(frozen=True)
class Planned:
    """What one person's rows should say: `slots` to come, `lost` ones that quiet hours swallow, `why_not` by day.

    `choices` are what is thought of for days that have no row yet; what is sent is chosen when it is sent.
    """

    person_id: int
    slots: tuple[Slot, ...]
    lost: tuple[Slot, ...]
    why_not: Mapping[date, str]
    why_none: str
    choices: Mapping[Key, Choice | None]


def plan(
    session: Session,
    agendas: Sequence[Agenda],
    rules: LessonRules,
    now: datetime,
    choose: Callable[[Agenda, datetime], Choice | None],
) -> list[Planned]:
    """Return what these people's rows should say; reads only. `choose` is asked for days that have no row yet."""
    nudges = _recent(session, [agenda.person.id for agenda in agendas], now)
    unopened = _unopened(session, [nudge.id for held in nudges.values() for nudge in held])
    found = []
    for agenda in agendas:
        held = nudges[agenda.person.id]
        known = {(nudge.local_on, nudge.slot) for nudge in held}
        one = _planned(agenda, rules, held, unopened, now)
        new = [slot for slot in one.slots if slot.name != REMINDER and (slot.local_on, slot.name) not in known]
        choices = {(slot.local_on, slot.name): choose(agenda, max(now, slot.due_at)) for slot in new}
        found.append(Planned(one.person_id, one.slots, one.lost, one.why_not, one.why_none, choices))
    return found


def store_plans(session: Session, plans: Sequence[Planned], now: datetime) -> None:
    """Make rows say what was planned, people by their id; rows another clock works on are left to it."""
    rows = _recent(session, [one.person_id for one in plans], now, for_update=True)
    for one in sorted(plans, key=lambda one: one.person_id):
        _store(session, one, {(row.local_on, row.slot): row for row in rows[one.person_id]}, now)
    session.flush()


def withdraw_from_who_left(session: Session, now: datetime) -> None:
    """Plan nothing for people who are not active any more."""
    inactive = select(Person.id).where(Person.is_active.is_(False))
    theirs = (Nudge.state == PLANNED, Nudge.person_id.in_(inactive))
    values = {"state": MISSED, "reason": LEFT, "finished_at": now}
    session.execute(update(Nudge).where(*theirs).values(values).execution_options(synchronize_session=False))


def _planned(
    agenda: Agenda, rules: LessonRules, held: Sequence[Nudge], unopened: Collection[int], now: datetime
) -> Planned:
    cohort, person_id = agenda.cohort, agenda.person.id
    if cohort is None or cohort.channel is not None:
        return Planned(person_id, (), (), {}, NO_COHORT if cohort is None else IN_CHANNEL, {})
    taken_on = {day for nudge in held if (day := _takes(nudge, agenda.zone)) is not None}
    asked = (rules, cohort, agenda.timing, agenda.roster, taken_on, now - LATE_AFTER, now + HORIZON, agenda.zone)
    usable = tuple(slot for slot in slots(*asked) if slot.late_at > now)
    barred = [slot for slot in considered(*asked) if slot.barrier is not None]
    lost = tuple(slot for slot in barred if slot.barrier == QUIET_HOURS and slot.due_at > now)
    why_not = {slot.local_on: slot.barrier or "" for slot in barred} | dict.fromkeys(taken_on, ANOTHER_TODAY)
    why_none = WEEKLY if agenda.timing.is_weekly else MOVED
    return Planned(person_id, (*usable, *_reminders(agenda, rules, held, unopened, now)), lost, why_not, why_none, {})


def _takes(nudge: Nudge, zone: str) -> date | None:
    """Return the local day whose lesson a nudge is, None for one that leaves the day free."""
    if nudge.slot not in LESSONS:
        return None
    if nudge.state in (SENT, UNKNOWN) and nudge.finished_at is not None:
        return local_time(nudge.finished_at, zone).date()
    if nudge.state == QUEUED or (nudge.state == PLANNED and nudge.slot not in SCHEDULED):
        return local_time(nudge.due_at, zone).date()
    return None


def _reminders(
    agenda: Agenda, rules: LessonRules, held: Sequence[Nudge], unopened: Collection[int], now: datetime
) -> list[Slot]:
    """Return the reminder of a lesson sent today and not opened, where the day has room for one before work ends."""
    if rules.reminder_hours is None:
        return []
    found = []
    for nudge in held:
        if nudge.id not in unopened or nudge.state != SENT or nudge.slot not in LESSONS or nudge.finished_at is None:
            continue
        due_at = nudge.finished_at + timedelta(hours=rules.reminder_hours)
        shift = agenda.shift_at(nudge.due_at)
        late_at = min(due_at + LATE_AFTER, shift[1]) if shift is not None else due_at + LATE_AFTER
        sent_on = local_time(nudge.finished_at, agenda.zone).date()
        is_today = local_time(due_at, agenda.zone).date() == sent_on
        is_put_off = any(_puts_off(other, sent_on) for other in held)
        if is_today and not is_put_off and due_at < late_at and now < late_at and not agenda.bar_at(due_at, rules):
            found.append(Slot(REMINDER, due_at, late_at, sent_on))
    return found


def _puts_off(nudge: Nudge, day: date) -> bool:
    if nudge.slot == LATER:
        return nudge.local_on == day and nudge.state != MISSED
    return nudge.slot == TOMORROW and nudge.state == PLANNED


def _store(session: Session, plan: Planned, rows: Mapping[Key, Nudge], now: datetime) -> None:
    wanted: set[Key] = set()
    for slot in plan.slots:
        key = (slot.local_on, slot.name)
        wanted.add(key)
        row = rows.get(key)
        if row is None:
            choice = plan.choices.get(key)
            content = CHOICE.dump_python(choice, mode="json") if choice is not None else None
            _insert(session, plan.person_id, slot, PLANNED, content=content)
        elif _was_put_back(row, slot):
            continue
        elif row.state == PLANNED or _was_withdrawn(row):
            row.state, row.reason, row.finished_at = PLANNED, None, None
            row.due_at, row.late_at = slot.due_at, slot.late_at
    for slot in plan.lost:
        key = (slot.local_on, slot.name)
        wanted.add(key)
        row = rows.get(key)
        if row is None:
            _insert(session, plan.person_id, slot, MISSED, reason=slot.barrier, finished_at=now)
        elif row.state == PLANNED:
            _withdraw(row, QUIET_HOURS, now)
    for key, row in rows.items():
        if row.state != PLANNED or key in wanted or row.due_at <= now:
            continue
        if row.slot == REMINDER:
            # The lesson was opened or put off: there is nothing to remind of, and nothing was missed.
            session.delete(row)
        elif row.slot in SCHEDULED and row.reason is None:
            _withdraw(row, plan.why_not.get(row.local_on, plan.why_none), now)


def _insert(session: Session, person_id: int, slot: Slot, state: str, **more: object) -> None:
    insert_new(
        session,
        Nudge,
        person_id=person_id,
        local_on=slot.local_on,
        slot=slot.name,
        state=state,
        due_at=slot.due_at,
        late_at=slot.late_at,
        **more,
    )


def _was_withdrawn(row: Nudge) -> bool:
    # Only before its moment: what ended at its moment has ended for good.
    return row.state == MISSED and row.finished_at is not None and row.finished_at < row.due_at


def _was_put_back(row: Nudge, slot: Slot) -> bool:
    # It was due already and waits for its person; a moment that moved is a new one.
    return row.state == PLANNED and row.reason is not None and row.late_at == slot.late_at


def _withdraw(row: Nudge, reason: str, now: datetime) -> None:
    row.state, row.reason, row.finished_at = MISSED, reason, now


def _recent(
    session: Session, person_ids: Collection[int], now: datetime, for_update: bool = False
) -> defaultdict[int, list[Nudge]]:
    """Return nudges of the last week and those to come, by person."""
    query = select(Nudge).where(Nudge.person_id.in_(person_ids), Nudge.local_on >= (now - A_WEEK - A_DAY).date())
    if for_update:
        query = query.with_for_update(skip_locked=True)
    found: defaultdict[int, list[Nudge]] = defaultdict(list)
    for nudge in session.scalars(query.order_by(Nudge.due_at, Nudge.id)):
        found[nudge.person_id].append(nudge)
    return found


def _unopened(session: Session, nudge_ids: Collection[int]) -> set[int]:
    query = select(LessonRun.nudge_id).where(LessonRun.nudge_id.in_(nudge_ids), LessonRun.state == OFFERED)
    return set(session.scalars(query))
