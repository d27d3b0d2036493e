"""Owns the database: engine, sessions, SQLite's settings, and migrations (Alembic configured in code)."""

import fcntl
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from bot.tables import METADATA
from metrics.errors import NotReady

MIGRATIONS = Path(__file__).parents[1] / "migrations"
BUSY_TIMEOUT_MS = 10_000
# PostgreSQL advisory locks: one held by each write, one by a whole apply.
WRITING, APPLYING = 7_301_001, 7_301_002


class Database:
    """One database and the two ways to use it: reading, and writing in one transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite and "///" in url:
            Path(url.partition("///")[2]).parent.mkdir(parents=True, exist_ok=True)
        # hide_parameters keeps names and message text out of tracebacks.
        self.engine = create_engine(url, hide_parameters=True, pool_pre_ping=not self.is_sqlite)
        if self.is_sqlite:
            _configure_sqlite(self.engine)
        self._queueing, self._writing = threading.Lock(), deque[threading.Event]()
        self._readers = sessionmaker(self.engine, expire_on_commit=False)
        self._writers = sessionmaker(self.engine.execution_options(coach_writes=True), expire_on_commit=False)

    def session(self) -> Session:
        """Return a session for reading; SQLite would refuse a write in it whenever somebody else wrote meanwhile."""
        return self._readers()

    @contextmanager
    def transaction(self, is_alone: bool = False) -> Iterator[Session]:
        """Open a transaction for writing; it commits on leaving, errors roll it back.

        SQLite takes its write lock from the start. On PostgreSQL rows are locked as they are touched, and of the
        transactions that ask for `is_alone` one runs at a time.
        """
        with self._turn(), self._writers.begin() as session:
            if is_alone and not self.is_sqlite:
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITING})
            yield session

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for one's turn to write to SQLite, in the order of arrival.

        SQLite itself lets whoever asks at the right moment go first, and those who wait sleep up to 100 ms at a time:
        under load an acknowledgement then waits for seconds (benchmarks/results.json).
        """
        if not self.is_sqlite:
            yield
            return
        mine = threading.Event()
        with self._queueing:
            self._writing.append(mine)
            if self._writing[0] is mine:
                mine.set()
        # Past the time SQLite would wait, it decides.
        mine.wait(BUSY_TIMEOUT_MS / 1000)
        try:
            yield
        finally:
            with self._queueing:
                self._writing.remove(mine)
                if self._writing:
                    self._writing[0].set()

    @contextmanager
    def one_apply_at_a_time(self, on_wait: Callable[[], None]) -> Iterator[None]:
        """Wait until no other process applies to this database, and keep others waiting; ends with the process.

        `on_wait` is called when there is somebody to wait for.
        """
        if not self.is_sqlite:
            with self.engine.connect() as connection:
                if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": APPLYING}):
                    on_wait()
                    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": APPLYING})
                yield
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": APPLYING})
            return
        with Path(f"{self.url.partition('///')[2]}.applying").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_wait()
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def rehearsal(self) -> Iterator[Session]:
        """Open a transaction whose changes are seen inside it and dropped on leaving."""
        with self._writers() as session:
            yield session
            session.rollback()

    def upgrade(self) -> None:
        """Bring the schema to the newest migration."""
        with self.engine.begin() as connection:
            command.upgrade(_alembic(connection), "head")

    def downgrade(self, revision: str) -> None:
        """Take the schema back to a revision, `base` for nothing."""
        with self.engine.begin() as connection:
            command.downgrade(_alembic(connection), revision)

    def is_empty(self) -> bool:
        """Say whether no migration has run yet."""
        return self._revision() is None

    def check_schema(self) -> None:
        """Raise NotReady unless the schema is at the newest migration."""
        found = self._revision()
        expected = ScriptDirectory(str(MIGRATIONS)).get_current_head()
        if found is None:
            raise NotReady("Coach knows no SOPs yet. Run `coach apply FOLDER` with your company folder first.")
        if found != expected:
            raise NotReady(f"The database is at schema {found}, this Coach needs {expected}. Run `coach apply FOLDER`.")

    def differences(self) -> list[object]:
        """Return what autogenerate would still change: nothing, when migrations and tables agree."""
        with self.engine.connect() as connection:
            return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    def _revision(self) -> str | None:
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _configure_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        # The driver must not begin transactions of its own: BEGIN IMMEDIATE below takes the write lock at once.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("coach_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
