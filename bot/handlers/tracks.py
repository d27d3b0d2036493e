"""Shows somebody their own tracks, takes presses on their steps, and follows tracks up every hour."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.handlers.manage import welcome
from bot.handlers.readers import reader_of
from bot.handlers.reading import reading_card
from bot.handlers.request import Request, new_id
from bot.messages import Message
from bot.outcome import Outcome, Outgoing
from bot.views import tracks as views
from bot.views.lines import line
from lessons.assignments import tracks_of
from lessons.confirmations import SELF, answer, ask_step, pending
from lessons.following import follow_up
from lessons.notices import CONFIRM, plan_notice
from lessons.track_progress import STEP, StepProgress, TrackProgress, subject_of
from lessons.tracks import Step, Track
from metrics.events.kinds import Confirmed
from metrics.people import Person

# Who was asked is not asked again by a press before that.
ASK_AGAIN_AFTER = timedelta(days=1)


def show(request: Request) -> Outcome:
    """Show somebody their own tracks: what is done, what comes next, and what waits for their word."""

    def store(session: Session) -> Sequence[Outgoing]:
        shown = request.privately(_own(session, request.person, request.now))
        return (*welcome(request, session), shown)

    return Outcome(request.handled("track_shown"), request.person.id, store)


def press(request: Request) -> Outcome | None:
    """Show the track, or take a press on one of its steps; None for any other button."""
    match request.incoming.action:
        case "track":
            return show(request)
        case "track_step":
            return _step(request)
        case _:
            return None


def sweep(session: Session, now: datetime) -> None:
    """Do what follows by itself from tracks; doing it again changes nothing."""
    follow_up(session, new_id, now, stored_company(session).timezone)


def _step(request: Request) -> Outcome:
    with request.app.database.session() as session:
        found = _pressed(session, request)
    if found is None:
        return request.said("closed", request.privately(line(views.STEP_GONE)))
    progress, step = found
    is_own = step.kind == "human" and step.who == SELF
    subject = subject_of(progress.track, step)[1]
    event = Confirmed(request.incoming.platform, 1.0, STEP, subject) if is_own else request.handled("track_step")

    def store(session: Session) -> Sequence[Outgoing]:
        person = session.get_one(Person, request.person.id)
        row = ask_step(session, person, progress.track, step, progress.due_on, new_id, request.now)
        if step.kind == "acknowledge":
            card = reading_card(session, person, [row.id])
            return (request.privately(card or line(views.STEP_GONE)),)
        if row.asked_id is None and not is_own:
            return (request.privately(line(views.NOBODY_TO_ASK)),)
        if is_own:
            answer(session, row, True, person.id, request.incoming.at)
        else:
            asked = session.get_one(Person, row.asked_id)
            zone = asked.time_zone or stored_company(session).timezone
            plan_notice(session, asked.id, CONFIRM, {row.id: []}, request.now, zone)
        return (request.in_place(_own(session, person, request.now)),)

    return Outcome(event, request.person.id, store)


def _own(session: Session, person: Person, now: datetime) -> Message:
    shown = [
        views.Shown(progress, {done.number: _handle(progress.track, done.step) for done in _pressable(progress, now)})
        for progress in tracks_of(session, person)
    ]
    waiting = len(pending(session, person))
    return views.own_tracks(shown, reader_of(session, person, now), waiting, new_id())


def _pressable(progress: TrackProgress, now: datetime) -> list[StepProgress]:
    """Return the steps that have a button: the next lesson, and every step left that people confirm."""
    return [
        done
        for done in progress.left
        if (done is progress.next_step if done.step.kind == "module" else not _was_just_asked(done, now))
    ]


def _was_just_asked(done: StepProgress, now: datetime) -> bool:
    row = done.confirmation
    return row is not None and row.asked_id is not None and row.answer is None and now - row.asked_at < ASK_AGAIN_AFTER


def _pressed(session: Session, request: Request) -> tuple[TrackProgress, Step] | None:
    """Return the step of the presser's own tracks that a button stands for, None when it is done or gone."""
    for progress in tracks_of(session, request.person):
        for done in progress.left:
            if _handle(progress.track, done.step) == request.incoming.value:
                return progress, done.step
    return None


def _handle(track: Track, step: Step) -> str:
    # It opens nothing: whose step it is, the presser's account says.
    return hashlib.sha256("\n".join((track.name, *subject_of(track, step))).encode()).hexdigest()[:32]
