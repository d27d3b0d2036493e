"""Answers a press of a button under an answer: a verdict, sharing, or the private answer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.asking import names_for
from bot.handlers.ask import answer_privately
from bot.handlers.delivering import SHARED
from bot.handlers.request import Request, answer_key
from bot.messages import ADDRESS, Address, Message
from bot.outcome import Outcome, Outgoing
from bot.queue import put
from bot.tables import OutboxItem
from bot.views import lines
from bot.views.answer_message import Setting, as_message
from coach.questions import RATINGS, find_question, reply_of
from coach.reader import may_read_all
from coach.tables import AskedQuestion
from metrics.db import rows_changed
from metrics.events.kinds import AnswerRated
from metrics.people import Person, PlatformIdentity
from metrics.policy import Asker

# What a platform's own thumbs mean.
THUMBS = {"thumb_like": "helpful", "thumb_dislike": "not_helpful"}


def press(request: Request) -> Outcome | None:
    """Return what a press on an answer's button leads to, None for a button of something else."""
    action = request.incoming.action or ""
    rating = THUMBS.get(action) or action.removeprefix("rate_")
    handler: Callable[[Request, AskedQuestion], Outcome]
    if action.startswith(("rate_", "thumb_")) and rating in RATINGS:
        handler = partial(_rate, rating)
    elif action in ("share", "answer_privately"):
        handler = {"share": _share, "answer_privately": answer_privately}[action]
    else:
        return None
    is_thumb = action in THUMBS
    with request.app.database.session() as session:
        asked = _rated_message(session, request) if is_thumb else find_question(session, request.incoming.value)
    if asked is None:
        gone = lines.RATING_NOT_PLACED if is_thumb else lines.ANSWER_GONE
        return request.said("closed", request.privately(lines.line(gone)))
    if asked.person_id != request.person.id:
        # The platform's own thumbs are everybody's to press; that one changes nothing needs no word.
        told = () if is_thumb else (request.privately(lines.line(lines.NOT_YOURS)),)
        return request.said("not_yours", *told)
    return handler(request, asked)


def _rated_message(session: Session, request: Request) -> AskedQuestion | None:
    """Return the question a message answered, where the platform rates messages and says only which."""
    incoming = request.incoming
    query = (
        select(AskedQuestion)
        .join(OutboxItem, OutboxItem.question_id == AskedQuestion.id)
        .where(OutboxItem.platform == incoming.platform, OutboxItem.platform_id == incoming.message_id)
        # A message's id is its conversation's own: of two alike, the one asked by who presses is meant.
        .order_by((AskedQuestion.person_id == request.person.id).desc(), OutboxItem.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none() if incoming.message_id else None


def _rate(rating: str, request: Request, asked: AskedQuestion) -> Outcome:
    note = request.incoming.text or None
    if asked.rating is not None:
        return request.said("closed", request.privately(lines.line(lines.ALREADY_RATED)))

    def store(session: Session) -> Sequence[Outgoing]:
        settled = session.execute(
            update(AskedQuestion)
            .where(AskedQuestion.id == asked.id, AskedQuestion.rating.is_(None))
            .values(rating=rating, rated_at=request.now, rating_note=note)
        )
        if not rows_changed(settled):
            return (request.privately(lines.line(lines.ALREADY_RATED)),)
        offers_share, is_shared = "share" in asked.offers, asked.shared_at is not None
        setting = _setting(request, asked, offers_share=offers_share, rating=rating, is_shared=is_shared)
        return (_replaced(request, asked, _card(request, session, asked, setting)),)

    return Outcome(AnswerRated(request.incoming.platform, rating, asked.id), request.person.id, store)


def _share(request: Request, asked: AskedQuestion) -> Outcome:
    if asked.shared_at is not None:
        return request.said("closed", request.privately(lines.line(lines.ALREADY_SHARED)))
    reply = reply_of(asked)
    with request.app.database.session() as session:
        is_open = may_read_all(session, Asker(), [source.passage_id for source in reply.sources])
    if not is_open:
        return request.said("not_shareable", request.privately(lines.line(lines.NOT_SHAREABLE)))
    # Where the button stands the channel may not be near, so it was noted with the question.
    channel = ADDRESS.validate_python(asked.asked_in) if asked.asked_in else request.card_address

    def store(session: Session) -> Sequence[Outgoing]:
        taken = session.execute(
            update(AskedQuestion)
            .where(AskedQuestion.id == asked.id, AskedQuestion.shared_at.is_(None))
            .values(shared_at=request.now)
        )
        if not rows_changed(taken):
            return (request.privately(lines.line(lines.ALREADY_SHARED)),)
        name = session.get_one(Person, request.person.id).name
        shared_as = _setting(request, asked, shared_question=asked.words, shared_by=name)
        shown = _card(request, session, asked, shared_as)
        shared = Outgoing(
            f"{SHARED}{asked.public_id}:{request.key}"[:300],
            channel,
            shown,
            person_id=request.person.id,
            question_id=asked.id,
        )
        setting = _setting(request, asked, rating=asked.rating, is_shared=True)
        return (shared, _replaced(request, asked, _card(request, session, asked, setting)))

    return Outcome(request.handled("shared"), request.person.id, store)


def _setting(request: Request, asked: AskedQuestion, **more: Any) -> Setting:
    offers = request.offers
    return Setting(asked.public_id, has_ratings=offers.has_ratings, has_citations=offers.has_citations, **more)


def _card(request: Request, session: Session, asked: AskedQuestion, setting: Setting) -> Message:
    reply = reply_of(asked)
    return as_message(reply, names_for(session, reply), request.now.date(), setting)


def _replaced(request: Request, asked: AskedQuestion, message: Message) -> Outgoing:
    return replace(
        Outgoing(answer_key(request.key), request.card_address, message, operation="update"),
        target_id=request.incoming.message_id,
        person_id=request.person.id,
        question_id=asked.id,
    )


def settled(session: Session, item: OutboxItem, now: datetime) -> None:
    """Tell who pressed a button what the platform did not take: a share may be tried again, the rest is noted."""
    if item.state != "dead" or item.address is None:
        return
    if item.key.startswith(SHARED):
        asked = find_question(session, item.key.split(":")[1])
        if asked is None:
            return
        asked.shared_at = None
        key, words = f"unshared:{item.id}", lines.NOT_IN_CHANNEL
    elif item.operation == "update" and item.target_id is not None:
        key, words = f"unchanged:{item.id}", lines.CARD_GONE
    else:
        return
    user_id = session.scalar(
        select(PlatformIdentity.platform_user_id).where(
            PlatformIdentity.person_id == item.person_id, PlatformIdentity.platform == item.platform
        )
    )
    if user_id is not None:
        address = Address(item.platform, ADDRESS.validate_python(item.address).workspace, only_for=user_id)
        put(session, Outgoing(key, address, lines.line(words), person_id=item.person_id), now)
