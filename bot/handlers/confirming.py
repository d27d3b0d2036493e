"""Takes what people confirm with one tap, and makes the notices that ask for it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.handlers.offers import stands_in
from bot.handlers.readers import reader_of
from bot.handlers.reading import reading_card
from bot.handlers.request import Request, new_id
from bot.messages import Message
from bot.outcome import Outcome, Outgoing
from bot.views import confirming as views
from bot.views import tracks as track_views
from bot.views.lines import line
from bot.views.run import offer_card
from lessons import notices
from lessons.confirmations import (
    APPLIED,
    APPLIED_SEEN,
    Waiting,
    answer,
    ask_seen,
    find_confirmation,
    may_answer,
    pass_on,
    pending,
    run_of,
    waiting_of,
)
from lessons.runs import OFFERED, course_of, unfinished
from lessons.shelf import tracks
from lessons.tables import Confirmation, Nudge, TrackAssignment
from lessons.track_progress import ACKNOWLEDGE, SIGN_OFF, STEP, YES, progress_of, sop_facts, sop_of
from metrics.events.kinds import Confirmed, Event, LessonApplied
from metrics.people import Person
from metrics.time_zones import local_time

SLOTS = notices.SLOTS
# Which buttons stand under what, and whether each says yes.
ANSWERS = {
    "confirm_done": ((STEP, SIGN_OFF), True),
    "confirm_not_yet": ((STEP, SIGN_OFF), False),
    "acknowledged": ((ACKNOWLEDGE,), True),
    "used_yes": ((APPLIED,), True),
    "used_not_yet": ((APPLIED,), False),
    "saw_it": ((APPLIED_SEEN,), True),
    "not_seen": ((APPLIED_SEEN,), False),
}
NOT_ME = "confirm_not_me"


def message_for(session: Session, nudge: Nudge, now: datetime, new_id: Callable[[], str]) -> Message | None:
    """Return a notice as it is to be sent now, None when there is nothing left to say; its slot is one of SLOTS."""
    person = session.get_one(Person, nudge.person_id)
    ids = tuple(notices.about(nudge))
    match nudge.slot:
        case notices.ACKNOWLEDGE:
            return reading_card(session, person)
        case notices.CONFIRM:
            return waiting_card(session, person, now) if pending(session, person) else None
        case notices.ASSIGNED:
            return _assigned(session, person, ids, now, new_id)
        case _:
            return _signed_off(session, person, ids, now)


def waiting_card(session: Session, person: Person, now: datetime, said: str = "") -> Message:
    """Return everything that waits for somebody's one tap; `said` comes first."""
    waiting = pending(session, person)
    runs = {one.confirmation.id: _lesson_title(session, one.confirmation) for one in waiting}
    return views.waiting_message(waiting, reader_of(session, person, now).skills, runs, said)


def press(request: Request) -> Outcome | None:
    """Take one tap, or show what waits; None for any other button."""
    action = request.incoming.action or ""
    if action == "confirm_show":
        with request.app.database.session() as session:
            card = waiting_card(session, request.person, request.now)
        return request.said("confirm_shown", request.privately(card))
    if action not in ANSWERS and action != NOT_ME:
        return None
    kinds, is_yes = ANSWERS.get(action, ((STEP, SIGN_OFF), False))
    with request.app.database.session() as session:
        row = find_confirmation(session, request.incoming.value)
        if row is None or row.answer is not None or row.kind not in kinds:
            return request.said("closed", request.privately(line(views.CLOSED)))
        if not may_answer(session, request.asker, row):
            return request.said("not_yours", request.privately(line(views.NOT_YOURS)))
        event = _event(session, request, row, is_yes)
        person_id = row.person_id
    if action == NOT_ME:
        return Outcome(request.handled("confirm_passed_on"), request.person.id, lambda held: _pass_on(request, held))
    if event is None:
        return request.said("closed", request.privately(line(views.CLOSED)))

    def store(session: Session) -> Sequence[Outgoing]:
        row = _still(session, request)
        shown = waiting_of(session, row)
        answer(session, row, is_yes, request.person.id, request.incoming.at)
        return _answered(request, session, shown, is_yes)

    return Outcome(event, person_id, store)


def _event(session: Session, request: Request, row: Confirmation, is_yes: bool) -> Event | None:
    """Return the fact an answer is, None for one about a lesson that is kept no longer."""
    door, score = request.incoming.platform, float(is_yes)
    if row.kind not in (APPLIED, APPLIED_SEEN):
        return Confirmed(door, score, row.kind, row.subject)
    run = run_of(session, row)
    by = "self" if row.kind == APPLIED else "manager"
    return None if run is None else LessonApplied(door, run.skill, score, run.id, by, run.module, run.module_version)


def _answered(request: Request, session: Session, shown: Waiting, is_yes: bool) -> Sequence[Outgoing]:
    row, person = shown.confirmation, session.get_one(Person, request.person.id)
    reader = reader_of(session, person, request.now)
    match row.kind:
        case "acknowledge":
            file, version = sop_of(row.subject)
            facts = sop_facts(session).get(file)
            read_on = local_time(request.incoming.at, reader.zone).date()
            said = views.acknowledged_line(facts.title if facts else file, version, read_on)
            return (request.in_place(reading_card(session, person, said=said) or line(said)),)
        case "applied":
            return _used(request, session, row, is_yes)
        case "applied_seen":
            said = views.seen_line(shown.learner.name, is_yes)
        case _:
            said = views.confirmed_line(shown, is_yes, reader.skills, is_own=row.person_id == person.id)
    if row.kind == SIGN_OFF and is_yes:
        zone = shown.learner.time_zone or stored_company(session).timezone
        notices.plan_notice(session, row.person_id, notices.SIGNED_OFF, {row.id: []}, request.now, zone)
    return (request.in_place(waiting_card(session, person, request.now, said)),)


def _used(request: Request, session: Session, row: Confirmation, is_yes: bool) -> Sequence[Outgoing]:
    run, rules = run_of(session, row), stored_company(session).lessons
    if is_yes and run is not None and rules is not None and rules.manager_confirms:
        ask_seen(session, run, new_id(), request.now)
    said = views.USED_YES if is_yes else views.USED_NOT_YET
    offered = unfinished(session, request.person.id)
    if offered is not None and offered.state == OFFERED and stands_in(session, offered, request.incoming):
        # The question stood below an offer, which stays.
        return (request.in_place(offer_card(course_of(offered), offered.token, line(said).blocks)),)
    return (request.privately(line(said)),)


def _pass_on(request: Request, session: Session) -> Sequence[Outgoing]:
    row = _still(session, request)
    shown = waiting_of(session, row)
    if not pass_on(session, row, request.person.id, new_id, request.now):
        return (request.privately(line(views.NOBODY_ABOVE)),)
    asked = session.get_one(Person, row.asked_id)
    zone = asked.time_zone or stored_company(session).timezone
    notices.plan_notice(session, asked.id, notices.CONFIRM, {row.id: []}, request.now, zone)
    person = session.get_one(Person, request.person.id)
    said = views.passed_on_line(shown, asked.name, reader_of(session, person, request.now).skills)
    return (request.in_place(waiting_card(session, person, request.now, said)),)


def _still(session: Session, request: Request) -> Confirmation:
    row = find_confirmation(session, request.incoming.value)
    if row is None:
        # Handled once more, this press finds that somebody else is asked now.
        raise IntegrityError("passed on meanwhile", None, ValueError(request.incoming.action))
    return row


def _assigned(
    session: Session, person: Person, ids: Sequence[int], now: datetime, new_id: Callable[[], str]
) -> Message | None:
    shelved, reader = tracks(session), reader_of(session, person, now)
    query = select(TrackAssignment).where(TrackAssignment.id.in_(ids), TrackAssignment.ended_at.is_(None))
    parts = []
    for assignment in session.scalars(query.order_by(TrackAssignment.id)):
        if assignment.track in shelved:
            progress = progress_of(session, person, shelved[assignment.track])
            by = reader.names.get(assignment.assigned_by_id) if assignment.assigned_by_id is not None else None
            parts.append(track_views.assigned_message(progress, by, reader, new_id()))
    return _as_one(parts)


def _signed_off(session: Session, person: Person, ids: Sequence[int], now: datetime) -> Message | None:
    reader = reader_of(session, person, now)
    query = select(Confirmation).where(Confirmation.id.in_(ids), Confirmation.answer == YES).order_by(Confirmation.id)
    parts = []
    for row in session.scalars(query):
        if row.asked_id is not None and row.answered_at is not None:
            skill = reader.skills.get(row.subject, row.subject)
            parts.append(views.signed_off_message(reader.names[row.asked_id], skill, row.answered_at, reader.zone))
    return _as_one(parts)


def _as_one(parts: Sequence[Message]) -> Message | None:
    if not parts:
        return None
    return Message(" ".join(part.text for part in parts), tuple(block for part in parts for block in part.blocks))


def _lesson_title(session: Session, row: Confirmation) -> str:
    run = run_of(session, row)
    return course_of(run).title if run is not None else ""
