"""Owns one tick of the clock: practice planned ahead, and what is due put on its way."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.company_file import Company
from bot.database import Database
from bot.handlers import digesting, nudging
from bot.handlers.choosing import choose_for
from bot.logs import log_bug
from bot.messages import Platform
from bot.sender import OnPoint, pass_by
from bot.undisturbed import undisturbed_people
from lessons import cohort_posts, digests, planning
from lessons.agendas import Agenda, load_agendas
from lessons.sequence import Choice
from metrics.people import Person

PEOPLE_AT_ONCE = 50


def tick(
    database: Database,
    platforms: Mapping[str, Platform],
    now: datetime,
    new_id: Callable[[], str],
    rng: random.Random,
    is_planning: bool = True,
    on_queued: Callable[[], object] = lambda: None,
    on_point: OnPoint = pass_by,
) -> None:
    """Do what a clock does: plan ahead, then queue what is due in small transactions, so that others write in between.

    `platforms` are asked who is not to be disturbed. `on_queued` is called after each transaction that queues,
    `on_point` with a name at each step between which a process can die.
    """
    if is_planning:
        plan_ahead(database, now, new_id, on_point)
    with database.transaction() as session:
        nudging.clear_up(session, now)
        on_point("clearing")
    undisturbed = undisturbed_people(database, platforms, now)
    is_more = True
    while is_more:
        with database.transaction() as session:
            is_more = nudging.send_due(session, now, new_id, rng, undisturbed) > 0
            on_point("queueing")
        if is_more:
            on_point("queued")
            on_queued()


def plan_ahead(database: Database, now: datetime, new_id: Callable[[], str], on_point: OnPoint = pass_by) -> None:
    """Plan everybody's practice for the next day and a half, a batch of people at a time."""
    last_id, moments = 0, cohort_posts.Moments()
    while True:
        with database.session() as session:
            company = stored_company(session)
            rules = company.lesson_rules()
            query = select(Person).where(Person.is_active, Person.id > last_id).order_by(Person.id)
            people = session.scalars(query.limit(PEOPLE_AT_ONCE)).all()
            agendas = load_agendas(session, people, rules, company.timezone, now)
            plans = planning.plan(session, agendas, rules, now, partial(_foreseen, session, company))
            cohort_posts.add_moments(moments, agendas, rules, now)
        if not people:
            break
        last_id = people[-1].id
        with database.transaction() as session:
            planning.store_plans(session, plans, now)
            on_point("planning")
        on_point("planned")
    with database.transaction() as session:
        planning.withdraw_from_who_left(session, now)
        if company.lessons is not None:
            digests.plan_digests(session, rules, company.timezone, now)
        cohort_posts.store_posts(session, moments, now, new_id)


def plan_warnings(database: Database, now: datetime) -> None:
    """Plan what managers hear of early; finding out takes a while, so it does not keep others from writing."""
    with database.session() as session:
        store = digesting.plan_warnings(session, stored_company(session), now)
    with database.transaction() as session:
        store(session)


def _foreseen(session: Session, company: Company, agenda: Agenda, at: datetime) -> Choice | None:
    try:
        return choose_for(session, company, agenda, at)
    except OperationalError:
        raise
    except Exception as error:
        # It is chosen anew when it is sent; nobody else's plans wait for that.
        log_bug("choice_failed", error, f"person:{agenda.person.id}")
        return None
