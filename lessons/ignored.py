"""Owns how many lessons in a row somebody ignored, and what follows from three: one a week, until they change it."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lessons.nudges import LESSONS, SENT
from lessons.tables import Nudge, Preference
from metrics.db import insert_new
from metrics.events.kinds import ItemAnswered, LessonOpened, LessonSnoozed, PreferenceChanged
from metrics.events.record import EventRow, record

MOST_IGNORED = 3
BECAME_WEEKLY = "weekly_after_ignored"
# Whoever did one of these did not ignore what they were sent.
REACTIONS = (LessonOpened.kind, ItemAnswered.kind, LessonSnoozed.kind, PreferenceChanged.kind)


def ignored_in_row(session: Session, person_id: int) -> int:
    """Return how many lessons somebody was sent since they last opened one, put one off or chose how they are sent."""
    reacted = select(func.max(EventRow.at)).where(EventRow.person_id == person_id, EventRow.kind.in_(REACTIONS))
    theirs = select(func.count()).where(Nudge.person_id == person_id, Nudge.slot.in_(LESSONS), Nudge.state == SENT)
    last = session.scalar(reacted)
    return session.scalar(theirs if last is None else theirs.where(Nudge.finished_at > last)) or 0


def slow_down(session: Session, person_id: int, now: datetime) -> bool:
    """Send somebody who ignored three lessons in a row one a week from now on; False where they did not, or are slow.

    Its person must be locked.
    """
    held = session.scalars(select(Preference).where(Preference.person_id == person_id)).one_or_none()
    if held is not None and held.is_weekly:
        return False
    ignored = ignored_in_row(session, person_id)
    if held is not None:
        held.ignored_in_row = ignored
    if ignored < MOST_IGNORED:
        return False
    if held is None:
        insert_new(session, Preference, person_id=person_id, changed_at=now)
        held = session.scalars(select(Preference).where(Preference.person_id == person_id)).one()
    held.is_weekly, held.weekly_since, held.ignored_in_row = True, now, ignored
    record(session, PreferenceChanged("", BECAME_WEEKLY), now, person_id)
    return True


def is_to_be_told(session: Session, person_id: int) -> bool:
    """Say whether the next lesson is the first since ignored ones became one a week, so that it must say why."""
    held = session.scalars(select(Preference).where(Preference.person_id == person_id)).one_or_none()
    if held is None or not held.is_weekly or held.weekly_since is None or held.ignored_in_row < MOST_IGNORED:
        return False
    sent_since = select(Nudge.id).where(
        Nudge.person_id == person_id,
        Nudge.slot.in_(LESSONS),
        Nudge.state == SENT,
        Nudge.finished_at > held.weekly_since,
    )
    return session.scalar(sent_since.limit(1)) is None
