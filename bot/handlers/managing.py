"""Takes what managers press about the people they manage: check-ins, thanks, first tasks alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.company_file import Company
from bot.handlers import digest_buttons
from bot.handlers.digest_buttons import digest_again, digest_under, in_place_of, noting_read
from bot.handlers.digesting import script_for
from bot.handlers.looking import handles_in, noting_looks, refused
from bot.handlers.practice import send_lesson
from bot.handlers.request import Request
from bot.handles import HANDLE_DIGITS, Handles
from bot.messages import Message
from bot.outcome import Outcome, Outgoing
from bot.viewing import viewer_of
from bot.views import managing as views
from bot.views.lines import line
from lessons import notices
from lessons.reports import person_report
from lessons.supports import (
    Achieved,
    achieved,
    not_yet_alone,
    note_alone,
    note_check_in,
    note_recognised,
    was_checked_in,
    was_recognised,
)
from lessons.viewer import Viewer
from metrics.events.kinds import Event, ManagerActed
from metrics.people import Person
from metrics.periods import USUAL_DAYS, last_days
from metrics.policy import Action
from metrics.reinforcement import ALONE, CHECK_IN, RECOGNISED


@dataclass(frozen=True)
class Meant:
    """Whom a press is about, as whoever pressed may see them; `about` is the handle of what else it names, or ""."""

    viewer: Viewer
    person: Person
    handles: Handles
    company: Company
    about: str

    @property
    def zone(self) -> str:
        """The company's time zone: its weeks and days are meant."""
        return self.viewer.zone

    @property
    def name(self) -> str:
        """What they are called in passing."""
        return views.first_name(self.person.name)


def press(request: Request) -> Outcome | None:
    """Return what a press about somebody one manages, or about the digest, leads to; None for any other button."""
    action = request.incoming.action or ""
    if action not in ABOUT_PERSON:
        return digest_buttons.press(request)
    with request.app.database.session() as session:
        meant = _meant(session, request)
        if meant is None:
            return noting_read(request, refused(request, "not_yours", views.NOT_YOURS))
        if action != "checkin_script" and not _may_support(session, meant):
            words = views.ONLY_MANAGERS.format(name=meant.person.name)
            return refused(request, "not_theirs_to_note", words)
        outcome = ABOUT_PERSON[action](request, session, meant)
        if action != "checkin_lesson":
            # What is answered says where they stand, what they achieved or what is left to do.
            outcome = noting_looks(request, outcome, [meant.person.id], "person", meant.zone)
        return noting_read(request, outcome)


def _script(request: Request, session: Session, meant: Meant) -> Outcome:
    return request.said("checkin_script", request.privately(_script_message(request, session, meant)))


def _script_message(request: Request, session: Session, meant: Meant, noted: str = "") -> Message:
    report = person_report(session, meant.viewer, meant.person, last_days(USUAL_DAYS, request.now), request.now)
    one = script_for(session, report)
    return views.script_message(one, meant.zone, meant.handles.of, _may_support(session, meant), noted)


def _check_in(request: Request, session: Session, meant: Meant) -> Outcome:
    manager_id, person_id = request.person.id, meant.person.id
    if was_checked_in(session, manager_id, person_id, request.now, meant.zone):
        return refused(request, "noted_already", views.noted_already(meant.name))
    said = views.checked_in_line(meant.person.name, request.now, meant.zone)
    digest_id = digest_under(session, request)
    again = digest_again(request, session, meant.company, said, person_id) if digest_id is not None else None
    record = again.message if again is not None else _script_message(request, session, meant, said)

    def store(held: Session) -> Sequence[Outgoing]:
        note_check_in(held, manager_id, person_id, request.incoming.platform, request.now, meant.zone)
        return (in_place_of(request, record, digest_id),)

    outcome = Outcome(_acted(request, CHECK_IN), manager_id, store)
    return noting_looks(request, outcome, again.named if again is not None else (), "digest", meant.zone)


def _lesson(request: Request, _: Session, meant: Meant) -> Outcome:
    skill = meant.handles.find("skill", meant.about, meant.viewer.skills)
    if skill is None:
        return refused(request, "gone", views.GONE.format(name=meant.person.name))
    return send_lesson(request, skill, meant.person.email)


def _recognise(request: Request, session: Session, meant: Meant) -> Outcome:
    found = achieved(session, meant.person.id, meant.viewer.skills, request.now)
    chosen = meant.handles.find("skill", meant.about, [each.skill for each in found]) if meant.about else None
    if not found:
        return refused(request, "nothing_to_recognise", views.NOTHING_ACHIEVED.format(name=meant.name))
    if meant.about and chosen is None:
        return refused(request, "gone", views.GONE.format(name=meant.person.name))
    if chosen is None and len(found) > 1:
        person = meant.handles.of("person", meant.person.id)
        asked = views.which_achieved(meant.name, person, found, meant.handles.of)
        return request.said("recognise_which", request.privately(asked))
    return _thank(request, session, meant, next(each for each in found if chosen in (None, each.skill)))


def _thank(request: Request, session: Session, meant: Meant, one: Achieved) -> Outcome:
    manager_id, person_id = request.person.id, meant.person.id
    if was_recognised(session, manager_id, person_id, one.skill, request.now, meant.zone):
        words = views.noted_already(meant.name, f"“{one.title}” of {{name}}")
        return refused(request, "noted_already", words)
    theirs = meant.person.time_zone or meant.zone

    def store(held: Session) -> Sequence[Outgoing]:
        door, now = request.incoming.platform, request.now
        event_id = note_recognised(held, manager_id, person_id, one.skill, door, now, meant.zone)
        about = {event_id: [one.skill, one.how, str(manager_id)]}
        notices.plan_notice(held, person_id, notices.RECOGNISED, about, now, theirs)
        return (_told(request, meant, views.recognised_line(meant.name, one.title)),)

    return Outcome(_acted(request, RECOGNISED), manager_id, store)


def _alone(request: Request, session: Session, meant: Meant) -> Outcome:
    workflows = not_yet_alone(session, meant.person.id, meant.person.roles, meant.viewer.skills)
    chosen = meant.handles.find("workflow", meant.about, workflows) if meant.about else None
    if not workflows:
        return refused(request, "all_alone", views.ALL_ALONE.format(name=meant.name))
    if meant.about and chosen is None:
        return refused(request, "gone", views.GONE.format(name=meant.person.name))
    if chosen is None and len(workflows) > 1:
        person = meant.handles.of("person", meant.person.id)
        asked = views.which_workflow(meant.name, person, list(workflows), meant.handles.of)
        return request.said("alone_which", request.privately(asked))
    workflow = chosen or next(iter(workflows))
    skill, person_id = workflows[workflow].key, meant.person.id

    def store(held: Session) -> Sequence[Outgoing]:
        person = held.get_one(Person, person_id)
        if not note_alone(held, person, workflow, skill, request.incoming.platform, request.now):
            return (request.privately(line(views.ALL_ALONE.format(name=meant.name))),)
        return (_told(request, meant, views.alone_line(meant.name, workflow)),)

    return Outcome(_acted(request, ALONE), request.person.id, store)


ABOUT_PERSON: dict[str, Callable[[Request, Session, Meant], Outcome]] = {
    "checkin_script": _script,
    "checkin_done": _check_in,
    "checkin_lesson": _lesson,
    "recognise": _recognise,
    "recognise_for": _recognise,
    "alone": _alone,
    "alone_at": _alone,
}


def _meant(session: Session, request: Request) -> Meant | None:
    """Return whom a press is about, None for nobody among those the presser sees."""
    company = stored_company(session)
    viewer, handles = viewer_of(session, request.asker, company), handles_in(session)
    value = request.incoming.value or ""
    people = {person.id: person for person in viewer.people(session)}
    person_id = handles.find("person", value[:HANDLE_DIGITS], people)
    if person_id is None:
        return None
    return Meant(viewer, people[person_id], handles, company, value[HANDLE_DIGITS:])


def _may_support(session: Session, meant: Meant) -> bool:
    return meant.viewer.may_see(session, meant.person, Action.SUPPORT)


def _told(request: Request, meant: Meant, words: str) -> Outgoing:
    """Return a record: in place of the question it answers, else beside what was pressed in."""
    return request.in_place(line(words)) if meant.about else request.privately(line(words))


def _acted(request: Request, what: str) -> Event:
    return ManagerActed(request.incoming.platform, what)
