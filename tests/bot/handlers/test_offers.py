"""A lesson offered takes the place of the one before, or that one is taken up: never are two in view."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.handlers.offers import TAKEN_UP_WITHIN, offer
from bot.handlers.request import new_id
from bot.messages import Address, Undeliverable
from bot.outcome import NUDGE
from bot.queue import put
from lessons.runs import ABANDONED, DROPPED, OFFERED, OPEN
from lessons.tables import LessonRun
from metrics.people import Person, PlatformIdentity
from tests.bot.handlers.test_running import BEN, begin, kinds, press, rows, shown, whole
from tests.bot.handlers.test_running import chat as chat  # noqa: PLC0414 (a fixture)
from tests.chat import labels
from tests.lesson_runs import REVIEW, WHOLE

HERE = Address("slack", "T1", only_for=BEN)


def offered(chat, choice, origin="nudge", key="lesson:1", address=HERE):
    with chat.app.database.transaction() as session:
        ben = session.scalars(select(Person).where(Person.email == "ben@example.test")).one()
        given = (chat.now, new_id, random.Random(1), origin, key, NUDGE)
        outgoing = offer(session, ben, None, choice, address, *given)
        for each in outgoing:
            put(session, each, chat.now)
    chat.settle()
    return outgoing


def test_a_lesson_is_offered_with_its_budget_and_its_reason(chat):
    outgoing = offered(chat, WHOLE)
    assert [(each.key, each.priority, each.operation) for each in outgoing] == [("lesson:1", NUDGE, "post")]
    assert chat.last.message.text == (
        "Lesson: Refund exceptions. 11 min: 3 concept, 7 practice, 1 reflection. You missed step 2 of refunds twice."
    )
    [event] = kinds(chat)
    assert (event.kind, event.payload["origin"]) == ("lesson_offered", "nudge")


def test_a_review_says_how_many_questions_it_has(chat):
    offered(chat, REVIEW)
    assert chat.last.message.text == "Lesson: Review. 3 min: 3 questions you have met before. Due today."


def test_an_offer_nobody_opened_is_dropped_for_the_next(chat):
    offered(chat, WHOLE)
    first = chat.last
    offered(chat, REVIEW, key="lesson:2")
    assert [run.state for run in rows(chat, LessonRun)] == [DROPPED, OFFERED]
    assert shown(chat, first).text == "“Refund exceptions” gave way to another lesson."
    assert labels(shown(chat, first)) == {}


def test_what_was_begun_is_gone_on_with_for_some_days(chat):
    lesson = begin(chat)
    press(chat, lesson, "Start")
    chat.at(minutes=(TAKEN_UP_WITHIN - timedelta(hours=1)) / timedelta(minutes=1))
    offered(chat, REVIEW)
    assert chat.last.message.text.startswith("Concept 1 of 2")
    assert shown(chat, lesson).text == "“Refund exceptions” goes on in the newest message."
    assert [run.state for run in rows(chat, LessonRun)] == [OPEN]
    chat.at(minutes=(TAKEN_UP_WITHIN + timedelta(hours=1)) / timedelta(minutes=1))
    offered(chat, REVIEW, key="lesson:2")
    assert [run.state for run in rows(chat, LessonRun)] == [ABANDONED, OFFERED]


def test_a_lesson_somebody_sent_takes_the_place_of_any_other(chat):
    press(chat, begin(chat), "Start")
    offered(chat, REVIEW, origin="sent")
    assert [run.state for run in rows(chat, LessonRun)] == [ABANDONED, OFFERED]


def test_a_reminder_shows_the_offer_once_more_and_its_old_buttons_are_gone(chat):
    offered(chat, WHOLE)
    first = chat.last
    offered(chat, None, origin="reminder", key="lesson:2")
    assert chat.last.message.text == first.message.text
    assert labels(shown(chat, first)) == {}
    press(chat, chat.last, "Start")
    assert [run.state for run in rows(chat, LessonRun)] == [OPEN]
    assert [event.payload["origin"] for event in kinds(chat)[:2]] == ["nudge", "reminder"]


def test_there_is_nothing_to_remind_of_where_nothing_is_unfinished(chat):
    assert offered(chat, None, origin="reminder") == ()
    assert offered(chat, replace(WHOLE, module="gone.md")) == ()
    assert rows(chat, LessonRun) == []


def test_a_message_that_never_arrived_is_not_closed(chat):
    chat.platform.fail(Undeliverable("channel_not_found"), "post")
    offered(chat, WHOLE)
    offered(chat, REVIEW, key="lesson:2")
    assert [sent.message.text[:14] for sent in chat.standing()] == ["Lesson: Review"]


@pytest.mark.parametrize("is_known", [True, False])
def test_a_lesson_left_on_another_platform_is_closed_there(chat, is_known):
    lesson = begin(chat)
    with chat.app.database.transaction() as session:
        if not is_known:
            session.delete(
                session.scalars(select(PlatformIdentity).where(PlatformIdentity.platform_user_id == BEN)).one()
            )
    outgoing = offered(chat, None, address=Address("teams", "tenant", only_for="someone"))
    closed = [each for each in outgoing if each.operation == "update"]
    assert [each.address for each in closed] == ([HERE] if is_known else [])
    assert (labels(shown(chat, lesson)) == {}) is is_known


def test_a_week_after_a_lesson_its_next_offer_asks_whether_it_was_used(chat):
    whole(chat, begin(chat))
    chat.at(minutes=60 * 24 * 8)
    offered(chat, REVIEW)
    assert {"I Used This", "Not Yet", "Start"} <= set(labels(chat.last.message))
    # Starting the lesson takes the question away with the card it stood on, so the next card has it again.
    assert "I Used This" not in labels(press(chat, chat.last, "Start"))
    offered(chat, WHOLE, origin="sent", key="lesson:2")
    assert "I Used This" in labels(chat.last.message)
    offered(chat, None, origin="reminder", key="lesson:3")
    assert "I Used This" in labels(chat.last.message)
    chat.press(BEN, "Not Yet")
    offered(chat, REVIEW, key="lesson:4")
    assert "I Used This" not in labels(chat.last.message)


def test_who_never_says_whether_a_lesson_was_used_is_not_asked_for_long(chat):
    whole(chat, begin(chat))
    chat.at(minutes=60 * 24 * 8)
    offered(chat, REVIEW)
    chat.at(minutes=60 * 24 * 8)
    offered(chat, REVIEW, key="lesson:2")
    assert "I Used This" not in labels(chat.last.message)
