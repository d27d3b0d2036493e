"""Owns mistakes in the work before practice and after it, side by side."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from metrics.events.kinds import LessonCompleted
from metrics.events.record import EventRow
from metrics.shares import Share
from metrics.step_tallies import WorkStep
from metrics.work import MISTAKEN, SEEN, WorkEvent, has_happened, workflow_name

USUAL_DAYS = 30


@dataclass(frozen=True)
class ErrorReduction:
    """Mistakes of the same people at one step of the work, `before` their first lesson in the skill and `after` it.

    Each share is of mistakes in eligible items. `people` have items on both sides and are compared; `one_sided` have
    them on one side only, `too_early` are those whose time after the lesson is not over: both are left out.
    """

    skill: str
    step: WorkStep
    before: Share
    after: Share
    people: int
    one_sided: int
    too_early: int

    @property
    def change(self) -> float | None:
        """The share after less the share before, -1 to 1: below 0 are fewer mistakes. None where nobody is compared."""
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


@dataclass
class _Sides:
    before: Share = field(default_factory=Share)
    after: Share = field(default_factory=Share)


def error_reduction(
    session: Session,
    person_ids: Collection[int] | None,
    skills: Mapping[str, Collection[str]],
    until: datetime,
    days: int = USUAL_DAYS,
) -> list[ErrorReduction]:
    """Return mistakes at each step of the work before and after practice, the step with the most compared people first.

    For each person, skill and step of one of its workflows: mistakes (missed or corrected) / eligible items (done,
    alone, missed or corrected) in the `days` up to and with their first completed lesson in the skill, and in the
    `days` after it, each as a share 0-1 pooled over people. Only people count who have eligible items on both sides and
    whose days after the lesson are over at `until`; the others are said in numbers. It compares two spans of time and
    says nothing of why they differ: who often errs now errs less later by chance alone.

    `skills` are the workflows of each skill, `person_ids` None means everybody. Items without a step, and appointments,
    are left out. Two queries. Source: lesson_completed events, work events.
    """
    span = timedelta(days=days)
    first_lessons = _first_lessons(session, person_ids, skills, until)
    if not first_lessons:
        return []
    skills_of: dict[str, list[str]] = {}
    for skill, workflows in skills.items():
        for workflow in set(map(workflow_name, workflows)):
            skills_of.setdefault(workflow, []).append(skill)
    sides: dict[tuple[str, WorkStep], dict[int, _Sides]] = {}
    items = select(WorkEvent.person_id, WorkEvent.workflow, WorkEvent.step, WorkEvent.outcome, WorkEvent.at).where(
        WorkEvent.at > min(first_lessons.values()) - span,
        WorkEvent.at <= until,
        WorkEvent.step.is_not(None),
        WorkEvent.outcome.in_((*SEEN, *MISTAKEN)),
        has_happened(),
    )
    if person_ids is not None:
        items = items.where(WorkEvent.person_id.in_(person_ids))
    for person_id, said, step, outcome, at in session.execute(items):
        workflow = workflow_name(said)
        for skill in skills_of.get(workflow, ()):
            first_at = first_lessons.get((person_id, skill))
            if first_at is None or not first_at - span < at <= first_at + span:
                continue
            its_sides = sides.setdefault((skill, WorkStep(workflow, step or "")), {}).setdefault(person_id, _Sides())
            item = Share(int(outcome in MISTAKEN), 1)
            if at <= first_at:
                its_sides.before += item
            else:
                its_sides.after += item
    is_over = {key: first_at + span <= until for key, first_at in first_lessons.items()}
    found = [_pooled(skill, step, by_person, is_over) for (skill, step), by_person in sides.items()]
    return sorted(found, key=lambda one: (-one.people, one.skill, one.step))


def _first_lessons(
    session: Session, person_ids: Collection[int] | None, skills: Collection[str], until: datetime
) -> dict[tuple[int, str], datetime]:
    query = select(EventRow.person_id, EventRow.skill, func.min(EventRow.at)).where(
        EventRow.kind == LessonCompleted.kind,
        EventRow.person_id.is_not(None),
        EventRow.skill.in_(tuple(skills)),
        EventRow.at <= until,
    )
    if person_ids is not None:
        query = query.where(EventRow.person_id.in_(person_ids))
    rows = session.execute(query.group_by(EventRow.person_id, EventRow.skill))
    return {(person_id, skill): at for person_id, skill, at in rows if person_id is not None and skill is not None}


def _pooled(
    skill: str, step: WorkStep, by_person: Mapping[int, _Sides], is_over: Mapping[tuple[int, str], bool]
) -> ErrorReduction:
    over = [sides for person_id, sides in by_person.items() if is_over[person_id, skill]]
    compared = [sides for sides in over if sides.before.whole and sides.after.whole]
    return ErrorReduction(
        skill,
        step,
        before=sum((sides.before for sides in compared), Share()),
        after=sum((sides.after for sides in compared), Share()),
        people=len(compared),
        one_sided=len(over) - len(compared),
        too_early=len(by_person) - len(over),
    )
