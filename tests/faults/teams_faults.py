"""Breaks Teams' wire in fifteen ways while something is sent, and sees what stands there: once, or said why not.

Teams lets no bot read back. So an answer whose fate is not known is sent again and may stand twice, which is counted;
a nudge is not, and becomes unknown. `python -m tests.faults.teams_faults --times 10` breaks each kind 10 times in each
kind of place and writes benchmarks/faults_teams.json; the test suite does each once.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from bot import queue
from bot.database import Database
from bot.outbox import SETTLING_SECONDS
from bot.outcome import ANSWER, NUDGE
from bot.tables import OutboxItem
from bot.teams.addresses import AddressBook, Reach
from bot.teams.body import WHOLE_CHAT
from bot.teams.calls import ConnectorCalls
from bot.teams.send import TeamsPlatform
from bot.worker import Workers
from metrics.people import Person, PlatformIdentity
from tests.echo import EchoRooms, outgoing
from tests.faults.series import Series, break_the_wire
from tests.teams_connector import Call, Connector, Fault, running_connector
from tests.teams_people import Tenant, User

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
RETRY_AFTER_SECONDS = 7
WAYS = {
    "412": Fault("412"),
    "429 with Retry-After": Fault("429", RETRY_AFTER_SECONDS),
    "429 without": Fault("429"),
    "500": Fault("500"),
    "502": Fault("502"),
    "504": Fault("504"),
    "reset before accept": Fault("reset"),
    "reset after accept": Fault("reset_after"),
    "malformed answer": Fault("malformed"),
    "timeout after accept": Fault("timeout_after"),
    "403 MessageWritesBlocked": Fault("403:MessageWritesBlocked"),
    "404": Fault("404"),
    "413": Fault("413"),
    "401 once": None,
    "401 for good": Fault("401"),
}
KINDS = tuple(WAYS)
LATER = ("412", "429 with Retry-After", "429 without")
IN_DOUBT = (
    "500",
    "502",
    "504",
    "reset before accept",
    "reset after accept",
    "malformed answer",
    "timeout after accept",
)
# Only of these does a second message stand: Teams took the first and could not say so.
# What the platform says it failed at is tried again like what it did not take, but for nudges.
FAILED = ("500", "502", "504")
TAKEN = ("reset after accept", "malformed answer", "timeout after accept")
FOR_GOOD = {"403 MessageWritesBlocked": "MessageWritesBlocked", "404": "ConversationNotFound"}
PLACES = ("personal", "group", "thread", "nudge")
# An answer in doubt is sent three times at most, so two faults leave the third.
MOST_FAULTS = 2
ORIGIN = "https://smba.trafficmanager.net"


@dataclass
class Tally:
    """What a series of faults showed, counted over messages; `seconds` until the slowest stood, by Teams' clock.

    `created` are faults met while the conversation for a nudge was made, `pauses` those that were lengthened by chance.
    """

    messages: int = 0
    faults: int = 0
    created: int = 0
    calls: int = 0
    once: int = 0
    refused: int = 0
    lost: int = 0
    doubled: int = 0
    nudges_doubled: int = 0
    nudges_unknown: int = 0
    too_early: int = 0
    pauses: int = 0
    seconds: float = 0


class Detour(HTTPAdapter):
    """Leads what is meant for Teams to this machine, after it was checked to be meant for Teams."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self._origin = origin

    def send(self, request: PreparedRequest, **more) -> Response:
        request.url = str(request.url).replace(ORIGIN, self._origin)
        return super().send(request, **more)


class Wire:
    """A tenant on a clock moved by hand, whose next calls fail in one way.

    `calls` are those since then, `met` what those asked for that failed.
    """

    def __init__(self, connector: Connector) -> None:
        self.at = START
        self.connector = connector
        self.calls: list[Call] = []
        self.met: list[str] = []
        self.left = 0
        self.token = connector.token
        self._fault: Fault | None = None
        self._is_sending_only = False
        connector.now, connector.faults = lambda: self.at, self._next_fault

    def break_next(self, kind: str, times: int, is_sending_only: bool) -> None:
        """Let the next calls fail, all of them or only those that send a message."""
        self.calls, self.met, self._fault = [], [], WAYS[kind]
        self.left, self._is_sending_only = times, is_sending_only
        if self._fault is None:
            # The token Coach holds ends; the next one it asks for is good.
            self.connector.token, self.left = f"{self.connector.token}.", 0

    def platform(self, book: AddressBook) -> TeamsPlatform:
        calls = ConnectorCalls(self._a_token, is_anonymous=False, timeout_seconds=1)
        calls._session.mount(ORIGIN, Detour(self.connector.service_url.partition("/teams")[0]))
        tenant = self.connector.tenant
        return TeamsPlatform(calls, book, tenant.app_id, tenant.id, lambda: self.at)

    def standing(self, text: str) -> int:
        """How often a message stands in the tenant."""
        return sum(count for (_, words), count in self.connector.standing().items() if words == text)

    def _a_token(self, anew: bool) -> str:
        if anew:
            self.token = self.connector.token
        return self.token

    def _next_fault(self, call: Call) -> Fault | None:
        self.calls.append(call)
        if not self.left or (self._is_sending_only and call.name == "create"):
            return None
        self.left -= 1
        self.met.append(call.name)
        return self._fault


class Breaker(Series):
    """Sends one message after another over a wire that breaks."""

    def __init__(self, database: Database, wire: Wire, source: random.Random) -> None:
        super().__init__(database, wire, "teams", wire.connector.tenant.id)
        self._source = source
        self._book = AddressBook(database)
        self._pauses: list[float] = []
        self._run = self._nudges = 0
        self._resume()

    def send(self, kind: str, place: str, tally: Tally) -> None:
        """Break the first calls of one message and check what became of it. Raises AssertionError."""
        self._run += 1
        # Every other nudge meets the fault when its conversation is made; too long a message has no part in that.
        is_sending_only = place != "nudge" or self._nudges % 2 == 0 or kind == "413"
        self._nudges += place == "nudge"
        # A nudge in doubt is not sent again, so that it meets no second fault.
        may_meet_more = kind in LATER or (kind in IN_DOUBT and not (place == "nudge" and is_sending_only))
        times = self._source.randint(1, MOST_FAULTS) if may_meet_more else 1
        key = self._put(place)
        self._pauses.clear()
        # Asked for good, a second token does not help.
        self._wire.break_next(kind, 2 if kind == "401 for good" else times, is_sending_only)
        begun = self._wire.at
        workers = self._workers()
        self._work_until_settled(workers, key, may_stop=kind == "401 for good")
        calls, text = self._wire.calls, f"Words of {key}"
        tally.messages += 1
        tally.faults += times
        tally.created += self._wire.met.count("create")
        tally.calls += len(calls)
        assert self._wire.left == 0, f"{kind}, {place}: {self._wire.left} of {times} faults were not met"
        if kind == "401 for good":
            assert self._is_stopped(), f"{kind}: Coach goes on speaking"
            assert (self._item(key).state, self._wire.standing(text)) == ("new", 0)
            tally.refused += 1
            self._resume()
            self._work_until_settled(workers, key)
        item, standing = self._item(key), self._wire.standing(text)
        assert self._events(item) == (item.state == "sent"), f"{kind}, {place}: {self._events(item)} events"
        if kind in FOR_GOOD:
            assert (item.state, item.error, standing) == ("dead", FOR_GOOD[kind], 0), f"{place}: {item.state}"
            tally.refused += 1
            return
        self._check_standing(kind, place, item, standing, tally)
        self._check_pauses(kind, place, tally)
        if item.state == "sent" and kind != "401 for good":
            tally.seconds = max(tally.seconds, (item.finished_at - begun).total_seconds())

    def _check_standing(self, kind: str, place: str, item: OutboxItem, standing: int, tally: Tally) -> None:
        where, is_nudge = f"{kind}, {place}", place == "nudge"
        is_unknown = is_nudge and kind in IN_DOUBT and item.state == "unknown"
        assert item.state == "sent" or is_unknown, f"{where}: {item.state} with {item.error}"
        tally.once += standing == 1
        tally.lost += standing == 0 and item.state != "unknown"
        tally.doubled += standing > 1 and not is_nudge
        tally.nudges_doubled += standing > 1 and is_nudge
        tally.nudges_unknown += is_unknown
        assert not tally.lost, f"{where}: it was lost"
        assert not tally.nudges_doubled, f"{where}: the nudge stands {standing} times"
        taken_unseen = self._wire.met.count("send") if kind in TAKEN else 0
        assert standing == taken_unseen + (not is_unknown), f"{where}: it stands {standing} times"

    def _check_pauses(self, kind: str, place: str, tally: Tally) -> None:
        """See that no try came before what Teams asked for, nor before the pause that chance had lengthened."""
        tries = sorted({call.at for call in self._wire.calls})
        gaps = [(after - before).total_seconds() for before, after in pairwise(tries)]
        if kind == "429 with Retry-After":
            tally.too_early += sum(gap < RETRY_AFTER_SECONDS for gap in gaps)
            assert not tally.too_early, f"{place}: called before its Retry-After ran out"
        elif kind in (*LATER, *IN_DOUBT):
            assert len(self._pauses) >= len(gaps), f"{kind}, {place}: a pause without chance in it"
            for number, (gap, share) in enumerate(zip(gaps, self._pauses, strict=False)):
                failed = [call.name for call in self._wire.calls if call.at == tries[number]][-1]
                is_answer = place != "nudge"
                doubles = kind in LATER or failed == "create" or (is_answer and kind in FAILED)
                least = 2**number if doubles else SETTLING_SECONDS
                assert gap >= least * (1 + share), f"{kind}, {place}: {gap} seconds after try {number + 1}"
            tally.pauses += len(gaps)

    def _workers(self) -> Workers:
        # A new platform has counted no calls yet.
        platform = self._wire.platform(self._book)
        return Workers(
            self._database, {platform.name: platform}, EchoRooms(), lambda: self._wire.at, jitter=self._chance
        )

    def _chance(self) -> float:
        self._pauses.append(self._source.uniform(0.2, 1))
        return self._pauses[-1]

    def _put(self, place: str) -> str:
        connector = self._wire.connector
        tenant, key = connector.tenant, f"answer:{self._run}"
        person = self._newcomer()
        where = {
            "personal": {"channel": tenant.personal(person).id},
            "group": {"channel": tenant.group(f"group {self._run}", person).id, "thread": WHOLE_CHAT},
            "thread": {"channel": tenant.channel(f"room {self._run}", person).id, "thread": connector.new_id()},
            "nudge": {"channel": None, "only_for": person.aad_object_id},
        }[place]
        if where["channel"] is not None:
            self._book.note(Reach(where["channel"], ORIGIN + "/teams/"), self._wire.at)
        priority = NUDGE if place == "nudge" else ANSWER
        message = outgoing(key, f"Words of {key}", platform="teams", workspace=tenant.id, priority=priority, **where)
        with self._database.transaction() as session:
            queue.put(session, message, self._wire.at)
        return key

    def _newcomer(self) -> User:
        """Return somebody of the company whom Coach has never spoken with."""
        user = self._wire.connector.tenant.add(f"Cara Elm {self._run}")
        with self._database.transaction() as session:
            person = Person(email=user.email, name=user.name, roles=[], is_active=True, updated_at=self._wire.at)
            session.add(person)
            session.flush()
            account = {"platform": "teams", "platform_user_id": user.aad_object_id}
            session.add(PlatformIdentity(person_id=person.id, **account))
        return user


@contextmanager
def breaker(url: str, source: random.Random) -> Iterator[Breaker]:
    """Open a migrated database and a tenant, and break what is sent between them."""
    database = Database(url)
    try:
        with running_connector(Tenant(), "a token of the service") as connector:
            yield Breaker(database, Wire(connector), source)
            # Of tokens that end, and of what was broken on purpose, Coach is not to blame.
            assert {rejection.error for rejection in connector.rejections} <= {"Unauthorized"}
    finally:
        database.close()


if __name__ == "__main__":
    break_the_wire(breaker, KINDS, PLACES, Tally, __doc__, "benchmarks/faults_teams.json")
