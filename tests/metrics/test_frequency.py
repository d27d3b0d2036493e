"""Days practised are days on the clock of a zone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.events.kinds import ItemAnswered, LessonOpened
from metrics.events.record import record
from metrics.frequency import days_practised
from metrics.people import Person
from metrics.periods import last_days
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
ANSWERED = ItemAnswered("slack", "refunds", 0.0, 9.0, 1, "a.md#first", "choice")


@pytest.fixture
def ids(database):
    with database.transaction() as session:
        people = [
            Person(email=f"{name}@example.test", name=name, roles=[], is_active=True, updated_at=NOW)
            for name in ("ada", "ben")
        ]
        session.add_all(people)
        session.flush()
        return [person.id for person in people]


def test_a_day_counts_once_and_by_the_clock_of_the_zone(database, ids):
    ada, ben = ids
    with database.rehearsal() as session:
        for at in (utc(2026, 11, 20, 12), utc(2026, 11, 20, 14), utc(2026, 11, 20, 23, 30), utc(2026, 11, 21, 12)):
            record(session, ANSWERED, at, ada)
        record(session, LessonOpened("slack", "refunds", 9.0, 1, "a.md"), utc(2026, 11, 19, 12), ada)
        record(session, ANSWERED, NOW - timedelta(days=30), ben)
        record(session, ANSWERED, NOW + timedelta(seconds=1), ben)
        session.flush()
        assert days_practised(session, ids, last_days(30, NOW), "UTC") == {ada: 2, ben: 0}
        # Half past eleven at night there is noon of the same day further west, and the next day here.
        assert days_practised(session, [ada], last_days(3, NOW), "Asia/Tokyo") == {ada: 2}
        assert days_practised(session, [], last_days(30, NOW), "UTC") == {}


@few
@given(st.lists(st.integers(0, 29 * 24)))
def test_it_is_the_number_of_different_days(database, ids, hours):
    with database.rehearsal() as session:
        for back in hours:
            record(session, ANSWERED, NOW - timedelta(hours=back), ids[0])
        session.flush()
        found = days_practised(session, ids, last_days(30, NOW), "UTC")
    # 8:30 is eight and a half hours into its day.
    assert found == {ids[0]: len({(back + 15) // 24 for back in hours}), ids[1]: 0}
