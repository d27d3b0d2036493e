"""Lessons and practice come to whoever asks, and managers send lessons to the people they manage."""

import pytest
from sqlalchemy import select, update

from bot.handlers.practice import match_skills
from bot.messages import Kind
from bot.views import practice as views
from coach.tables import SopDocument
from lessons.nudges import PLANNED, SENT_BY_MANAGER
from lessons.sequence import CHOICE
from lessons.tables import LessonRun, Nudge, Preference
from metrics.events.kinds import LessonPartDone
from metrics.events.record import EventRow, record
from metrics.people import Person
from tests.bot.handlers.test_running import ADA, BEN, begin, press, rows, whole
from tests.bot.handlers.test_running import chat as chat  # noqa: PLC0414 (a fixture)
from tests.chat import labels

TITLES = {"refunds": "Refunds", "cash": "Cash at the till", "cash_office": "Cash office", "handoff": "Handoff notes"}


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ("refunds", ["refunds"]),
        ("Cash at the till", ["cash"]),
        ("cash office", ["cash_office"]),
        ("notes", ["handoff"]),
        ("office", ["cash_office"]),
        ("cash", ["cash"]),
        ("at", ["cash"]),
        ("returns", []),
        ("", []),
    ],
)
def test_a_skill_is_meant_by_its_key_or_by_words_of_its_title(wanted, keys):
    assert sorted(match_skills(wanted, TITLES)) == keys


def test_words_that_could_mean_several_are_not_guessed():
    titles = {"a": "Cash at the till", "b": "Cash office"}
    assert sorted(match_skills("cash", titles)) == ["a", "b"]


def recorded(chat, kind):
    return [row for row in rows(chat, EventRow) if row.kind == kind]


def test_a_lesson_asked_for_comes_at_once_and_is_no_nudge(chat):
    lesson = begin(chat, words="lesson")
    assert lesson.channel == f"dm-{BEN}"
    assert labels(lesson.message)["Start"][0] == "run_start"
    assert chat.outcomes() == ["lesson_given"]
    assert rows(chat, Nudge) == []
    [offered] = recorded(chat, "lesson_offered")
    assert offered.payload["origin"] == "asked"


@pytest.mark.parametrize("chosen", [600, None, 20])
def test_nobody_is_given_more_lessons_a_week_than_the_company_has_but_may_practise(chat, chosen):
    with chat.app.database.transaction() as session:
        ben = session.scalars(select(Person.id).where(Person.email == "ben@example.test")).one()
        session.add(Preference(person_id=ben, weekly_minutes=chosen, changed_at=chat.now))
        done = LessonPartDone("slack", "cash", 29 * 60, 1, "cash.md", "practice", 60)
        record(session, done, chat.now, ben)
    chat.dm(BEN, "lesson")
    assert rows(chat, LessonRun) == []
    chat.dm(BEN, "practice refunds")
    assert len(rows(chat, LessonRun)) == 1


def test_practice_comes_as_often_as_somebody_likes(chat):
    for _ in range(4):
        whole(chat, begin(chat))
    assert len(rows(chat, LessonRun)) == 4


def test_an_unknown_skill_is_answered_with_those_there_are(chat):
    chat.dm(BEN, "practice juggling")
    assert chat.last.message.text == (
        "There is no skill “juggling”. Write one of these: Cash at the till, Refunds. For example: "
        "“practice Cash at the till”."
    )
    assert rows(chat, LessonRun) == []


def test_many_words_that_name_no_skill_are_a_question(chat):
    chat.app.get_ready()
    chat.dm(BEN, "practice fire drills are when and who rings")
    assert chat.events("question_asked")
    chat.dm(BEN, "practise cash at the till")
    assert "Start" in labels(chat.last.message)


def test_practice_alone_goes_on_with_what_was_left(chat):
    lesson = begin(chat)
    press(chat, lesson, "Start")
    again = begin(chat, words="practice")
    assert again.message.text.startswith("Concept 1 of 2")
    assert len(rows(chat, LessonRun)) == 1


def test_nobody_is_given_what_they_may_not_read(chat):
    with chat.app.database.transaction() as session:
        session.execute(update(SopDocument).values(audience="roles:manager"))
    chat.dm(BEN, "lesson")
    assert chat.last.message.text == views.NONE_NOW
    chat.dm(BEN, "practice refunds")
    assert chat.last.message.text == views.NOTHING_TO_PRACTISE
    chat.dm(BEN, "practice")
    assert chat.last.message.text == views.NOTHING_TO_PRACTISE
    assert chat.outcomes() == ["no_lesson", "unknown_skill", "no_lesson"]


def test_the_button_of_the_home_page_gives_a_lesson_too(chat):
    chat.take(chat.incoming(BEN, Kind.CLICK, action="lesson", value="0" * 32))
    assert "Start" in labels(chat.last.message)
    assert views.COMES_DIRECTLY not in [sent.message.text for sent in chat.standing()]
    assert chat.outcomes() == ["lesson_given"]


@pytest.mark.parametrize("words", ["lesson", "practice"])
def test_a_lesson_that_was_left_and_is_open_to_somebody_no_more_is_not_in_the_way(chat, words):
    begin(chat)
    with chat.app.database.transaction() as session:
        session.execute(
            update(SopDocument).where(SopDocument.file == "stores/refunds.md").values(audience="roles:manager")
        )
    assert begin(chat, words=words).message.text.startswith("Lesson: Cash at the till.")


@pytest.mark.parametrize("words", ["send lesson refunds to Ben Ash", "send a lesson on refunds to BEN@example.test"])
def test_a_manager_sends_a_lesson_that_waits_for_its_moment(chat, words):
    chat.dm(ADA, words)
    assert chat.last.message.text == views.sent_to("Ben Ash", "Refunds")
    [nudge] = rows(chat, Nudge)
    with chat.app.database.session() as session:
        ben = session.scalars(select(Person).where(Person.email == "ben@example.test")).one()
    assert (nudge.person_id, nudge.slot, nudge.state, nudge.due_at) == (ben.id, SENT_BY_MANAGER, PLANNED, nudge.due_at)
    choice = CHOICE.validate_python(nudge.content)
    assert (choice.skill, choice.reason) == ("refunds", "A manager sent you this lesson.")
    assert chat.outcomes() == ["lesson_sent"]


def test_one_lesson_a_day_is_sent_to_a_person(chat):
    chat.dm(ADA, "send lesson to Ben Ash")
    chat.dm(ADA, "send lesson cash to Ben Ash")
    assert chat.last.message.text == views.sent_already("Ben Ash")
    assert len(rows(chat, Nudge)) == 1


@pytest.mark.parametrize(
    ("user", "words", "answer"),
    [
        (BEN, "send lesson refunds to Ada Oak", views.MANAGES_NOBODY),
        (ADA, "send lesson refunds to Ada Oak", views.not_one("ada oak", is_several=False)),
        (ADA, "send lesson refunds to Zoe Elm", views.not_one("zoe elm", is_several=False)),
        (ADA, "send lesson refunds to @someone", views.not_one("@someone", is_several=False)),
        (ADA, "send lesson", views.not_one("", is_several=False)),
    ],
)
def test_nobody_sends_a_lesson_to_somebody_they_do_not_manage(chat, user, words, answer):
    chat.dm(user, words)
    assert chat.last.message.text == answer
    assert rows(chat, Nudge) == []
    assert chat.outcomes() == ["lesson_refused"]


def test_whom_a_lesson_is_sent_to_may_be_mentioned(chat):
    chat.dm(ADA, "send lesson refunds to @someone", mentioned=(BEN,))
    assert chat.last.message.text == views.sent_to("Ben Ash", "Refunds")


def test_of_two_people_with_one_name_nobody_is_sent_the_lesson_of_the_other(chat):
    with chat.app.database.transaction() as session:
        ada = session.scalars(select(Person).where(Person.email == "ada@example.test")).one()
        facts = {"roles": ["cashier"], "is_active": True, "updated_at": chat.now}
        session.add(Person(name="Ben Ash", email="ben2@example.test", manager_id=ada.id, **facts))
    chat.dm(ADA, "send lesson refunds to Ben Ash")
    assert chat.last.message.text == views.not_one("ben ash", is_several=True)
    assert rows(chat, Nudge) == []
    chat.dm(ADA, "send lesson refunds to ben2@example.test")
    assert chat.last.message.text == views.out_of_reach("Ben Ash")
    chat.dm(ADA, "send lesson refunds to ben@example.test")
    assert len(rows(chat, Nudge)) == 1


def test_what_is_sent_is_what_its_reader_may_read(chat):
    with chat.app.database.transaction() as session:
        session.execute(
            update(SopDocument).where(SopDocument.file == "stores/refunds.md").values(audience="roles:manager")
        )
    chat.dm(ADA, "send lesson refunds to Ben Ash")
    assert "There is no skill “refunds”" in chat.last.message.text
    chat.dm(ADA, "send lesson to Ben Ash")
    [nudge] = rows(chat, Nudge)
    assert CHOICE.validate_python(nudge.content).skill == "cash"
