"""The clock of a process: it plans every two minutes, sends what is due at each tick, and follows the work."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.queue import resume_sending
from bot.serving import PLAN_EVERY, Serving
from bot.settings import Settings
from bot.tables import OutboxItem
from coach.embed import WordHashEmbedder
from lessons.shelf import store_modules
from lessons.tables import Nudge, Shift
from metrics.people import Person
from metrics.work import WorkEvent
from tests.lesson_runs import OTHER

COMPANY = """roles: [cashier]
skills: {cash: {title: Cash at the till}}
timezone: Europe/London
default_audience: everyone
lessons: {cohorts: {till: {when: [15 minutes before shift, after sale]}}}
"""
FOLDER = {
    "company.yaml": COMPANY,
    "people.csv": "name,email,slack_id,role\nBen Ash,ben@example.test,UBEN,cashier\n",
    "sops/stores/cash.md": "# Cash\n\nAbove 100 pounds a manager decides.\n",
}


class Clock:
    """A present that is moved by hand."""

    def __init__(self, now):
        self.at = now

    def __call__(self):
        return self.at


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def app(tmp_path, company, clock):
    given = Settings(home=tmp_path / "home", slack_bot_token=SecretStr("xoxb-1"), slack_signing_secret=SecretStr("s"))
    app = App(given, embedder=WordHashEmbedder(), now=clock)
    app.database.upgrade()
    apply_folder(read_folder(company(FOLDER)), app.database, app.embedder, clock.at)
    with app.database.transaction() as session:
        store_modules(session, [OTHER], clock.at)
        resume_sending(session, "slack", "T1", clock.at)
    yield app
    app.close()


@pytest.fixture
def serving(app):
    return Serving(app)


def nudges(app):
    with app.database.session() as session:
        return [(row.slot, row.state) for row in session.scalars(select(Nudge).order_by(Nudge.id))]


def add(app, clock, table, **facts):
    with app.database.transaction() as session:
        session.add(table(person_id=session.scalars(select(Person.id)).one(), **facts))


def test_it_plans_at_its_first_tick_and_then_every_two_minutes(app, clock, serving):
    serving.tick()
    assert nudges(app) == []
    starts_at = clock.at + timedelta(hours=3)
    add(app, clock, Shift, starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    clock.at += PLAN_EVERY / 2
    serving.tick()
    assert nudges(app) == []
    clock.at += PLAN_EVERY / 2
    serving.tick()
    assert nudges(app) == [("before_shift", "planned")]


def test_it_plans_again_when_its_clock_was_put_back(app, clock, serving):
    serving.tick()
    clock.at -= timedelta(hours=1)
    starts_at = clock.at + timedelta(hours=3)
    add(app, clock, Shift, starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    serving.tick()
    assert nudges(app) == [("before_shift", "planned")]


def test_what_is_due_is_queued_at_each_tick(app, clock, serving):
    add(app, clock, Shift, starts_at=clock.at + timedelta(minutes=16), ends_at=clock.at + timedelta(hours=8))
    serving.tick()
    assert nudges(app) == [("before_shift", "planned")]
    clock.at += timedelta(seconds=61)
    serving.tick()
    assert nudges(app) == [("before_shift", "queued")]
    with app.database.session() as session:
        assert session.scalars(select(OutboxItem.key)).all() == ["nudge:1"]


def test_a_sale_is_followed_by_its_lesson_within_minutes(app, clock, serving):
    serving.tick()
    sale = {"source": "crm", "reference": "1", "workflow": "sale", "outcome": "done"}
    add(app, clock, WorkEvent, at=clock.at - timedelta(minutes=14), received_at=clock.at, **sale)
    for _ in range(3):
        clock.at += timedelta(minutes=1)
        serving.tick()
    assert nudges(app) == [("after_work", "queued")]
