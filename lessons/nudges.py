"""Owns lessons and nudges in SQL: which lesson comes next, planning it once, what is due, how sending it ended."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from coach.tables import SopDocument
from lessons.lesson import LESSON, Lesson
from lessons.tables import LessonRow, Nudge
from metrics.policy import Action, Asker, Audience, may

TOO_LATE = timedelta(hours=2)
MOST_AT_ONCE = 200
REQUESTED = "requested"
PLANNED, QUEUED, SENT, MISSED, UNKNOWN = "planned", "queued", "sent", "missed", "unknown"
STATE_AFTER: Mapping[str, str] = {"sent": SENT, "unknown": UNKNOWN, "dead": MISSED, "cancelled": MISSED}


def store_lessons(session: Session, lessons: tuple[Lesson, ...]) -> None:
    """Make the lessons table hold exactly these; a lesson keeps its id as long as its file stays."""
    held = {row.file: row for row in session.scalars(select(LessonRow))}
    session.execute(delete(LessonRow).where(LessonRow.file.not_in([lesson.file for lesson in lessons])))
    for lesson in lessons:
        row = held.get(lesson.file) or LessonRow(file=lesson.file)
        row.title, row.skill, row.content = lesson.title, lesson.skill, LESSON.dump_python(lesson, mode="json")
        session.add(row)
    session.flush()


def lesson_of(row: LessonRow) -> Lesson:
    """Return the lesson a row holds."""
    return LESSON.validate_python(row.content)


def may_take(session: Session, asker: Asker, lesson: Lesson) -> bool:
    """Say whether somebody may take a lesson: whoever may read the SOP it teaches."""
    key = session.scalar(select(SopDocument.audience).where(SopDocument.file == lesson.sop))
    return key is not None and may(asker, Action.READ_SOP, Audience.from_key(key))


def next_lesson(session: Session, asker: Asker) -> LessonRow | None:
    """Return the lesson somebody has not had for longest, never had before all; None when there is none for them."""
    last_due = (
        select(Nudge.lesson_id, func.max(Nudge.due_at).label("at"))
        .where(Nudge.person_id == asker.person_id, Nudge.state != MISSED)
        .group_by(Nudge.lesson_id)
        .subquery()
    )
    query = select(LessonRow).outerjoin(last_due, last_due.c.lesson_id == LessonRow.id)
    ordered = query.order_by(last_due.c.at.is_not(None), last_due.c.at, LessonRow.file)
    return next((row for row in session.scalars(ordered) if may_take(session, asker, lesson_of(row))), None)


def requested_on(session: Session, person_id: int, local_on: date) -> Nudge | None:
    """Return the lesson somebody asked for on their local date, unless it was missed."""
    return session.scalar(
        select(Nudge).where(
            Nudge.person_id == person_id,
            Nudge.local_on == local_on,
            Nudge.slot.startswith(REQUESTED),
            Nudge.state != MISSED,
        )
    )


def request_lesson(session: Session, person_id: int, lesson: LessonRow, now: datetime, local_on: date) -> Nudge:
    """Plan the one lesson a day somebody may ask for, due at once; planning twice changes nothing.

    Raises IntegrityError when another transaction planned it meanwhile.
    """
    if already := requested_on(session, person_id, local_on):
        return already
    same_day = (Nudge.person_id == person_id, Nudge.local_on == local_on, Nudge.slot.startswith(REQUESTED))
    missed = session.scalar(select(func.count()).select_from(Nudge).where(*same_day)) or 0
    nudge = Nudge(
        person_id=person_id,
        lesson_id=lesson.id,
        local_on=local_on,
        slot=f"{REQUESTED}-{missed + 1}" if missed else REQUESTED,
        state=PLANNED,
        due_at=now,
    )
    session.add(nudge)
    session.flush()
    return nudge


def due(session: Session, now: datetime) -> list[Nudge]:
    """Return planned nudges whose time has come, oldest first, locked for this transaction; the late become missed."""
    query = (
        select(Nudge)
        .where(Nudge.state == PLANNED, Nudge.due_at <= now)
        .order_by(Nudge.due_at, Nudge.id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    in_time = []
    for nudge in session.scalars(query):
        if is_late(nudge, now):
            finish(nudge, MISSED, now)
        else:
            in_time.append(nudge)
    return in_time


def is_late(nudge: Nudge, now: datetime) -> bool:
    """Say whether it is too late to send a nudge."""
    return now - nudge.due_at > TOO_LATE


def finish(nudge: Nudge, state: str, now: datetime) -> None:
    """End a nudge as sent, missed or unknown."""
    nudge.state, nudge.finished_at = state, now


def settle(session: Session, nudge_id: int, outbox_state: str, now: datetime) -> None:
    """Note how sending a queued nudge ended; `outbox_state` is sent, unknown, dead or cancelled."""
    nudge = session.get(Nudge, nudge_id)
    if nudge is not None and nudge.state == QUEUED:
        finish(nudge, STATE_AFTER[outbox_state], now)
