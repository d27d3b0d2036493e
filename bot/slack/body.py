"""Owns the parts every body of Slack's is read with: its signature, who Coach is, its ids and instants."""

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from bot.arrivals import Body, Nothing

PLATFORM = "slack"
ID = re.compile(r"[\w.:-]{1,90}", re.ASCII)
TIMESTAMP = re.compile(r"(\d{1,10})(?:\.(\d{1,6}))?", re.ASCII)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SIGNED_AT = re.compile(r"\d{1,12}", re.ASCII)
SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
MOST_AGE_SECONDS = 5 * 60
MOST_FIELDS = 100
MOST_SSL_CHECK_BYTES = 2_000


@dataclass(frozen=True)
class Coach:
    """Who Coach is on Slack: the workspace it is installed in, and its user there."""

    workspace: str
    user_id: str


def is_signed(raw: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> bool:
    """Say whether the holder of `secret` signed these bytes within 5 minutes of `now`."""
    signed_at = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    if not secret.strip() or not SIGNED_AT.fullmatch(signed_at) or not SIGNATURE.fullmatch(signature):
        return False
    if abs(now.timestamp() - int(signed_at)) > MOST_AGE_SECONDS:
        return False
    digest = hmac.new(secret.encode(), f"v0:{signed_at}:".encode() + raw, "sha256").hexdigest()
    return hmac.compare_digest(f"v0={digest}", signature)


def is_ssl_check(raw: bytes) -> bool:
    """Say whether this is how Slack tries the certificate, for which no signature is needed."""
    if len(raw) > MOST_SSL_CHECK_BYTES:
        return False
    try:
        return ("ssl_check", "1") in parse_qsl(raw.decode(), max_num_fields=MOST_FIELDS)
    except ValueError:
        return False


def parsed(raw: bytes, content_type: str) -> Body:
    """Return the JSON object that was posted, alone or as the payload of a form, else the fields of the form.

    Raises ValueError for anything else, also for an event that is no object; RecursionError for very deep JSON.
    """
    text = raw.decode()
    if content_type == JSON or text.startswith("{"):
        body = json.loads(text)
    else:
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
        body = json.loads(fields["payload"]) if "payload" in fields else fields
    if not isinstance(body, dict) or not isinstance(body.get("event", {}), dict):
        raise ValueError
    return body


def instant(timestamp: object) -> datetime | None:
    """Return the time of a timestamp such as "1690000000.000100", None when it is none."""
    found = TIMESTAMP.fullmatch(timestamp) if isinstance(timestamp, str) else None
    if found is None:
        return None
    since = timedelta(seconds=int(found[1]), microseconds=int((found[2] or "0").ljust(6, "0")))
    return datetime(1970, 1, 1, tzinfo=UTC) + since


def id_of(holder: Body, name: str) -> str:
    """Return an id held under a name, an empty text when there is none of an id's form."""
    held = holder.get(name)
    return held if isinstance(held, str) and ID.fullmatch(held) else ""


def needed(holder: Body, name: str) -> str:
    """Return an id held under a name. Raises Nothing when there is none."""
    if not (found := id_of(holder, name)):
        raise Nothing("incomplete")
    return found
