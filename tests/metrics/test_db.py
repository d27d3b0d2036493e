"""Instants are stored and returned in UTC, whatever zone they come from."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from metrics.db import UtcInstant
from metrics.events.kinds import PersonExported
from metrics.events.record import EventRow, record
from tests.strategies import few, instants


def test_an_instant_without_a_zone_is_refused(database):
    with database.rehearsal() as session:
        record(session, PersonExported(rows=1), datetime(2026, 11, 23, 8, 30))  # noqa: DTZ001
        with pytest.raises(StatementError, match="an instant needs a time zone"):
            session.flush()


@few
@given(at=instants)
def test_an_instant_comes_back_as_itself_and_in_utc(database, at):
    with database.rehearsal() as session:
        record(session, PersonExported(rows=1), at)
        session.flush()
        session.expunge_all()
        stored = session.scalars(select(EventRow.at)).one()
    assert stored.tzinfo is UTC
    assert stored == at.astimezone(UTC)


def test_instants_of_different_zones_sort_by_when_they_were(database):
    east, west = timezone(timedelta(hours=9)), timezone(timedelta(hours=-9))
    later, earlier = datetime(2026, 11, 23, 1, tzinfo=west), datetime(2026, 11, 23, 9, tzinfo=east)
    with database.rehearsal() as session:
        for at in (later, earlier):
            record(session, PersonExported(rows=1), at)
        session.flush()
        assert session.scalars(select(EventRow.at).order_by(EventRow.at)).all() == [earlier, later]
        assert session.scalars(select(EventRow.at).where(EventRow.at < later)).all() == [earlier]


def test_no_instant_stays_none():
    assert UtcInstant().process_bind_param(None, sqlite.dialect()) is None
    assert UtcInstant().process_result_value(None, sqlite.dialect()) is None
