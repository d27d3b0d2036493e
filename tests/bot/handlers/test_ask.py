"""Questions in channels, threads, direct conversations and by command: who is answered, where, and from what."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import queue
from bot.company import apply_folder, read_folder
from bot.messages import Kind, Note, Quote
from bot.tables import SpokenThread
from bot.views import lines
from bot.views.answer_message import MORE_FOR_YOU, STANDS_IN_CHANNEL
from coach.gaps import unanswered_by_title
from coach.questions import open_questions
from coach.tables import AskedQuestion
from metrics.people import Person
from tests.chat import CHANNEL, labels

ADA, BEN, CARA, GUEST, NEW = "U1", "U2", "U3", "U8", "U9"
REFUND = "refund goes back to the card that paid receipt"
BONUS = "bonus pool of the store two percent of yearly margin"
NOT_COVERED = "xylophone zebra quantum"


def test_a_mention_is_answered_in_its_thread(chat):
    asked = chat.mention(BEN, REFUND)
    assert (chat.last.channel, chat.last.address.thread) == (CHANNEL, asked.message_id)
    assert "A refund goes back to the card that paid." in chat.last.message.text
    assert [type(block) for block in chat.last.message.blocks[:2]] == [Quote, Note]
    assert chat.last.message.blocks[1].text == "Quoted from Refunds · version 3"
    assert list(labels(chat.last.message)) == [
        "Read the Section",
        "Helpful",
        "Wrong Source",
        "Wrong Answer",
        "Outdated",
    ]


def test_a_direct_question_is_answered_there_and_the_person_welcomed_once(chat):
    chat.dm(BEN, REFUND)
    assert [sent.channel for sent in chat.standing()] == ["dm-U2", "dm-U2"]
    welcome, answer = (sent.message.text for sent in chat.standing())
    assert "A refund goes back" in answer
    assert "Coach is for learning. It is not for pay, discipline, promotion" in welcome
    assert "shop (1)" in welcome
    assert "boss" not in welcome
    chat.dm(BEN, REFUND)
    assert len(chat.standing()) == 3


def test_a_slash_command_is_seen_by_its_asker_alone(chat):
    chat.slash(BEN, REFUND)
    assert chat.last.address.is_ephemeral
    assert chat.last.address.only_for == BEN
    assert "Share in Channel" in labels(chat.last.message)


def test_what_is_not_covered_says_whom_to_ask(chat):
    chat.mention(BEN, NOT_COVERED)
    assert chat.last.message.text.startswith("Not covered")
    assert "Ben Ash" in chat.last.message.text or "Ada Oak" in chat.last.message.text
    assert list(labels(chat.last.message)) == ["Helpful", "Wrong Source", "Wrong Answer", "Outdated"]


class TestChannels:
    def test_only_what_everyone_may_read_is_said(self, chat):
        chat.mention(ADA, BONUS)
        assert chat.last.message.text == MORE_FOR_YOU
        assert list(labels(chat.last.message)) == ["Answer Privately"]
        assert chat.events("question_asked")[-1].payload["files"] == []
        chat.press(ADA, "Answer Privately")
        assert chat.last.address.is_ephemeral
        assert chat.last.address.only_for == ADA
        assert "two percent" in chat.last.message.text

    def test_what_is_answered_aside_is_no_gap(self, chat):
        chat.mention(ADA, BONUS)
        chat.mention(ADA, NOT_COVERED)
        with chat.app.database.session() as session:
            ada = session.scalars(select(Person).where(Person.name == "Ada Oak")).one()
            long_ago = chat.now - timedelta(days=1)
            assert [each.words for each in open_questions(session, ada.id, long_ago, 5)] == [NOT_COVERED]
            found = unanswered_by_title(session, ["Refunds", "Bonus pool"], long_ago)
        assert [gap.words for gaps in found.values() for gap in gaps] == [NOT_COVERED]

    def test_words_that_an_open_sop_holds_too_are_said_in_the_channel(self, chat, folder, company):
        company({"sops/boss/refunds.md": (folder / "sops/shop/refunds.md").read_text()})
        apply_folder(read_folder(folder), chat.app.database, chat.app.embedder, chat.now)
        chat.mention(ADA, REFUND)
        assert "A refund goes back to the card that paid." in chat.last.message.text

    def test_nothing_is_hinted_to_who_may_not_read_it(self, chat):
        chat.mention(BEN, BONUS)
        assert chat.last.message.text != MORE_FOR_YOU
        assert "Answer Privately" not in labels(chat.last.message)

    def test_a_private_answer_is_not_shared(self, chat):
        chat.slash(ADA, BONUS)
        assert "two percent" in chat.last.message.text
        assert "Share in Channel" not in labels(chat.last.message)

    def test_an_answer_that_was_closed_meanwhile_is_not_shared(self, chat, folder, now):
        chat.slash(BEN, REFUND)
        shareable = chat.last
        (folder / "company.yaml").write_text((folder / "company.yaml").read_text().replace("boss/", "*/"))
        apply_folder(read_folder(folder), chat.app.database, chat.app.embedder, now)
        chat.press(BEN, "Share in Channel", shareable)
        assert chat.last.message.text == lines.NOT_SHAREABLE
        assert all(sent.address.is_ephemeral for sent in chat.standing())

    def test_private_turns_are_not_heard_in_the_channel(self, chat):
        asked = chat.mention(ADA, BONUS)
        chat.press(ADA, "Answer Privately")
        chat.reply(ADA, "and how much is that?", asked.message_id)
        assert "two percent" not in chat.last.message.text
        assert not chat.last.address.is_ephemeral

    def test_a_private_copy_goes_with_its_question(self, chat):
        asked = chat.mention(ADA, BONUS)
        chat.press(ADA, "Answer Privately")
        chat.delete(asked)
        with chat.app.database.session() as session:
            assert session.scalars(select(AskedQuestion)).all() == []

    def test_what_touches_a_person_is_answered_to_them_alone(self, chat):
        chat.mention(BEN, "I want to kill myself")
        assert chat.last.address.only_for == BEN
        assert chat.last.address.is_ephemeral
        assert STANDS_IN_CHANNEL in chat.last.message.text

    @pytest.mark.parametrize("where", ["channel", "directly"])
    def test_what_touches_a_person_is_not_kept_and_not_tied_to_them(self, chat, where):
        asked = (chat.mention if where == "channel" else chat.dm)(BEN, "I want to kill myself")
        with chat.app.database.session() as session:
            assert session.scalars(select(AskedQuestion)).all() == []
            assert session.scalars(select(SpokenThread)).all() == []
        assert {event.person_id for event in chat.events("question_asked")} == {None}
        if where == "channel":
            before = len(chat.standing())
            chat.reply(BEN, "and then?", asked.message_id)
            assert len(chat.standing()) == before

    def test_an_edit_into_something_personal_takes_the_open_answer_away(self, chat):
        first = chat.mention(BEN, REFUND)
        chat.edit(first, "I want to kill myself")
        assert [sent.address.only_for for sent in chat.standing()] == [BEN]

    def test_who_speaks_to_others_in_a_thread_is_left_alone(self, chat):
        asked = chat.mention(BEN, REFUND)
        remark = chat.reply(CARA, "lunch? my knee hurts", asked.message_id)
        chat.edit(remark, "lunch! my knee hurts")
        chat.reply(GUEST, "see you", asked.message_id)
        chat.reply(NEW, "see you at lunch", asked.message_id, is_shed=True)
        assert len(chat.standing()) == 1
        assert chat.outcomes() == ["stayed_quiet"] * 4
        with chat.app.database.session() as session:
            assert [question.words for question in session.scalars(select(AskedQuestion))] == [REFUND]
            assert "nia@example.test" not in set(session.scalars(select(Person.email)))


class TestFollowUps:
    def test_who_asked_last_needs_no_mention(self, chat):
        asked = chat.mention(BEN, REFUND)
        chat.reply(BEN, "and which card?", asked.message_id)
        assert len(chat.standing()) == 2
        assert chat.events("question_asked")[-1].payload["is_follow_up"]

    @pytest.mark.parametrize("case", ["another", "late", "mentions", "interrupted", "elsewhere"])
    def test_else_coach_stays_quiet(self, chat, case):
        asked = chat.mention(BEN, REFUND)
        thread = asked.message_id if case != "elsewhere" else "1.5"
        if case == "late":
            chat.at(minutes=31)
        if case == "interrupted":
            self._interrupt(chat)
        who = CARA if case == "another" else BEN
        chat.reply(who, "and which card?", thread, mentions_others=case == "mentions")
        assert len(chat.standing()) == 1
        assert chat.outcomes() == ["stayed_quiet"]

    def test_a_mention_is_always_answered(self, chat):
        asked = chat.mention(BEN, REFUND)
        self._interrupt(chat)
        chat.mention(CARA, "and which card?", thread=asked.message_id)
        chat.reply(CARA, "which receipt?", asked.message_id)
        assert len(chat.standing()) == 3

    def _interrupt(self, chat):
        from sqlalchemy import update

        from bot.tables import SpokenThread

        with chat.app.database.transaction() as session:
            session.execute(update(SpokenThread).values(interrupted_at=chat.now))


class TestOnce:
    def test_the_same_message_twice_is_answered_once(self, chat):
        first = chat.mention(BEN, REFUND)
        chat.take(first, key="twin")
        chat.take(first, key="twin")
        assert len(chat.standing()) == 1
        assert chat.outcomes() == ["duplicate"]

    def test_an_edit_is_answered_in_place(self, chat):
        first = chat.mention(BEN, NOT_COVERED)
        chat.edit(first, REFUND)
        assert len(chat.standing()) == 1
        assert "A refund goes back" in chat.last.message.text

    def test_an_edit_that_comes_first_is_the_answer(self, chat):
        first = chat.incoming(BEN, text=NOT_COVERED, channel=CHANNEL, message_id=chat.new_ts(), mentions_coach=True)
        chat.edit(first, REFUND)
        chat.take(first)
        assert len(chat.standing()) == 1
        assert "A refund goes back" in chat.last.message.text

    def test_an_edit_follows_the_same_grammar(self, chat):
        first = chat.dm(BEN, REFUND)
        answered = chat.last.message
        chat.edit(first, "thanks")
        assert chat.last.message == answered
        chat.edit(first, "help")
        assert chat.last.message.text == lines.HELP

    def test_an_edit_that_takes_the_mention_out_leaves_the_answer(self, chat):
        first = chat.mention(BEN, REFUND)
        answered = chat.last.message
        chat.edit(replace(first, mentions_coach=False), "never mind, found it")
        assert chat.last.message == answered

    def test_thanks_edited_into_a_question_are_answered(self, chat):
        first = chat.dm(BEN, "thanks")
        chat.edit(first, REFUND)
        assert "A refund goes back" in chat.last.message.text

    def test_a_late_or_older_edit_changes_nothing(self, chat):
        first = chat.mention(BEN, REFUND)
        newer = chat.edit(first, NOT_COVERED)
        chat.take(replace(newer, text=REFUND, edited_id="1.0"))
        assert chat.last.message.text.startswith("Not covered")
        chat.at(minutes=61)
        chat.edit(first, REFUND)
        assert chat.last.message.text.startswith("Not covered")
        assert chat.outcomes() == ["duplicate", "edited_too_late"]

    def test_a_deleted_question_takes_its_answer_back(self, chat):
        first = chat.mention(BEN, REFUND)
        chat.delete(first)
        assert chat.standing() == []
        chat.edit(first, REFUND)
        chat.take(first)
        assert chat.standing() == []

    def test_a_question_deleted_before_it_arrives_is_never_answered(self, chat):
        first = chat.incoming(BEN, text=REFUND, channel=CHANNEL, message_id=chat.new_ts(), mentions_coach=True)
        chat.delete(first)
        chat.take(first)
        assert chat.standing() == []

    def test_a_question_deleted_before_its_answer_is_sent_gets_none(self, chat):
        first = chat.incoming(BEN, text=REFUND, channel=CHANNEL, message_id=chat.new_ts(), mentions_coach=True)
        with chat.app.database.transaction() as session:
            queue.keep(session, first, "asked", chat.now)
            queue.keep(session, replace(first, kind=Kind.DELETE, text=""), "deleted", chat.now)
        chat.settle()
        assert chat.platform.posted == []


def test_every_message_in_and_out_has_one_event(chat):
    chat.dm(BEN, REFUND)
    chat.mention(ADA, BONUS)
    chat.press(ADA, "Answer Privately")
    chat.slash(CARA, "help")
    chat.dm(BEN, "thanks")
    causes = [event.cause for event in chat.events()]
    assert len(set(causes)) == len(causes)
    assert sum(cause.startswith("inbox:") for cause in causes) == 5
    assert sum(cause.startswith("outbox:") for cause in causes) == len(chat.platform.posted) == 5


def test_an_answer_closed_before_it_is_sent_is_held_back(chat, folder, now):
    with chat.app.database.transaction() as session:
        queue.keep(
            session, chat.incoming(BEN, text=REFUND, channel="dm-U2", is_direct=True, message_id="1.1"), "k", chat.now
        )
    assert chat.workers._handle_one()
    (folder / "company.yaml").write_text((folder / "company.yaml").read_text().replace("boss/", "*/"))
    apply_folder(read_folder(folder), chat.app.database, chat.app.embedder, now)
    chat.settle()
    assert chat.last.message.text == lines.SOP_CHANGED


def test_masking_is_told(chat):
    chat.dm(BEN, f"{REFUND} [card number]", masked=("card number",))
    assert "I took a card number out of your message before storing it. It still stands" in chat.last.message.text
    assert chat.events("question_asked")[0].payload["masked"] == ["card number"]


def test_an_answer_whose_question_is_gone_is_not_sent(chat):
    from coach.questions import find_question, forget_question

    incoming = chat.incoming(BEN, text=REFUND, channel="dm-U2", is_direct=True, message_id="1.1")
    with chat.app.database.transaction() as session:
        queue.keep(session, incoming, "k", chat.now)
    assert chat.workers._handle_one()
    with chat.app.database.transaction() as session:
        forget_question(session, session.scalars(select(AskedQuestion.id)).one())
        assert find_question(session, "x") is None
    chat.settle()
    assert [sent for sent in chat.standing() if "A refund" in sent.message.text] == []


def test_share_is_offered_in_channels_alone(chat):
    chat.take(chat.incoming(BEN, Kind.SUBMIT, action="ask_form", fields={"question": REFUND}))
    assert "Share in Channel" not in labels(chat.last.message)
    chat.take(chat.incoming(BEN, Kind.COMMAND, text=REFUND, command="/coach", channel="dm-U2", is_direct=True))
    assert "Share in Channel" not in labels(chat.last.message)
