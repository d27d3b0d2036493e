"""Owns predicting recall from what is stored: an item's row, and what its person's answers taught so far."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons import memory
from lessons.memory import Memory, elapsed_days
from lessons.recalibration import RECALIBRATION, Histories, History, Recalibration, learn, predict_all
from lessons.tables import ItemMemory, RecallModel
from metrics.db import insert_new
from metrics.tallies import RIGHT_SCORE


class Remembered(NamedTuple):
    """One item somebody has answered; `recall` is the predicted chance 0-1 of a right answer now."""

    person_id: int
    item: str
    skill: str
    last_at: datetime
    was_right: bool
    recall: float


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


def recalls(session: Session, person_ids: Collection[int], now: datetime) -> list[Remembered]:
    """Return what these people remember of every item they have answered, by person and item; in two queries."""
    learned = select(RecallModel.person_id, RecallModel.content).where(RecallModel.person_id.in_(person_ids))
    models = {person_id: RECALIBRATION.validate_python(content) for person_id, content in session.execute(learned)}
    held = select(
        ItemMemory.person_id,
        ItemMemory.item,
        ItemMemory.skill,
        ItemMemory.last_at,
        ItemMemory.last_score,
        ItemMemory.stability,
        ItemMemory.answered,
        ItemMemory.right,
    ).where(ItemMemory.person_id.in_(person_ids))
    rows = session.execute(held.order_by(ItemMemory.person_id, ItemMemory.item)).all()
    if not rows:
        return []
    person_id, item, skill, last_at, last_score, stability, answered, right = zip(*rows, strict=True)
    gap_days = np.array([elapsed_days(each, now) for each in last_at])
    times, times_right = np.array(answered), np.array(right)
    was_right = np.array(last_score) >= RIGHT_SCORE
    recall = memory.recall_after(stability, gap_days)
    histories = Histories(recall, times_right, times - times_right, was_right, gap_days)
    people = {each: place for place, each in enumerate(dict.fromkeys(person_id))}
    unlearned = Recalibration()
    its_models = [models.get(each, unlearned) for each in people]
    predicted = predict_all(its_models, [people[each] for each in person_id], histories)
    told = zip(person_id, item, skill, last_at, was_right.tolist(), predicted.tolist(), strict=True)
    return list(map(Remembered._make, told))


def learn_from(session: Session, person_id: int, history: History, is_right: bool, at: datetime) -> None:
    """Learn from one answer; another of the same person waits meanwhile."""
    fresh = RECALIBRATION.dump_python(Recalibration(), mode="json")
    insert_new(session, RecallModel, person_id=person_id, content=fresh, changed_at=at)
    query = select(RecallModel).where(RecallModel.person_id == person_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    learned = learn(RECALIBRATION.validate_python(row.content), history, is_right)
    row.content, row.changed_at = RECALIBRATION.dump_python(learned, mode="json"), at
