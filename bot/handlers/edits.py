"""Follows a question afterwards: what was answered of it before, and a deletion that takes the answer back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handlers.request import answer_key, private_address
from bot.messages import Address, Incoming
from bot.outcome import Outcome, Outgoing
from bot.queue import cancel
from bot.tables import AnswerClaim
from coach.questions import forget_question
from coach.tables import AskedQuestion
from metrics.events.kinds import InteractionHandled

ANSWERED_ANEW_WITHIN = timedelta(hours=1)
# Later than any edit: nothing of a deleted message is answered any more.
DELETED = "~deleted"


@dataclass(frozen=True)
class Before:
    """What came of a message so far: the outbox row of its first answer, and its kept versions."""

    first_key: str | None
    question_ids: tuple[int, ...]


def claims_on(session: Session, incoming: Incoming) -> Sequence[AnswerClaim]:
    """Return what was answered of a message, its edits after it."""
    query = select(AnswerClaim).where(
        AnswerClaim.workspace == incoming.workspace,
        AnswerClaim.channel == incoming.channel,
        AnswerClaim.message_id == incoming.message_id,
    )
    return session.scalars(query.order_by(AnswerClaim.edited_id)).all()


def before(claims: Sequence[AnswerClaim]) -> Before:
    """Return what the claims on a message say."""
    first_key = next((claim.first_key for claim in claims if claim.first_key), None)
    return Before(first_key, tuple(claim.question_id for claim in claims if claim.question_id is not None))


def staleness(claims: Sequence[AnswerClaim], incoming: Incoming, now: datetime) -> str | None:
    """Return why an edit changes nothing: an edit as new was seen, or it comes too late; None when it counts."""
    if any(claim.edited_id >= incoming.edited_id for claim in claims):
        return "duplicate"
    if claims and now - claims[0].claimed_at > ANSWERED_ANEW_WITHIN:
        return "edited_too_late"
    return None


def deleted(reading: Session, incoming: Incoming, key: str) -> Outcome:
    """Take back the answer to a deleted question, sent or not, and forget its words."""
    claims = claims_on(reading, incoming)
    so_far = before(claims)
    is_known = any(claim.edited_id == DELETED for claim in claims)
    kept = [reading.get(AskedQuestion, question_id) for question_id in so_far.question_ids]
    was_aside = not incoming.is_direct and any(question is not None and not question.is_open for question in kept)

    def store(session: Session) -> Sequence[Outgoing]:
        for question_id in so_far.question_ids:
            forget_question(session, question_id)
        if not is_known:
            _mark(session, incoming)
        if so_far.first_key is None or cancel(session, so_far.first_key, incoming.at):
            return ()
        address = Address(incoming.platform, incoming.workspace, incoming.channel, incoming.thread_id)
        if was_aside:
            address = private_address(incoming)
        return (Outgoing(answer_key(key), address, None, operation="delete", after_key=so_far.first_key),)

    outcome = "taken_back" if so_far.first_key else "noted"
    return Outcome(InteractionHandled(incoming.platform, incoming.kind.value, outcome), None, store)


def _mark(session: Session, incoming: Incoming) -> None:
    # The question itself may still be on its way: it must find that it is gone.
    session.add(
        AnswerClaim(
            workspace=incoming.workspace,
            channel=incoming.channel or "",
            message_id=incoming.message_id or "",
            edited_id=DELETED,
            account=None,
            first_key=None,
            claimed_at=incoming.at,
        )
    )
    session.flush()
