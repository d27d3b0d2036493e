"""Owns runs in SQL: a lesson offered, gone through step by step, and ended; at most one a person is unfinished.

Every function works in the caller's transaction.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lessons.answers import record_answer, renew_mastery
from lessons.module import Module
from lessons.run import COURSE, PARTS, PROGRESS, Course, Move, Progress, after, mean_score, part_left, right_of
from lessons.shelf import may_take, modules_in
from lessons.tables import LessonRow, LessonRun
from metrics.events.kinds import LessonAbandoned, LessonCompleted, LessonOpened, LessonPartDone
from metrics.events.record import record
from metrics.people import Person
from metrics.policy import Asker

OFFERED, OPEN, COMPLETED, ABANDONED, DROPPED = "offered", "open", "completed", "abandoned", "dropped"
UNFINISHED = (OFFERED, OPEN)


def course_of(run: LessonRun) -> Course:
    """Return the course a run shows."""
    return COURSE.validate_python(run.content)


def progress_of(run: LessonRun) -> Progress:
    """Return how far a run is."""
    return PROGRESS.validate_python(run.progress)


def hold(session: Session, person_id: int) -> None:
    """Let no other transaction offer this person a lesson before this one ends."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def unfinished(session: Session, person_id: int) -> LessonRun | None:
    """Return the lesson somebody was offered or has begun, None when there is none."""
    query = select(LessonRun).where(LessonRun.person_id == person_id, LessonRun.state.in_(UNFINISHED))
    return session.scalars(query.order_by(LessonRun.id.desc()).limit(1)).one_or_none()


def find_run(session: Session, token: str | None) -> LessonRun | None:
    """Return the run whose standing message carries a token; None for one of a step done already."""
    return session.scalars(select(LessonRun).where(LessonRun.token == token)).one_or_none() if token else None


def may_go_on(session: Session, asker: Asker, run: LessonRun) -> bool:
    """Say whether somebody may still take everything a run teaches, and all of it is still taught as it was."""
    modules = course_of(run).modules
    standing = modules_in(session, [module.file for module in modules])
    return all(
        (now := standing.get(module.file)) is not None
        and _teaches_the_same(module, now)
        and may_take(session, asker, now)
        for module in modules
    )


def to_go_on_with(session: Session, asker: Asker) -> LessonRun | None:
    """Return the unfinished lesson of whoever asks, None when there is none that may go on."""
    run = unfinished(session, asker.person_id) if asker.person_id is not None else None
    return run if run is not None and may_go_on(session, asker, run) else None


def offer_run(
    session: Session,
    person_id: int,
    course: Course,
    token: str,
    message_key: str,
    now: datetime,
    nudge_id: int | None = None,
) -> LessonRun:
    """Begin a run of somebody who has none unfinished; `message_key` is the outbox row that shows it."""
    run = LessonRun(
        person_id=person_id,
        nudge_id=nudge_id,
        token=token,
        module=course.module,
        module_version=_version_of(session, course.module),
        skill=course.skill,
        content=COURSE.dump_python(course, mode="json"),
        progress=PROGRESS.dump_python(Progress(), mode="json"),
        position=0,
        state=OFFERED,
        minutes=course.minutes,
        message_key=message_key,
        offered_at=now,
        changed_at=now,
    )
    session.add(run)
    session.flush()
    return run


def end_unfinished(session: Session, run: LessonRun, door: str, now: datetime) -> None:
    """End a run whose place another lesson takes, or that its person may not take any more: where it stood is noted."""
    course, progress = course_of(run), progress_of(run)
    part = course.part_at(progress.position)
    event = LessonAbandoned(door, run.skill, run.id, run.module, part, progress.position, run.module_version)
    record(session, event, now, run.person_id)
    # Words somebody wrote are kept no longer than they are needed.
    run.progress = PROGRESS.dump_python(replace(progress, written=""), mode="json")
    run.state = ABANDONED if run.state == OPEN else DROPPED
    run.finished_at = run.changed_at = now
    session.flush()


def take_step(
    session: Session, run_id: int, token: str, next_token: str, move: Move, door: str, at: datetime, now: datetime
) -> LessonRun:
    """Take a run one step on, with all its events, and return it.

    `at` is when the person acted, `now` when the next step stands. Raises IntegrityError when another press took this
    step meanwhile: `token` is no longer the run's, or the move does not fit what stands.
    """
    query = select(LessonRun).where(LessonRun.id == run_id, LessonRun.token == token)
    run = session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if run is None:
        raise _taken_meanwhile(run_id)
    course, before = course_of(run), progress_of(run)
    progress = after(course, before, move, (at - run.changed_at).total_seconds())
    if progress is None:
        raise _taken_meanwhile(run_id)
    if len(progress.answers) > len(before.answers):
        progress = _recorded(session, run, course, progress, door, at)
    _note(session, run, course, before, progress, door, at)
    run.token, run.changed_at = next_token, now
    run.progress, run.position = PROGRESS.dump_python(progress, mode="json"), progress.position
    session.flush()
    return run


def last_time(session: Session, run: LessonRun) -> tuple[int, int] | None:
    """Return how many answers were right, and how many there were, when this person last completed this skill."""
    query = (
        select(LessonRun)
        .where(
            LessonRun.person_id == run.person_id,
            LessonRun.skill == run.skill,
            LessonRun.state == COMPLETED,
            LessonRun.id < run.id,
        )
        .order_by(LessonRun.id.desc())
        .limit(1)
    )
    earlier = session.scalars(query).one_or_none()
    return right_of(progress_of(earlier)) if earlier is not None else None


def _teaches_the_same(shown: Module, now: Module) -> bool:
    quotes = {item.quote for item in now.items}
    return shown.teaches == now.teaches and all(item.quote in quotes for item in shown.items)


def _version_of(session: Session, module: str | None) -> int | None:
    return session.scalar(select(LessonRow.version).where(LessonRow.file == module)) if module is not None else None


def _taken_meanwhile(run_id: int) -> IntegrityError:
    return IntegrityError("step taken meanwhile", None, ValueError(run_id))


def _recorded(
    session: Session, run: LessonRun, course: Course, progress: Progress, door: str, at: datetime
) -> Progress:
    """Return the progress with what came of its newest answer."""
    exercise = course.exercises[len(progress.answers) - 1]
    *earlier, newest = progress.answers
    answered = record_answer(
        session,
        person_id=run.person_id,
        run_id=run.id,
        module=course.module_of(exercise),
        item=course.item_of(exercise),
        score=newest.score,
        confidence=newest.confidence,
        seconds=newest.seconds,
        door=door,
        at=at,
    )
    known = replace(newest, returns_at=answered.returns_at, is_mastered_now=answered.is_mastered_now)
    return replace(progress, answers=(*earlier, known))


def _note(
    session: Session, run: LessonRun, course: Course, before: Progress, progress: Progress, door: str, at: datetime
) -> None:
    def note(event: LessonOpened | LessonPartDone | LessonCompleted) -> None:
        record(session, event, at, run.person_id)

    if before.position == 0:
        run.state, run.opened_at = OPEN, at
        waited = max(0.0, (at - run.offered_at).total_seconds())
        note(LessonOpened(door, run.skill, waited, run.id, run.module, run.module_version))
    if (part := part_left(course, before, progress)) is not None:
        place = PARTS.index(part)
        seconds, budget = progress.part_seconds[place], course.part_minutes[place] * 60
        note(LessonPartDone(door, run.skill, seconds, run.id, run.module, part, budget, run.module_version))
    if course.part_at(progress.position) == "closed":
        run.state, run.finished_at = COMPLETED, at
        score, seconds = mean_score(progress), sum(progress.part_seconds)
        note(LessonCompleted(door, run.skill, score, seconds, run.id, run.module, run.module_version))
        if run.module is not None:
            renew_mastery(session, run.person_id, run.skill, door, at)
