"""Owns what goes to the app: signed HTTP posts or socket envelopes, their acknowledgement and their retries."""

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp

from bot.trial.sockets import NoSocket, Sockets

Json = dict[str, Any]
Kind = Literal["event", "slash", "interactive"]

POLL_SECONDS = 0.05
ENVELOPES = {"event": "events_api", "slash": "slash_commands", "interactive": "interactive"}


class NotAnswered(Exception):
    """The app did not acknowledge what a person did; the text is Slack's word for why."""


@dataclass
class Delivery:
    """One thing sent to the app. `status` is the last HTTP status, None when there was none.

    `headers` are those of the last attempt; `answered` resolves to the body of the acknowledgement or raises
    NotAnswered.
    """

    kind: Kind
    payload: Json
    headers: dict[str, str] = field(default_factory=dict)
    attempts: int = 0
    status: int | None = None
    response_body: str = ""
    state: Literal["waiting", "acknowledged", "gave_up"] = "waiting"
    answered: "Future[str]" = field(default_factory=Future)

    def body(self) -> str:
        """Return what is posted over HTTP."""
        if self.kind == "event":
            return json.dumps(self.payload)
        return urlencode(self.payload if self.kind == "slash" else {"payload": json.dumps(self.payload)})


@dataclass
class Disorder:
    """What else may go wrong on the way: every delivery so many times, held ones shuffled, acks lost (a share 0-1)."""

    copies: int = 1
    shuffles: bool = False
    drop_ack_share: float = 0.0


def signed(body: str, secret: str, at_seconds: float) -> dict[str, str]:
    """Return the headers that prove a body came from Slack."""
    timestamp = str(int(at_seconds))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


class Sender:
    """Sends deliveries until the app acknowledges or Slack would give up; runs in one event loop.

    Events are tried again after `retry_after_seconds` on the workspace's clock, commands and clicks are not. `sign`
    returns the headers for a body. `events_url` None and no Socket Mode means that no app is attached.
    """

    def __init__(
        self,
        now: Callable[[], float],
        random_source: random.Random,
        sockets: Sockets,
        sign: Callable[[str], dict[str, str]],
    ) -> None:
        self.events_url: str | None = None
        self.use_socket_mode = False
        self.retry_after_seconds: tuple[float, ...] = (0, 60, 300)
        self.ack_within_seconds = 3.0
        self.disorder = Disorder()
        self._now = now
        self._random = random_source
        self._sockets = sockets
        self._sign = sign
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Get ready to send."""
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=50))

    async def close(self) -> None:
        """Give back the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(self, delivery: Delivery) -> None:
        """Try until it is acknowledged or given up."""
        waits = self.retry_after_seconds if delivery.kind == "event" else ()
        reason, may_retry = await self._attempt(delivery, 0, "")
        for number, wait in enumerate(waits, 1):
            if not reason or not may_retry:
                break
            due = self._now() + wait
            while self._now() < due:
                await asyncio.sleep(POLL_SECONDS)
            reason, may_retry = await self._attempt(delivery, number, reason)
        delivery.state = "gave_up" if reason else "acknowledged"

    async def post(self, body: str, headers: dict[str, str]) -> tuple[int, str]:
        """Post a body as it stands; return status and text."""
        session, url = self._connection()
        async with session.post(url, data=body.encode(), headers=headers) as response:
            return response.status, await response.text()

    async def _attempt(self, delivery: Delivery, number: int, last_reason: str) -> tuple[str, bool]:
        """Return why it failed, empty when it did not, and whether it may be tried again."""
        delivery.attempts += 1
        try:
            async with asyncio.timeout(self.ack_within_seconds):
                if self.use_socket_mode:
                    may_retry = await self._over_socket(delivery, number, last_reason)
                else:
                    may_retry = await self._over_http(delivery, number, last_reason)
        except TimeoutError:
            return "http_timeout", True
        except (aiohttp.ClientError, OSError, NoSocket):
            return "connection_failed", True
        if delivery.status is None or not 200 <= delivery.status < 300:
            return "http_error", may_retry
        # Drawn only when asked for, so that the workspace's other ids stay the same.
        share = self.disorder.drop_ack_share
        return ("http_timeout" if share and self._random.random() < share else ""), may_retry

    async def _over_http(self, delivery: Delivery, number: int, last_reason: str) -> bool:
        session, url = self._connection()
        body = delivery.body()
        kind = "application/json" if delivery.kind == "event" else "application/x-www-form-urlencoded"
        delivery.headers = self._sign(body) | {"Content-Type": kind, "User-Agent": "Slackbot 1.0 (trial)"}
        if number:
            delivery.headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": last_reason}
        async with session.post(url, data=body.encode(), headers=delivery.headers) as response:
            delivery.response_body = await response.text()
            delivery.status = response.status
            return response.headers.get("X-Slack-No-Retry") != "1"

    async def _over_socket(self, delivery: Delivery, number: int, last_reason: str) -> bool:
        envelope: Json = {
            "type": ENVELOPES[delivery.kind],
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "event",
        }
        if delivery.kind == "event":
            envelope |= {"retry_attempt": number, "retry_reason": "timeout" if last_reason else ""}
        payload = await self._sockets.send(envelope)
        delivery.status = 200
        delivery.response_body = payload if isinstance(payload, str) else json.dumps(payload) if payload else ""
        return True

    def _connection(self) -> tuple[aiohttp.ClientSession, str]:
        if self._session is None or self.events_url is None:
            raise OSError("no app is attached")
        return self._session, self.events_url
