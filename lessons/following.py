"""Owns what follows by itself from tracks, hour by hour: who is put on one, whose next step is asked for, who is told.

It works in the caller's transaction; doing it again changes nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.assignments import all_progress, assign_by_role, note_ends
from lessons.confirmations import APPLIED_SEEN, NO, SELF, ask_step
from lessons.notices import ACKNOWLEDGE as READ_NOTICE
from lessons.notices import CONFIRM, last_told, plan_notice
from lessons.tables import Confirmation, TrackAssignment
from lessons.track_progress import ACKNOWLEDGE, SIGN_OFF, STEP, StepProgress
from metrics.people import Person

ASK_AGAIN_AFTER = timedelta(days=7)


def follow_up(session: Session, new_id: Callable[[], str], now: datetime, company_zone: str) -> None:
    """Assign what comes with roles, note what ended, ask for the steps that come next, and plan who is told of them."""
    assign_by_role(session, now, company_zone)
    on_tracks = select(TrackAssignment.person_id)
    people = session.scalars(select(Person).where(Person.is_active, Person.id.in_(on_tracks))).all()
    found = all_progress(session, people)
    note_ends(session, found, new_id, now)
    answering = set(session.scalars(select(Person.id).where(Person.is_active)))
    for person, progress in found:
        for done in progress.left:
            if _is_to_be_asked(done, done is progress.next_step, answering, now):
                ask_step(session, person, progress.track, done.step, progress.due_on, new_id, now)
    plan_waiting(session, now, company_zone)


def plan_waiting(session: Session, now: datetime, company_zone: str) -> None:
    """Plan a notice for everybody who waits to hear of something they are to confirm or to read."""
    kinds = {STEP: CONFIRM, SIGN_OFF: CONFIRM, APPLIED_SEEN: CONFIRM, ACKNOWLEDGE: READ_NOTICE}
    waiting = session.scalars(select(Confirmation).where(Confirmation.answer.is_(None), Confirmation.kind.in_(kinds)))
    rows = [(row.asked_id or row.person_id, kinds[row.kind], row) for row in waiting.all()]
    people = {
        person.id: person
        for person in session.scalars(
            select(Person).where(Person.id.in_({person_id for person_id, _, _ in rows}), Person.is_active)
        )
    }
    told = last_told(session, people, now)
    to_tell: dict[tuple[int, str], dict[int, list[str]]] = {}
    for person_id, slot, row in rows:
        told_at = told.get((person_id, slot, row.id))
        if person_id in people and (told_at is None or told_at < row.asked_at):
            to_tell.setdefault((person_id, slot), {})[row.id] = []
    for (person_id, slot), about in to_tell.items():
        plan_notice(session, person_id, slot, about, now, people[person_id].time_zone or company_zone)


def _is_to_be_asked(left: StepProgress, is_next: bool, answering: set[int], now: datetime) -> bool:
    """Say whether a step left is to be asked for: in its turn, or again where it was asked for before its turn."""
    row = left.confirmation
    if left.step.kind == "module":
        return False
    if row is None:
        return is_next
    if row.answer == NO:
        return row.answered_at is not None and now - row.answered_at >= ASK_AGAIN_AFTER
    by_another = left.step.kind == "sign_off" or (left.step.kind == "human" and left.step.who != SELF)
    return by_another and row.asked_id not in answering
