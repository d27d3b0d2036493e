"""Counting practice: from the events table alone, for the last 30 days."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.events.kinds import InteractionHandled, ItemAnswered, LessonCompleted, LessonOffered
from metrics.events.record import record
from metrics.people import find_person, load_roster
from metrics.progress import Progress, summaries, summary
from tests.metrics.test_people import ADA, BEN
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)


def day(number):
    return NOW - timedelta(days=number)


def answered(score, skill="refunds"):
    return ItemAnswered("slack", skill, score, 12.0, 1, "a.md#first", "choice")


def completed():
    return LessonCompleted("slack", "refunds", 0.5, 600.0, 1, "a.md")


@pytest.fixture
def ids(database):
    with database.transaction() as session:
        load_roster(session, [ADA, BEN], NOW)
        return find_person(session, ADA.email).id, find_person(session, BEN.email).id


def test_nothing_done_is_zeros(database, ids):
    with database.session() as session:
        assert summaries(session, ids, NOW) == {person_id: Progress(person_id) for person_id in ids}
        assert summaries(session, [], NOW) == {}


def test_each_person_has_their_own_numbers(database, ids):
    ada, ben = ids
    with database.rehearsal() as session:
        for event, at, person_id in (
            (completed(), day(9), ada),
            (answered(1.0), day(9), ada),
            (answered(0.0, "till"), day(8), ada),
            (completed(), day(2), ben),
            (LessonOffered("slack", "refunds", 1, "a.md", "module", "nudge", 11.0), day(2), ben),
            (answered(1.0), day(2), None),
            (InteractionHandled("slack", "click", "closed"), day(1), ada),
        ):
            record(session, event, at, person_id)
        session.flush()
        found = summaries(session, ids, NOW)
        assert found[ada] == Progress(ada, lessons=1, answered=2, right=1, last_at=day(8), last_skill="till")
        assert found[ben] == Progress(ben, lessons=1)
        assert summary(session, ada, NOW) == found[ada]


def test_what_is_older_than_30_days_counts_only_as_the_last_time(database, ids):
    ada, _ = ids
    with database.rehearsal() as session:
        record(session, answered(1.0), day(31), ada)
        record(session, completed(), day(31), ada)
        session.flush()
        found = summary(session, ada, NOW)
        assert found == Progress(ada, last_at=day(31), last_skill="refunds")
        assert found.practised_lately(day(24))
        assert not found.practised_lately(NOW)


def test_the_future_does_not_count(database, ids):
    with database.rehearsal() as session:
        record(session, answered(1.0), NOW + timedelta(seconds=1), ids[0])
        session.flush()
        assert summary(session, ids[0], NOW) == Progress(ids[0])


@few
@given(answers=st.lists(st.tuples(st.integers(0, 60), st.sampled_from([0.0, 1.0])), max_size=12))
def test_the_counts_are_those_of_counting_by_hand(database, ids, answers):
    with database.rehearsal() as session:
        for days, score in answers:
            record(session, answered(score), day(days), ids[0])
        session.flush()
        found = summary(session, ids[0], NOW)
        recent = [score for days, score in answers if days < 30]
        assert (found.answered, found.right) == (len(recent), sum(recent))
        assert found.last_at == max((day(days) for days, _ in answers), default=None)
