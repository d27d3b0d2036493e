"""Reads iCalendar files (RFC 5545) into events of people, and says when they take place in a bounded time (pure)."""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar import Calendar, vBroken

MOST_BYTES = 5_000_000
MOST_EVENTS = 5_000
MOST_DURATION = timedelta(days=2)
YEARS = (2000, 2100)
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY")
PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"})
MOST_INTERVAL = 400
MONTH_DAYS, WEEKS = frozenset(range(1, 32)), frozenset(range(1, 6))
A_LEAP_YEAR = 2000
READ = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RECURRENCE-ID"})
BEGINS = re.compile(rb"^BEGIN:VEVENT[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
MAIL_TO = re.compile(r"mailto:", re.IGNORECASE)


@dataclass(frozen=True)
class Event:
    """Something at a time in one person's work; times without a zone are on that person's own clock.

    `names` are its categories, then its title. `rule` is how it repeats (an RRULE without zone, "" for once),
    `left_out` the times and days on which it does not.
    """

    email: str
    starts_at: datetime
    ends_at: datetime
    place: str | None = None
    names: tuple[str, ...] = ()
    rule: str = ""
    left_out: frozenset[date] = frozenset()

    def between(self, from_at: datetime, to_at: datetime, zone: str) -> Iterator[tuple[datetime, datetime]]:
        """Yield when it starts and ends, in UTC, where it ends after `from_at` and starts before `to_at`.

        `zone` is the person's.
        """
        clock = self.starts_at.tzinfo or ZoneInfo(zone)
        start, length = self.starts_at.replace(tzinfo=None), self.ends_at - self.starts_at
        first, last = (at.astimezone(clock).replace(tzinfo=None) for at in (from_at, to_at))
        # A day more at each end, for the hours by which clocks change.
        spare = timedelta(days=1)
        earliest, latest = first - length - spare, last + spare
        starts = (
            rrulestr(self.rule, dtstart=_nearer(start, earliest, self.rule)).between(earliest, latest)
            if self.rule
            else [start]
        )
        for begins in starts:
            if begins in self.left_out or begins.date() in self.left_out:
                continue
            starts_at, ends_at = _instant(begins, clock), _instant(begins + length, clock)
            # A start the clock leaps over in spring comes an hour late, perhaps after the end.
            ends_at = ends_at if ends_at > starts_at else starts_at + length
            if ends_at > from_at and starts_at < to_at:
                yield starts_at, ends_at


def read_calendar(file: str, content: bytes, owner: str | None = None) -> tuple[list[Event], list[str]]:
    """Return the events of each person in a calendar, and every mistake as a sentence with its line.

    `owner` is the e-mail of who events without ATTENDEE belong to. What lasts whole days says no hour and is passed
    over, as are cancelled events and those somebody declined.
    """
    if len(content) > MOST_BYTES:
        return [], [f"{file} is larger than {MOST_BYTES // 1_000_000} MB. Export fewer weeks."]
    try:
        calendars = Calendar.from_ical(content, multiple=True)
        components = [event for calendar in calendars for event in calendar.events]
    except (ValueError, KeyError, IndexError, RecursionError):
        calendars, components = [], []
    if not calendars:
        return [], [f"{file} is not an iCalendar file. Export it again as .ics."]
    if len(components) > MOST_EVENTS:
        return [], [f"{file} holds {len(components):,} events; {MOST_EVENTS:,} fit. Export fewer weeks."]
    lines = [content.count(b"\n", 0, found.start()) + 1 for found in BEGINS.finditer(content)]
    events: list[Event] = []
    mistakes: list[str] = []
    moved = _moved(components)
    for line, component in zip(lines, components, strict=False):
        try:
            events += _events(component, owner, moved)
        except _Unreadable as reason:
            mistakes.append(f"{file} line {line}: this event {reason}")
    return events, mistakes


class _Unreadable(Exception):
    """Why an event cannot be read."""


def _events(component: Any, owner: str | None, moved: Mapping[str, set[date]]) -> list[Event]:
    if str(component.get("STATUS", "")).upper() == "CANCELLED":
        return []
    if broken := [name for name, _ in component.errors if name in READ]:
        raise _Unreadable(f"cannot be read. Correct its {broken[0]}.")
    start, end = _start_and_end(component)
    if start is None or end is None:
        return []
    people = _people(component, owner)
    rule = _rule(component, start)
    left_out = {_on_clock(at, start) for at in _listed_times(component, "EXDATE")}
    if rule:
        left_out |= {_on_clock(at, start) for at in moved.get(str(component.get("UID", "")), set())}
    names = (*(str(name).strip() for name in component.categories), str(component.get("SUMMARY", "")).strip())
    place = str(component.get("LOCATION", "")).strip()[:200] or None
    found = tuple(name for name in names if name)
    return [Event(email, start, end, place, found, rule, frozenset(left_out)) for email in people]


def _start_and_end(component: Any) -> tuple[datetime | None, datetime | None]:
    try:
        start, end = component.start, component.end
    except (ValueError, TypeError, OverflowError):
        raise _Unreadable("has no start and end. Give it DTSTART and DTEND.") from None
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return None, None
    for name in ("DTSTART", "DTEND"):
        zone = getattr(component.get(name), "params", {}).get("TZID")
        if zone and component[name].dt.tzinfo is None:
            raise _Unreadable(
                f"is in the time zone {str(zone)[:60]!r}, which is not known. Write one like Europe/London."
            )
    if (start.tzinfo is None) != (end.tzinfo is None):
        raise _Unreadable("has a time zone at one end only. Give both its start and its end one, or neither.")
    if not YEARS[0] <= start.year <= YEARS[1]:
        raise _Unreadable(f"starts in the year {start.year}. Correct its DTSTART.")
    end = end.astimezone(start.tzinfo) if start.tzinfo else end
    if not timedelta() < end - start <= MOST_DURATION:
        raise _Unreadable("does not end after it starts, or lasts more than two days. Correct its times.")
    return start, end


def _people(component: Any, owner: str | None) -> list[str]:
    listed = component.get("ATTENDEE", [])
    attendees = listed if isinstance(listed, list) else [listed]
    if not attendees and owner is not None:
        return [owner]
    if not attendees:
        raise _Unreadable("has no ATTENDEE. Add whose it is, or keep one file a person, named by their e-mail.")
    coming = [one for one in attendees if str(one.params.get("PARTSTAT", "")).upper() != "DECLINED"]
    return list(dict.fromkeys(MAIL_TO.sub("", str(one)).strip().lower() for one in coming))


def _rule(component: Any, start: datetime) -> str:
    rule = component.get("RRULE")
    if rule is None:
        return ""
    parts = dict(rule) if isinstance(rule, Mapping) else {}
    if not set(parts) <= PARTS or parts.get("FREQ", [""])[0] not in FREQUENCIES or not _comes_soon(parts, start):
        raise _Unreadable(
            "repeats in a way that is not read here. Let it repeat every so many days, weeks or months, on days of the "
            "week or month."
        )
    if "UNTIL" in parts:
        parts["UNTIL"] = [_on_clock(at, start) for at in parts["UNTIL"]]
    words: str = type(rule)(parts).to_ical().decode()
    try:
        rrulestr(words, dtstart=start.replace(tzinfo=None))
    except (ValueError, TypeError):
        raise _Unreadable("cannot be read. Correct its RRULE.") from None
    return words


def _comes_soon(parts: Mapping[str, Any], start: datetime) -> bool:
    """Say whether a rule finds its next date soon: others look for one in vain until the year 9999, or without end."""
    (frequency, *_), (interval, *_) = parts["FREQ"], parts.get("INTERVAL", [1])
    weekdays, month_days = parts.get("BYDAY", []), parts.get("BYMONTHDAY", [])
    weeks = [abs(day.relative) for day in weekdays if day.relative is not None]
    if not 1 <= interval <= MOST_INTERVAL or ("COUNT" in parts and "UNTIL" in parts):
        return False
    if not {abs(day) for day in month_days} <= MONTH_DAYS or not set(weeks) <= WEEKS:
        return False
    if frequency == "DAILY":
        return not weeks and (interval == 1 or not (weekdays or month_days))
    if frequency == "WEEKLY":
        return not weeks and not month_days
    months = {(start.month - 1 + turn * interval) % 12 + 1 for turn in range(12)}
    longest = max(monthrange(A_LEAP_YEAR, month)[1] for month in months)
    return not (weeks and month_days) and (not month_days or min(map(abs, month_days)) <= longest)


def _nearer(start: datetime, to: datetime, rule: str) -> datetime:
    """Return a start from which a rule means the same dates after `to`, with few before it."""
    parts = dict(part.split("=") for part in rule.split(";"))
    if "COUNT" in parts or parts["FREQ"] == "MONTHLY" or to <= start:
        return start
    turn = timedelta(days=7 if parts["FREQ"] == "WEEKLY" else 1) * int(parts.get("INTERVAL", 1))
    return start + (to - start) // turn * turn


def _moved(components: list[Any]) -> dict[str, set[date]]:
    moved: dict[str, set[date]] = {}
    for component in components:
        if "RECURRENCE-ID" in component:
            moved.setdefault(str(component.get("UID", "")), set()).update(_listed_times(component, "RECURRENCE-ID"))
    return moved


def _listed_times(component: Any, name: str) -> Iterator[date]:
    held = component.get(name, [])
    for listed in held if isinstance(held, list) else [held]:
        yield from (one.dt for one in getattr(listed, "dts", [listed]) if not isinstance(one, vBroken))


def _on_clock(at: date, start: datetime) -> date:
    if not isinstance(at, datetime) or at.tzinfo is None or start.tzinfo is None:
        return at.replace(tzinfo=None) if isinstance(at, datetime) else at
    return at.astimezone(start.tzinfo).replace(tzinfo=None)


def _instant(shown: datetime, clock: tzinfo) -> datetime:
    return shown.replace(tzinfo=clock).astimezone(UTC)
