"""Finds what words about tracks and confirmations need of whoever reads them."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.views.tracks import Reader
from metrics.people import Person
from metrics.time_zones import local_time


def reader_of(session: Session, person: Person, now: datetime) -> Reader:
    """Return names, skill titles, and the date and zone of one reader."""
    company = stored_company(session)
    zone = person.time_zone or company.timezone
    names = dict(session.execute(select(Person.id, Person.name)).all())
    skills = {key: skill.title for key, skill in company.skills.items()}
    return Reader(names, skills, local_time(now, zone).date(), zone)
