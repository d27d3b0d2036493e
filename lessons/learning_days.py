"""Owns learning days in SQL: who took part in a workshop on which skill, so that practice follows it up."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from lessons.tables import LearningDay
from metrics.db import insert_new


def note_learning_day(session: Session, held_on: date, skills: Collection[str], person_ids: Collection[int]) -> int:
    """Keep that these people took part in a workshop on these skills; return how much of it was not known before."""
    noted = [
        insert_new(session, LearningDay, person_id=person_id, skill=skill, held_on=held_on)
        for person_id in person_ids
        for skill in skills
    ]
    return sum(new is not None for new in noted)
