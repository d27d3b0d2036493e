"""Owns Request: one thing a known person did, with what every handler needs to answer it."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from bot.app import App
from bot.messages import Address, Capabilities, Incoming, Kind, Message
from bot.outcome import Outcome, Outgoing
from metrics.events.kinds import Event, InteractionHandled
from metrics.people import Person, asker_for
from metrics.policy import Asker
from metrics.privacy import account


@dataclass(frozen=True)
class Request:
    """What came in, from whom, under which inbox key, when it is handled, and what the platform can do."""

    app: App
    incoming: Incoming
    key: str
    person: Person
    now: datetime
    offers: Capabilities

    @property
    def account(self) -> str:
        """The account that wrote, as erasing looks for it."""
        return account_of(self.incoming)

    @property
    def asker(self) -> Asker:
        """The person as the policy sees them."""
        return asker_for(self.person)

    @property
    def is_public(self) -> bool:
        """Whether others read the answer: asked in a channel, not by a slash command."""
        return not self.incoming.is_direct and self.incoming.channel is not None and self.incoming.command is None

    @property
    def stands_in_chat(self) -> bool:
        """Whether what was written is a message that stands in the conversation: no form, no slash command."""
        kinds = (Kind.MESSAGE, Kind.EDIT, Kind.COMMAND)
        return self.incoming.kind in kinds and self.incoming.message_id is not None

    @property
    def reply_address(self) -> Address:
        """Where an answer goes."""
        return reply_address(self.incoming)

    @property
    def private_address(self) -> Address:
        """Where only this person reads it."""
        return private_address(self.incoming)

    @property
    def card_address(self) -> Address:
        """Where the message stands whose button was pressed."""
        incoming = self.incoming
        if incoming.is_only_for_user:
            return self.private_address
        return Address(incoming.platform, incoming.workspace, incoming.channel, incoming.thread_id)

    @property
    def thread_key(self) -> str:
        """The conversation this belongs to, opaque to the rooms below.

        A direct conversation is one, a thread in a channel is one; what is asked aside in a channel stands alone.
        """
        incoming = self.incoming
        place = incoming.thread_id or ("" if incoming.is_direct else incoming.message_id or self.key)
        if incoming.command is not None and not incoming.is_direct:
            place = self.key
        parts = (incoming.platform, incoming.workspace, incoming.channel or incoming.user_id, place)
        return hashlib.sha256("|".join(parts).encode()).hexdigest()

    def answering(self, message: Message) -> Outgoing:
        """Return `message` as the answer to this request."""
        return Outgoing(answer_key(self.key), self.reply_address, message, person_id=self.person.id)

    def privately(self, message: Message) -> Outgoing:
        """Return `message` for this person's eyes only."""
        return Outgoing(answer_key(self.key), self.private_address, message, person_id=self.person.id)

    def in_place(self, message: Message) -> Outgoing:
        """Return `message` in place of the one whose button was pressed; privately where that is not known."""
        if self.incoming.message_id is None:
            return self.privately(message)
        return Outgoing(
            answer_key(self.key),
            self.card_address,
            message,
            operation="update",
            target_id=self.incoming.message_id,
            person_id=self.person.id,
        )

    def handled(self, outcome: str) -> Event:
        """Return the event of this request when it was no question."""
        return InteractionHandled(self.incoming.platform, self.incoming.kind.value, outcome)

    def said(self, outcome: str, *outgoing: Outgoing) -> Outcome:
        """Return an outcome that stores nothing and sends these."""
        return Outcome(self.handled(outcome), self.person.id, lambda _: outgoing)


def account_of(incoming: Incoming) -> str:
    """Return the account that did something, such as slack:U1."""
    return account(incoming.platform, incoming.user_id)


def reply_address(incoming: Incoming) -> Address:
    """Return where an answer goes: the conversation, in a channel its thread, a slash command only to who typed it."""
    if incoming.command is not None or incoming.channel is None:
        return private_address(incoming)
    thread = incoming.thread_id or (None if incoming.is_direct else incoming.message_id)
    return Address(incoming.platform, incoming.workspace, incoming.channel, thread)


def private_address(incoming: Incoming) -> Address:
    """Return where only the person reads it: their direct conversation, or unseen by others in the channel."""
    address = Address(incoming.platform, incoming.workspace, only_for=incoming.user_id)
    if incoming.channel is None:
        return address
    if incoming.is_direct and incoming.command is None and not incoming.is_only_for_user:
        return Address(incoming.platform, incoming.workspace, incoming.channel, incoming.thread_id)
    return replace(address, channel=incoming.channel, thread=incoming.thread_id, response_url=incoming.response_url)


def answer_key(key: str) -> str:
    """Return the outbox key of the answer to an inbox row."""
    return f"answer:{key}"


def status_key(key: str) -> str:
    """Return the outbox key of the line that stands in place of the answer to an inbox row until it is there."""
    return f"status:{key}"


def new_id() -> str:
    """Return 128 random bits for a button to carry."""
    return secrets.token_hex(16)
