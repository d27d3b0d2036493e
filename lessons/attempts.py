"""Owns Attempt: one answer of one person to one item, and reading them from the event log."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from metrics.events.kinds import ItemAnswered
from metrics.events.record import EventRow
from metrics.tallies import RIGHT_SCORE


@dataclass(frozen=True)
class Attempt:
    """One answer: `item` is "file#slug", `score` 0-1, `at` in UTC."""

    person_id: int
    item: str
    at: datetime
    score: float

    @property
    def is_right(self) -> bool:
        """Whether it counts as right; an ordering or a written answer may be partly so."""
        return self.score >= RIGHT_SCORE


def attempts(session: Session, person_id: int | None = None, skill: str | None = None) -> list[Attempt]:
    """Return the answers in the event log, oldest first: everybody's, or one person's, in one skill or all."""
    query = select(EventRow.person_id, EventRow.payload["item"].as_string(), EventRow.at, EventRow.score)
    query = query.where(EventRow.kind == ItemAnswered.kind)
    if person_id is not None:
        query = query.where(EventRow.person_id == person_id)
    if skill is not None:
        query = query.where(EventRow.skill == skill)
    rows = session.execute(query.order_by(EventRow.at, EventRow.id))
    return [Attempt(person, item, at, score or 0.0) for person, item, at, score in rows if person is not None]
