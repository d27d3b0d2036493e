"""Owns the one message a day that offers a cohort its practice in a channel, in SQL: planned, due, ended.

Every function works in the caller's transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.agendas import HORIZON, Agenda
from lessons.nudges import LATE, MISSED, PLANNED, QUEUED, REASON_AFTER, STATE_AFTER
from lessons.planning import MOVED
from lessons.rules import Cohort, LessonRules
from lessons.schedule import LATE_AFTER, Slot, slots
from lessons.tables import CohortPost
from metrics.db import insert_new
from metrics.events.kinds import NudgeEnded
from metrics.events.record import record

Moments = dict[tuple[str, date], Slot]


def add_moments(moments: Moments, agendas: Iterable[Agenda], rules: LessonRules, now: datetime) -> None:
    """Add when each member of a cohort with a channel could practise: of one cohort and date the earliest counts."""
    for agenda in agendas:
        cohort = agenda.cohort
        if cohort is None or cohort.channel is None:
            continue
        until = now + HORIZON
        for slot in slots(rules, cohort, agenda.timing, agenda.roster, (), now - LATE_AFTER, until, agenda.zone):
            key = (cohort.name, slot.local_on)
            if slot.late_at > now and (key not in moments or slot.due_at < moments[key].due_at):
                moments[key] = slot


def store_posts(
    session: Session, moments: Mapping[tuple[str, date], Slot], now: datetime, new_id: Callable[[], str]
) -> None:
    """Make the rows to come say these moments; storing twice changes nothing, and what vanished is missed."""
    query = select(CohortPost).where(CohortPost.local_on >= (now - HORIZON).date())
    rows = {(row.cohort, row.local_on): row for row in session.scalars(query.with_for_update(skip_locked=True))}
    for (cohort, local_on), slot in sorted(moments.items()):
        row = rows.get((cohort, local_on))
        if row is None:
            values = {"slot": "channel", "state": PLANNED, "due_at": slot.due_at, "late_at": slot.late_at}
            insert_new(session, CohortPost, public_id=new_id(), cohort=cohort, local_on=local_on, **values)
        elif row.state == PLANNED or _was_withdrawn(row):
            row.state, row.reason, row.finished_at = PLANNED, None, None
            row.due_at, row.late_at = slot.due_at, slot.late_at
    for key, row in rows.items():
        if row.state == PLANNED and key not in moments and row.due_at > now:
            row.state, row.reason, row.finished_at = MISSED, MOVED, now
    session.flush()


def due_posts(session: Session, now: datetime) -> Sequence[CohortPost]:
    """Return planned posts whose time has come, locked for this transaction; the late become missed."""
    query = select(CohortPost).where(CohortPost.state == PLANNED, CohortPost.due_at <= now).order_by(CohortPost.id)
    found = session.scalars(query.with_for_update(skip_locked=True)).all()
    for post in found:
        if is_late(post, now):
            finish_post(session, post, MISSED, now, LATE)
    return [post for post in found if post.state == PLANNED]


def is_late(post: CohortPost, now: datetime) -> bool:
    """Say whether it is too late to send a post."""
    return post.late_at is not None and now >= post.late_at


def cohort_of_post(post: CohortPost, rules: LessonRules) -> Cohort | None:
    """Return the cohort a post is for, None where it has no channel any more."""
    return next((cohort for cohort in rules.cohorts if cohort.name == post.cohort and cohort.channel), None)


def find_post(session: Session, public_id: str | None) -> CohortPost | None:
    """Return the post whose button carries an id; None for no post."""
    return session.scalars(select(CohortPost).where(CohortPost.public_id == public_id)).one_or_none()


def finish_post(session: Session, post: CohortPost, state: str, now: datetime, reason: str = "") -> None:
    """End a post as sent, missed or unknown, with its event; `reason` is a constant, empty for one that was sent."""
    post.state, post.reason, post.finished_at = state, reason or None, now
    record(session, NudgeEnded(post.slot, state, reason), now)


def settle_post(session: Session, post_id: int, outbox_state: str, now: datetime) -> None:
    """Note how sending a queued post ended; `outbox_state` is sent, unknown, dead or cancelled."""
    post = session.get(CohortPost, post_id, with_for_update=True)
    if post is not None and post.state == QUEUED:
        reason = "" if outbox_state == "sent" else post.reason or REASON_AFTER[outbox_state]
        finish_post(session, post, STATE_AFTER[outbox_state], now, reason)


def _was_withdrawn(row: CohortPost) -> bool:
    return row.state == MISSED and row.finished_at is not None and row.finished_at < row.due_at
