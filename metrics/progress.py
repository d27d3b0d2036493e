"""Owns how somebody's practice is going: answers and lessons, counted from the events table alone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from metrics.events.kinds import ItemAnswered, LessonCompleted
from metrics.events.record import EventRow

COUNTED_DAYS = 30
LATELY_DAYS = 7


@dataclass(frozen=True)
class Progress:
    """One person's practice: `lessons` gone through, questions `answered` and `right` in the last 30 days.

    `last_at` and `last_skill` are their newest answer, however long ago; None before the first one.
    """

    person_id: int
    lessons: int = 0
    answered: int = 0
    right: int = 0
    last_at: datetime | None = None
    last_skill: str | None = None

    def practised_lately(self, now: datetime) -> bool:
        """Say whether they answered a question in the last 7 days."""
        return self.last_at is not None and now - self.last_at <= timedelta(days=LATELY_DAYS)


def summary(session: Session, person_id: int, now: datetime) -> Progress:
    """Return one person's progress."""
    return summaries(session, [person_id], now)[person_id]


def summaries(session: Session, person_ids: Iterable[int], now: datetime) -> dict[int, Progress]:
    """Return the progress of each of these people, by person id; whoever did nothing has zeros."""
    found = {person_id: Progress(person_id) for person_id in person_ids}
    since = now - timedelta(days=COUNTED_DAYS)
    counted = (EventRow.person_id.in_(found), EventRow.at > since, EventRow.at <= now)
    is_right = case((EventRow.score == 1, 1), else_=0)
    answers = select(EventRow.person_id, func.count(), func.sum(is_right)).where(
        EventRow.kind == ItemAnswered.kind, *counted
    )
    for person_id, answered, right in session.execute(answers.group_by(EventRow.person_id)):
        if person_id is not None:
            found[person_id] = replace(found[person_id], answered=answered, right=right)
    lessons = select(EventRow.person_id, func.count()).where(EventRow.kind == LessonCompleted.kind, *counted)
    for person_id, number in session.execute(lessons.group_by(EventRow.person_id)):
        if person_id is not None:
            found[person_id] = replace(found[person_id], lessons=number)
    place = func.row_number().over(partition_by=EventRow.person_id, order_by=(EventRow.at.desc(), EventRow.id.desc()))
    answered_before = (EventRow.kind == ItemAnswered.kind, EventRow.person_id.in_(found), EventRow.at <= now)
    newest = select(EventRow.person_id, EventRow.at, EventRow.skill, place.label("place")).where(*answered_before)
    rows = newest.subquery()
    for person_id, at, skill in session.execute(
        select(rows.c.person_id, rows.c.at, rows.c.skill).where(rows.c.place == 1)
    ):
        found[person_id] = replace(found[person_id], last_at=at, last_skill=skill)
    return found
