"""Owns the evidence of required training: for each person and step when it was done, by whom, on which version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.assignments import all_progress
from lessons.confirmations import SELF
from lessons.run import COURSE
from lessons.runs import COMPLETED
from lessons.tables import Confirmation, LessonRun
from lessons.track_progress import ACKNOWLEDGE, StepProgress, TrackProgress, sop_facts, sop_of
from metrics.events.kinds import LessonCompleted
from metrics.events.record import EventRow
from metrics.people import Person
from metrics.time_zones import local_time

ERASED = "somebody erased"


@dataclass(frozen=True)
class EvidenceRow:
    """One step one person is to do. `due_on` is a date of theirs, `score` 0-1 or None.

    `track` is "" for an SOP to acknowledge anew because it changed. `by` confirmed it: a name, "" for the person
    themselves, ERASED for somebody of whom nothing is kept any more. `versions` are of the SOPs it was about as the
    person saw them.
    """

    person: str
    email: str
    track: str
    number: int
    kind: str
    title: str
    due_on: date | None
    done_at: datetime | None
    by: str
    versions: tuple[str, ...]
    score: float | None
    is_overdue: bool


@dataclass(frozen=True)
class _Taken:
    versions: tuple[str, ...]
    score: float | None


def evidence(session: Session, now: datetime, company_zone: str, track: str | None = None) -> list[EvidenceRow]:
    """Return a row for everybody on a required track and each of its steps, by name; of one track where it is named.

    SOPs that changed and wait to be acknowledged again come last, unless one track is asked for.
    """
    people = session.scalars(select(Person).where(Person.is_active).order_by(Person.name, Person.id)).all()
    names = dict(session.execute(select(Person.id, Person.name)).all())
    taken = _taken(session)
    rows: list[EvidenceRow] = []
    found = all_progress(session, people, track)
    found.sort(key=lambda pair: (pair[1].track.title, pair[0].name, pair[0].id))
    for person, progress in found:
        if track is not None or progress.track.is_required:
            today = local_time(now, person.time_zone or company_zone).date()
            rows += [_row(person, progress, step, names, taken, today) for step in progress.own]
    return rows if track is not None else [*rows, *_acknowledged_anew(session, people, rows, now, company_zone)]


def _row(
    person: Person,
    progress: TrackProgress,
    done: StepProgress,
    names: dict[int, str],
    taken: dict[tuple[int, str], _Taken],
    today: date,
) -> EvidenceRow:
    step = done.step
    run = taken.get((person.id, step.subject)) if step.kind == "module" else None
    versions = run.versions if run else ()
    if step.kind == "acknowledge":
        versions = (sop_of(step.subject)[1],)
    return EvidenceRow(
        person=person.name,
        email=person.email,
        track=progress.track.title,
        number=done.number,
        kind=step.kind,
        title=done.title or step.subject,
        due_on=progress.due_on,
        done_at=done.done_at,
        by=_by(done, names),
        versions=versions,
        score=run.score if run else None,
        is_overdue=done.done_at is None and progress.due_on is not None and progress.due_on < today,
    )


def _by(done: StepProgress, names: Mapping[int, str]) -> str:
    if done.by_id is not None:
        return names.get(done.by_id, ERASED)
    is_by_another = done.step.kind == "sign_off" or (done.step.kind == "human" and done.step.who != SELF)
    return ERASED if is_by_another and done.done_at is not None else ""


def _taken(session: Session) -> dict[tuple[int, str], _Taken]:
    """Return what stood in each lesson when somebody first completed it, and how they did: (person, file)."""
    scores = {
        event.payload.get("run_id"): event.score
        for event in session.scalars(select(EventRow).where(EventRow.kind == LessonCompleted.kind))
    }
    query = select(LessonRun).where(LessonRun.state == COMPLETED, LessonRun.module.is_not(None))
    found: dict[tuple[int, str], _Taken] = {}
    for run in session.scalars(query.order_by(LessonRun.finished_at, LessonRun.id)):
        key = (run.person_id, run.module or "")
        if key not in found:
            taught = [taught for module in COURSE.validate_python(run.content).modules for taught in module.teaches]
            versions = dict.fromkeys(f"{section.sop} {section.version}".strip() for section in taught)
            found[key] = _Taken(tuple(versions), scores.get(run.id))
    return found


def _acknowledged_anew(
    session: Session, people: Sequence[Person], rows: Sequence[EvidenceRow], now: datetime, company_zone: str
) -> list[EvidenceRow]:
    listed = {(row.email, row.title, row.versions) for row in rows if row.kind == "acknowledge"}
    by_id = {person.id: person for person in people}
    sops = sop_facts(session)
    query = select(Confirmation).where(Confirmation.kind == ACKNOWLEDGE, Confirmation.person_id.in_(by_id))
    found = []
    for confirmation in session.scalars(query.order_by(Confirmation.subject, Confirmation.person_id)):
        person, (file, version) = by_id[confirmation.person_id], sop_of(confirmation.subject)
        title = sops[file].title if file in sops else file
        if (person.email, title, (version,)) in listed:
            continue
        today = local_time(now, person.time_zone or company_zone).date()
        is_overdue = confirmation.answer is None and confirmation.due_on is not None and confirmation.due_on < today
        found.append(
            EvidenceRow(
                person=person.name,
                email=person.email,
                track="",
                number=0,
                kind=ACKNOWLEDGE,
                title=title,
                due_on=confirmation.due_on,
                done_at=confirmation.answered_at,
                by="",
                versions=(version,),
                score=None,
                is_overdue=is_overdue,
            )
        )
    return found
