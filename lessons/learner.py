"""Owns Learner: everything the choice of the next lesson needs to know of one person, and loading it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.ability import Ability
from lessons.memory import Memory
from lessons.module import Taught
from lessons.recalibration import predict
from lessons.recall import history_of, memory_of, recalibration_of
from lessons.tables import Confirmation, ItemMemory, LearningDay, LessonRun, SkillAbility, TrackAssignment, TrackRow
from lessons.tracks import TRACK
from metrics.events.kinds import LessonCompleted, LessonPartDone
from metrics.events.record import EventRow
from metrics.people import Person
from metrics.tallies import RIGHT_SCORE
from metrics.work import missed_steps

WEEK = timedelta(days=7)
WORK_COUNTS = timedelta(days=30)
SURE = 0.75
SECTIONS = TypeAdapter(tuple[Taught, ...])


@dataclass(frozen=True)
class Known:
    """One item somebody has answered; `recall` is the predicted chance 0-1 of a right answer now.

    `missed_in_row` counts wrong answers since the last right one; `step` is the SOP's step it is about.
    """

    item: str
    skill: str
    memory: Memory
    recall: float
    missed_in_row: int = 0
    last_score: float = 1.0
    last_confidence: float | None = None
    step: int | None = None

    @property
    def was_right(self) -> bool:
        """Whether the last answer was right."""
        return self.last_score >= RIGHT_SCORE

    @property
    def was_sure_and_wrong(self) -> bool:
        """Whether the last answer was wrong and given with confidence."""
        return not self.was_right and self.last_confidence is not None and self.last_confidence >= SURE


@dataclass(frozen=True)
class TrackStep:
    """A module of a track somebody is on, still to be done; `number` counts the track's steps from 1.

    `comes_first` for onboarding and required tracks, and for any with a due date.
    """

    track: str
    number: int
    module: str
    due_on: date | None = None
    comes_first: bool = False


@dataclass(frozen=True)
class Learner:
    """One person, as the choice sees them.

    `known` are items by key. `mastered_at` says since when the evidence for a skill suffices; one whose SOP changed
    since stands in `stale_since` instead. `signed_off` names the skills a person vouched for. `completed` says when a
    module was last gone through, `taught` which sections in which version they were taught by then. `missed_at_work`
    counts (workflow, step) in 30 days. `minutes_this_week` is the effort of the last 7 days, `last_skill` that of the
    last lesson.
    """

    person_id: int
    roles: frozenset[str] = frozenset()
    known: Mapping[str, Known] = field(default_factory=dict)
    abilities: Mapping[str, Ability] = field(default_factory=dict)
    mastered_at: Mapping[str, datetime] = field(default_factory=dict)
    stale_since: Mapping[str, datetime] = field(default_factory=dict)
    signed_off: frozenset[str] = frozenset()
    completed: Mapping[str, datetime] = field(default_factory=dict)
    taught: frozenset[Taught] = frozenset()
    missed_at_work: Mapping[tuple[str, str], int] = field(default_factory=dict)
    track_steps: tuple[TrackStep, ...] = ()
    learning_days: tuple[tuple[str, date], ...] = ()
    minutes_this_week: float = 0.0
    last_skill: str | None = None

    @property
    def last_practised_at(self) -> datetime | None:
        """When they last answered anything; None before the first time."""
        return max((known.memory.last_at for known in self.known.values()), default=None)


def load_learner(session: Session, person: Person, now: datetime) -> Learner:
    """Return what is known of a person at an instant, which may lie ahead: practice is planned before its day."""
    abilities = session.scalars(select(SkillAbility).where(SkillAbility.person_id == person.id)).all()
    completed, taught, last_skill = _completed(session, person.id)
    return Learner(
        person_id=person.id,
        roles=frozenset(person.roles),
        known=_known(session, person.id, now),
        abilities={row.skill: Ability(row.estimate, row.answered) for row in abilities},
        mastered_at={row.skill: row.mastered_at for row in abilities if row.mastered_at and not row.stale_since},
        stale_since={row.skill: row.stale_since for row in abilities if row.stale_since},
        signed_off=signed_off(session, person.id),
        completed=completed,
        taught=taught,
        missed_at_work=missed_steps(session, person.id, now - WORK_COUNTS),
        track_steps=_track_steps(session, person.id, completed),
        learning_days=_learning_days(session, person.id),
        minutes_this_week=minutes_this_week(session, person.id, now),
        last_skill=last_skill,
    )


def minutes_this_week(session: Session, person_id: int, now: datetime) -> float:
    """Return the minutes practised in the last 7 days; a lesson left in the middle counts by its parts."""
    query = select(EventRow.kind, EventRow.payload["run_id"].as_integer(), EventRow.seconds).where(
        EventRow.kind.in_((LessonPartDone.kind, LessonCompleted.kind)),
        EventRow.person_id == person_id,
        EventRow.at > now - WEEK,
    )
    parts: dict[int, float] = {}
    whole: dict[int, float] = {}
    for kind, run_id, seconds in session.execute(query):
        totals = whole if kind == LessonCompleted.kind else parts
        totals[run_id] = totals.get(run_id, 0.0) + (seconds or 0.0)
    return sum(max(parts.get(run_id, 0.0), whole.get(run_id, 0.0)) for run_id in parts.keys() | whole.keys()) / 60


def signed_off(session: Session, person_id: int) -> frozenset[str]:
    """Return the skills another person vouched for."""
    said_yes = (Confirmation.kind == "sign_off", Confirmation.answer == "yes", Confirmation.person_id == person_id)
    return frozenset(session.scalars(select(Confirmation.subject).where(*said_yes)))


def _known(session: Session, person_id: int, now: datetime) -> dict[str, Known]:
    known = {}
    model = recalibration_of(session, person_id)
    for row in session.scalars(select(ItemMemory).where(ItemMemory.person_id == person_id).order_by(ItemMemory.item)):
        known[row.item] = Known(
            item=row.item,
            skill=row.skill,
            memory=memory_of(row),
            recall=predict(model, history_of(row, now)),
            missed_in_row=row.missed_in_row,
            last_score=row.last_score,
            last_confidence=row.last_confidence,
            step=row.step,
        )
    return known


def _completed(session: Session, person_id: int) -> tuple[dict[str, datetime], frozenset[Taught], str | None]:
    """Return when each module was last gone through, what was taught in them, and the skill of the last lesson."""
    # A course holds the module as it was shown, with the versions of its sections then.
    sections = LessonRun.content["modules", 0, "teaches"]
    query = select(LessonRun.module, LessonRun.skill, LessonRun.finished_at, sections).where(
        LessonRun.person_id == person_id, LessonRun.state == "completed"
    )
    completed: dict[str, datetime] = {}
    taught: set[Taught] = set()
    last_skill = None
    for module, skill, finished_at, teaches in session.execute(query.order_by(LessonRun.finished_at, LessonRun.id)):
        last_skill = skill
        if module is not None and finished_at is not None:
            completed[module] = finished_at
            taught.update(SECTIONS.validate_python(teaches))
    return completed, frozenset(taught), last_skill


def _track_steps(session: Session, person_id: int, completed: Mapping[str, datetime]) -> tuple[TrackStep, ...]:
    """Return the modules still to do of the tracks somebody is on, in the order of tracks and steps."""
    on = (
        select(TrackAssignment.due_on, TrackRow.content)
        .join(TrackRow, TrackRow.name == TrackAssignment.track)
        .where(TrackAssignment.person_id == person_id, TrackAssignment.ended_at.is_(None))
        .order_by(TrackAssignment.assigned_at, TrackAssignment.id)
    )
    steps = []
    for due_on, content in session.execute(on):
        track = TRACK.validate_python(content)
        comes_first = track.is_onboarding or track.is_required or due_on is not None
        steps += [
            TrackStep(track.title, number, step.subject, due_on, comes_first)
            for number, step in enumerate(track.steps, start=1)
            if step.kind == "module" and step.subject not in completed
        ]
    return tuple(steps)


def _learning_days(session: Session, person_id: int) -> tuple[tuple[str, date], ...]:
    held = select(LearningDay.skill, LearningDay.held_on).where(LearningDay.person_id == person_id)
    return tuple((skill, held_on) for skill, held_on in session.execute(held.order_by(LearningDay.held_on)))
