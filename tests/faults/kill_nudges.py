"""Lives a day of nudges in three processes that are killed at random, each with a clock and a worker of its own.

`python -m tests.faults.kill_nudges --days 3` lives it three times on SQLite and PostgreSQL and writes
benchmarks/faults_nudges.json; the test suite lives some hours of it on each database.
"""

import argparse
import json
import logging
import os
import random
import signal
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from bot.app import App
from bot.clock_file import FileClock, set_clock
from bot.handlers.request import new_id
from bot.in_process import EVERYTHING, InProcessPlatform
from bot.logs import configure_logs
from bot.messages import Address, Message
from bot.router import Router
from bot.settings import Settings
from bot.ticking import tick
from bot.worker import Workers
from coach.embed import WordHashEmbedder
from tests.faults.kill_chat import CHILDREN, _databases, append, lines_of
from tests.nudged_day import A_DAY, BEGINS, Post, Seen, folder_files, look_at, next_minute, open_company

PROCESSES = 3
# A process dies at a random one of the next so many points it passes: about every third minute in which it does much.
POINTS_OF_A_LIFE = 60
LONGEST_STEP = timedelta(minutes=15)
LONGEST_WAIT_SECONDS = 120

CHILDREN.set_forkserver_preload(["bot.worker", "bot.router", "bot.ticking", "tests.nudged_day"])


class PaperPlatform(InProcessPlatform):
    """A chat platform that outlives the processes: each post is a line in a file, on disk before it returns."""

    def __init__(self, paper: Path, now: FileClock) -> None:
        super().__init__(now, name="slack", capabilities=EVERYTHING)
        self._paper = paper

    def send(self, address: Address, message: Message, key: str) -> str | None:
        append(self._paper, f"{self._now().isoformat()} {address.only_for} {key}")
        return f"id-{key}"

    def find_sent(self, address: Address, key: str, since: datetime) -> str | None:
        return f"id-{key}" if any(line.endswith(f" {key}") for line in lines_of(self._paper)) else None

    def update(self, address: Address, message_id: str, message: Message) -> None:
        """Nobody looks at what a message becomes."""


def posts_on(paper: Path) -> list[Post]:
    words = (line.split(" ") for line in lines_of(paper))
    return [Post(user_id, datetime.fromisoformat(at), key) for at, user_id, key in words]


def live(folder: Path, company: Path, url: str, begins: datetime, until: datetime, seed: int) -> tuple[Seen, int]:
    """Let the processes live from one instant to another; return what was seen, and how many were killed."""
    clock, paper, source = folder / "clock", folder / "paper", random.Random(seed)
    app = App(_settings(folder, url), embedder=WordHashEmbedder())
    open_company(app, company, begins)
    now, kills, children = begins, 0, {}
    set_clock(clock, now)
    try:
        while now < until:
            waits_until = time.monotonic() + LONGEST_WAIT_SECONDS
            for number in range(PROCESSES):
                while not _has_done(folder, number, now):
                    assert time.monotonic() < waits_until, f"process {number} does not get past {now}"
                    child = children.get(number)
                    if child is not None and child.is_alive():
                        time.sleep(0.005)
                        continue
                    if child is not None:
                        assert child.exitcode == -signal.SIGKILL, f"process {number} ended with {child.exitcode}"
                        kills += 1
                    life = source.randint(1, POINTS_OF_A_LIFE)
                    children[number] = CHILDREN.Process(target=_serve, args=(folder, url, number, life), daemon=True)
                    children[number].start()
            now = next_minute(app.database, now, until, LONGEST_STEP)
            set_clock(clock, now)
        return look_at(app.database, posts_on(paper), begins=begins, until=until), kills
    finally:
        for child in children.values():
            child.kill()
            child.join()
        app.close()


def _settings(folder: Path, url: str) -> Settings:
    return Settings(home=folder / "home", database_url=SecretStr(url))


def _has_done(folder: Path, number: int, now: datetime) -> bool:
    beat = folder / f"beat-{number}"
    return beat.exists() and beat.read_text() == now.isoformat()


def _serve(folder: Path, url: str, number: int, life: int) -> None:
    """Tick and send whenever the clock has moved, until killed."""
    configure_logs(logging.ERROR)
    passed = iter(range(life))

    def on_point(_: str) -> None:
        if next(passed, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    app = App(_settings(folder, url), embedder=WordHashEmbedder(), now=FileClock(folder / "clock"))
    platforms = {"slack": PaperPlatform(folder / "paper", FileClock(folder / "clock"))}
    workers = Workers(app.database, platforms, Router(app, platforms), app.now, on_point=on_point)
    done = None
    while os.getppid() != 1:
        now = app.now()
        if now == done:
            time.sleep(0.005)
            continue
        tick(app.database, platforms, now, new_id, random.SystemRandom(), on_point=on_point)
        while workers.run_once():
            pass
        beat = folder / f"beat-{number}"
        beat.with_suffix(".new").write_text(now.isoformat())
        beat.with_suffix(".new").replace(beat)
        done = now


def main() -> None:
    """Live whole days on both databases, and write what was seen."""
    from rich.progress import track

    parser = argparse.ArgumentParser(description="Killing clocks and workers")
    parser.add_argument("--days", type=int, default=3)
    days = parser.parse_args().days
    result = {}
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coach-faults-")))
        urls = stack.enter_context(_databases(scratch))
        company = scratch / "company"
        for name, content in folder_files().items():
            (company / name).parent.mkdir(parents=True, exist_ok=True)
            (company / name).write_text(content)
        print(f"{'database':11} day  kills  due  arrived  lessons  reminders  missed           unknown  wrong")
        for day in track(range(days), "Killing clocks and workers"):
            for name, url in urls.items():
                # A database of its own for each day: the same people live it anew.
                folder = scratch / f"{name}-{day}"
                folder.mkdir()
                own = url if day == 0 else _fresh(stack, url, folder)
                seen, kills = live(folder, company, own, BEGINS, BEGINS + A_DAY, 2026 + day)
                result.setdefault(name, []).append({"kills": kills, "processes": PROCESSES, **asdict(seen)})
                print(
                    f"{name:11} {day + 1:3}  {kills:5}  {seen.due:3}  {seen.arrived:7}  {seen.lessons:7}  "
                    f"{seen.beside:9}  {seen.missed!s:15}  {seen.unknown:7}  {len(seen.wrong):5}"
                )
                assert seen.wrong == [], seen.wrong
    Path("benchmarks/faults_nudges.json").write_text(json.dumps(result, indent=2) + "\n")


def _fresh(stack: ExitStack, url: str, folder: Path) -> str:
    from sqlalchemy import create_engine, text

    if url.startswith("sqlite"):
        return f"sqlite:///{folder / 'coach.db'}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    stack.callback(admin.dispose)
    name = f"coach_{folder.name.lower().replace('-', '_')}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    address, question, query = url.partition("?")
    return f"{address.rsplit('/', 1)[0]}/{name}{question}{query}"


if __name__ == "__main__":
    main()
