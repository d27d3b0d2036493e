"""Reads when people work and are away: shifts.csv, leave.csv and calendars; every mistake a sentence with its line."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from coach.reading import Rejected, decode
from lessons.calendars import Event, read_calendar
from lessons.hours import Hours, read_clock
from metrics.csv_rows import read_rows

SHIFT_COLUMNS = ("email", "date", "starts", "ends", "site")
LEAVE_COLUMNS = ("email", "from", "to")
SHIFTS, CALLS = "shifts", "calls"
MOST_ROWS = 100_000
MOST_MISTAKES = 20
MOST_SITE = 200
MOST_LEAVE = timedelta(days=800)

Row = TypeVar("Row")
Key = tuple[str, date]


@dataclass(frozen=True)
class LeaveDays:
    """Days somebody is away, both included."""

    email: str
    from_on: date
    to_on: date


@dataclass(frozen=True)
class Rosters:
    """What a company folder says of when people work: shifts, calls and the like, and leave."""

    shifts: tuple[Event, ...] = ()
    calls: tuple[Event, ...] = ()
    leave: tuple[LeaveDays, ...] = ()


def is_roster(file: str) -> bool:
    """Say whether a file of the company folder, by its path in it, is read as a roster."""
    folder, _, name = file.rpartition("/")
    if folder:
        return folder in (SHIFTS, CALLS) and "@" in name and name.endswith(".ics")
    return file in ("shifts.csv", "shifts.ics", "calls.ics", "leave.csv")


def read_rosters(files: Mapping[str, bytes], people: Collection[str] | None) -> tuple[Rosters, list[str]]:
    """Return the rosters in files, path -> content, and every mistake, at most MOST_MISTAKES of them a file.

    `people` are the e-mails people.csv lists, None where nobody knows. Guests of a calendar who are not among them
    are passed over; in a CSV file they are a mistake. A calendar named by an e-mail, such as shifts/ada@x.example.ics,
    is that person's.
    """
    shifts: list[Event] = []
    calls: list[Event] = []
    leave: list[LeaveDays] = []
    mistakes: list[str] = []
    for file, content in sorted(files.items()):
        found: list[str]
        if file == "leave.csv":
            leave, found = _read_rows(file, content, LEAVE_COLUMNS, LEAVE_COLUMNS, _leave, people)
        elif file == "shifts.csv":
            rows, found = _read_rows(file, content, SHIFT_COLUMNS, SHIFT_COLUMNS[:-1], _shift, people)
            shifts += rows
        else:
            folder, _, name = file.rpartition("/")
            events, found = read_calendar(file, content, name.removesuffix(".ics").lower() if folder else None)
            known = [event for event in events if people is None or event.email in people]
            (shifts if file.startswith(SHIFTS) else calls).extend(known)
        mistakes += found[:MOST_MISTAKES]
        if len(found) > MOST_MISTAKES:
            mistakes.append(f"{file} has {len(found) - MOST_MISTAKES} more mistakes like these.")
    return Rosters(tuple(shifts), tuple(calls), tuple(leave)), mistakes


def _read_rows(
    file: str,
    content: bytes,
    columns: tuple[str, ...],
    required: tuple[str, ...],
    read: Callable[[dict[str, str]], tuple[Key, Row]],
    people: Collection[str] | None,
) -> tuple[list[Row], list[str]]:
    try:
        text = decode(content)
    except Rejected as reason:
        return [], [f"{file} {reason}"]
    lines, mistakes = read_rows(file, text, columns, required)
    if len(lines) >= MOST_ROWS:
        return [], [f"{file} has {len(lines) + 1:,} lines; {MOST_ROWS:,} fit. Export fewer weeks."]
    rows: dict[Key, tuple[int, Row]] = {}
    for number, values in lines:
        try:
            key, row = read(_of_somebody(values, people))
            if key in rows:
                raise ValueError(f"{key[0]} stands on line {rows[key][0]} with the same start too. Keep one.")
            rows[key] = number, row
        except ValueError as reason:
            mistakes.append(f"{file} line {number}: {reason}")
    return [row for _, row in rows.values()], mistakes


def _of_somebody(values: dict[str, str], people: Collection[str] | None) -> dict[str, str]:
    values["email"] = values["email"].lower()
    if people is not None and values["email"] not in people:
        raise ValueError(f"{values['email']!r} is not in people.csv. Add the person or take the line out.")
    return values


def _shift(values: dict[str, str]) -> tuple[Key, Event]:
    day = _date(values["date"])
    starts, ends = (_minute(values[name]) for name in ("starts", "ends"))
    if starts == ends:
        raise ValueError("the shift ends when it starts. Correct one of the two times.")
    if len(values.get("site", "")) > MOST_SITE:
        raise ValueError(f"the site is longer than {MOST_SITE} characters.")
    begun = datetime.combine(day, time())
    starts_at, ends_at = (begun + timedelta(minutes=minute) for minute in (starts, Hours(starts, ends).end_minute))
    return (values["email"], starts_at), Event(values["email"], starts_at, ends_at, values.get("site") or None)


def _leave(values: dict[str, str]) -> tuple[Key, LeaveDays]:
    from_on, to_on = _date(values["from"]), _date(values["to"])
    if not timedelta() <= to_on - from_on <= MOST_LEAVE:
        raise ValueError(f"leave from {from_on} to {to_on} ends before it begins, or is too long. Correct one.")
    return (values["email"], from_on), LeaveDays(values["email"], from_on, to_on)


def _date(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise ValueError(f"{words!r} is not a date like 2026-11-23.") from None


def _minute(words: str) -> int:
    try:
        return read_clock(words)
    except ValueError as reason:
        raise ValueError(f"{reason}.") from None
