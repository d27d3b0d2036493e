"""Owns what the company says of when practice is sent: cohorts, their rules in words, and what holds for all (pure)."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from lessons.hours import Hours, read_clock
from metrics.work import workflow_name

BEFORE_SHIFT: Literal["before_shift"] = "before_shift"
BEFORE_WORK: Literal["before_work"] = "before_work"
AFTER_WORK: Literal["after_work"] = "after_work"
END_OF_DAY: Literal["end_of_day"] = "end_of_day"
AT_TIME: Literal["at_time"] = "at_time"

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BEFORE_OR_AFTER = re.compile(r"(?:(\d{1,3}) minutes? )?(before|after) (?:an? |the )?([a-z][a-z0-9 _-]{0,60})")
END_OF = re.compile(rf"end of ({'|'.join(WEEKDAYS)})")
USUAL_MINUTES = 15
FEWEST_BEFORE_SHIFT, MOST_BEFORE_SHIFT = 10, 120
MOST_MINUTES = 240


@dataclass(frozen=True)
class When:
    """One rule of a cohort; `kind` names the slots it makes.

    `minutes` lie between the lesson and the shift or the work; `workflow` names the work, `weekday` (Monday 0) the day
    whose end is meant, `at_minute` the minute of the day.
    """

    kind: Literal["before_shift", "before_work", "after_work", "end_of_day", "at_time"]
    minutes: int = 0
    workflow: str = ""
    weekday: int = 0
    at_minute: int = 0


@dataclass(frozen=True)
class Cohort:
    """People who are sent practice alike. Each filter that is not empty must hold: a role, the team, site or e-mail.

    `minutes` is the budget of one lesson; `hours` says, by weekday (Monday 0), when whoever has no imported shift
    works. `channel` is where the cohort's one message goes, such as slack:C0123; None for a direct message each.
    """

    name: str
    when: tuple[When, ...]
    minutes: int = 11
    roles: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    hours: dict[int, Hours] = field(default_factory=dict, hash=False)
    channel: str | None = None

    def holds(self, email: str, roles: Collection[str], team: str | None, site: str | None) -> bool:
        """Say whether somebody belongs to it."""
        return (
            (not self.people or email.lower() in self.people)
            and (not self.roles or bool(self.roles & set(roles)))
            and (not self.teams or team in self.teams)
            and (not self.sites or site in self.sites)
        )


@dataclass(frozen=True)
class LessonRules:
    """What holds for everybody; `working_days` are weekdays (Monday 0), `reminder_hours` None for no reminder.

    `weekly_minutes` caps the practice of each person, unless they chose less.
    """

    cohorts: tuple[Cohort, ...] = ()
    weekly_minutes: int = 30
    quiet: Hours | None = None
    reminder_hours: int | None = None
    working_days: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()

    @property
    def workflows(self) -> frozenset[str]:
        """The work some lesson comes before."""
        rules = (when for cohort in self.cohorts for when in cohort.when)
        return frozenset(when.workflow for when in rules if when.kind == BEFORE_WORK)

    def cohort_of(self, email: str, roles: Collection[str], team: str | None, site: str | None) -> Cohort | None:
        """Return the first cohort somebody belongs to, None for whom Coach sends nothing unasked."""
        return next((cohort for cohort in self.cohorts if cohort.holds(email, roles, team, site)), None)


def read_when(words: str) -> When:
    """Return the rule written like "15 minutes before shift", "after sale", "before client call", "end of friday" or
    "at 08:45". Raises ValueError with a sentence.
    """
    plain = " ".join(words.lower().split())
    if plain.startswith("at "):
        return When(AT_TIME, at_minute=read_clock(plain.removeprefix("at ")))
    if found := END_OF.fullmatch(plain):
        return When(END_OF_DAY, weekday=WEEKDAYS.index(found[1]))
    found = BEFORE_OR_AFTER.fullmatch(plain)
    if found is None:
        raise ValueError(
            f"{words!r} is no time for a lesson. Write it like one of these: 15 minutes before shift, after sale, "
            "30 minutes before client call, end of friday, at 08:45"
        )
    minutes = int(found[1] or USUAL_MINUTES)
    is_shift = found[3] in ("shift", "shifts")
    if is_shift and found[2] == "after":
        raise ValueError(f"{words!r}: a lesson comes before a shift, or at the end of a day: end of friday")
    fewest, most = (FEWEST_BEFORE_SHIFT, MOST_BEFORE_SHIFT) if is_shift else (0, MOST_MINUTES)
    if not fewest <= minutes <= most:
        raise ValueError(f"{words!r}: the minutes must be from {fewest} to {most}")
    if is_shift:
        return When(BEFORE_SHIFT, minutes)
    return When(BEFORE_WORK if found[2] == "before" else AFTER_WORK, minutes, workflow_name(found[3]))
