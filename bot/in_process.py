"""Owns InProcessPlatform: the chat platform without a network; it remembers what it was given and fails on demand."""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.messages import Address, Capabilities, Identity, Message, PlatformFault, Undeliverable
from bot.parts import parts

Operation = Literal["post", "update", "delete", "find_sent", "identify", "open_dm", "undisturbed"]
EVERYTHING = Capabilities(has_ephemeral=True, has_home=True, can_read_back=True)


@dataclass(frozen=True)
class Sent:
    """A message as it stands: `channel` is where it ended up, `message_id` None where the platform gives none."""

    message_id: str | None
    address: Address
    channel: str | None
    message: Message
    key: str
    at: datetime


@dataclass(frozen=True)
class Fault:
    """What goes wrong with the next call of an operation, before it takes effect or after it."""

    error: PlatformFault
    operation: Operation | None = None
    is_after: bool = False


class InProcessPlatform:
    """A chat platform in memory; any number of threads may use it.

    `posted` is everything ever posted, in order; `standing` what people can still see, by message id; `homes` the home
    page of each user. Users not in `people` are strangers; those in `paused` do not want to be disturbed, and `asked`
    is whom that was asked of.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        people: Iterable[Identity] = (),
        name: str = "in_process",
        capabilities: Capabilities = EVERYTHING,
    ) -> None:
        self.name = name
        self.posted: list[Sent] = []
        self.standing: dict[str, Sent] = {}
        self.homes: dict[str, Message] = {}
        self.faults: list[Fault] = []
        self.paused: set[str] = set()
        self.asked: list[frozenset[str]] = []
        self._now = now
        self._people: Mapping[str, Identity] = {person.user_id: person for person in people}
        self._capabilities = capabilities
        self._lock = threading.RLock()

    def fail(
        self, error: PlatformFault, operation: Operation | None = None, is_after: bool = False, times: int = 1
    ) -> None:
        """Make the next calls of `operation` (None: of any) raise `error`; with `is_after` they take effect first."""
        with self._lock:
            self.faults += [Fault(error, operation, is_after)] * times

    def texts(self, channel: str | None = None) -> list[str]:
        """Return the `text` of every message posted, in a channel or everywhere, as first posted."""
        return [sent.message.text for sent in self.posted if channel in (None, sent.channel)]

    def capabilities(self) -> Capabilities:
        """Return what this platform can do."""
        return self._capabilities

    def identify(self, user_id: str, channel: str | None = None) -> Identity:
        """Return who a user is; a stranger is an Identity that is no member."""
        with self._doing("identify"):
            return self._people.get(user_id, Identity(user_id, is_member=False))

    def undisturbed(self, user_ids: Collection[str]) -> frozenset[str]:
        """Return who of these is in `paused`."""
        with self._doing("undisturbed"):
            self.asked.append(frozenset(user_ids))
            return frozenset(self.paused.intersection(user_ids))

    def open_dm(self, user_id: str) -> str:
        """Return the channel id of the direct conversation with a person."""
        with self._doing("open_dm"):
            return f"dm-{user_id}"

    def split(self, message: Message) -> list[Message]:
        """Return the message in as many parts as the limits ask for, none of them empty."""
        return parts(message, self._capabilities.max_characters)

    def send(self, address: Address, message: Message, key: str) -> str | None:
        """Post a message and return its id, None where there is none (ephemeral, home)."""
        with self._doing("post"):
            # A file goes to one person's own conversation, whatever stands beside it.
            is_file = message.file is not None and not message.blocks
            channel = f"dm-{address.only_for}" if is_file and address.only_for else _channel(address)
            has_id = address.surface == "message" and (is_file or not address.is_ephemeral)
            message_id = f"{len(self.posted) + 1}.000001" if has_id else None
            sent = Sent(
                message_id, address, channel if address.surface == "message" else None, message, key, self._now()
            )
            self.posted.append(sent)
            if message_id:
                self.standing[message_id] = sent
            if address.surface == "home" and address.only_for:
                self.homes[address.only_for] = message
            return message_id

    def find_sent(self, address: Address, key: str, since: datetime) -> str | None:
        """Return the id of the message sent with `key`, None when it is not there."""
        with self._doing("find_sent"):
            places = {_channel(address), f"dm-{address.only_for}"}
            found = (
                sent.message_id
                for sent in self.standing.values()
                if sent.key == key and sent.channel in places and sent.at >= since
            )
            return next(found, None) if self._capabilities.can_read_back else None

    def update(self, address: Address, message_id: str, message: Message) -> None:
        """Replace a message sent before. Raises Undeliverable when it is gone."""
        with self._doing("update"):
            if message_id not in self.standing:
                raise Undeliverable("message_not_found")
            self.standing[message_id] = replace(self.standing[message_id], message=message)

    def delete(self, address: Address, message_id: str) -> None:
        """Take a message back; one already gone is fine."""
        with self._doing("delete"):
            self.standing.pop(message_id, None)

    def close(self) -> None:
        """There is nothing to give back."""

    @contextmanager
    def _doing(self, operation: Operation) -> Iterator[None]:
        with self._lock:
            fault = next((fault for fault in self.faults if fault.operation in (None, operation)), None)
            if fault:
                self.faults.remove(fault)
            if fault and not fault.is_after:
                raise fault.error
            yield
            if fault:
                raise fault.error


def _channel(address: Address) -> str:
    return address.channel or f"dm-{address.only_for}"
