"""Reads the block `lessons:` of company.yaml: who is sent practice, when, and when never."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from lessons.hours import read_hours
from lessons.rules import WEEKDAYS, Cohort, LessonRules, read_when

# Names of channels cannot be looked up, and they change; ids stay.
CHANNEL = re.compile(r"slack:[CG][A-Z0-9]{2,20}|teams:19:[!-~]{1,250}")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def _as_written(read: Callable[[str], object]) -> AfterValidator:
    """Check words and keep them as they are: the block is stored as it was written."""

    def check(words: str) -> str:
        read(words)
        return words

    return AfterValidator(check)


def _channel(words: str) -> str:
    if not CHANNEL.fullmatch(words):
        raise ValueError(
            f"{words!r} is not a channel by its id, like slack:C0123ABCD or teams:19:abc@thread.tacv2; a name alone "
            "cannot be found"
        )
    return words


WhenWords = Annotated[str, _as_written(read_when)]
HoursWords = Annotated[str, _as_written(read_hours)]


class CohortBlock(BaseModel):
    """People who are sent practice alike; see lessons.rules.Cohort. No filter at all means everybody."""

    model_config = ConfigDict(extra="forbid")

    when: list[WhenWords] = Field(min_length=1)
    minutes: int = Field(default=11, ge=1, le=60)
    roles: list[str] = []
    teams: list[str] = []
    sites: list[str] = []
    people: list[str] = []
    hours: dict[Weekday, HoursWords] = {}
    channel: Annotated[str, AfterValidator(_channel)] | None = None

    def cohort(self, name: str) -> Cohort:
        """Return the cohort it describes."""
        return Cohort(
            name,
            tuple(map(read_when, self.when)),
            self.minutes,
            roles=frozenset(self.roles),
            teams=frozenset(self.teams),
            sites=frozenset(self.sites),
            people=frozenset(map(str.lower, self.people)),
            hours={WEEKDAYS.index(day): read_hours(words) for day, words in self.hours.items()},
            channel=self.channel,
        )


class LessonsBlock(BaseModel):
    """When practice is sent unasked: weekly minutes of a person, quiet hours on their clock, and cohorts by name.

    `manager_confirms` asks somebody's manager, too, once they say that they used a lesson at work.
    """

    model_config = ConfigDict(extra="forbid")

    weekly_minutes: int = Field(default=30, ge=1, le=600)
    quiet_hours: HoursWords | None = "20:00-07:00"
    reminder_hours: int | None = Field(default=None, ge=1, le=12)
    manager_confirms: bool = False
    cohorts: dict[Annotated[str, Field(min_length=1, max_length=100)], CohortBlock] = {}

    @model_validator(mode="after")
    def _outside_quiet_hours(self) -> "LessonsBlock":
        quiet = read_hours(self.quiet_hours) if self.quiet_hours else None
        for name, block in self.cohorts.items():
            for words in block.when:
                when = read_when(words)
                if quiet and when.kind == "at_time" and quiet.hold(when.at_minute):
                    raise ValueError(f"the cohort {name!r} has {words!r}, which lies in the quiet hours {quiet}")
        return self

    def rules(self, working_days: Iterable[str], holidays: Iterable[date]) -> LessonRules:
        """Return the rules it states, with the days the company does not work."""
        return LessonRules(
            tuple(block.cohort(name) for name, block in self.cohorts.items()),
            self.weekly_minutes,
            read_hours(self.quiet_hours) if self.quiet_hours else None,
            self.reminder_hours,
            frozenset(map(WEEKDAYS.index, working_days)),
            frozenset(holidays),
        )


def without_person(stored: dict[str, Any], email: str) -> dict[str, Any]:
    """Return a stored block without somebody's e-mail.

    A cohort of nobody else goes whole: without a filter it would mean everybody.
    """
    cohorts = {}
    for name, cohort in stored["cohorts"].items():
        left = [person for person in cohort["people"] if person.lower() != email]
        if left or not cohort["people"]:
            cohorts[name] = cohort | {"people": left}
    return stored | {"cohorts": cohorts}
