"""Owns the questions people asked in chat: what a thread said before, and the reply a button refers to."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from coach.answer import Abstention, Answer, Reply
from coach.conflict_record import note_conflicts
from coach.conversation import EARLIER_TURNS, Turn
from coach.costs import Band
from coach.mask import without_masks
from coach.tables import AskedQuestion

SAME_CONVERSATION_MINUTES = 30
# What is offered beside a question in a channel that only an SOP closed to some answers.
ANSWERED_ASIDE = "private"
RATINGS = ("helpful", "not_helpful", "wrong_source", "wrong_answer", "outdated")
REPLY: TypeAdapter[Reply] = TypeAdapter(Answer | Abstention)
DELIVERY = "delivery"


class Delivery(StrEnum):
    """How it ended where an asker did not simply get an answer.

    It was held back, since before it was sent an SOP behind it was `changed`, or taken away or `closed` to who would
    have read it; the platform did not take it, or not all of it; or that is not known.
    """

    CHANGED = "changed"
    CLOSED = "closed"
    UNDELIVERED = "undelivered"
    UNKNOWN = "unknown"


def keep_question(
    session: Session,
    public_id: str,
    person_id: int,
    thread_key: str,
    words: str,
    is_open: bool,
    reply: Reply,
    now: datetime,
    offers: Sequence[str] = (),
    copy_of_id: int | None = None,
    asked_in: dict[str, Any] | None = None,
) -> AskedQuestion:
    """Store a question with its reply, and return the row with its id. `words` have their secrets masked.

    `offers`, `copy_of_id` and `asked_in` are as in AskedQuestion. E-mails stay out of the stored reply: the column
    beside it can be emptied when its owner is erased. Where sections shown disagree, that is noted beside it.
    """
    question = AskedQuestion(
        public_id=public_id,
        person_id=person_id,
        thread_key=thread_key,
        asked_at=now,
        words=words,
        is_open=is_open,
        band=reply.status,
        rule=reply.rule if isinstance(reply, Abstention) else None,
        refer_to=reply.refer_to,
        reply=_without_emails(REPLY.dump_python(reply, mode="json")),
        offers=list(offers),
        copy_of_id=copy_of_id,
        asked_in=asked_in,
    )
    session.add(question)
    session.flush()
    if isinstance(reply, Answer):
        note_conflicts(session, reply.sources, reply.conflicts, now)
    return question


def find_question(session: Session, public_id: str | None) -> AskedQuestion | None:
    """Return the question a button carries, None when it is no longer kept."""
    return session.scalars(select(AskedQuestion).where(AskedQuestion.public_id == public_id)).one_or_none()


def reply_of(question: AskedQuestion) -> Reply:
    """Return the reply as it was given, without the owners of its sources; nobody erased is referred to."""
    values = {**question.reply, "refer_to": question.refer_to}
    return REPLY.validate_python(values)


def delivery_of(question: AskedQuestion) -> Delivery | None:
    """Return what kept an answer from its asker, None where nothing did, or it is on its way."""
    noted = question.reply.get(DELIVERY)
    return None if noted is None else Delivery(noted)


def note_delivery(question: AskedQuestion, delivery: Delivery | None) -> None:
    """Note what kept an answer from its asker; None takes that back."""
    question.reply = {**question.reply, DELIVERY: delivery}


def earlier_turns(
    session: Session, thread_key: str, person_id: int | None, now: datetime, before_id: int | None = None
) -> Sequence[Turn]:
    """Return what was asked in a thread in the 30 minutes up to `now`, oldest first.

    Private turns are only those of `person_id`, none for None; `before_id` stops before that question.
    """
    query = select(AskedQuestion.words).where(
        AskedQuestion.thread_key == thread_key,
        AskedQuestion.asked_at >= now - timedelta(minutes=SAME_CONVERSATION_MINUTES),
        AskedQuestion.asked_at <= now,
    )
    if before_id is not None:
        query = query.where(AskedQuestion.id < before_id)
    query = query.where(or_(AskedQuestion.is_open, AskedQuestion.person_id == person_id))
    newest = session.scalars(query.order_by(AskedQuestion.id.desc()).limit(EARLIER_TURNS)).all()
    return [Turn("user", without_masks(words)) for words in reversed(newest)]


def recent_questions(session: Session, person_id: int, most: int) -> Sequence[AskedQuestion]:
    """Return a person's own latest questions, newest first."""
    mine = select(AskedQuestion).where(AskedQuestion.person_id == person_id)
    return session.scalars(mine.order_by(AskedQuestion.id.desc()).limit(most)).all()


def open_questions(session: Session, person_id: int, since: datetime, most: int) -> Sequence[AskedQuestion]:
    """Return a person's own questions after an instant that nothing covered, newest first, each of the same words once.

    One asked in a channel counts once, though it was answered aside as well; not at all where an SOP closed to the
    channel covers it.
    """
    mine = select(AskedQuestion).where(
        AskedQuestion.person_id == person_id,
        AskedQuestion.band == Band.NOT_COVERED.value,
        AskedQuestion.rule.is_(None),
        AskedQuestion.copy_of_id.is_(None),
        AskedQuestion.asked_at > since,
    )
    newest = session.scalars(mine.order_by(AskedQuestion.id.desc())).all()
    alike = {as_asked(each.words): each for each in reversed(newest) if ANSWERED_ASIDE not in each.offers}
    return sorted(alike.values(), key=lambda question: -question.id)[:most]


def as_asked(words: str) -> str:
    """Return what two questions that differ in capitals or spaces alone have in common."""
    return " ".join(words.casefold().split())


def forget_question(session: Session, question_id: int) -> None:
    """Delete a question whose asker deleted or changed their message, and its private copies."""
    session.execute(delete(AskedQuestion).where(AskedQuestion.id == question_id))


def _without_emails(reply: dict[str, Any]) -> dict[str, Any]:
    return {**reply, "refer_to": None, "sources": [{**source, "owner": None} for source in reply["sources"]]}
