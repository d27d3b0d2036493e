"""A shop in a chat whose managers are told of their people: Ola above Ada, Ada above Ben and Cara; Dov is admin."""

import random
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import select

from bot import ticking
from bot.app import App
from bot.company import apply_folder, read_folder
from bot.handlers.request import new_id
from bot.messages import Identity
from bot.queue import resume_sending
from bot.settings import Settings
from coach.embed import WordHashEmbedder
from lessons.shelf import store_modules
from lessons.tables import Nudge
from metrics.events.record import EventRow
from metrics.people import Person
from metrics.work import WorkEvent
from tests.chat import Chat
from tests.lesson_runs import MODULE

OLA, ADA, BEN, CARA, DOV = "U1", "U2", "U3", "U4", "U5"
# A Friday, 10:00 in London.
FRIDAY = datetime(2026, 11, 20, 10, tzinfo=UTC)
MONDAY = FRIDAY + timedelta(days=3)
FOLDER = {
    "company.yaml": """name: Oak Shop
roles: [owner, manager, cashier]
skills:
  refunds: {title: Refunds, workflows: [refund], roles: [cashier]}
  till: {title: Using the till, workflows: [sale, cash up], roles: [cashier]}
timezone: Europe/London
default_audience: everyone
admins: [dov@example.test]
lessons: {quiet_hours: "20:00-07:00"}
""",
    "people.csv": f"""name,email,slack_id,role,manager,team,start_date
Ola Elm,ola@example.test,{OLA},owner,,Office,2010-01-04
Ada Oak,ada@example.test,{ADA},manager,ola@example.test,Quayside,2015-01-05
Ben Ash,ben@example.test,{BEN},cashier,ada@example.test,Quayside,2020-01-06
Cara Elm,cara@example.test,{CARA},cashier,ada@example.test,Quayside,2020-01-06
Dov Fir,dov@example.test,{DOV},owner,,Office,2012-01-09
""",
    "sops/stores/refunds.md": "# Refunds\n\nPay back.\n\n## Exceptions\n\nAbove 100 pounds a manager decides.\n",
}


def open_shop(database, company, tmp_path, now=FRIDAY):
    """Return the chat of the shop; close its app afterwards."""
    app = App(Settings(home=tmp_path / "home", database_url=SecretStr(database.url)), embedder=WordHashEmbedder())
    apply_folder(read_folder(company(FOLDER)), app.database, app.embedder, now)
    with app.database.transaction() as session:
        store_modules(session, [MODULE], now)
        resume_sending(session, "slack", "T1", now)
    return Chat(app, now, tuple(Identity(user, is_member=True) for user in (OLA, ADA, BEN, CARA, DOV)))


def tock(chat, at=None, is_sweeping=False):
    """Let a clock tick at an instant, and let what is due be sent."""
    chat.now = at or chat.now
    if is_sweeping:
        ticking.plan_warnings(chat.app.database, chat.now)
    ticking.tick(chat.app.database, {"slack": chat.platform}, chat.now, new_id, random.Random(1))
    chat.settle()
    return chat


def id_of(chat, name):
    with chat.app.database.session() as session:
        return session.scalars(select(Person.id).where(Person.email == f"{name}@example.test")).one()


def change(chat, name, **facts):
    with chat.app.database.transaction() as session:
        person = session.get_one(Person, id_of(chat, name))
        for fact, value in facts.items():
            setattr(person, fact, value)


def miss_at_work(chat, name, step="3", times=2):
    """Let somebody miss a step of refunds at work, lately."""
    with chat.app.database.transaction() as session:
        for number in range(times):
            at = chat.now - timedelta(days=1, hours=number)
            facts = {"source": "till", "workflow": "refund", "step": step, "outcome": "missed", "at": at}
            person_id = id_of(chat, name)
            reference = f"{person_id}-{step}-{at:%d%H}"
            session.add(WorkEvent(person_id=person_id, reference=reference, received_at=at, **facts))


def sent_to(chat, user):
    """Return what stands in somebody's direct messages, oldest first."""
    return [sent for sent in chat.standing() if sent.channel == f"dm-{user}"]


def supported(chat):
    """Return what was noted of support, of people and of managers: (person, what)."""
    query = select(Person.name, EventRow.kind, EventRow.payload).join(Person, Person.id == EventRow.person_id)
    with chat.app.database.session() as session:
        rows = session.execute(
            query.where(EventRow.kind.in_(("supported", "manager_acted"))).order_by(EventRow.id)
        ).all()
    return sorted((name.partition(" ")[0], kind, payload["what"]) for name, kind, payload in rows)


def nudges(chat, slot):
    with chat.app.database.session() as session:
        return session.scalars(select(Nudge).where(Nudge.slot == slot).order_by(Nudge.id)).all()
