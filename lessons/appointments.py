"""Owns what lies ahead in somebody's work, so that practice can come before it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from lessons.tables import Appointment
from metrics.db import insert_new
from metrics.work import CLOCKS_DIFFER
from metrics.work_intake import Stored


def note_appointments(session: Session, stored: Iterable[Stored], now: datetime) -> None:
    """Remember each reported event that lies ahead, by more than clocks differ, as an appointment."""
    for one in stored:
        if one.report.at > now + CLOCKS_DIFFER:
            insert_new(session, Appointment, person_id=one.person_id, kind=one.report.workflow, starts_at=one.report.at)
