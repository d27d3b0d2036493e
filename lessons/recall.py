"""Owns predicting recall from what is stored: an item's row, and what its person's answers taught so far."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons import memory
from lessons.attempts import RIGHT_SCORE
from lessons.memory import Memory, elapsed_days
from lessons.recalibration import RECALIBRATION, History, Recalibration, learn
from lessons.tables import ItemMemory, RecallModel
from metrics.db import insert_new


def memory_of(row: ItemMemory) -> Memory:
    """Return the memory a row holds."""
    return Memory(row.stability, row.difficulty, row.last_at)


def history_of(row: ItemMemory, at: datetime) -> History:
    """Return what is known of an item at an instant in UTC, before it is answered then."""
    known = memory_of(row)
    was_right = row.last_score >= RIGHT_SCORE
    return History(
        memory.recall(known, at), row.right, row.answered - row.right, was_right, elapsed_days(row.last_at, at)
    )


def recalibration_of(session: Session, person_id: int) -> Recalibration:
    """Return what somebody's answers taught so far; the memory model alone before the first."""
    content = session.scalar(select(RecallModel.content).where(RecallModel.person_id == person_id))
    return RECALIBRATION.validate_python(content) if content is not None else Recalibration()


def learn_from(session: Session, person_id: int, history: History, is_right: bool, at: datetime) -> None:
    """Learn from one answer; another of the same person waits meanwhile."""
    fresh = RECALIBRATION.dump_python(Recalibration(), mode="json")
    insert_new(session, RecallModel, person_id=person_id, content=fresh, changed_at=at)
    query = select(RecallModel).where(RecallModel.person_id == person_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    learned = learn(RECALIBRATION.validate_python(row.content), history, is_right)
    row.content, row.changed_at = RECALIBRATION.dump_python(learned, mode="json"), at
