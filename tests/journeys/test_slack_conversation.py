"""What people do with Coach in Slack, over HTTP and over Socket Mode: they write, press, read, and see what changed."""

import pytest

from bot.trial.human import NotFilled
from bot.trial.shown import shown_text
from bot.views import lines
from bot.views.answer_message import MORE_FOR_YOU, RATED, SHARED
from tests import slack_trial
from tests.slack_trial import (
    ANSWER,
    OTHER_ANSWER,
    OTHER_QUESTION,
    QUESTION,
    SECRET_ANSWER,
    SECRET_QUESTION,
    labels,
    until,
)


@pytest.fixture(scope="module", params=[False, True], ids=["http", "socket"])
def trial(request, tmp_path_factory):
    with slack_trial.trial(tmp_path_factory.mktemp("trial"), over_sockets=request.param) as running:
        yield running
        assert running.simulator.sender.use_socket_mode is request.param
        assert running.workspace.rejections == []


@pytest.fixture
def room(trial, cara, dan):
    return trial.channel(cara, dan, trial.manager())


def ask(trial, human, room, words=QUESTION, **more):
    return trial.act(human.say, room, f"@coach {words}", **more)


def test_a_mention_is_answered_in_its_thread_for_everybody(trial, cara, dan, room):
    ts = ask(trial, cara, room)
    (answer,) = trial.by_coach(dan, room)
    assert answer["thread_ts"] == ts
    assert ANSWER in shown_text(answer)
    until(
        lambda: any(call.arguments["thread_ts"] == ts for call in trial.workspace.calls("assistant.threads.setStatus"))
    )


def test_who_asked_may_follow_up_without_a_mention(trial, cara, dan, room):
    ts = ask(trial, cara, room)
    trial.act(cara.say, room, OTHER_QUESTION, thread_ts=ts)
    first, second = trial.by_coach(dan, room)
    assert second["thread_ts"] == first["thread_ts"] == ts
    assert OTHER_ANSWER in shown_text(second)


def test_coach_is_quiet_where_people_talk_to_each_other(trial, cara, dan, room):
    ts = ask(trial, cara, room)
    trial.act(dan.say, room, OTHER_QUESTION, thread_ts=ts)
    trial.act(cara.say, room, OTHER_QUESTION, thread_ts=ts)
    trial.act(cara.say, room, OTHER_QUESTION)
    assert len(trial.by_coach(cara, room)) == 1
    ask(trial, cara, room, OTHER_QUESTION, thread_ts=ts)
    assert OTHER_ANSWER in trial.last(dan, room)[0]
    assert len(trial.by_coach(cara, room)) == 2


def test_a_direct_message_is_answered_and_the_first_one_welcomed(trial, cara):
    trial.act(cara.say, cara.dm(), QUESTION)
    shown = [shown_text(message) for message in trial.by_coach(cara, cara.dm())]
    assert sorted(ANSWER in words for words in shown) == [False, True]
    assert sorted("I am Coach." in words for words in shown) == [False, True]
    trial.act(cara.say, cara.dm(), OTHER_QUESTION)
    assert OTHER_ANSWER in trial.last(cara, cara.dm())[0]
    assert len(trial.by_coach(cara, cara.dm())) == 3


def test_a_command_answers_privately_until_shared(trial, cara, dan, room):
    trial.act(cara.slash, "/coach", QUESTION, room)
    words, before = trial.last(cara, room)
    assert ANSWER in words
    assert trial.by_coach(dan, room) == []
    trial.act(cara.press, "Share in Channel")
    shared = trial.last(dan, room)[0]
    assert ANSWER in shared
    assert QUESTION in shared
    own = next(message for message in trial.by_coach(cara, room) if "_only_for" in message)
    assert SHARED in shown_text(own)
    assert set(before) - set(labels(own)) == {"Share in Channel"}
    assert len(trial.by_coach(cara, room)) == 2


def test_what_not_everyone_may_read_is_answered_privately(trial, cara, room):
    manager = trial.manager()
    ask(trial, manager, room, SECRET_QUESTION)
    words, pressable = trial.last(cara, room)
    assert MORE_FOR_YOU in words
    assert "Answer Privately" in pressable
    trial.act(cara.press, "Answer Privately")
    assert trial.last(cara, room)[0] == lines.NOT_YOURS
    trial.act(manager.press, "Answer Privately")
    assert SECRET_ANSWER in trial.last(manager, room)[0]
    assert not any(SECRET_ANSWER in words for words in cara.texts(room))


def test_feedback_takes_the_place_of_its_buttons(trial, cara, dan, room):
    ask(trial, cara, room)
    answer = trial.by_coach(cara, room)[-1]
    trial.act(dan.press, "Helpful")
    assert trial.last(dan, room)[0] == lines.NOT_YOURS
    assert lines.NOT_YOURS not in cara.texts(room)
    trial.act(cara.press, "Helpful")
    words, pressable = trial.last(cara, room)
    assert RATED["helpful"] in words
    assert "Helpful" not in pressable
    assert "Something Is Off" not in pressable
    trial.act(cara.press_late, room, answer, "Helpful")
    assert trial.last(cara, room)[0] == lines.ALREADY_RATED
    ask(trial, cara, room, OTHER_QUESTION)
    trial.act(cara.choose, "Outdated")
    assert RATED["outdated"] in trial.last(dan, room)[0]


def test_the_section_behind_a_quote_opens_in_full(trial, cara, dan, room):
    ask(trial, cara, room)
    label = next(label for label in trial.last(dan, room)[1] if label.startswith("Read"))
    trial.act(dan.press, label)
    view = until(dan.modal).body
    assert "Ask for the receipt first." in shown_text(view)
    assert "shop/refunds.md" in shown_text(view)
    dan.close_view()


def test_an_edited_question_is_answered_anew_in_place(trial, cara, dan, room):
    ts = ask(trial, cara, room)
    (before,) = trial.by_coach(dan, room)
    trial.act(cara.edit, room, ts, f"@coach {OTHER_QUESTION}")
    (after,) = trial.by_coach(dan, room)
    assert after["ts"] == before["ts"]
    assert OTHER_ANSWER in shown_text(after)
    assert any(call.arguments["ts"] == after["ts"] for call in trial.workspace.calls("chat.update"))


@pytest.mark.parametrize("is_direct", [False, True])
def test_the_answer_to_a_deleted_question_goes_too(trial, cara, dan, room, is_direct):
    place = cara.dm() if is_direct else room
    ts = ask(trial, cara, place)
    assert ANSWER in "".join(cara.texts(place))
    trial.act(cara.delete, place, ts)
    assert ANSWER not in "".join(cara.texts(place))
    assert ts not in [message["ts"] for message in cara.messages(place)]


def test_the_home_page_shows_recent_questions(trial, cara, dan):
    trial.act(cara.open_home)
    assert "None yet" in shown_text(cara.home())
    trial.act(cara.say, cara.dm(), QUESTION)
    trial.act(cara.open_home)
    assert QUESTION in shown_text(cara.home())
    trial.act(dan.open_home)
    assert QUESTION not in shown_text(dan.home())


@pytest.mark.parametrize(
    ("button", "words"), [("Settings", "Minutes of lessons a week"), ("About Coach", "What is stored")]
)
def test_the_home_page_opens_dialogs(trial, cara, button, words):
    trial.act(cara.open_home)
    trial.act(cara.press, button, surface="home")
    assert words in shown_text(until(cara.modal).body)


def test_a_question_asked_in_the_form_is_answered_directly(trial, cara):
    trial.act(cara.open_home)
    trial.act(cara.press, "Ask a Question", surface="home")
    until(cara.modal)
    with pytest.raises(NotFilled):
        cara.submit({})
    trial.act(cara.submit, {"Your question": "?!"})
    assert list(cara.modal().errors.values()) == [lines.NO_QUESTION]
    trial.act(cara.submit, {"Your question": QUESTION})
    assert cara.modal() is None
    assert ANSWER in trial.last(cara, cara.dm())[0]


def with_button(trial, human, label):
    """Return the newest direct message of Coach's with a button."""
    return next(message for message in trial.by_coach(human, human.dm())[::-1] if label in labels(message))


def test_a_lesson_is_read_answered_and_counted(trial, cara, dan):
    trial.act(cara.say, cara.dm(), "lesson")
    offered = with_button(trial, cara, "Start")
    assert "3 min: 1 concept, 1 practice, 1 reflection" in shown_text(offered)
    for label in ("Start", "To Practice"):
        trial.act(cara.press, label)
    asked = with_button(trial, cara, "B: Call a manager.")
    assert labels(asked) == ["A: Pay it back in cash.", "B: Call a manager.", "C: Send them away."]
    for label in ("B: Call a manager.", "Sure"):
        trial.act(cara.press, label)
    answered = with_button(trial, cara, "Next")
    assert "Right: B." in shown_text(answered)
    assert "Without a receipt only a manager may approve a refund." in shown_text(answered)
    # Whoever presses a step that is done sees where they are, and nothing counts twice.
    stood = len(trial.by_coach(cara, cara.dm()))
    trial.act(cara.press_late, cara.dm(), asked, "C: Send them away.")
    assert shown_text(with_button(trial, cara, "Next")) == shown_text(answered)
    assert len(trial.by_coach(cara, cara.dm())) == stood
    for label in ("Next", "C: Nobody at all", "Guess", "Finish"):
        trial.act(cara.press, label)
    closing = next(message for message in trial.by_coach(cara, cara.dm()) if message["ts"] == offered["ts"])
    assert asked["ts"] == answered["ts"] == offered["ts"]
    assert "Refunds: 1 of 2 right. " in shown_text(closing)
    assert labels(closing) == []
    trial.act(cara.slash, "/progress", "", "general")
    assert "You answered 1 of 2 right in the last 30 days." in trial.last(cara, "general")[0]
    trial.act(dan.slash, "/progress", "", "general")
    assert "You have not practised yet." in trial.last(dan, "general")[0]
    manager = trial.manager()
    trial.act(manager.slash, "/progress", "team", "general")
    name = trial.workspace.users[cara.user_id].real_name
    assert f"{name}\tnothing now\t0 of 1" in trial.last(manager, "general")[0]


def test_words_that_are_no_question_get_a_line_or_nothing(trial, cara, room):
    ask(trial, cara, room, "hello")
    assert trial.last(cara, room)[0] == lines.HELP
    ask(trial, cara, room, "thanks!")
    assert len(trial.by_coach(cara, room)) == 1
    trial.act(cara.say, cara.dm(), "", files=["till.png"])
    assert lines.ONLY_TEXT in cara.texts(cara.dm())
    trial.act(cara.slash, "/coach", "about", room)
    assert "It is not for pay, discipline" in trial.last(cara, room)[0]


def test_a_card_number_never_reaches_the_database(trial, cara):
    trial.act(cara.say, cara.dm(), f"{QUESTION} my card is 4111 1111 1111 1111")
    assert "I took a card number out of your message" in "".join(cara.texts(cara.dm()))
    assert "4111 1111" not in str(trial.everything_stored())
