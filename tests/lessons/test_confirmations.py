"""Who is asked to confirm what, whose word counts, passing on, and lessons used at work."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from lessons.confirmations import (
    answer,
    applied_due,
    ask_applied,
    ask_seen,
    ask_step,
    find_confirmation,
    may_answer,
    pass_on,
    pending,
    run_of,
    waiting_of,
    who_confirms,
)
from lessons.tables import Confirmation
from metrics.people import Person, asker_for
from tests.lesson_runs import OTHER
from tests.tracks import LEAD, MANAGER, NEWCOMER, NOW, OLD_HAND, OWNER, TRACK, Ids, complete, found

MODULE_STEP, READ, SHADOW, WALK, SIGN_OFF = TRACK.steps


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


@pytest.fixture
def staff(session):
    return found(session)


@pytest.fixture
def ask(session, staff):
    ids = Ids()
    return lambda step, at=NOW: ask_step(session, staff[NEWCOMER], TRACK, step, None, ids, at)


def test_a_role_is_looked_for_where_the_person_works_then_their_managers_are(session, staff):
    person = staff[NEWCOMER]
    assert who_confirms(session, person, "shift lead") == staff[LEAD].id
    assert who_confirms(session, person, "manager") == staff[MANAGER].id
    assert who_confirms(session, person, "self") is None
    # The owner works elsewhere, but stands above them.
    assert who_confirms(session, person, "owner") == staff[OWNER].id
    assert who_confirms(session, person, "barista trainer") == staff[MANAGER].id
    staff[LEAD].site = staff[LEAD].team = "Millgate"
    staff[MANAGER].is_active = False
    session.flush()
    assert who_confirms(session, person, "shift lead") == staff[OWNER].id
    assert who_confirms(session, staff[OWNER], "manager") is None


def test_of_several_in_a_role_the_one_who_manages_the_person_is_asked(session, staff):
    staff[OLD_HAND].roles = ["shift lead"]
    staff[NEWCOMER].manager_id = staff[OLD_HAND].id
    session.flush()
    assert who_confirms(session, staff[NEWCOMER], "shift lead") == staff[OLD_HAND].id


def test_who_is_to_be_asked_as_a_manager_is_above_not_somebody_in_a_role_of_that_name(session, staff):
    staff[MANAGER].roles, staff[OLD_HAND].roles = ["area lead"], ["manager"]
    session.flush()
    assert who_confirms(session, staff[NEWCOMER], "manager") == staff[MANAGER].id
    staff[NEWCOMER].manager_id = None
    session.flush()
    assert who_confirms(session, staff[NEWCOMER], "manager") is None


def test_asking_again_changes_nothing_while_it_waits(ask):
    assert ask(SHADOW).public_id == ask(SHADOW, NOW + timedelta(days=1)).public_id
    assert ask(SHADOW, NOW + timedelta(days=1)).asked_at == NOW


def test_what_was_answered_with_not_yet_is_asked_anew_and_what_is_done_is_not(session, staff, ask):
    row = ask(SHADOW)
    answer(session, row, False, staff[LEAD].id, NOW)
    later = NOW + timedelta(days=7)
    again = ask(SHADOW, later)
    assert (again.answer, again.asked_at, again.asked_id) == (None, later, staff[LEAD].id)
    answer(session, again, True, staff[LEAD].id, later)
    assert ask(SHADOW, later).answer == "yes"


def test_where_nobody_is_left_to_answer_somebody_else_is_asked(session, staff, ask):
    assert ask(SHADOW).asked_id == staff[LEAD].id
    staff[LEAD].is_active = False
    session.flush()
    assert ask(SHADOW).asked_id == staff[MANAGER].id
    session.execute(delete(Person).where(Person.id == staff[LEAD].id))


def test_whose_word_counts(session, staff, ask):
    def who_may(step):
        row = ask(step)
        return {name for name, person in staff.items() if may_answer(session, asker_for(person), row)}

    assert who_may(READ) == {NEWCOMER}
    assert who_may(SHADOW) == {LEAD}
    assert who_may(WALK) == {NEWCOMER}
    assert who_may(SIGN_OFF) == {MANAGER}


def test_nobody_signs_off_themselves_whatever_the_track_says(session, staff, ask):
    row = ask(replace(SIGN_OFF, who="self"))
    assert row.asked_id == staff[MANAGER].id
    row.asked_id = staff[NEWCOMER].id
    session.flush()
    assert not may_answer(session, asker_for(staff[NEWCOMER]), row)


def test_who_lost_the_role_is_not_believed_any_more(session, staff, ask):
    row = ask(SHADOW)
    staff[LEAD].roles = ["stockroom"]
    session.flush()
    assert not may_answer(session, asker_for(staff[LEAD]), row)


def test_what_waits_for_somebody(session, staff, ask):
    for step in (READ, SHADOW, WALK, SIGN_OFF):
        ask(step)

    def waits(name):
        return [(one.learner.name, one.confirmation.kind, one.step) for one in pending(session, staff[name])]

    assert waits(LEAD) == [("Newcomer", "step", SHADOW)]
    assert waits(NEWCOMER) == [("Newcomer", "step", WALK)]
    assert waits(MANAGER) == [("Newcomer", "sign_off", SIGN_OFF)]
    assert waits(OWNER) == []
    staff[NEWCOMER].is_active = False
    session.flush()
    assert waits(LEAD) == []


def test_an_answer_counts_once_with_who_and_when(session, staff, ask):
    row = ask(SIGN_OFF)
    answer(session, row, True, staff[MANAGER].id, NOW)
    session.refresh(row)
    assert (row.answer, row.asked_id, row.answered_at) == ("yes", staff[MANAGER].id, NOW)
    with pytest.raises(IntegrityError, match="confirmed meanwhile"):
        answer(session, row, False, staff[MANAGER].id, NOW)


def test_passing_on_climbs_to_the_top_and_no_further(session, staff, ask):
    row = ask(SHADOW)
    first = row.public_id
    ids = iter(("a" * 32, "b" * 32))
    assert pass_on(session, row, staff[LEAD].id, lambda: next(ids), NOW)
    assert find_confirmation(session, first) is None
    row = find_confirmation(session, "a" * 32)
    assert row.asked_id == staff[MANAGER].id
    assert pass_on(session, row, staff[MANAGER].id, lambda: next(ids), NOW)
    row = find_confirmation(session, "b" * 32)
    assert row.asked_id == staff[OWNER].id
    assert not pass_on(session, row, staff[OWNER].id, lambda: next(ids), NOW)
    assert waiting_of(session, row).step == SHADOW


@pytest.mark.parametrize(("days", "is_due"), [(6, False), (7, True), (28, True), (29, False)])
def test_a_week_after_a_lesson_somebody_is_asked_once_whether_they_used_it(session, staff, days, is_due):
    run = complete(session, staff[NEWCOMER])
    now = NOW + timedelta(days=days)
    assert applied_due(session, staff[NEWCOMER].id, now) == (run if is_due else None)
    assert applied_due(session, staff[OLD_HAND].id, now) is None
    row = ask_applied(session, run, "c" * 32, now)
    assert applied_due(session, staff[NEWCOMER].id, now) == (run if is_due else None)
    assert ask_applied(session, run, "d" * 32, now).id == row.id
    answer(session, row, False, staff[NEWCOMER].id, now)
    assert applied_due(session, staff[NEWCOMER].id, now) is None
    assert run_of(session, row) == run


def test_the_newest_lesson_that_is_due_is_asked_about(session, staff):
    complete(session, staff[NEWCOMER], at=NOW - timedelta(days=9))
    newer = complete(session, staff[NEWCOMER], OTHER, NOW - timedelta(days=8))
    complete(session, staff[NEWCOMER], at=NOW - timedelta(days=1))
    assert applied_due(session, staff[NEWCOMER].id, NOW) == newer


def test_a_manager_may_be_asked_what_they_saw(session, staff):
    run = complete(session, staff[NEWCOMER])
    row = ask_seen(session, run, "e" * 32, NOW)
    assert row.asked_id == staff[MANAGER].id
    assert may_answer(session, asker_for(staff[MANAGER]), row)
    assert not may_answer(session, asker_for(staff[NEWCOMER]), row)
    assert ask_seen(session, complete(session, staff[OWNER]), "f" * 32, NOW) is None


def test_a_step_out_of_its_track_waits_for_nobody(session, staff, ask):
    row = ask(replace(SHADOW, subject="gone"))
    assert pending(session, staff[LEAD]) == []
    assert not may_answer(session, asker_for(staff[LEAD]), row)
    assert session.get(Confirmation, row.id) is not None
