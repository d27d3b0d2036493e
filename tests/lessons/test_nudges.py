"""Lessons in SQL, and nudges: planned once, due in time, and settled by how sending ended."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from coach.tables import SopDocument
from lessons.nudges import (
    MISSED,
    PLANNED,
    QUEUED,
    SENT,
    UNKNOWN,
    due,
    lesson_of,
    may_take,
    next_lesson,
    request_lesson,
    requested_on,
    settle,
    store_lessons,
)
from lessons.tables import LessonRow, Nudge
from metrics.people import asker_for, find_person, load_roster
from metrics.policy import Asker
from tests.lessons.test_lesson import WHOLE, parse
from tests.metrics.test_people import ADA, BEN
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
TODAY = date(2026, 11, 23)
LESSON = parse(WHOLE)
OTHER = replace(LESSON, file="b.md", title="Another")
THIRD = replace(LESSON, file="c.md", title="For managers", sop="managers/pay.md")


@pytest.fixture
def session(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        for file, audience in ((LESSON.sop, "everyone"), (THIRD.sop, "roles:owner")):
            session.add(
                SopDocument(file=file, title="T", text="x", content_key="k", audience=audience, ingested_at=NOW)
            )
        store_lessons(session, (LESSON, OTHER, THIRD))
        yield session


@pytest.fixture
def ada(session):
    return asker_for(find_person(session, ADA.email))


def row_of(session, lesson):
    return session.scalars(select(LessonRow).where(LessonRow.file == lesson.file)).one()


def count(session):
    return session.scalar(select(func.count()).select_from(Nudge))


def test_a_lesson_keeps_its_id_while_its_file_stays(session):
    before = row_of(session, LESSON).id
    longer = replace(LESSON, title="Longer")
    store_lessons(session, (longer,))
    assert [(row.id, lesson_of(row)) for row in session.scalars(select(LessonRow))] == [(before, longer)]
    store_lessons(session, ())
    assert session.scalars(select(LessonRow)).all() == []


def test_a_lesson_is_for_whoever_may_read_its_sop(session, ada):
    assert may_take(session, ada, LESSON)
    assert not may_take(session, ada, THIRD)
    assert may_take(session, Asker(ada.person_id, frozenset({"owner"})), THIRD)
    assert not may_take(session, Asker(ada.person_id, frozenset({"owner"})), replace(LESSON, sop="gone.md"))


def test_the_lesson_not_had_for_longest_comes_next(session, ada):
    assert next_lesson(session, ada).file == LESSON.file
    request_lesson(session, ada.person_id, row_of(session, LESSON), NOW, TODAY)
    assert next_lesson(session, ada).file == OTHER.file
    tomorrow = NOW + timedelta(days=1)
    request_lesson(session, ada.person_id, row_of(session, OTHER), tomorrow, TODAY + timedelta(days=1))
    assert next_lesson(session, ada).file == LESSON.file
    ben = asker_for(find_person(session, BEN.email))
    assert next_lesson(session, ben).file == LESSON.file


def test_without_a_lesson_for_them_there_is_none(session, ada):
    store_lessons(session, (THIRD,))
    assert next_lesson(session, ada) is None


@few
@given(times=st.integers(1, 4))
def test_planning_again_changes_nothing(session, ada, times):
    planned = [request_lesson(session, ada.person_id, row_of(session, LESSON), NOW, TODAY) for _ in range(times)]
    assert {nudge.id for nudge in planned} == {requested_on(session, ada.person_id, TODAY).id}
    assert (count(session), planned[0].state, planned[0].due_at) == (1, PLANNED, NOW)


@pytest.mark.parametrize("state", [QUEUED, SENT, UNKNOWN])
def test_whatever_may_have_arrived_is_not_planned_again(session, ada, state):
    request_lesson(session, ada.person_id, row_of(session, LESSON), NOW, TODAY).state = state
    request_lesson(session, ada.person_id, row_of(session, OTHER), NOW, TODAY)
    assert count(session) == 1


def test_a_missed_lesson_may_be_asked_for_again(session, ada):
    lesson = row_of(session, LESSON)
    for number in range(1, 4):
        nudge = request_lesson(session, ada.person_id, lesson, NOW, TODAY)
        assert count(session) == number
        nudge.state = MISSED
    assert requested_on(session, ada.person_id, TODAY) is None


def test_what_is_due_is_returned_and_what_is_late_is_missed(session, ada):
    lesson = row_of(session, LESSON)
    late, in_time, not_yet = (
        request_lesson(session, ada.person_id, lesson, NOW + shift, TODAY + timedelta(days=place))
        for place, shift in enumerate((timedelta(hours=-2, seconds=-1), timedelta(hours=-2), timedelta(seconds=1)))
    )
    assert due(session, NOW) == [in_time]
    assert (late.state, late.finished_at) == (MISSED, NOW)
    assert (in_time.state, not_yet.state) == (PLANNED, PLANNED)


@pytest.mark.parametrize(
    ("outbox_state", "state"), [("sent", SENT), ("unknown", UNKNOWN), ("dead", MISSED), ("cancelled", MISSED)]
)
def test_a_queued_nudge_ends_as_its_message_did(session, ada, outbox_state, state):
    nudge = request_lesson(session, ada.person_id, row_of(session, LESSON), NOW, TODAY)
    settle(session, nudge.id, outbox_state, NOW)
    assert nudge.state == PLANNED
    nudge.state = QUEUED
    settle(session, nudge.id, outbox_state, NOW)
    assert (nudge.state, nudge.finished_at) == (state, NOW)
    settle(session, nudge.id, "dead", NOW)
    settle(session, nudge.id + 1, "sent", NOW)
    assert nudge.state == state


def test_a_lesson_taken_out_of_the_folder_leaves_the_record_of_it(session, ada):
    nudge = request_lesson(session, ada.person_id, row_of(session, LESSON), NOW, TODAY)
    store_lessons(session, ())
    session.expire_all()
    assert session.get(Nudge, nudge.id).lesson_id is None


def test_two_clocks_never_hold_the_same_nudge(database):
    with database.transaction() as session:
        load_roster(session, [ADA], NOW)
        store_lessons(session, (LESSON,))
        request_lesson(session, find_person(session, ADA.email).id, row_of(session, LESSON), NOW, TODAY)
    with database.transaction() as first:
        assert len(due(first, NOW)) == 1
        if not database.is_sqlite:  # which lets one transaction write at a time
            with database.transaction() as second:
                assert due(second, NOW) == []
