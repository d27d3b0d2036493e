"""The events behind a figure are those it counts: one person's, of its kinds, in its period."""

from datetime import timedelta

from metrics.behind import KINDS, MOST, SEEN_BY_OTHERS, events_behind
from metrics.periods import last_days
from metrics.tallying import tally_by_person
from tests.metrics.happenings import answer, lesson, people


def test_as_many_events_stand_behind_a_figure_as_it_says(database, now):
    week = last_days(7, now)
    with database.transaction() as session:
        ana, ben = people(session, 2, now)
        for days in (0, 1, 6, 7, 8):
            answer(session, ana, now - timedelta(days=days), 1.0)
        answer(session, ben, now, 0.0)
        lesson(session, ana, now - timedelta(hours=3))
        tally = tally_by_person(session, [ana], week)[ana]
        answers = events_behind(session, ana, KINDS["answers"], week)
        lessons = events_behind(session, ana, KINDS["lessons"], week)
        nothing = events_behind(session, ben, KINDS["mastery"], week)
    assert answers.total == tally.answered == 3
    assert [each.at for each in answers.newest] == [now - timedelta(days=days) for days in (0, 1, 6)]
    assert lessons.total == tally.lessons_completed == 1
    assert (lessons.newest[0].skill, lessons.newest[0].seconds) == ("refunds", 300.0)
    assert (nothing.total, nothing.newest) == (0, ())


def test_only_the_newest_are_listed_and_all_are_counted(database, now):
    with database.transaction() as session:
        (ana,) = people(session, 1, now)
        for minutes in range(MOST + 3):
            answer(session, ana, now - timedelta(minutes=minutes), 1.0)
        found = events_behind(session, ana, KINDS["answers"], last_days(7, now))
    assert found.total == MOST + 3
    assert len(found.newest) == MOST
    assert found.newest[0].at == now


def test_others_see_no_answers_and_no_questions_one_by_one():
    assert {"lessons", "mastery"} == SEEN_BY_OTHERS
