"""Answers questions: in a channel from what everyone may read, elsewhere from what the asker may read."""

import time
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.asking import draft_reply, names_for, question_event
from bot.handlers import manage
from bot.handlers.request import Request, new_id, status_key
from bot.messages import ADDRESS, Address, Incoming, Kind, Message
from bot.outcome import Outcome, Outgoing
from bot.phrasing import nothing, phrase
from bot.queue import put
from bot.tables import AnswerClaim, OutboxItem, SpokenThread
from bot.views import lines
from bot.views.answer_message import Masking, Setting, as_message
from coach.answer import Abstention, Answer, Reply
from coach.conversation import Turn
from coach.mask import without_masks
from coach.questions import ANSWERED_ASIDE, earlier_turns, forget_question, keep_question
from coach.reader import may_read_all, reads_more_than_everyone
from coach.tables import AskedQuestion
from metrics.policy import Asker

# What tells something about the person who asked: not said in front of everyone, not kept, not tied to them.
SENSITIVE = {"self_harm", "medical_advice", "legal_advice", "financial_advice", "somebodys_pay"}
BANDS = ("refused", "not_covered", "uncertain", "answered")


def ask(request: Request, first_key: str | None = None, replaced_ids: Sequence[int] = ()) -> Outcome:
    """Answer a question once. After an edit `first_key` is the answer that this one replaces, and `replaced_ids` are
    the versions of the question before.
    """
    begun = time.monotonic()
    asker = Asker(request.person.id) if request.is_public else request.asker
    with request.app.database.session() as session:
        turns = _turns(session, request, None if request.is_public else request.person.id, replaced_ids)
        drafted = draft_reply(request.app, session, asker, without_masks(request.incoming.text), turns)
        is_sensitive = isinstance(drafted.reply, Abstention) and drafted.reply.rule in SENSITIVE
        offers = [] if is_sensitive else _offers(request, session, drafted.reply, replaced_ids)
        first_key = first_key or _status_left(session, request)
    reply = drafted.reply
    if ANSWERED_ASIDE not in offers:
        status = _Status(request)
        can_show = first_key is None and request.stands_in_chat
        on_ask = status.show if can_show else nothing
        reply = phrase(request.app, drafted, asker, turns, on_ask, time.monotonic() - begun)
        first_key = first_key or status.key
    with request.app.database.session() as session:
        names = names_for(session, reply)
    seconds = time.monotonic() - begun
    setting = Setting(
        new_id(),
        offers_private=ANSWERED_ASIDE in offers,
        offers_share="share" in offers,
        masked=_masked(request),
        shared_question=request.incoming.text if request.incoming.kind is Kind.SUBMIT else None,
        is_in_channel=is_sensitive and request.stands_in_chat and not request.incoming.is_direct,
        has_ratings=request.offers.has_ratings,
        has_citations=request.offers.has_citations,
    )
    message = as_message(reply, names, request.now.date(), setting)
    if setting.offers_private:
        # What is shown is that there is more, not what was found: that is what is recorded, too.
        reply = Abstention(None, reply.refer_to, reply.trace)
    is_open = request.is_public and not is_sensitive
    event = question_event(reply, seconds, request.incoming.platform, is_open, request.incoming.masked)
    if is_sensitive:
        return Outcome(event, None, lambda session: _whispered(request, session, message, first_key, replaced_ids))

    def store(session: Session) -> Sequence[Outgoing]:
        for replaced_id in replaced_ids:
            forget_question(session, replaced_id)
        question = keep_question(
            session,
            setting.public_id,
            request.person.id,
            request.thread_key,
            request.incoming.text,
            is_open,
            reply,
            request.now,
            offers,
            asked_in=ADDRESS.dump_python(_place(request), mode="json") if "share" in offers else None,
        )
        outgoing = replace(request.answering(message), question_id=question.id)
        if first_key is not None:
            outgoing = replace(outgoing, operation="update", after_key=first_key)
        claim(request, session, first_key or outgoing.key, question.id)
        if is_open:
            _note_thread(request, session)
        return (outgoing,)

    return Outcome(event, request.person.id, store)


class _Status:
    """A line that stands where the answer will, from when a model is asked; `key` is None before."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.key: str | None = None

    def show(self) -> None:
        request = self._request
        self.key = status_key(request.key)
        line = Outgoing(self.key, request.reply_address, lines.line(lines.CHECKING), person_id=request.person.id)
        with request.app.database.transaction() as session:
            # Who writes for the first time is told who answers before anything else.
            first = manage.welcome(request, session) if request.incoming.is_direct else ()
            for outgoing in (*first, line):
                put(session, outgoing, request.now)


def _status_left(session: Session, request: Request) -> str | None:
    """Return the key of the status that a process put there and died before its answer, None where there is none."""
    key = status_key(request.key)
    return session.scalar(select(OutboxItem.key).where(OutboxItem.key == key))


def answer_privately(request: Request, asked: AskedQuestion) -> Outcome:
    """Answer a question asked in a channel once more, from all its asker may read, for their eyes only."""
    with request.app.database.session() as session:
        turns = earlier_turns(session, asked.thread_key, request.person.id, asked.asked_at, asked.id)
        drafted = draft_reply(request.app, session, request.asker, without_masks(asked.words), turns)
    reply = phrase(request.app, drafted, request.asker, turns)
    with request.app.database.session() as session:
        names = names_for(session, reply)
    setting = Setting(
        new_id(),
        # Away from the channel, what was asked would be missing.
        shared_question=None if request.offers.has_ephemeral else asked.words,
        has_ratings=request.offers.has_ratings,
        has_citations=request.offers.has_citations,
    )
    message = as_message(reply, names, request.now.date(), setting)

    def store(session: Session) -> Sequence[Outgoing]:
        kept = keep_question(
            session,
            setting.public_id,
            request.person.id,
            request.key[:64],
            asked.words,
            False,
            reply,
            request.now,
            copy_of_id=asked.id,
        )
        return (replace(request.privately(message), question_id=kept.id),)

    return Outcome(request.handled("answered_privately"), request.person.id, store)


def _offers(request: Request, session: Session, reply: Reply, replaced_ids: Sequence[int]) -> list[str]:
    """Return what may be pressed beside the answer: `private` in a channel, `share` after a slash command there."""
    if request.is_public:
        return [ANSWERED_ASIDE] if _knows_more(request, session, reply, replaced_ids) else []
    passage_ids = [source.passage_id for source in reply.sources]
    is_in_channel = request.incoming.command is not None and not request.incoming.is_direct
    return (
        ["share"] if is_in_channel and isinstance(reply, Answer) and may_read_all(session, Asker(), passage_ids) else []
    )


def _place(request: Request) -> Address:
    incoming = request.incoming
    return Address(incoming.platform, incoming.workspace, incoming.channel, incoming.thread_id)


def _whispered(
    request: Request, session: Session, message: Message, first_key: str | None, replaced_ids: Sequence[int]
) -> Sequence[Outgoing]:
    """Answer for the asker alone, and keep neither words nor thread; an answer that stood in the channel goes."""
    for replaced_id in replaced_ids:
        forget_question(session, replaced_id)
    address = request.private_address if request.is_public else request.reply_address
    outgoing = replace(request.answering(message), address=address)
    if first_key is not None and not request.is_public:
        outgoing = replace(outgoing, operation="update", after_key=first_key)
    claim(request, session, first_key or outgoing.key, None)
    if first_key is None or not request.is_public:
        return (outgoing,)
    gone = Outgoing(f"{outgoing.key}:gone", request.reply_address, None, operation="delete", after_key=first_key)
    return (outgoing, gone)


def _masked(request: Request) -> tuple[Masking, ...]:
    return tuple(Masking(kind, request.stands_in_chat) for kind in request.incoming.masked)


def claim(request: Request, session: Session, first_key: str | None, question_id: int | None) -> None:
    """Take a message for answering; IntegrityError at the next flush when somebody else has it."""
    incoming = request.incoming
    if not request.stands_in_chat or incoming.channel is None or incoming.message_id is None:
        return
    session.add(
        AnswerClaim(
            workspace=incoming.workspace,
            channel=incoming.channel,
            message_id=incoming.message_id,
            edited_id=incoming.edited_id,
            account=request.account,
            first_key=first_key,
            question_id=question_id,
            claimed_at=request.now,
        )
    )
    session.flush()


def spoken_thread(session: Session, incoming: Incoming) -> SpokenThread | None:
    """Return the row of the thread a message stands in, None where Coach has not spoken."""
    return session.scalars(
        select(SpokenThread).where(
            SpokenThread.workspace == incoming.workspace,
            SpokenThread.channel == incoming.channel,
            SpokenThread.thread_id == (incoming.thread_id or incoming.message_id),
        )
    ).one_or_none()


def _note_thread(request: Request, session: Session) -> None:
    incoming = request.incoming
    thread = spoken_thread(session, incoming)
    if thread is None:
        thread = SpokenThread(
            workspace=incoming.workspace,
            channel=incoming.channel or "",
            thread_id=incoming.thread_id or incoming.message_id or "",
            last_asked_at=incoming.at,
        )
        session.add(thread)
    thread.last_asker = request.account
    thread.last_asked_at = max(thread.last_asked_at, incoming.at)
    session.flush()


def _turns(session: Session, request: Request, person_id: int | None, replaced_ids: Sequence[int]) -> Sequence[Turn]:
    before_id = min(replaced_ids, default=None)
    return earlier_turns(session, request.thread_key, person_id, request.now, before_id)


def _knows_more(request: Request, session: Session, open_reply: Reply, replaced_ids: Sequence[int]) -> bool:
    """Say whether the asker alone would get a better answer than the channel does."""
    if not reads_more_than_everyone(session, request.asker):
        return False
    turns = _turns(session, request, request.person.id, replaced_ids)
    own = draft_reply(request.app, session, request.asker, without_masks(request.incoming.text), turns).reply
    if not isinstance(own, Answer) or may_read_all(session, Asker(), [own.sources[0].passage_id]):
        return False
    if isinstance(open_reply, Answer) and own.sources[0].words in [source.words for source in open_reply.sources]:
        # The very words stand in an SOP open to everyone, too.
        return False
    is_surer = BANDS.index(own.status) > BANDS.index(open_reply.status)
    return is_surer or not open_reply.sources or own.sources[0].score > open_reply.sources[0].score
