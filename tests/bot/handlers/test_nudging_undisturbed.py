"""A lesson waits while its person is not to be disturbed, and comes when that ends, or is missed for it."""

import pytest
from sqlalchemy import delete, update
from structlog.testing import capture_logs

from bot.messages import Disconnected, NotSent, Undeliverable, Unsure
from lessons.tables import Shift
from metrics.events.record import EventRow
from tests.bot.handlers import test_nudging
from tests.bot.handlers.test_nudging import (
    BEN,
    CLOSED,
    add_nudge,
    change,
    configure,
    ended,
    minutes,
    offers,
    rows,
    sent,
    tick,
    tock,
)

chat = test_nudging.chat


@pytest.fixture
def paused(chat):
    """It is 08:46; Ben's lesson is due since 08:45 and of no use after 08:55, and he paused notifications."""
    tock(chat)
    chat.platform.paused.add(BEN)
    return tock(chat, 16)


def test_a_lesson_waits_and_comes_once_do_not_disturb_ends(paused):
    [nudge] = rows(paused)
    assert (nudge.state, nudge.reason, nudge.late_at - nudge.due_at) == ("planned", "do_not_disturb", minutes(1))
    tock(paused, 4)
    paused.platform.paused.clear()
    assert offers(paused) == []
    tock(paused, 4)
    assert [offer.channel for offer in offers(paused)] == [f"dm-{BEN}"]
    assert ended(paused) == [("before_shift", "sent", None)]


def test_it_is_looked_at_twice_in_ten_minutes_whatever_the_clock_does(paused):
    for _ in range(16):
        tick(paused.at(minutes=0.5))
    assert len(paused.platform.asked) == 2
    assert ended(paused) == [("before_shift", "planned", "do_not_disturb")]


def test_when_its_time_is_over_it_is_missed_for_that_reason_and_never_sent(paused):
    for _ in range(12):
        tock(paused, 1)
    paused.platform.paused.clear()
    tock(paused)
    assert offers(paused) == []
    assert ended(paused) == [("before_shift", "missed", "do_not_disturb")]
    [event] = [row for row in rows(paused, EventRow) if row.kind == "nudge_ended"]
    assert event.payload == {"slot": "before_shift", "state": "missed", "reason": "do_not_disturb"}


def test_what_is_queued_late_for_another_reason_says_that_one(paused):
    paused.platform.paused.clear()
    tick(paused.at(minutes=8))
    assert ended(paused) == [("before_shift", "queued", None)]
    tock(paused, 60)
    assert ended(paused) == [("before_shift", "missed", "late")]


def test_a_shift_that_moves_takes_its_lesson_along(paused):
    change(paused, update(Shift).values(starts_at=paused.now + minutes(60)))
    tock(paused)
    [nudge] = rows(paused)
    assert (nudge.state, nudge.reason, nudge.late_at - nudge.due_at) == ("planned", None, minutes(10))
    assert nudge.due_at > paused.now


def test_a_shift_that_is_gone_leaves_what_was_due_to_its_end(paused):
    change(paused, delete(Shift))
    tock(paused)
    assert ended(paused) == [("before_shift", "planned", "do_not_disturb")]


@pytest.mark.parametrize("reason", CLOSED)
def test_whatever_else_stands_in_the_way_is_said_first(paused, reason):
    change(paused, *CLOSED[reason](paused))
    tock(paused, 8)
    assert ended(paused) == [("before_shift", "missed", reason)]
    assert offers(paused) == []


def test_a_reminder_waits_too_and_is_dropped_once_there_is_nothing_to_remind_of(chat):
    sent(chat)
    tock(chat)
    chat.platform.paused.add(BEN)
    tock(chat, 181)
    assert ended(chat) == [("before_shift", "sent", None), ("reminder", "planned", "do_not_disturb")]
    chat.press(BEN, "Start")
    tock(chat)
    assert ended(chat) == [("before_shift", "sent", None)]
    assert len(offers(chat)) == 1


def test_what_has_days_waits_ten_minutes_at_a_time(chat):
    change(chat, delete(Shift))
    add_nudge(chat, "tomorrow")
    chat.platform.paused.add(BEN)
    for number in range(1, 7):
        tick(chat)
        [nudge] = rows(chat)
        assert (nudge.state, nudge.due_at - chat.now) == ("planned", minutes(10)), number
        chat.at(minutes=10)
    chat.platform.paused.clear()
    tock(chat)
    assert ended(chat) == [("tomorrow", "sent", None)]
    assert len(chat.platform.asked) == 7


def test_what_waits_for_another_reason_afterwards_is_not_missed_for_do_not_disturb(chat):
    change(chat, delete(Shift))
    add_nudge(chat, "tomorrow", hours=1)
    chat.platform.paused.add(BEN)
    tick(chat)
    configure(chat, quiet_hours="08:35-07:00")
    tick(chat.at(minutes=10))
    assert ended(chat) == [("tomorrow", "planned", None)]
    tick(chat.at(minutes=60))
    assert ended(chat) == [("tomorrow", "missed", "late")]


@pytest.mark.parametrize(
    "fault", [NotSent("ratelimited", 30), Unsure("timeout"), Undeliverable("missing_scope"), Disconnected("gone")]
)
def test_a_platform_that_does_not_say_stops_no_lesson(chat, fault):
    tock(chat)
    chat.platform.paused.add(BEN)
    chat.platform.fail(fault, "undisturbed")
    with capture_logs() as lines:
        tick(chat.at(minutes=16))
    assert [line for line in lines if line["log_level"] == "warning"] == [
        {"event": "do_not_disturb_unknown", "log_level": "warning", "platform": "slack", "code": fault.code}
    ]
    chat.settle()
    assert len(offers(chat)) == 1
    assert ended(chat) == [("before_shift", "sent", None)]


def test_a_cohorts_channel_is_posted_to_without_asking(chat):
    cohort = {"roles": ["cashier"], "when": ["15 minutes before shift"], "channel": "slack:C0TILL", "minutes": 11}
    configure(chat, cohorts={"till": cohort})
    chat.platform.paused.add(BEN)
    tock(tock(chat), 16)
    assert [post.channel for post in chat.platform.posted] == ["C0TILL"]
    assert chat.platform.asked == []
