"""Owns inbox and outbox in SQL: unique keys, the inbox's leases with fencing tokens, retries and dead letters.

Every function works in the caller's transaction, which must be one for writing. A claim holds a row for as long as its
lease; whoever lost it gets Fenced.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import ValidationError
from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot import rates
from bot.messages import ADDRESS, INCOMING, MESSAGE, Incoming
from bot.outcome import Outcome, Outgoing
from bot.tables import KEY_DAYS, Connection, InboxItem, OutboxItem
from metrics.db import UtcInstant, insert_new
from metrics.events.kinds import Event, InteractionHandled
from metrics.events.record import record
from metrics.privacy import account

MAX_READY = 200
MOST_WAITING_PER_ACCOUNT = 10
MAX_ATTEMPTS = 3
HANDLING_PAUSES_SECONDS = (5, 30)
MOST_PAUSE_SECONDS = 60
# What could not be handled or sent for so long helps nobody any more.
GIVE_UP = timedelta(hours=24)
EXPIRED = "expired"
WORDS_DAYS = 7

log = structlog.get_logger()

# Statements that every event and wake-up runs are built once: building one takes ten times as long as running it.
NOW = bindparam("now", type_=UtcInstant)
_earlier = aliased(InboxItem)
_is_in_turn = ~exists().where(
    _earlier.account == InboxItem.account, _earlier.id < InboxItem.id, _earlier.state.in_(("new", "working"))
)
_is_due = or_(
    and_(InboxItem.state == "new", InboxItem.run_at <= NOW),
    and_(InboxItem.state == "working", InboxItem.lease_until <= NOW),
)
_ANY_DUE = select(exists().where(_is_due, _is_in_turn))
_OLDEST_DUE = (
    select(InboxItem).where(_is_due, _is_in_turn).order_by(InboxItem.id).limit(1).with_for_update(skip_locked=True)
)
_NEW = select(InboxItem.__table__.c.id).where(InboxItem.state == "new").limit(bindparam("most"))
_THEIRS = _NEW.where(InboxItem.account == bindparam("account"))
# What was shed takes no time, and must not make everybody else wait for whoever floods.
_EVERYBODYS = _NEW.where(InboxItem.body["is_shed"].as_boolean().is_(False))


class Fenced(Exception):
    """The row is no longer held: its lease ran out and another took it, or it was erased."""


@dataclass(frozen=True)
class InboxClaim:
    """A row of the inbox held for handling; `attempts` counts this one."""

    id: int
    key: str
    incoming: Incoming
    token: int
    attempts: int

    @property
    def is_poison(self) -> bool:
        """Whether processes died under it as often as it may be tried."""
        return self.attempts > MAX_ATTEMPTS


def keep(session: Session, incoming: Incoming, key: str, now: datetime) -> bool:
    """Store what came in; False when its key is known.

    Beyond MOST_WAITING_PER_ACCOUNT waiting rows of its account, or MAX_READY of all, it is stored as shed, and gets a
    busy reply instead of an answer.
    """
    came = INCOMING.dump_python(incoming, mode="json")
    is_shed = _is_too_much(session, account(incoming.platform, incoming.user_id))
    new = _insert_incoming(session, incoming, came, key, now, state="new", body={**came, "is_shed": is_shed})
    return new is not None


def keep_done(
    session: Session, incoming: Incoming, key: str, event: Event, person_id: int | None, now: datetime
) -> bool:
    """Store only the key of what the gateway answered itself, with its event; False when the key is known."""
    came = INCOMING.dump_python(incoming, mode="json")
    is_named = person_id is not None
    row_id = _insert_incoming(session, incoming, came, key, now, is_named, state="done", finished_at=now)
    if row_id is not None:
        record(session, event, now, person_id, cause=f"inbox:{row_id}")
    return row_id is not None


def claim_inbox(session: Session, now: datetime, lease_seconds: float = 60) -> InboxClaim | None:
    """Hold the oldest row that may be handled: due, or left by a holder that died. None when there is none.

    What one account does is handled in its order, one row at a time. What waited for GIVE_UP is dead.
    """
    while item := session.scalar(_OLDEST_DUE, {"now": now}):
        try:
            incoming = INCOMING.validate_python(item.body)
        except ValidationError:
            # Another version of Coach wrote it.
            _bury(session, item, "unreadable", "unreadable", now)
            continue
        if now - item.received_at >= GIVE_UP:
            _bury(session, item, incoming.kind.value, EXPIRED, now)
            continue
        item.state = "working"
        item.attempts += 1
        item.lease_token += 1
        item.lease_until = now + timedelta(seconds=lease_seconds)
        return InboxClaim(item.id, item.key, incoming, item.lease_token, item.attempts)
    return None


def finish(session: Session, claim: InboxClaim, outcome: Outcome, now: datetime) -> None:
    """Store what came of it: what the rooms write, their messages, one event, and the row done and emptied.

    Of somebody who is no person here nothing is kept but the key.
    Raises Fenced, or what outcome.store raises; then nothing of it may be committed.
    """
    item = _held_inbox(session, claim)
    for outgoing in outcome.store(session):
        put(session, outgoing, now)
    record(session, outcome.event, now, outcome.person_id, cause=f"inbox:{item.id}")
    item.state, item.body, item.error, item.lease_until, item.finished_at = "done", None, None, None, now
    if outcome.person_id is None:
        item.account = None
    session.flush()


def fail(session: Session, claim: InboxClaim, error_code: str, now: datetime) -> bool:
    """Put the row back for later, or among the dead after MAX_ATTEMPTS; True when it is dead. Raises Fenced."""
    item = _held_inbox(session, claim)
    if item.attempts >= MAX_ATTEMPTS:
        _bury(session, item, claim.incoming.kind.value, error_code, now)
        return True
    item.state, item.error, item.lease_until = "new", error_code, None
    item.run_at = now + timedelta(seconds=HANDLING_PAUSES_SECONDS[item.attempts - 1])
    return False


def put_off(session: Session, claim: InboxClaim, code: str, after_seconds: float | None, now: datetime) -> None:
    """Put the row back for when the platform can help, without counting a try. Raises Fenced.

    Without `after_seconds` it waits as long again as it has, from 1 second to MOST_PAUSE_SECONDS.
    """
    item = _held_inbox(session, claim)
    waited_seconds = (now - item.received_at).total_seconds()
    seconds = min(max(1.0, waited_seconds), MOST_PAUSE_SECONDS) if after_seconds is None else after_seconds
    item.state, item.error, item.lease_until = "new", code, None
    item.run_at = now + timedelta(seconds=seconds)
    item.attempts -= 1


def release(session: Session, claim: InboxClaim, now: datetime) -> None:
    """Give the row back untried, for another process. Raises Fenced."""
    item = _held_inbox(session, claim)
    item.state, item.run_at, item.lease_until = "new", now, None
    item.attempts -= 1
    item.lease_token += 1


def put(session: Session, outgoing: Outgoing, now: datetime) -> bool:
    """Add a message to send; False when its key is known."""
    message = None if outgoing.message is None else MESSAGE.dump_python(outgoing.message, mode="json")
    return (
        insert_new(
            session,
            OutboxItem,
            key=outgoing.key,
            platform=outgoing.address.platform,
            operation=outgoing.operation,
            address=ADDRESS.dump_python(outgoing.address, mode="json"),
            message=message,
            target_id=outgoing.target_id,
            after_key=outgoing.after_key,
            priority=outgoing.priority,
            question_id=outgoing.question_id,
            quotes_sops=outgoing.question_id is not None,
            person_id=outgoing.person_id,
            account=outgoing.address.only_for and account(outgoing.address.platform, outgoing.address.only_for),
            state="new",
            run_at=now,
            created_at=now,
        )
        is not None
    )


def cancel(session: Session, key: str, now: datetime) -> bool:
    """Take a message back that nobody began to send, with its further parts; False when it is too late or unknown."""
    named = or_(OutboxItem.key == key, OutboxItem.key.startswith(f"{key}#", autoescape=True))
    items = session.scalars(select(OutboxItem).where(named, OutboxItem.state == "new").with_for_update()).all()
    for item in items:
        item.state, item.finished_at = "cancelled", now
        item.address = item.message = item.account = None
    session.flush()
    return any(item.key == key for item in items)


def stop_sending(session: Session, platform: str, workspace: str, reason: str, now: datetime) -> None:
    """Send nothing on a platform until resume_sending; `reason` is a constant."""
    _connect(session, platform, workspace, True, reason, now)


def resume_sending(session: Session, platform: str, workspace: str, now: datetime) -> None:
    """Send on a platform, again or for the first time."""
    _connect(session, platform, workspace, False, None, now)


def is_stopped(session: Session, platform: str) -> bool:
    """Whether nothing is sent on a platform until resume_sending."""
    return bool(session.scalar(select(Connection.is_stopped).where(Connection.platform == platform)))


def has_due(session: Session, now: datetime) -> bool:
    """Whether claim_inbox would find anything."""
    return bool(session.scalar(_ANY_DUE, {"now": now}))


def has_incoming(session: Session) -> bool:
    """Whether anything waits to be handled or is being handled."""
    return bool(session.scalar(select(exists().where(InboxItem.state.in_(("new", "working"))))))


def has_outgoing(session: Session) -> bool:
    """Whether anything waits to be sent or is being sent."""
    return bool(session.scalar(select(exists().where(OutboxItem.state.in_(("new", "sending"))))))


@dataclass(frozen=True)
class Depth:
    """How many rows are in each state, and since when the oldest row of the inbox waits to be handled."""

    inbox: dict[str, int]
    outbox: dict[str, int]
    waiting_since: datetime | None


def depth(session: Session) -> Depth:
    """Count inbox and outbox by state."""
    inbox = select(InboxItem.state, func.count()).group_by(InboxItem.state)
    outbox = select(OutboxItem.state, func.count()).group_by(OutboxItem.state)
    since = session.scalar(select(func.min(InboxItem.received_at)).where(InboxItem.state.in_(("new", "working"))))
    return Depth(dict(session.execute(inbox).all()), dict(session.execute(outbox).all()), since)


def sweep(session: Session, now: datetime) -> None:
    """Empty failed rows after WORDS_DAYS, delete finished ones after KEY_DAYS, and rate buckets nobody uses."""
    words_until, keys_until = now - timedelta(days=WORDS_DAYS), now - timedelta(days=KEY_DAYS)
    old = and_(InboxItem.finished_at <= words_until, InboxItem.body.is_not(None))
    session.execute(update(InboxItem).where(old).values(body=None, account=None))
    old = and_(OutboxItem.finished_at <= words_until, OutboxItem.address.is_not(None))
    session.execute(update(OutboxItem).where(old).values(address=None, message=None, account=None))
    for table in (InboxItem, OutboxItem):
        session.execute(delete(table).where(table.finished_at <= keys_until))
    rates.sweep(session, now)


def _is_too_much(session: Session, account: str) -> bool:
    connection = session.connection()
    theirs = connection.execute(_THEIRS, {"account": account, "most": MOST_WAITING_PER_ACCOUNT}).all()
    if len(theirs) >= MOST_WAITING_PER_ACCOUNT:
        return True
    return len(connection.execute(_EVERYBODYS, {"most": MAX_READY + 1}).all()) > MAX_READY


def _bury(session: Session, item: InboxItem, what: str, error_code: str, now: datetime) -> None:
    item.state, item.error, item.lease_until, item.finished_at = "dead", error_code, None, now
    record(session, InteractionHandled(item.platform, what, "failed"), now, cause=f"inbox:{item.id}")
    session.flush()


def _connect(
    session: Session, platform: str, workspace: str, is_stopped: bool, reason: str | None, now: datetime
) -> None:
    values = {"workspace": workspace, "is_stopped": is_stopped, "reason": reason}
    insert_new(session, Connection, platform=platform, changed_at=now, **values)
    row = session.get_one(Connection, platform, with_for_update=True)
    if (row.workspace, row.is_stopped, row.reason) != (workspace, is_stopped, reason):
        row.workspace, row.is_stopped, row.reason, row.changed_at = workspace, is_stopped, reason, now


def _insert_incoming(
    session: Session,
    incoming: Incoming,
    came: dict[str, Any],
    key: str,
    now: datetime,
    is_named: bool = True,
    **values: Any,
) -> int | None:
    body_hash = hashlib.sha256(json.dumps(came, sort_keys=True).encode()).hexdigest()
    row_id: int | None = insert_new(
        session,
        InboxItem,
        key=key,
        platform=incoming.platform,
        account=account(incoming.platform, incoming.user_id) if is_named else None,
        body_hash=body_hash,
        received_at=now,
        run_at=now,
        **values,
    )
    if row_id is None and session.scalar(select(InboxItem.body_hash).where(InboxItem.key == key)) != body_hash:
        log.warning("inbox_key_reused", platform=incoming.platform, kind=incoming.kind.value)
    return row_id


def _held_inbox(session: Session, claim: InboxClaim) -> InboxItem:
    item = session.scalar(
        select(InboxItem)
        .where(InboxItem.id == claim.id, InboxItem.lease_token == claim.token, InboxItem.state == "working")
        .with_for_update()
    )
    if item is None:
        raise Fenced
    return item
