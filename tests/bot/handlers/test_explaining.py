"""The word “why” after an answer: how it came about, to its asker alone."""

from bot.views import lines
from tests.bot.handlers.test_ask import ADA, BEN, NEW, REFUND


def test_why_shows_how_the_newest_answer_came_about(chat):
    chat.dm(BEN, REFUND)
    chat.dm(BEN, "Why?")
    told = chat.last.message.text
    assert f"Question: {REFUND}" in told
    assert "shop/refunds.md > Refunds" in told


def test_in_a_channel_it_is_for_the_asker_alone_and_about_their_own(chat):
    asked = chat.mention(BEN, REFUND)
    chat.mention(BEN, "why", thread=asked.message_id)
    assert chat.last.address.only_for == BEN
    assert f"Question: {REFUND}" in chat.last.message.text
    chat.mention(ADA, "why", thread=asked.message_id)
    assert (chat.last.address.only_for, chat.last.message.text) == (ADA, lines.NO_ANSWER_HERE)


def test_the_time_is_that_of_who_asks(chat):
    chat.dm(NEW, REFUND)
    chat.dm(NEW, "why")
    assert chat.last.message.text.splitlines()[0].endswith("23 Nov 2026, 09:30")


def test_where_nothing_was_answered_it_says_so(chat):
    chat.dm(BEN, "why this answer?")
    assert chat.last.message.text == lines.NO_ANSWER_HERE
