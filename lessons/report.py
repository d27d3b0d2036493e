"""Owns the reports of progress as values: of one person, of people and groups, of a skill. Every screen shows these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from metrics.periods import Period
from metrics.standing import Standing
from metrics.streaks import Streak
from metrics.tallies import Tally


@dataclass(frozen=True)
class Whose:
    """Whom a report is about, for whoever may see them."""

    person_id: int
    name: str
    team: str | None = None
    site: str | None = None
    roles: tuple[str, ...] = ()
    started_on: date | None = None


@dataclass(frozen=True)
class Effort:
    """What others may see of somebody's practice: lessons completed and minutes of a period, no answers."""

    lessons: int = 0
    minutes: float = 0.0


@dataclass(frozen=True)
class Week:
    """A week from `starts_on`, a Monday on the person's calendar, in which they practised."""

    starts_on: date
    tally: Tally


@dataclass(frozen=True)
class OwnPractice:
    """What only the person sees: the period, the one before it, and weeks in which they practised, oldest first.

    `confidence_gain` is how much surer they are than at first, in points of 0-1; None while nothing was answered twice.
    `days_practised` are days of the period, on their own clock, with at least one answer.
    """

    tally: Tally
    before: Tally
    weeks: tuple[Week, ...] = ()
    by_skill: Mapping[str, Tally] = field(default_factory=dict)
    streak: Streak = field(default_factory=Streak)
    confidence_gain: float | None = None
    days_practised: int = 0


@dataclass(frozen=True)
class PersonReport:
    """One person in a period; `own` is None for everybody but themselves."""

    whose: Whose
    period: Period
    standing: Standing
    effort: Effort = Effort()
    own: OwnPractice | None = None


@dataclass(frozen=True)
class GroupFigures:
    """What a group did: `contributors` are the people in it who practised in the period.

    `mastered` and `needed` count skills of its people now, one for each person and skill.
    """

    contributors: int
    tally: Tally
    mastered: int = 0
    needed: int = 0

    @property
    def lessons(self) -> int | None:
        """The lessons completed; None where none was opened, or too few people opened one to say."""
        return self.tally.lessons_completed if self.tally.lessons_opened else None

    @property
    def minutes(self) -> float | None:
        """The minutes of practice; None where there are none, or of too few people to say."""
        return self.tally.minutes if self.tally.seconds else None

    @property
    def coverage(self) -> float | None:
        """The share 0-1 of needed skills that are mastered; None where none is needed."""
        return self.mastered / self.needed if self.needed else None


@dataclass(frozen=True)
class GroupRow:
    """A group with its size; figures are None where showing them would tell about single people."""

    label: str
    people: int
    figures: GroupFigures | None = None
    before: GroupFigures | None = None


@dataclass(frozen=True)
class SkillCoverage:
    """How many of the people who need a skill stand where in it."""

    skill: str
    title: str
    needed: int = 0
    mastered: int = 0
    lapsed: int = 0
    awaiting_sign_off: int = 0
    practising: int = 0
    not_started: int = 0


@dataclass(frozen=True)
class TeamReport:
    """The people somebody may see in a period: team by team, in each who needs help most first.

    `people` is empty for an auditor. `whole` are all of them together, `groups` the same people divided `by` team,
    role, site, tenure or cohort. What groups did is counted in `groups_period`, which ends with a whole week.
    """

    period: Period
    people: tuple[PersonReport, ...]
    whole: GroupRow
    skills: tuple[SkillCoverage, ...]
    by: str | None = None
    groups: tuple[GroupRow, ...] = ()
    groups_period: Period | None = None
