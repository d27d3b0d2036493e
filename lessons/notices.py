"""Owns notices: at most one message a person, day and kind that gathers what waits for them; sent like any nudge."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lessons.hours import instant
from lessons.nudges import LATE, MISSED, PLANNED
from lessons.tables import Nudge
from metrics.time_zones import local_time

ACKNOWLEDGE, CONFIRM, ASSIGNED, SIGNED_OFF = "acknowledge", "confirm", "assigned", "signed_off"
SLOTS = (ACKNOWLEDGE, CONFIRM, ASSIGNED, SIGNED_OFF)
# Somebody's manager thanks them; nothing waits for their word.
RECOGNISED = "recognised"
NEXT_MORNING_MINUTE = 9 * 60
# It waits out a night and a weekend; what still waits after that is planned anew.
LATE_AFTER = timedelta(days=3)
# Whoever cannot be written to, or stopped being written to, is tried again after that.
TRY_AGAIN_AFTER = timedelta(days=7)

About = Mapping[int, Sequence[str]]


def plan_notice(session: Session, person_id: int, slot: str, about: About, now: datetime, zone: str) -> None:
    """Plan a notice about some rows (id -> words to show with it), or add them to the one still waiting to be sent.

    After today's notice of its kind was sent it is planned for tomorrow morning; `zone` is the person's.
    """
    own = select(Nudge).where(Nudge.person_id == person_id, Nudge.slot == slot).with_for_update()
    still_waiting = own.where(Nudge.state == PLANNED, Nudge.late_at > now).order_by(Nudge.due_at).limit(1)
    nudge = session.scalars(still_waiting).one_or_none()
    if nudge is None:
        today = local_time(now, zone).date()
        tomorrow = today + timedelta(days=1)
        taken_on = set(session.scalars(select(Nudge.local_on).where(Nudge.person_id == person_id, Nudge.slot == slot)))
        days = ((today, now), (tomorrow, instant(tomorrow, NEXT_MORNING_MINUTE, zone)))
        free = next(((day, due_at) for day, due_at in days if day not in taken_on), None)
        if free is None:
            return
        day, due_at = free
        when = {"local_on": day, "due_at": due_at, "late_at": due_at + LATE_AFTER}
        nudge = Nudge(person_id=person_id, slot=slot, state=PLANNED, **when)
        session.add(nudge)
    held = (nudge.content or {}).get("about", {})
    nudge.content = {"about": held | {str(row_id): list(words) for row_id, words in about.items()}}
    session.flush()


def about(nudge: Nudge) -> dict[int, tuple[str, ...]]:
    """Return what a notice is about: row id -> words to show with it."""
    held = (nudge.content or {}).get("about", {})
    return {int(row_id): tuple(words) for row_id, words in held.items()}


def words_about(session: Session, person_id: int, slot: str) -> dict[int, tuple[str, ...]]:
    """Return everything a person's notices of a kind were about, the newest words winning."""
    query = select(Nudge).where(Nudge.person_id == person_id, Nudge.slot == slot).order_by(Nudge.due_at, Nudge.id)
    return {row_id: words for nudge in session.scalars(query) for row_id, words in about(nudge).items()}


def last_told(session: Session, person_ids: Collection[int], now: datetime) -> dict[tuple[int, str, int], datetime]:
    """Return when somebody was last told, or is to be: (person, slot, row id) -> instant.

    What came too late to send counts for nothing, what could not be sent at all for a week.
    """
    closed_lately = (Nudge.reason != LATE) & (Nudge.due_at > now - TRY_AGAIN_AFTER)
    query = select(Nudge).where(
        Nudge.person_id.in_(person_ids), Nudge.slot.in_(SLOTS), or_(Nudge.state != MISSED, closed_lately)
    )
    return {
        (nudge.person_id, nudge.slot, row_id): nudge.due_at
        for nudge in session.scalars(query.order_by(Nudge.due_at))
        for row_id in about(nudge)
    }
