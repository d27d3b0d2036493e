"""Owns what a person may ask of their data: a copy of it, and its erasure."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, MetaData, String, Table, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from metrics.db import Base, UtcInstant, kept, rows_changed
from metrics.people import Person, PersonRow, PlatformIdentity


class ErasedIdentity(Base):
    """A salted hash of an erased e-mail or account, so that a roster or a restored backup does not bring it back."""

    __tablename__ = "erased_identities"
    __table_args__ = {"info": kept("for good; it names nobody")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    erased_at: Mapped[datetime] = mapped_column(UtcInstant)


class Holds(Enum):
    """How a column says whose a row is: by person, or by an account such as slack:U123, to delete with or to empty."""

    PERSON = auto()
    ACCOUNT = auto()
    ACCOUNT_TO_CLEAR = auto()


@dataclass(frozen=True)
class Erasure:
    """How many rows of each table an erasure removed."""

    rows_by_table: dict[str, int]

    @property
    def rows(self) -> int:
        """All removed rows."""
        return sum(self.rows_by_table.values())


def export_person(session: Session, metadata: MetaData, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return every row about a person or that names them, by table, with values JSON can hold."""
    names = names_of(session, metadata, person)
    about: dict[Table, list[ColumnElement[bool]]] = {}
    for table, column, holds in personal_columns(metadata):
        about.setdefault(table, []).append(_is_theirs(column, holds, person.id, names))
    for table, column in columns_naming_another(metadata):
        about.setdefault(table, []).append(column == person.id)
    return {
        table.name: [
            {name: _plain_value(value) for name, value in row.items()}
            for row in session.execute(select(table).where(or_(*any_of))).mappings()
        ]
        for table, any_of in about.items()
    }


def erase_person(session: Session, metadata: MetaData, person: Person, now: datetime, salt: str) -> Erasure:
    """Delete every row about a person, empty columns that name them, and leave a tombstone.

    `salt` is 32 random hexadecimal digits.
    """
    person_id, names = person.id, names_of(session, metadata, person)
    session.expunge_all()
    removed: dict[str, int] = {}
    # Whatever points at a row goes before it.
    for table, column, holds in reversed(personal_columns(metadata)):
        theirs = _is_theirs(column, holds, person_id, names)
        if holds is Holds.ACCOUNT_TO_CLEAR:
            session.execute(update(table).where(theirs).values({column: None}))
        else:
            result = session.execute(delete(table).where(theirs))
            removed[table.name] = removed.get(table.name, 0) + rows_changed(result)
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("holds_email"):
                session.execute(update(table).where(func.lower(column).in_(names)).values({column: None}))
    session.add_all(ErasedIdentity(salt=salt, hash=_tombstone(salt, name), erased_at=now) for name in names)
    session.flush()
    return Erasure(removed)


def without_erased(session: Session, rows: Iterable[PersonRow]) -> tuple[list[PersonRow], int]:
    """Return the rows of people who were not erased, and how many were left out."""
    stones = _tombstones(session)
    kept_rows, left_out = [], 0
    for row in rows:
        if _is_among(stones, [row.email, *(account(platform, user) for platform, user in row.identities().items())]):
            left_out += 1
        else:
            kept_rows.append(row)
    return kept_rows, left_out


def is_erased(session: Session, *names: str) -> bool:
    """Say whether somebody erased had one of these names: an e-mail in small letters, or an account (slack:U1)."""
    return _is_among(_tombstones(session), names)


def account(platform: str, user_id: str) -> str:
    """Return how an account is written in columns that hold one."""
    return f"{platform}:{user_id}"


def sweep_expired(session: Session, metadata: MetaData, now: datetime, days_by_table: Mapping[str, int]) -> int:
    """Delete rows kept longer than their table says, or `days_by_table` says for it; return how many."""
    deleted = 0
    for table in reversed(metadata.sorted_tables):
        days, since = days_by_table.get(table.name, table.info.get("retention_days")), table.info.get("retention_since")
        if days is not None and since is not None:
            expired = session.execute(delete(table).where(table.c[since] < now - timedelta(days=days)))
            deleted += rows_changed(expired)
    return deleted


def personal_columns(metadata: MetaData) -> list[tuple[Table, Column[Any], Holds]]:
    """Return each column that says whose a row is, and how; tables in the order they may be filled."""
    return [
        (table, column, holds)
        for table in metadata.sorted_tables
        for column in table.columns
        if (holds := _what_it_holds(column)) is not None
    ]


def columns_naming_another(metadata: MetaData) -> list[tuple[Table, Column[Any]]]:
    """Return each column that names a person in a row about somebody else, and says so by metrics.db.NAMES_ANOTHER.

    Erasing empties them by their foreign key.
    """
    return [
        (table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.info.get("names_another")
    ]


def _what_it_holds(column: Column[Any]) -> Holds | None:
    if column.name == "person_id" or column.info.get("person_key"):
        return Holds.PERSON
    return {"row": Holds.ACCOUNT, "value": Holds.ACCOUNT_TO_CLEAR}.get(column.info.get("holds_account", ""))


def _is_theirs(column: Column[Any], holds: Holds, person_id: int, names: list[str]) -> ColumnElement[bool]:
    return column == person_id if holds is Holds.PERSON else column.in_(names)


def names_of(session: Session, metadata: MetaData, person: Person) -> list[str]:
    """Return every e-mail and account a person is known by, their own e-mail first."""
    accounts = session.scalars(select(PlatformIdentity).where(PlatformIdentity.person_id == person.id))
    names = [person.email, *(account(held.platform, held.platform_user_id) for held in accounts)]
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("email_of_person"):
                further = select(column).where(table.c.person_id == person.id, column.is_not(None))
                names += [name for name in session.scalars(further) if name not in names]
    return names


def _tombstones(session: Session) -> set[tuple[str, str]]:
    return {(stone.salt, stone.hash) for stone in session.scalars(select(ErasedIdentity))}


def _is_among(stones: set[tuple[str, str]], names: Iterable[str]) -> bool:
    salts = {salt for salt, _ in stones}
    return any((salt, _tombstone(salt, name)) in stones for name in names for salt in salts)


def _tombstone(salt: str, name: str) -> str:
    return hmac.new(bytes.fromhex(salt), name.encode(), hashlib.sha256).hexdigest()


def _plain_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
