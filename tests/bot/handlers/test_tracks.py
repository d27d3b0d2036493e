"""Tracks in chat: assigned by a manager or an admin, told of once, shown step by step."""

import pytest
from sqlalchemy import update

from bot.messages import Kind
from bot.views import tracks as views
from coach.tables import SopDocument
from lessons.shelf import store_tracks
from lessons.tables import Confirmation, Nudge, TrackAssignment
from lessons.tracks import Track
from metrics.events.record import EventRow
from metrics.people import Person
from tests.bot.handlers.track_chat import (
    ADA,
    BEN,
    BY_HAND,
    CAL,
    LEE,
    OLA,
    open_shop,
    rows,
    seen_by,
    take_lesson,
    tock,
)
from tests.chat import labels

ASSIGN = "assign ben@example.test new-at-the-counter"


@pytest.fixture
def chat(database, company, tmp_path, now):
    chat = open_shop(database, company, tmp_path, now)
    yield chat
    chat.app.close()


@pytest.mark.parametrize(
    "words",
    [
        ASSIGN,
        "assign Ben Ash New at the Counter",
        "Assign BEN@example.test new at the counter!",
    ],
)
@pytest.mark.parametrize(("user", "by"), [(ADA, "Ada Oak"), (OLA, "Ola Elm")])
def test_a_manager_or_an_admin_puts_somebody_on_a_track_and_they_get_one_message(chat, words, user, by):
    chat.dm(user, words)
    assert seen_by(chat, user)[-1].message.text == (
        "Ben Ash is on “New at the counter” now: 0 of 5 steps done, about 4 h 21 min left, due 23 Dec 2026. They get "
        "one message about it, outside their quiet hours."
    )
    tock(chat)
    tock(chat)
    [told] = seen_by(chat, BEN)
    assert told.message.text.startswith(
        f"{by} put you on the track “New at the counter”. It begins with: “Refund exceptions” (11 min). 5 steps, about "
        "4 h 21 min in all, due 23 Dec 2026. I am Coach, the learning coach at Oak Shop"
    )
    assert labels(told.message)["Show My Track"][0] == "track"
    [event] = [row for row in rows(chat, EventRow) if row.kind == "track_assigned"]
    [assignment] = rows(chat, TrackAssignment)
    assert (event.person_id, event.payload) == (assignment.person_id, {"door": "slack", "track": "new-at-the-counter"})
    assert chat.outcomes() == ["track_assigned"]


@pytest.mark.parametrize(("mentioned", "is_assigned"), [((BEN,), True), (("U9",), False), ((BEN, CAL), False)])
def test_a_mention_names_the_person(chat, mentioned, is_assigned):
    chat.dm(ADA, "assign @someone new-at-the-counter", mentioned=mentioned)
    assert len(rows(chat, TrackAssignment)) == is_assigned


def test_by_slash_command_too_and_only_the_one_who_typed_it_reads_the_answer(chat):
    chat.slash(ADA, ASSIGN)
    assert chat.outcomes() == ["track_assigned"]
    assert chat.last.address.only_for == ADA


def test_nobody_is_told_in_their_quiet_hours(chat):
    chat.now = chat.now.replace(hour=22)
    chat.dm(ADA, ASSIGN)
    for _ in range(3):
        tock(chat, minutes=60)
    assert seen_by(chat, BEN) == []
    tock(chat, minutes=8 * 60)
    assert len(seen_by(chat, BEN)) == 1


@pytest.mark.parametrize(
    ("user", "words", "said"),
    [
        (ADA, "assign @someone new-at-the-counter", "I could not tell whom you mean."),
        (ADA, "assign", "I could not tell whom you mean."),
        (ADA, "assign cal@example.test new-at-the-counter", "full name of one of these: Ben Ash, Lee Fir."),
        (ADA, "assign ben ash flying", "The tracks are: new-at-the-counter (New at the counter)."),
        (ADA, "assign ben ash", "I know no such track for Ben Ash."),
        (BEN, "assign lee@example.test new-at-the-counter", views.NOT_YOURS_TO_ASSIGN),
        (BEN, ASSIGN, views.NOT_YOURS_TO_ASSIGN),
        (ADA, "assign ada@example.test new-at-the-counter", "full name of one of these: Ben Ash, Lee Fir."),
    ],
)
def test_what_cannot_be_assigned_is_answered_with_what_can(chat, user, words, said):
    chat.dm(user, words)
    assert said in seen_by(chat, user)[-1].message.text
    assert chat.outcomes() == ["track_not_assigned"]
    assert rows(chat, TrackAssignment) == []


def test_somebody_is_put_on_a_track_once_and_told_once(chat):
    chat.dm(ADA, ASSIGN)
    chat.dm(OLA, ASSIGN)
    assert seen_by(chat, OLA)[-1].message.text.startswith("Ben Ash is on “New at the counter” already: 0 of 5 steps")
    tock(chat)
    assert len(seen_by(chat, BEN)) == 1
    assert len(rows(chat, TrackAssignment)) == 1


def test_a_track_that_holds_nothing_for_somebody_is_not_assigned(chat):
    with chat.app.database.transaction() as session:
        store_tracks(session, [Track("closed", "Closed", BY_HAND.steps[:1])])
        session.execute(update(SopDocument).values(audience="roles:manager"))
    chat.dm(ADA, "assign ben@example.test closed")
    assert "Nothing on “Closed” is open to Ben Ash" in seen_by(chat, ADA)[-1].message.text
    assert rows(chat, TrackAssignment) == []


@pytest.mark.parametrize("words", ["assign the next delivery to a bay", "who may assign ben ash a shift?"])
def test_other_words_behind_assign_make_a_question(chat, words):
    chat.app.get_ready()
    chat.dm(ADA, words)
    assert chat.events("question_asked")
    assert chat.outcomes() == []


def test_who_is_on_no_track_is_told_so(chat):
    chat.dm(BEN, "my track")
    assert seen_by(chat, BEN)[-1].message.text == views.ON_NO_TRACK


def test_a_track_shows_each_step_its_state_and_what_can_be_pressed(chat):
    chat.dm(ADA, ASSIGN)
    take_lesson(chat)
    chat.dm(BEN, "track")
    shown = seen_by(chat, BEN)[-1].message
    assert shown.text == "New at the counter: 1 of 5 steps done, about 4 h 10 min left, due 23 Dec 2026."
    [steps] = [block for block in shown.blocks if block.kind == "steps"]
    assert steps.items == (
        "“Refund exceptions” (11 min): done 23 Nov 2026",
        "Read and acknowledge “Refunds”, version 4.2 (1 min): next",
        "Shadow a colleague for one shift (4 h)",
        "Walk the shop alone (10 min)",
        "Be signed off for Allergens",
    )
    assert list(labels(shown)) == [
        "Read for Step 2",
        "Ask About Step 3",
        "I Have Done Step 4",
        "Ask for Sign-Off, Step 5",
    ]


def test_a_step_of_ones_own_is_done_with_one_tap(chat):
    chat.dm(ADA, ASSIGN)
    chat.dm(BEN, "track")
    shown = seen_by(chat, BEN)[-1]
    chat.press(BEN, "I Have Done Step 4", shown)
    [row] = rows(chat, Confirmation)
    assert (row.kind, row.subject, row.answer) == ("step", "new-at-the-counter/walk-the-shop", "yes")
    [event] = chat.events("confirmed")
    assert (event.person_id, event.score, event.payload["what"]) == (row.person_id, 1.0, "step")
    now_shown = seen_by(chat, BEN)[-1]
    assert now_shown.message_id == shown.message_id
    assert "Walk the shop alone (10 min): done 23 Nov 2026" in str(now_shown.message)
    chat.press(BEN, "I Have Done Step 4", shown)
    assert chat.last.message.text == views.STEP_GONE
    assert len(chat.events("confirmed")) == 1


def test_a_step_may_be_asked_for_before_its_turn_and_is_not_asked_for_twice(chat):
    chat.dm(ADA, ASSIGN)
    chat.dm(BEN, "track")
    chat.press(BEN, "Ask About Step 3")
    shown = seen_by(chat, BEN)[-1].message
    assert "Shadow a colleague for one shift (4 h): Lee Fir was asked on 23 Nov 2026" in str(shown)
    assert "Ask About Step 3" not in labels(shown)
    tock(chat)
    assert len(seen_by(chat, LEE)) == 1
    tock(chat, minutes=25 * 60)
    chat.dm(BEN, "track")
    chat.press(BEN, "Ask About Step 3")
    tock(chat)
    assert len(seen_by(chat, LEE)) == 2


def test_where_nobody_could_confirm_a_step_whoever_asks_is_told_so(chat):
    chat.dm(ADA, ASSIGN)
    with chat.app.database.transaction() as session:
        session.execute(update(Person).where(Person.email == "ben@example.test").values(manager_id=None))
    chat.dm(BEN, "track")
    chat.press(BEN, "Ask for Sign-Off, Step 5")
    assert seen_by(chat, BEN)[-1].message.text == views.NOBODY_TO_ASK


def test_nobody_presses_for_another(chat):
    chat.dm(ADA, ASSIGN)
    chat.dm(BEN, "track")
    shown = seen_by(chat, BEN)[-1]
    action, value = labels(shown.message)["I Have Done Step 4"]
    chat.take(chat.incoming(CAL, Kind.CLICK, action=action, value=value, channel=f"dm-{CAL}", is_direct=True))
    assert chat.last.message.text == views.STEP_GONE
    assert rows(chat, Confirmation) == []


def test_in_a_channel_ones_track_is_for_ones_own_eyes(chat):
    chat.dm(ADA, ASSIGN)
    chat.slash(BEN, "track")
    assert chat.last.address.only_for == BEN
    chat.mention(BEN, "my track")
    assert chat.last.address.only_for == BEN


def test_what_waits_for_a_manager_is_counted_in_their_view(chat):
    chat.dm(ADA, ASSIGN)
    chat.dm(BEN, "track")
    chat.press(BEN, "Ask for Sign-Off, Step 5")
    chat.dm(ADA, "track")
    shown = seen_by(chat, ADA)[-1].message
    assert shown.text == f"{views.ON_NO_TRACK} 1 confirmation waits for your word."
    chat.press(ADA, "Show What Waits")
    assert "Sign off Ben Ash for Allergens?" in seen_by(chat, ADA)[-1].message.text


def test_an_unreachable_person_is_no_trouble(chat):
    chat.dm(ADA, ASSIGN)
    with chat.app.database.transaction() as session:
        session.execute(update(Person).where(Person.email == "ben@example.test").values(is_active=False))
    tock(chat)
    assert [nudge.reason for nudge in rows(chat, Nudge)] == ["left"]
    assert seen_by(chat, BEN) == []
