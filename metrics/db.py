"""Owns what every table shares: the declarative base, UTC-only instants, constraint names and retention."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import DateTime, MetaData, Table, bindparam, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect, Result
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

# Unnamed constraints are lost when SQLite copies a table to change it.
CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of every room; one metadata, so that export and erase can walk it."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)


class UtcInstant(TypeDecorator[datetime]):
    """An aware datetime, stored and returned in UTC. Raises ValueError for one without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime; convert the rest to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored instant as aware UTC; SQLite hands it back without its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# A column that may hold somebody's e-mail in a row about something else; erasing the person empties it.
HOLDS_EMAIL = {"holds_email": True}
# A column that holds a further e-mail of the row's person, by which they are known to an erasure too.
EMAIL_OF_PERSON = {"email_of_person": True}
# A column with an account such as slack:U123: erasing its person deletes the row, or only empties the column.
GOES_WITH_ACCOUNT = {"holds_account": "row"}
CLEARS_WITH_ACCOUNT = {"holds_account": "value"}
# A column that names a person in a row about somebody else, and is theirs to see too: who confirmed, who assigned.
NAMES_ANOTHER = {"names_another": True}


def rows_changed(result: Result[Any]) -> int:
    """Return how many rows an update or a deletion changed; the driver counts them, only its type does not say so."""
    return int(getattr(result, "rowcount", 0))


def insert_new(session: Session, table: type[Base], **values: Any) -> Any:
    """Insert unless a unique key is known; return the primary key of the new row, None when there is none."""
    statement = _insertion(table, session.get_bind().dialect.name, tuple(values))
    return session.connection().execute(statement, values).scalar()


@cache
def _insertion(table: type[Base], dialect: str, names: tuple[str, ...]) -> Any:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    statement = insert(cast("Table", table.__table__)).values(values).on_conflict_do_nothing()
    return statement.returning(*inspect(table).primary_key)


def kept(until: str, days: int | None = None, since: str | None = None) -> dict[str, Any]:
    """Return a table's `info`: until when its rows are kept, in words, and in days where a sweep deletes them.

    `since` names the column the days are counted from; without it the table's own room sweeps.
    """
    return {"retention": until, "retention_days": days, "retention_since": since}
