"""Owns the parts every body of Slack's is read with: who Coach is, what an arrival is, and total accessors."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from bot.messages import Incoming
from bot.slack.wording import clean

Body = dict[str, Any]

PLATFORM = "slack"
ID = re.compile(r"[\w.:-]{1,90}", re.ASCII)
TIMESTAMP = re.compile(r"(\d{1,10})(?:\.(\d{1,6}))?", re.ASCII)


@dataclass(frozen=True)
class Coach:
    """Who Coach is on Slack: the workspace it is installed in, and its user there."""

    workspace: str
    user_id: str


class Keep(Enum):
    """When a message is kept."""

    ALWAYS = "always"
    IF_SPOKEN = "if Coach has spoken in its thread"
    IF_KNOWN = "if the message acted upon was answered, or Coach has spoken in its thread"


@dataclass(frozen=True)
class Arrived:
    """Something a person did, the key it is kept under, and when it is kept at all."""

    incoming: Incoming
    key: str
    keep: Keep = Keep.ALWAYS


class Nothing(Exception):
    """Ends the reading of a body that leads to nothing."""


def instant(timestamp: object) -> datetime | None:
    """Return the time of a timestamp such as "1690000000.000100", None when it is none."""
    found = TIMESTAMP.fullmatch(timestamp) if isinstance(timestamp, str) else None
    if found is None:
        return None
    since = timedelta(seconds=int(found[1]), microseconds=int((found[2] or "0").ljust(6, "0")))
    return datetime(1970, 1, 1, tzinfo=UTC) + since


def dict_of(holder: Body, name: str) -> Body:
    """Return an object held under a name, an empty one when there is none."""
    held = holder.get(name)
    return held if isinstance(held, dict) else {}


def list_of(holder: Body, name: str) -> list[Any]:
    """Return a list held under a name, an empty one when there is none."""
    held = holder.get(name)
    return held if isinstance(held, list) else []


def values_of(holder: object) -> Iterator[object]:
    """Return the values of an object, none of anything else."""
    return iter(holder.values()) if isinstance(holder, dict) else iter(())


def text_of(holder: Body, name: str) -> str:
    """Return a text held under a name, an empty one when there is none."""
    held = holder.get(name)
    return clean(held) if isinstance(held, str) else ""


def id_of(holder: Body, name: str) -> str:
    """Return an id held under a name, an empty text when there is none of an id's form."""
    held = holder.get(name)
    return held if isinstance(held, str) and ID.fullmatch(held) else ""


def needed(holder: Body, name: str) -> str:
    """Return an id held under a name. Raises Nothing when there is none."""
    if not (found := id_of(holder, name)):
        raise Nothing("incomplete")
    return found
