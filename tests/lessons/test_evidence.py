"""The evidence of required training: what was done, when, by whom, on which version, and what is overdue."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lessons.assignments import assign, assign_by_role
from lessons.confirmations import answer, ask_step
from lessons.evidence import ERASED, evidence
from lessons.shelf import store_tracks
from lessons.stale import SopChange, ask_to_acknowledge
from metrics.db import Base
from metrics.events.kinds import LessonCompleted
from metrics.events.record import record
from metrics.people import Person
from metrics.policy import EVERYONE
from metrics.privacy import erase_person
from tests.tracks import MANAGER, NEWCOMER, NOW, OLD_HAND, REFUNDS, SAFETY_TRACK, TRACK, ZONE, Ids, complete, found

SIGN_OFF = TRACK.steps[4]


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


@pytest.fixture
def staff(session):
    staff = found(session)
    assign_by_role(session, NOW, ZONE)
    return staff


def of(rows, person, track=TRACK):
    return [row for row in rows if row.email == person.email and row.track == track.title]


def test_every_step_says_when_it_was_done_by_whom_and_on_which_version(session, staff):
    person, ids = staff[NEWCOMER], Ids()
    run = complete(session, person)
    record(session, LessonCompleted("slack", "refunds", 0.75, 600.0, run.id, run.module), NOW, person.id)
    for step, by in ((TRACK.steps[1], person), (SIGN_OFF, staff[MANAGER])):
        row = ask_step(session, person, TRACK, step, None, ids, NOW)
        answer(session, row, True, by.id, NOW)
    rows = of(evidence(session, NOW, ZONE), person)
    done = [(row.number, row.title, row.done_at, row.by, row.versions, row.score) for row in rows]
    assert done == [
        (1, "Refund exceptions", NOW, "", ("stores/refunds.md 4.2",), 0.75),
        (2, "refunds.md", NOW, "", ("4.2",), None),
        (3, "Shadow a colleague for one shift", None, "", (), None),
        (4, "Walk the shop alone", None, "", (), None),
        (5, "allergens", NOW, "Manager", (), None),
    ]


def test_a_word_of_somebody_erased_is_not_taken_for_ones_own(session, staff):
    row = ask_step(session, staff[NEWCOMER], TRACK, SIGN_OFF, None, Ids(), NOW)
    answer(session, row, True, staff[MANAGER].id, NOW)
    erase_person(session, Base.metadata, staff[MANAGER], NOW, "0" * 32)
    newcomer = session.scalars(select(Person).where(Person.email == "newcomer@example.test")).one()
    assert [(row.done_at, row.by) for row in of(evidence(session, NOW, ZONE), newcomer)][-1] == (NOW, ERASED)


@pytest.mark.parametrize(("days", "overdue"), [(30, 0), (31, 5)])
def test_what_is_past_its_date_is_overdue(session, staff, days, overdue):
    rows = of(evidence(session, NOW + timedelta(days=days), ZONE), staff[NEWCOMER])
    assert sum(row.is_overdue for row in rows) == overdue


def test_only_required_tracks_are_in_it_unless_one_is_named(session, staff):
    store_tracks(session, (replace(TRACK, is_required=False), SAFETY_TRACK))
    assert {row.track for row in evidence(session, NOW, ZONE)} == {SAFETY_TRACK.title}
    assert len(evidence(session, NOW, ZONE)) == 5
    assert {row.track for row in evidence(session, NOW, ZONE, TRACK.name)} == {TRACK.title}
    staff[NEWCOMER].is_active = False
    session.flush()
    assert evidence(session, NOW, ZONE, TRACK.name) == []


def test_an_sop_to_acknowledge_anew_is_listed_with_its_date(session, staff):
    person = staff[OLD_HAND]
    row = ask_step(session, person, TRACK, TRACK.steps[1], None, lambda: "a" * 32, NOW)
    answer(session, row, True, person.id, NOW)
    ask_to_acknowledge(session, [SopChange(REFUNDS, "4.2", "4.3", (), EVERYONE)], Ids(), NOW, ZONE)
    anew = [row for row in evidence(session, NOW + timedelta(days=15), ZONE) if not row.track]
    assert [(row.email, row.versions, row.done_at, row.is_overdue) for row in anew if row.email == person.email] == [
        (person.email, ("4.2",), NOW, False),
        (person.email, ("4.3",), None, True),
    ]


def test_an_old_hand_put_on_a_track_is_in_it(session, staff):
    assign(session, staff[OLD_HAND], TRACK, staff[MANAGER].id, NOW, ZONE, "slack")
    assert [row.number for row in of(evidence(session, NOW, ZONE), staff[OLD_HAND])] == [1, 2, 3, 4, 5]
