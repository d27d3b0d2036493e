"""Chooses a lesson for somebody to be sent, within the minutes of their cohort and of their week."""

from datetime import datetime
from math import inf

from sqlalchemy.orm import Session

from bot.company_file import Company
from lessons.agendas import Agenda
from lessons.learner import minutes_this_week
from lessons.picking import pick
from lessons.sequence import Choice


def choose_for(
    session: Session, company: Company, agenda: Agenda, at: datetime, is_capped: bool = True
) -> Choice | None:
    """Return the lesson somebody needs at an instant, None when there is none for them or their week is full.

    With `is_capped` False it is the one they would get in a week that is not.
    """
    weekly = weekly_minutes_of(company, agenda)
    minutes = agenda.cohort.minutes if agenda.cohort is not None else weekly
    most = weekly if is_capped else inf
    return pick(session, agenda.person, at, agenda.zone, minutes, most, skills=company.skill_rules())


def weekly_minutes_of(company: Company, agenda: Agenda) -> int:
    """Return the most minutes of practice somebody may be sent in 7 days: the company's, or fewer if they chose so."""
    most = company.lesson_rules().weekly_minutes
    return min(most, agenda.timing.weekly_minutes or most)


def fits_the_week(session: Session, company: Company, agenda: Agenda, choice: Choice, now: datetime) -> bool:
    """Say whether a lesson that was chosen before still fits the minutes of somebody's week."""
    spent = minutes_this_week(session, agenda.person.id, now)
    return spent + choice.minutes <= weekly_minutes_of(company, agenda)
