"""Adoption: weekly askers, trust and nudges, each worked out by hand from its definition."""

from datetime import date, timedelta

import pytest

from lessons import nudges
from metrics.adoption import LESSON_SLOTS, MUTES, SENT, AskersInWeek, NudgesSent, adoption
from metrics.events.kinds import (
    AnswerRated,
    ItemAnswered,
    LessonOpened,
    LessonSnoozed,
    NudgeEnded,
    PreferenceChanged,
    QuestionAsked,
)
from metrics.events.record import record
from metrics.people import Person
from metrics.periods import Period, last_days
from metrics.shares import Share
from tests.strategies import utc

NOW = utc(2026, 11, 23, 8, 30)
MONTH = last_days(30, NOW)


def day(number):
    return NOW - timedelta(days=number)


@pytest.fixture
def ids(database):
    with database.transaction() as session:
        people = [
            Person(email=f"{name}@example.test", name=name, roles=[], is_active=name != "gone", updated_at=NOW)
            for name in ("ada", "ben", "cleo", "dov", "gone")
        ]
        session.add_all(people)
        session.flush()
        return [person.id for person in people]


def asked(band="answered", passages=()):
    return QuestionAsked("slack", band, None, None, 1, 0.2, list(passages))


def rated(rating):
    return AnswerRated("slack", rating, 1)


def opened():
    return LessonOpened("slack", "refunds", 9.0, 1, "a.md")


def keep(session, *facts):
    for event, at, person_id in facts:
        record(session, event, at, person_id)
    session.flush()


def test_weekly_askers_are_people_who_asked_in_each_whole_week(database, ids):
    ada, ben, cleo, dov, gone = ids
    with database.rehearsal() as session:
        keep(
            session,
            # Whole weeks begin on 26 October, 2, 9 and 16 November.
            (asked(), utc(2026, 10, 24, 12), dov),
            (asked(), utc(2026, 10, 26, 12), ada),
            (asked("refused"), utc(2026, 10, 31, 12), ada),
            (asked("not_covered"), utc(2026, 11, 1, 23, 30), ben),
            (asked("uncertain"), utc(2026, 11, 2, 0, 30), cleo),
            (asked(), utc(2026, 11, 16, 9), ada),
            (asked(), utc(2026, 11, 17, 9), ben),
            (asked(), utc(2026, 11, 17, 9), None),
            (asked(), utc(2026, 11, 18, 9), gone),
            (asked(), utc(2026, 11, 23, 8), cleo),
        )
        found = adoption(session, None, MONTH, "Europe/London")
        weeks = [(date(2026, 10, 26), 2), (date(2026, 11, 2), 1), (date(2026, 11, 9), 0), (date(2026, 11, 16), 2)]
        assert found.people == 4
        assert found.weeks == tuple(AskersInWeek(monday, Share(askers, 4)) for monday, askers in weeks)
        assert found.weekly_askers == pytest.approx((2 + 1 + 0 + 2) / 4 / 4)
        endings = found.tally.asked, found.tally.covered, found.tally.uncertain
        assert (*endings, found.tally.not_covered, found.tally.refused) == (8, 5, 1, 1, 1)
        # An hour further east that Sunday night is a Monday.
        further_east = adoption(session, ids[:4], MONTH, "Europe/Berlin")
        assert [week.askers.part for week in further_east.weeks] == [1, 2, 0, 2]
        assert adoption(session, ids[:4], Period(day(6), NOW), "UTC").weekly_askers is None


def test_who_was_given_a_wrong_answer_and_came_back(database, ids):
    ada, ben, cleo, dov, _ = ids
    with database.rehearsal() as session:
        keep(
            session,
            (rated("wrong_answer"), day(28), ada),
            (asked(), day(14), ada),
            # One second too late; and a question before the rating is no return.
            (rated("outdated"), day(28), ben),
            (asked(), day(28), ben),
            (asked(), day(14) + timedelta(seconds=1), ben),
            # Ten days ago: came back, and still it is too early to say.
            (rated("wrong_source"), day(10), cleo),
            (asked(), day(9), cleo),
            # The first one counts, and those who were helped not at all.
            (rated("wrong_answer"), day(20), dov),
            (rated("wrong_answer"), day(5), dov),
            (asked(), day(4), dov),
            (rated("helpful"), day(6), dov),
        )
        found = adoption(session, None, MONTH, "UTC")
        assert (found.returned, found.return_waiting) == (Share(1, 3), 1)
        assert found.helpful == Share(1, 6)
        assert (found.askers, found.raters) == (4, 4)
        assert adoption(session, [dov], MONTH, "UTC").helpful == Share(1, 3)


def test_what_became_of_nudges(database, ids):
    ada, ben, cleo, dov, _ = ids
    answer = ItemAnswered("slack", "refunds", 1.0, 9.0, 1, "a.md#first", "choice")
    lesson = NudgeEnded("before_shift", "sent", "")
    with database.rehearsal() as session:
        keep(
            session,
            (lesson, day(9), ada),
            (opened(), day(8), ada),
            # Opened a second too late, and after the next had come.
            (lesson, day(7), ada),
            (opened(), day(6) + timedelta(seconds=1), ada),
            (lesson, day(5), ada),
            (lesson, day(5) + timedelta(hours=12), ada),
            (answer, day(5) + timedelta(hours=13), ada),
            (lesson, day(9), ben),
            (LessonSnoozed("slack", "refunds", 1, "tomorrow"), day(9) + timedelta(hours=1), ben),
            (lesson, day(8), ben),
            (PreferenceChanged("slack", "paused"), day(8) + timedelta(hours=1), ben),
            (PreferenceChanged("slack", "stopped"), day(2), ben),
            (PreferenceChanged("", "weekly_after_ignored"), day(2), cleo),
            # Two came this morning: one is taken up already, the other not yet.
            (lesson, NOW - timedelta(hours=1), cleo),
            (lesson, NOW - timedelta(hours=2), dov),
            (opened(), NOW - timedelta(hours=1), dov),
            # No lesson, not sent, before the period.
            (NudgeEnded("digest", "sent", ""), day(3), ada),
            (NudgeEnded("reminder", "sent", ""), day(3), ada),
            (NudgeEnded("before_shift", "missed", "late"), day(3), ada),
            (lesson, day(31), ada),
        )
        found = adoption(session, None, MONTH, "UTC")
        assert found.nudges == NudgesSent(sent=8, opened=3, put_off=2, ignored=2, waiting=1)
        assert found.nudges.ignored_share == Share(2, 7)
        assert found.muted == Share(1, 4)
        assert found.nudged == 4


def test_nobody_and_nothing_are_none(database, ids):
    with database.session() as session:
        for person_ids in ([], ids):
            found = adoption(session, person_ids, MONTH, "UTC")
            assert found.helpful.value is None
            assert found.returned.value is None
            assert found.nudges.ignored_share.value is None
        assert adoption(session, [], MONTH, "UTC").weekly_askers is None
        assert found.weekly_askers == 0.0


def test_slots_and_changes_are_those_that_lessons_are_sent_by():
    assert frozenset(nudges.LESSONS) == LESSON_SLOTS
    assert nudges.SENT == SENT
    assert frozenset({"paused", "stopped"}) == MUTES
