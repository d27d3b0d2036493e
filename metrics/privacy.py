"""Owns what a person may ask of their data: a copy of it, and its erasure."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from metrics.db import Base, UtcInstant, kept
from metrics.people import Person, PersonRow, PlatformIdentity


class ErasedIdentity(Base):
    """A salted hash of an erased e-mail or account, so that a roster or a restored backup does not bring it back."""

    __tablename__ = "erased_identities"
    __table_args__ = {"info": kept("for good; it names nobody")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    erased_at: Mapped[datetime] = mapped_column(UtcInstant)


@dataclass(frozen=True)
class Erasure:
    """How many rows of each table an erasure removed."""

    rows_by_table: dict[str, int]

    @property
    def rows(self) -> int:
        """All removed rows."""
        return sum(self.rows_by_table.values())


def export_person(session: Session, metadata: MetaData, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Return every row about a person, by table, with values JSON can hold."""
    copy: dict[str, list[dict[str, Any]]] = {}
    for table, column in personal_columns(metadata):
        found = session.execute(select(table).where(column == person.id)).mappings()
        copy[table.name] = [{name: _plain_value(value) for name, value in row.items()} for row in found]
    return copy


def erase_person(session: Session, metadata: MetaData, person: Person, now: datetime, salt: str) -> Erasure:
    """Delete every row about a person, empty columns that name them, and leave a tombstone.

    `salt` is 32 random hexadecimal digits.
    """
    accounts = session.scalars(select(PlatformIdentity).where(PlatformIdentity.person_id == person.id)).all()
    names = [person.email, *(f"{account.platform}:{account.platform_user_id}" for account in accounts)]
    person_id = person.id
    session.expunge_all()
    removed: dict[str, int] = {}
    by_dependency = {table.name: place for place, table in enumerate(metadata.sorted_tables)}
    for table, column in sorted(personal_columns(metadata), key=lambda pair: -by_dependency[pair[0].name]):
        result = session.execute(delete(table).where(column == person_id))
        removed[table.name] = int(getattr(result, "rowcount", 0))
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.info.get("holds_email"):
                session.execute(update(table).where(func.lower(column) == names[0]).values({column: None}))
    session.add_all(ErasedIdentity(salt=salt, hash=_tombstone(salt, name), erased_at=now) for name in names)
    session.flush()
    return Erasure(removed)


def without_erased(session: Session, rows: Iterable[PersonRow]) -> tuple[list[PersonRow], int]:
    """Return the rows of people who were not erased, and how many were left out."""
    tombstones = {(stone.salt, stone.hash) for stone in session.scalars(select(ErasedIdentity))}
    salts = {salt for salt, _ in tombstones}
    kept_rows, left_out = [], 0
    for row in rows:
        names = [row.email, *(f"{platform}:{user_id}" for platform, user_id in row.identities().items())]
        if any((salt, _tombstone(salt, name)) in tombstones for salt in salts for name in names):
            left_out += 1
        else:
            kept_rows.append(row)
    return kept_rows, left_out


def personal_columns(metadata: MetaData) -> list[tuple[Table, Column[Any]]]:
    """Return each table that holds personal data with the column that says whose."""
    return [
        (table, column)
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name == "person_id" or column.info.get("person_key")
    ]


def _tombstone(salt: str, name: str) -> str:
    return hmac.new(bytes.fromhex(salt), name.encode(), hashlib.sha256).hexdigest()


def _plain_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
