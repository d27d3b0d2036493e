"""What tests of inbox, outbox and workers share: things that come in, messages, rooms that echo, a world to work in."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot import queue
from bot.in_process import InProcessPlatform
from bot.messages import Address, Incoming, Kind, Message, Text
from bot.outcome import Outcome, Outgoing
from bot.tables import OutboxItem
from bot.worker import Workers
from metrics.events.kinds import InteractionHandled

PLATFORM = "in_process"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
DEADLINE_SECONDS = 20
HANDLED = InteractionHandled(PLATFORM, "message", "echoed")


def said(text: str, user_id: str = "U1", channel: str = "C1") -> Incoming:
    """Return a message somebody wrote; a text that begins with `psst` is answered for their eyes only."""
    return Incoming(PLATFORM, "T1", Kind.MESSAGE, user_id, NOW, channel=channel, message_id="1.0", text=text)


def message(text: str) -> Message:
    return Message(text, (Text(text),))


def outgoing(key: str, text: str = "Hello", **changes) -> Outgoing:
    """Return a post to channel C1; `changes` are fields of the Outgoing or of its address."""
    address = Address(PLATFORM, "T1", channel="C1")
    of_address = {name: changes.pop(name) for name in tuple(changes) if name in Address.__dataclass_fields__}
    plain = Outgoing(key, replace(address, **of_address), message(text))
    return replace(plain, **changes)


class EchoRooms:
    """Answers everything with its own words, under the key `answer:KEY`."""

    def handle(self, incoming: Incoming, key: str, now: datetime) -> Outcome:
        only_for = incoming.user_id if incoming.text.startswith("psst") else None
        answer = outgoing(f"answer:{key}", incoming.text, channel=incoming.channel, only_for=only_for)
        return Outcome(HANDLED, store=lambda _: [answer])

    def apology(self, incoming: Incoming, key: str, reference: str) -> Sequence[Outgoing]:
        return [outgoing(f"answer:{key}", f"Sorry, {reference}", channel=incoming.channel)]

    def recheck(self, session, item, message, now):
        return message

    def settled(self, session, item, now):
        pass


class MoodyRooms(EchoRooms):
    """Echoes, and can be told to fail, to wait, or to change its mind before sending."""

    def __init__(self):
        self.handled, self.settlements, self.errors = [], [], []
        self.checks = {}
        self.gate = threading.Event()
        self.gate.set()

    def handle(self, incoming, key, now):
        self.handled.append(key)
        self.gate.wait(DEADLINE_SECONDS)
        if self.errors:
            raise self.errors.pop(0)
        return super().handle(incoming, key, now)

    def recheck(self, session, item, message, now):
        check = self.checks.get(item.key, message)
        if isinstance(check, Exception):
            raise check
        return check

    def settled(self, session, item, now):
        self.settlements.append((item.key, item.state))


class World:
    """A database, a platform and workers, on a clock that is moved by hand."""

    def __init__(self, database, now, capabilities=None):
        self.database, self.time = database, now
        options = {} if capabilities is None else {"capabilities": capabilities}
        self.platform = InProcessPlatform(lambda: self.time, **options)
        self.rooms = MoodyRooms()
        self.workers = self.new_workers()

    def new_workers(self, **options):
        return Workers(self.database, {PLATFORM: self.platform}, self.rooms, lambda: self.time, **options)

    def keep(self, *keys, text="hello"):
        with self.database.transaction() as session:
            for key in keys:
                queue.keep(session, said(text, user_id=f"U{key}", channel=f"C{key}"), key, self.time)

    def put(self, *outgoings):
        with self.database.transaction() as session:
            for each in outgoings:
                queue.put(session, each, self.time)

    def work(self, seconds=0):
        """Let time pass and work until nothing can be done now."""
        self.time += timedelta(seconds=seconds)
        while self.workers.run_once():
            pass
        return self

    def sent(self):
        return [(each.key, each.message.text) for each in self.platform.posted]

    def states(self, table=OutboxItem):
        with self.database.session() as session:
            return {row.key: row.state for row in session.scalars(select(table))}

    def rows(self, table):
        with self.database.session() as session:
            return session.scalars(select(table).order_by(table.id)).all()
