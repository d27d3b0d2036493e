"""Owns asking the platforms which of the people whose practice is due do not want to be disturbed now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import select

from bot.database import Database
from bot.messages import MAX_ASKED, Platform, PlatformFault
from bot.tables import Connection
from lessons.nudges import due_people
from metrics.people import PlatformIdentity

log = structlog.get_logger()


def undisturbed_people(database: Database, platforms: Mapping[str, Platform], now: datetime) -> Collection[int]:
    """Return the people with a nudge due whom a platform they are on reports as not to be disturbed.

    A platform that fails to say is not asked on, and nobody's practice waits for it.
    """
    account = select(PlatformIdentity.platform, PlatformIdentity.platform_user_id, PlatformIdentity.person_id)
    connected = account.join(Connection, Connection.platform == PlatformIdentity.platform).where(
        Connection.is_stopped.is_(False), PlatformIdentity.person_id.in_(due_people(now))
    )
    with database.session() as session:
        accounts = session.execute(connected.order_by(PlatformIdentity.id)).all()
    found: set[int] = set()
    for name, platform in platforms.items():
        people = {user_id: person_id for on, user_id, person_id in accounts if on == name}
        found |= {people[user_id] for user_id in _ask(platform, list(people))}
    return found


def _ask(platform: Platform, user_ids: Sequence[str]) -> Collection[str]:
    found: set[str] = set()
    try:
        for start in range(0, len(user_ids), MAX_ASKED):
            found |= platform.undisturbed(user_ids[start : start + MAX_ASKED])
    except PlatformFault as fault:
        log.warning("do_not_disturb_unknown", platform=platform.name, code=fault.code)
    return found
