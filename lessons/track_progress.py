"""Owns TrackProgress: how far somebody is on a track, from lessons they completed and steps that were confirmed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coach.tables import SopDocument
from lessons.budget import WORDS_A_MINUTE
from lessons.module import Module
from lessons.runs import COMPLETED
from lessons.shelf import modules_by_roles
from lessons.tables import Confirmation, LessonRun, TrackAssignment
from lessons.tracks import Step, Track
from metrics.people import Person, asker_for
from metrics.policy import Action, Audience, may

# Five letters and a space, as typing tests count words.
CHARACTERS_A_WORD = 6
YES = "yes"
MODULE, ACKNOWLEDGE, STEP, SIGN_OFF = "module", "acknowledge", "step", "sign_off"
StepState = Literal["done", "asked", "open", "closed"]


@dataclass(frozen=True)
class StepProgress:
    """One step for one person; `number` counts from 1, `minutes` is 0 where nobody says.

    A step is asked once somebody was asked to confirm it, and closed where the person may not read what it is about.
    `title` is the module's or the SOP's, `by_id` who confirmed it.
    """

    number: int
    step: Step
    state: StepState
    title: str = ""
    minutes: float = 0
    done_at: datetime | None = None
    by_id: int | None = None
    confirmation: Confirmation | None = None


@dataclass(frozen=True)
class TrackProgress:
    """One track for one person; `due_on` is a date of theirs."""

    track: Track
    steps: tuple[StepProgress, ...]
    assigned_at: datetime | None = None
    due_on: date | None = None

    @property
    def own(self) -> tuple[StepProgress, ...]:
        """The steps there are for this person."""
        return tuple(step for step in self.steps if step.state != "closed")

    @property
    def left(self) -> tuple[StepProgress, ...]:
        """What is still to be done, in order."""
        return tuple(step for step in self.own if step.state != "done")

    @property
    def next_step(self) -> StepProgress | None:
        """What comes next, None once all is done."""
        return next(iter(self.left), None)

    @property
    def minutes_left(self) -> float:
        """How long the rest takes, in minutes."""
        return sum(step.minutes for step in self.left)

    @property
    def share_done(self) -> float:
        """How many of the steps are done, 0-1; 0 where there is none."""
        return 1 - len(self.left) / len(self.own) if self.own else 0.0

    @property
    def is_done(self) -> bool:
        """Whether there was something to do and all of it is done."""
        return bool(self.own) and not self.left

    def is_late(self, today: date) -> bool:
        """Say whether it is not done and was due before `today`, a date of the person's."""
        return not self.is_done and self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class SopFacts:
    """What a step about an SOP needs to know of it; `minutes` to read it."""

    title: str
    audience: Audience
    minutes: float


@dataclass(frozen=True)
class Records:
    """What is known of some people: lessons completed (person, file) -> first time, and what was confirmed of them."""

    completed: Mapping[tuple[int, str], datetime]
    confirmations: Mapping[tuple[int, str, str], Confirmation]
    modules: Mapping[frozenset[str], Mapping[str, Module]]
    sops: Mapping[str, SopFacts] = field(default_factory=dict)


def subject_of(track: Track, step: Step) -> tuple[str, str]:
    """Return the kind and the subject under which a step is confirmed."""
    if step.kind == "human":
        return STEP, f"{track.name}/{step.subject}"
    return step.kind, step.subject


def records_of(session: Session, people: Collection[Person]) -> Records:
    """Read what the progress of these people is computed from, in a few queries whatever their number."""
    ids = [person.id for person in people]
    runs = (
        select(LessonRun.person_id, LessonRun.module, func.min(LessonRun.finished_at))
        .where(LessonRun.person_id.in_(ids), LessonRun.state == COMPLETED, LessonRun.module.is_not(None))
        .group_by(LessonRun.person_id, LessonRun.module)
    )
    confirmed = session.scalars(select(Confirmation).where(Confirmation.person_id.in_(ids))).all()
    return Records(
        completed={(person_id, file): at for person_id, file, at in session.execute(runs) if file and at},
        confirmations={(row.person_id, row.kind, row.subject): row for row in confirmed},
        modules=modules_by_roles(session, map(asker_for, people)),
        sops=sop_facts(session),
    )


def sop_facts(session: Session) -> dict[str, SopFacts]:
    """Return what steps need to know of every SOP, by file."""
    query = select(SopDocument.file, SopDocument.title, SopDocument.audience, func.length(SopDocument.text))
    return {
        file: SopFacts(title, Audience.from_key(audience), length / CHARACTERS_A_WORD / WORDS_A_MINUTE)
        for file, title, audience, length in session.execute(query)
    }


def progress_of(session: Session, person: Person, track: Track) -> TrackProgress:
    """Return how far one person is on a track, whether it was assigned to them or not."""
    assignment = session.scalar(
        select(TrackAssignment).where(TrackAssignment.person_id == person.id, TrackAssignment.track == track.name)
    )
    return progress_from(records_of(session, [person]), person, track, assignment)


def progress_from(
    records: Records, person: Person, track: Track, assignment: TrackAssignment | None = None
) -> TrackProgress:
    """Return how far somebody is on a track, from records that cover them (pure)."""
    steps = (_step(records, person, track, step, number) for number, step in enumerate(track.steps, start=1))
    assigned_at, due_on = (assignment.assigned_at, assignment.due_on) if assignment else (None, None)
    return TrackProgress(track, tuple(steps), assigned_at, due_on)


def sop_of(subject: str) -> tuple[str, str]:
    """Return the SOP and the version that an acknowledgement names."""
    file, _, version = subject.rpartition("@")
    return file, version


def _step(records: Records, person: Person, track: Track, step: Step, number: int) -> StepProgress:
    title, minutes, is_open = step.words, float(step.minutes), True
    if step.kind == "module":
        module = records.modules[asker_for(person).roles].get(step.subject)
        title, minutes, is_open = (module.title, module.minutes.total, True) if module else ("", 0, False)
    elif step.kind == "acknowledge":
        sop = records.sops.get(sop_of(step.subject)[0])
        is_open = sop is not None and may(asker_for(person), Action.READ_SOP, sop.audience)
        title, minutes = (sop.title, step.minutes or sop.minutes) if sop else ("", 0)
    confirmation = records.confirmations.get((person.id, *subject_of(track, step)))
    completed_at = records.completed.get((person.id, step.subject)) if step.kind == "module" else None
    is_confirmed = confirmation is not None and confirmation.answer == YES
    done_at = completed_at or (confirmation.answered_at if confirmation and is_confirmed else None)
    by_id = confirmation.asked_id if confirmation and is_confirmed else None
    state: StepState = "done" if done_at else "asked" if confirmation and confirmation.answer is None else "open"
    if not is_open and not done_at:
        state = "closed"
    return StepProgress(number, step, state, title, minutes, done_at, by_id, confirmation)
