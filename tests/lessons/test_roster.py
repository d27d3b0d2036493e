"""Rosters in SQL: replaced from now on, read back for planning, twice the same; and nobody else's business."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from lessons.appointments import note_appointments
from lessons.calendars import Event, read_calendar
from lessons.roster import roster_of, store_rosters, workflow_of
from lessons.shifts import LeaveDays, Rosters
from lessons.tables import Appointment, Shift
from metrics.people import PersonRow, find_person, load_roster
from metrics.work import WorkEvent
from metrics.work_intake import WorkReport, take

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADA, BO = "ada@x.example", "bo@x.example"


def person(email, zone=None):
    return PersonRow(email, email, None, None, (), None, None, zone, None, None)


def shift(email, day, starts=8, ends=16):
    return Event(email, datetime(2026, 11, day, starts), datetime(2026, 11, day, ends), "Quay")  # noqa: DTZ001


@pytest.fixture
def people(database):
    with database.transaction() as session:
        load_roster(session, [person(ADA), person(BO, "America/New_York")], NOW)
        return {email: find_person(session, email).id for email in (ADA, BO)}


def store(database, rosters, now=NOW, workflows=("client_call",)):
    with database.transaction() as session:
        store_rosters(session, rosters, "Europe/London", workflows, now)


def shifts(database, person_id):
    with database.session() as session:
        rows = session.scalars(select(Shift).where(Shift.person_id == person_id).order_by(Shift.starts_at)).all()
        return [(row.starts_at.day, row.starts_at.hour) for row in rows]


def test_shifts_are_on_their_person_s_clock_and_applied_twice_stay_the_same(database, people):
    rosters = Rosters((shift(ADA, 24), shift(BO, 24), shift("gone@x.example", 24)))
    for _ in range(2):
        store(database, rosters)
        assert shifts(database, people[ADA]) == [(24, 8)]
        assert shifts(database, people[BO]) == [(24, 13)]


def test_a_shift_that_is_over_may_be_written_otherwise_later(database, people):
    over = Event(ADA, datetime(2026, 11, 15, 8), datetime(2026, 11, 15, 9))  # noqa: DTZ001
    store(database, Rosters((over,)), NOW - timedelta(days=8))
    store(database, Rosters((replace(over, ends_at=datetime(2026, 11, 16, 20)),)))  # noqa: DTZ001
    assert shifts(database, people[ADA]) == [(15, 8)]


@pytest.mark.parametrize(("seconds_ahead", "is_done"), [(-60, True), (20, True), (3600, False)])
def test_what_a_clock_a_little_ahead_reports_was_done_and_not_announced(database, people, seconds_ahead, is_done):
    report = WorkReport(ADA, "sale", None, "done", NOW + timedelta(seconds=seconds_ahead), "1")
    with database.transaction() as session:
        note_appointments(session, take(session, "own", [report], NOW).stored, NOW)
    with database.session() as session:
        roster = roster_of(session, people[ADA], NOW - timedelta(hours=1), NOW + timedelta(hours=36))
    assert roster.done == ((("sale", report.at),) if is_done else ())
    assert roster.appointments == (() if is_done else (("sale", report.at),))


def test_what_is_over_stays_and_what_is_to_come_is_replaced(database, people):
    store(database, Rosters((shift(ADA, 20), shift(ADA, 23, 10, 18), shift(ADA, 24))))
    store(database, Rosters((shift(ADA, 25),)))
    assert shifts(database, people[ADA]) == [(20, 8), (25, 8)]
    store(database, Rosters((shift(ADA, 20), shift(ADA, 25))), NOW + timedelta(days=1))
    assert shifts(database, people[ADA]) == [(20, 8), (25, 8)]


def test_leave_is_that_of_the_last_apply(database, people):
    days = LeaveDays(ADA, date(2026, 11, 24), date(2026, 11, 30))
    store(database, Rosters(leave=(days, LeaveDays("gone@x.example", days.from_on, days.to_on))))
    store(database, Rosters(leave=(days,)))
    with database.session() as session:
        assert roster_of(session, people[ADA], NOW, NOW).leave == ((days.from_on, days.to_on),)
    store(database, Rosters())
    with database.session() as session:
        assert roster_of(session, people[ADA], NOW, NOW).leave == ()


def test_calls_are_kept_only_for_work_the_rules_name(database, people):
    tomorrow = datetime(2026, 11, 24, 9), datetime(2026, 11, 24, 10)  # noqa: DTZ001
    calls = (Event(ADA, *tomorrow, names=("Client call: Miller",)), Event(ADA, *tomorrow, names=("Dentist",)))
    store(database, Rosters(calls=calls))
    with database.session() as session:
        assert [(row.kind, row.starts_at.hour) for row in session.scalars(select(Appointment))] == [("client_call", 9)]
    store(database, Rosters(calls=calls), workflows=())
    with database.session() as session:
        assert session.scalars(select(Appointment)).all() == []


def test_what_another_system_announced_outlives_an_apply(database, people):
    at = NOW + timedelta(hours=4)
    with database.transaction() as session:
        known = {"outcome": "done", "received_at": NOW, "step": None, "person_id": people[ADA]}
        session.add(WorkEvent(source="crm", reference="1", workflow="client call", at=at, **known))
        session.add(WorkEvent(source="crm", reference="2", workflow="sale", at=NOW - timedelta(hours=1), **known))
        session.add(WorkEvent(source="crm", reference="3", workflow="sale", at=NOW, **(known | {"outcome": "missed"})))
        # A manager notes the first time alone when they hear of it.
        noted = known | {"outcome": "alone"}
        session.add(WorkEvent(source="manager", reference="4", workflow="sale", at=NOW - timedelta(hours=2), **noted))
    for _ in range(2):
        store(database, Rosters())
    with database.session() as session:
        roster = roster_of(session, people[ADA], NOW, NOW + timedelta(hours=36))
        assert roster_of(session, people[BO], NOW, NOW + timedelta(hours=36)).done == ()
    assert roster.appointments == (("client_call", at),)
    assert roster.done == (("sale", NOW - timedelta(hours=1)),)


def test_shifts_a_week_around_are_read(database, people):
    store(database, Rosters((shift(ADA, 17), shift(ADA, 24), shift(ADA, 30))))
    with database.session() as session:
        assert [start.day for start, _ in roster_of(session, people[ADA], NOW, NOW).shifts] == [17, 24, 30]
        later = NOW + timedelta(days=12)
        assert [start.day for start, _ in roster_of(session, people[ADA], later, later).shifts] == [30]


def test_a_title_names_its_work_by_its_first_words():
    def named(*names):
        return workflow_of(Event(ADA, NOW, NOW, names=names), ("call", "client_call", "sale"))

    assert named("Sales") is None
    assert named("Sale", "Client call") == "sale"
    assert named("Client call - Miller & Sons") == "client_call"
    assert named("Call Miller") == "call"


def test_a_repeating_shift_is_followed_for_sixty_days(database, people):
    content = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261102T090000\r\nDURATION:PT8H\r\nRRULE:FREQ=WEEKLY\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    events, _ = read_calendar("shifts.ics", content.encode(), ADA)
    store(database, Rosters(tuple(events)))
    assert shifts(database, people[ADA])[0] == (16, 9)
    assert len(shifts(database, people[ADA])) == 10
