"""Fixtures for tests of reports: a session that may write, and a shop in it."""

import pytest

from tests.lessons.shop import open_shop


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


@pytest.fixture
def shop(session):
    return open_shop(session)
