"""What tests of inbox, outbox and workers share: things that come in, messages, and rooms that echo."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.messages import Address, Incoming, Kind, Message, Text
from bot.outcome import Outcome, Outgoing
from metrics.events.kinds import InteractionHandled

PLATFORM = "in_process"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
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
