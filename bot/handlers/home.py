"""Finds what one person's home page shows: their day, questions and skills, and what they manage or look after."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.company_file import Company
from bot.handlers.looking import handles_in
from bot.handlers.request import Request, new_id
from bot.handlers.upkeep import upkeep_of
from bot.messages import Message
from bot.viewing import viewer_of
from bot.views import timing, why
from bot.views.exercise import name_of
from bot.views.home import MOST_QUESTIONS, OPEN_DAYS, Home, Item, Question, home_message
from bot.views.home_team import TeamPart
from bot.web.sign_in import pages_url
from coach.questions import as_asked, delivery_of, open_questions, recent_questions
from coach.tables import AskedQuestion
from lessons.agendas import agenda_of
from lessons.confirmations import pending
from lessons.nudges import LESSONS, PLANNED
from lessons.report import PersonReport
from lessons.reports import coverage_of, in_need_first, whose_is
from lessons.runs import COMPLETED, OPEN, course_of, to_go_on_with
from lessons.standings import standings
from lessons.tables import LessonRun, Nudge
from metrics.looks import note_looks
from metrics.people import Person, managed_by
from metrics.periods import USUAL_DAYS, last_days
from metrics.time_zones import local_time

ENDINGS = {
    "answered": "answered from your SOPs",
    "uncertain": "closest passages shown",
    "not_covered": "not covered",
    "refused": "not answered",
}
MOST_OPEN = 50
YOURSELF = "yourself"


def home_page(session: Session, request: Request) -> Message:
    """Return somebody's home page, with parts by what they are, and note whom it names; the times on it are theirs."""
    company, person, now = stored_company(session), request.person, request.now
    viewer = viewer_of(session, request.asker, company)
    zone = person.time_zone or company.timezone
    managed = managed_by(session, request.asker)
    found = standings(session, [person, *managed], viewer.skills, now, viewer.zone)
    period = last_days(USUAL_DAYS, now)
    reports = [PersonReport(whose_is(each), period, found[each.id]) for each in managed]
    team = None
    if managed:
        team = TeamPart(tuple(sorted(reports, key=in_need_first)), coverage_of(viewer, managed, found, smallest=1))
        note_looks(session, person.id, [each.whose.person_id for each in team.stuck], "team", now, viewer.zone)
    open_ones = open_questions(session, person.id, now - timedelta(days=OPEN_DAYS), MOST_OPEN)
    waiting = [YOURSELF if one.learner.id == person.id else one.learner.name for one in pending(session, person)]
    home = Home(
        now,
        zone,
        _item(session, request, company, zone),
        PersonReport(whose_is(person), period, found[person.id]),
        _questions(session, person, open_ones),
        len(open_ones),
        waiting,
        team,
        upkeep_of(session, request, viewer, company),
        pages_url(request.app.settings) if managed or viewer.sees_company else None,
    )
    return home_message(home, handles_in(session).of, new_id(), request.offers.has_home)


def _item(session: Session, request: Request, company: Company, zone: str) -> Item:
    """Return the lesson begun or offered, else the next one planned, else when lessons come."""
    person, now = request.person, request.now
    if (run := to_go_on_with(session, request.asker)) is not None:
        course = course_of(run)
        return Item("begun" if run.state == OPEN else "offered", name_of(course), course.minutes)
    today = local_time(now, zone).date()
    agenda = agenda_of(session, person, company.lesson_rules(), company.timezone, now)
    state, done = timing.state(agenda, today), _done_today(session, person.id, now, zone)
    until = agenda.timing.paused_until
    planned = None
    if not agenda.timing.is_stopped and (until is None or until <= today):
        planned = _planned(session, person.id, now)
    if planned is None:
        return Item("none", done=done, state=state)
    skill = company.skills.get((planned.content or {}).get("skill", ""))
    is_today = local_time(planned.due_at, zone).date() == today
    return Item("planned", skill.title if skill else "", at=planned.due_at, is_today=is_today, done=done, state=state)


def _planned(session: Session, person_id: int, now: datetime) -> Nudge | None:
    query = select(Nudge).where(
        Nudge.person_id == person_id, Nudge.state == PLANNED, Nudge.slot.in_(LESSONS), Nudge.due_at > now
    )
    return session.scalars(query.order_by(Nudge.due_at, Nudge.id).limit(1)).one_or_none()


def _done_today(session: Session, person_id: int, now: datetime, zone: str) -> str:
    """Return what the lesson completed last is called, if it was today."""
    query = select(LessonRun).where(LessonRun.person_id == person_id, LessonRun.state == COMPLETED)
    run = session.scalars(query.order_by(LessonRun.finished_at.desc(), LessonRun.id.desc()).limit(1)).one_or_none()
    if run is None or run.finished_at is None:
        return ""
    is_today = local_time(run.finished_at, zone).date() == local_time(now, zone).date()
    return name_of(course_of(run)) if is_today else ""


def _questions(session: Session, person: Person, open_ones: Sequence[AskedQuestion]) -> list[Question]:
    """Return their questions, those not covered first, then the newest of the others."""
    open_ids = {question.id for question in open_ones}
    told = {as_asked(question.words) for question in open_ones}
    recent = recent_questions(session, person.id, MOST_QUESTIONS)
    shown = [*open_ones, *(each for each in recent if as_asked(each.words) not in told)][:MOST_QUESTIONS]
    emails = {question.refer_to for question in shown if question.id in open_ids and question.refer_to}
    active = select(Person.email, Person.name).where(Person.email.in_(emails), Person.is_active)
    names = dict(session.execute(active).all()) if emails else {}
    return [
        Question(question.words, question.asked_at, _ending(question, names), question.id in open_ids)
        for question in shown
    ]


def _ending(question: AskedQuestion, names: dict[str, str]) -> str:
    whom = names.get(question.refer_to or "", question.refer_to)
    if question.band == "not_covered" and whom:
        return f"{ENDINGS[question.band]}; ask {whom}"
    delivery = delivery_of(question)
    return ENDINGS[question.band] if delivery is None else why.ENDINGS[delivery].lower()
