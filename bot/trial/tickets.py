"""Owns what lets the app act for a moment: trigger ids, response addresses and the tickets of sockets."""

import random
from collections.abc import Callable
from dataclasses import dataclass

TRIGGER_SECONDS = 3
RESPONSE_SECONDS = 30 * 60
RESPONSE_USES = 5


@dataclass
class Trigger:
    """The right to open one view for one person, for three seconds."""

    user_id: str
    expires_at: float
    is_used: bool = False


@dataclass
class ResponseAddress:
    """The right to answer where a person acted; `message_ts` is the message acted upon, if any."""

    channel_id: str
    user_id: str
    expires_at: float
    message_ts: str | None = None
    uses: int = 0


class Refused(Exception):
    """A ticket that is unknown, used up or too old; `code` is Slack's word for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Tickets:
    """Issues tickets and checks them; `now` returns seconds since 1970."""

    def __init__(self, now: Callable[[], float], random_source: random.Random) -> None:
        self._now = now
        self._random = random_source
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, ResponseAddress] = {}
        self._sockets: set[str] = set()

    def trigger(self, user_id: str) -> str:
        """Return a new trigger id."""
        trigger_id = f"{self._random.randrange(10**13)}.{self._random.randrange(10**13)}.{self._token()}"
        self._triggers[trigger_id] = Trigger(user_id, self._now() + TRIGGER_SECONDS)
        return trigger_id

    def use_trigger(self, trigger_id: str) -> str:
        """Return for whom a view may be opened. Raises Refused."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if self._now() > trigger.expires_at:
            raise Refused("expired_trigger_id")
        if trigger.is_used:
            raise Refused("exchanged_trigger_id")
        trigger.is_used = True
        return trigger.user_id

    def response(self, channel_id: str, user_id: str, message_ts: str | None = None) -> str:
        """Return the token of a new response address."""
        token = self._token()
        self._responses[token] = ResponseAddress(channel_id, user_id, self._now() + RESPONSE_SECONDS, message_ts)
        return token

    def use_response(self, token: str) -> ResponseAddress:
        """Return where an answer goes. Raises Refused."""
        address = self._responses.get(token)
        if address is None:
            raise Refused("invalid_url")
        if self._now() > address.expires_at:
            raise Refused("expired_url")
        if address.uses >= RESPONSE_USES:
            raise Refused("used_url")
        address.uses += 1
        return address

    def socket(self) -> str:
        """Return a ticket with which one socket may be opened."""
        ticket = self._token()
        self._sockets.add(ticket)
        return ticket

    def use_socket(self, ticket: str) -> bool:
        """Whether the ticket was good; it is not afterwards."""
        if ticket not in self._sockets:
            return False
        self._sockets.remove(ticket)
        return True

    def _token(self) -> str:
        return f"{self._random.getrandbits(128):032x}"
