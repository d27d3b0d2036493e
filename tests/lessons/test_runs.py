"""A run goes on only while what it teaches stands as it was shown, and its person may take it."""

import random
from dataclasses import replace

import pytest

from lessons.run import compose
from lessons.runs import may_go_on, offer_run, to_go_on_with
from lessons.shelf import store_modules
from lessons.tables import LessonRun
from metrics.people import asker_for
from tests.lesson_runs import MODULE, OTHER, WHOLE
from tests.tracks import NEWCOMER, NOW, found

SECTION = MODULE.teaches[0]


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


@pytest.mark.parametrize(
    ("modules", "goes_on"),
    [
        ([MODULE, OTHER], True),
        ([replace(MODULE, title="Refund exceptions, briefly")], True),
        ([OTHER], False),
        ([replace(MODULE, roles=("owner",))], False),
        ([replace(MODULE, teaches=(replace(SECTION, version="4.3"),))], False),
        ([replace(MODULE, items=tuple(replace(item, quote="Pay back.") for item in MODULE.items))], False),
    ],
)
def test_a_run_goes_on_while_its_module_teaches_the_same_words(session, modules, goes_on):
    person = found(session)[NEWCOMER]
    course = compose(WHOLE, {MODULE.file: MODULE}, person.roles, random.Random(1))
    run = offer_run(session, person.id, course, "a" * 32, "lesson:1", NOW)
    assert may_go_on(session, asker_for(person), run)
    store_modules(session, modules)
    assert may_go_on(session, asker_for(person), run) is goes_on
    assert to_go_on_with(session, asker_for(person)) == (run if goes_on else None)
    assert session.get(LessonRun, run.id).state == "offered"
