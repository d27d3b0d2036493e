"""Follows a question afterwards: an edit is answered anew in place, a deletion takes the answer back."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handlers.ask import ask
from bot.handlers.request import Request, account_of, answer_key
from bot.messages import Address, Incoming
from bot.outcome import Outcome, Outgoing
from bot.queue import cancel
from bot.tables import AnswerClaim
from coach.questions import forget_question
from metrics.events.kinds import InteractionHandled

ANSWERED_ANEW_WITHIN = timedelta(hours=1)


def claims_on(session: Session, incoming: Incoming) -> Sequence[AnswerClaim]:
    """Return what was answered of a message, its edits after it."""
    query = select(AnswerClaim).where(
        AnswerClaim.workspace == incoming.workspace,
        AnswerClaim.channel == incoming.channel,
        AnswerClaim.message_id == incoming.message_id,
    )
    return session.scalars(query.order_by(AnswerClaim.edited_id)).all()


def edited(request: Request) -> Outcome:
    """Answer an edited question in the place of its first answer; an edit that comes late or out of order changes
    nothing.
    """
    with request.app.database.session() as session:
        claims = claims_on(session, request.incoming)
    if not claims:
        return ask(request)
    if any(claim.edited_id >= request.incoming.edited_id for claim in claims):
        return request.said("duplicate")
    first_key = claims[0].first_key
    if first_key is None:
        return request.said("deleted_before")
    if request.now - claims[0].claimed_at > ANSWERED_ANEW_WITHIN:
        return request.said("edited_too_late")
    return ask(request, first_key, [claim.question_id for claim in claims if claim.question_id is not None])


def deleted(reading: Session, incoming: Incoming, key: str) -> Outcome:
    """Take back the answer to a deleted question, sent or not, and forget its words."""
    claims = claims_on(reading, incoming)
    first_key = next((claim.first_key for claim in claims if claim.first_key), None)
    question_ids = [claim.question_id for claim in claims if claim.question_id is not None]

    def store(session: Session) -> Sequence[Outgoing]:
        for question_id in question_ids:
            forget_question(session, question_id)
        if first_key is None:
            if not claims:
                _mark(session, incoming)
            return ()
        if cancel(session, first_key, incoming.at):
            return ()
        address = Address(incoming.platform, incoming.workspace, incoming.channel, incoming.thread_id)
        return (Outgoing(answer_key(key), address, None, operation="delete", after_key=first_key),)

    event = InteractionHandled(incoming.platform, incoming.kind.value, "taken_back" if first_key else "noted")
    return Outcome(event, None, store)


def _mark(session: Session, incoming: Incoming) -> None:
    # The question itself may still be on its way, or in another worker's hands: it must find itself answered.
    session.add(
        AnswerClaim(
            workspace=incoming.workspace,
            channel=incoming.channel or "",
            message_id=incoming.message_id or "",
            edited_id="",
            account=account_of(incoming) if incoming.user_id else None,
            first_key=None,
            claimed_at=incoming.at,
        )
    )
    session.flush()
