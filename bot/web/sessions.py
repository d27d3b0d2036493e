"""Owns who is signed in to the pages: sessions that begin, last a working day at most, and end at once."""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.tables import WebSession
from metrics.people import Person

LASTS = timedelta(hours=8)


def hash_of(token: str) -> str:
    """Return what is stored of a token: it has 256 random bits, so one round of SHA-256 cannot be turned round."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin_session(session: Session, person_id: int, token: str, now: datetime) -> None:
    """Sign somebody in for 8 hours; `token` is 32 random bytes, urlsafe, which only their cookie holds."""
    row = WebSession(person_id=person_id, token_hash=hash_of(token), begun_at=now, expires_at=now + LASTS)
    session.add(row)


def signed_in(session: Session, token: str, now: datetime) -> Person | None:
    """Return who holds a session now; None for none, one that ended, and somebody no longer active."""
    live = (WebSession.token_hash == hash_of(token), WebSession.ended_at.is_(None), WebSession.expires_at > now)
    return session.scalars(select(Person).join(WebSession).where(*live, Person.is_active)).one_or_none()


def end_session(session: Session, token: str, now: datetime) -> None:
    """Sign out whoever holds a session; nothing happens without one."""
    theirs = (WebSession.token_hash == hash_of(token), WebSession.ended_at.is_(None))
    session.execute(update(WebSession).where(*theirs).values(ended_at=now))


def form_key(token: str) -> str:
    """Return what each form of a session carries, so that no other site can send one: an HMAC of its token."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_form_key(token: str, given: str) -> bool:
    """Say whether a form came from a page of this session."""
    return hmac.compare_digest(form_key(token).encode(), given.encode())
