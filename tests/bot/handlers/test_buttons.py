"""Buttons under an answer: only its asker presses them, once; the press becomes a record."""

import pytest

from bot.messages import Undeliverable
from bot.views import lines
from bot.views.answer_message import RATED
from tests.chat import CHANNEL, labels

ADA, BEN, CARA = "U1", "U2", "U3"
REFUND = "refund goes back to the card that paid receipt"


@pytest.mark.parametrize(
    ("label", "rating"),
    [
        ("Helpful", "helpful"),
        ("Wrong Source", "wrong_source"),
        ("Wrong Answer", "wrong_answer"),
        ("Outdated", "outdated"),
    ],
)
def test_a_verdict_is_recorded_and_takes_the_place_of_the_buttons(chat, label, rating):
    chat.mention(BEN, REFUND)
    chat.press(BEN, label)
    [event] = chat.events("answer_rated")
    assert event.payload["rating"] == rating
    assert RATED[rating] in chat.last.message.text
    assert list(labels(chat.last.message)) == ["Read the Section"]
    assert len(chat.standing()) == 1


def test_a_verdict_counts_once(chat):
    chat.mention(BEN, REFUND)
    before = chat.last
    chat.press(BEN, "Helpful")
    chat.press(BEN, "Outdated", before)
    assert chat.last.message.text == lines.ALREADY_RATED
    assert len(chat.events("answer_rated")) == 1


def test_somebody_else_is_told_whose_button_it_is(chat):
    chat.mention(BEN, REFUND)
    chat.press(CARA, "Helpful")
    assert chat.last.message.text == lines.NOT_YOURS
    assert chat.last.address.only_for == CARA
    assert chat.events("answer_rated") == []


def test_a_press_on_an_answer_no_longer_kept(chat):
    first = chat.mention(BEN, REFUND)
    before = chat.last
    chat.delete(first)
    chat.press(BEN, "Helpful", before)
    assert chat.last.message.text == lines.ANSWER_GONE


def test_an_unknown_button_gets_a_line(chat):
    from bot.messages import Kind

    chat.take(chat.incoming(BEN, Kind.CLICK, action="of_last_year", value="x", channel=CHANNEL, message_id="1.1"))
    assert chat.last.message.text == lines.UNKNOWN_BUTTON


def test_a_private_answer_is_shared_once_with_its_question(chat):
    chat.slash(BEN, REFUND)
    before = chat.last
    chat.press(BEN, "Share in Channel")
    shared = [sent for sent in chat.standing() if not sent.address.is_ephemeral]
    assert [sent.channel for sent in shared] == [CHANNEL]
    assert shared[0].message.text.startswith(f"Question: {REFUND}")
    assert "Ben Ash asked this privately and shared the answer." in shared[0].message.text
    assert list(labels(shared[0].message)) == ["Read the Section"]
    chat.press(BEN, "Share in Channel", before)
    assert chat.last.message.text == lines.ALREADY_SHARED
    assert len([sent for sent in chat.standing() if not sent.address.is_ephemeral]) == 1


def test_a_channel_that_does_not_take_it_is_reported_and_may_be_tried_again(chat):
    chat.slash(BEN, REFUND)
    before = chat.last
    chat.platform.fail(Undeliverable("not_in_channel"), "post")
    chat.press(BEN, "Share in Channel")
    assert chat.last.message.text == lines.NOT_IN_CHANNEL
    chat.press(BEN, "Share in Channel", before)
    assert [sent.channel for sent in chat.standing() if not sent.address.only_for] == [CHANNEL]
