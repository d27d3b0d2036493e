"""Owns what handling one thing that came in leads to: one event, and messages to send."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy.orm import Session

from bot.messages import Address, Form, Incoming, Message
from bot.tables import OutboxItem
from metrics.events.kinds import Event

ANSWER, NUDGE = 0, 10


@dataclass(frozen=True)
class Outgoing:
    """A message to send once: nothing else is ever sent under the same `key`.

    An update or a deletion acts on `target_id`, or on whatever the outbox row `after_key` sent; `message` is None for
    a deletion. `question_id` names the question whose passages are checked again before sending.
    """

    key: str
    address: Address
    message: Message | None
    operation: Literal["post", "update", "delete"] = "post"
    target_id: str | None = None
    after_key: str | None = None
    priority: int = ANSWER
    person_id: int | None = None
    question_id: int | None = None


def _nothing(_: Session) -> Sequence[Outgoing]:
    return ()


@dataclass(frozen=True)
class Outcome:
    """What came of one thing that came in: exactly one event, and what `store` writes and wants sent.

    `store` runs in the transaction that finishes the inbox row; its messages are put into the outbox there. It may
    raise IntegrityError when another worker answered the same message first: then everything is handled once more.
    """

    event: Event
    person_id: int | None = None
    store: Callable[[Session], Sequence[Outgoing]] = _nothing


class Rooms(Protocol):
    """What the worker asks of the rooms behind it; bot/router.py implements it."""

    def handle(self, incoming: Incoming, key: str, now: datetime) -> Outcome:
        """Return what comes of `incoming`; runs outside any transaction. `key` is its inbox key."""

    def apology(self, incoming: Incoming, key: str, reference: str) -> Sequence[Outgoing]:
        """Return the message for something that failed for good, with the reference under which it was logged."""

    def recheck(self, session: Session, item: OutboxItem, message: Message, now: datetime) -> Message | None:
        """Return what may be sent now: the message, another in its place, or None to drop it."""

    def settled(self, session: Session, item: OutboxItem, now: datetime) -> None:
        """Take note that a row reached sent, unknown, dead or cancelled (item.state); same transaction."""


@dataclass(frozen=True)
class Opened:
    """What a press that wants a form leads to: the form, or something to say instead; and its event."""

    event: Event
    form: Form | None = None
    say: Message | None = None
    person_id: int | None = None


class Lane(Protocol):
    """What a gateway asks while the platform waits: SQL only, no model, no network; bot/handlers/forms.py does it."""

    def opens(self, incoming: Incoming) -> bool:
        """Say whether this is answered by opening a form."""

    def open(self, session: Session, incoming: Incoming, now: datetime) -> Opened:
        """Return the form to open, filled with what this person may see."""

    def errors(self, incoming: Incoming) -> dict[str, str]:
        """Return a sentence for each field of a submitted form that cannot be taken, by field name."""
