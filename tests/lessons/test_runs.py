"""A run goes on only while what it teaches stands as it was shown; one gone through renews mastery of its skill."""

import random
from dataclasses import replace

import pytest
from sqlalchemy import select

from lessons.run import compose
from lessons.runs import end_unfinished, may_go_on, offer_run, to_go_on_with
from lessons.shelf import store_modules
from lessons.tables import LessonRun, SkillAbility
from metrics.events.record import EventRow
from metrics.people import asker_for
from tests.lesson_runs import MODULE, OTHER, REVIEW, WHOLE, course
from tests.lessons.stored import go_through
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
    store_modules(session, modules, NOW)
    assert may_go_on(session, asker_for(person), run) is goes_on
    assert to_go_on_with(session, asker_for(person)) == (run if goes_on else None)
    assert session.get(LessonRun, run.id).state == "offered"


@pytest.mark.parametrize(("choice", "is_renewed"), [(WHOLE, True), (REVIEW, False)])
def test_mastery_a_changed_sop_held_up_comes_back_with_a_lesson_not_with_a_review(session, choice, is_renewed):
    person = found(session)[NEWCOMER]
    facts = {"estimate": 1.0, "answered": 0, "mastered_at": NOW, "stale_since": NOW, "changed_at": NOW}
    held = SkillAbility(person_id=person.id, skill="refunds", **facts)
    session.add(held)
    run = go_through(session, person, course(choice), NOW)
    assert (held.stale_since is None) is is_renewed
    assert run.module_version == (1 if is_renewed else None)


def test_a_lesson_left_says_which_version_it_was(session):
    person = found(session)[NEWCOMER]
    run = offer_run(session, person.id, course(WHOLE), "a" * 32, "lesson:1", NOW)
    store_modules(session, [replace(MODULE, title="Refunds, briefly")], NOW)
    end_unfinished(session, run, "slack", NOW)
    [event] = session.scalars(select(EventRow)).all()
    assert (event.kind, event.payload["version"]) == ("lesson_abandoned", 1)
