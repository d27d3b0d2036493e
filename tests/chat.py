"""Coach behind a chat platform in memory: people write, press and wait, and read what came."""

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot import queue
from bot.app import App
from bot.in_process import InProcessPlatform, Sent
from bot.messages import Actions, Button, Identity, Incoming, Kind, Link, Menu, Message
from bot.router import Router
from bot.worker import Workers
from metrics.events.record import EventRow

CHANNEL = "C1"


@dataclass
class Chat:
    """One workspace: `now` is moved by hand."""

    app: App
    now: datetime
    members: tuple[Identity, ...] = ()
    sequence: itertools.count = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self):
        self.platform = InProcessPlatform(lambda: self.now, self.members, name="slack")
        self.workers = Workers(
            self.app.database, {"slack": self.platform}, Router(self.app, {"slack": self.platform}), lambda: self.now
        )

    def at(self, minutes=0.0):
        self.now += timedelta(minutes=minutes)
        return self

    def incoming(self, user, kind=Kind.MESSAGE, **more):
        # Every act takes a second, so that their order is known.
        self.now += timedelta(seconds=1)
        return Incoming("slack", "T1", kind, user, self.now, **more)

    def dm(self, user, text, **more):
        return self.take(
            self.incoming(user, text=text, channel=f"dm-{user}", is_direct=True, message_id=self.new_ts(), **more)
        )

    def mention(self, user, text, thread=None, **more):
        return self.take(
            self.incoming(
                user,
                text=text,
                channel=CHANNEL,
                message_id=self.new_ts(),
                thread_id=thread,
                mentions_coach=True,
                **more,
            )
        )

    def reply(self, user, text, thread, **more):
        return self.take(
            self.incoming(user, text=text, channel=CHANNEL, message_id=self.new_ts(), thread_id=thread, **more)
        )

    def slash(self, user, text, command="/coach"):
        return self.take(self.incoming(user, Kind.COMMAND, text=text, command=command, channel=CHANNEL))

    def press(self, user, label, sent=None):
        sent = sent or next(s for s in reversed(self.standing()) if label in labels(s.message))
        action, value = labels(sent.message)[label]
        return self.take(
            self.incoming(
                user,
                Kind.CLICK,
                action=action,
                value=value,
                channel=sent.channel,
                is_direct=bool(sent.channel and sent.channel.startswith("dm-")),
                message_id=sent.message_id,
                thread_id=sent.address.thread,
                is_only_for_user=sent.address.is_ephemeral,
            )
        )

    def edit(self, first, text):
        return self.take(replace(first, kind=Kind.EDIT, text=text, edited_id=self.new_ts(), at=self.now))

    def delete(self, first):
        return self.take(replace(first, kind=Kind.DELETE, text="", at=self.now))

    def take(self, incoming, key=None):
        with self.app.database.transaction() as session:
            queue.keep(session, incoming, key or f"Ev{next(self.sequence)}", self.now)
        self.settle()
        return incoming

    def settle(self):
        for _ in range(200):
            if not self.workers.run_once():
                return
            self.now += timedelta(seconds=2)

    def new_ts(self):
        return f"{int(self.now.astimezone(UTC).timestamp())}.{next(self.sequence):06}"

    def standing(self):
        """Everything posted that was not taken back, as it stands now."""
        return [
            self.platform.standing.get(sent.message_id, sent)
            for sent in self.platform.posted
            if sent.message_id is None or sent.message_id in self.platform.standing
        ]

    @property
    def last(self) -> Sent:
        return self.standing()[-1]

    def events(self, kind=None):
        with self.app.database.session() as session:
            rows = session.scalars(select(EventRow).where(EventRow.cause.is_not(None)).order_by(EventRow.id)).all()
        return [row for row in rows if kind is None or row.kind == kind]

    def outcomes(self):
        return [row.payload["outcome"] for row in self.events("interaction_handled")]


def labels(message: Message):
    """What can be pressed in a message: label -> (action, value); for a link ("open_link", its address)."""
    found = {}
    for block in message.blocks:
        for item in block.items if isinstance(block, Actions) else ():
            if isinstance(item, Button):
                found[item.label] = (item.action, item.value)
            elif isinstance(item, Link):
                found[item.label] = ("open_link", item.url)
            elif isinstance(item, Menu):
                found |= {label: (action, item.value) for label, action in item.options}
    return found
