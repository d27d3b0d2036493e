"""Manager reinforcement: acts by whole week, and the share of weeks with one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.events.kinds import LessonCompleted, ManagerActed, NudgeEnded, Supported
from metrics.events.record import record
from metrics.people import Person
from metrics.reinforcement import ManagerWeek, Reinforcement, cadence_of, reinforcement
from metrics.shares import Share
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
ACTS = ("check_in", "recognised", "alone")


@pytest.fixture
def ids(database):
    with database.transaction() as session:
        people = [
            Person(email=f"{name}@example.test", name=name, roles=[], is_active=True, updated_at=NOW)
            for name in ("ada", "ben", "cleo")
        ]
        session.add_all(people)
        session.flush()
        return [person.id for person in people]


def acted(what):
    return ManagerActed("slack", what)


def test_acts_stand_in_the_week_they_were_done_in(database, ids):
    ada, ben, cleo = ids
    completed = LessonCompleted("slack", "refunds", 1.0, 300.0, 1, "a.md")
    with database.rehearsal() as session:
        for event, at, person_id in (
            (acted("check_in"), utc(2026, 11, 3, 9), ada),
            (acted("check_in"), utc(2026, 11, 4, 9), ada),
            (acted("recognised"), utc(2026, 11, 8, 23, 59), ada),
            (acted("alone"), utc(2026, 11, 9, 0, 1), ada),
            (NudgeEnded("digest", "sent", ""), utc(2026, 11, 2, 8), ada),
            (acted("digest_read"), utc(2026, 11, 2, 9), ada),
            (acted("digest_read"), utc(2026, 11, 2, 10), ada),
            (NudgeEnded("digest", "sent", ""), utc(2026, 11, 9, 8), ada),
            (NudgeEnded("digest", "missed", "late"), utc(2026, 11, 16, 8), ada),
            (NudgeEnded("before_shift", "sent", ""), utc(2026, 11, 16, 8), ada),
            (completed, utc(2026, 11, 17, 8), ada),
            # To have read a digest is no support; what is done to somebody is not done by them; this week is not over.
            (acted("digest_read"), utc(2026, 11, 17, 8), ben),
            (Supported("slack", "check_in"), utc(2026, 11, 17, 8), ben),
            (acted("check_in"), utc(2026, 11, 23, 8), ben),
            (acted("check_in"), utc(2026, 11, 1, 23, 59), ben),
            (acted("check_in"), utc(2026, 11, 17, 8), cleo),
        ):
            record(session, event, at, person_id)
        session.flush()
        found = reinforcement(session, [ada, ben], NOW, "Europe/London", weeks=3)
    mondays = [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]
    assert found[ada] == Reinforcement(
        (
            ManagerWeek(mondays[0], check_ins=2, recognitions=1, digests_sent=1, digests_read=2),
            ManagerWeek(mondays[1], alone=1, digests_sent=1),
            ManagerWeek(mondays[2], lessons=1),
        )
    )
    assert (found[ada].cadence, found[ada].digests_read, found[ada].lessons) == (Share(2, 3), Share(1, 2), 1)
    assert (found[ben].cadence, found[ben].digests_read) == (Share(0, 3), Share(0, 0))
    assert list(found) == [ada, ben]
    assert cadence_of(found.values()) == Share(2, 6)


def test_weeks_are_those_of_the_zone(database, ids):
    with database.rehearsal() as session:
        record(session, acted("check_in"), utc(2026, 11, 16, 2), ids[0])
        session.flush()
        here = reinforcement(session, ids[:1], NOW, "Europe/London", weeks=2)[ids[0]]
        there = reinforcement(session, ids[:1], NOW, "America/New_York", weeks=2)[ids[0]]
    assert [week.check_ins for week in here.weeks] == [0, 1]
    assert [week.check_ins for week in there.weeks] == [1, 0]


def test_no_weeks_and_no_managers_are_nothing(database, ids):
    with database.session() as session:
        assert reinforcement(session, [], NOW, "UTC") == {}
        assert reinforcement(session, ids, NOW, "UTC", weeks=0)[ids[0]].cadence.value is None
        assert cadence_of([]).value is None


@few
@given(st.lists(st.tuples(st.integers(1, 8 * 7), st.sampled_from([*ACTS, "digest_read"])), max_size=20))
def test_cadence_is_the_share_of_weeks_with_an_act(database, ids, drawn):
    monday = utc(2026, 11, 23)
    with database.rehearsal() as session:
        for days, what in drawn:
            record(session, acted(what), monday - timedelta(days=days) + timedelta(hours=12), ids[0])
        session.flush()
        found = reinforcement(session, ids[:1], NOW, "UTC")[ids[0]]
    assert found.cadence == Share(len({(days - 1) // 7 for days, what in drawn if what in ACTS}), 8)
