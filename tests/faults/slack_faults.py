"""Breaks Slack's wire in ten ways while an answer is sent, and sees that it stands once, or not at all and says why.

`python -m tests.faults.slack_faults --times 10` breaks each kind 10 times in each kind of place and writes
benchmarks/faults_slack.json; the test suite does each once.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bot import queue
from bot.database import Database
from bot.slack.send import SlackPlatform
from bot.tables import OutboxItem
from bot.trial.simulator import Fault, Simulator, running_simulator
from bot.trial.workspace import User, Workspace
from bot.worker import Workers
from tests.echo import EchoRooms, outgoing
from tests.faults.series import Series, break_the_wire

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
LATER = ("429 with Retry-After", "429 without", "500", "503")
LOST = ("timeout after accept", "reset before accept", "reset after accept", "malformed answer")
FOR_GOOD = ("refused by the channel", "refused by the token")
KINDS = (*LATER, *LOST, *FOR_GOOD)
PLACES = ("channel", "thread", "direct", "ephemeral")
CHANNEL_CODES = ("channel_not_found", "is_archived", "restricted_action")
TOKEN_CODES = ("account_inactive", "invalid_auth", "token_revoked")
RETRY_AFTER_SECONDS = 7
# What one broken message may cost: its faults, as many looks for it, and the calls that work; when it is refused for
# good, the one call, and for an ephemeral message two more that say it directly.
MOST_FAULTS, MOST_CALLS, MOST_CALLS_REFUSED = 3, 9, 3
POST = {"chat.postMessage", "chat.postEphemeral"}


@dataclass
class Tally:
    """What a series of faults showed, counted over messages; `seconds` until the slowest stood, by Slack's clock."""

    messages: int = 0
    faults: int = 0
    calls: int = 0
    once: int = 0
    refused: int = 0
    lost: int = 0
    doubled: int = 0
    private_doubled: int = 0
    private_unknown: int = 0
    too_early: int = 0
    seconds: float = 0


class Wire:
    """The trial workspace on a clock moved by hand, whose next calls fail; `calls` are method and instant of each."""

    def __init__(self) -> None:
        self.at = START
        people = [User(f"U{number}", f"u{number}", f"User {number}") for number in range(50)]
        self.workspace = Workspace.for_people(people, self._seconds, random.Random(7))
        self.calls: list[tuple[str, datetime]] = []
        self.left = 0
        self._kind = ""
        self._fault: Fault | None = None

    @contextmanager
    def running(self) -> Iterator[Simulator]:
        with running_simulator(self.workspace, prepare=self._watch) as simulator:
            simulator.faults = self._next_fault
            yield simulator

    def break_next(self, kind: str, times: int, code: str) -> None:
        """Let the next calls of any method fail, each in one way."""
        self.calls.clear()
        self._kind, self.left = kind, times
        self._fault = {
            "429 with Retry-After": Fault("429", RETRY_AFTER_SECONDS),
            "429 without": Fault("429"),
            "500": Fault("500"),
            "timeout after accept": Fault("timeout_after_accept"),
            "reset before accept": Fault("reset"),
            "reset after accept": Fault("reset_after_accept"),
            "malformed answer": Fault("malformed"),
        }.get(kind, Fault(code))

    def standing(self, text: str) -> int:
        """How often a message stands in the workspace, ephemeral or not."""
        with self.workspace.lock:
            found = [message for messages in self.workspace.messages.values() for message in messages]
        return sum(message["text"] == text for message in found)

    def _seconds(self) -> float:
        return self.at.timestamp()

    def _watch(self, simulator: Simulator) -> None:
        @web.middleware
        async def note(request: web.Request, handler) -> web.StreamResponse:
            self.calls.append((request.path.rpartition("/")[2], self.at))
            if self._kind == "503" and self.left:
                self.left -= 1
                return web.Response(status=503, text="Service Unavailable")
            return await handler(request)

        simulator.application.middlewares.append(note)

    def _next_fault(self, method: str, arguments: dict[str, object]) -> Fault | None:
        if self._kind == "503" or not self.left:
            return None
        # What a channel refuses is said of posting; asked for anything else it is not there to refuse.
        if self._kind == "refused by the channel" and method not in POST:
            return None
        self.left -= 1
        return self._fault


class Breaker(Series):
    """Sends one message after another over a wire that breaks."""

    def __init__(self, database: Database, wire: Wire, simulator: Simulator, source: random.Random) -> None:
        super().__init__(database, wire, "slack", wire.workspace.team_id)
        self._simulator = simulator
        self._source = source
        self._run = 0

    def send(self, kind: str, place: str, tally: Tally) -> None:
        """Break the first calls of one message and check what became of it. Raises AssertionError."""
        self._run += 1
        is_fatal = kind in FOR_GOOD
        key, code = f"answer:{self._run}", self._source.choice(CHANNEL_CODES if "channel" in kind else TOKEN_CODES)
        # An ephemeral message that may have arrived is sent three times at most.
        times = 1 if is_fatal else self._source.randint(1, MOST_FAULTS - (place == "ephemeral"))
        self._wire.break_next(kind, times, code)
        begun = self._wire.at
        workers = self._workers()
        self._put(key, place)
        self._work_until_settled(workers, key, may_stop=kind == "refused by the token")
        item, text = self._item(key), f"Words of {key}"
        calls = list(self._wire.calls)
        tally.messages += 1
        tally.faults += times
        tally.calls += len(calls)
        assert self._wire.left == 0, f"{kind}: only {times - self._wire.left} of {times} faults were met"
        assert len(calls) <= (MOST_CALLS_REFUSED if is_fatal else MOST_CALLS), (
            f"{kind}: {len(calls)} calls for one message"
        )
        if kind == "refused by the token":
            assert self._is_stopped(), f"{kind}: Coach goes on speaking"
            assert (item.state, self._wire.standing(text)) == ("new", 0)
            tally.refused += 1
            self._resume()
            self._work_until_settled(workers, key)
            item = self._item(key)
        elif kind == "refused by the channel" and not (place == "ephemeral" and item.state == "sent"):
            assert (item.state, item.error, self._wire.standing(text)) == ("dead", code, 0)
            assert self._events(item) == 0
            tally.refused += 1
            return
        self._check_once(kind, place, item, self._wire.standing(text), tally)
        if not is_fatal:
            tally.seconds = max(tally.seconds, (item.finished_at - begun).total_seconds())
        if kind == "429 with Retry-After":
            tally.too_early += _too_early(calls, times)
            assert not tally.too_early, "a method was called before its Retry-After ran out"

    def _check_once(self, kind: str, place: str, item: OutboxItem, standing: int, tally: Tally) -> None:
        is_private = place == "ephemeral"
        assert item.state == "sent" or is_private, f"{kind}, {place}: {item.state} with {item.error}"
        assert self._events(item) == (item.state == "sent")
        tally.private_unknown += item.state == "unknown"
        tally.once += standing == 1
        tally.lost += standing == 0
        tally.doubled += standing > 1 and not is_private
        tally.private_doubled += standing > 1 and is_private
        assert not tally.lost, f"{kind}, {place}: the message was lost"
        assert not tally.doubled, f"{kind}, {place}: it stands {standing} times"

    def _workers(self) -> Workers:
        # A new platform remembers no direct conversation: opening it is the first call that fails.
        token, url = self._wire.workspace.bot_token, self._simulator.api_url
        platform = SlackPlatform(token, url, lambda: self._wire.at, timeout_seconds=1)
        return Workers(self._database, {platform.name: platform}, EchoRooms(), lambda: self._wire.at)

    def _put(self, key: str, place: str) -> None:
        user_id = f"U{self._run % 50}"
        channel = self._wire.workspace.add_channel(f"room-{self._run}", "public", [user_id])
        first = self._wire.workspace.post(channel, user_id, "A question")["ts"]
        where = {
            "channel": {"channel": channel.id},
            "thread": {"channel": channel.id, "thread": first},
            "direct": {"channel": None, "only_for": user_id},
            "ephemeral": {"channel": channel.id, "only_for": user_id},
        }[place]
        message = outgoing(key, f"Words of {key}", platform="slack", workspace=self._wire.workspace.team_id, **where)
        with self._database.transaction() as session:
            queue.put(session, message, self._wire.at)


def _too_early(calls: list[tuple[str, datetime]], times: int) -> int:
    """How many calls came to a method within RETRY_AFTER_SECONDS of its being refused."""
    early, blocked = 0, {}
    for number, (method, at) in enumerate(calls):
        early += method in blocked and at < blocked[method]
        if number < times:
            blocked[method] = at + timedelta(seconds=RETRY_AFTER_SECONDS)
    return early


@contextmanager
def breaker(url: str, source: random.Random) -> Iterator[Breaker]:
    """Open a migrated database and a workspace, and break what is sent between them."""
    wire, database = Wire(), Database(url)
    try:
        with wire.running() as simulator:
            yield Breaker(database, wire, simulator, source)
    finally:
        database.close()


if __name__ == "__main__":
    break_the_wire(breaker, KINDS, PLACES, Tally, __doc__, "benchmarks/faults_slack.json")
