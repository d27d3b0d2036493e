"""Questions where a model is set up: a status first, then the whole verified answer in its place, or the quotes."""

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.app import App
from bot.asking import draft_reply
from bot.company import apply_folder, read_folder
from bot.messages import Note, Text
from bot.phrasing import phrase
from bot.tables import ModelDay
from bot.views import lines
from bot.views.answer_message import MORE_FOR_YOU
from bot.views.phrased import PHRASED, UNAVAILABLE
from coach.model import FaultCode, ModelFault, ScriptedModel
from coach.phrase import BUDGET_SECONDS
from metrics.policy import Asker
from tests.bot.handlers.conftest import MEMBERS
from tests.bot.handlers.test_ask import ADA, BEN, BONUS, REFUND
from tests.chat import Chat
from tests.parrot import Parrot


@pytest.fixture
def open_chat(app, folder, now):
    """Return a chat whose Coach has a model, with more settings where a test gives them."""

    def opened(model, **settings):
        own = App(replace_settings(app.settings, settings), embedder=app.embedder, model=model)
        own.database.upgrade()
        apply_folder(read_folder(folder), own.database, own.embedder, now)
        return Chat(own, now, MEMBERS)

    return opened


def replace_settings(settings, more):
    return settings.model_copy(update=more)


def texts(message):
    return [block.text for block in message.blocks if isinstance(block, Text | Note)]


def test_a_status_comes_first_and_the_answer_takes_its_place(open_chat):
    seen = []
    chat = open_chat(Parrot(before=lambda: seen.append([sent.message.text for sent in chat.standing()])))
    asked = chat.mention(BEN, REFUND)
    assert seen == [[]]
    assert [sent.key.partition(":")[0] for sent in chat.platform.posted] == ["status"]
    assert (chat.last.channel, chat.last.address.thread) == (asked.channel, asked.message_id)
    assert (
        texts(chat.last.message)[0] == "A refund goes back to the card that paid. [1]\nAsk for the receipt first. [1]"
    )
    assert PHRASED in texts(chat.last.message)
    assert len(chat.standing()) == 1


def test_what_it_was_asked_holds_no_name_of_the_roster(open_chat):
    model = Parrot()
    open_chat(model).dm(BEN, f"{REFUND} asks Cara Diaz")
    (prompt,) = model.prompts
    assert "Cara" not in prompt.system + prompt.user


def test_an_edit_changes_the_same_message_without_a_status(open_chat):
    chat = open_chat(Parrot())
    asked = chat.mention(BEN, REFUND)
    chat.edit(asked, f"{REFUND} please")
    assert len(chat.standing()) == 1
    assert PHRASED in texts(chat.last.message)
    chat.delete(asked)
    assert chat.standing() == []


def test_what_only_the_asker_sees_has_no_status(open_chat):
    chat = open_chat(Parrot())
    chat.slash(BEN, REFUND)
    assert [sent.message.text == lines.CHECKING for sent in chat.platform.posted] == [False]
    assert PHRASED in texts(chat.last.message)


@pytest.mark.parametrize("code", [FaultCode.UNAUTHORIZED, FaultCode.TIMEOUT, FaultCode.EMPTY])
def test_without_an_answer_of_the_model_the_quotes_stand_and_say_so(open_chat, code):
    chat = open_chat(ScriptedModel(ModelFault(code)))
    chat.dm(BEN, REFUND)
    assert UNAVAILABLE in texts(chat.last.message)
    assert "A refund goes back to the card that paid." in chat.last.message.text


def test_words_that_no_quote_bears_are_never_shown(open_chat):
    chat = open_chat(ScriptedModel('{"verdict": "sufficient", "sentences": [{"text": "Refund cash."}]}', "no"))
    chat.dm(BEN, REFUND)
    assert "Refund cash." not in chat.last.message.text
    assert "A refund goes back to the card that paid." in chat.last.message.text


def test_passages_that_do_not_answer_are_named_and_not_quoted(open_chat):
    chat = open_chat(Parrot(0, "insufficient"))
    chat.dm(BEN, REFUND)
    assert chat.last.message.text.startswith("Not covered: I found nothing")
    assert "The nearest section" in chat.last.message.text
    assert "A refund goes back" not in chat.last.message.text
    assert chat.events("question_asked")[-1].payload["phrasing"] == "insufficient"


def test_a_model_is_not_asked_where_a_rule_refuses_or_nothing_is_open_to_the_channel(open_chat):
    model = Parrot()
    chat = open_chat(model)
    chat.dm(BEN, "what is the admin password")
    chat.mention(ADA, BONUS)
    assert [chat.last.message.text, model.prompts] == [MORE_FOR_YOU, []]


def test_over_the_days_budget_the_quotes_stand_and_no_status_comes(open_chat):
    model = Parrot()
    chat = open_chat(model, model_tokens_a_day=100)
    chat.dm(BEN, REFUND)
    assert model.prompts == []
    assert "budget for the AI model is used up" in " ".join(texts(chat.last.message))
    assert lines.CHECKING not in [sent.message.text for sent in chat.platform.posted]


def test_what_was_used_is_counted(open_chat):
    model = Parrot()
    chat = open_chat(model)
    chat.dm(BEN, REFUND)
    with chat.app.database.session() as session:
        (day,) = session.scalars(select(ModelDay)).all()
    assert (day.model, day.calls, day.tokens) == ("scripted:parrot", 1, model.prompts[0].tokens + 50)


def test_an_apology_takes_the_place_of_the_status(open_chat):
    def fail():
        raise RuntimeError("broken")

    chat = open_chat(Parrot(before=fail))
    chat.mention(BEN, REFUND)
    for _ in range(3):
        chat.at(minutes=1).settle()
    assert "reference" in chat.last.message.text
    assert len(chat.standing()) == 1


class Killed(BaseException):
    """The process died."""


def test_a_status_of_a_worker_that_died_is_replaced_though_the_model_is_not_asked_again(open_chat):
    def die():
        raise Killed

    model = Parrot(before=die)
    # What died was counted, and the day has room for one call only.
    chat = open_chat(model, model_tokens_a_day=12_000)
    with pytest.raises(Killed):
        chat.mention(BEN, REFUND)
    chat.at(minutes=2).settle()
    assert "A refund goes back to the card that paid." in chat.last.message.text
    assert "budget for the AI model is used up" in " ".join(texts(chat.last.message))
    assert [sent.message.text for sent in chat.standing()].count(lines.CHECKING) == 0
    assert len(chat.standing()) == 1


def test_what_the_search_took_is_taken_from_the_models_time(open_chat):
    model = ScriptedModel("no", "no")
    chat = open_chat(model)
    with chat.app.database.session() as session:
        drafted = draft_reply(chat.app, session, Asker(), REFUND)
    phrase(chat.app, drafted, Asker(), spent_seconds=6.0)
    assert all(2.0 < timeout <= BUDGET_SECONDS - 6.0 for timeout in model.timeouts)
    assert phrase(chat.app, drafted, Asker(), spent_seconds=9.0).trace.model_use.outcome == FaultCode.TIMEOUT


@pytest.mark.parametrize(
    ("model", "settings", "word"),
    [
        (ScriptedModel(ModelFault(FaultCode.UNAUTHORIZED)), {}, "COACH_MODEL_KEY"),
        (Parrot(), {"model_tokens_a_day": 100}, "COACH_MODEL_TOKENS_A_DAY"),
    ],
)
def test_whoever_looks_after_it_reads_what_to_do_about_a_model_that_gives_no_answers(open_chat, model, settings, word):
    chat = open_chat(model, **settings)
    with capture_logs() as logs:
        chat.dm(BEN, REFUND)
    (line,) = [line for line in logs if line["event"] == "model_gave_no_answer"]
    assert word in line["advice"]
