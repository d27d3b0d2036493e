"""Owns the step from a platform account to a person, or to the reason why there is none."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from bot.app import App
from bot.handlers.request import account_of
from bot.messages import Incoming, Platform, PlatformFault, Unreachable
from metrics.newcomers import meet
from metrics.people import Person, person_with_account
from metrics.privacy import is_erased


class Unwelcome(StrEnum):
    """Why somebody who wrote is no person here."""

    STRANGER = "stranger"
    OUT_OF_REACH = "out_of_reach"
    LEFT = "left"
    ERASED = "erased"


def find_caller(app: App, platforms: Mapping[str, Platform], incoming: Incoming, now: datetime) -> Person | Unwelcome:
    """Return who wrote; the platform is asked whether they are a full member (it remembers for a day),
    and one never met before becomes a person.

    Raises bot.messages.PlatformFault while the platform cannot say.
    """
    with app.database.session() as session:
        person = person_with_account(session, incoming.platform, incoming.user_id)
        if person is None and is_erased(session, account_of(incoming)):
            return Unwelcome.ERASED
    try:
        identity = platforms[incoming.platform].identify(incoming.user_id, incoming.channel)
    except Unreachable:
        # There is no asking who they are where Coach is no longer, and no answering them.
        if person is None:
            return Unwelcome.OUT_OF_REACH
        return person if person.is_active else Unwelcome.LEFT
    except PlatformFault:
        # Who is known is answered while the platform cannot say; who is not has to wait.
        if person is None:
            raise
        return person if person.is_active else Unwelcome.LEFT
    if not identity.is_member:
        return Unwelcome.STRANGER
    if person is None:
        with app.database.transaction() as session:
            person = meet(
                session,
                incoming.platform,
                incoming.user_id,
                identity.name,
                identity.email,
                identity.time_zone or incoming.time_zone,
                now,
            )
        if person is None:
            return Unwelcome.ERASED
    return person if person.is_active else Unwelcome.LEFT
