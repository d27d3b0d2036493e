"""Owns Standing: who can do what and who needs help with what, as values; lessons/standings.py finds them out."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


class SkillState(StrEnum):
    """Where somebody stands in a skill; only MASTERED counts as mastered."""

    NOT_STARTED = "not_started"
    PRACTISING = "practising"
    AWAITS_SIGN_OFF = "awaits_sign_off"  # the evidence is there, a person's word is not
    LAPSED = "lapsed"  # it was mastered, and recall fell under the rule or its SOP changed
    MASTERED = "mastered"


@dataclass(frozen=True)
class SkillStanding:
    """One person in one skill.

    `recall` is the mean predicted chance 0-1 of a right answer to its items now, None before the first answer.
    `mastered_at` is when the evidence sufficed. `days_to_competence` is from the first lesson to the first unseen
    scenario passed, None while there is none; `benchmark_days` what the company expects, None where it says nothing.
    """

    skill: str
    title: str
    state: SkillState
    is_needed: bool = True
    lapsed_because: Literal["recall", "sop_changed"] | None = None
    recall: float | None = None
    mastered_at: datetime | None = None
    started_at: datetime | None = None
    last_at: datetime | None = None
    days_to_competence: float | None = None
    benchmark_days: int | None = None

    @property
    def is_within_benchmark(self) -> bool | None:
        """Whether competence was shown in the days expected; None where nothing is expected or it is still open."""
        if self.benchmark_days is None or self.days_to_competence is None:
            return None
        return self.days_to_competence <= self.benchmark_days


class NeedKind(StrEnum):
    """Why somebody needs help, the gravest first."""

    MISSED_AT_WORK = "missed_at_work"  # the same step of the work missed or put right at least twice in 30 days
    SCENARIO_FAILED = "scenario_failed"  # all modules of the skill done, its newest scenarios failed
    MISSED_IN_PRACTICE = "missed_in_practice"  # the same step of an SOP missed twice in 30 days, the last time too
    OVERDUE = "overdue"  # a track is past its date
    STALLED = "stalled"  # began, and has not practised for two weeks
    LAPSED = "lapsed"  # recall fell under the rule
    SOP_CHANGED = "sop_changed"  # what was mastered has changed
    NOT_STARTED = "not_started"  # needed, and never practised


@dataclass(frozen=True)
class Need:
    """One reason for help. `skill` is its key, "" where it is about no skill; `step` the step of the SOP or work.

    `times` counts what happened, `since` is when it began or was due; `about` a track's title where it is one.
    """

    kind: NeedKind
    skill: str = ""
    title: str = ""
    step: str | None = None
    times: int = 0
    since: datetime | None = None
    about: str = ""

    @property
    def gravity(self) -> tuple[int, int]:
        """What to sort needs by, the gravest first."""
        return (list(NeedKind).index(self.kind), -self.times)


@dataclass(frozen=True)
class Standing:
    """One person: their skills in the order of company.yaml.

    `needs` are what another person can help with, `coming` what their lessons bring by themselves; both the gravest
    first. `last_at` is when they last answered anything.
    """

    person_id: int
    skills: tuple[SkillStanding, ...] = ()
    needs: tuple[Need, ...] = field(default=())
    last_at: datetime | None = None
    coming: tuple[Need, ...] = ()

    @property
    def to_do(self) -> tuple[Need, ...]:
        """Everything that is open for them: what they need help with, then what lessons bring."""
        return (*self.needs, *self.coming)

    @property
    def needed(self) -> tuple[SkillStanding, ...]:
        """The skills their role needs."""
        return tuple(skill for skill in self.skills if skill.is_needed)

    @property
    def mastered(self) -> int:
        """How many of the needed skills are mastered now."""
        return sum(skill.state is SkillState.MASTERED for skill in self.needed)

    @property
    def coverage(self) -> float | None:
        """The share 0-1 of needed skills that are mastered now; None where none is needed."""
        return self.mastered / len(self.needed) if self.needed else None

    @property
    def urgency(self) -> tuple[tuple[int, int], ...]:
        """What to sort people by: who needs help most comes first, whoever needs none last."""
        return tuple(need.gravity for need in self.needs) or ((len(NeedKind), 0),)
