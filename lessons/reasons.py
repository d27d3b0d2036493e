"""Owns why a lesson comes now, as one plain sentence to the person, below the title of that lesson."""

from datetime import date, timedelta

TIMES = {2: "twice", 3: "three times"}


def after_absence(skill: str, away: timedelta) -> str:
    """Return why a short review comes before anything new."""
    return f"You have not practised for {_weeks(away)}, so first a short review of “{skill}”."


def track_step(track: str, number: int, due_on: date | None) -> str:
    """Return why a step of a track comes; `number` counts its steps from 1."""
    place = "the first step" if number == 1 else f"step {number}"
    due = f", due by {due_on.day} {due_on:%B}" if due_on else ""
    return f"This is {place} of your track “{track}”{due}."


def before_track_step(needed_by: str, track: str) -> str:
    """Return why a lesson comes that a step of a track builds on."""
    return f"This comes before “{needed_by}” on your track “{track}”."


def changed(title: str) -> str:
    """Return why a lesson comes once more, or one about a change comes at all."""
    return f"What you learned has changed since: “{title}” shows how it is done now."


def sure_and_wrong(item: str) -> str:
    """Return why an item comes that was answered wrong with confidence."""
    return f"You were sure about “{item}” last time, and it was wrong."


def workshop(skill: str, held_on: date, today: date) -> str:
    """Return why practice follows a workshop."""
    days = (today - held_on).days
    when = f"on {held_on:%A}" if days < 7 else f"{_weeks(timedelta(days=days))} ago"
    return f"Your workshop on “{skill}” was {when}."


def missed_item(item: str, times: int) -> str:
    """Return why an item comes that was answered wrong again and again."""
    return f"You missed “{item}” {_times(times)}."


def missed_step(skill: str, step: int, times: int) -> str:
    """Return why a step comes that was answered wrong again and again."""
    return f"You missed step {step} of “{skill}” {_times(times)}."


def missed_at_work(skill: str, step: str, times: int) -> str:
    """Return why a step comes that was missed in the work itself; a step may be a number or words."""
    name = f"step {step}" if step.isdecimal() else f"the step “{step}”"
    return f"You missed {name} of “{skill}” {_times(times)} at work."


def first_lesson() -> str:
    """Return why somebody new begins with a lesson."""
    return "This is a good first lesson for your role."


def new_lesson(skill: str) -> str:
    """Return why a lesson comes that is new to somebody."""
    return f"This is your next lesson in “{skill}”."


def fading(skill: str, unpractised: timedelta) -> str:
    """Return why a skill is reviewed."""
    if unpractised < timedelta(days=14):
        return f"A few questions keep “{skill}” from fading."
    return f"You have not practised “{skill}” for {_weeks(unpractised)}."


def _weeks(length: timedelta) -> str:
    weeks = max(1, length // timedelta(days=7))
    return "a week" if weeks == 1 else f"{weeks} weeks"


def _times(number: int) -> str:
    return TIMES.get(number, f"{number} times")
