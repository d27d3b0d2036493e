"""Plans lessons people ask for, sends what is due, and takes their quiz answers."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.handlers.manage import welcome
from bot.handlers.request import Request
from bot.messages import ADDRESS, Address, Message
from bot.outcome import NUDGE, Outcome, Outgoing
from bot.queue import put
from bot.tables import Connection, DirectAddress, OutboxItem
from bot.views import lesson as views
from bot.views import lines
from lessons.lesson import LESSON, Lesson
from lessons.nudges import (
    MISSED,
    QUEUED,
    due,
    finish,
    is_late,
    lesson_of,
    may_take,
    next_lesson,
    request_lesson,
    requested_on,
    settle,
)
from lessons.quiz import LETTERS, grade
from lessons.tables import LessonRow, Nudge, QuizQuestion
from metrics.db import rows_changed
from metrics.events.kinds import QuizAnswered
from metrics.people import Person, PlatformIdentity, asker_for
from metrics.time_zones import local_time

KEY = "nudge:"
QUIZ_ACTIONS = {f"quiz_{letter.lower()}": letter for letter in LETTERS}


def ask_for_lesson(request: Request) -> Outcome:
    """Plan the one lesson a day somebody may ask for; the next tick sends it."""
    with request.app.database.session() as session:
        local_on = _today(session, request.person, request.now)
        already = requested_on(session, request.person.id, local_on)
        row = session.get(LessonRow, already.lesson_id) if already and already.lesson_id else None
        chosen = None if already else next_lesson(session, request.asker)
    if already is not None:
        text = views.ALREADY.format(title=row.title) if row else views.ALREADY_GONE
        return request.said("lesson_already", request.privately(lines.line(text)))
    if chosen is None:
        return request.said("no_lesson", request.privately(lines.line(views.NONE_FOR_YOU)))
    text = views.PLANNED.format(title=chosen.title, minutes=lesson_of(chosen).minutes.total)

    def store(session: Session) -> Sequence[Outgoing]:
        request_lesson(session, request.person.id, chosen, request.now, local_on)
        return (*welcome(request, session), request.privately(lines.line(text)))

    return Outcome(request.handled("lesson_planned"), request.person.id, store)


def tick(session: Session, now: datetime, new_id: Callable[[], str]) -> int:
    """Queue every nudge that is due, each with a quiz question of its own; return how many.

    What nobody can or may be sent any more becomes missed.
    """
    queued = 0
    for nudge in due(session, now):
        lesson, address = _deliverable(session, nudge), _address(session, nudge.person_id)
        if lesson is None or address is None:
            finish(nudge, MISSED, now)
            continue
        question = QuizQuestion(
            public_id=new_id(),
            person_id=nudge.person_id,
            nudge_id=nudge.id,
            skill=lesson.skill,
            content=LESSON.dump_python(lesson, mode="json"),
            asked_at=now,
        )
        session.add(question)
        message = views.lesson_message(lesson, question.public_id)
        put(session, Outgoing(f"{KEY}{nudge.id}", address, message, priority=NUDGE, person_id=nudge.person_id), now)
        nudge.state = QUEUED
        queued += 1
    session.flush()
    return queued


def recheck_nudge(session: Session, item: OutboxItem, message: Message, now: datetime) -> Message | None:
    """Return a queued nudge as it may be sent now, None when it is too late or no longer theirs to read."""
    nudge = _nudge_of(session, item)
    if nudge is None or is_late(nudge, now) or _deliverable(session, nudge) is None:
        return None
    return message


def settled(session: Session, item: OutboxItem, now: datetime) -> None:
    """Note how sending a nudge ended; a row of anything else is passed over."""
    if (nudge := _nudge_of(session, item)) is not None:
        settle(session, nudge.id, item.state, now)


def answer_quiz(request: Request) -> Outcome | None:
    """Take the answer of the person asked, once, and show whether it was right; None for any other button."""
    chosen = QUIZ_ACTIONS.get(request.incoming.action or "")
    if chosen is None:
        return None
    with request.app.database.session() as session:
        question = session.scalar(select(QuizQuestion).where(QuizQuestion.public_id == request.incoming.value))
        nudge = session.get(Nudge, question.nudge_id) if question and question.nudge_id else None
        lesson = LESSON.validate_python(question.content) if question else None
        may_answer = lesson is not None and may_take(session, request.asker, lesson)
    if question is not None and question.person_id != request.person.id:
        return request.said("not_yours", request.privately(lines.line(views.NOT_YOURS)))
    if (
        question is None
        or lesson is None
        or not may_answer
        or question.answered_at
        or chosen not in dict(lesson.item.lettered())
    ):
        return request.said("closed", request.privately(lines.line(views.CLOSED)))
    shown_at = (nudge.finished_at if nudge else None) or question.asked_at
    seconds = max(0.0, (request.incoming.at - shown_at).total_seconds())
    score = grade(lesson.item, chosen).score
    event = QuizAnswered(request.incoming.platform, question.skill, score, seconds, question.id)
    replaced = Outgoing(
        f"quiz:{question.public_id}",
        request.card_address,
        views.answered_message(lesson, chosen),
        operation="update",
        target_id=request.incoming.message_id,
        person_id=request.person.id,
    )

    def store(session: Session) -> Sequence[Outgoing]:
        open_one = (QuizQuestion.id == question.id, QuizQuestion.answered_at.is_(None))
        values = {"chosen": chosen, "answered_at": request.now}
        if not rows_changed(session.execute(update(QuizQuestion).where(*open_one).values(values))):
            # Handled once more, this press finds the question closed and counts for nothing.
            raise IntegrityError("quiz question answered meanwhile", None, ValueError(question.id))
        return (replaced,)

    return Outcome(event, request.person.id, store)


def _today(session: Session, person: Person, now: datetime) -> date:
    return local_time(now, person.time_zone or stored_company(session).timezone).date()


def _nudge_of(session: Session, item: OutboxItem) -> Nudge | None:
    number = item.key.removeprefix(KEY)
    return session.get(Nudge, int(number)) if number != item.key and number.isdecimal() else None


def _deliverable(session: Session, nudge: Nudge) -> Lesson | None:
    person = session.get_one(Person, nudge.person_id)
    row = session.get(LessonRow, nudge.lesson_id) if nudge.lesson_id else None
    if row is None or not person.is_active:
        return None
    lesson = lesson_of(row)
    return lesson if may_take(session, asker_for(person), lesson) else None


def _address(session: Session, person_id: int) -> Address | None:
    """Return where a person last wrote to Coach directly, else their account where Coach is connected."""
    accounts = dict(
        session.execute(
            select(PlatformIdentity.platform, PlatformIdentity.platform_user_id)
            .where(PlatformIdentity.person_id == person_id)
            .order_by(PlatformIdentity.id)
        ).all()
    )
    seen = select(DirectAddress).where(DirectAddress.person_id == person_id).order_by(DirectAddress.seen_at.desc())
    known = session.scalars(seen).all()
    for blocked in known:
        if blocked.blocked_at is not None:
            accounts.pop(blocked.platform, None)
    for direct in known:
        if direct.platform in accounts:
            workspace = ADDRESS.validate_python(direct.address).workspace
            return Address(direct.platform, workspace, only_for=accounts[direct.platform])
    connected = select(Connection).where(Connection.platform.in_(accounts), Connection.is_stopped.is_(False))
    for connection in session.scalars(connected.order_by(Connection.platform)):
        return Address(connection.platform, connection.workspace, only_for=accounts[connection.platform])
    return None
