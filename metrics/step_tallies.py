"""Owns what each person did at each step of an SOP or of the work in a period, which figures by step are made of."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, select
from sqlalchemy.orm import Session

from metrics.events.kinds import ItemAnswered
from metrics.events.record import EventRow
from metrics.periods import Period
from metrics.tallies import RIGHT_SCORE
from metrics.work import MISTAKEN, SEEN, WorkEvent, has_happened, workflow_name


@dataclass(frozen=True, order=True)
class AnswerStep:
    """A step of the SOP a module is about: `module` is the module's file, `step` the step's number there."""

    skill: str
    module: str
    step: int


@dataclass(frozen=True, order=True)
class WorkStep:
    """A step of the work: `workflow` as metrics.work.workflow_name writes it, `step` a number or name as reported."""

    workflow: str
    step: str


Step = TypeVar("Step", AnswerStep, WorkStep)


@dataclass(frozen=True)
class StepTally:
    """What one person did at one step: `times` answers or items of work, of which so many were `missed`.

    `score_sum` adds the scores 0-1 of answers (of work: 1 for each item not missed). None where it never happened.
    """

    times: int
    missed: int
    score_sum: float
    first_missed_at: datetime | None
    last_missed_at: datetime | None
    last_right_at: datetime | None

    def __add__(self, other: "StepTally") -> "StepTally":
        return StepTally(
            self.times + other.times,
            self.missed + other.missed,
            self.score_sum + other.score_sum,
            min(filter(None, (self.first_missed_at, other.first_missed_at)), default=None),
            max(filter(None, (self.last_missed_at, other.last_missed_at)), default=None),
            max(filter(None, (self.last_right_at, other.last_right_at)), default=None),
        )

    @property
    def is_newest_missed(self) -> bool:
        """Whether the last time was a miss."""
        if self.last_missed_at is None:
            return False
        return self.last_right_at is None or self.last_missed_at >= self.last_right_at


def answered_steps(
    session: Session, person_ids: Collection[int] | None, period: Period, skill: str | None = None
) -> dict[tuple[int, AnswerStep], StepTally]:
    """Return what each person answered about each step in a period: (person id, step) -> tally. One query."""
    facts = select(
        EventRow.person_id,
        EventRow.skill,
        EventRow.payload["item"].as_string().label("item"),
        EventRow.payload["step"].as_integer().label("step"),
        func.coalesce(EventRow.score, 0.0).label("score"),
        EventRow.at,
    ).where(EventRow.kind == ItemAnswered.kind, EventRow.at > period.since, EventRow.at <= period.until)
    if person_ids is not None:
        facts = facts.where(EventRow.person_id.in_(person_ids))
    if skill is not None:
        facts = facts.where(EventRow.skill == skill)
    # PostgreSQL groups by a value out of JSON only where it is a column.
    rows = facts.subquery().c
    group = (rows.person_id, rows.skill, rows.item, rows.step)
    is_known = (column.is_not(None) for column in group)
    tallied = select(*group, *_tallied(rows.score < RIGHT_SCORE, rows.score, rows.at)).where(*is_known)
    found: dict[tuple[int, AnswerStep], StepTally] = {}
    for person_id, its_skill, item, step, *counts in session.execute(tallied.group_by(*group)):
        key = (person_id, AnswerStep(its_skill, item.partition("#")[0], step))
        _add(found, key, StepTally(*counts))
    return found


def worked_steps(
    session: Session, person_ids: Collection[int] | None, period: Period
) -> dict[tuple[int, WorkStep], StepTally]:
    """Return how each step of the work went for each person in a period: (person id, step) -> tally. One query."""
    group = (WorkEvent.person_id, WorkEvent.workflow, WorkEvent.step)
    is_missed = WorkEvent.outcome.in_(MISTAKEN)
    tallied = select(*group, *_tallied(is_missed, case((is_missed, 0.0), else_=1.0), WorkEvent.at)).where(
        WorkEvent.at > period.since,
        WorkEvent.at <= period.until,
        WorkEvent.step.is_not(None),
        WorkEvent.outcome.in_((*SEEN, *MISTAKEN)),
        has_happened(),
    )
    if person_ids is not None:
        tallied = tallied.where(WorkEvent.person_id.in_(person_ids))
    found: dict[tuple[int, WorkStep], StepTally] = {}
    for person_id, workflow, step, *counts in session.execute(tallied.group_by(*group)):
        _add(found, (person_id, WorkStep(workflow_name(workflow), step or "")), StepTally(*counts))
    return found


def by_step(found: Mapping[tuple[int, Step], StepTally]) -> dict[Step, list[tuple[int, StepTally]]]:
    """Return the people and tallies of each step, steps and people in order."""
    found_by_step: dict[Step, list[tuple[int, StepTally]]] = {}
    for (person_id, step), tally in sorted(found.items(), key=lambda entry: entry[0]):
        found_by_step.setdefault(step, []).append((person_id, tally))
    return found_by_step


def _tallied(
    is_missed: ColumnElement[bool], score: ColumnElement[float], at: SQLColumnExpression[datetime]
) -> tuple[ColumnElement[Any], ...]:
    """Return what to select for a StepTally, in the order of its fields."""
    return (
        func.count(),
        func.sum(case((is_missed, 1), else_=0)),
        func.sum(score),
        func.min(case((is_missed, at))),
        func.max(case((is_missed, at))),
        func.max(case((~is_missed, at))),
    )


def _add(found: dict[tuple[int, Step], StepTally], key: tuple[int, Step], tally: StepTally) -> None:
    found[key] = found[key] + tally if key in found else tally
