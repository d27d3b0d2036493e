"""Owns what of a platform is stored: whether an arrival is for Coach, its inbox row, and forms opened on the spot."""

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import queue
from bot.arrivals import Arrived, Keep
from bot.database import Database
from bot.logs import log_bug
from bot.messages import Address, Form, Incoming, Kind, Message
from bot.outcome import Lane, Opened, Outgoing
from bot.tables import AnswerClaim, DirectAddress, InboxItem, SpokenThread
from metrics.events.kinds import InteractionHandled
from metrics.people import person_with_account
from metrics.privacy import account

FORM_FAILED = "Something went wrong in Coach itself. Report it with the reference {}."


def _not_told(_: Form) -> None:
    """Show a form as a form."""


class _Known(Exception):
    """The key was kept before; what was written since is rolled back."""


def keep(database: Database, arrived: Arrived, now: datetime, also: Callable[[Session], None] | None = None) -> bool:
    """Store an arrival that is for Coach, unless its key is known; True when it is new.

    `also` writes what else is to be kept of it, in the same transaction.
    """
    incoming = arrived.incoming
    if arrived.keep is not Keep.ALWAYS:
        with database.session() as session:
            if not _concerns_coach(session, arrived):
                return False
    with database.transaction() as session:
        if incoming.kind is Kind.MESSAGE and incoming.thread_id is not None and not incoming.is_direct:
            _note_interruption(session, incoming)
        if also is not None:
            also(session)
        return queue.keep(session, incoming, arrived.key, now)


def open_form(
    database: Database, lane: Lane, arrived: Arrived, now: datetime, told: Callable[[Form], Message | None] = _not_told
) -> Opened | None:
    """Store an arrival as done together with what the lane makes of it; None when its key is known.

    A form that `told` turns into a message is sent as one, like all messages; another is the caller's to show.
    """
    try:
        with database.transaction() as session:
            opened = lane.open(session, arrived.incoming, now)
            if not queue.keep_done(session, arrived.incoming, arrived.key, opened.event, opened.person_id, now):
                raise _Known
            message = opened.say if opened.form is None else told(opened.form)
            if message is not None:
                queue.put(session, _aside(arrived, message, opened.person_id), now)
            return opened
    except _Known:
        return None


def open_safely(
    database: Database, lane: Lane, arrived: Arrived, now: datetime, told: Callable[[Form], Message | None] = _not_told
) -> Opened | None:
    """Do as open_form; what fails in it is logged, and the person told, but for the database."""
    try:
        return open_form(database, lane, arrived, now, told)
    except SQLAlchemyError:
        raise
    except Exception as error:
        reference = secrets.token_hex(4)
        log_bug("form_failed", error, reference)
        _apologise(database, arrived, Message(FORM_FAILED.format(reference)), now)
        return None


def _apologise(database: Database, arrived: Arrived, message: Message, now: datetime) -> None:
    event = InteractionHandled(door=arrived.incoming.platform, what=arrived.incoming.kind.value, outcome="failed")
    with database.transaction() as session:
        if queue.keep_done(session, arrived.incoming, arrived.key, event, None, now):
            queue.put(session, _aside(arrived, message, None), now)


def say_aside(database: Database, arrived: Arrived, message: Message, person_id: int | None, now: datetime) -> None:
    """Have a message sent to that person alone, where they pressed."""
    with database.transaction() as session:
        queue.put(session, _aside(arrived, message, person_id), now)


def block(database: Database, arrived: Arrived, now: datetime) -> None:
    """Write to somebody no more until they write again: they took Coach out of their own apps."""
    incoming = arrived.incoming
    with database.transaction() as session:
        person = person_with_account(session, incoming.platform, incoming.user_id)
        if person is None:
            return
        event = InteractionHandled(incoming.platform, incoming.kind.value, "uninstalled")
        if queue.keep_done(session, incoming, arrived.key, event, person.id, now):
            block_direct(session, person.id, incoming.platform, now)


def block_direct(session: Session, person_id: int, platform: str, now: datetime) -> None:
    """Note that somebody cannot be written to directly on a platform."""
    theirs = (DirectAddress.person_id == person_id, DirectAddress.platform == platform)
    session.execute(update(DirectAddress).where(*theirs).values(blocked_at=now))


def stop(database: Database, arrived: Arrived, now: datetime) -> bool:
    """Stop sending, since Coach was removed or its token revoked; True when that is news."""
    incoming = arrived.incoming
    event = InteractionHandled(door=incoming.platform, what="removed", outcome=incoming.value or "")
    with database.transaction() as session:
        if not queue.keep_done(session, incoming, arrived.key, event, None, now):
            return False
        queue.stop_sending(session, incoming.platform, incoming.workspace, incoming.value or "", now)
        return True


def resume(database: Database, platform: str, workspace: str, now: datetime) -> None:
    """Let messages be sent again, since the token works."""
    with database.transaction() as session:
        queue.resume_sending(session, platform, workspace, now)


def _concerns_coach(session: Session, arrived: Arrived) -> bool:
    incoming = arrived.incoming
    spoken = exists().where(
        SpokenThread.workspace == incoming.workspace,
        SpokenThread.channel == incoming.channel,
        SpokenThread.thread_id == incoming.thread_id,
    )
    answered = exists().where(
        AnswerClaim.workspace == incoming.workspace,
        AnswerClaim.channel == incoming.channel,
        AnswerClaim.message_id == incoming.message_id,
    )
    kept = exists().where(InboxItem.key == arrived.about_key)
    wanted = {Keep.IF_SPOKEN: spoken, Keep.IF_ANSWERED: answered, Keep.IF_KNOWN: spoken | answered | kept}
    return bool(session.scalar(select(wanted[arrived.keep])))


def _note_interruption(session: Session, incoming: Incoming) -> None:
    thread = session.scalar(
        select(SpokenThread)
        .where(
            SpokenThread.workspace == incoming.workspace,
            SpokenThread.channel == incoming.channel,
            SpokenThread.thread_id == incoming.thread_id,
        )
        .with_for_update()
    )
    if thread is None or thread.last_asker == account(incoming.platform, incoming.user_id):
        return
    # The first interruption since the last question stands: later ones must not hide it.
    if thread.interrupted_at is None or thread.interrupted_at < thread.last_asked_at:
        thread.interrupted_at = incoming.at


def _aside(arrived: Arrived, message: Message, person_id: int | None) -> Outgoing:
    incoming = arrived.incoming
    address = Address(
        platform=incoming.platform,
        workspace=incoming.workspace,
        channel=incoming.channel,
        thread=incoming.thread_id,
        only_for=incoming.user_id,
        response_url=incoming.response_url,
    )
    return Outgoing(f"{arrived.key}:aside", address, message, person_id=person_id)
