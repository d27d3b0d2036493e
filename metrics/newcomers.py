"""Owns how somebody met on a chat platform becomes a person, or is recognised as one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from metrics.people import Person, PlatformIdentity, person_with_account
from metrics.privacy import account, is_erased
from metrics.time_zones import is_time_zone

NAME_CHARACTERS, EMAIL_CHARACTERS = 200, 320


def meet(
    session: Session, platform: str, user_id: str, name: str, email: str | None, time_zone: str | None, now: datetime
) -> Person | None:
    """Return the person behind an account: known, linked by e-mail, or new without roles; None for somebody erased.

    What people.csv says of a person is never changed. `email` None means that the platform tells none; `time_zone` is
    an IANA name, others are dropped. Two who meet the same account at once get the same person.
    """
    address = (email or "").strip().lower()
    if "@" not in address or not address.isprintable() or len(address) > EMAIL_CHARACTERS:
        address = nowhere(platform, user_id)
    while True:
        if is_erased(session, account(platform, user_id), address):
            return None
        if (person := person_with_account(session, platform, user_id)) is not None:
            return person
        try:
            # Whoever loses a race, against another meeting or an erasure, looks again at what the other one stored.
            with session.begin_nested():
                _link(session, platform, user_id, name, address, time_zone, now)
        except IntegrityError:
            session.expire_all()


def nowhere(platform: str, user_id: str) -> str:
    """Return the address that stands for an account without an e-mail; nothing sent to it arrives anywhere."""
    return f"{user_id.lower()}@{platform}.invalid"


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable()).strip()


def _link(
    session: Session, platform: str, user_id: str, name: str, address: str, time_zone: str | None, now: datetime
) -> None:
    person = session.scalars(select(Person).where(Person.email == address)).one_or_none()
    if person is None:
        person = Person(
            email=address,
            name=_plain(name)[:NAME_CHARACTERS] or user_id,
            roles=[],
            time_zone=time_zone if time_zone and is_time_zone(time_zone) else None,
            is_active=True,
            is_listed=False,
            updated_at=now,
        )
        session.add(person)
        session.flush()
    session.add(PlatformIdentity(person_id=person.id, platform=platform, platform_user_id=user_id, is_listed=False))
    session.flush()
