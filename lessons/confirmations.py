"""Owns what people confirm with one tap: human steps, sign-offs, SOPs they read, lessons they used at work.

Every function works in the caller's transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, false, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lessons.runs import COMPLETED
from lessons.shelf import tracks
from lessons.tables import Confirmation, LessonRun
from lessons.track_progress import ACKNOWLEDGE, SIGN_OFF, STEP, YES, subject_of
from lessons.tracks import Step, Track
from metrics.db import rows_changed
from metrics.people import Person, asker_for, managers_above, managers_by_person
from metrics.policy import Action, Asker, SignOffOf, may

NO = "no"
APPLIED, APPLIED_SEEN = "applied", "applied_seen"
MANAGER, SELF = "manager", "self"
ASKED_OF_THEMSELVES = (ACKNOWLEDGE, APPLIED)
# Long enough to have met the situation, short enough to remember it.
APPLIED_AFTER_DAYS, APPLIED_WITHIN_DAYS, APPLIED_ASKED_DAYS = 7, 28, 7
RUN = "run:"


@dataclass(frozen=True)
class Waiting:
    """A confirmation that waits for somebody: about whom, and the step of a track it is, if it is one."""

    confirmation: Confirmation
    learner: Person
    track: Track | None = None
    step: Step | None = None


def find_confirmation(session: Session, public_id: str | None) -> Confirmation | None:
    """Return what a button is about; None for one that was passed on or is no confirmation."""
    return session.scalars(select(Confirmation).where(Confirmation.public_id == public_id)).one_or_none()


def ask_step(
    session: Session,
    person: Person,
    track: Track,
    step: Step,
    due_on: date | None,
    new_id: Callable[[], str],
    now: datetime,
) -> Confirmation:
    """Ask for a human step, a sign-off or a reading to be confirmed; asking again changes nothing while it waits.

    What was answered with not yet is asked anew, and where nobody is left to answer, somebody else is asked.
    """
    kind, subject = subject_of(track, step)
    row = session.scalar(select(Confirmation).where(*_named(person.id, kind, subject)))
    if row is None:
        row = Confirmation(public_id=new_id(), person_id=person.id, kind=kind, subject=subject, asked_at=now)
        session.add(row)
    elif row.answer == YES or (row.answer is None and not _is_left_alone(session, row, step)):
        return row
    row.asked_id = None if kind == ACKNOWLEDGE else who_confirms(session, person, _who(step))
    row.asked_at, row.due_on, row.answer, row.answered_at = now, due_on, None, None
    session.flush()
    return row


def who_confirms(session: Session, person: Person, who: str) -> int | None:
    """Return who is to confirm a step: of a role at the person's site or team, else the manager above.

    None for the person themselves ("self"), and where there is nobody.
    """
    if who == SELF:
        return None
    above = managers_above(person.id, managers_by_person(session))
    near = or_(
        Person.id.in_(above),
        Person.site == person.site if person.site else false(),
        Person.team == person.team if person.team else false(),
    )
    people = session.scalars(select(Person).where(Person.is_active, Person.id != person.id, near)).all()
    # Somebody's manager is whom they report to, whatever roles are called.
    holders = [other.id for other in people if who != MANAGER and who in other.roles]
    managers = [other.id for other in people if other.id in above]
    # Whoever manages them knows them best.
    return min(holders or managers, key=lambda other: (_place(other, above), other), default=None)


def pass_on(session: Session, row: Confirmation, by_id: int, new_id: Callable[[], str], now: datetime) -> bool:
    """Ask the next manager above in place of who says it is not theirs; False where there is none."""
    above = managers_above(row.person_id, managers_by_person(session))
    active = set(session.scalars(select(Person.id).where(Person.id.in_(above), Person.is_active)))
    later = above[above.index(by_id) + 1 :] if by_id in above else above
    asked_id = next((manager_id for manager_id in later if manager_id in active), None)
    if asked_id is None:
        return False
    _take(session, row, asked_id=asked_id, public_id=new_id(), asked_at=now)
    return True


def may_answer(
    session: Session,
    asker: Asker,
    row: Confirmation,
    shelved: Mapping[str, Track] | None = None,
    managers: Mapping[int, int | None] | None = None,
) -> bool:
    """Say whether it is `asker` whose word counts; a sign-off or a step is never one's own unless the track says so.

    Whoever asks about many gives the tracks and the manager of everybody, which are read here otherwise.
    """
    if row.kind in ASKED_OF_THEMSELVES:
        return asker.person_id == row.person_id
    found = step_of(shelved if shelved is not None else tracks(session), row)
    if row.kind == STEP and found is not None and found[1].who == SELF:
        return asker.person_id == row.person_id
    if asker.person_id is None or asker.person_id != row.asked_id or (found is None and row.kind != APPLIED_SEEN):
        return False
    above = frozenset(managers_above(row.person_id, managers_by_person(session) if managers is None else managers))
    roles = frozenset({_who(found[1])}) - {MANAGER} if found else frozenset[str]()
    return may(asker, Action.SIGN_OFF, SignOffOf(row.person_id, above, roles))


def answer(session: Session, row: Confirmation, is_yes: bool, by_id: int, now: datetime) -> None:
    """Note what was answered, by whom and when.

    Raises IntegrityError when it was answered or passed on meanwhile: handled once more, the press finds that.
    """
    asked_id = None if by_id == row.person_id else by_id
    _take(session, row, asked_id=asked_id, answer=YES if is_yes else NO, answered_at=now)


def pending(session: Session, person: Person) -> list[Waiting]:
    """Return what waits for somebody's one tap, oldest first; what they are to read themselves is not among it."""
    shelved = tracks(session)
    own_step = (Confirmation.kind == STEP) & (Confirmation.person_id == person.id) & Confirmation.asked_id.is_(None)
    query = (
        select(Confirmation, Person)
        .join(Person, Person.id == Confirmation.person_id)
        .where(Confirmation.answer.is_(None), or_(Confirmation.asked_id == person.id, own_step), Person.is_active)
        .order_by(Confirmation.asked_at, Confirmation.id)
    )
    found = session.execute(query).all()
    managers = managers_by_person(session) if found else {}
    return [
        Waiting(row, learner, *(step_of(shelved, row) or ()))
        for row, learner in found
        if may_answer(session, asker_for(person), row, shelved, managers)
    ]


def waiting_of(session: Session, row: Confirmation) -> Waiting:
    """Return one confirmation with whom and what it is about."""
    learner = session.get_one(Person, row.person_id)
    return Waiting(row, learner, *(step_of(tracks(session), row) or ()))


def step_of(shelved: Mapping[str, Track], row: Confirmation) -> tuple[Track, Step] | None:
    """Return the step a confirmation is about, None where no track holds it any more."""
    return next(
        (
            (track, step)
            for track in shelved.values()
            for step in track.steps
            if subject_of(track, step) == (row.kind, row.subject)
        ),
        None,
    )


def applied_due(session: Session, person_id: int, now: datetime) -> LessonRun | None:
    """Return the lesson somebody is to be asked about: whether they used it, a week after they completed it.

    Who has not answered is asked for APPLIED_ASKED_DAYS: the question goes when the lesson it stands under is started.
    """
    asked = select(Confirmation.subject).where(
        Confirmation.person_id == person_id,
        Confirmation.kind == APPLIED,
        or_(Confirmation.answer.is_not(None), Confirmation.asked_at < now - timedelta(days=APPLIED_ASKED_DAYS)),
    )
    earliest, latest = now - timedelta(days=APPLIED_WITHIN_DAYS), now - timedelta(days=APPLIED_AFTER_DAYS)
    query = select(LessonRun).where(
        LessonRun.person_id == person_id,
        LessonRun.state == COMPLETED,
        LessonRun.module.is_not(None),
        LessonRun.finished_at.between(earliest, latest),
    )
    done = set(session.scalars(asked))
    found = session.scalars(query.order_by(LessonRun.finished_at.desc(), LessonRun.id.desc()))
    return next((run for run in found if f"{RUN}{run.id}" not in done), None)


def ask_applied(session: Session, run: LessonRun, public_id: str, now: datetime) -> Confirmation:
    """Ask the person of a run whether they used what it taught; asking again changes nothing."""
    return _ask_about_run(session, run, APPLIED, None, public_id, now)


def ask_seen(session: Session, run: LessonRun, public_id: str, now: datetime) -> Confirmation | None:
    """Ask the manager whether they saw it used; None where nobody manages the person."""
    person = session.get_one(Person, run.person_id)
    asked_id = who_confirms(session, person, MANAGER)
    return None if asked_id is None else _ask_about_run(session, run, APPLIED_SEEN, asked_id, public_id, now)


def run_of(session: Session, row: Confirmation) -> LessonRun | None:
    """Return the run a confirmation is about, None for one about anything else or kept no longer."""
    number = row.subject.removeprefix(RUN)
    return session.get(LessonRun, int(number)) if number != row.subject and number.isdecimal() else None


def _ask_about_run(
    session: Session, run: LessonRun, kind: str, asked_id: int | None, public_id: str, now: datetime
) -> Confirmation:
    subject = f"{RUN}{run.id}"
    row = session.scalar(select(Confirmation).where(*_named(run.person_id, kind, subject)))
    if row is None:
        whose = {"person_id": run.person_id, "kind": kind, "subject": subject, "asked_id": asked_id}
        row = Confirmation(public_id=public_id, asked_at=now, **whose)
        session.add(row)
        session.flush()
    return row


def _who(step: Step) -> str:
    # Nobody signs off themselves, whatever the track says.
    return MANAGER if step.kind == SIGN_OFF and step.who == SELF else step.who or MANAGER


def _named(person_id: int, kind: str, subject: str) -> tuple[ColumnElement[bool], ...]:
    return (Confirmation.person_id == person_id, Confirmation.kind == kind, Confirmation.subject == subject)


def _place(person_id: int, above: tuple[int, ...]) -> int:
    return above.index(person_id) if person_id in above else len(above)


def _is_left_alone(session: Session, row: Confirmation, step: Step) -> bool:
    """Say whether nobody is left who could answer: they left, were erased, or are the person themselves now."""
    if row.kind == ACKNOWLEDGE or _who(step) == SELF:
        return False
    asked = session.get(Person, row.asked_id) if row.asked_id is not None else None
    return asked is None or not asked.is_active


def _take(session: Session, row: Confirmation, **values: object) -> None:
    """Change a confirmation that still waits under the id that was pressed."""
    still = (Confirmation.id == row.id, Confirmation.answer.is_(None), Confirmation.public_id == row.public_id)
    if not rows_changed(session.execute(update(Confirmation).where(*still).values(values))):
        raise IntegrityError("confirmed meanwhile", None, ValueError(row.id))
