"""Three lessons ignored in a row make them weekly, once; whatever somebody does about lessons begins the count anew."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lessons.ignored import BECAME_WEEKLY, ignored_in_row, is_to_be_told, slow_down
from lessons.tables import Nudge, Preference
from metrics.events.kinds import ItemAnswered, LessonOpened, LessonSnoozed, PreferenceChanged
from metrics.events.record import EventRow, record
from tests.lessons.people import add_person, make_nudge

DAY = timedelta(days=1)
REACTIONS = {
    "opened": LessonOpened("slack", "refunds", 5, 1, None),
    "answered": ItemAnswered("slack", "refunds", 1, 5, 1, "a#b", "choice"),
    "put off": LessonSnoozed("slack", "refunds", 1, "tomorrow"),
    "chose": PreferenceChanged("slack", "daily"),
}


@pytest.fixture
def ben(database, now):
    with database.transaction() as session:
        return add_person(session, now)


@pytest.fixture
def send(database, now, ben):
    """Send lessons some days after the beginning, each with a reminder."""

    def send(*days, state="sent"):
        with database.transaction() as session:
            for day in days:
                at = now + day * DAY
                make_nudge(session, ben, "before_shift", at, state, finished_at=at)
                make_nudge(session, ben, "reminder", at, "sent", finished_at=at + timedelta(hours=3))

    return send


def counted(database, ben):
    with database.session() as session:
        return ignored_in_row(session, ben.id)


def slowed(database, ben, at):
    with database.transaction() as session:
        return slow_down(session, ben.id, at)


def told(database, ben):
    with database.session() as session:
        return is_to_be_told(session, ben.id)


def preference(database):
    with database.session() as session:
        return session.scalars(select(Preference)).one_or_none()


def test_lessons_sent_and_left_are_counted_reminders_and_missed_ones_are_not(database, ben, send):
    assert counted(database, ben) == 0
    send(0, 1)
    send(2, state="missed")
    assert counted(database, ben) == 2


@pytest.mark.parametrize("reaction", REACTIONS.values(), ids=REACTIONS)
def test_doing_anything_about_lessons_begins_the_count_anew(database, now, ben, send, reaction):
    send(0, 1)
    with database.transaction() as session:
        record(session, reaction, now + 1.5 * DAY, ben.id)
    assert counted(database, ben) == 0
    send(2)
    assert counted(database, ben) == 1


def test_what_others_do_does_not(database, now, ben, send):
    send(0, 1)
    with database.transaction() as session:
        other = add_person(session, now, "ada")
        record(session, REACTIONS["opened"], now + 1.5 * DAY, other.id)
    assert counted(database, ben) == 2


def test_before_the_third_nothing_changes(database, now, ben, send):
    send(0, 1)
    assert not slowed(database, ben, now + 2 * DAY)
    assert preference(database) is None
    assert not told(database, ben)


def test_at_the_third_they_become_weekly_once_and_the_next_lesson_says_so(database, now, ben, send):
    send(0, 1, 2)
    assert [slowed(database, ben, now + (3 + days) * DAY) for days in range(3)] == [True, False, False]
    held = preference(database)
    assert (held.is_weekly, held.weekly_since, held.is_stopped) == (True, now + 3 * DAY, False)
    with database.session() as session:
        events = session.scalars(select(EventRow).where(EventRow.kind == "preference_changed")).all()
    assert [event.payload["what"] for event in events] == [BECAME_WEEKLY]
    assert told(database, ben)
    send(10)
    assert not told(database, ben)


def test_what_they_chose_before_stays(database, now, ben, send):
    with database.transaction() as session:
        session.add(Preference(person_id=ben.id, at_minute=600, changed_at=now))
    send(0, 1, 2)
    assert slowed(database, ben, now + 3 * DAY)
    held = preference(database)
    assert (held.is_weekly, held.at_minute, held.changed_at) == (True, 600, now)


def test_whoever_chose_weekly_is_told_nothing(database, now, ben, send):
    with database.transaction() as session:
        session.add(Preference(person_id=ben.id, is_weekly=True, weekly_since=now, changed_at=now))
    assert not told(database, ben)


def test_daily_again_is_daily_until_three_more_are_ignored(database, now, ben, send):
    send(0, 1, 2)
    slowed(database, ben, now + 3 * DAY)
    with database.transaction() as session:
        session.execute(update(Preference).values(is_weekly=False, weekly_since=None, ignored_in_row=0))
        record(session, REACTIONS["chose"], now + 4 * DAY, ben.id)
    assert not slowed(database, ben, now + 5 * DAY)
    send(5, 6, 7)
    assert slowed(database, ben, now + 8 * DAY)
    assert len([nudge for nudge in sent(database) if nudge.slot == "before_shift"]) == 6


def sent(database):
    with database.session() as session:
        return session.scalars(select(Nudge).where(Nudge.state == "sent")).all()
