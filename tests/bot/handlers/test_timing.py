"""A lesson is put off, lessons are paused, stopped and moved: one press each, told in one line, and taken back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.handlers.forms import Forms
from bot.messages import Identity, Kind
from bot.queue import resume_sending
from bot.settings import Settings
from bot.views import timing as views
from coach.embed import WordHashEmbedder
from lessons.nudges import LATER, PLANNED, SENT, TOMORROW
from lessons.preferences import MINUTES, PAUSE, QUIET, TIME, WHAT_DATE
from lessons.runs import DROPPED, OFFERED
from lessons.shelf import store_modules
from lessons.tables import LessonRun, Nudge, Preference
from metrics.events.record import EventRow
from metrics.people import Person
from tests.bot.handlers.test_nudging import tick
from tests.chat import Chat, labels
from tests.lesson_runs import MODULE

ADA, BEN = "U1", "U2"
COMPANY = """
timezone: Europe/London
working_days: [monday, tuesday, wednesday, thursday, friday]
skills: {refunds: {title: Refunds}, cash: {title: Cash at the till}}
lessons:
  cohorts:
    shop: {when: [15 minutes before shift]}
"""
SHIFTS = """email,date,starts,ends
ben@example.test,2026-11-23,09:00,17:00
ben@example.test,2026-11-26,08:00,16:00
"""
FOLDER = {
    "company.yaml": COMPANY,
    "people.csv": f"name,email,slack_id\nAda Oak,ada@example.test,{ADA}\nBen Ash,ben@example.test,{BEN}\n",
    "shifts.csv": SHIFTS,
    "sops/stores/refunds.md": "# Refunds\n\nPay back.\n\n## Exceptions\n\nAbove 100 pounds a manager decides.\n",
    "sops/stores/cash.md": "# Cash\n\nAbove 100 pounds a manager decides.\n",
}


@pytest.fixture
def chat(database, company, tmp_path, now):
    app = App(Settings(home=tmp_path / "home", database_url=SecretStr(database.url)), embedder=WordHashEmbedder())
    apply_folder(read_folder(company(FOLDER)), app.database, app.embedder, now)
    with app.database.transaction() as session:
        store_modules(session, [MODULE], now)
        resume_sending(session, "slack", "T1", now)
    yield Chat(app, now, tuple(Identity(user, is_member=True) for user in (ADA, BEN)))
    app.close()


def rows(chat, table):
    with chat.app.database.session() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def recorded(chat, kind):
    return [row.payload for row in rows(chat, EventRow) if row.kind == kind]


def offered(chat, user=BEN):
    chat.dm(user, "lesson")
    return chat.last


def press(chat, lesson, label, user=BEN):
    standing = next(sent for sent in chat.standing() if sent.message_id == lesson.message_id)
    chat.press(user, label, standing)
    return next(sent for sent in chat.standing() if sent.message_id == lesson.message_id).message


def preference(chat):
    (row,) = rows(chat, Preference)
    return row


def test_a_lesson_put_off_to_later_today_comes_two_hours_on(chat):
    lesson = offered(chat)
    shown = press(chat, lesson, "Later Today")
    (nudge,) = rows(chat, Nudge)
    assert (nudge.slot, nudge.state, nudge.local_on) == (LATER, PLANNED, date(2026, 11, 23))
    assert (
        timedelta(hours=1, minutes=59) < nudge.due_at - datetime(2026, 11, 23, 8, 30, tzinfo=UTC) < timedelta(hours=3)
    )
    assert shown.text == f"“Refund exceptions” comes again today at {nudge.due_at:%H:%M}."
    assert list(labels(shown)) == ["Start Now", "Undo"]
    assert [event["until"] for event in recorded(chat, "lesson_snoozed")] == ["later_today"]
    assert [run.state for run in rows(chat, LessonRun)] == [OFFERED]


def test_undo_puts_the_offer_back_and_start_now_begins_it(chat):
    lesson = offered(chat)
    before = lesson.message
    press(chat, lesson, "Later Today")
    assert press(chat, lesson, "Undo") == before
    assert rows(chat, Nudge) == []
    press(chat, lesson, "Later Today")
    assert "Next" in labels(press(chat, lesson, "Start Now"))


def test_a_lesson_that_has_no_time_left_today_comes_the_next_day_it_may(chat):
    chat.at(11 * 60)
    lesson = offered(chat)
    shown = press(chat, lesson, "Later Today")
    (nudge,) = rows(chat, Nudge)
    assert (nudge.slot, nudge.local_on) == (TOMORROW, date(2026, 11, 26))
    assert nudge.due_at == datetime(2026, 11, 26, 7, 45, tzinfo=UTC)
    assert shown.text == (
        "It cannot come again today. “Refund exceptions” comes again on Thursday 26 November at 07:45."
    )


def test_who_has_no_shifts_and_puts_it_off_at_night_gets_it_as_office_hours_begin(chat):
    chat.at(14 * 60)
    lesson = offered(chat, ADA)
    press(chat, lesson, "Later Today", ADA)
    (nudge,) = rows(chat, Nudge)
    assert (nudge.slot, nudge.due_at) == (TOMORROW, datetime(2026, 11, 24, 9, tzinfo=UTC))


def test_who_put_it_off_once_today_gets_it_tomorrow(chat):
    lesson = offered(chat)
    press(chat, lesson, "Later Today")
    with chat.app.database.transaction() as session:
        session.scalars(select(Nudge)).one().state = SENT
    press(chat, lesson, "Undo")
    shown = press(chat, lesson, "Later Today")
    assert "cannot come again today" in shown.text
    assert [nudge.slot for nudge in rows(chat, Nudge)] == [LATER, TOMORROW]


def test_tomorrow_is_the_time_of_their_next_lesson_else_the_same_time(chat):
    assert "on Thursday 26 November at 07:45" in press(chat, offered(chat), "Tomorrow").text
    lesson = offered(chat, ADA)
    shown = press(chat, lesson, "Tomorrow", ADA)
    assert shown.text.startswith("“Refund exceptions” comes again tomorrow at 08:3")
    assert [nudge.local_on.day for nudge in rows(chat, Nudge)] == [26, 24]
    press(chat, lesson, "Undo", ADA)
    assert [nudge.local_on.day for nudge in rows(chat, Nudge)] == [26]


def test_a_skipped_lesson_is_over_until_it_is_taken_back(chat):
    lesson = offered(chat)
    before = lesson.message
    shown = press(chat, lesson, "Skip This One")
    assert shown.text == "“Refund exceptions” is skipped. Another lesson comes the next time."
    assert [run.state for run in rows(chat, LessonRun)] == [DROPPED]
    assert press(chat, lesson, "Undo") == before
    assert [run.state for run in rows(chat, LessonRun)] == [OFFERED]
    press(chat, lesson, "Skip This One")
    offered(chat)
    press(chat, lesson, "Undo")
    assert [run.state for run in rows(chat, LessonRun)] == [DROPPED, OFFERED]
    assert chat.last.message.text == views.CLOSED


def test_a_pause_and_a_stop_are_one_press_and_one_back(chat):
    lesson = offered(chat)
    before = lesson.message
    shown = press(chat, lesson, "Pause 1 Week")
    assert shown.text.startswith("No lessons are sent to you before Monday 30 November.")
    assert preference(chat).paused_until == date(2026, 11, 30)
    assert press(chat, lesson, "Undo") == before
    assert preference(chat).paused_until is None
    assert press(chat, lesson, "Stop Lessons").text == views.STOPPED
    assert preference(chat).is_stopped
    assert press(chat, lesson, "Undo") == before
    assert not preference(chat).is_stopped
    assert [event["what"] for event in recorded(chat, "preference_changed")] == [
        "paused",
        "started",
        "stopped",
        "started",
    ]


def test_an_old_offer_still_stops_lessons(chat):
    lesson = offered(chat)
    offered(chat)
    assert lesson.message_id != chat.last.message_id
    chat.press(BEN, "Stop Lessons", lesson)
    assert preference(chat).is_stopped


def test_nobody_puts_off_another_s_lesson(chat):
    lesson = offered(chat)
    for label in ("Later Today", "Skip This One", "Pause 1 Week", "Stop Lessons"):
        chat.press(ADA, label, lesson)
        assert chat.last.message.text == views.NOT_YOURS
    assert (rows(chat, Nudge), rows(chat, Preference)) == ([], [])


def test_a_press_twice_counts_once(chat):
    lesson = offered(chat)
    for _ in range(2):
        chat.press(BEN, "Later Today", lesson)
    assert len(rows(chat, Nudge)) == 1


@pytest.mark.parametrize(
    ("words", "reads"),
    [
        ("pause", "No lessons are sent to you before Monday 30 November."),
        ("Pause until 2026-12-24!", "No lessons are sent to you before Thursday 24 December."),
        ("pause until christmas", views.PAUSE_USAGE),
        ("pause until 2026-11-23", views.PAUSE_USAGE),
        ("stop lessons", views.STOPPED),
        ("lessons weekly", "Lessons come once a week, 15 minutes before your shift."),
        ("start lessons", "Lessons come 15 minutes before your shift."),
        ("settings", "Lessons come 15 minutes before your shift."),
    ],
)
def test_words_do_what_buttons_do(chat, words, reads):
    chat.dm(BEN, words)
    assert chat.last.message.text.startswith(reads)


def test_lessons_stopped_by_words_start_again_by_a_press(chat):
    chat.dm(BEN, "stop lessons")
    chat.press(BEN, "Start Lessons")
    assert chat.last.message.text == "Lessons come 15 minutes before your shift."
    assert not preference(chat).is_stopped
    chat.press(BEN, "One a Week")
    assert preference(chat).is_weekly
    chat.press(BEN, "Stop Lessons")
    assert preference(chat).is_stopped


def form_of(chat, action="settings_form", user=BEN):
    click = chat.incoming(user, Kind.CLICK, action=action, value="0" * 32, channel=f"dm-{user}", is_direct=True)
    assert Forms().opens(click)
    with chat.app.database.transaction() as session:
        return Forms().open(session, click, chat.now).form


def submit(chat, fields, user=BEN):
    sent = chat.incoming(user, Kind.SUBMIT, action="settings_form", value="0" * 32, fields=fields)
    if errors := Forms().errors(sent):
        return errors
    chat.take(sent)
    return {}


def test_the_form_keeps_what_it_is_told_and_opens_filled_with_it(chat):
    offered(chat)
    form = form_of(chat, "lesson_time")
    assert [field.value for field in form.fields] == ["", "", "", ""]
    wanted = {TIME: "12:30", QUIET: "18:00-09:00", MINUTES: "20", PAUSE: "2026-12-24"}
    assert submit(chat, wanted) == {}
    assert chat.last.message.text == "No lessons are sent to you before Thursday 24 December."
    assert {field.name: field.value for field in form_of(chat).fields} == wanted
    assert submit(chat, {TIME: "40"}) == {}
    assert chat.last.message.text == "Lessons come 40 minutes before your shift."
    assert [field.value for field in form_of(chat).fields] == ["40", "", "", ""]
    assert submit(chat, {}) == {}
    assert chat.last.message.text == "Lessons come 15 minutes before your shift."


def test_every_field_that_says_nothing_gets_its_sentence(chat):
    assert set(submit(chat, {TIME: "soon", QUIET: "night", MINUTES: "many", PAUSE: "2026-11-01"})) == {
        TIME,
        QUIET,
        MINUTES,
        PAUSE,
    }
    assert "lies in your quiet hours" in submit(chat, {TIME: "07:00", QUIET: "18:00-09:00"})[TIME]
    assert rows(chat, Preference) == []


@pytest.mark.parametrize(
    ("zone", "hours", "is_to_come"), [("Pacific/Auckland", 13.5, False), ("America/Los_Angeles", 16.5, True)]
)
def test_a_day_to_come_is_one_where_the_person_is(chat, zone, hours, is_to_come):
    with chat.app.database.transaction() as session:
        session.execute(update(Person).where(Person.email == "ben@example.test").values(time_zone=zone))
    # In Auckland it is Tuesday already, in Los Angeles still Monday.
    chat.at(minutes=60 * hours)
    assert submit(chat, {PAUSE: "2026-11-24"}) == {}
    assert [row.paused_until for row in rows(chat, Preference)] == ([date(2026, 11, 24)] if is_to_come else [])
    assert is_to_come or chat.last.message.text == WHAT_DATE


def test_a_time_in_the_company_s_quiet_hours_is_not_taken(chat):
    assert submit(chat, {TIME: "05:00"}) == {}
    assert chat.last.message.text.startswith("Nothing was saved: 05:00 lies in the company's quiet hours 20:00-07:00")
    assert rows(chat, Preference) == []


@pytest.mark.parametrize("label", ["Later Today", "Tomorrow"])
def test_what_was_put_off_comes_again_as_it_stood_and_once(chat, label):
    lesson = offered(chat)
    press(chat, lesson, label)
    due_at = rows(chat, Nudge)[0].due_at
    tick(chat)
    chat.settle()
    assert len(rows(chat, LessonRun)) == 1
    assert chat.last.message_id == lesson.message_id
    chat.now = due_at
    for _ in range(2):
        tick(chat)
        chat.settle()
    again = chat.last
    assert again.message_id != lesson.message_id
    assert again.message.text == lesson.message.text
    assert [nudge.state for nudge in rows(chat, Nudge) if nudge.slot in (LATER, TOMORROW)] == [SENT]
    assert [run.state for run in rows(chat, LessonRun)] == [OFFERED]
    old = next(sent for sent in chat.standing() if sent.message_id == lesson.message_id)
    assert labels(old.message) == {}


def test_what_was_put_off_does_not_come_to_who_stopped_lessons_meanwhile(chat):
    lesson = offered(chat)
    press(chat, lesson, "Later Today")
    due_at = rows(chat, Nudge)[0].due_at
    chat.dm(BEN, "stop lessons")
    before = len(chat.standing())
    chat.now = due_at
    tick(chat)
    chat.settle()
    assert len(chat.standing()) == before
    assert [(nudge.slot, nudge.reason) for nudge in rows(chat, Nudge) if nudge.state == "missed"] == [
        (LATER, "stopped")
    ]
