"""What is due goes out once, one lesson and one message beside it a day, whatever else is planned."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from lessons.nudges import (
    LESSONS,
    LOOKS_AGAIN,
    MISSED,
    PLANNED,
    QUEUED,
    SENT,
    UNKNOWN,
    due,
    finish,
    had_one_this_week,
    has_room,
    is_late,
    miss_late,
    put_back,
    rank,
    settle,
)
from lessons.tables import Nudge
from metrics.events.record import EventRow
from metrics.people import Person
from tests.lessons.people import LONDON, add_person, make_nudge, nudges

SLOTS = [*LESSONS, "later", "acknowledge", "confirm", "reminder"]
HOUR = timedelta(hours=1)


@pytest.fixture
def ben(database, now):
    with database.transaction() as session:
        return add_person(session, now)


def add(database, person, slot, due_at, **facts):
    with database.transaction() as session:
        return make_nudge(session, person, slot, due_at, **facts)


def ended(database):
    with database.session() as session:
        rows = session.scalars(select(EventRow).where(EventRow.kind == "nudge_ended").order_by(EventRow.id)).all()
    return [(row.payload["slot"], row.payload["state"], row.payload["reason"]) for row in rows]


def room_for(database, nudge, now, zone=LONDON):
    with database.transaction() as session:
        return has_room(session, session.get(Nudge, nudge.id), now, zone)


def test_what_is_due_and_not_late_comes_by_person_and_the_first_to_go_first(database, now, ben):
    with database.transaction() as session:
        ada = add_person(session, now, "ada")
        make_nudge(session, ada, "before_shift", now - HOUR)
        make_nudge(session, ben, "reminder", now - HOUR)
        make_nudge(session, ben, "before_shift", now)
        make_nudge(session, ben, "sent", now)
        make_nudge(session, ben, "later", now + timedelta(minutes=1))
        make_nudge(session, ada, "at_time", now - 3 * HOUR)
        make_nudge(session, ada, "end_of_day", now, QUEUED)
    with database.transaction() as session:
        found = due(session, now, 10)
    assert [(nudge.person_id, nudge.slot) for nudge in found] == [
        (ben.id, "sent"),
        (ben.id, "reminder"),
        (ben.id, "before_shift"),
        (ada.id, "before_shift"),
    ]
    with database.transaction() as session:
        assert len(due(session, now, 2)) == 2


def test_two_clocks_never_hold_the_same_nudge(database, now, ben):
    if database.is_sqlite:
        pytest.skip("SQLite lets one write at a time")
    for slot in ("before_shift", "reminder"):
        add(database, ben, slot, now)
    with database.transaction() as first, database.transaction() as second:
        assert len(due(first, now, 1)) == 1
        assert len(due(second, now, 10)) == 1
        assert due(second, now, 10) is not None


def test_the_late_are_missed_counted_and_never_due(database, now, ben):
    add(database, ben, "before_shift", now - 2 * HOUR)
    in_time = add(database, ben, "end_of_day", now - HOUR)
    assert not is_late(in_time, now)
    with database.transaction() as session:
        miss_late(session, now)
    assert [(nudge.slot, nudge.state, nudge.reason) for nudge in nudges(database)] == [
        ("before_shift", MISSED, "late"),
        ("end_of_day", PLANNED, None),
    ]
    assert ended(database) == [("before_shift", "missed", "late")]


@pytest.mark.parametrize(
    ("outbox_state", "reason", "state", "said"),
    [
        ("sent", None, SENT, None),
        ("unknown", None, UNKNOWN, "interrupted"),
        ("dead", None, MISSED, "refused"),
        ("cancelled", None, MISSED, "taken_back"),
        ("cancelled", "quiet_hours", MISSED, "quiet_hours"),
        ("sent", "quiet_hours", SENT, None),
    ],
)
def test_how_sending_ended_is_noted_once_with_its_reason(database, now, ben, outbox_state, reason, state, said):
    nudge = add(database, ben, "before_shift", now, state=QUEUED, reason=reason)
    for later in (now, now + HOUR):
        with database.transaction() as session:
            settle(session, nudge.id, outbox_state, later)
    [row] = nudges(database)
    assert (row.state, row.reason, row.finished_at) == (state, said, now)
    assert ended(database) == [("before_shift", state, said or "")]


def test_settling_what_is_gone_or_was_never_queued_changes_nothing(database, now, ben):
    nudge = add(database, ben, "before_shift", now)
    with database.transaction() as session:
        settle(session, nudge.id, "sent", now)
        settle(session, nudge.id + 1, "sent", now)
    assert [row.state for row in nudges(database)] == [PLANNED]


@pytest.mark.parametrize(
    ("slot", "other", "state", "is_free"),
    [
        ("before_shift", "sent", PLANNED, False),
        ("sent", "before_shift", PLANNED, True),
        ("sent", "before_shift", SENT, False),
        ("sent", "before_shift", QUEUED, False),
        ("sent", "before_shift", UNKNOWN, False),
        ("sent", "before_shift", MISSED, True),
        ("before_shift", "reminder", SENT, True),
        ("reminder", "before_shift", SENT, True),
        ("reminder", "later", PLANNED, False),
        ("later", "reminder", SENT, False),
        ("later", "reminder", PLANNED, True),
        ("acknowledge", "later", PLANNED, False),
        ("confirm", "acknowledge", SENT, False),
        ("confirm", "acknowledge", PLANNED, True),
    ],
)
def test_a_day_has_room_for_one_lesson_and_one_message_beside_it(database, now, ben, slot, other, state, is_free):
    finished_at = now - HOUR if state in (SENT, UNKNOWN, MISSED) else None
    add(database, ben, other, now, state=state, finished_at=finished_at)
    assert room_for(database, add(database, ben, slot, now), now) is is_free


def test_the_day_is_that_of_the_persons_own_clock(database, now, ben):
    # 23:30 on the 22nd in London, 12:30 on the 23rd in Auckland.
    yesterday = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    add(database, ben, "before_shift", yesterday, state=SENT, finished_at=yesterday)
    today = add(database, ben, "end_of_day", now)
    assert room_for(database, today, now, LONDON)
    assert not room_for(database, today, now, "Pacific/Auckland")


@pytest.mark.parametrize(
    ("slot", "days", "state", "had_one"),
    [
        ("before_shift", 6, SENT, True),
        ("before_shift", 7, SENT, False),
        ("sent", 0, UNKNOWN, True),
        ("at_time", 1, MISSED, False),
        ("at_time", 1, PLANNED, False),
        ("reminder", 1, SENT, False),
    ],
)
def test_a_week_is_seven_days_without_a_lesson(database, now, ben, slot, days, state, had_one):
    add(database, ben, slot, now - timedelta(days=days), state=state)
    nudge = add(database, ben, "end_of_day", now)
    with database.session() as session:
        assert had_one_this_week(session, nudge) is had_one


def test_what_a_person_asked_for_goes_before_what_a_clock_does():
    assert sorted(LESSONS, key=rank)[:2] == ["sent", "tomorrow"]
    assert [rank(slot) for slot in ("later", "acknowledge", "reminder")] == [0, 1, 2]


PLANS = st.lists(
    st.tuples(st.sampled_from(SLOTS), st.integers(0, 2), st.integers(0, 47)),
    unique_by=lambda planned: planned[:2],
    max_size=14,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=PLANS, zone=st.sampled_from([LONDON, "Pacific/Auckland", "America/St_Johns"]), every=st.integers(1, 90))
def test_whatever_is_planned_a_day_gets_one_lesson_and_one_message_beside_it(database, now, plans, zone, every):
    if not database.is_sqlite:
        pytest.skip("the rule is the same; one database is enough for a property")
    with database.transaction() as session:
        session.execute(delete(EventRow))
        session.execute(delete(Person))
        person = add_person(session, now, time_zone=zone)
        for slot, days, half_hours in plans:
            at = now + timedelta(days=days, minutes=30 * half_hours)
            make_nudge(session, person, slot, at, hours=30, local_on=(now + timedelta(days=days)).date())
    at = now
    while at < now + timedelta(days=5):
        with database.transaction() as session:
            miss_late(session, at)
            for nudge in due(session, at, 10):
                if has_room(session, nudge, at, zone):
                    finish(session, nudge, SENT, at)
                session.flush()
        at += timedelta(minutes=20 * every)
    with database.session() as session:
        sent = session.scalars(select(Nudge).where(Nudge.state == SENT)).all()
    days = [(nudge.finished_at.astimezone(ZoneInfo(zone)).date(), nudge.slot in LESSONS) for nudge in sent]
    assert len(days) == len(set(days))
    if plans:
        assert all(nudge.state in (SENT, MISSED) for nudge in nudges(database))


@given(st.integers(1, 48 * 3_600), st.integers(0, 600))
def test_what_is_put_back_comes_again_soon_and_never_after_it_is_too_late(left_seconds, tick_seconds):
    now = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    late_at = now + timedelta(seconds=left_seconds)
    nudge, looks = Nudge(due_at=now, late_at=late_at), 0
    while now < late_at:
        put_back(nudge, "do_not_disturb", now)
        assert now < nudge.due_at <= min(late_at, now + LOOKS_AGAIN)
        assert nudge.due_at == late_at or late_at - nudge.due_at >= timedelta(minutes=1)
        now, looks = nudge.due_at + timedelta(seconds=tick_seconds), looks + 1
    assert looks <= left_seconds / LOOKS_AGAIN.total_seconds() + 2


def test_what_was_put_back_until_too_late_is_missed_for_that_reason(database, now, ben):
    nudge = add(database, ben, "before_shift", now)
    with database.transaction() as session:
        put_back(session.get(Nudge, nudge.id), "do_not_disturb", now)
    with database.transaction() as session:
        miss_late(session, nudge.late_at)
    assert ended(database) == [("before_shift", MISSED, "do_not_disturb")]
