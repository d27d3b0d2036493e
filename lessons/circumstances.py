"""Reads the circumstances that needs are told from: what went wrong, what is late, and who was away."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.attempts import Attempt
from lessons.held import Held
from lessons.module import Module
from lessons.needs import COUNTED_DAYS, Circumstances, FailedScenarios
from lessons.shelf import tracks
from lessons.tables import Leave, Preference, TrackAssignment
from lessons.track_progress import Records, progress_from
from metrics.events.kinds import ItemAnswered
from metrics.events.record import EventRow
from metrics.periods import last_days
from metrics.standing import SkillStanding
from metrics.step_tallies import Step
from metrics.steps import Repeated, repeated, repeated_at_work
from metrics.time_zones import local_time

Skills = tuple[SkillStanding, ...]


def circumstances_of(
    session: Session, held: Sequence[Held], listed: Mapping[int, Skills], records: Records, now: datetime
) -> dict[int, Circumstances]:
    """Return the circumstances of these people by id, in eight queries; `listed` are their skills, by id too."""
    ids = [one.person.id for one in held]
    lately = last_days(COUNTED_DAYS, now)
    at_work = _by_person(repeated_at_work(session, ids, lately))
    in_practice = _by_person(repeated(session, ids, lately))
    failed = _failed_scenarios(session, held, records, now)
    late, assigned_on = _on_tracks(session, held, records)
    leave: dict[int, list[tuple[date, date]]] = {}
    away = select(Leave.person_id, Leave.from_on, Leave.to_on).where(Leave.person_id.in_(ids))
    for person_id, from_on, to_on in session.execute(away.order_by(Leave.from_on)):
        leave.setdefault(person_id, []).append((from_on, to_on))
    paused = select(Preference.person_id, Preference.paused_until).where(Preference.person_id.in_(ids))
    paused_until = dict(session.execute(paused).all())
    return {
        one.person.id: Circumstances(
            zone=one.zone,
            skills=listed[one.person.id],
            offered=frozenset(one.open.by_skill),
            failed=failed.get(one.person.id, {}),
            missed_at_work=tuple(at_work.get(one.person.id, ())),
            missed_in_practice=tuple(in_practice.get(one.person.id, ())),
            late=tuple(late.get(one.person.id, ())),
            stale_since={skill: row.stale_since for skill, row in one.evidenced.items() if row.stale_since},
            began_at=one.last_at or max((way.started_at for way in one.ways.values()), default=None),
            leave=tuple(leave.get(one.person.id, ())),
            paused_until=paused_until.get(one.person.id),
            employed_on=one.person.started_on or assigned_on.get(one.person.id),
        )
        for one in held
    }


def _by_person(missed: Iterable[Repeated[Step]]) -> dict[int, list[Repeated[Step]]]:
    found: dict[int, list[Repeated[Step]]] = {}
    for each in missed:
        found.setdefault(each.person_id, []).append(each)
    return found


def _on_tracks(
    session: Session, held: Sequence[Held], records: Records
) -> tuple[dict[int, list[tuple[str, date]]], dict[int, date]]:
    """Return the unfinished tracks with a due date, and the day somebody was first put on any, by person id."""
    shelved, by_id = tracks(session), {one.person.id: one for one in held}
    late: dict[int, list[tuple[str, date]]] = {}
    first_on: dict[int, date] = {}
    query = select(TrackAssignment).where(TrackAssignment.person_id.in_(by_id)).order_by(TrackAssignment.assigned_at)
    for row in session.scalars(query):
        one, track = by_id[row.person_id], shelved.get(row.track)
        first_on.setdefault(row.person_id, local_time(row.assigned_at, one.zone).date())
        if track is None or row.due_on is None or row.ended_at is not None:
            continue
        if not progress_from(records, one.person, track, row).is_done:
            late.setdefault(row.person_id, []).append((track.title, row.due_on))
    return late, first_on


def _failed_scenarios(
    session: Session, held: Sequence[Held], records: Records, now: datetime
) -> dict[int, dict[str, FailedScenarios]]:
    """Return how often the newest scenarios of a skill were failed by who is through all its modules."""
    scenarios = {one.person.id: dict(_to_look_at(one, records.completed)) for one in held}
    in_question = {person_id: by_skill for person_id, by_skill in scenarios.items() if by_skill}
    if not in_question:
        return {}
    answered: dict[tuple[int, str], list[Attempt]] = {}
    query = select(EventRow.person_id, EventRow.payload["item"].as_string(), EventRow.at, EventRow.score).where(
        EventRow.kind == ItemAnswered.kind, EventRow.person_id.in_(in_question), EventRow.at <= now
    )
    for person_id, item, at, score in session.execute(query.order_by(EventRow.at.desc(), EventRow.id.desc())):
        for skill, keys in in_question.get(person_id or 0, {}).items():
            if item in keys:
                answered.setdefault((person_id, skill), []).append(Attempt(person_id, item, at, score or 0.0))
    found: dict[int, dict[str, FailedScenarios]] = {}
    for (person_id, skill), tries in answered.items():
        wrong = list(takewhile(lambda attempt: not attempt.is_right, tries))
        if wrong:
            found.setdefault(person_id, {})[skill] = FailedScenarios(len(wrong), wrong[-1].at)
    return found


def _to_look_at(one: Held, completed: Mapping[tuple[int, str], datetime]) -> Iterator[tuple[str, Collection[str]]]:
    """Yield the skills whose modules somebody is through and whose newest scenario was wrong, with their scenarios."""
    for skill, practised in one.practised.items():
        modules = one.open.by_skill.get(skill, ())
        keys = one.open.scenarios.get(skill, frozenset())
        newest = max(
            (known for known in practised.known if known.item in keys), key=lambda each: each.last_at, default=None
        )
        if newest is None or newest.was_right:
            continue
        met = {known.item for known in practised.known}
        if all((one.person.id, module.file) in completed or _is_known(module, met) for module in modules):
            yield skill, keys


def _is_known(module: Module, met: Collection[str]) -> bool:
    # Runs are kept for 13 months, what somebody knows of their items longer.
    return all(module.key_of(item) in met for item in module.items)
