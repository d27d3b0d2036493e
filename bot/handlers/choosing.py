"""Chooses a lesson for somebody to be sent, within the minutes of their cohort and of their week."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.company_file import Company
from lessons.agendas import Agenda
from lessons.picking import pick
from lessons.sequence import Choice


def choose_for(
    session: Session, company: Company, agenda: Agenda, at: datetime, is_asked: bool = False
) -> Choice | None:
    """Return the lesson somebody needs at an instant, None when there is none for them or their week is full.

    With `is_asked` their week does not hold them back.
    """
    rules = company.lesson_rules()
    weekly = min(rules.weekly_minutes, agenda.timing.weekly_minutes or rules.weekly_minutes)
    minutes = agenda.cohort.minutes if agenda.cohort is not None else weekly
    return pick(session, agenda.person, at, agenda.zone, minutes, weekly, None, is_asked, company.skill_rules())
