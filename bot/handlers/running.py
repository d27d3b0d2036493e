"""Takes a lesson one step on with each press, in the message that was pressed; each step counts once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.handlers.offers import closing_of, stands_in
from bot.handlers.request import Request, answer_key, new_id
from bot.messages import Incoming, Kind, Message
from bot.outcome import Opened, Outcome, Outgoing
from bot.views import exercise as exercise_views
from bot.views import lines
from bot.views import run as views
from coach.mask import mask
from lessons.learner import signed_off
from lessons.run import CONFIDENCE, MOST_PICKED, SAID, Move, Progress, after
from lessons.runs import (
    COMPLETED,
    UNFINISHED,
    course_of,
    end_unfinished,
    find_run,
    last_time,
    may_go_on,
    progress_of,
    take_step,
    to_go_on_with,
)
from lessons.tables import LessonRun
from metrics.events.kinds import InteractionHandled
from metrics.people import Person

WRITE = "run_write"
MOVES: Mapping[str, Move] = {
    "run_start": Move("start"),
    "run_next": Move("next"),
    "run_undo": Move("undo"),
    **{f"run_pick_{place}": Move("pick", place=place) for place in range(MOST_PICKED)},
    **{f"run_{word}": Move("confidence", amount=amount) for word, amount in CONFIDENCE.items()},
    **{f"run_said_{word}": Move("said", amount=amount) for word, amount in SAID.items()},
}
OUTCOMES = {"start": "lesson_opened", "next": "lesson_step", "confidence": "lesson_answered", "said": "lesson_answered"}


def press(request: Request) -> Outcome | None:
    """Return what a press in a lesson, or a form sent off, leads to; None for one of something else."""
    move = _move_of(request.incoming)
    if move is None:
        return None
    with request.app.database.session() as session:
        run = find_run(session, request.incoming.value)
        is_allowed = run is not None and may_go_on(session, request.asker, run)
    if run is not None and run.person_id != request.person.id:
        return request.said("not_yours", request.privately(lines.line(views.NOT_YOURS)))
    if run is None and (shown := _shown_again(request)):
        return shown
    if run is None or run.state not in UNFINISHED or after(course_of(run), progress_of(run), move, 0) is None:
        return request.said("closed", request.privately(lines.line(views.DONE_ALREADY)))
    run_id, token = run.id, run.token
    if not is_allowed:
        return Outcome(
            request.handled("lesson_not_open"), request.person.id, lambda session: _ended(request, session, run_id)
        )

    def store(session: Session) -> Sequence[Outgoing]:
        at, door = request.incoming.at, request.incoming.platform
        taken = take_step(session, run_id, token, new_id(), move, door, at, request.now)
        return _shown(request, session, taken, _screen(request, session, taken))

    return Outcome(request.handled(OUTCOMES.get(move.kind, "lesson_chosen")), request.person.id, store)


def open_form(session: Session, incoming: Incoming, person: Person) -> Opened:
    """Return the form for an answer in one's own words, or a line where the step is done or somebody else's."""
    run = find_run(session, incoming.value)
    if run is not None and run.person_id != person.id:
        return _said(incoming, "not_yours", lines.line(views.NOT_YOURS), person.id)
    course, progress = (course_of(run), progress_of(run)) if run is not None else (None, Progress())
    exercise = course.exercise_at(progress.position) if course is not None else None
    if course is None or exercise is None or after(course, progress, Move("write", words="…"), 0) is None:
        return _said(incoming, "closed", lines.line(views.DONE_ALREADY), person.id)
    form = exercise_views.write_form(course, exercise, incoming.value or "")
    return Opened(_event(incoming, "opened_run_write"), form, person_id=person.id)


def _shown_again(request: Request) -> Outcome | None:
    """Return the step that stands in the message of which an older button was pressed; None for any other message."""
    with request.app.database.session() as session:
        run = to_go_on_with(session, request.asker)
        if run is None or not stands_in(session, run, request.incoming):
            return None
        shown = request.in_place(views.step(course_of(run), progress_of(run), run.token))
        return request.said("lesson_shown_again", replace(shown, after_key=run.message_key))


def _move_of(incoming: Incoming) -> Move | None:
    if incoming.kind is Kind.SUBMIT:
        if incoming.action != exercise_views.WRITTEN_FORM:
            return None
        words = mask(incoming.fields.get(exercise_views.WRITTEN_FIELD, "")).text
        return Move("write", words=words)
    return MOVES.get(incoming.action or "")


def _screen(request: Request, session: Session, run: LessonRun) -> Message:
    course, progress = course_of(run), progress_of(run)
    if run.state != COMPLETED:
        return views.step(course, progress, run.token)
    company = stored_company(session)
    skill = company.skills.get(run.skill)
    zone = request.person.time_zone or company.timezone
    title = skill.title if skill else run.skill
    is_waiting = skill is not None and skill.sign_off and run.skill not in signed_off(session, run.person_id)
    return views.closing(course, progress, title, last_time(session, run), request.now, zone, is_waiting)


def _shown(request: Request, session: Session, run: LessonRun, shown: Message) -> Sequence[Outgoing]:
    """Return what shows a run: in the message that was pressed, else in its own, or anew below a form in the chat."""
    incoming, key = request.incoming, answer_key(request.key)
    if incoming.kind is Kind.SUBMIT and incoming.message_id is not None:
        # The form stands below the lesson, where its place was taken by the words that it was sent.
        closed = closing_of(session, run, views.moved(course_of(run)), request.private_address, key)
        run.message_key = key
        return (Outgoing(key, request.private_address, shown, person_id=run.person_id), *closed)
    if incoming.kind is Kind.CLICK:
        return (replace(request.in_place(shown), after_key=run.message_key),)
    address = request.private_address
    return (Outgoing(key, address, shown, operation="update", after_key=run.message_key, person_id=run.person_id),)


def _ended(request: Request, session: Session, run_id: int) -> Sequence[Outgoing]:
    run = session.get_one(LessonRun, run_id)
    end_unfinished(session, run, request.incoming.platform, request.now)
    return _shown(request, session, run, lines.line(views.NOT_OPEN_TO_YOU))


def _said(incoming: Incoming, outcome: str, message: Message, person_id: int) -> Opened:
    return Opened(_event(incoming, outcome), say=message, person_id=person_id)


def _event(incoming: Incoming, outcome: str) -> InteractionHandled:
    return InteractionHandled(incoming.platform, incoming.kind.value, outcome)
