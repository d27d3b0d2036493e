"""Owns the record of an answer: what was asked, what was weighed, what code checked, and what its asker said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.answer import Reply
from coach.questions import Delivery, delivery_of, find_question, reply_of
from coach.reader import audiences_of, open_files
from coach.search import Considered
from coach.sources import Source
from coach.tables import AskedQuestion
from metrics.policy import Action, Asker, may


@dataclass(frozen=True)
class AnswerRecord:
    """One answer as it was made. `words` have their secrets masked; who asked is not in it. `delivery` is what kept it
    from them, if anything did.

    `considered` are the passages weighed, best first, and `sources` those quoted, without what the reader may not read
    today; `closed` counts passages left out for that, `changed` the ids of those whose SOP was changed since.
    """

    answer_id: str
    asked_at: datetime
    words: str
    reply: Reply
    delivery: Delivery | None
    considered: tuple[Considered, ...]
    sources: tuple[Source, ...]
    closed: int
    changed: frozenset[int]
    rating: str | None
    rating_note: str | None


def answer_record(session: Session, asked: AskedQuestion, reader: Asker | None) -> AnswerRecord:
    """Return the record of an answer for `reader`; None reads everything, as who operates the database does."""
    reply = reply_of(asked)
    considered = reply.trace.considered
    named: list[Considered | Source] = [*considered, *reply.sources]
    audiences = audiences_of(session, [each.passage_id for each in named])
    readable = open_files(session, reader, {each.file for each in named}) if reader is not None else set()

    def is_open(each: Considered | Source) -> bool:
        audience = audiences.get(each.passage_id)
        if reader is None:
            return True
        # What was changed since is judged by the SOP it stood in.
        return each.file in readable if audience is None else may(reader, Action.READ_SOP, audience)

    shown = tuple(each for each in considered if is_open(each))
    quoted = tuple(source for source in reply.sources if is_open(source))
    hidden = {each.passage_id for each in named if not is_open(each)}
    return AnswerRecord(
        answer_id=asked.public_id,
        asked_at=asked.asked_at,
        words=asked.words,
        reply=reply,
        delivery=delivery_of(asked),
        considered=shown,
        sources=quoted,
        closed=len(hidden),
        changed=frozenset(each.passage_id for each in named if each.passage_id not in audiences),
        rating=asked.rating,
        rating_note=asked.rating_note,
    )


def rated_answers(session: Session, most: int) -> Sequence[AskedQuestion]:
    """Return the answers whose asker said that something is off, newest verdict first."""
    off = select(AskedQuestion).where(AskedQuestion.rating.is_not(None), AskedQuestion.rating != "helpful")
    return session.scalars(off.order_by(AskedQuestion.rated_at.desc(), AskedQuestion.id.desc()).limit(most)).all()


def newest_answers(session: Session, most: int) -> Sequence[AskedQuestion]:
    """Return the newest answers of everybody, newest first."""
    return session.scalars(select(AskedQuestion).order_by(AskedQuestion.id.desc()).limit(most)).all()


def found_answer(session: Session, answer_id: str) -> AskedQuestion | None:
    """Return the answer with this id as people write it, None when it is no longer kept."""
    return find_question(session, answer_id.strip().lower())
