"""One measurement of Slack a process: `python -m benchmarks.slack KIND FOLDER` prints its figures as JSON.

What is measured is a process of its own, whose CPU is read from outside; the measuring process is Slack: it posts the
signed events and holds the trial workspace that Coach calls.
"""

import asyncio
import csv
import hashlib
import hmac
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from aiohttp import ClientSession, web

from benchmarks.measure import questions
from bot.database import BUSY_TIMEOUT_MS, Database
from bot.handlers.forms import Forms
from bot.settings import read_settings
from bot.slack.gateway import KEEPERS, PATH, SlackGateway
from bot.trial import payloads
from bot.trial.conversation import SAMPLE_COMPANY
from bot.trial.delivery import signed
from bot.trial.human import Human
from bot.trial.simulator import Simulator, running_simulator
from bot.trial.typed import rich_text
from bot.trial.workspace import Channel, Json, Notice, User, Workspace
from bot.web.application import make_application

HOST = "127.0.0.1"
WARM_UP_ROUNDS, ROUNDS, ROUND_EVENTS = 10, 125, 20
QUESTIONS, QUESTION_EVERY_SECONDS = 200, 0.5
BURST_EVENTS, BURST_PER_SECOND = 500, 50
IDLE_SECONDS = 10
WAIT_SECONDS = 120
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}")


# What is measured.


async def serve_bare(folder: Path) -> None:
    """Do the least that keeps an event: check the HMAC, parse, commit one row."""
    secret, local = os.environ["SLACK_SIGNING_SECRET"].encode(), threading.local()
    keepers = ThreadPoolExecutor(KEEPERS)

    def connected() -> sqlite3.Connection:
        if not hasattr(local, "connection"):
            local.connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
            for pragma in PRAGMAS:
                local.connection.execute(f"PRAGMA {pragma}")
        return local.connection

    def keep(key: str, body: str) -> None:
        connection = connected()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO inbox (key, body) VALUES (?, ?) ON CONFLICT DO NOTHING", (key, body))
        connection.execute("COMMIT")

    async def receive(request: web.Request) -> web.Response:
        raw = await request.read()
        said = f"v0:{request.headers['X-Slack-Request-Timestamp']}:".encode() + raw
        digest = hmac.new(secret, said, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"v0={digest}", request.headers["X-Slack-Signature"]):
            return web.Response(status=401)
        event_id = json.loads(raw)["event_id"]
        await asyncio.get_running_loop().run_in_executor(keepers, keep, event_id, raw.decode())
        return web.Response()

    connected().execute("CREATE TABLE inbox (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL)")
    application = web.Application()
    application.add_routes([web.post(PATH, receive)])
    await _listen(application)


async def serve_gateway(_: Path) -> None:
    """Keep events as Coach does; nobody handles them."""
    settings = read_settings()
    database = Database(settings.database())
    database.upgrade()
    gateway = SlackGateway(settings, database, Forms(), lambda: None, lambda: datetime.now(UTC))
    await gateway.start()
    await _listen(make_application([gateway], list))


async def _listen(application: web.Application) -> None:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    print(json.dumps({"event": "serving", "port": runner.addresses[0][1]}), file=sys.stderr, flush=True)
    await asyncio.Event().wait()


# How it is measured.


def ack(folder: Path) -> dict[str, float]:
    """Post the same kind of events to each server in turn, twenty a round."""
    with ExitStack() as held:
        # A workspace that refuses the status line is asked once an hour; so the line's cost shows apart.
        quiet = held.enter_context(_workspace(allows_status=False))
        talkative = held.enter_context(_workspace(allows_status=True))
        talkative.workspace.limits_rates = False
        servers = {
            "bare": (quiet, held.enter_context(_running("bare", folder / "bare", quiet))),
            "gateway": (quiet, held.enter_context(_running("gateway", folder / "quiet", quiet))),
            "with_status": (talkative, held.enter_context(_running("gateway", folder / "talkative", talkative))),
        }
        spent = asyncio.run(_in_rounds(folder, servers))
    medians = {name: statistics.median(rounds[WARM_UP_ROUNDS:]) for name, rounds in spent.items()}
    ratios = [gateway / bare for gateway, bare in zip(spent["gateway"], spent["bare"], strict=True)]
    return {
        **{f"{name}_ms": round(median, 2) for name, median in medians.items()},
        "ratio": round(statistics.median(ratios[WARM_UP_ROUNDS:]), 2),
    }


async def _in_rounds(folder: Path, servers: dict[str, tuple[Simulator, "Server"]]) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {name: [] for name in servers}
    events = {name: _events(simulator.workspace) for name, (simulator, _) in servers.items()}
    async with ClientSession() as http:
        for _ in range(WARM_UP_ROUNDS + ROUNDS):
            for name, (simulator, server) in servers.items():
                bodies = [next(events[name]) for _ in range(ROUND_EVENTS)]
                begun = server.cpu_seconds()
                for body in bodies:
                    await _post(http, server.url, simulator.workspace, body)
                spent[name].append(1000 * (server.cpu_seconds() - begun) / ROUND_EVENTS)
            for home in ("quiet", "talkative"):
                _mark_handled(folder / home / "coach.db")
    return spent


def _mark_handled(file: Path) -> None:
    # As the workers leave the inbox; more than 200 waiting rows would be shed.
    connection = sqlite3.connect(file, timeout=BUSY_TIMEOUT_MS / 1000)
    with connection:
        connection.execute("UPDATE inbox SET state = 'done', body = NULL, finished_at = received_at")
    connection.close()


def answers(folder: Path) -> dict[str, float]:
    """Ask Coach as `coach serve` runs it, first at a modest pace, then far faster than it may answer."""
    home = folder / "coach"
    applied = [sys.executable, "-m", "bot", "apply", str(SAMPLE_COMPANY)]
    subprocess.run(applied, env=_environment(home), stdout=subprocess.DEVNULL, check=True)
    with _workspace(allows_status=True) as simulator, _running("coach", home, simulator) as coach:
        simulator.events_url = coach.url
        crowd = Crowd(simulator)
        crowd.ask(questions()[: len(crowd.humans)])
        begun = coach.cpu_seconds()
        time.sleep(IDLE_SECONDS)
        idle = (coach.cpu_seconds() - begun) / IDLE_SECONDS
        begun = coach.cpu_seconds()
        waited_ms = crowd.ask(questions()[:QUESTIONS])
        spent = coach.cpu_seconds() - begun
        simulator.events_url = None
        acknowledged_ms = asyncio.run(_burst(coach.url, simulator.workspace))
        assert simulator.workspace.rejections == [], simulator.workspace.rejections
    return {
        "question_ms": round(1000 * spent / QUESTIONS, 1),
        "idle_ms": round(1000 * idle, 1),
        "posted_p50_ms": round(float(np.quantile(waited_ms, 0.5)), 0),
        "posted_p95_ms": round(float(np.quantile(waited_ms, 0.95)), 0),
        "burst_p50_ms": round(float(np.quantile(acknowledged_ms, 0.5)), 1),
        "burst_p99_ms": round(float(np.quantile(acknowledged_ms, 0.99)), 1),
    }


class Crowd:
    """Everybody of the sample company, each in their own conversation with Coach."""

    def __init__(self, simulator: Simulator) -> None:
        self._coach = simulator.workspace.bot_user_id
        self.humans = [Human(simulator, user_id) for user_id in _people(simulator.workspace)]
        self._posted_at: dict[str, float] = {}
        simulator.workspace.on_message.append(self._hear)

    def ask(self, questions: list[str]) -> list[float]:
        """Ask in turn at a steady pace, and return the milliseconds each first answer took to be posted."""
        waited_ms = []
        said: list[tuple[str, float]] = []
        for question, human in zip(questions, cycle(self.humans), strict=False):
            due = time.monotonic() + QUESTION_EVERY_SECONDS
            channel = human.dm()
            if len(said) >= len(self.humans):
                waited_ms.append(self._waited_ms(*said.pop(0)))
            self._posted_at.pop(channel, None)
            said.append((channel, time.monotonic()))
            human.say(channel, question)
            time.sleep(max(0.0, due - time.monotonic()))
        return waited_ms + [self._waited_ms(*one) for one in said]

    def _waited_ms(self, channel: str, said_at: float) -> float:
        _until(lambda: channel in self._posted_at)
        return 1000 * (self._posted_at[channel] - said_at)

    def _hear(self, notice: Notice, channel: Channel, message: Json, _: Json | None) -> None:
        if notice == "posted" and message["user"] == self._coach:
            self._posted_at.setdefault(channel.id, time.monotonic())


async def _burst(url: str, workspace: Workspace) -> list[float]:
    events = _events(workspace)
    bodies = [next(events) for _ in range(BURST_EVENTS)]
    begun = time.monotonic() + 0.1

    async def post(number: int, body: str) -> float:
        # Counted from when it was due, or a slow answer would hide that of the next.
        due = begun + number / BURST_PER_SECOND
        await asyncio.sleep(due - time.monotonic())
        await _post(http, url, workspace, body)
        return 1000 * (time.monotonic() - due)

    async with ClientSession() as http:
        return list(await asyncio.gather(*(post(number, body) for number, body in enumerate(bodies))))


def _events(workspace: Workspace) -> Iterator[str]:
    """Yield bodies of events without end: one question each, said directly and in a channel by turns."""
    spoken = zip(cycle(questions()), cycle(_people(workspace)), cycle((True, False)), strict=False)
    for question, user_id, is_direct in spoken:
        channel = workspace.open_dm(user_id) if is_direct else workspace.channel_named("general")
        text = question if is_direct else f"<@{workspace.bot_user_id}> {question}"
        message = workspace.post(channel, user_id, text, blocks=rich_text(workspace, text))
        # In a channel the last of the two is the mention.
        yield json.dumps(payloads.events_of(workspace, "posted", channel, message, None)[-1])


async def _post(http: ClientSession, url: str, workspace: Workspace, body: str) -> None:
    headers = signed(body, workspace.signing_secret, time.time()) | {"Content-Type": "application/json"}
    async with http.post(url, data=body.encode(), headers=headers) as answer:
        await answer.read()
        assert answer.status == 200, answer.status


def _people(workspace: Workspace) -> list[str]:
    return [user.id for user in workspace.users.values() if not user.is_bot]


@contextmanager
def _workspace(allows_status: bool) -> Iterator[Simulator]:
    with (SAMPLE_COMPANY / "people.csv").open(encoding="utf-8", newline="") as file:
        people = [
            User(row["slack_id"], row["name"], row["name"], row["email"], site=row["site"])
            for row in csv.DictReader(file)
        ]
    workspace = Workspace.for_people(people, time.time, random.Random(4))
    if not allows_status:
        workspace.scopes.discard("chat:write")
    with running_simulator(workspace) as simulator:
        yield simulator


class Server:
    """A running process that takes events."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.url = f"http://{HOST}:{port}{PATH}"
        # What clock_getcpuclockid(3) returns on Linux: the CPU time of all threads of another process.
        self._clock = (~process.pid << 3) | 2

    def cpu_seconds(self) -> float:
        """Return the CPU time spent so far."""
        return time.clock_gettime(self._clock)


@contextmanager
def _running(kind: str, home: Path, simulator: Simulator) -> Iterator[Server]:
    home.mkdir(parents=True, exist_ok=True)
    command = ["-m", "bot", "serve"] if kind == "coach" else ["-m", "benchmarks.slack", f"serve_{kind}", str(home)]
    environment = _environment(home) | {
        "COACH_PORT": "0",
        "SLACK_BOT_TOKEN": simulator.workspace.bot_token,
        "SLACK_SIGNING_SECRET": simulator.workspace.signing_secret,
        "SLACK_API_URL": simulator.api_url,
    }
    with (home / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *command], env=environment, stderr=log, stdout=log)
    try:
        port = _until(lambda: _port_in(home / "log", process))
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def _port_in(log: Path, process: "subprocess.Popen[bytes]") -> int | None:
    assert process.poll() is None, log.read_text()
    for line in log.read_text().splitlines():
        if line.startswith("{") and '"serving"' in line:
            return int(json.loads(line)["port"])
    return None


def _environment(home: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("COACH_", "SLACK_"))}
    return ours | {"COACH_HOME": str(home)}


def _until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WAIT_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)
    return found


if __name__ == "__main__":
    kind, place = sys.argv[1:]
    if kind in ("serve_bare", "serve_gateway"):
        asyncio.run({"serve_bare": serve_bare, "serve_gateway": serve_gateway}[kind](Path(place)))
    else:
        print(json.dumps({"ack": ack, "answers": answers}[kind](Path(place))))
