"""Owns how conversations in Teams are reached: what each message says of it, kept as JSON of ours."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.database import Database
from bot.tables import Connection, StoredAddress
from bot.teams.body import PLATFORM
from metrics.people import person_with_account
from metrics.privacy import account

# Noting every use would write as often as people do.
NOTED_AGAIN_AFTER = timedelta(hours=12)


@dataclass(frozen=True)
class Reach:
    """A conversation, the address of the service behind it, and whose direct conversation it is, if anybody's."""

    conversation: str
    service_url: str
    user_id: str | None = None


class AddressBook:
    """Addresses of conversations in SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def service_url(self, conversation: str) -> str | None:
        """Return where a conversation is reached, or, where that is not known, where the newest one was."""
        with self._database.session() as session:
            stored = session.scalars(_stored(conversation)).one_or_none()
            connection = session.get(Connection, PLATFORM)
        reach = stored.reach if stored else (connection.reach if connection else None)
        return reach.get("service_url") if reach else None

    def direct(self, user_id: str) -> str | None:
        """Return the direct conversation with somebody, None where there was none yet."""
        theirs = select(StoredAddress.conversation).where(
            StoredAddress.platform == PLATFORM, StoredAddress.account == account(PLATFORM, user_id)
        )
        with self._database.session() as session:
            return session.scalars(theirs.order_by(StoredAddress.seen_at.desc()).limit(1)).one_or_none()

    def note(self, reach: Reach, now: datetime) -> None:
        """Keep how a conversation is reached, in a transaction of its own."""
        with self._database.transaction() as session:
            note_reach(session, reach, now)


def note_reach(session: Session, reach: Reach, now: datetime) -> None:
    """Keep how a conversation is reached; of somebody who is no person here only where the service is."""
    facts: dict[str, Any] = {"service_url": reach.service_url}
    connection = session.get(Connection, PLATFORM)
    if connection is not None and connection.reach != facts:
        connection.reach = facts
    if reach.user_id is not None and person_with_account(session, PLATFORM, reach.user_id) is None:
        return
    owner = reach.user_id and account(PLATFORM, reach.user_id)
    stored = session.scalars(_stored(reach.conversation).with_for_update()).one_or_none()
    if stored is None:
        new = StoredAddress(platform=PLATFORM, conversation=reach.conversation, account=owner, reach=facts, seen_at=now)
        # Whoever is told the same at the same time has stored it.
        with suppress(IntegrityError), session.begin_nested():
            session.add(new)
    elif (stored.reach, stored.account) != (facts, owner) or now - stored.seen_at > NOTED_AGAIN_AFTER:
        stored.reach, stored.account, stored.seen_at = facts, owner, now


def forget_reach(session: Session, conversation: str) -> None:
    """Forget a conversation that Coach was taken out of."""
    if (stored := session.scalars(_stored(conversation)).one_or_none()) is not None:
        session.delete(stored)


def _stored(conversation: str) -> Any:
    return select(StoredAddress).where(StoredAddress.platform == PLATFORM, StoredAddress.conversation == conversation)
