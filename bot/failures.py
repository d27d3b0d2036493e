"""Owns the rows that failed for good: listing them for a person, and trying one once more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.tables import InboxItem, OutboxItem
from metrics.events.record import EventRow

FAILED = ("dead", "unknown")


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
        item.received_at = now
        # It gets the event of what comes of it now in place of that of its failure.
        session.execute(delete(EventRow).where(EventRow.cause == name))
    return True


def _failure(item: InboxItem | OutboxItem) -> Failure:
    name, failed_at = f"{item.__tablename__}:{item.id}", item.finished_at or item.run_at
    return Failure(name, item.key, item.platform, item.state, item.error, failed_at, _has_words(item))


def _has_words(item: InboxItem | OutboxItem) -> bool:
    return (item.body if isinstance(item, InboxItem) else item.address) is not None
