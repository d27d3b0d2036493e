"""People at work in a database, and their nudges, for tests of planning and of what is due."""

from datetime import timedelta

from sqlalchemy import select

from lessons.agendas import load_agendas
from lessons.hours import read_hours
from lessons.planning import plan, store_plans
from lessons.rules import Cohort, LessonRules, read_when
from lessons.sequence import Choice
from lessons.tables import Nudge, Shift
from metrics.people import Person

LONDON = "Europe/London"
SHOP = Cohort("shop", (read_when("15 minutes before shift"),))
RULES = LessonRules((SHOP,), quiet=read_hours("20:00-07:00"), reminder_hours=3, working_days=frozenset(range(7)))
CHOICE = Choice("module", "refunds.md", "refunds", (), 11, "You have not had it yet.")


def add_person(session, now, name="ben", **facts):
    given = {"roles": ["cashier"], "time_zone": LONDON, "is_active": True, **facts}
    person = Person(email=f"{name}@example.test", name=name.capitalize(), updated_at=now, **given)
    session.add(person)
    session.flush()
    return person


def add_shift(session, person, starts_at, hours=8):
    shift = Shift(person_id=person.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))
    session.add(shift)
    session.flush()
    return shift


def make_nudge(session, person, slot, due_at, state="planned", hours=2, **facts):
    given = {"local_on": due_at.date(), "late_at": due_at + timedelta(hours=hours), **facts}
    nudge = Nudge(person_id=person.id, slot=slot, state=state, due_at=due_at, **given)
    session.add(nudge)
    session.flush()
    return nudge


def choose_the_same(agenda, at):
    return CHOICE


def plan_all(database, now, rules=RULES, choose=choose_the_same):
    """Plan as a clock does: read, then write."""
    with database.session() as session:
        people = session.scalars(select(Person).where(Person.is_active).order_by(Person.id)).all()
        agendas = load_agendas(session, people, rules, LONDON, now)
        plans = plan(session, agendas, rules, now, choose)
    with database.transaction() as session:
        store_plans(session, plans, now)


def nudges(database):
    with database.session() as session:
        return session.scalars(select(Nudge).order_by(Nudge.due_at, Nudge.id)).all()
