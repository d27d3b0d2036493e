"""Owns what people choose about being written to: read from their words (pure), and kept in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.hours import CLOCK, Hours, clock, read_clock, read_hours
from lessons.rules import FEWEST_BEFORE_SHIFT, MOST_BEFORE_SHIFT
from lessons.tables import Preference
from metrics.db import insert_new

TIME, QUIET, MINUTES, PAUSE = "lesson_time", "quiet_hours", "weekly_minutes", "pause_until"
FEWEST_MINUTES, MOST_MINUTES = 5, 600
LONGEST_PAUSE = timedelta(days=366)
A_WEEK = timedelta(days=7)

WHAT_TIME = (
    f"For when lessons come, write minutes before your shift, from {FEWEST_BEFORE_SHIFT} to {MOST_BEFORE_SHIFT}, or a "
    "time like 08:45."
)
WHAT_HOURS = "For your quiet hours, write two times like 18:00-09:00."
WHAT_MINUTES = f"For the minutes a week, write a number from {FEWEST_MINUTES} to {MOST_MINUTES}."
WHAT_DATE = "For the day lessons come again, write a date to come, like 2026-12-24, at most a year ahead."


@dataclass(frozen=True)
class Settings:
    """What the form says, None where a field was left empty; see lessons.tables.Preference."""

    minutes_before_shift: int | None = None
    at_minute: int | None = None
    quiet: Hours | None = None
    weekly_minutes: int | None = None
    paused_until: date | None = None


def read_settings(fields: Mapping[str, str], today: date) -> tuple[Settings, dict[str, str]]:
    """Return what the fields of the form say, and a sentence for each that says nothing, by its name."""
    said = {name: fields.get(name, "").strip() for name in (TIME, QUIET, MINUTES, PAUSE)}
    mistakes: dict[str, str] = {}
    before_shift, at_minute = None, None
    if said[TIME].isascii() and said[TIME].isdecimal():
        before_shift = int(said[TIME][:9])
    elif CLOCK.fullmatch(said[TIME]):
        at_minute = read_clock(said[TIME])
    elif said[TIME]:
        mistakes[TIME] = WHAT_TIME
    if before_shift is not None and not FEWEST_BEFORE_SHIFT <= before_shift <= MOST_BEFORE_SHIFT:
        mistakes[TIME] = WHAT_TIME
    quiet = None
    if said[QUIET]:
        try:
            quiet = read_hours(said[QUIET])
        except ValueError:
            mistakes[QUIET] = WHAT_HOURS
    if quiet is not None and at_minute is not None and quiet.hold(at_minute):
        mistakes[TIME] = f"{clock(at_minute)} lies in your quiet hours {quiet}. Change one of the two."
    minutes = int(said[MINUTES][:9]) if said[MINUTES].isascii() and said[MINUTES].isdecimal() else None
    if said[MINUTES] and (minutes is None or not FEWEST_MINUTES <= minutes <= MOST_MINUTES):
        mistakes[MINUTES] = WHAT_MINUTES
    paused_until = read_pause(said[PAUSE], today) if said[PAUSE] else None
    if said[PAUSE] and paused_until is None:
        mistakes[PAUSE] = WHAT_DATE
    return Settings(before_shift, at_minute, quiet, minutes, paused_until), mistakes


def read_pause(words: str, today: date) -> date | None:
    """Return the day from which somebody is written to again, None for words that are no date to come."""
    try:
        until = date.fromisoformat(words.strip())
    except ValueError:
        return None
    return until if timedelta() < until - today <= LONGEST_PAUSE else None


def save_settings(session: Session, person_id: int, settings: Settings, now: datetime) -> None:
    """Keep what somebody said in the form; whether they are sent lessons at all stays as it is."""
    row = _held(session, person_id, now)
    row.minutes_before_shift, row.at_minute = settings.minutes_before_shift, settings.at_minute
    row.quiet_from = settings.quiet.from_minute if settings.quiet else None
    row.quiet_to = settings.quiet.to_minute if settings.quiet else None
    row.weekly_minutes, row.paused_until = settings.weekly_minutes, settings.paused_until


def pause(session: Session, person_id: int, until: date, now: datetime) -> None:
    """Send somebody nothing unasked before a day."""
    _held(session, person_id, now).paused_until = until


def stop(session: Session, person_id: int, now: datetime) -> None:
    """Send somebody nothing unasked until they say otherwise."""
    _held(session, person_id, now).is_stopped = True


def go_weekly(session: Session, person_id: int, now: datetime) -> None:
    """Send somebody one lesson a week, because they want it so."""
    row = _held(session, person_id, now)
    row.is_stopped, row.paused_until = False, None
    row.is_weekly, row.weekly_since, row.ignored_in_row = True, now, 0


def start(session: Session, person_id: int, now: datetime) -> None:
    """Send somebody lessons again as their cohort has them, at the time they chose."""
    row = _held(session, person_id, now)
    row.is_stopped, row.paused_until = False, None
    row.is_weekly, row.weekly_since, row.ignored_in_row = False, None, 0


def unpause(session: Session, person_id: int, now: datetime) -> None:
    """Undo a pause or a stop, and nothing else."""
    row = _held(session, person_id, now)
    row.is_stopped, row.paused_until = False, None


def stop_digest(session: Session, person_id: int, now: datetime) -> None:
    """Send a manager neither digests nor early warnings; lessons of their own come as before."""
    _held(session, person_id, now).is_digest_stopped = True


def start_digest(session: Session, person_id: int, now: datetime) -> None:
    """Send a manager digests and early warnings again."""
    _held(session, person_id, now).is_digest_stopped = False


def _held(session: Session, person_id: int, now: datetime) -> Preference:
    insert_new(
        session, Preference, person_id=person_id, is_stopped=False, is_weekly=False, ignored_in_row=0, changed_at=now
    )
    row = session.scalars(select(Preference).where(Preference.person_id == person_id).with_for_update()).one()
    row.changed_at = now
    return row
