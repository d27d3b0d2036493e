"""Owns the links that sign somebody in to the pages: made in chat, good for ten minutes and one use."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from bot.settings import Settings
from bot.tables import SignInLink
from bot.web.sessions import hash_of
from metrics.db import rows_changed
from metrics.people import Person

PATH = "/pages"
GOOD_FOR = timedelta(minutes=10)


def pages_url(settings: Settings) -> str | None:
    """Return the address of the pages; None where Coach has no public address, so that nothing may link to them."""
    return settings.public_url and settings.public_url.rstrip("/") + PATH


def make_link(session: Session, person_id: int, public_url: str, token: str, now: datetime) -> str:
    """Return a link that signs one person in once within 10 minutes, and end those made for them before.

    `public_url` is Coach's own address, `token` 32 random bytes, urlsafe: only a hash of it is stored.
    """
    unused = (SignInLink.person_id == person_id, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
    session.execute(update(SignInLink).where(*unused).values(expires_at=now))
    session.add(SignInLink(person_id=person_id, token_hash=hash_of(token), expires_at=now + GOOD_FOR))
    return f"{public_url.rstrip('/')}{PATH}/sign-in/{token}"


def is_usable(session: Session, token: str, now: datetime) -> bool:
    """Say whether a link would sign somebody in; looking uses nothing up."""
    return session.scalar(select(SignInLink.id).where(*_usable(token, now))) is not None


def use_link(session: Session, token: str, now: datetime) -> int | None:
    """Use a link up and return whom it signs in; None when it is used, over, unknown, or its person has left.

    One statement decides, so of two who come at once one is let in.
    """
    used = session.execute(update(SignInLink).where(*_usable(token, now)).values(used_at=now))
    if not rows_changed(used):
        return None
    return session.scalar(select(SignInLink.person_id).where(SignInLink.token_hash == hash_of(token)))


def _usable(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    is_here = SignInLink.person_id.in_(select(Person.id).where(Person.is_active))
    return (
        SignInLink.token_hash == hash_of(token),
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now,
        is_here,
    )
