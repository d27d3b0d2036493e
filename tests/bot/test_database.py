"""Migrations go up, down and up again, and say exactly what the tables say."""

import pytest
from sqlalchemy import inspect

from bot.database import Database
from bot.tables import METADATA
from metrics.errors import NotReady


def test_migrations_go_up_down_and_up(database_url):
    database = Database(database_url)
    database.upgrade()
    assert database.differences() == []
    database.downgrade("base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    database.upgrade()
    assert database.differences() == []
    database.close()


def test_an_empty_database_is_not_ready(database_url):
    database = Database(database_url)
    with pytest.raises(NotReady, match="coach apply FOLDER"):
        database.check_schema()
    database.upgrade()
    database.check_schema()
    database.close()


def test_a_rehearsal_changes_nothing(database, now):
    from metrics.events.kinds import PersonExported
    from metrics.events.record import EventRow, record

    with database.rehearsal() as session:
        record(session, PersonExported(rows=1), now)
        session.flush()
        assert session.query(EventRow).count() == 1
    with database.session() as session:
        assert session.query(EventRow).count() == 0


def test_every_table_declares_its_retention():
    silent = [table.name for table in METADATA.sorted_tables if not table.info.get("retention")]
    assert silent == []
