"""Puts the seeded year into a database of each kind, once for all tests that read it."""

from datetime import date

import pytest
from sqlalchemy import select

from bot.database import Database
from lessons.answers import record_answer
from lessons.runs import COMPLETED
from lessons.tables import LessonRun
from metrics.events import kinds
from metrics.events.record import record
from metrics.people import Person
from metrics.work import WorkEvent
from tests.conftest import _fresh_postgresql
from tests.lessons.learners import make_item, make_module
from tests.lessons.stored import store_shelf
from tests.seeded_year import PRACTISED, QUIZ, SCENARIOS, SINCE, STEP_OF_ITEM
from tests.year_arithmetic import PEOPLE, PRESSING_TEAM, YEAR

KINDS = {kind.kind: kind for kind in vars(kinds).values() if hasattr(kind, "kind")}


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def year_database(request, tmp_path_factory):
    """A database with the year in it, which every test reads and none changes."""
    if request.param == "sqlite":
        urls = iter([f"sqlite:///{tmp_path_factory.mktemp('year') / 'year.db'}"])
    else:
        server, template = map(request.getfixturevalue, ("postgresql_url", "postgresql_template"))
        urls = _fresh_postgresql(server, template)
    for url in urls:
        database = Database(url)
        database.upgrade()
        with database.transaction() as session:
            store(session)
        yield database
        database.close()


@pytest.fixture
def session(year_database):
    with year_database.session() as session:
        yield session


@pytest.fixture
def ids(session):
    """The id of each person by number."""
    found = {email: person_id for person_id, email in session.execute(select(Person.id, Person.email))}
    return {number: found[email_of(number)] for number in PEOPLE}


def email_of(number):
    return f"p{number}@example.test"


def store(session):
    shelf = {f"{skill}.md": module_of(skill) for skill in PRACTISED}
    store_shelf(session, *shelf.values())
    rows = {}
    for each in YEAR.people:
        facts = {"team": each.team, "site": each.site, "roles": [], "started_on": date(2020, 1, 6)}
        manager_id = rows[each.manager].id if each.manager is not None else None
        rows[each.number] = Person(
            email=email_of(each.number),
            name=each.name,
            manager_id=manager_id,
            is_active=True,
            updated_at=SINCE,
            **facts,
        )
        session.add(rows[each.number])
        session.flush()
    for told in YEAR.happenings:
        person_id = rows[told.person].id
        if told.kind == "item_answered" and PEOPLE[told.person].team == PRESSING_TEAM:
            file, _, slug = told.facts["item"].partition("#")
            item = next(item for item in shelf[file].items if item.slug == slug)
            given = {name: told.facts[name] for name in ("run_id", "score", "confidence", "seconds", "door")}
            record_answer(session, person_id=person_id, module=shelf[file], item=item, at=told.at, **given)
            continue
        record(session, KINDS[told.kind](**told.facts), told.at, person_id)
        if told.kind == "lesson_completed":
            session.add(completed_run(told, person_id))
    for place, item in enumerate(YEAR.work):
        facts = {"workflow": item.workflow, "step": item.step, "outcome": item.outcome}
        received = {"source": "till", "reference": str(place), "at": item.at, "received_at": item.at}
        session.add(WorkEvent(person_id=rows[item.person].id, **facts, **received))


def module_of(skill):
    """Return the module of a skill, with the items that were answered."""
    quiz = [make_item(slug, STEP_OF_ITEM[slug], "reflection", "order" if slug == "q4" else "choice") for slug in QUIZ]
    scenarios = [make_item(slug, STEP_OF_ITEM[slug]) for slug in SCENARIOS]
    return make_module(f"{skill}.md", skill, items=(*quiz, *scenarios))


def completed_run(told, person_id):
    """Return the run that a completed lesson left behind."""
    return LessonRun(
        person_id=person_id,
        token=f"{told.facts['run_id']:032x}",
        module=told.facts["module"],
        module_version=told.facts["version"],
        skill=told.facts["skill"],
        content={},
        progress={},
        position=9,
        state=COMPLETED,
        minutes=6.0,
        offered_at=told.at,
        opened_at=told.at,
        changed_at=told.at,
        finished_at=told.at,
    )
