"""Owns how fast Coach may call a platform: token buckets in SQL, shared by every process that sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.messages import Address
from bot.tables import RateBucket

# The narrowest published limits, Slack's (https://docs.slack.dev/apis/web-api/rate-limits): one post a second in a
# channel with short bursts, several hundred posts a minute in a workspace, tiers 3 and 4 for the rest. A bucket starts
# full, so what a minute allows is rate plus burst.
CHANNEL_PER_SECOND, CHANNEL_BURST = 1.0, 5.0
PER_MINUTE = {"post": 240, "ephemeral": 100, "home": 100, "update": 50, "delete": 50}
BURST_SHARE = 0.2


@dataclass(frozen=True)
class Bucket:
    """A limit: `per_second` calls on average, `burst` at once."""

    key: str
    per_second: float
    burst: float


def buckets_of(platform: str, operation: str, address: Address) -> tuple[Bucket, ...]:
    """Return the limits a call counts against; `operation` is post, update or delete."""
    if address.surface == "home":
        call = "home"
    elif operation == "post" and address.is_ephemeral:
        call = "ephemeral"
    else:
        call = operation
    burst = PER_MINUTE[call] * BURST_SHARE
    method = Bucket(f"method:{platform}.{call}:{address.workspace}", (PER_MINUTE[call] - burst) / 60, burst)
    place = address.channel or address.only_for
    if call != "post" or place is None:
        return (method,)
    return method, Bucket(f"channel:{platform}.{place}", CHANNEL_PER_SECOND, CHANNEL_BURST)


def reserve(session: Session, buckets: Sequence[Bucket], now: datetime, leaving: float = 0) -> float:
    """Take one call from every bucket, or none and return how many seconds to wait; 0 when taken.

    `leaving` is the share of a burst, 0-1, that stays for others.
    """
    waits = [0.0]
    rows = [_locked(session, bucket, now) for bucket in sorted(buckets, key=lambda bucket: bucket.key)]
    for bucket, row in rows:
        elapsed_seconds = max(0.0, (now - row.filled_at).total_seconds())
        row.tokens = min(bucket.burst, row.tokens + elapsed_seconds * bucket.per_second)
        row.filled_at = now
        needed = 1 + leaving * (bucket.burst - 1)
        waits.append((needed - row.tokens) / bucket.per_second)
        if row.blocked_until is not None:
            waits.append((row.blocked_until - now).total_seconds())
    wait = max(waits)
    if wait <= 0:
        for _, row in rows:
            row.tokens -= 1
    return wait


def block(session: Session, bucket: Bucket, now: datetime, seconds: float) -> None:
    """Let nothing through a bucket for `seconds`; a longer block stays."""
    _, row = _locked(session, bucket, now)
    until = now + timedelta(seconds=seconds)
    row.blocked_until = max(until, row.blocked_until or until)


def _locked(session: Session, bucket: Bucket, now: datetime) -> tuple[Bucket, RateBucket]:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    full = insert(RateBucket).values(key=bucket.key, tokens=bucket.burst, filled_at=now)
    row = session.scalar(select(RateBucket).where(RateBucket.key == bucket.key).with_for_update())
    if row is None:
        session.execute(full.on_conflict_do_nothing())
        row = session.scalars(select(RateBucket).where(RateBucket.key == bucket.key).with_for_update()).one()
    return bucket, row
