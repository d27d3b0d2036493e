"""Puts a lesson off, and changes when somebody is sent lessons: one press each, and one to take it back."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.handlers.manage import welcome
from bot.handlers.request import Request, new_id
from bot.messages import Form, Incoming, Message
from bot.outcome import Outcome, Outgoing
from bot.views import lines
from bot.views import run as run_views
from bot.views import timing as views
from bot.views.exercise import name_of
from lessons import nudges, preferences, snoozing
from lessons.agendas import Agenda, agenda_of
from lessons.rules import LessonRules
from lessons.runs import (
    DROPPED,
    OFFERED,
    UNFINISHED,
    course_of,
    end_unfinished,
    find_run,
    hold,
    progress_of,
    unfinished,
)
from lessons.schedule import A_WEEK, Slot
from lessons.tables import LessonRun
from metrics.events.kinds import LessonSnoozed, PreferenceChanged
from metrics.people import Person
from metrics.time_zones import local_time

FORM = "settings_form"
OPENS_FORM = (FORM, "lesson_time")
LATER, TOMORROW, SKIP = "lesson_later", "lesson_tomorrow", "lesson_skip"
PUT_OFF = {LATER: "later_today", TOMORROW: "tomorrow", SKIP: "skipped"}
PAUSE = ("lesson_pause_week", "lessons_pause_week")
STOP = ("lesson_stop", "lessons_stop")
# No clock on land shows an earlier hour than Baker Island's.
FURTHEST_BEHIND = timedelta(hours=12)
UNDO = ("undo_later", "undo_tomorrow", "undo_skip", "undo_pause", "undo_stop")


def press(request: Request) -> Outcome | None:
    """Return what a press about when lessons come leads to; None for one of something else."""
    action = request.incoming.action or ""
    if action in PUT_OFF:
        return _put_off(request, action)
    if action in UNDO:
        return _undo(request, action)
    if action in PAUSE:
        return _refused(request) or _pause(request, _today(request) + A_WEEK, request.in_place)
    if action in STOP:
        return _refused(request) or _stop(request, request.in_place)
    if action == "lessons_start":
        return _change(request, "started", preferences.start, request.in_place)
    if action == "lessons_weekly":
        return _change(request, "weekly", preferences.go_weekly, request.in_place)
    return None


def show(request: Request) -> Outcome:
    """Show somebody their settings."""
    with request.app.database.session() as session:
        agenda, rules = _agenda(session, request.person, request.now)
    message = views.settings(agenda, rules, new_id(), _day(request, agenda))
    return request.said("settings", request.privately(message))


def pause(request: Request, until: str = "") -> Outcome:
    """Send somebody nothing before the day they name, or for a week."""
    today = _today(request)
    day = preferences.read_pause(until, today) if until else today + A_WEEK
    if day is None:
        return request.said("pause_usage", request.privately(lines.line(views.PAUSE_USAGE)))
    return _pause(request, day, request.privately)


def stop(request: Request) -> Outcome:
    """Send somebody nothing until they say otherwise."""
    return _stop(request, request.privately)


def start(request: Request) -> Outcome:
    """Send somebody lessons again."""
    return _change(request, "started", preferences.start, request.privately)


def go_weekly(request: Request) -> Outcome:
    """Send somebody one lesson a week."""
    return _change(request, "weekly", preferences.go_weekly, request.privately)


def open_form(session: Session, person: Person, now: datetime) -> Form:
    """Return the form of somebody's settings."""
    agenda, rules = _agenda(session, person, now)
    return views.settings_form(agenda, rules, new_id(), local_time(now, agenda.zone).date())


def form_errors(incoming: Incoming) -> dict[str, str]:
    """Return what is wrong with a submitted form of settings, by field."""
    if incoming.action != FORM:
        return {}
    # Whose form it is, is known later: until then it may still be yesterday where they are.
    return preferences.read_settings(incoming.fields, (incoming.at - FURTHEST_BEHIND).date())[1]


def save(request: Request) -> Outcome | None:
    """Keep what somebody wrote into the form of their settings; None for another form."""
    if request.incoming.action != FORM:
        return None
    settings, mistakes = preferences.read_settings(request.incoming.fields, _today(request))
    with request.app.database.session() as session:
        _, rules = _agenda(session, request.person, request.now)
    if settings.at_minute is not None and rules.quiet is not None and rules.quiet.hold(settings.at_minute):
        mistakes = {preferences.TIME: views.not_saved(settings.at_minute, rules.quiet)}
    if mistakes:
        return request.said("settings_refused", request.privately(lines.line(" ".join(mistakes.values()))))

    def change(session: Session, person_id: int, now: datetime) -> None:
        preferences.save_settings(session, person_id, settings, now)

    return _change(request, "settings", change, request.privately)


def _put_off(request: Request, action: str) -> Outcome:
    with request.app.database.session() as session:
        run = find_run(session, request.incoming.value)
        if run is not None and run.person_id != request.person.id:
            return _not_theirs(request)
        if run is None or run.state not in UNFINISHED:
            return _closed(request)
        agenda, rules = _agenda(session, request.person, request.now)
        slot = None
        if action == LATER and snoozing.has_room_today(session, agenda, request.now):
            slot = snoozing.later_today(agenda, rules, request.now)
        if action != SKIP and slot is None:
            slot = snoozing.another_day(agenda, rules, request.now)
    if action != SKIP and slot is None:
        return request.said("no_moment", request.privately(lines.line(views.NO_MOMENT)))
    token, name = run.token, name_of(course_of(run))
    event = LessonSnoozed(request.incoming.platform, run.skill, run.id, PUT_OFF[action])

    def store(session: Session) -> Sequence[Outgoing]:
        held = _held(session, request.person.id, token)
        if slot is None:
            end_unfinished(session, held, request.incoming.platform, request.now)
            return (request.in_place(views.skipped(name, token)),)
        snoozing.put_off(session, request.person.id, slot)
        return (request.in_place(_told(slot, action, name, token, request.now, agenda.zone)),)

    return Outcome(event, request.person.id, store)


def _told(slot: Slot, action: str, name: str, token: str, now: datetime, zone: str) -> Message:
    is_moved_on = action == LATER and slot.name != nudges.LATER
    undo = "undo_tomorrow" if slot.name == nudges.TOMORROW else "undo_later"
    return views.put_off(name, slot.due_at, now, zone, token, undo, is_moved_on)


def _undo(request: Request, action: str) -> Outcome:
    """Put the lesson back in front of somebody, as it was before they put it off, paused or stopped."""
    with request.app.database.session() as session:
        run = find_run(session, request.incoming.value)
        if run is not None and run.person_id != request.person.id:
            return _not_theirs(request)
        if run is None:
            return _closed(request)
        other = unfinished(session, request.person.id)
    is_preference = action in ("undo_pause", "undo_stop")
    is_gone = run.state not in (*UNFINISHED, DROPPED) or (other is not None and other.id != run.id)
    if is_gone and not is_preference:
        return _closed(request)
    token, run_id = run.token, run.id
    platform = request.incoming.platform
    event = PreferenceChanged(platform, "started") if is_preference else request.handled("lesson_put_back")

    def store(session: Session) -> Sequence[Outgoing]:
        hold(session, request.person.id)
        if is_preference:
            preferences.unpause(session, request.person.id, request.now)
        if is_gone:
            agenda, _ = _agenda(session, session.get_one(Person, request.person.id), request.now)
            return (request.in_place(lines.line(views.state(agenda, _day(request, agenda)))),)
        held = session.get_one(LessonRun, run_id, populate_existing=True)
        if held.token != token or held.state != run.state:
            raise _meanwhile(run_id)
        snoozing.take_back(session, request.person.id)
        if held.state == DROPPED:
            held.state, held.finished_at, held.changed_at = OFFERED, None, request.now
        return (request.in_place(run_views.step(course_of(held), progress_of(held), token)),)

    return Outcome(event, request.person.id, store)


def _pause(request: Request, until: date, answer: Callable[[Message], Outgoing]) -> Outcome:
    def change(session: Session, person_id: int, now: datetime) -> None:
        preferences.pause(session, person_id, until, now)

    token = _token(request)
    return _change(request, "paused", change, answer, views.paused(until, token, new_id()))


def _stop(request: Request, answer: Callable[[Message], Outgoing]) -> Outcome:
    token = _token(request)
    return _change(request, "stopped", preferences.stop, answer, views.stopped(token, new_id()))


def _change(
    request: Request,
    what: str,
    change: Callable[[Session, int, datetime], None],
    answer: Callable[[Message], Outgoing],
    message: Message | None = None,
) -> Outcome:
    def store(session: Session) -> Sequence[Outgoing]:
        hold(session, request.person.id)
        change(session, request.person.id, request.now)
        session.flush()
        if message is not None:
            return (answer(message), *welcome(request, session))
        agenda, rules = _agenda(session, session.get_one(Person, request.person.id), request.now)
        shown = views.settings(agenda, rules, new_id(), _day(request, agenda))
        return (answer(shown), *welcome(request, session))

    return Outcome(PreferenceChanged(request.incoming.platform, what), request.person.id, store)


def _refused(request: Request) -> Outcome | None:
    with request.app.database.session() as session:
        run = find_run(session, request.incoming.value)
    return _not_theirs(request) if run is not None and run.person_id != request.person.id else None


def _not_theirs(request: Request) -> Outcome:
    return request.said("not_yours", request.privately(lines.line(views.NOT_YOURS)))


def _closed(request: Request) -> Outcome:
    return request.said("closed", request.privately(lines.line(views.CLOSED)))


def _token(request: Request) -> str | None:
    """Return the token of the unfinished lesson whose message was pressed, None for any other message."""
    with request.app.database.session() as session:
        run = find_run(session, request.incoming.value)
    return run.token if run is not None and run.state in UNFINISHED else None


def _held(session: Session, person_id: int, token: str) -> LessonRun:
    hold(session, person_id)
    run = find_run(session, token)
    if run is None or run.state not in UNFINISHED:
        raise _meanwhile(token)
    return run


def _meanwhile(which: object) -> IntegrityError:
    # Handled once more, the press finds the lesson as it is now.
    return IntegrityError("lesson went on meanwhile", None, ValueError(which))


def _agenda(session: Session, person: Person, now: datetime) -> tuple[Agenda, LessonRules]:
    company = stored_company(session)
    rules = company.lesson_rules()
    return agenda_of(session, person, rules, company.timezone, now), rules


def _today(request: Request) -> date:
    with request.app.database.session() as session:
        return local_time(request.now, request.person.time_zone or stored_company(session).timezone).date()


def _day(request: Request, agenda: Agenda) -> date:
    return local_time(request.now, agenda.zone).date()
