"""Owns what happened in the work itself, as other systems report it: who, which step, how it went, when."""

import re
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, String, UniqueConstraint, extract, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from metrics.db import Base, UtcInstant, kept

WorkOutcome = Literal["done", "missed", "corrected", "alone"]
SEEN: tuple[WorkOutcome, ...] = ("done", "alone")
MISTAKEN: tuple[WorkOutcome, ...] = ("missed", "corrected")
# The source of what a manager noted: it says that somebody did something, not that they did it just then.
BY_MANAGER = "manager"
# What a clock a little ahead of ours reports has happened: nobody announces a call this late.
CLOCKS_DIFFER = timedelta(minutes=5)


class WorkEvent(Base):
    """One step of a workflow, done, missed, corrected, or done alone for the first time.

    `source` and `reference` name it where it came from: nothing with the same two is taken twice. One whose `at` lies
    ahead is an appointment.
    """

    __tablename__ = "work_events"
    __table_args__ = (
        UniqueConstraint("source", "reference"),
        Index(None, "person_id", "at"),
        {"info": kept("13 months", days=395, since="at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(40))
    reference: Mapped[str] = mapped_column(String(200))
    workflow: Mapped[str] = mapped_column(String(100))
    step: Mapped[str | None] = mapped_column(String(100))
    outcome: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcInstant)
    received_at: Mapped[datetime] = mapped_column(UtcInstant)


def has_happened() -> ColumnElement[bool]:
    """Return the condition on a WorkEvent that it is no appointment: reported ahead by no more than clocks differ."""
    ahead_seconds = extract("epoch", WorkEvent.at) - extract("epoch", WorkEvent.received_at)
    return or_(WorkEvent.at <= WorkEvent.received_at, ahead_seconds <= CLOCKS_DIFFER.total_seconds())


def workflow_name(words: str) -> str:
    """Return the name of a workflow as it is compared: small letters, words joined by a line below: client_call."""
    return "_".join(re.findall(r"\w+", words.lower().replace("_", " ")))


def missed_steps(session: Session, person_id: int, since: datetime) -> dict[tuple[str, str], int]:
    """Return how often somebody missed a step, or had it corrected, since an instant: (workflow, step) -> times.

    What names no step is left out.
    """
    counted = (
        select(WorkEvent.workflow, WorkEvent.step, func.count())
        .where(
            WorkEvent.person_id == person_id,
            WorkEvent.outcome.in_(MISTAKEN),
            WorkEvent.at >= since,
            WorkEvent.step.is_not(None),
        )
        .group_by(WorkEvent.workflow, WorkEvent.step)
    )
    return {(workflow, step): times for workflow, step, times in session.execute(counted) if step is not None}
