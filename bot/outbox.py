"""Owns sending in SQL: which message goes next, its lease with a fencing token, and how it ended.

Every function works in the caller's transaction, which must be one for writing.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import JSON, ColumnElement, Select, and_, bindparam, exists, func, or_, select, type_coerce, update
from sqlalchemy.orm import Session, aliased

from bot import rates
from bot.messages import ADDRESS, MESSAGE, Address, Message
from bot.outcome import ANSWER, Outgoing
from bot.queue import GIVE_UP, MAX_ATTEMPTS, MOST_PAUSE_SECONDS, NOW, Fenced, put
from bot.tables import Connection, OutboxItem
from metrics.db import UtcInstant
from metrics.events.kinds import MessageSent
from metrics.events.record import record

UNSETTLED = ("new", "sending")
SETTLING_SECONDS = 5
CANDIDATES = 10
NUDGE_RESERVE = 0.25

_EXPIRED_AT = bindparam("expired_at", type_=UtcInstant)
_is_free = or_(
    and_(OutboxItem.state == "new", OutboxItem.run_at <= NOW),
    and_(OutboxItem.state == "sending", OutboxItem.lease_until <= NOW),
)
_is_expired = and_(
    OutboxItem.created_at <= _EXPIRED_AT,
    or_(OutboxItem.state == "new", and_(OutboxItem.state == "sending", OutboxItem.lease_until <= NOW)),
)
_is_spoken_to = OutboxItem.platform.not_in(select(Connection.platform).where(Connection.is_stopped))


def _sendable(*conditions: ColumnElement[bool]) -> Select[OutboxItem]:
    """Rows to claim, the most urgent first: at most one for each place and priority, and all that expired."""
    place = func.coalesce(*(_in_address(name) for name in ("channel", "only_for", "response_url")), "")
    turn = func.row_number().over(partition_by=(place, OutboxItem.priority), order_by=OutboxItem.id)
    unsettled = OutboxItem.state.in_(UNSETTLED)
    line = select(OutboxItem.id, place.label("place"), turn.label("turn")).where(unsettled).subquery()
    busy = select(place).where(OutboxItem.state == "sending")
    first_in_line = select(line.c.id).where(line.c.turn == 1, line.c.place.not_in(busy))
    target = aliased(OutboxItem)
    waits = exists().where(target.key == OutboxItem.after_key, target.state.in_(UNSETTLED))
    is_in_turn = or_(OutboxItem.state == "sending", OutboxItem.id.in_(first_in_line))
    return (
        select(OutboxItem)
        .where(or_(_is_expired, and_(_is_free, is_in_turn, ~waits, _is_spoken_to, *conditions)))
        .order_by(OutboxItem.priority, OutboxItem.id)
        .limit(CANDIDATES)
        .with_for_update(skip_locked=True)
    )


def _in_address(name: str) -> ColumnElement[str]:
    found: ColumnElement[str] = type_coerce(OutboxItem.address, JSON)[name].as_string()
    return found


# Built once, as in bot/queue.py.
_ANY_DUE = select(exists().where(or_(_is_expired, and_(_is_free, _is_spoken_to))))
_SENDABLE = _sendable()
_SENDABLE_THERE = _sendable(OutboxItem.platform.in_(bindparam("platforms", expanding=True)))

OnSettled = Callable[[Session, OutboxItem, datetime], None]


@dataclass(frozen=True)
class OutboxClaim:
    """A row of the outbox held for sending; `attempts` counts this one.

    `operation` is what is to be done now: an update whose message was never sent is a post. A delete without
    `target_id` is void. `is_again` says that an earlier try may have reached the platform, `is_expired` that it waited
    for GIVE_UP and is to be settled instead.
    """

    id: int
    key: str
    platform: str
    operation: str
    address: Address
    message: Message | None
    target_id: str | None
    priority: int
    token: int
    attempts: int
    created_at: datetime
    is_again: bool
    is_expired: bool

    @property
    def is_void(self) -> bool:
        """Whether it would take back what was never sent."""
        return self.operation == "delete" and self.target_id is None

    @property
    def is_nudge(self) -> bool:
        """Whether it is better missed than doubled."""
        return self.priority > ANSWER

    @property
    def can_be_found(self) -> bool:
        """Whether a platform that can read back would find it: not what one person alone sees, nor a home page.

        A file goes to a direct conversation whatever its address.
        """
        is_read_by_others = not self.address.is_ephemeral and self.address.response_url is None
        is_file = self.message is not None and self.message.file is not None and not self.message.blocks
        return self.operation == "post" and self.address.surface == "message" and (is_read_by_others or is_file)


def nobody(session: Session, item: OutboxItem, now: datetime) -> None:
    """Take no note of a settled row."""


def claim_outbox(
    session: Session, now: datetime, lease_seconds: float = 60, platforms: Collection[str] | None = None
) -> OutboxClaim | None:
    """Hold the next message to send: answers before nudges, then the oldest; None when there is none.

    Messages to one place go in order, one at a time. What waits for another row, a stopped platform or the rate
    limits stays where it is, until it expires. The caller commits before it calls the platform.
    """
    given = {"now": now, "expired_at": now - GIVE_UP}
    found = (
        session.scalars(_SENDABLE, given)
        if platforms is None
        else session.scalars(_SENDABLE_THERE, {**given, "platforms": list(platforms)})
    )
    for item in found:
        try:
            claim = _claim_of(session, item, now)
        except ValidationError:
            # Another version of Coach wrote it.
            item.error = "unreadable"
            _settle(session, item, "dead", now, nobody)
            continue
        buckets = (
            ()
            if claim.is_void or claim.is_expired
            else rates.buckets_of(claim.platform, claim.operation, claim.address)
        )
        if rates.reserve(session, buckets, now, leaving=NUDGE_RESERVE if claim.is_nudge else 0) > 0:
            continue
        item.state = "sending"
        item.attempts, item.lease_token = claim.attempts, claim.token
        item.lease_until = now + timedelta(seconds=lease_seconds)
        return claim
    return None


def has_due(session: Session, now: datetime) -> bool:
    """Whether claim_outbox might find anything, at little cost."""
    return bool(session.scalar(_ANY_DUE, {"now": now, "expired_at": now - GIVE_UP}))


def held(session: Session, claim: OutboxClaim) -> OutboxItem:
    """Return the row of a claim, locked. Raises Fenced."""
    item = session.scalar(
        select(OutboxItem)
        .where(OutboxItem.id == claim.id, OutboxItem.lease_token == claim.token, OutboxItem.state == "sending")
        .with_for_update()
    )
    if item is None:
        raise Fenced
    return item


def lay_out(session: Session, claim: OutboxClaim, parts: Sequence[Message], now: datetime) -> None:
    """Keep the first part as what this row sends and put the others behind it, as KEY#2 and so on.

    Where an earlier message was in parts too, each part replaces its own, and parts left over are taken back; no
    parts at all is a deletion. Raises Fenced.
    """
    item = held(session, claim)
    if parts:
        item.message = MESSAGE.dump_python(parts[0], mode="json")
    acts_on = item.after_key if item.operation != "post" else None
    replaced = _parts_of(session, acts_on) if acts_on else {}
    for number in sorted({*range(2, len(parts) + 1), *replaced}):
        part = parts[number - 1] if number <= len(parts) else None
        before = replaced.get(number)
        outgoing = Outgoing(
            # A part that an update adds is named after the first message, so that the next update finds it.
            key=f"{item.key if before else acts_on or item.key}#{number}",
            address=claim.address,
            message=part,
            operation="post" if before is None else "update" if part else "delete",
            after_key=before,
            priority=item.priority,
            person_id=item.person_id,
            question_id=item.question_id,
        )
        put(session, outgoing, now)


def mark_sent(
    session: Session, claim: OutboxClaim, platform_id: str | None, now: datetime, settled: OnSettled = nobody
) -> None:
    """Settle as sent, with its event, and empty the row. Raises Fenced."""
    item = held(session, claim)
    item.platform_id = platform_id
    if claim.operation == "delete" and item.after_key:
        # An update to come must not act on what is gone.
        session.execute(update(OutboxItem).where(_stands_for(item.after_key)).values(platform_id=None))
    purpose = "nudge" if claim.is_nudge else "answer"
    seconds = (now - item.created_at).total_seconds()
    event = MessageSent(claim.platform, claim.operation, purpose, item.attempts, seconds)
    record(session, event, now, item.person_id, cause=f"outbox:{item.id}")
    _settle(session, item, "sent", now, settled)


def drop(session: Session, claim: OutboxClaim, now: datetime, settled: OnSettled = nobody) -> None:
    """Settle as cancelled: there is nothing to send any more. Raises Fenced."""
    _settle(session, held(session, claim), "cancelled", now, settled)


def bury(session: Session, claim: OutboxClaim, code: str, now: datetime, settled: OnSettled = nobody) -> None:
    """Settle as dead: the platform will never take it. Raises Fenced."""
    item = held(session, claim)
    item.error = code
    _settle(session, item, "dead", now, settled)


def back_off(
    session: Session,
    claim: OutboxClaim,
    code: str,
    after_seconds: float | None,
    now: datetime,
    settled: OnSettled = nobody,
    jitter: float = 0,
) -> float:
    """Put back what the platform did not take, and return the seconds until the next try; dead after GIVE_UP.

    Without `after_seconds` the pause doubles from 1 to MOST_PAUSE_SECONDS, and is longer by the share `jitter`, 0-1.
    Raises Fenced.
    """
    doubled = min(2 ** min(claim.attempts - 1, 6), MOST_PAUSE_SECONDS) * (1 + jitter)
    seconds = float(doubled) if after_seconds is None else after_seconds
    item = held(session, claim)
    item.error = code
    if now - item.created_at >= GIVE_UP:
        _settle(session, item, "dead", now, settled)
    else:
        item.state, item.lease_until, item.run_at = "new", None, now + timedelta(seconds=seconds)
    return seconds


def doubt(
    session: Session,
    claim: OutboxClaim,
    code: str,
    can_be_found: bool,
    after_seconds: float | None,
    now: datetime,
    settled: OnSettled = nobody,
    jitter: float = 0,
) -> None:
    """Leave a message that may or may not have arrived to the next claim, which looks for it or sends it again.

    What cannot be looked for becomes unknown instead: a nudge at once, an answer after MAX_ATTEMPTS. The next claim
    comes after SETTLING_SECONDS, longer by the share `jitter`, unless told otherwise. Raises Fenced.
    """
    item = held(session, claim)
    item.error = code
    is_hopeless = claim.operation == "post" and not can_be_found and (claim.is_nudge or claim.attempts >= MAX_ATTEMPTS)
    if is_hopeless or now - item.created_at >= GIVE_UP:
        _settle(session, item, "unknown", now, settled)
    else:
        settling_seconds = SETTLING_SECONDS * (1 + jitter)
        item.lease_until = now + timedelta(seconds=settling_seconds if after_seconds is None else after_seconds)


def _claim_of(session: Session, item: OutboxItem, now: datetime) -> OutboxClaim:
    target_id = item.target_id
    if target_id is None and item.after_key is not None and item.operation != "post":
        target_id = _sent_as(session, item.after_key)
    is_anew = item.operation == "update" and target_id is None
    return OutboxClaim(
        id=item.id,
        key=item.key,
        platform=item.platform,
        operation="post" if is_anew else item.operation,
        address=ADDRESS.validate_python(item.address),
        message=None if item.message is None else MESSAGE.validate_python(item.message),
        target_id=target_id,
        priority=item.priority,
        token=item.lease_token + 1,
        attempts=item.attempts + 1,
        created_at=item.created_at,
        is_again=item.state == "sending",
        is_expired=now - item.created_at >= GIVE_UP,
    )


def _sent_as(session: Session, key: str) -> str | None:
    """Return the id under which a message stands, also where an update had to post it anew."""
    return session.scalar(
        select(OutboxItem.platform_id)
        .where(_stands_for(key), OutboxItem.state == "sent", OutboxItem.platform_id.is_not(None))
        .order_by(OutboxItem.id.desc())
        .limit(1)
    )


def _stands_for(key: str) -> ColumnElement[bool]:
    return or_(OutboxItem.key == key, and_(OutboxItem.after_key == key, OutboxItem.operation == "update"))


def _parts_of(session: Session, key: str) -> dict[int, str]:
    """Return the keys of the further parts of a message by their number, from 2."""
    parts = select(OutboxItem.key).where(
        OutboxItem.operation == "post", OutboxItem.key.startswith(f"{key}#", autoescape=True)
    )
    numbers = {part.rpartition("#")[2]: part for part in session.scalars(parts)}
    return {int(number): part for number, part in numbers.items() if number.isdigit()}


def _settle(session: Session, item: OutboxItem, state: str, now: datetime, settled: OnSettled) -> None:
    item.state, item.finished_at, item.lease_until = state, now, None
    # The rooms may still need to know where it went.
    settled(session, item, now)
    if state in ("sent", "cancelled"):
        item.address = item.message = item.account = None
