"""Owns times of day as people write them, "20:00-07:00" or "08:45", and the instants they mean in a zone (pure)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Hours:
    """A part of the day in minutes from midnight, 0-1439; one whose end is not after its start ends the next day."""

    from_minute: int
    to_minute: int

    @property
    def end_minute(self) -> int:
        """The end in minutes from the midnight the part began after."""
        return self.to_minute + (0 if self.to_minute > self.from_minute else MINUTES_A_DAY)

    def hold(self, minute: int) -> bool:
        """Say whether a minute of the day lies in it; its end does not."""
        return (minute - self.from_minute) % MINUTES_A_DAY < self.end_minute - self.from_minute

    def __str__(self) -> str:
        return f"{clock(self.from_minute)}-{clock(self.to_minute)}"


def clock(minute: int) -> str:
    """Return a minute of the day as 08:45."""
    return f"{minute // 60:02}:{minute % 60:02}"


def read_clock(words: str) -> int:
    """Return the minute of the day of a time like 08:45. Raises ValueError with a sentence."""
    found = CLOCK.fullmatch(words.strip())
    if found is None:
        raise ValueError(f"{words.strip()!r} is not a time like 08:45")
    return int(found[1]) * 60 + int(found[2])


def read_hours(words: str) -> Hours:
    """Return the hours written like 20:00-07:00. Raises ValueError with a sentence."""
    start, dash, end = words.replace("–", "-").partition("-")
    try:
        hours = Hours(read_clock(start), read_clock(end))
    except ValueError:
        hours = None
    if not dash or hours is None or hours.from_minute == hours.to_minute:
        raise ValueError(f"{words.strip()!r} is not two different times like 20:00-07:00")
    return hours


def instant(day: date, minute: int, zone: str) -> datetime:
    """Return when the clock of a zone shows a minute of a day: the first time of two, an hour on where it shows none.

    `minute` counts from midnight and may reach into the next day. (RFC 5545, 3.3.5, reads such times alike.)
    """
    days, minute = divmod(minute, MINUTES_A_DAY)
    shown = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60), ZoneInfo(zone))
    return shown.astimezone(UTC)


def span_on(day: date, hours: Hours, zone: str) -> tuple[datetime, datetime]:
    """Return from when until when somebody works who works these hours of a day."""
    starts_at, ends_at = instant(day, hours.from_minute, zone), instant(day, hours.end_minute, zone)
    # A start the clock leaps over in spring comes an hour late, perhaps after the end.
    return starts_at, ends_at if ends_at > starts_at else ends_at + timedelta(hours=1)
