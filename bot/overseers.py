"""Owns who looks after Coach and who audits it, as company.yaml names them."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.company_file import Company
from metrics.people import Person
from metrics.policy import WholeCompany


def overseers_of(session: Session, company: Company) -> WholeCompany:
    """Return the admins and auditors of a company who are active."""
    return WholeCompany(_ids(session, company.admins), _ids(session, company.auditors))


def _ids(session: Session, emails: Iterable[str]) -> frozenset[int]:
    named = [email.lower() for email in emails]
    return frozenset(session.scalars(select(Person.id).where(Person.email.in_(named), Person.is_active)))
