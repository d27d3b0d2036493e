"""Owns whole weeks: from Monday to Monday on the clock of a zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from metrics.periods import Period
from metrics.time_zones import local_time

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class WholeWeek:
    """A week that begins on `starts_on`, a Monday; `period` lasts an hour more or less where clocks change."""

    starts_on: date
    period: Period


def weeks_within(period: Period, zone: str) -> tuple[WholeWeek, ...]:
    """Return the weeks that lie in a period from end to end, oldest first; () in one too short for any."""
    first = local_time(period.since, zone).date()
    monday = first - timedelta(days=first.weekday())
    if _midnight(monday, zone) < period.since:
        monday += A_WEEK
    found = []
    while _midnight(monday + A_WEEK, zone) <= period.until:
        found.append(_week(monday, zone))
        monday += A_WEEK
    return tuple(found)


def last_weeks(weeks: int, now: datetime, zone: str) -> tuple[WholeWeek, ...]:
    """Return the last so many weeks that are over at `now`, oldest first."""
    today = local_time(now, zone).date()
    monday = today - timedelta(days=today.weekday())
    return tuple(_week(monday - back * A_WEEK, zone) for back in range(weeks, 0, -1))


def _week(monday: date, zone: str) -> WholeWeek:
    return WholeWeek(monday, Period(_midnight(monday, zone), _midnight(monday + A_WEEK, zone)))


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
