"""Owns who is on which track: by their role and start date, or because somebody put them on it; and when it ended.

Every function works in the caller's transaction.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.shelf import tracks
from lessons.tables import Confirmation, TrackAssignment
from lessons.track_progress import MODULE, YES, TrackProgress, progress_from, records_of
from lessons.tracks import Track
from metrics.db import insert_new
from metrics.events.kinds import TrackAssigned
from metrics.events.record import record
from metrics.people import Person
from metrics.time_zones import local_time

NEW_FOR_DAYS = 90
BY_ROLE = "role"


def comes_with_role(person: Person, track: Track, today: date) -> bool:
    """Say whether somebody gets a track without anybody's doing: required of their role, or new in it."""
    if not person.is_active or (track.roles and not set(track.roles) & set(person.roles)):
        return False
    if track.is_onboarding:
        started_on = person.started_on
        return started_on is not None and today - timedelta(days=NEW_FOR_DAYS) <= started_on <= today
    return track.is_required


def assign(
    session: Session, person: Person, track: Track, by_id: int | None, now: datetime, zone: str, door: str
) -> bool:
    """Put somebody on a track, due by their own calendar; False when they were on it already.

    `by_id` is None where it comes with their role; `door` is where it was done, for the event.
    """
    due_on = local_time(now, zone).date() + timedelta(days=track.due_days) if track.due_days is not None else None
    facts = {"assigned_by_id": by_id, "assigned_at": now, "due_on": due_on, "ended_at": None}
    is_new = insert_new(session, TrackAssignment, person_id=person.id, track=track.name, **facts) is not None
    if is_new:
        record(session, TrackAssigned(door, track.name), now, person.id)
    return is_new


def assign_by_role(session: Session, now: datetime, company_zone: str) -> int:
    """Put everybody on the tracks that come with their role or their first days; return how many were new.

    Doing it again changes nothing.
    """
    shelved = tracks(session)
    if not shelved:
        return 0
    held = set(session.execute(select(TrackAssignment.person_id, TrackAssignment.track)).all())
    assigned = 0
    for person in session.scalars(select(Person).where(Person.is_active).order_by(Person.id)):
        zone = person.time_zone or company_zone
        today = local_time(now, zone).date()
        for track in shelved.values():
            if (person.id, track.name) not in held and comes_with_role(person, track, today):
                assigned += assign(session, person, track, None, now, zone, BY_ROLE)
    return assigned


def find_assignment(session: Session, person_id: int, track: str) -> TrackAssignment | None:
    """Return how somebody came to be on a track, None when they are not."""
    query = select(TrackAssignment).where(TrackAssignment.person_id == person_id, TrackAssignment.track == track)
    return session.scalars(query).one_or_none()


def tracks_of(session: Session, person: Person) -> list[TrackProgress]:
    """Return how far somebody is on each of their tracks: what is due first, then the oldest."""
    found = all_progress(session, [person])
    return sorted((progress for _, progress in found), key=_urgency)


def next_step(session: Session, person: Person) -> TrackProgress | None:
    """Return the track on which somebody's next step is the most urgent, None when nothing is left."""
    return next((progress for progress in tracks_of(session, person) if progress.next_step), None)


def all_progress(
    session: Session, people: Sequence[Person], named: str | None = None
) -> list[tuple[Person, TrackProgress]]:
    """Return how far each of these people is on each of their tracks that still stands, or on the one `named`."""
    shelved = tracks(session)
    by_id = {person.id: person for person in people}
    records = records_of(session, people)
    query = select(TrackAssignment).where(TrackAssignment.person_id.in_(by_id)).order_by(TrackAssignment.id)
    return [
        (by_id[assignment.person_id], progress_from(records, by_id[assignment.person_id], track, assignment))
        for assignment in session.scalars(query)
        if (track := shelved.get(assignment.track)) is not None and named in (None, track.name)
    ]


def note_ends(
    session: Session, found: Sequence[tuple[Person, TrackProgress]], new_id: Callable[[], str], now: datetime
) -> None:
    """Note which tracks came to their end, and take that back where a step was added since."""
    ids = {person.id for person, _ in found}
    query = select(TrackAssignment).where(TrackAssignment.person_id.in_(ids))
    held = {(row.person_id, row.track): row for row in session.scalars(query)}
    for person, progress in found:
        assignment = held[person.id, progress.track.name]
        if progress.is_done == (assignment.ended_at is not None):
            continue
        assignment.ended_at = now if progress.is_done else None
        if progress.is_done:
            _keep_for_good(session, person, progress, new_id)


def _keep_for_good(session: Session, person: Person, progress: TrackProgress, new_id: Callable[[], str]) -> None:
    # Runs are swept after 13 months; evidence of a track is kept as long as the person.
    for done in progress.own:
        if done.step.kind == "module":
            at = {"asked_at": done.done_at, "answer": YES, "answered_at": done.done_at}
            whose = {"person_id": person.id, "kind": MODULE, "subject": done.step.subject}
            insert_new(session, Confirmation, public_id=new_id(), **whose, **at)


def _urgency(progress: TrackProgress) -> tuple[bool, date, datetime]:
    return progress.is_done, progress.due_on or date.max, progress.assigned_at or datetime.max.replace(tzinfo=UTC)
