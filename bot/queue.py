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
from sqlalchemy import and_, delete, exists, func, inspect, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from bot.messages import ADDRESS, INCOMING, MESSAGE, Incoming
from bot.outcome import Outcome, Outgoing
from bot.tables import KEY_DAYS, Connection, InboxItem, OutboxItem
from metrics.db import Base
from metrics.events.kinds import Event, InteractionHandled
from metrics.events.record import EventRow, record

MAX_READY = 200
MAX_ATTEMPTS = 3
HANDLING_PAUSES_SECONDS = (5, 30)
WORDS_DAYS = 7
FAILED = ("dead", "unknown")

log = structlog.get_logger()


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

    Beyond MAX_READY waiting rows it is stored as shed, and gets a busy reply instead of an answer.
    """
    waiting = select(InboxItem.id).where(InboxItem.state == "new").limit(MAX_READY + 1).subquery()
    body = INCOMING.dump_python(incoming, mode="json")
    if (session.scalar(select(func.count()).select_from(waiting)) or 0) > MAX_READY:
        body["is_shed"] = True
    return _insert_incoming(session, incoming, key, now, state="new", body=body) is not None


def keep_done(
    session: Session, incoming: Incoming, key: str, event: Event, person_id: int | None, now: datetime
) -> bool:
    """Store only the key of what the gateway answered itself, with its event; False when the key is known."""
    row_id = _insert_incoming(session, incoming, key, now, state="done", finished_at=now)
    if row_id is not None:
        record(session, event, now, person_id, cause=f"inbox:{row_id}")
    return row_id is not None


def claim_inbox(session: Session, now: datetime, lease_seconds: float = 60) -> InboxClaim | None:
    """Hold the oldest row that may be handled: due, or left by a holder that died. None when there is none.

    What one account does is handled in its order, one row at a time.
    """
    earlier = aliased(InboxItem)
    waits = exists().where(
        earlier.account == InboxItem.account, earlier.id < InboxItem.id, earlier.state.in_(("new", "working"))
    )
    due = or_(
        and_(InboxItem.state == "new", InboxItem.run_at <= now),
        and_(InboxItem.state == "working", InboxItem.lease_until <= now),
    )
    oldest = select(InboxItem).where(due, ~waits).order_by(InboxItem.id).limit(1).with_for_update(skip_locked=True)
    while item := session.scalar(oldest):
        try:
            incoming = INCOMING.validate_python(item.body)
        except ValidationError:
            # Another version of Coach wrote it.
            _bury(session, item, "unreadable", "unreadable", now)
            session.flush()
            continue
        item.state = "working"
        item.attempts += 1
        item.lease_token += 1
        item.lease_until = now + timedelta(seconds=lease_seconds)
        return InboxClaim(item.id, item.key, incoming, item.lease_token, item.attempts)
    return None


def finish(session: Session, claim: InboxClaim, outcome: Outcome, now: datetime) -> None:
    """Store what came of it: what the rooms write, their messages, one event, and the row done and emptied.

    Raises Fenced, or what outcome.store raises; then nothing of it may be committed.
    """
    item = _held_inbox(session, claim)
    for outgoing in outcome.store(session):
        put(session, outgoing, now)
    record(session, outcome.event, now, outcome.person_id, cause=f"inbox:{item.id}")
    item.state, item.body, item.error, item.lease_until, item.finished_at = "done", None, None, None, now
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
        _insert_new(
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
            person_id=outgoing.person_id,
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
        item.state, item.finished_at, item.address, item.message = "cancelled", now, None, None
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


@dataclass(frozen=True)
class Failure:
    """A row that needs a person: a dead one of either box, or an outgoing one that may or may not have arrived.

    `name` is inbox:7 or outbox:7; `can_be_retried` while its words are kept.
    """

    name: str
    key: str
    platform: str
    state: str
    error: str | None
    failed_at: datetime
    can_be_retried: bool


def failures(session: Session) -> list[Failure]:
    """Return dead and unknown rows, newest first."""
    items: list[InboxItem | OutboxItem] = [
        *session.scalars(select(InboxItem).where(InboxItem.state.in_(FAILED))),
        *session.scalars(select(OutboxItem).where(OutboxItem.state.in_(FAILED))),
    ]
    return sorted(map(_failure, items), key=lambda failure: failure.failed_at, reverse=True)


def retry(session: Session, name: str, now: datetime) -> bool:
    """Try the failed row inbox:7 or outbox:7 once more from the start; False when it is none or its words are gone."""
    box, _, number = name.partition(":")
    if box not in ("inbox", "outbox") or not (number.isascii() and number.isdigit() and len(number) < 19):
        return False
    item: InboxItem | OutboxItem | None = (
        session.get(InboxItem, int(number), with_for_update=True)
        if box == "inbox"
        else session.get(OutboxItem, int(number), with_for_update=True)
    )
    if item is None or item.state not in FAILED or not _has_words(item):
        return False
    item.state, item.run_at, item.attempts, item.error, item.finished_at = "new", now, 0, None, None
    if isinstance(item, OutboxItem):
        item.created_at = now
    else:
        # It gets the event of what comes of it now in place of that of its failure.
        session.execute(delete(EventRow).where(EventRow.cause == name))
    return True


def sweep(session: Session, now: datetime) -> None:
    """Empty failed rows after WORDS_DAYS, and delete finished ones after KEY_DAYS."""
    words_until, keys_until = now - timedelta(days=WORDS_DAYS), now - timedelta(days=KEY_DAYS)
    old = and_(InboxItem.finished_at <= words_until, InboxItem.body.is_not(None))
    session.execute(update(InboxItem).where(old).values(body=None))
    old = and_(OutboxItem.finished_at <= words_until, OutboxItem.address.is_not(None))
    session.execute(update(OutboxItem).where(old).values(address=None, message=None))
    for table in (InboxItem, OutboxItem):
        # SQLite would give the newest row's id once more, and events name their causes by it.
        newest = select(func.max(table.id)).scalar_subquery()
        session.execute(delete(table).where(table.finished_at <= keys_until, table.id < newest))


def _bury(session: Session, item: InboxItem, what: str, error_code: str, now: datetime) -> None:
    item.state, item.error, item.lease_until, item.finished_at = "dead", error_code, None, now
    record(session, InteractionHandled(item.platform, what, "failed"), now, cause=f"inbox:{item.id}")


def _failure(item: InboxItem | OutboxItem) -> Failure:
    name, failed_at = f"{item.__tablename__}:{item.id}", item.finished_at or item.run_at
    return Failure(name, item.key, item.platform, item.state, item.error, failed_at, _has_words(item))


def _has_words(item: InboxItem | OutboxItem) -> bool:
    return (item.body if isinstance(item, InboxItem) else item.address) is not None


def _connect(
    session: Session, platform: str, workspace: str, is_stopped: bool, reason: str | None, now: datetime
) -> None:
    _insert_new(
        session,
        Connection,
        platform=platform,
        workspace=workspace,
        is_stopped=is_stopped,
        reason=reason,
        changed_at=now,
    )
    row = session.get_one(Connection, platform, with_for_update=True)
    if (row.workspace, row.is_stopped, row.reason) != (workspace, is_stopped, reason):
        row.workspace, row.is_stopped, row.reason, row.changed_at = workspace, is_stopped, reason, now


def _insert_new(session: Session, table: type[Base], **values: Any) -> Any:
    """Insert unless the key is known; return the primary key of the new row, None when there is none."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    return session.scalar(statement.returning(*inspect(table).primary_key))


def _insert_incoming(session: Session, incoming: Incoming, key: str, now: datetime, **values: Any) -> int | None:
    body = json.dumps(INCOMING.dump_python(incoming, mode="json"), sort_keys=True)
    body_hash = hashlib.sha256(body.encode()).hexdigest()
    row_id: int | None = _insert_new(
        session,
        InboxItem,
        key=key,
        platform=incoming.platform,
        account=f"{incoming.platform}:{incoming.user_id}",
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
