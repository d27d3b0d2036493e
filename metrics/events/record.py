"""Owns the events table and record(), the only way into it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from metrics.db import Base, UtcInstant, kept
from metrics.events.kinds import Event

COLUMNS_OF_THEIR_OWN = ("seconds", "skill", "score")


class EventRow(Base):
    """One thing that happened. `score` is 0-1, `seconds` how long it took; the rest of the fact is the payload."""

    __tablename__ = "events"
    __table_args__ = (
        # What each person did, and what all of them did, is counted kind by kind (benchmarks/progress.json).
        Index(None, "person_id", "kind", "at"),
        Index(None, "kind", "at", "person_id"),
        {"info": kept("13 months", days=395, since="at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcInstant)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    skill: Mapped[str | None] = mapped_column(String(100))
    score: Mapped[float | None] = mapped_column(Float)
    seconds: Mapped[float | None] = mapped_column(Float)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    cause: Mapped[str | None] = mapped_column(String(100), unique=True)


def record(
    session: Session, event: Event, at: datetime, person_id: int | None = None, cause: str | None = None
) -> None:
    """Add one event to the caller's transaction; `at` is aware, `person_id` None for nobody in particular.

    `cause` names the row that brought it about (`inbox:7`, `outbox:9`): no cause is recorded twice.
    """
    facts = asdict(event)
    own = {name: facts.pop(name) for name in COLUMNS_OF_THEIR_OWN if name in facts}
    session.add(EventRow(at=at, person_id=person_id, kind=event.kind, payload=facts, cause=cause, **own))
