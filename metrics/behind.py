"""Owns what stands behind a figure of one person: the events it counts, newest first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from metrics.events.kinds import ItemAnswered, LessonApplied, LessonCompleted, QuestionAsked, SkillLapsed, SkillMastered
from metrics.events.record import EventRow
from metrics.periods import Period

MOST = 200
# What figures are made of, in the words of an address.
KINDS = {
    "lessons": (LessonCompleted.kind,),
    "mastery": (SkillMastered.kind, SkillLapsed.kind),
    "answers": (ItemAnswered.kind,),
    "use": (LessonApplied.kind,),
    "questions": (QuestionAsked.kind,),
}
# What whoever may see somebody's progress may see one by one; the rest is for the person alone.
SEEN_BY_OTHERS = frozenset(("lessons", "mastery"))


@dataclass(frozen=True)
class Happening:
    """One event; `payload` as its kind in metrics.events.kinds says."""

    at: datetime
    kind: str
    skill: str | None
    score: float | None
    seconds: float | None
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Behind:
    """The newest events of some kinds in a period, at most 200, and how many there are."""

    period: Period
    total: int
    newest: tuple[Happening, ...]


def events_behind(session: Session, person_id: int, kinds: Collection[str], period: Period) -> Behind:
    """Return the events of one person behind a figure; `kinds` are kinds of event."""
    counted = (
        EventRow.person_id == person_id,
        EventRow.kind.in_(kinds),
        EventRow.at > period.since,
        EventRow.at <= period.until,
    )
    columns = (EventRow.at, EventRow.kind, EventRow.skill, EventRow.score, EventRow.seconds, EventRow.payload)
    newest = select(*columns).where(*counted).order_by(EventRow.at.desc(), EventRow.id.desc()).limit(MOST)
    total = session.scalar(select(func.count()).select_from(EventRow).where(*counted)) or 0
    return Behind(period, total, tuple(Happening(*row) for row in session.execute(newest)))
