"""Who is on which track: by role and first days, or by hand; how far they are; when it ended."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lessons.assignments import (
    all_progress,
    assign,
    assign_by_role,
    comes_with_role,
    find_assignment,
    next_step,
    note_ends,
    tracks_of,
)
from lessons.confirmations import answer, ask_step
from lessons.shelf import store_tracks
from lessons.tables import Confirmation, LessonRun
from lessons.track_progress import progress_of
from lessons.tracks import Step, Track
from metrics.events.record import EventRow
from tests.tracks import (
    MANAGER,
    NEWCOMER,
    NOW,
    OLD_HAND,
    SAFETY_TRACK,
    TRACK,
    ZONE,
    Ids,
    complete,
    found,
    people,
)

TODAY = NOW.date()


@given(st.integers(-30, 400), st.booleans(), st.booleans())
def test_an_onboarding_track_comes_in_the_first_90_days_of_its_role(days_ago, holds_role, is_required):
    person = people()[NEWCOMER]
    person.started_on = TODAY - timedelta(days=days_ago)
    person.roles = ["cashier"] if holds_role else ["stockroom"]
    track = replace(TRACK, is_required=is_required)
    assert comes_with_role(person, track, TODAY) == (holds_role and 0 <= days_ago <= 90)


@pytest.mark.parametrize(
    ("track", "roles", "comes"),
    [
        (Track("a", "A", (), is_required=True), ["stockroom"], True),
        (Track("a", "A", (), roles=("cashier",), is_required=True), ["stockroom", "cashier"], True),
        (Track("a", "A", (), roles=("cashier",), is_required=True), ["stockroom"], False),
        (Track("a", "A", (), roles=("cashier",)), ["cashier"], False),
    ],
)
def test_a_required_track_comes_with_its_role_and_others_by_hand_only(track, roles, comes):
    person = people()[NEWCOMER]
    person.roles = roles
    assert comes_with_role(person, track, TODAY) == comes


def test_nobody_who_left_or_whose_start_nobody_knows_is_onboarded():
    person = people()[NEWCOMER]
    person.started_on = None
    assert not comes_with_role(person, TRACK, TODAY)
    person.started_on, person.is_active = TODAY, False
    assert not comes_with_role(person, TRACK, TODAY)
    assert not comes_with_role(person, SAFETY_TRACK, TODAY)


def test_what_comes_with_a_role_is_assigned_once_and_due_by_the_persons_own_calendar(database):
    late_evening = NOW.replace(hour=23, minute=30)
    with database.transaction() as session:
        staff = found(session)
        staff[NEWCOMER].time_zone = "Asia/Tokyo"
        # The newcomer's onboarding, and fire safety for all five.
        assert assign_by_role(session, late_evening, ZONE) == 6
        assert assign_by_role(session, late_evening + timedelta(hours=1), ZONE) == 0
        row = find_assignment(session, staff[NEWCOMER].id, TRACK.name)
        assert (row.assigned_by_id, row.due_on) == (None, TODAY + timedelta(days=31))
        events = session.scalars(select(EventRow).where(EventRow.kind == "track_assigned")).all()
        assert len(events) == 6
        assert {event.payload["door"] for event in events} == {"role"}


def test_somebody_is_put_on_a_track_once(database):
    with database.transaction() as session:
        staff = found(session)
        put = (session, staff[OLD_HAND], TRACK, staff[MANAGER].id, NOW, ZONE, "slack")
        assert [assign(*put), assign(*put)] == [True, False]
        assert find_assignment(session, staff[OLD_HAND].id, TRACK.name).assigned_by_id == staff[MANAGER].id


def test_progress_says_what_is_done_what_is_next_and_how_long_the_rest_takes(database):
    with database.transaction() as session:
        person = found(session)[NEWCOMER]
        before = progress_of(session, person, TRACK)
        assert [step.state for step in before.steps] == ["open"] * 5
        assert (before.share_done, before.next_step.step.kind, before.next_step.title) == (
            0,
            "module",
            "Refund exceptions",
        )
        assert before.minutes_left == pytest.approx(11 + 240 + 10, abs=0.1)
        complete(session, person)
        after = progress_of(session, person, TRACK)
        assert after.share_done == pytest.approx(0.2)
        assert (after.next_step.number, after.next_step.title) == (2, "refunds.md")
        assert after.steps[0].done_at == NOW
        assert not after.is_done


def test_a_step_about_what_somebody_may_not_read_is_closed_and_counts_for_nothing(database):
    with database.transaction() as session:
        staff = found(session)
        person = staff[OLD_HAND]
        person.roles = ["stockroom"]
        closed = replace(TRACK, steps=(Step("module", "gone.md"), *TRACK.steps[1:2]))
        progress = progress_of(session, person, closed)
        assert [step.state for step in progress.steps] == ["closed", "open"]
        assert progress.next_step.number == 2
        assert not progress_of(session, person, replace(TRACK, steps=(Step("module", "gone.md"),))).is_done


def test_the_most_urgent_track_comes_first(database):
    with database.transaction() as session:
        person = found(session)[NEWCOMER]
        assign(session, person, SAFETY_TRACK, None, NOW, ZONE, "role")
        assign(session, person, TRACK, None, NOW, ZONE, "role")
        assert [progress.track.name for progress in tracks_of(session, person)] == [TRACK.name, SAFETY_TRACK.name]
        assert next_step(session, person).track == TRACK
        overdue = NOW.date() + timedelta(days=31)
        assert [progress.is_late(overdue) for progress in tracks_of(session, person)] == [True, False]


def test_a_track_ends_when_all_is_done_and_goes_on_when_a_step_is_added(database):
    short = replace(TRACK, steps=TRACK.steps[:2])
    with database.transaction() as session:
        staff = found(session, (short,))
        person = staff[NEWCOMER]
        assign(session, person, short, None, NOW, ZONE, "role")
        complete(session, person)
        ids = Ids()
        row = ask_step(session, person, short, short.steps[1], None, ids, NOW)
        answer(session, row, True, person.id, NOW)
        for _ in range(2):
            note_ends(session, all_progress(session, [person]), ids, NOW)
        assert find_assignment(session, person.id, short.name).ended_at == NOW
        # The run may be swept: that the lesson was done is kept.
        session.delete(session.scalar(select(LessonRun)))
        session.flush()
        assert progress_of(session, person, short).is_done
        assert {row.kind for row in session.scalars(select(Confirmation))} == {"module", "acknowledge"}
        store_tracks(session, (TRACK,))
        note_ends(session, all_progress(session, [person]), ids, NOW)
        assert find_assignment(session, person.id, short.name).ended_at is None
        assert tracks_of(session, person)[0].next_step.number == 3


def test_a_track_out_of_the_folder_is_nobodys(database):
    with database.transaction() as session:
        person = found(session)[NEWCOMER]
        assign(session, person, TRACK, None, NOW, ZONE, "role")
        store_tracks(session, ())
        assert tracks_of(session, person) == []
        assert next_step(session, person) is None
