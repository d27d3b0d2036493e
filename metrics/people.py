"""Owns people and the accounts they have on chat platforms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Integer, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from metrics.db import Base, UtcInstant, kept
from metrics.errors import Refusal
from metrics.policy import Action, Asker, ProgressOf, may

PLATFORMS = ("slack", "teams")
ENTRA_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Person(Base):
    """A member of the company; the key is the e-mail. Missing from people.csv means inactive, never deleted.

    `is_listed` is False for who was met on a chat platform and never stood in people.csv.
    """

    __tablename__ = "people"
    # An id is never given twice: an export must not hold what belonged to somebody erased before.
    __table_args__ = {"sqlite_autoincrement": True, "info": kept("while employed, then until erased")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info={"person_key": True})
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    team: Mapped[str | None] = mapped_column(String(200))
    site: Mapped[str | None] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(JSON)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    started_on: Mapped[date | None] = mapped_column(Date)
    time_zone: Mapped[str | None] = mapped_column(String(64))
    is_active: Mapped[bool] = mapped_column(Boolean)
    is_listed: Mapped[bool] = mapped_column(Boolean, default=True)
    updated_at: Mapped[datetime] = mapped_column(UtcInstant)


class PlatformIdentity(Base):
    """An account on a chat platform that belongs to a person; `is_listed` says that people.csv names it."""

    __tablename__ = "platform_identities"
    __table_args__ = (
        UniqueConstraint("platform", "platform_user_id"),
        {"info": kept("as long as the person")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    platform: Mapped[str] = mapped_column(String(16))
    platform_user_id: Mapped[str] = mapped_column(String(200))
    is_listed: Mapped[bool] = mapped_column(Boolean, default=True)


@dataclass(frozen=True)
class PersonRow:
    """One line of people.csv, checked."""

    email: str
    name: str
    team: str | None
    site: str | None
    roles: tuple[str, ...]
    manager_email: str | None
    started_on: date | None
    time_zone: str | None
    slack_user_id: str | None
    teams_user_id: str | None

    def identities(self) -> dict[str, str]:
        """Return the accounts named on the line, platform -> user id."""
        ids = {"slack": self.slack_user_id, "teams": self.teams_user_id}
        return {platform: user_id for platform, user_id in ids.items() if user_id}


@dataclass(frozen=True)
class RosterChange:
    """What loading a roster changed, in numbers of people."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    deactivated: int = 0


def find_person(session: Session, reference: str) -> Person:
    """Return the person named by an id, an e-mail, `slack:U..` or `teams:..`.

    Raises Refusal when nobody matches.
    """
    wanted = reference.strip()
    platform, _, user_id = wanted.partition(":")
    if platform.lower() in PLATFORMS and user_id:
        person = person_with_account(session, platform.lower(), entra_id(user_id))
    elif wanted.isascii() and wanted.isdecimal() and len(wanted) < 10:
        person = session.get(Person, int(wanted))
    else:
        person = session.scalars(select(Person).where(Person.email == wanted.lower())).one_or_none()
    if person is None:
        raise Refusal(
            f"Nobody here is known as {wanted!r}. Give an e-mail from people.csv, slack:U…, teams:… or an id."
        )
    return person


def entra_id(user_id: str) -> str:
    """Return an account of Teams as it is known here: object ids of Entra in small letters, others as they are."""
    return user_id.lower() if ENTRA_ID.fullmatch(user_id) else user_id


def person_with_account(session: Session, platform: str, user_id: str) -> Person | None:
    """Return whose account this is on a platform, active or not; None for nobody's."""
    return session.scalars(
        select(Person)
        .join(PlatformIdentity)
        .where(PlatformIdentity.platform == platform, PlatformIdentity.platform_user_id == user_id)
    ).one_or_none()


def asker_for(person: Person) -> Asker:
    """Return what the policy needs to know of a person; someone inactive holds no roles."""
    return Asker(person.id, frozenset(person.roles) if person.is_active else frozenset())


def active_emails(session: Session) -> set[str]:
    """Return the e-mails of everyone active who stands in people.csv."""
    return set(session.scalars(select(Person.email).where(Person.is_active, Person.is_listed)))


def visible_to(session: Session, asker: Asker, admin_ids: frozenset[int] = frozenset()) -> list[Person]:
    """Return the active people whose progress somebody active may see besides their own, by name.

    They are those whose managers, one above the other, lead to the asker, and everybody for who looks after Coach.
    """
    return _others_for(session, asker, Action.SEE_PROGRESS, admin_ids)


def managed_by(session: Session, asker: Asker) -> list[Person]:
    """Return the active people whom somebody active may send a lesson, by name."""
    return _others_for(session, asker, Action.SEND_LESSON)


def managers_by_person(session: Session) -> dict[int, int | None]:
    """Return the manager of everybody, None for who has none."""
    return dict(session.execute(select(Person.id, Person.manager_id)).all())


def managers_above(person_id: int, managers: Mapping[int, int | None]) -> tuple[int, ...]:
    """Return somebody's manager, that one's manager, and so on up; `managers` as managers_by_person returns them."""
    above: list[int] = []
    manager_id = managers.get(person_id)
    while manager_id is not None and manager_id not in above:
        above.append(manager_id)
        manager_id = managers.get(manager_id)
    return tuple(above)


def load_roster(session: Session, rows: list[PersonRow], now: datetime) -> RosterChange:
    """Make the people table equal to the roster: add, change, and deactivate who is missing."""
    people = {person.email: person for person in session.scalars(select(Person))}
    before = {email: _facts(session, person) for email, person in people.items()}
    for row in rows:
        person = people.get(row.email)
        if person is None:
            person = people[row.email] = Person(email=row.email, updated_at=now)
            session.add(person)
        person.name, person.team, person.site, person.roles = row.name, row.team, row.site, list(row.roles)
        person.started_on, person.time_zone = row.started_on, row.time_zone
        person.is_active = person.is_listed = True
    listed = {row.email for row in rows}
    leaving = [
        person for email, person in people.items() if email not in listed and person.is_active and person.is_listed
    ]
    for person in leaving:
        person.is_active, person.updated_at = False, now
    session.flush()
    _release_accounts(session, rows, people)
    for row in rows:
        manager = people.get(row.manager_email) if row.manager_email else None
        people[row.email].manager_id = manager.id if manager else None
        _add_missing_accounts(session, people[row.email], row.identities())
    session.flush()
    changed = 0
    for row in rows:
        if row.email in before and before[row.email] != _facts(session, people[row.email]):
            people[row.email].updated_at = now
            changed += 1
    known = sum(row.email in before for row in rows)
    return RosterChange(len(rows) - known, changed, known - changed, len(leaving))


def _others_for(
    session: Session, asker: Asker, action: Action, admin_ids: frozenset[int] = frozenset()
) -> list[Person]:
    known = session.execute(select(Person.id, Person.manager_id, Person.is_active)).all()
    managers = {person_id: manager_id for person_id, manager_id, _ in known}
    active = {person_id for person_id, _, is_active in known if is_active}
    if asker.person_id not in admin_ids and asker.person_id not in active:
        return []
    ids = [
        person_id
        for person_id in active
        if person_id != asker.person_id
        and may(asker, action, ProgressOf(person_id, frozenset(managers_above(person_id, managers)), admin_ids))
    ]
    # Whole rows only of whom they see: a manager of ten does not wait for a thousand.
    query = select(Person).where(Person.id.in_(ids)).order_by(func.lower(Person.name), Person.id)
    return list(session.scalars(query))


def _facts(session: Session, person: Person) -> tuple[object, ...]:
    own = (person.name, person.team, person.site, tuple(person.roles), person.manager_id)
    return (*own, person.started_on, person.time_zone, person.is_active, _accounts(session, person))


def _accounts(session: Session, person: Person) -> frozenset[tuple[str, str]]:
    held = session.scalars(select(PlatformIdentity).where(PlatformIdentity.person_id == person.id))
    return frozenset((account.platform, account.platform_user_id) for account in held)


def _release_accounts(session: Session, rows: list[PersonRow], people: dict[str, Person]) -> None:
    wanted = {
        (platform, user_id): people[row.email].id for row in rows for platform, user_id in row.identities().items()
    }
    listed = {people[row.email].id for row in rows}
    named = {(people[row.email].id, platform) for row in rows for platform in row.identities()}
    for account in session.scalars(select(PlatformIdentity)):
        wanted_by = wanted.get((account.platform, account.platform_user_id))
        # Who left keeps theirs, and an account met on a platform stays until the roster names another: an erasure must
        # still find it.
        is_replaced = account.is_listed or (account.person_id, account.platform) in named
        if wanted_by == account.person_id:
            account.is_listed = True
        elif wanted_by is not None or (account.person_id in listed and is_replaced):
            session.delete(account)
    session.flush()


def _add_missing_accounts(session: Session, person: Person, wanted: dict[str, str]) -> None:
    for platform, user_id in wanted.items() - _accounts(session, person):
        session.add(PlatformIdentity(person_id=person.id, platform=platform, platform_user_id=user_id))
