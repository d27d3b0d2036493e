"""A lesson is one message gone through step by step: each press counts once, and it goes on after any interruption."""

from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot import queue
from bot.app import App
from bot.company import apply_folder, read_folder
from bot.handlers.forms import Forms
from bot.messages import Address, Identity, Kind, Quote, Text
from bot.queue import resume_sending
from bot.router import Router
from bot.settings import Settings
from bot.tables import CompanySettings, OutboxItem
from bot.views import practice
from bot.views import run as views
from bot.views.exercise import WRITTEN_FIELD, WRITTEN_FORM
from bot.worker import Workers
from coach.embed import WordHashEmbedder
from coach.tables import SopDocument
from lessons.run import LONGEST_PAUSE_SECONDS
from lessons.runs import COMPLETED, OPEN, course_of, progress_of
from lessons.shelf import store_modules
from lessons.tables import Confirmation, ItemMemory, LessonRun
from metrics.events.record import EventRow
from metrics.people import Person
from tests.chat import Chat, labels
from tests.lesson_runs import MODULE, OTHER

ADA, BEN = "U1", "U2"
FOLDER = {
    "company.yaml": "roles: [cashier, manager]\nskills: {refunds: {title: Refunds}, cash: {title: Cash at the till}}\n"
    "timezone: Pacific/Auckland\ndefault_audience: everyone\n",
    "people.csv": "name,email,slack_id,role,manager\n"
    f"Ada Oak,ada@example.test,{ADA},manager,\nBen Ash,ben@example.test,{BEN},cashier,ada@example.test\n",
    "sops/stores/refunds.md": "# Refunds\n\nPay back.\n\n## Exceptions\n\nAbove 100 pounds a manager decides.\n",
    "sops/stores/cash.md": "# Cash\n\nAbove 100 pounds a manager decides.\n",
}


@pytest.fixture
def chat(database, company, tmp_path, now):
    app = App(Settings(home=tmp_path / "home", database_url=SecretStr(database.url)), embedder=WordHashEmbedder())
    apply_folder(read_folder(company(FOLDER)), app.database, app.embedder, now)
    with app.database.transaction() as session:
        store_modules(session, [MODULE, OTHER], now)
        resume_sending(session, "slack", "T1", now)
    yield Chat(app, now, tuple(Identity(user, is_member=True) for user in (ADA, BEN)))
    app.close()


def rows(chat, table):
    with chat.app.database.session() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def kinds(chat):
    """Return what was recorded besides that something was handled or sent."""
    return [row for row in rows(chat, EventRow) if row.kind.startswith(("lesson_", "item_"))]


def begin(chat, user=BEN, words="practice refunds"):
    chat.dm(user, words)
    return chat.last


def shown(chat, lesson):
    return next(sent for sent in chat.standing() if sent.message_id == lesson.message_id).message


def press(chat, lesson, label, user=BEN):
    standing = next(sent for sent in chat.standing() if sent.message_id == lesson.message_id)
    chat.press(user, label, standing)
    return shown(chat, lesson)


def write(chat, lesson, words, user=BEN, **more):
    """Press Write My Answer, fill in the form that opens, and send it off."""
    action, value = labels(shown(chat, lesson))["Write My Answer"]
    click = chat.incoming(user, Kind.CLICK, action=action, value=value, channel=f"dm-{user}", is_direct=True)
    with chat.app.database.transaction() as session:
        opened = Forms().open(session, click, chat.now)
    assert opened.form is not None, opened.say
    sent = chat.incoming(
        user, Kind.SUBMIT, action=opened.form.action, value=opened.form.value, fields={WRITTEN_FIELD: words}, **more
    )
    chat.take(sent)
    return opened.form


def answer(chat, lesson, is_right=True, sure="Sure"):
    """Answer the exercise that stands, and say how sure."""
    [run] = [run for run in rows(chat, LessonRun) if run.state == OPEN]
    course, progress = course_of(run), progress_of(run)
    exercise = course.exercise_at(progress.position)
    item = course.item_of(exercise)
    if item.kind == "write":
        write(chat, lesson, "I understand, and I will ask.")
        press(chat, lesson, sure)
        return press(chat, lesson, "Said All" if is_right else "Said None")
    if item.kind == "order":
        places = [exercise.shown.index(step) for step in range(4)]
        for place in (places if is_right else places[::-1])[:3]:
            press(chat, lesson, f"Step {'ABCD'[place]}")
    else:
        place = item.right if is_right else (item.right + 1) % len(item.options)
        named = [label for label, (action, _) in labels(shown(chat, lesson)).items() if action == f"run_pick_{place}"]
        press(chat, lesson, named[0])
    return press(chat, lesson, sure)


def to_practice(chat, lesson):
    press(chat, lesson, "Start")
    press(chat, lesson, "Next")
    return press(chat, lesson, "To Practice")


def whole(chat, lesson, wrong=()):
    """Go through a lesson to its end, whatever it is made of; `wrong` are the exercises to answer wrong."""
    press(chat, lesson, "Start")
    number = 0
    while buttons := labels(shown(chat, lesson)):
        onward = [label for label in ("Next", "To Practice", "Finish", "Done") if label in buttons]
        if onward:
            press(chat, lesson, onward[0])
        else:
            answer(chat, lesson, is_right=number not in wrong)
            number += 1
    return shown(chat, lesson)


def test_a_whole_lesson_is_one_message_from_offer_to_closing(chat):
    lesson = begin(chat)
    assert lesson.message.text.startswith("Lesson: Refund exceptions. 11 min: 3 concept, 7 practice, 1 reflection.")
    assert list(labels(lesson.message)) == [
        "Start",
        "Later Today",
        "Tomorrow",
        "Change My Time",
        "Pause 1 Week",
        "Stop Lessons",
        "Skip This One",
    ]
    before = len(chat.standing())
    closing = whole(chat, lesson, wrong=(1,))
    assert len(chat.standing()) == before
    assert closing.text.startswith("Done: Refund exceptions. Refunds: 4 of 5 right. It comes back on ")
    assert "Whom would you ring today?" in str(closing.blocks)
    assert labels(closing) == {}
    [run] = rows(chat, LessonRun)
    assert (run.state, run.position, run.module) == (COMPLETED, 8, "refunds.md")
    assert len(rows(chat, ItemMemory)) == 5


def test_everything_is_recorded_in_the_transaction_of_its_press(chat):
    lesson = begin(chat)
    whole(chat, lesson, wrong=(0,))
    [run] = rows(chat, LessonRun)
    events = kinds(chat)
    assert [event.kind for event in events] == [
        "lesson_offered",
        "lesson_opened",
        "lesson_part_done",
        *["item_answered"] * 4,
        "lesson_part_done",
        "item_answered",
        "lesson_part_done",
        "lesson_completed",
    ]
    parts = [event for event in events if event.kind == "lesson_part_done"]
    assert [(event.payload["part"], event.payload["budget_seconds"]) for event in parts] == [
        ("concept", 180),
        ("practice", 420),
        ("reflection", 60),
    ]
    offered, *_, completed = events
    assert (offered.payload["origin"], offered.payload["choice"]) == ("practice", "module")
    assert completed.seconds == pytest.approx(sum(event.seconds for event in parts))
    assert completed.score == pytest.approx(4 / 5)
    answers = [event for event in events if event.kind == "item_answered"]
    assert [(event.score, event.payload["confidence"]) for event in answers] == [(0.0, 0.95)] + [(1.0, 0.95)] * 4
    assert {event.payload["run_id"] for event in events} == {run.id}
    assert run.module_version == 1
    assert {event.payload["version"] for event in events if event.kind != "item_answered"} == {1}
    assert [event.payload["is_scenario"] for event in answers] == [True, False, False, False, False]
    handled = [event for event in chat.events() if event.kind == "interaction_handled"]
    assert len(handled) == len({event.cause for event in handled})


def test_feedback_comes_at_once_with_the_words_of_the_sop(chat):
    lesson = begin(chat)
    question = to_practice(chat, lesson)
    assert (
        question.text
        == "Practice 1 of 4: the customer wants 120 pounds back. The manager is at lunch. What do you do? A: Refuse it "
        "B: Ring the manager C: Pay it"
    )
    assert "Refund exceptions · Practice 1 of 4 · 0 of 7 min used" in str(question.blocks)
    sure = press(chat, lesson, "A: Refuse it")
    assert (list(labels(sure)), kinds(chat)[-1].kind) == (
        ["Sure", "Unsure", "Guess", "Change My Answer"],
        "lesson_part_done",
    )
    again = press(chat, lesson, "Change My Answer")
    assert "A: Refuse it" in labels(again)
    press(chat, lesson, "C: Pay it")
    told = press(chat, lesson, "Guess")
    assert told.text.startswith(
        "Not right: you chose C, and the right answer is B. Above 100 pounds a manager decides."
    )
    assert Quote("Above 100 pounds a manager decides.") in told.blocks
    assert "From stores/refunds.md > Refunds > Exceptions" in told.text
    assert kinds(chat)[-1].payload["confidence"] == 0.3


def test_a_late_or_double_press_changes_nothing(chat):
    lesson = begin(chat)
    to_practice(chat, lesson)
    asking = next(sent for sent in chat.standing() if sent.message_id == lesson.message_id)
    press(chat, lesson, "B: Ring the manager")
    before = (rows(chat, LessonRun)[0].progress, len(kinds(chat)))
    standing, posted = shown(chat, lesson), len(chat.standing())
    for label in ("B: Ring the manager", "A: Refuse it"):
        chat.press(BEN, label, asking)
        assert chat.outcomes()[-1] == "lesson_shown_again"
    assert (rows(chat, LessonRun)[0].progress, len(kinds(chat))) == before
    # No word about it: the message itself shows where they are.
    assert (shown(chat, lesson), len(chat.standing())) == (standing, posted)


def test_two_presses_at_the_same_moment_count_once(chat):
    lesson = begin(chat)
    action, value = labels(lesson.message)["Start"]
    click = chat.incoming(
        BEN,
        Kind.CLICK,
        action=action,
        value=value,
        channel=lesson.channel,
        is_direct=True,
        message_id=lesson.message_id,
    )
    slow = Router(chat.app, {"slack": chat.platform}).handle(click, "Ev-slow", chat.now)
    press(chat, lesson, "Start")
    with pytest.raises(IntegrityError, match="step taken meanwhile"), chat.app.database.transaction() as session:
        slow.store(session)
    assert [event.kind for event in kinds(chat)] == ["lesson_offered", "lesson_opened"]


def test_nobody_else_may_press(chat):
    lesson = begin(chat)
    chat.press(ADA, "Start", lesson)
    assert chat.last.message.text == views.NOT_YOURS
    assert chat.outcomes()[-1] == "not_yours"
    assert [event.kind for event in kinds(chat)] == ["lesson_offered"]


@pytest.mark.parametrize(("action", "value"), [("run_next", "0" * 32), ("run_pick_1", None), ("run_pick_1", "theirs")])
def test_a_press_that_fits_no_step_is_closed(chat, action, value):
    lesson = begin(chat)
    token = labels(lesson.message)["Start"][1]
    is_theirs = value == "theirs"
    more = {"value": token if is_theirs else value, "message_id": lesson.message_id if is_theirs else "1.1"}
    chat.take(chat.incoming(BEN, Kind.CLICK, channel=lesson.channel, is_direct=True, action=action, **more))
    assert chat.last.message.text == views.DONE_ALREADY
    assert rows(chat, LessonRun)[0].position == 0


def test_a_lesson_goes_on_in_another_process_as_it_stood(chat):
    lesson = begin(chat)
    to_practice(chat, lesson)
    answer(chat, lesson)
    # Another process over the same database: nothing of a lesson is kept in memory.
    app = App(chat.app.settings, embedder=WordHashEmbedder())
    chat.app = app
    platforms = {"slack": chat.platform}
    chat.workers = Workers(app.database, platforms, Router(app, platforms), lambda: chat.now)
    chat.at(minutes=600)
    press(chat, lesson, "Next")
    for number in range(4):
        answer(chat, lesson)
        press(chat, lesson, "Finish" if number == 3 else "Next")
    assert "5 of 5 right" in shown(chat, lesson).text
    assert len([event for event in kinds(chat) if event.kind == "item_answered"]) == 5
    practice = next(event for event in kinds(chat) if event.payload.get("part") == "practice")
    assert LONGEST_PAUSE_SECONDS < practice.seconds < LONGEST_PAUSE_SECONDS + 120
    app.close()


def test_asking_again_shows_the_lesson_below_and_closes_the_message_above(chat):
    lesson = begin(chat)
    to_practice(chat, lesson)
    answer(chat, lesson)
    again = begin(chat, words="lesson")
    assert again.message_id != lesson.message_id
    assert shown(chat, lesson).text == "“Refund exceptions” goes on in the newest message."
    assert again.message.text.startswith("Right: B.")
    assert "Practice 2 of 4" in press(chat, again, "Next").text
    assert [run.state for run in rows(chat, LessonRun)] == [OPEN]


def test_another_lesson_takes_the_place_of_an_unfinished_one(chat):
    lesson = begin(chat)
    to_practice(chat, lesson)
    other = begin(chat, words="practice cash")
    assert other.message.text.startswith("Lesson: Cash at the till.")
    assert shown(chat, lesson).text == "“Refund exceptions” gave way to another lesson."
    assert labels(shown(chat, lesson)) == {}
    assert [run.state for run in rows(chat, LessonRun)] == ["abandoned", "offered"]
    [left] = [event for event in kinds(chat) if event.kind == "lesson_abandoned"]
    assert (left.payload["part"], left.payload["position"]) == ("practice", 3)
    begin(chat, words="practice refunds")
    assert [run.state for run in rows(chat, LessonRun)] == ["abandoned", "dropped", "offered"]


def test_what_is_written_is_masked_shown_beside_the_key_points_and_then_forgotten(chat):
    lesson = begin(chat)
    to_practice(chat, lesson)
    for _ in range(3):
        answer(chat, lesson)
        press(chat, lesson, "Next")
    form = write(chat, lesson, "I ask. The card is 4111 1111 1111 1111.")
    assert (form.action, form.blocks[-1]) == (WRITTEN_FORM, Text("What do you say first?", is_strong=True))
    press(chat, lesson, "Unsure")
    beside = shown(chat, lesson)
    assert Quote("I ask. The card is [card number].") in beside.blocks
    assert list(labels(beside)) == ["Said All", "Said Some", "Said None"]
    told = press(chat, lesson, "Said Some")
    assert told.text.startswith("Noted: you said some of the points.")
    assert "I ask." not in str(rows(chat, LessonRun)[0].progress)
    event = kinds(chat)[-1]
    assert (event.score, event.payload["item_kind"], event.payload["confidence"]) == (0.5, "write", 0.6)
    assert not any("I ask." in str(item.message) for item in rows(chat, OutboxItem))


def test_where_a_form_is_a_message_the_lesson_goes_on_below_it(chat):
    lesson = begin(chat)
    to_practice(chat, lesson)
    for _ in range(3):
        answer(chat, lesson)
        press(chat, lesson, "Next")
    write(chat, lesson, "I will ask.", message_id="777.0", channel=f"dm-{BEN}", is_direct=True)
    assert shown(chat, lesson).text == "“Refund exceptions” goes on in the newest message."
    below = chat.last
    assert "Sure" in labels(below.message)
    assert "Said All" in labels(press(chat, below, "Sure"))


def test_a_form_for_a_step_done_already_does_not_open(chat):
    lesson = begin(chat)
    click = chat.incoming(BEN, Kind.CLICK, action="run_write", value=labels(lesson.message)["Start"][1])
    with chat.app.database.transaction() as session:
        assert Forms().open(session, click, chat.now).say.text == views.DONE_ALREADY
        assert Forms().open(session, replace(click, user_id=ADA), chat.now).say.text == views.NOT_YOURS
    assert Forms().errors(
        chat.incoming(BEN, Kind.SUBMIT, action=WRITTEN_FORM, value="0" * 32, fields={WRITTEN_FIELD: " ! "})
    ) == {WRITTEN_FIELD: views.WRITE_SOMETHING}


def test_a_lesson_ends_where_its_sop_was_closed_meanwhile(chat):
    lesson = begin(chat)
    press(chat, lesson, "Start")
    with chat.app.database.transaction() as session:
        session.execute(
            update(SopDocument).where(SopDocument.file == "stores/refunds.md").values(audience="roles:manager")
        )
    assert press(chat, lesson, "Next").text == views.NOT_OPEN_TO_YOU
    assert [run.state for run in rows(chat, LessonRun)] == ["abandoned"]
    assert "Above 100 pounds" not in str(chat.standing())


def test_an_offer_that_waits_is_not_sent_once_its_sop_is_closed(chat):
    chat.take(chat.incoming(BEN, text="practice refunds", channel=f"dm-{BEN}", is_direct=True, message_id="5.5"))
    before = len(chat.standing())
    incoming = chat.incoming(BEN, text="practice cash", channel=f"dm-{BEN}", is_direct=True, message_id="6.6")
    with chat.app.database.transaction() as session:
        queue.keep(session, incoming, "Ev-late", chat.now)
    chat.workers._handle_one()
    with chat.app.database.transaction() as session:
        session.execute(
            update(SopDocument).where(SopDocument.file == "stores/cash.md").values(audience="roles:manager")
        )
    chat.settle()
    assert len(chat.standing()) == before


def test_the_closing_line_says_what_changed_since_the_last_time(chat):
    whole(chat, begin(chat), wrong=(0, 1))
    chat.at(minutes=60 * 24 * 9)
    closing = whole(chat, begin(chat))
    assert "right, up from 3 of 5 last time. It comes back on " in closing.text


def test_what_was_missed_is_not_promised_for_a_day_that_has_begun(chat):
    # Auckland is thirteen hours ahead: this is half past one at night there.
    chat.at(minutes=60 * 4)
    closing = whole(chat, begin(chat), wrong=(0,))
    assert "4 of 5 right. What you missed comes back in your next lesson." in closing.text


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "Your answers are enough to master Refunds; somebody must still sign it off."),
        ("no", "Your answers are enough to master Refunds; somebody must still sign it off."),
        ("yes", "You have mastered Refunds."),
    ],
)
def test_nobody_is_told_that_they_master_what_is_still_to_be_signed_off(chat, answer, said):
    with chat.app.database.transaction() as session:
        settings = session.get(CompanySettings, 1)
        settings.values = settings.values | {"skills": {"refunds": {"title": "Refunds", "sign_off": True}}}
        ben = session.scalars(select(Person.id).where(Person.email == "ben@example.test")).one()
        about = {"person_id": ben, "kind": "sign_off", "subject": "refunds", "asked_at": chat.now}
        session.add(Confirmation(public_id="a" * 32, answer=answer, answered_at=chat.now, **about))
    closings = []
    for _ in range(4):
        closings.append(whole(chat, begin(chat)).text)
        chat.at(minutes=60 * 24 * 9)
    assert [said in text for text in closings].count(True) == 1


def test_a_lesson_asked_for_in_a_channel_comes_as_a_direct_message(chat):
    chat.slash(BEN, "practice refunds")
    lesson = next(sent for sent in chat.standing() if "Start" in labels(sent.message))
    assert lesson.address == Address("slack", "T1", only_for=BEN)
    told = next(sent for sent in chat.standing() if sent.message.text == practice.COMES_DIRECTLY)
    assert told.address.is_ephemeral


def test_whoever_asks_goes_on_with_what_they_left_days_ago(chat):
    lesson = begin(chat)
    press(chat, lesson, "Start")
    chat.at(minutes=60 * 24 * 9)
    assert begin(chat, words="lesson").message.text.startswith("Concept 1 of 2")
