"""Answers who asks for a lesson or for practice, and managers who send a lesson to somebody they manage."""

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.handlers.choosing import weekly_minutes_of
from bot.handlers.direct import direct_address
from bot.handlers.manage import welcome
from bot.handlers.mentions import with_emails
from bot.handlers.offers import offer
from bot.handlers.request import Request, answer_key, new_id
from bot.messages import Address
from bot.outcome import ANSWER, Outcome, Outgoing
from bot.views import lines
from bot.views import practice as views
from lessons.agendas import agenda_of
from lessons.nudges import PLANNED, SENT_BY_MANAGER
from lessons.picking import pick
from lessons.runs import to_go_on_with
from lessons.sequence import CHOICE, Choice
from lessons.shelf import modules_for
from lessons.tables import Nudge
from metrics.db import insert_new
from metrics.people import Person, asker_for, managed_by
from metrics.time_zones import local_time

# Who asks for a skill gets its whole module, whatever their cohort is sent.
MOST_MINUTES = 15
# Fewer may be a skill misspelt, which is answered with those there are.
FEW_WORDS = 3
# It waits for the end of quiet hours and days off, and is of no use much later.
SENT_WITHIN = timedelta(days=3)


def ask_for_lesson(request: Request) -> Outcome:
    """Give somebody their lesson now: the one they left, else the one they need most."""
    with request.app.database.session() as session:
        is_unfinished = to_go_on_with(session, request.asker) is not None
        choice = None if is_unfinished else _picked(session, request.person, request, None, is_asked=False)
    if not is_unfinished and choice is None:
        return request.said("no_lesson", request.privately(lines.line(views.NONE_NOW)))
    return _given(request, choice, "asked")


def practise(request: Request, wanted: str) -> Outcome:
    """Give somebody practice in the skill they name, or in what they need most; as often as they like."""
    with request.app.database.session() as session:
        titles = _titles(session, request.person)
        found = match_skills(wanted, titles)
        if wanted and len(found) != 1:
            text = views.which_skill(wanted, list((found or titles).values()), is_known=bool(found))
            return request.said("unknown_skill", request.privately(lines.line(text)))
        skill = next(iter(found), None) if wanted else None
        is_unfinished = not wanted and to_go_on_with(session, request.asker) is not None
        choice = None if is_unfinished else _picked(session, request.person, request, skill, is_asked=True)
    if not is_unfinished and choice is None:
        return request.said("no_lesson", request.privately(lines.line(views.NOTHING_TO_PRACTISE)))
    return _given(request, choice, "practice")


def means_practice(request: Request, wanted: str) -> bool:
    """Say whether the words after “practice” may name a skill; many that name none are part of a question."""
    if len(_words(wanted)) <= FEW_WORDS:
        return True
    with request.app.database.session() as session:
        return bool(match_skills(wanted, _titles(session, request.person)))


def send_lesson(request: Request, wanted: str, to: str) -> Outcome:
    """Let a manager send a lesson to somebody they manage: it comes when that person may be written to."""
    with request.app.database.session() as session:
        managed = managed_by(session, request.asker)
        meant = _called(with_emails(session, request.incoming, to), managed)
        if len(meant) != 1:
            text = views.not_one(to, is_several=bool(meant)) if managed else views.MANAGES_NOBODY
            return request.said("lesson_refused", request.privately(lines.line(text)))
        [person] = meant
        titles = _titles(session, person)
        found = match_skills(wanted, titles)
        if wanted and len(found) != 1:
            text = views.which_skill(wanted, list((found or titles).values()), is_known=bool(found))
            return request.said("unknown_skill", request.privately(lines.line(text)))
        choice = _picked(session, person, request, next(iter(found), None) if wanted else None, is_asked=True)
        local_on = local_time(request.now, person.time_zone or stored_company(session).timezone).date()
        title = titles.get(choice.skill, choice.skill) if choice else ""
        person_id, name = person.id, person.name
        is_reached = direct_address(session, person_id) is not None
    if choice is None or not is_reached:
        text = views.nothing_for(name) if is_reached else views.out_of_reach(name)
        return request.said("lesson_refused", request.privately(lines.line(text)))
    # Whoever sent it may be erased one day, and what was offered is kept.
    sent = replace(choice, reason=views.SENT_BY_MANAGER)

    def store(session: Session) -> Sequence[Outgoing]:
        planned = insert_new(
            session,
            Nudge,
            person_id=person_id,
            local_on=local_on,
            slot=SENT_BY_MANAGER,
            state=PLANNED,
            content=CHOICE.dump_python(sent, mode="json"),
            due_at=request.now,
            late_at=request.now + SENT_WITHIN,
        )
        text = views.sent_to(name, title) if planned is not None else views.sent_already(name)
        return (request.privately(lines.line(text)), *welcome(request, session))

    return Outcome(request.handled("lesson_sent"), request.person.id, store)


def match_skills(wanted: str, titles: Mapping[str, str]) -> dict[str, str]:
    """Return the skills meant by their key or words of their title, as key -> title; none for no words."""
    words = _words(wanted)
    exact = {key: title for key, title in titles.items() if words in (_words(key), _words(title))}
    if exact or not words:
        return exact
    return {key: title for key, title in titles.items() if set(words) <= {*_words(key), *_words(title)}}


def _given(request: Request, choice: Choice | None, origin: str) -> Outcome:
    incoming = request.incoming
    is_here = request.stands_in_chat and incoming.is_direct
    key = answer_key(request.key) if is_here else f"lesson:{request.key}"
    directly = Address(incoming.platform, incoming.workspace, only_for=incoming.user_id)
    address = request.private_address if is_here else directly

    def store(session: Session) -> Sequence[Outgoing]:
        person = session.get_one(Person, request.person.id)
        rng = random.SystemRandom()
        shown = offer(session, person, None, choice, address, request.now, new_id, rng, origin, key, ANSWER)
        if not shown:
            return (request.privately(lines.line(views.NONE_NOW)), *welcome(request, session))
        # Beside the lesson itself the line would say nothing.
        is_aside = incoming.channel is not None and not incoming.is_direct and request.offers.has_ephemeral
        told = (request.privately(lines.line(views.COMES_DIRECTLY)),) if is_aside else ()
        return (*told, *welcome(request, session), *shown)

    return Outcome(request.handled("lesson_given"), request.person.id, store)


def _picked(session: Session, person: Person, request: Request, skill: str | None, is_asked: bool) -> Choice | None:
    company = stored_company(session)
    agenda = agenda_of(session, person, company.lesson_rules(), company.timezone, request.now)
    usual = agenda.cohort.minutes if agenda.cohort is not None else MOST_MINUTES
    weekly = weekly_minutes_of(company, agenda)
    minutes, skills = MOST_MINUTES if is_asked else usual, company.skill_rules()
    return pick(session, person, request.now, agenda.zone, minutes, weekly, skill, is_asked, skills)


def _titles(session: Session, person: Person) -> dict[str, str]:
    """Return the skills somebody can practise, key -> title."""
    skills = stored_company(session).skills
    keys = {module.skill for module in modules_for(session, asker_for(person)).values()}
    return {key: skills[key].title if key in skills else key for key in sorted(keys)}


def _called(name: str, people: Iterable[Person]) -> list[Person]:
    wanted = _plain(name)
    return [person for person in people if wanted in (_plain(person.name), person.email.lower())]


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("’", "'").split())


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())
