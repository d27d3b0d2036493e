"""Owns time zones: which names are real, and what a clock there shows."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo


@cache
def is_time_zone(name: str) -> bool:
    """Say whether a name is an IANA time zone such as Europe/London.

    Listing all zones walks the whole zone folder (20 ms); opening one does not.
    """
    try:
        return ZoneInfo(name).key == name
    except (KeyError, ValueError, OSError):
        return False


def local_time(at: datetime, zone: str) -> datetime:
    """Return an instant on the clock of a zone."""
    return at.astimezone(ZoneInfo(zone))
