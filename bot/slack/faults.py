"""Owns what a failed call to Slack means: not sent, unsure, never to be taken, or Coach no longer welcome."""

import http.client
import math
import re
import socket
import ssl
import urllib.error
from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.messages import Disconnected, NotSent, PlatformFault, Undeliverable, Unsure

FAILURES = (SlackClientError, OSError, http.client.HTTPException, ValueError, AttributeError)
DISCONNECTED = {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
LATER = {"rate_limited", "ratelimited", "request_timeout", "service_unavailable", "team_added_to_org"}
# Slack says of these that some of the work may have been done.
HALF_DONE = {"fatal_error", "internal_error"}
NEVER_REACHED = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
CODE = re.compile(r"[a-z][a-z0-9_.:-]{1,80}")
MOST_WAIT_SECONDS = 3_600.0


def fault_of(error: Exception, may_double: bool) -> PlatformFault:
    """Return what an exception of slack_sdk or the network means.

    `may_double` says that doing the call twice would be seen; only then is a lost answer Unsure instead of NotSent.
    """
    if isinstance(error, SlackApiError):
        return answer_fault(error.response.status_code, error.response.headers, _code(error.response), may_double)
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if cause is not error and isinstance(cause, NEVER_REACHED):
        return NotSent("not_reached")
    if isinstance(cause, TimeoutError):
        lost = "timeout"
    else:
        lost = "connection_lost" if isinstance(error, OSError | http.client.IncompleteRead) else "malformed"
    return Unsure(lost) if may_double else NotSent(lost)


def answer_fault(status: int, headers: Mapping[str, Any], code: str | None, may_double: bool) -> PlatformFault:
    """Return what an answer that is not ok means; `code` is None when it was not understood."""
    if status == http.client.TOO_MANY_REQUESTS:
        return NotSent("ratelimited", _seconds(headers))
    if code in DISCONNECTED:
        return Disconnected(code)
    if code in LATER or status == http.client.SERVICE_UNAVAILABLE:
        return NotSent(code or "http_503", _seconds(headers))
    if code is None or code in HALF_DONE or status >= http.client.INTERNAL_SERVER_ERROR:
        lost = code or (f"http_{status}" if status >= http.client.BAD_REQUEST else "malformed")
        return Unsure(lost) if may_double else NotSent(lost)
    return Undeliverable(code)


def known_code(text: object) -> str | None:
    """Return an error code of Slack's, None for anything that is not shaped like one."""
    return text if isinstance(text, str) and CODE.fullmatch(text) else None


def _code(response: Any) -> str | None:
    return known_code(response.data.get("error")) if isinstance(response.data, dict) else None


def _seconds(headers: Mapping[str, Any]) -> float | None:
    lowered = {name.lower(): value for name, value in headers.items()}
    try:
        seconds = float(lowered.get("retry-after", "nan"))
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), MOST_WAIT_SECONDS) if math.isfinite(seconds) else None
