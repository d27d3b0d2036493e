"""Owns what a manager notes of supporting somebody: check-ins, thanks, first tasks alone; each counts once.

Every function works in the caller's transaction.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.skills import SkillRule
from lessons.track_progress import SIGN_OFF
from metrics.events.kinds import Confirmed, LessonApplied, ManagerActed, SkillMastered, Supported
from metrics.events.record import EventRow, record
from metrics.people import Person
from metrics.reinforcement import ALONE, CHECK_IN, DIGEST_READ, RECOGNISED
from metrics.time_zones import local_time
from metrics.work import BY_MANAGER, WorkEvent, workflow_name
from metrics.work_intake import WorkReport, take

RECOGNISED_WITHIN = timedelta(days=30)
AppliedHow = Literal["applied", "mastered"]


@dataclass(frozen=True)
class Achieved:
    """A skill somebody says they used at work (`applied`), or mastered, and when."""

    skill: str
    title: str
    how: AppliedHow
    at: datetime


def was_checked_in(session: Session, manager_id: int, person_id: int, at: datetime, zone: str) -> bool:
    """Say whether a manager noted a check-in with somebody in the week of an instant, Monday to Sunday in `zone`."""
    return _is_known(session, _cause(CHECK_IN, manager_id, person_id, _week(at, zone)))


def checked_in(session: Session, manager_id: int, person_ids: Iterable[int], at: datetime, zone: str) -> frozenset[int]:
    """Return with whom of these people a manager noted a check-in in the week of an instant; one query."""
    week = _week(at, zone)
    causes = {_cause(CHECK_IN, manager_id, person_id, week): person_id for person_id in person_ids}
    known = session.scalars(select(EventRow.cause).where(EventRow.cause.in_(causes)))
    return frozenset(causes[cause] for cause in known if cause is not None)


def note_check_in(session: Session, manager_id: int, person_id: int, door: str, at: datetime, zone: str) -> None:
    """Note a check-in for the person it was with; what the manager did is whoever calls to record.

    Raises IntegrityError when it is noted already.
    """
    cause = _cause(CHECK_IN, manager_id, person_id, _week(at, zone))
    record(session, Supported(door, CHECK_IN), at, person_id, cause)
    session.flush()


def was_recognised(session: Session, manager_id: int, person_id: int, skill: str, at: datetime, zone: str) -> bool:
    """Say whether a manager recognised somebody for a skill in the week of an instant."""
    return _is_known(session, _cause(RECOGNISED, manager_id, person_id, skill, _week(at, zone)))


def note_recognised(
    session: Session, manager_id: int, person_id: int, skill: str, door: str, at: datetime, zone: str
) -> int:
    """Note that somebody was recognised for a skill, and return the id of their event.

    Raises IntegrityError when it is noted already.
    """
    cause = _cause(RECOGNISED, manager_id, person_id, skill, _week(at, zone))
    record(session, Supported(door, RECOGNISED, skill), at, person_id, cause)
    session.flush()
    return session.scalars(select(EventRow.id).where(EventRow.cause == cause)).one()


def note_alone(session: Session, person: Person, workflow: str, skill: str, door: str, at: datetime) -> bool:
    """Note the first time somebody did a workflow without help; False where it is noted already."""
    name = workflow_name(workflow)
    report = WorkReport(person.email, name, None, "alone", at, f"alone:{person.id}:{name}")
    if not take(session, BY_MANAGER, [report], at).stored:
        return False
    record(session, Supported(door, ALONE, skill), at, person.id)
    return True


def note_read(session: Session, manager_id: int, door: str, at: datetime, zone: str) -> None:
    """Note that a manager opened their digest, once a week; again changes nothing."""
    cause = _cause(DIGEST_READ, manager_id, _week(at, zone))
    if not _is_known(session, cause):
        record(session, ManagerActed(door, DIGEST_READ), at, manager_id, cause)
        session.flush()


def achieved(session: Session, person_id: int, skills: Mapping[str, SkillRule], now: datetime) -> list[Achieved]:
    """Return the skills somebody used at work, mastered or was signed off for in the last 30 days, newest first.

    Each skill stands once, as what came last.
    """
    rows = select(EventRow.kind, EventRow.skill, EventRow.score, EventRow.at, EventRow.payload).where(
        EventRow.person_id == person_id,
        EventRow.kind.in_((LessonApplied.kind, SkillMastered.kind, Confirmed.kind)),
        EventRow.at > now - RECOGNISED_WITHIN,
        EventRow.at <= now,
    )
    found: dict[str, Achieved] = {}
    for kind, named, score, at, payload in session.execute(rows.order_by(EventRow.at.desc(), EventRow.id.desc())):
        is_sign_off = kind == Confirmed.kind and payload.get("what") == SIGN_OFF
        skill = payload.get("subject") if is_sign_off else named
        is_no = kind != SkillMastered.kind and score != 1
        if skill in skills and skill not in found and not is_no:
            how: AppliedHow = "applied" if kind == LessonApplied.kind else "mastered"
            found[skill] = Achieved(skill, skills[skill].title, how, at)
    return list(found.values())


def not_yet_alone(
    session: Session, person_id: int, roles: Collection[str], skills: Mapping[str, SkillRule]
) -> dict[str, SkillRule]:
    """Return the workflows of the skills somebody needs that nobody yet saw them do alone: name -> its first skill."""
    done = select(WorkEvent.workflow).where(WorkEvent.person_id == person_id, WorkEvent.outcome == ALONE)
    known = {workflow_name(name) for name in session.scalars(done)}
    found: dict[str, SkillRule] = {}
    for rule in skills.values():
        for words in rule.workflows if rule.is_needed_by(roles) else ():
            if workflow_name(words) not in known:
                found.setdefault(workflow_name(words), rule)
    return found


def _week(at: datetime, zone: str) -> str:
    year, week, _ = local_time(at, zone).isocalendar()
    return f"{year}-W{week:02}"


def _cause(what: str, *parts: object) -> str:
    # One row's event names nobody else: neither a copy nor what stays after an erasure does.
    return f"{what}:{hashlib.sha256('|'.join(map(str, parts)).encode()).hexdigest()[:32]}"


def _is_known(session: Session, cause: str) -> bool:
    return session.scalar(select(EventRow.id).where(EventRow.cause == cause)) is not None
