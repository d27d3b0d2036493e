"""What follows from tracks by itself: hour by hour, and never twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lessons.assignments import find_assignment
from lessons.confirmations import answer, ask_step, find_confirmation, pass_on
from lessons.following import follow_up
from lessons.notices import ACKNOWLEDGE, CONFIRM, about, plan_notice, words_about
from lessons.nudges import LATE, MISSED, PLANNED, SENT
from lessons.shelf import store_tracks
from lessons.tables import Confirmation, Nudge
from tests.tracks import LEAD, MANAGER, NEWCOMER, NOW, OLD_HAND, SAFETY_TRACK, TRACK, ZONE, Ids, complete, found

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


@pytest.fixture
def staff(session):
    return found(session, (TRACK,))


@pytest.fixture
def follow(session):
    ids = Ids()
    return lambda now=NOW: follow_up(session, ids, now, ZONE)


def rows(session, table):
    return session.scalars(select(table).order_by(table.id)).all()


def say_yes(session, kind, at):
    row = session.scalar(select(Confirmation).where(Confirmation.kind == kind, Confirmation.answer.is_(None)))
    answer(session, row, True, row.asked_id or row.person_id, at)
    session.refresh(row)
    return row


def end_notices(session, state=SENT, reason=None):
    for nudge in rows(session, Nudge):
        if nudge.state == PLANNED:
            nudge.state, nudge.reason, nudge.finished_at = state, reason, nudge.due_at
    session.flush()


def test_a_newcomer_goes_through_their_track_step_by_step(session, staff, follow):
    person = staff[NEWCOMER]
    follow()
    assert find_assignment(session, person.id, TRACK.name) is not None
    assert rows(session, Confirmation) == []
    complete(session, person)
    follow(NOW + AN_HOUR)
    follow(NOW + 2 * AN_HOUR)
    assert [(row.kind, row.asked_id) for row in rows(session, Confirmation)] == [("acknowledge", None)]
    assert [(nudge.person_id, nudge.slot) for nudge in rows(session, Nudge)] == [(person.id, ACKNOWLEDGE)]
    say_yes(session, "acknowledge", NOW + A_DAY)
    follow(NOW + A_DAY)
    shadow = rows(session, Confirmation)[-1]
    assert (shadow.subject, shadow.asked_id) == ("new-at-the-counter/shadow-a-colleague", staff[LEAD].id)
    assert [(nudge.person_id, nudge.slot) for nudge in rows(session, Nudge)][1:] == [(staff[LEAD].id, CONFIRM)]
    say_yes(session, "step", NOW + 2 * A_DAY)
    follow(NOW + 2 * A_DAY)
    say_yes(session, "step", NOW + 2 * A_DAY)
    follow(NOW + 3 * A_DAY)
    assert rows(session, Confirmation)[-1].asked_id == staff[MANAGER].id
    say_yes(session, "sign_off", NOW + 3 * A_DAY)
    follow(NOW + 4 * A_DAY)
    assert find_assignment(session, person.id, TRACK.name).ended_at == NOW + 4 * A_DAY


def test_what_was_not_yet_done_is_asked_again_in_a_week_though_it_is_not_its_turn(session, staff, follow):
    follow()
    row = ask_step(session, staff[NEWCOMER], TRACK, TRACK.steps[4], None, Ids(), NOW)
    answer(session, row, False, staff[MANAGER].id, NOW)
    session.refresh(row)
    follow(NOW + 6 * A_DAY)
    assert row.answer == "no"
    follow(NOW + 7 * A_DAY)
    assert (row.answer, row.asked_id) == (None, staff[MANAGER].id)
    assert [other.kind for other in rows(session, Confirmation)] == ["sign_off"]


def test_whoever_was_told_is_not_told_again(session, staff, follow):
    complete(session, staff[NEWCOMER])
    follow()
    end_notices(session)
    for days in range(1, 9):
        follow(NOW + days * A_DAY)
    assert len(rows(session, Nudge)) == 1


def test_what_came_too_late_is_planned_again_and_what_could_not_be_sent_a_week_later(session, staff, follow):
    complete(session, staff[NEWCOMER])
    follow()
    end_notices(session, MISSED, LATE)
    follow(NOW + A_DAY)
    assert [nudge.state for nudge in rows(session, Nudge)] == [MISSED, PLANNED]
    end_notices(session, MISSED, "no_address")
    follow(NOW + 3 * A_DAY)
    assert len(rows(session, Nudge)) == 2
    follow(NOW + 9 * A_DAY)
    assert len(rows(session, Nudge)) == 3


def test_not_yet_is_asked_again_after_a_week(session, staff, follow):
    complete(session, staff[NEWCOMER])
    follow()
    say_yes(session, "acknowledge", NOW)
    follow()
    row = rows(session, Confirmation)[-1]
    answer(session, row, False, staff[LEAD].id, NOW)
    end_notices(session)
    follow(NOW + 6 * A_DAY)
    assert row.answer == "no"
    follow(NOW + 7 * A_DAY)
    session.refresh(row)
    assert row.answer is None
    assert [nudge.state for nudge in rows(session, Nudge) if nudge.slot == CONFIRM] == [SENT, PLANNED]


def test_whoever_it_is_passed_on_to_is_told(session, staff, follow):
    complete(session, staff[NEWCOMER])
    follow()
    say_yes(session, "acknowledge", NOW)
    follow()
    end_notices(session)
    row = rows(session, Confirmation)[-1]
    assert pass_on(session, row, staff[LEAD].id, lambda: "a" * 32, NOW + AN_HOUR)
    follow(NOW + AN_HOUR)
    assert find_confirmation(session, "a" * 32).asked_id == staff[MANAGER].id
    assert [nudge.person_id for nudge in rows(session, Nudge) if nudge.slot == CONFIRM] == [
        staff[LEAD].id,
        staff[MANAGER].id,
    ]


def test_one_notice_gathers_what_comes_on_one_day_and_the_next_goes_out_next_morning(session, staff):
    person = staff[OLD_HAND]
    for row_id, words in ((1, ["A"]), (2, []), (1, ["B"])):
        plan_notice(session, person.id, CONFIRM, {row_id: words}, NOW, ZONE)
    [nudge] = rows(session, Nudge)
    assert about(nudge) == {1: ("B",), 2: ()}
    assert (nudge.due_at, nudge.local_on) == (NOW, NOW.date())
    end_notices(session)
    plan_notice(session, person.id, CONFIRM, {3: []}, NOW + AN_HOUR, "Asia/Tokyo")
    _, second = rows(session, Nudge)
    assert about(second) == {3: ()}
    assert second.due_at.isoformat() == "2026-11-24T00:00:00+00:00"
    assert words_about(session, person.id, CONFIRM) == {1: ("B",), 2: (), 3: ()}
    plan_notice(session, person.id, CONFIRM, {4: []}, NOW + AN_HOUR, ZONE)
    assert about(second) == {3: (), 4: ()}


def test_nothing_follows_where_there_is_no_track(session, staff, follow):
    store_tracks(session, ())
    follow()
    assert rows(session, Nudge) == rows(session, Confirmation) == []
    store_tracks(session, (SAFETY_TRACK,))
    follow()
    assert {row.subject for row in rows(session, Confirmation)} == {"safety/fire.md@1"}
