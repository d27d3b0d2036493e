"""Owns how fast Coach may call a platform: token buckets in SQL, shared by every process that sends."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.messages import Address
from bot.tables import RateBucket

# Slack (https://docs.slack.dev/apis/web-api/rate-limits): one post a second in a channel with short bursts, several
# hundred posts a minute in a workspace, read as 200; tiers 3 and 4 for the rest. A bucket starts full, so what a minute
# allows is rate plus burst. Posts keep a small burst: a thousand nudges then take little longer than 200 a minute.
CHANNEL_PER_SECOND, CHANNEL_BURST = 1.0, 5.0
PER_MINUTE = {"post": 200, "ephemeral": 100, "home": 100, "update": 50, "delete": 50}
BURST_SHARE = {"post": 0.1, "ephemeral": 0.2, "home": 0.2, "update": 0.2, "delete": 0.2}
# Teams (https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit): in each thread 7 calls in 1
# second, 8 in 2, 60 in 30 and 1,800 in 3,600, whatever the call; of one bot in one tenant 30 a second. These buckets
# are shared by all who send; bot/teams/windows.py counts exactly what one process does.
THREAD_LIMITS = ((1.86, 4.0), (0.25, 900.0))
TENANT_PER_SECOND, TENANT_BURST = 15.0, 15.0
UNUSED_FOR = timedelta(days=1)

# Always locked in one order, so that two senders never wait for each other.
_NAMED = (
    select(RateBucket)
    .where(RateBucket.key.in_(bindparam("keys", expanding=True)))
    .order_by(RateBucket.key)
    .with_for_update()
)
_ADD = {
    "sqlite": sqlite.insert(RateBucket).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(RateBucket).on_conflict_do_nothing(),
}


@dataclass(frozen=True)
class Bucket:
    """A limit: `per_second` calls on average, `burst` at once."""

    key: str
    per_second: float
    burst: float


def buckets_of(platform: str, operation: str, address: Address) -> tuple[Bucket, ...]:
    """Return the limits a call counts against, first the one a platform means that says there were too many.

    `operation` is post, update or delete.
    """
    if platform == "teams":
        return _of_teams(platform, address)
    if address.surface == "home":
        call = "home"
    elif operation == "post" and address.is_ephemeral:
        call = "ephemeral"
    else:
        call = operation
    burst = PER_MINUTE[call] * BURST_SHARE[call]
    method = Bucket(f"method:{platform}.{call}:{address.workspace}", (PER_MINUTE[call] - burst) / 60, burst)
    place = address.channel or address.only_for
    if call != "post" or place is None:
        return (method,)
    return method, Bucket(f"channel:{_name(platform, place)}", CHANNEL_PER_SECOND, CHANNEL_BURST)


def _of_teams(platform: str, address: Address) -> tuple[Bucket, ...]:
    tenant = Bucket(f"tenant:{platform}:{address.workspace}", TENANT_PER_SECOND, TENANT_BURST)
    # What one person alone sees goes to their own conversation.
    name = _name(platform, address.only_for or address.channel or "")
    limits = enumerate(THREAD_LIMITS, start=1)
    threads = (Bucket(f"thread{number}:{name}", per_second, burst) for number, (per_second, burst) in limits)
    return *threads, tenant


def _name(platform: str, place: str) -> str:
    # The place may be a person's account, which must not outlive their erasure here.
    return hashlib.sha256(f"{platform}.{place}".encode()).hexdigest()[:32]


def reserve(session: Session, buckets: Sequence[Bucket], now: datetime, leaving: float = 0) -> float:
    """Take one call from every bucket, or none and return how many seconds to wait; 0 when taken.

    `leaving` is the share of a burst, 0-1, that stays for others.
    """
    waits = [0.0]
    rows = _locked(session, buckets, now)
    for bucket in buckets:
        row = rows[bucket.key]
        elapsed_seconds = max(0.0, (now - row.filled_at).total_seconds())
        row.tokens = min(bucket.burst, row.tokens + elapsed_seconds * bucket.per_second)
        row.filled_at = now
        needed = 1 + leaving * (bucket.burst - 1)
        waits.append((needed - row.tokens) / bucket.per_second)
        if row.blocked_until is not None:
            waits.append((row.blocked_until - now).total_seconds())
    wait = max(waits)
    if wait <= 0:
        for row in rows.values():
            row.tokens -= 1
    return wait


def block(session: Session, bucket: Bucket, now: datetime, seconds: float) -> None:
    """Let nothing through a bucket for `seconds`; a longer block stays."""
    row = _locked(session, [bucket], now)[bucket.key]
    until = now + timedelta(seconds=seconds)
    row.blocked_until = max(until, row.blocked_until or until)


def sweep(session: Session, now: datetime) -> None:
    """Delete buckets unused for a day: they are full again."""
    is_open = or_(RateBucket.blocked_until.is_(None), RateBucket.blocked_until <= now)
    session.execute(delete(RateBucket).where(RateBucket.filled_at <= now - UNUSED_FOR, is_open))


def _locked(session: Session, buckets: Sequence[Bucket], now: datetime) -> dict[str, RateBucket]:
    given = {"keys": [bucket.key for bucket in buckets]}
    rows = {row.key: row for row in session.scalars(_NAMED, given)} if buckets else {}
    if missing := [bucket for bucket in buckets if bucket.key not in rows]:
        full = [{"key": bucket.key, "tokens": bucket.burst, "filled_at": now} for bucket in missing]
        session.execute(_ADD[session.get_bind().dialect.name], full)
        rows = {row.key: row for row in session.scalars(_NAMED, given)}
    return rows
