"""Small talk, commands, the home page, forms, and what happens when too much comes in."""

import pytest

from bot import queue
from bot.handlers.forms import Forms
from bot.messages import Identity, Kind
from bot.views import lines
from tests.chat import CHANNEL, Chat, labels

ADA, BEN, CARA = "U1", "U2", "U3"
REFUND = "refund goes back to the card that paid receipt"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("hello", lines.HELP),
        ("help", lines.HELP),
        ("settings", "No lessons are sent to you unasked. Write “lesson” for one."),
    ],
)
def test_small_talk_gets_one_line(chat, text, answer):
    chat.dm(BEN, text)
    assert chat.last.message.text == answer
    assert len(chat.standing()) == 2


def test_thanks_get_nothing(chat):
    chat.dm(BEN, REFUND)
    before = len(chat.standing())
    chat.dm(BEN, "thanks!")
    assert len(chat.standing()) == before


def test_who_says_that_an_answer_was_no_help_is_told_how_it_gets_better(chat):
    asked = chat.mention(BEN, REFUND)
    chat.reply(BEN, "no, that's wrong", asked.message_id)
    assert chat.last.message.text.startswith("I am sorry that I could not help. Ask ")
    assert "Ask Ada Oak (ada@example.test)" in chat.last.message.text
    assert chat.last.address.thread == asked.message_id
    assert len(chat.events("question_asked")) == 1


def test_a_file_alone_is_not_read(chat):
    chat.dm(BEN, "", has_file=True)
    assert chat.last.message.text == lines.ONLY_TEXT


def test_a_bare_mention_gets_help_in_its_thread(chat):
    asked = chat.mention(BEN, "")
    assert (chat.last.message.text, chat.last.address.thread) == (lines.HELP, asked.message_id)


def test_about_names_only_folders_one_may_read(chat):
    chat.slash(BEN, "about")
    assert "SOPs: shop (1)." in chat.last.message.text
    chat.slash(ADA, "about")
    assert "boss (1), shop (1)" in chat.last.message.text
    assert chat.last.address.only_for == ADA


def test_about_says_everything_that_is_stored(chat):
    chat.slash(BEN, "about")
    kept = ("questions", "how sure", "minutes", "used it at work", "remember", "shifts", "appointments", "leave",
            "settings", "other systems", "tracks", "signed off")  # fmt: skip
    assert [word for word in kept if word not in chat.last.message.text] == []


def test_the_home_page_shows_ones_own_questions(chat):
    chat.slash(BEN, REFUND)
    chat.slash(CARA, "xylophone zebra quantum")
    chat.take(chat.incoming(BEN, Kind.HOME, value="home"))
    page = chat.platform.homes[BEN]
    texts = [getattr(block, "text", "") for block in page.blocks]
    assert REFUND in texts
    assert "23 Nov 2026 · answered from your SOPs" in texts
    assert "xylophone zebra quantum" not in texts
    assert list(labels(page)) == ["Get a Lesson", "Ask a Question", "Settings", "About Coach"]


def test_opening_the_conversation_welcomes_once(chat):
    for _ in range(2):
        chat.take(chat.incoming(BEN, Kind.HOME, value="messages"))
    assert len(chat.standing()) == 1
    assert chat.last.channel == "dm-U2"


class TestForms:
    forms = Forms()

    def open(self, chat, user, action, value="x"):
        incoming = chat.incoming(user, Kind.CLICK, action=action, value=value, channel=CHANNEL)
        assert self.forms.opens(incoming)
        with chat.app.database.transaction() as session:
            return self.forms.open(session, incoming, chat.now)

    def test_a_section_is_opened_for_who_may_read_it(self, chat):
        chat.slash(ADA, "bonus pool of the store two percent of yearly margin")
        action, value = next(press for label, press in labels(chat.last.message).items() if label.startswith("Read"))
        opened = self.open(chat, ADA, action, value)
        assert "The bonus pool of the store is two percent" in opened.form.blocks[2].text
        refused = self.open(chat, BEN, action, value)
        assert refused.form is None
        assert refused.say.text == lines.SECTION_GONE
        assert "bonus" not in refused.say.text

    @pytest.mark.parametrize("number", ["0", "7", "-1", "x", "9999999999"])
    def test_a_section_that_was_not_cited_is_not_opened(self, chat, number):
        chat.slash(BEN, REFUND)
        _, value = labels(chat.last.message)["Read the Section"]
        assert self.open(chat, BEN, f"read_section_{number}", value).say.text == lines.SECTION_GONE

    def test_a_stranger_is_told_to_write_first(self, chat):
        assert self.open(chat, "U77", "ask_form").say.text == lines.NOT_YET_MET

    @pytest.mark.parametrize("action", ["ask_form", "about_form", "settings_form"])
    def test_the_home_pages_forms_open(self, chat, action):
        assert self.open(chat, BEN, action).form is not None

    def test_a_question_from_the_form_is_answered_directly(self, chat):
        empty = chat.incoming(BEN, Kind.SUBMIT, action="ask_form", fields={"question": " ?! "})
        assert self.forms.errors(empty) == {"question": lines.NO_QUESTION}
        full = chat.incoming(BEN, Kind.SUBMIT, action="ask_form", fields={"question": REFUND})
        assert self.forms.errors(full) == {}
        chat.take(full)
        home, answer = chat.standing()[-1], chat.standing()[-2]
        assert answer.channel == "dm-U2"
        assert answer.message.text.startswith(f"Question: {REFUND}")
        assert home.address.surface == "home"
        assert REFUND in [getattr(block, "text", "") for block in home.message.blocks]


def test_when_too_much_comes_in_each_asker_is_told_once_a_minute(chat, monkeypatch):
    monkeypatch.setattr(queue, "MAX_READY", 2)
    with chat.app.database.transaction() as session:
        for number in range(8):
            incoming = chat.incoming(
                (BEN, CARA)[number % 2], text=REFUND, channel=CHANNEL, message_id=f"1.{number}", mentions_coach=True
            )
            queue.keep(session, incoming, f"k{number}", chat.now)
    chat.settle()
    busy = [sent for sent in chat.standing() if sent.message.text == lines.BUSY]
    answered = [sent for sent in chat.standing() if "A refund goes back" in sent.message.text]
    assert len(answered) == 3
    assert {sent.address.only_for for sent in busy} == {BEN, CARA}
    assert chat.outcomes().count("shed") == 5


def test_before_the_first_apply_people_are_told(app, now):
    chat = Chat(app, now, (Identity("U5", True, "Eve", "e@x.test"),))
    chat.dm("U5", REFUND)
    assert chat.last.message.text == lines.NO_SOPS_YET
