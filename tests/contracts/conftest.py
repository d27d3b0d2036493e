"""One Chroma server a session; the platforms of the suite over the Platform port, and how its tests ended."""

import pytest

from bot.database import Database
from tests.chroma_server import chroma_url  # noqa: F401 (a fixture)
from tests.contracts import parity
from tests.contracts.places import in_process
from tests.contracts.slack_place import slack
from tests.contracts.teams_place import teams

PLACES = {"in_process": in_process, "slack": slack, "teams": teams}


@pytest.fixture(scope="session")
def addresses(tmp_path_factory):
    """A database for the addresses of Teams; conversations are told apart by their ids, so one does for all tests."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('addresses') / 'coach.db'}")
    database.upgrade()
    yield database
    database.close()


@pytest.fixture(params=PLACES)
def place(request, addresses):
    """A conversation on each platform, with somebody in it."""
    with PLACES[request.param](addresses) as place:
        yield place


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    parity.note(item, report)
    return report
