"""Owns nudges in SQL: what is due, which of several goes out, and how sending it ended.

Every function works in the caller's transaction, which must be one for writing.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from lessons.tables import Nudge
from metrics.events.kinds import NudgeEnded
from metrics.events.record import record
from metrics.reinforcement import DIGEST
from metrics.time_zones import local_time

PLANNED, QUEUED, SENT, MISSED, UNKNOWN = "planned", "queued", "sent", "missed", "unknown"
STATE_AFTER: Mapping[str, str] = {"sent": SENT, "unknown": UNKNOWN, "dead": MISSED, "cancelled": MISSED}

# A day has room for one lesson and one message beside it. Slots of a lesson, the first to go first; whatever else there
# is goes beside it: what somebody put off, then notices, then the reminder. What managers are told of their people is
# neither: at most one digest and one warning a day.
SENT_BY_MANAGER, TOMORROW = "sent", "tomorrow"
SCHEDULED = ("before_shift", "before_work", "after_work", "end_of_day", "at_time")
LESSONS = (SENT_BY_MANAGER, TOMORROW, *SCHEDULED)
LATER, REMINDER = "later", "reminder"
WARNING = "warning"
TO_MANAGERS = (DIGEST, WARNING)

LATE, ANOTHER_TODAY, TAKEN_BACK, REFUSED, INTERRUPTED = (
    "late",
    "another_today",
    "taken_back",
    "refused",
    "interrupted",
)
REASON_AFTER: Mapping[str, str] = {"sent": "", "unknown": INTERRUPTED, "dead": REFUSED, "cancelled": TAKEN_BACK}
# When to look again at whoever is not to be disturbed: in a while, and once more just before it is too late.
LOOKS_AGAIN, LAST_LOOK = timedelta(minutes=10), timedelta(minutes=1)


def rank(slot: str) -> int:
    """Return the place of a slot in its day: of two for one room, the lower goes out."""
    if slot in LESSONS:
        return LESSONS.index(slot)
    return {LATER: 0, REMINDER: 2}.get(slot, 1)


def due(session: Session, now: datetime, most: int) -> list[Nudge]:
    """Return planned nudges whose time has come and is not over, locked for this transaction.

    Those of one person stand together, the first to go first; people by their id, so that two clocks that lock them
    never wait for each other.
    """
    query = select(Nudge).where(*_is_due(now))
    found = session.scalars(query.order_by(Nudge.due_at, Nudge.id).limit(most).with_for_update(skip_locked=True))
    return sorted(found, key=lambda nudge: (nudge.person_id, rank(nudge.slot), nudge.due_at))


def due_people(now: datetime) -> Select[int]:
    """Return the query for the ids of the people who have a nudge due."""
    return select(Nudge.person_id).where(*_is_due(now))


def put_back(nudge: Nudge, reason: str, now: datetime) -> None:
    """Let a due nudge come again soon, never after it is too late; `reason` is why it is missed if it cannot then."""
    again_at = now + LOOKS_AGAIN
    if nudge.late_at is not None and again_at > nudge.late_at - LAST_LOOK:
        last_look = nudge.late_at - LAST_LOOK
        again_at = last_look if last_look > now else nudge.late_at
    nudge.due_at, nudge.reason = again_at, reason


def miss_late(session: Session, now: datetime) -> None:
    """End as missed what was planned and is too late to send."""
    late = select(Nudge).where(Nudge.state == PLANNED, Nudge.late_at <= now).order_by(Nudge.person_id)
    for nudge in session.scalars(late.with_for_update(skip_locked=True)).all():
        finish(session, nudge, MISSED, now, nudge.reason or LATE)
    session.flush()


def is_late(nudge: Nudge, now: datetime) -> bool:
    """Say whether it is too late to send a nudge."""
    return nudge.late_at is not None and now >= nudge.late_at


def has_room(session: Session, nudge: Nudge, now: datetime, zone: str) -> bool:
    """Say whether a nudge may go out on its person's day, on the clock of their zone: nothing else took its room, and
    nothing that goes first is planned for it. Its person must be locked.
    """
    midnight = datetime.combine(local_time(now, zone).date(), time(), ZoneInfo(zone)).astimezone(UTC)
    tomorrow = midnight + timedelta(days=1)
    went_out = or_(Nudge.state == QUEUED, and_(Nudge.state.in_((SENT, UNKNOWN)), Nudge.finished_at >= midnight))
    is_to_come = and_(Nudge.state == PLANNED, Nudge.due_at < tomorrow, Nudge.late_at > now)
    others = select(Nudge.slot, Nudge.state).where(
        Nudge.person_id == nudge.person_id, Nudge.id != nudge.id, beside(nudge.slot), or_(went_out, is_to_come)
    )
    return not any(state != PLANNED or rank(slot) < rank(nudge.slot) for slot, state in session.execute(others))


def had_one_this_week(session: Session, nudge: Nudge) -> bool:
    """Say whether another lesson went out to its person in the seven days up to a nudge's own."""
    others = select(Nudge.id).where(
        Nudge.person_id == nudge.person_id,
        Nudge.id != nudge.id,
        Nudge.slot.in_(LESSONS),
        Nudge.state.in_((QUEUED, SENT, UNKNOWN)),
        Nudge.local_on > nudge.local_on - timedelta(days=7),
    )
    return session.scalar(others.limit(1)) is not None


def beside(slot: str) -> ColumnElement[bool]:
    """Return which nudges share a slot's room of the day."""
    if slot in TO_MANAGERS:
        return Nudge.slot == slot
    return Nudge.slot.in_(LESSONS) if slot in LESSONS else Nudge.slot.not_in((*LESSONS, *TO_MANAGERS))


def finish(session: Session, nudge: Nudge, state: str, now: datetime, reason: str = "") -> None:
    """End a nudge as sent, missed or unknown, with its event; `reason` is a constant, empty for one that was sent."""
    nudge.state, nudge.reason, nudge.finished_at = state, reason or None, now
    record(session, NudgeEnded(nudge.slot, state, reason), now, nudge.person_id)


def settle(session: Session, nudge_id: int, outbox_state: str, now: datetime) -> None:
    """Note how sending a queued nudge ended; `outbox_state` is sent, unknown, dead or cancelled.

    Why it was not sent after all is what its row says already, else what its outbox state means.
    """
    nudge = session.get(Nudge, nudge_id, with_for_update=True)
    if nudge is not None and nudge.state == QUEUED:
        reason = "" if outbox_state == "sent" else nudge.reason or REASON_AFTER[outbox_state]
        finish(session, nudge, STATE_AFTER[outbox_state], now, reason)


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Nudge.state == PLANNED, Nudge.due_at <= now, Nudge.late_at > now
