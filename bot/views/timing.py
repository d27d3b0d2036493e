"""Words for when lessons come: put off, paused, stopped, changed, and the form to change them."""

from datetime import date, datetime

from bot.messages import Actions, Button, Facts, Field, Form, Menu, Message, Note, Text
from lessons.agendas import Agenda
from lessons.hours import Hours, clock
from lessons.preferences import MINUTES, PAUSE, QUIET, TIME
from lessons.rules import WEEKDAYS, LessonRules, When
from lessons.schedule import own_rules
from metrics.time_zones import local_time

CLOSED = "That lesson was begun already or is over, so it cannot be put off. Write “lesson” to go on, or for another."
NOT_YOURS = "These buttons are for the person the lesson was sent to. Write “settings” to me for your own."
NO_MOMENT = "I found no time in the next week when I may write to you. Write “lesson” when you want it."
NOTHING_LEFT_TODAY = "It cannot come again today. "
WEEKLY = "You get one lesson a week from now on. Write “start lessons” to have them as before."
STOPPED = "No more lessons are sent to you. Write “start lessons” to have them again, or “lesson” for one now."
PAUSED = (
    "No lessons are sent to you before {day}. Write “lesson” for one any time, or “start lessons” to end the pause."
)
PAUSE_USAGE = "Write “pause” for a week, or a date to come, at most a year ahead: “pause until 2026-12-24”."
NOT_SAVED = (
    "Nothing was saved: {time} lies in the company's quiet hours {hours}, when I write to nobody. Choose another time."
)
MORE = (("One a Week", "lessons_weekly"), ("Pause 1 Week", "lessons_pause_week"), ("Stop Lessons", "lessons_stop"))


def put_off(name: str, at: datetime, now: datetime, zone: str, token: str, undo: str, is_moved_on: bool) -> Message:
    """Return that a lesson comes again at an instant; `is_moved_on` says that it was to come today and cannot."""
    moved = NOTHING_LEFT_TODAY if is_moved_on else ""
    return _with_ways_back(f"{moved}“{name}” comes again {moment(at, now, zone)}.", token, undo)


def skipped(name: str, token: str) -> Message:
    """Return that a lesson was skipped."""
    said = f"“{name}” is skipped. Another lesson comes the next time."
    return Message(said, (Text(said), Actions((Button("Undo", "undo_skip", token),))))


def paused(until: date, token: str | None, value: str) -> Message:
    """Return that somebody is sent nothing before a day; with a lesson's token, with ways back to that lesson."""
    said = PAUSED.format(day=_day(until))
    return _with_ways_back(said, token, "undo_pause") if token else _with_start(said, value)


def stopped(token: str | None, value: str) -> Message:
    """Return that somebody is sent nothing; with a lesson's token, with ways back to that lesson."""
    return _with_ways_back(STOPPED, token, "undo_stop") if token else _with_start(STOPPED, value)


def not_saved(at_minute: int, quiet: Hours) -> str:
    """Return why a time cannot be chosen."""
    return NOT_SAVED.format(time=clock(at_minute), hours=quiet)


def moment(at: datetime, now: datetime, zone: str) -> str:
    """Return an instant as words on somebody's clock: today at 14:30, tomorrow at 08:00, on Monday 30 November at."""
    local, today = local_time(at, zone), local_time(now, zone).date()
    days = (local.date() - today).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {_day(local.date())}")
    return f"{day} at {local:%H:%M}"


def state(agenda: Agenda, today: date) -> str:
    """Return in a sentence whether and when somebody is sent lessons, as of a day on their clock."""
    timing, cohort = agenda.timing, agenda.cohort
    if timing.is_stopped:
        return "Lessons are stopped."
    if timing.paused_until is not None and timing.paused_until > today:
        return f"No lessons are sent to you before {_day(timing.paused_until)}."
    if cohort is None:
        return "No lessons are sent to you unasked. Write “lesson” for one."
    if cohort.channel is not None:
        return "Lessons are offered to your group in its channel."
    often = "once a week, " if timing.is_weekly else ""
    return f"Lessons come {often}{' or '.join(map(_rule_told, own_rules(timing) or cohort.when))}."


def settings(agenda: Agenda, rules: LessonRules, value: str, today: date) -> Message:
    """Return what somebody's settings are, with ways to change them; `value` is an opaque id."""
    timing = agenda.timing
    said = state(agenda, today)
    minutes = min(rules.weekly_minutes, timing.weekly_minutes or rules.weekly_minutes)
    facts = Facts((("Quiet hours", _quiet_told(timing.quiet, rules)), ("Minutes a week", f"{minutes} at most")))
    change = Button("Change My Settings", "settings_form", value, is_primary=True)
    start = Button("Start Lessons", "lessons_start", value)
    is_off = timing.is_stopped or (timing.paused_until is not None and timing.paused_until > today)
    more = start if is_off else Menu("More", MORE, value)
    # Only who manages somebody ever stopped it.
    digest = (Button("Start Digest", "digest_start", value),) if timing.is_digest_stopped else ()
    return Message(said, (Text(said), facts, Actions((change, *digest, more))))


def settings_form(agenda: Agenda, rules: LessonRules, value: str, today: date) -> Form:
    """Return the form of somebody's settings, filled with what they are."""
    timing = agenda.timing
    own = timing.minutes_before_shift
    time = clock(timing.at_minute) if timing.at_minute is not None else "" if own is None else str(own)
    until = timing.paused_until
    fields = (
        _field(TIME, "When lessons come", "For example 20 (minutes before a shift), or 08:45", time),
        _field(QUIET, "Your own quiet hours", "For example 18:00-09:00", str(timing.quiet or "")),
        _field(
            MINUTES, "Minutes of lessons a week", f"At most {rules.weekly_minutes}", str(timing.weekly_minutes or "")
        ),
        _field(
            PAUSE, "No lessons before", "For example 2026-12-24", until.isoformat() if until and until > today else ""
        ),
    )
    blocks = (Text(state(agenda, today)), Note("Leave a field empty to have it as your company does."))
    return Form("Settings", "settings_form", value, blocks, fields, "Save")


def _field(name: str, label: str, hint: str, value: str) -> Field:
    return Field(name, label, hint, most=20, value=value, is_optional=True)


def _with_ways_back(said: str, token: str, undo: str) -> Message:
    start = Button("Start Now", "run_start", token)
    return Message(said, (Text(said), Actions((start, Button("Undo", undo, token)))))


def _with_start(said: str, value: str) -> Message:
    return Message(said, (Text(said), Actions((Button("Start Lessons", "lessons_start", value),))))


def _rule_told(when: When) -> str:
    work = when.workflow.replace("_", " ")
    match when.kind:
        case "before_shift":
            return f"{when.minutes} minutes before your shift"
        case "before_work":
            return f"before a {work}"
        case "after_work":
            return f"after a {work}"
        case "end_of_day":
            return f"at the end of {WEEKDAYS[when.weekday].capitalize()}"
        case "at_time":
            return f"at {clock(when.at_minute)}"


def _quiet_told(own: Hours | None, rules: LessonRules) -> str:
    told = [str(hours) for hours in (rules.quiet, own) if hours is not None]
    return " and ".join(told) or "none"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
