"""Owns what a failed call to the Bot Connector means: not sent, unsure, never to be taken, or Coach not welcome."""

import http.client
import math
import re
from collections.abc import Mapping

import requests
from urllib3.exceptions import NewConnectionError

from bot.messages import Disconnected, Failed, NotSent, PlatformFault, Undeliverable, Unreachable, Unsure

# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit names those to try again.
LATER = {http.client.PRECONDITION_FAILED, http.client.TOO_MANY_REQUESTS, http.client.SERVICE_UNAVAILABLE}
TOO_LARGE, BAD = "message_too_large", "bad_request"
CLOSED = ("MessageWritesBlocked", "BotNotInConversationRoster", "ConversationNotFound")
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,80}")
MOST_WAIT_SECONDS = 3_600.0


def fault_of(error: requests.RequestException, may_double: bool) -> PlatformFault:
    """Return what an exception of the network means.

    `may_double` says that doing the call twice would be seen; only then is a lost answer Unsure instead of NotSent.
    """
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError) or isinstance(
        cause, NewConnectionError
    ):
        return NotSent("not_reached")
    lost = "timeout" if isinstance(error, requests.Timeout) else "connection_lost"
    return Unsure(lost) if may_double else NotSent(lost)


def answer_fault(status: int, headers: Mapping[str, str], code: str | None, may_double: bool) -> PlatformFault:
    """Return what an answer that is no success means; `code` is None when it named none."""
    named = code or f"http_{status}"
    if status == http.client.UNAUTHORIZED:
        return Disconnected("unauthorized")
    if status in LATER:
        is_limited = status == http.client.TOO_MANY_REQUESTS
        return NotSent("ratelimited" if is_limited else named, _seconds(headers))
    if status == http.client.NOT_IMPLEMENTED:
        return Undeliverable("not_implemented")
    if status >= http.client.INTERNAL_SERVER_ERROR:
        return Failed(named) if may_double else NotSent(named, _seconds(headers))
    if status == http.client.REQUEST_ENTITY_TOO_LARGE:
        return Undeliverable(TOO_LARGE)
    if status == http.client.BAD_REQUEST:
        return Undeliverable(BAD)
    return Unreachable(named) if code in CLOSED else Undeliverable(named)


def code_in(body: object) -> str | None:
    """Return the error code of the Bot Connector in a body, None for anything that is not shaped like one."""
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and CODE.fullmatch(code) else None


def _seconds(headers: Mapping[str, str]) -> float | None:
    try:
        seconds = float(headers.get("Retry-After", "nan"))
    except ValueError:
        return None
    return min(max(seconds, 0.0), MOST_WAIT_SECONDS) if math.isfinite(seconds) else None
