"""What Teams has of its own beside an answer: thumbs under it, its words private or shared, and whose they are."""

import pytest
from sqlalchemy import select

from bot.company import apply_folder, read_folder
from bot.teams import replies
from bot.views import lines
from bot.views.answer_message import MORE_FOR_YOU, RATED
from coach.tables import AskedQuestion
from tests.bot.handlers.teams_chat import teams_chat
from tests.teams_cards import pressable

REFUND = "refund goes back to the card that paid receipt"
ANSWER = "A refund goes back to the card that paid."
BONUS = "bonus pool of the store two percent of yearly margin"


@pytest.fixture
def teams(app, folder, now):
    apply_folder(read_folder(folder), app.database, app.embedder, now)
    with teams_chat(app, now) as chat:
        for person in (chat.ada, chat.ben, chat.cara):
            person.say("hello")
        yield chat


def asked(teams):
    with teams.app.database.session() as session:
        return session.scalars(select(AskedQuestion).order_by(AskedQuestion.id)).all()


def ratings(teams):
    return [event.payload["rating"] for event in teams.events("answer_rated")]


@pytest.mark.parametrize(("thumb", "rating"), [("like", "helpful"), ("dislike", "not_helpful")])
def test_a_thumb_is_recorded_and_stands_under_the_answer(teams, thumb, rating):
    teams.ben.say(REFUND)
    before = teams.ben.by_coach()[-1]
    assert "Helpful" not in pressable(before.activity)
    sent = teams.ben.rate(thumb, before.id)
    after = teams.ben.by_coach()[-1]
    assert (sent.status, sent.body) == (200, {})
    assert ratings(teams) == [rating]
    assert (after.id, after.words) == (before.id, f"{before.words}\n{RATED[rating]}")
    assert "channelData" not in after.activity
    assert list(pressable(after.activity)) == ["Read the Section"]
    assert after.entities == before.entities


def test_what_is_written_beside_a_thumb_is_kept_with_the_question_alone(teams):
    teams.ben.say(REFUND)
    teams.ben.rate("dislike", teams.ben.by_coach()[-1].id, "It is *wrong* <at>Coach</at>")
    [question] = asked(teams)
    assert (question.rating, question.rating_note) == ("not_helpful", "It is *wrong* <at>Coach</at>")
    assert "wrong*" not in str([event.payload for event in teams.events()])


def test_a_thumb_counts_once(teams):
    teams.ben.say(REFUND)
    before = teams.ben.by_coach()[-1]
    teams.ben.rate("like", before.id)
    first = teams.ben.last
    teams.ben.again(first)
    teams.connector.put(before)
    teams.ben.rate("dislike", before.id)
    assert teams.read(teams.ben)[-1] == lines.ALREADY_RATED
    assert ratings(teams) == ["helpful"]


def test_somebody_elses_thumb_counts_for_nothing_and_gets_no_word(teams):
    teams.ben.mention(REFUND, teams.till)
    answer = teams.cara.by_coach(teams.till)[-1]
    said = len(teams.cara.by_coach())
    teams.cara.rate("dislike", answer.id)
    assert (ratings(teams), teams.outcomes()[-1]) == ([], "not_yours")
    assert len(teams.cara.by_coach()) == said
    assert teams.cara.by_coach(teams.till)[-1] == answer
    teams.ben.rate("like", answer.id)
    assert ratings(teams) == ["helpful"]


def test_a_thumb_under_an_answer_in_a_thread_changes_it_there(teams):
    asked_with = teams.ben.mention(REFUND, teams.till)
    answer = teams.ben.by_coach(teams.till)[-1]
    assert answer.root == asked_with.id
    teams.ben.rate("like", answer.id)
    [after] = teams.ben.by_coach(teams.till)
    assert (after.id, after.root, after.is_edited) == (answer.id, asked_with.id, True)


def test_a_thumb_under_an_answer_no_longer_kept_says_so(teams):
    question = teams.ben.say(REFUND)
    answer = teams.ben.by_coach()[-1]
    teams.ben.delete(question.id)
    teams.connector.put(answer)
    teams.ben.rate("like", answer.id)
    assert teams.read(teams.ben)[-1] == lines.RATING_NOT_PLACED
    assert ratings(teams) == []


def test_a_question_changed_meanwhile_is_the_one_that_is_rated(teams):
    question = teams.ben.say("xylophone zebra quantum")
    answer = teams.ben.by_coach()[-1]
    teams.ben.edit(question.id, REFUND)
    teams.ben.rate("like", answer.id)
    assert [(row.words, row.rating) for row in asked(teams)] == [(REFUND, "helpful")]


def test_what_is_no_answer_has_no_thumbs(teams):
    teams.ben.say("about")
    teams.ben.say("home")
    teams.ben.say("lesson")
    assert [seen.words for seen in teams.ben.by_coach() if "channelData" in seen.activity] == []


class TestPrivateAnswers:
    def test_one_comes_in_ones_own_chat_with_its_question(self, teams):
        teams.ada.mention(BONUS, teams.till)
        [offered] = teams.ada.by_coach(teams.till)
        assert offered.words == MORE_FOR_YOU
        pressed = teams.ada.press("Answer Privately")
        assert pressed.body["value"] == replies.ANSWER_COMES
        private = teams.ada.by_coach()[-1]
        assert private.words.startswith(f"Question: {BONUS}\n")
        assert "two percent of its yearly margin" in private.words
        assert "two percent" not in "".join(teams.read(teams.ada, teams.till))
        teams.ada.rate("like", private.id)
        first, copy = asked(teams)
        assert (first.rating, copy.rating, copy.copy_of_id) == (None, "helpful", first.id)

    def test_nobody_elses_press_brings_it(self, teams):
        teams.ada.mention(BONUS, teams.till)
        teams.cara.press("Answer Privately")
        assert teams.read(teams.cara)[-1] == lines.NOT_YOURS
        assert "two percent" not in "".join(teams.read(teams.cara))


class TestSharing:
    def test_what_was_asked_by_a_slash_command_is_shared_where_it_was_asked(self, teams):
        teams.ben.slash(REFUND, teams.till)
        assert teams.cara.by_coach(teams.till) == []
        [question] = asked(teams)
        assert question.asked_in["channel"] == teams.till.id
        private = teams.ben.by_coach()[-1]
        assert list(pressable(private.activity)) == ["Read the Section", "Share in Channel"]
        teams.ben.press("Share in Channel")
        [shared] = teams.cara.by_coach(teams.till)
        assert f"Question: {REFUND}" in shared.words
        assert ANSWER in shared.words
        assert "Ben Ash asked this privately and shared the answer." in shared.words
        assert "Share in Channel" not in pressable(teams.ben.by_coach()[-1].activity)
        assert "You shared this in the channel." in teams.read(teams.ben)[-1]

    def test_it_is_shared_once(self, teams):
        teams.ben.slash(REFUND, teams.till)
        private = teams.ben.by_coach()[-1]
        teams.ben.press("Share in Channel")
        teams.ben.press_late(private, "Share in Channel")
        assert teams.read(teams.ben)[-1] == lines.ALREADY_SHARED
        assert len(teams.cara.by_coach(teams.till)) == 1

    def test_in_a_thread_it_is_shared_there(self, teams):
        root = teams.cara.say("who knows?", teams.till).id
        teams.ben.slash(REFUND, teams.till, thread=root)
        teams.ben.press("Share in Channel")
        [shared] = teams.cara.by_coach(teams.till)
        assert shared.root == root

    def test_a_channel_coach_was_taken_out_of_is_reported_and_may_be_tried_again(self, teams):
        teams.ben.slash(REFUND, teams.till)
        private = teams.ben.by_coach()[-1]
        teams.till.has_coach = False
        teams.connector.tenant.installed.add(teams.ben.user.id)
        teams.ben.press("Share in Channel")
        assert lines.NOT_IN_CHANNEL in teams.read(teams.ben)
        teams.till.has_coach = True
        teams.ben.press_late(private, "Share in Channel")
        assert len(teams.cara.by_coach(teams.till)) == 1

    def test_what_was_asked_directly_offers_none_and_notes_no_place(self, teams):
        teams.ben.say(REFUND)
        assert "Share in Channel" not in pressable(teams.ben.by_coach()[-1].activity)
        assert [question.asked_in for question in asked(teams)] == [None]
