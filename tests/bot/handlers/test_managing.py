"""What managers press about their people: who may, what is noted, once, and what stands there afterwards."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from bot.messages import Kind
from bot.views.managing import ALL_ALONE, GONE, NOT_YOURS, NOTHING_ACHIEVED, ONLY_MANAGERS
from metrics.events.kinds import LessonApplied, SkillMastered
from metrics.events.record import record
from metrics.looks import Look
from metrics.people import Person
from metrics.work import WorkEvent
from tests.bot.handlers.managed_shop import (
    ADA,
    BEN,
    CARA,
    DOV,
    MONDAY,
    OLA,
    change,
    id_of,
    miss_at_work,
    nudges,
    open_shop,
    sent_to,
    supported,
    tock,
)
from tests.chat import labels

PRESSES = ("Check-in Done", "Send a Lesson", "Recognise", "Did It Alone")


@pytest.fixture
def chat(database, company, tmp_path):
    """Friday; Ben wrote to Coach and missed a step of refunds twice at work."""
    chat = open_shop(database, company, tmp_path)
    chat.dm(BEN, "hello")
    miss_at_work(chat, "ben")
    yield chat
    chat.app.close()


def open_script(chat, user=ADA, name="Ben"):
    """Let a manager open the script for somebody from the list of their people, and return it."""
    chat.dm(user, "progress team")
    chat.press(user, f"Check-in Script: {name}")
    return sent_to(chat, user)[-1]


def achieve(chat, *events):
    with chat.app.database.transaction() as session:
        for days, event in enumerate(events, start=1):
            record(session, event, chat.now - timedelta(days=days), id_of(chat, "ben"))


def used(skill):
    return LessonApplied("slack", skill, 1.0, 1, "self")


def last(chat, user=ADA):
    return sent_to(chat, user)[-1]


def test_a_script_asks_shows_what_is_known_offers_and_recognises(chat):
    script = open_script(chat)
    said = script.message.text
    assert "Ask: “When ‘Refunds’ came up lately, how did step 3 go, and what got in the way?”" in said
    assert "Refunds: step 3 missed twice at work" in said
    assert "Send a Lesson sends one on “Refunds”." in said
    assert tuple(labels(script.message)) == PRESSES
    with chat.app.database.session() as session:
        seen = session.execute(select(Person.name, Look.what).join(Person, Person.id == Look.person_id)).all()
    assert ("Ben Ash", "person") in [tuple(row) for row in seen]


def test_a_check_in_is_noted_for_both_and_its_button_becomes_the_record(chat):
    script = open_script(chat)
    chat.press(ADA, "Check-in Done", script)
    record_of_it = chat.platform.standing[script.message_id]
    assert "Noted: you checked in with Ben Ash on 20 Nov 2026." in record_of_it.message.text
    assert "Check-in Done" not in labels(record_of_it.message)
    assert {"Recognise", "Did It Alone"} <= set(labels(record_of_it.message))
    both = [("Ada", "manager_acted", "check_in"), ("Ben", "supported", "check_in")]
    assert supported(chat) == both
    chat.press(ADA, "Check-in Done", script)
    assert "this week already" in last(chat).message.text
    assert supported(chat) == both
    chat.press(ADA, "Check-in Done", open_script(chat))
    assert supported(chat) == both


def test_next_week_another_check_in_counts_and_so_does_another_managers(chat):
    chat.press(ADA, "Check-in Done", open_script(chat))
    chat.press(OLA, "Check-in Done", open_script(chat, OLA))
    chat.now = MONDAY
    chat.press(ADA, "Check-in Done", open_script(chat))
    assert len(supported(chat)) == 6


def test_a_check_in_pressed_in_the_digest_stands_in_the_digest(chat):
    tock(chat, MONDAY.replace(hour=9))
    digest = last(chat)
    chat.press(ADA, "Check-in Done: Ben", digest)
    now = chat.platform.standing[digest.message_id].message
    assert now.text.startswith("Noted: you checked in with Ben Ash on 23 Nov 2026.\n2 of 2 need help")
    assert "Check-in Done: Ben" not in labels(now)
    assert "Check-in Script: Ben" in labels(now)
    assert supported(chat) == [
        ("Ada", "manager_acted", "check_in"),
        ("Ada", "manager_acted", "digest_read"),
        ("Ben", "supported", "check_in"),
    ]


def looks(chat):
    """Return who was looked at as what, all looks of a day as one, and forget them."""
    with chat.app.database.transaction() as session:
        found = session.execute(select(Person.name, Look.what).join(Person, Person.id == Look.person_id)).all()
        session.execute(delete(Look))
    return {(name.partition(" ")[0], what) for name, what in found}


@pytest.mark.parametrize(("label", "is_look"), [*zip(PRESSES, (True, False, True, True), strict=True)])
def test_whatever_is_answered_of_somebody_is_a_look_at_them(chat, label, is_look):
    achieve(chat, used("refunds"), SkillMastered("slack", "till"))
    script = open_script(chat)
    looks(chat)
    chat.press(ADA, label, script)
    assert looks(chat) == ({("Ben", "person")} if is_look else set())


def test_a_digest_shown_again_is_another_look_at_whom_it_names(chat):
    tock(chat, MONDAY.replace(hour=9))
    digest = last(chat)
    assert ("Ben", "digest") in looks(chat)
    chat.at(60 * 24)
    chat.press(ADA, "Seen", digest)
    again = looks(chat)
    assert ("Ben", "digest") in again
    chat.press(ADA, "Check-in Done: Ben", digest)
    assert looks(chat) == again | {("Ben", "person")}


@pytest.mark.parametrize("label", PRESSES)
@pytest.mark.parametrize("user", [BEN, CARA, DOV, "moved"])
def test_only_a_manager_above_them_may(chat, user, label):
    """Ben is shown nothing about himself, Cara is nobody's manager, Dov looks after Coach; Ada managed him till now."""
    achieve(chat, used("refunds"))
    script = open_script(chat)
    if user == "moved":
        change(chat, "ben", manager_id=id_of(chat, "dov"))
        user = ADA
    pressed = replace(script, channel=f"dm-{user}")
    chat.press(user, label, pressed)
    expected = ONLY_MANAGERS.format(name="Ben Ash") if user == DOV else NOT_YOURS
    assert last(chat, user).message.text == expected
    assert supported(chat) == []
    assert nudges(chat, "sent") == nudges(chat, "recognised") == []


def test_an_admin_who_is_not_their_manager_reads_the_script_and_notes_nothing(chat):
    script = open_script(chat, DOV)
    assert "What is known: Refunds: step 3 missed twice at work" in script.message.text
    assert labels(script.message) == {}


def test_a_value_made_up_is_nobody(chat):
    script = open_script(chat)
    for value in ("", "0" * 32, "ä" * 64):
        chat.take(
            chat.incoming(ADA, Kind.CLICK, action="checkin_done", value=value, channel=f"dm-{ADA}", is_direct=True)
        )
        assert last(chat).message.text == NOT_YOURS
    assert script.message_id is not None
    assert supported(chat) == []


def test_a_lesson_goes_the_way_of_every_lesson_a_manager_sends(chat):
    chat.press(ADA, "Send a Lesson", open_script(chat))
    assert "Ben Ash gets a lesson on “Refunds”" in last(chat).message.text
    [nudge] = nudges(chat, "sent")
    assert nudge.person_id == id_of(chat, "ben")


def test_one_skill_used_is_recognised_at_once_and_they_are_thanked(chat):
    achieve(chat, used("refunds"))
    script = open_script(chat)
    chat.press(ADA, "Recognise", script)
    assert (
        last(chat).message.text == "Ben gets a short thank-you that names “Refunds” and you, when I may write to them."
    )
    assert supported(chat) == [("Ada", "manager_acted", "recognised"), ("Ben", "supported", "recognised")]
    tock(chat)
    assert last(chat, BEN).message.text == "Ada noticed that you used “Refunds” at work."
    chat.press(ADA, "Recognise", script)
    assert "this week already" in last(chat).message.text
    assert len(supported(chat)) == 2


def test_of_several_skills_the_manager_chooses(chat):
    achieve(chat, used("refunds"), SkillMastered("slack", "till"))
    chat.press(ADA, "Recognise", open_script(chat))
    question = last(chat)
    assert set(labels(question.message)) == {"Refunds", "Using the till"}
    assert supported(chat) == []
    chat.press(ADA, "Using the till", question)
    assert "names “Using the till”" in chat.platform.standing[question.message_id].message.text
    tock(chat)
    assert last(chat, BEN).message.text == "Ada noticed that you mastered “Using the till”."
    chat.press(ADA, "Refunds", question)
    assert len(supported(chat)) == 4


def test_where_nothing_was_used_nobody_is_thanked(chat):
    chat.press(ADA, "Recognise", open_script(chat))
    assert last(chat).message.text == NOTHING_ACHIEVED.format(name="Ben")
    chat.now += timedelta(days=1)
    achieve(chat, used("refunds"))
    chat.now += timedelta(days=40)
    chat.press(ADA, "Recognise", open_script(chat))
    assert last(chat).message.text == NOTHING_ACHIEVED.format(name="Ben")


def test_a_skill_chosen_too_late_is_told_to_be_gone(chat):
    achieve(chat, used("refunds"), SkillMastered("slack", "till"))
    chat.press(ADA, "Recognise", open_script(chat))
    question = last(chat)
    chat.now += timedelta(days=31)
    achieve(chat, used("refunds"))
    chat.press(ADA, "Using the till", question)
    assert last(chat).message.text == GONE.format(name="Ben Ash")
    assert supported(chat) == []


def alone(chat):
    with chat.app.database.session() as session:
        rows = session.scalars(select(WorkEvent).where(WorkEvent.outcome == "alone").order_by(WorkEvent.id)).all()
    return [(row.source, row.workflow) for row in rows]


def test_the_first_time_alone_is_chosen_of_their_work_and_noted_once(chat):
    script = open_script(chat)
    chat.press(ADA, "Did It Alone", script)
    question = last(chat)
    assert set(labels(question.message)) == {"Refund", "Sale", "Cash Up"}
    chat.press(ADA, "Cash Up", question)
    stands = chat.platform.standing[question.message_id].message
    assert stands.text == "Noted: Ben did “cash up” alone for the first time."
    assert alone(chat) == [("manager", "cash_up")]
    assert supported(chat) == [("Ada", "manager_acted", "alone"), ("Ben", "supported", "alone")]
    chat.press(ADA, "Cash Up", question)
    assert last(chat).message.text == GONE.format(name="Ben Ash")
    chat.press(ADA, "Did It Alone", script)
    assert set(labels(last(chat).message)) == {"Refund", "Sale"}
    chat.press(ADA, "Sale", last(chat))
    # One is left, so there is nothing to choose.
    chat.press(ADA, "Did It Alone", script)
    chat.press(ADA, "Did It Alone", script)
    assert last(chat).message.text == ALL_ALONE.format(name="Ben")
    assert alone(chat) == [("manager", name) for name in ("cash_up", "sale", "refund")]
    assert len(supported(chat)) == 6


def test_a_script_of_somebody_who_needs_nothing_and_moved_is_closed(chat):
    script = open_script(chat, OLA)
    change(chat, "ada", manager_id=None)
    chat.press(OLA, "Check-in Done", script)
    assert last(chat, OLA).message.text == NOT_YOURS
