"""A lesson asked for comes once as a direct message; its question is answered once, by the person asked."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.handlers.practice import tick
from bot.handlers.request import new_id
from bot.messages import Disconnected, Identity, Kind, Undeliverable, Unsure
from bot.outcome import NUDGE
from bot.queue import resume_sending
from bot.router import Router
from bot.settings import Settings
from bot.tables import OutboxItem
from bot.views import lesson as views
from coach.embed import WordHashEmbedder
from coach.tables import SopDocument
from lessons.nudges import MISSED, PLANNED, QUEUED, SENT, UNKNOWN
from lessons.tables import Nudge, QuizQuestion
from metrics.people import Person
from tests.chat import Chat, labels
from tests.lessons.test_lesson import WHOLE

ADA, BEN = "U1", "U2"
SETTINGS = """roles: [cashier, manager]
skills: {refunds: {title: Refunds}}
timezone: Pacific/Auckland
default_audience: everyone
"""
PEOPLE = f"""name,email,slack_id,role,manager
Ada Oak,ada@example.test,{ADA},manager,
Ben Ash,ben@example.test,{BEN},cashier,ada@example.test
"""
FOLDER = {
    "company.yaml": SETTINGS,
    "people.csv": PEOPLE,
    "sops/stores/refunds.md": "# Refunds\n\nPay back.\n\n## Exceptions\n\nAbove 100 pounds a manager decides.\n",
    "lessons/exceptions.md": WHOLE,
}


@pytest.fixture
def chat(database, company, tmp_path, now):
    app = App(Settings(home=tmp_path / "home", database_url=SecretStr(database.url)), embedder=WordHashEmbedder())
    apply_folder(read_folder(company(FOLDER)), app.database, app.embedder, now)
    with app.database.transaction() as session:
        resume_sending(session, "slack", "T1", now)
    yield Chat(app, now, tuple(Identity(user, is_member=True) for user in (ADA, BEN)))
    app.close()


def tock(chat):
    with chat.app.database.transaction() as session:
        return tick(session, chat.now, new_id)


def rows(chat, table):
    with chat.app.database.session() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def lesson_for(chat, user):
    chat.slash(user, "lesson")
    tock(chat)
    chat.settle()
    return chat.last


def test_nothing_is_sent_before_anybody_asks(chat):
    for _ in range(3):
        assert tock(chat.at(minutes=600)) == 0
    assert rows(chat, OutboxItem) == []


def test_a_lesson_comes_as_a_direct_message_at_the_next_tick(chat):
    chat.slash(BEN, "lesson")
    assert chat.last.message.text == views.PLANNED.format(title="Refund exceptions", minutes=11)
    assert chat.last.address.only_for == BEN
    assert chat.outcomes() == ["lesson_planned"]
    assert [nudge.state for nudge in rows(chat, Nudge)] == [PLANNED]
    assert tock(chat) == 1
    assert [nudge.state for nudge in rows(chat, Nudge)] == [QUEUED]
    chat.settle()
    assert chat.last.channel == f"dm-{BEN}"
    assert list(labels(chat.last.message)) == ["A: Refuse it", "B: Ask the manager", "C: Pay it"]
    [nudge], [question] = rows(chat, Nudge), rows(chat, QuizQuestion)
    assert (nudge.state, question.nudge_id) == (SENT, nudge.id)
    assert {value for _, value in labels(chat.last.message).values()} == {question.public_id}
    assert [row.priority for row in rows(chat, OutboxItem) if row.key == f"nudge:{nudge.id}"] == [NUDGE]


def test_the_date_is_that_of_the_persons_own_zone(chat):
    chat.now = chat.now.replace(hour=12)
    chat.slash(BEN, "lesson")
    [nudge] = rows(chat, Nudge)
    assert nudge.local_on == chat.now.date() + timedelta(days=1)


def test_asking_again_on_the_same_day_plans_nothing_more(chat):
    lesson_for(chat, BEN)
    chat.dm(BEN, "lesson")
    already = views.ALREADY.format(title="Refund exceptions")
    assert already in [sent.message.text for sent in chat.standing()]
    assert chat.outcomes() == ["lesson_planned", "lesson_already"]
    assert tock(chat) == 0
    assert len(rows(chat, Nudge)) == 1
    lesson_for(chat.at(minutes=24 * 60), BEN)
    assert len(rows(chat, Nudge)) == 2


def test_ticking_twice_sends_one(chat):
    chat.slash(BEN, "lesson")
    assert [tock(chat), tock(chat), tock(chat)] == [1, 0, 0]
    assert len(rows(chat, QuizQuestion)) == 1


def test_nobody_is_offered_a_lesson_on_an_sop_they_may_not_read(chat):
    with chat.app.database.transaction() as session:
        session.execute(update(SopDocument).values(audience="roles:manager"))
    chat.slash(BEN, "lesson")
    assert chat.last.message.text == views.NONE_FOR_YOU
    chat.slash(ADA, "lesson")
    assert chat.outcomes() == ["no_lesson", "lesson_planned"]


@pytest.mark.parametrize(
    "change",
    [
        lambda: update(SopDocument).values(audience="roles:manager"),
        lambda: update(Person).where(Person.email == "ben@example.test").values(is_active=False),
    ],
    ids=["closed SOP", "left"],
)
@pytest.mark.parametrize("is_queued", [False, True])
def test_what_may_not_be_sent_any_more_is_missed(chat, change, is_queued):
    chat.slash(BEN, "lesson")
    before = len(chat.standing())
    if is_queued:
        tock(chat)
    with chat.app.database.transaction() as session:
        session.execute(change())
    tock(chat)
    chat.settle()
    assert [nudge.state for nudge in rows(chat, Nudge)] == [MISSED]
    assert len(chat.standing()) == before


@pytest.mark.parametrize("is_queued", [False, True])
def test_what_is_more_than_two_hours_late_is_missed_and_may_be_asked_for_again(chat, is_queued):
    chat.slash(BEN, "lesson")
    if is_queued:
        tock(chat)
    tock(chat.at(minutes=121))
    chat.settle()
    assert [nudge.state for nudge in rows(chat, Nudge)] == [MISSED]
    assert "Learn · 3 min" not in str(chat.standing())
    lesson_for(chat, BEN)
    assert [nudge.state for nudge in rows(chat, Nudge)] == [MISSED, SENT]


def test_a_lesson_the_platform_will_never_take_is_missed(chat):
    chat.slash(BEN, "lesson")
    tock(chat)
    chat.platform.fail(Undeliverable("channel_not_found"), "post")
    chat.settle()
    assert [nudge.state for nudge in rows(chat, Nudge)] == [MISSED]


def test_while_coach_may_not_speak_a_lesson_waits(chat):
    chat.slash(BEN, "lesson")
    tock(chat)
    chat.platform.fail(Disconnected("token_revoked"), "post")
    chat.settle()
    assert [nudge.state for nudge in rows(chat, Nudge)] == [QUEUED]
    with chat.app.database.transaction() as session:
        resume_sending(session, "slack", "T1", chat.now)
    chat.settle()
    assert [nudge.state for nudge in rows(chat, Nudge)] == [SENT]


@pytest.mark.parametrize(
    ("label", "score", "verdict"),
    [
        ("B: Ask the manager", 1.0, "Right: B."),
        ("A: Refuse it", 0.0, "Not right: you chose A, and the right answer is B."),
    ],
)
def test_an_answer_is_recorded_and_replaces_the_buttons(chat, label, score, verdict):
    asked = lesson_for(chat, BEN)
    [nudge] = rows(chat, Nudge)
    chat.press(BEN, label)
    [event] = chat.events("quiz_answered")
    [question] = rows(chat, QuizQuestion)
    assert (event.skill, event.score, event.payload) == ("refunds", score, {"door": "slack", "quiz_id": question.id})
    assert event.seconds == (event.at - nudge.finished_at).total_seconds() > 0
    assert (question.chosen, question.answered_at) == (label[0], event.at)
    answered = next(sent for sent in chat.standing() if sent.message_id == asked.message_id)
    assert answered.message.text.startswith(verdict)
    assert "stores/refunds.md > Refunds > Exceptions" in answered.message.text
    assert labels(answered.message) == {}


def test_a_question_is_answered_once(chat):
    asked = lesson_for(chat, BEN)
    chat.press(BEN, "A: Refuse it")
    chat.press(BEN, "B: Ask the manager", asked)
    assert chat.last.message.text == views.CLOSED
    assert len(chat.events("quiz_answered")) == 1
    assert chat.outcomes() == ["lesson_planned", "closed"]
    assert [question.chosen for question in rows(chat, QuizQuestion)] == ["A"]


def test_nobody_else_may_answer(chat):
    asked = lesson_for(chat, BEN)
    chat.press(ADA, "B: Ask the manager", asked)
    assert chat.last.message.text == views.NOT_YOURS
    assert chat.outcomes()[-1] == "not_yours"
    assert chat.events("quiz_answered") == []
    chat.press(BEN, "B: Ask the manager", asked)
    assert len(chat.events("quiz_answered")) == 1


@pytest.mark.parametrize(("action", "value"), [("quiz_a", "0" * 32), ("quiz_b", None), ("quiz_d", "theirs")])
def test_a_press_on_what_is_no_question_of_theirs_is_closed(chat, action, value):
    asked = lesson_for(chat, BEN)
    _, public_id = labels(asked.message)["A: Refuse it"]
    press = {"action": action, "value": public_id if value == "theirs" else value, "message_id": asked.message_id}
    chat.take(chat.incoming(BEN, Kind.CLICK, channel=asked.channel, is_direct=True, **press))
    assert chat.last.message.text == views.CLOSED
    assert chat.events("quiz_answered") == []


def test_an_answer_that_came_a_moment_too_late_changes_nothing(chat):
    asked = lesson_for(chat, BEN)
    action, public_id = labels(asked.message)["A: Refuse it"]
    press = chat.incoming(
        BEN,
        Kind.CLICK,
        action=action,
        value=public_id,
        channel=asked.channel,
        is_direct=True,
        message_id=asked.message_id,
    )
    slow = Router(chat.app, {"slack": chat.platform}).handle(press, "Ev-slow", chat.now)
    chat.press(BEN, "B: Ask the manager", asked)
    with pytest.raises(IntegrityError, match="answered meanwhile"), chat.app.database.transaction() as session:
        slow.store(session)
    assert [question.chosen for question in rows(chat, QuizQuestion)] == ["B"]


def test_an_unsure_platform_leaves_one_lesson_at_most(chat):
    chat.slash(BEN, "lesson")
    tock(chat)
    chat.platform.fail(Unsure("timeout"), "post", is_after=True)
    for _ in range(4):
        chat.at(minutes=1).settle()
    lessons = [sent for sent in chat.standing() if sent.message.text.startswith("Lesson:")]
    assert len(lessons) == 1
    assert [nudge.state for nudge in rows(chat, Nudge)] in ([SENT], [UNKNOWN])
