"""Whoever types a code is asked first whose it is: nothing is joined but by their own word, in time, once."""

import pytest

from bot import queue
from bot.erasing import erase_everything
from bot.messages import Kind
from bot.views import linking as views
from metrics.link_codes import LinkCode, Refused, show_code
from metrics.linking import Apart, PersonMerge
from metrics.people import Person
from tests.bot.handlers.test_linking import BEN, BEN_T, CARA, NIA, NIA_T, TwoDoors, wrong
from tests.chat import CHANNEL, labels

JOIN_AND_NOT_ME = pytest.mark.parametrize("label", ["Join", "Not Me"])


@pytest.fixture
def chat(chat):
    return TwoDoors(chat.app, chat.now)


@pytest.fixture
def asked(chat):
    """A chat in which Ben wrote in Teams and typed there the code shown to him in Slack."""
    chat.dm(BEN_T, "hello")
    chat.code = chat.code_for(BEN)
    chat.dm(BEN_T, f"link {chat.code}")
    return chat


def refused(reason):
    return views.refusal(reason, "teams").text


def test_who_typed_it_reads_whose_code_it_is_and_what_joining_opens(asked):
    message = asked.read(BEN_T)[-1].message
    [row] = asked.rows(LinkCode)
    assert message == views.question(views.called("Ben Ash", ["slack"]), row.confirm_id)
    assert list(labels(message)) == ["Join", "Not Me"]
    assert "see what you see here: your questions, lessons, progress, and the SOPs open to you" in message.text
    assert (row.typed_by_id, len(row.confirm_id)) == (asked.ids(BEN_T)[0], 32)
    assert asked.outcomes()[-1] == "link_asked"
    assert len(set(asked.ids(BEN, BEN_T))) == 2


def test_who_showed_it_hears_nothing_until_join_is_pressed(asked):
    before = len(asked.read(BEN))
    asked.at(minutes=9).press_own(BEN_T, "Join")
    assert len(asked.read(BEN)) == before + 1
    assert len(set(asked.ids(BEN, BEN_T))) == 1


def test_the_question_gives_way_to_what_came_of_it(asked):
    before = len(asked.read(BEN_T))
    asked.press_own(BEN_T, "Join")
    assert len(asked.read(BEN_T)) == before
    assert "are one person to me now" in asked.said_to(BEN_T)


def test_pressed_where_the_message_is_not_known_the_answer_comes_privately(asked):
    action, value = labels(asked.card(BEN_T, "Join").message)["Join"]
    asked.take(asked.incoming(BEN_T, Kind.CLICK, action=action, value=value, channel=f"dm-{BEN_T}", is_direct=True))
    assert [list(labels(sent.message)) for sent in asked.read(BEN_T)][-2:] == [["Join", "Not Me"], ["Undo"]]


def test_asked_in_a_channel_only_who_typed_it_sees_the_question(chat):
    chat.dm(BEN, "hello")
    chat.slash(BEN, f"link {chat.code_for(NIA_T)}")
    sent = chat.slack.posted[-1]
    assert list(labels(sent.message)) == ["Join", "Not Me"]
    assert (sent.channel, sent.address.only_for) == (CHANNEL, BEN)


def test_not_me_uses_the_code_up_and_tells_nobody_else(asked):
    before, shown = asked.ids(BEN, BEN_T), asked.read(BEN)
    asked.press_own(BEN_T, "Not Me")
    assert asked.said_to(BEN_T) == views.NOT_JOINED
    assert labels(asked.read(BEN_T)[-1].message) == {}
    assert asked.read(BEN) == shown
    assert (asked.outcomes()[-1], asked.rows(LinkCode), asked.ids(BEN, BEN_T)) == ("link_refused", [], before)
    asked.dm(BEN_T, f"link {asked.code}")
    assert asked.said_to(BEN_T) == refused(Refused.NO_SUCH_CODE)


@JOIN_AND_NOT_ME
def test_the_buttons_are_for_who_typed_it_alone(asked, label):
    asked.press_own(NIA_T, label, asked.card(BEN_T, label))
    assert asked.said_to(NIA_T) == refused(Refused.NOT_YOURS)
    assert (asked.outcomes()[-1], asked.rows(PersonMerge)) == ("link_refused", [])
    asked.press_own(BEN_T, "Join")
    assert asked.outcomes()[-1] == "linked"


@JOIN_AND_NOT_ME
@pytest.mark.parametrize("first", ["Join", "Not Me"])
def test_pressed_twice_it_counts_once(asked, first, label):
    card = asked.card(BEN_T, label)
    asked.press_own(BEN_T, first)
    merges = len(asked.rows(PersonMerge))
    asked.press_own(BEN_T, label, card)
    assert asked.said_to(BEN_T) == refused(Refused.SETTLED)
    assert len(asked.rows(PersonMerge)) == merges == (first == "Join")


@JOIN_AND_NOT_ME
def test_pressed_late_it_joins_nothing(asked, label):
    asked.at(minutes=10).press_own(BEN_T, label)
    assert asked.said_to(BEN_T) == refused(Refused.LATE)
    assert (asked.outcomes()[-1], asked.rows(PersonMerge)) == ("link_refused", [])


@JOIN_AND_NOT_ME
def test_pressed_after_the_code_was_replaced_it_joins_nothing(asked, label):
    asked.code_for(BEN)
    asked.press_own(BEN_T, label)
    assert asked.said_to(BEN_T) == refused(Refused.SETTLED)
    assert (len(asked.rows(LinkCode)), asked.rows(PersonMerge)) == (1, [])


def test_typed_again_it_is_asked_again_and_the_newest_question_counts(asked):
    old = asked.card(BEN_T, "Join")
    asked.dm(BEN_T, f"link {asked.code}")
    new = asked.card(BEN_T, "Join")
    assert labels(old.message)["Join"] != labels(new.message)["Join"]
    asked.press_own(BEN_T, "Join", old)
    assert (asked.said_to(BEN_T), asked.rows(PersonMerge)) == (refused(Refused.SETTLED), [])
    asked.press_own(BEN_T, "Join", new)
    assert len(set(asked.ids(BEN, BEN_T))) == 1


def test_typed_by_a_third_person_the_newest_right_typing_counts(asked):
    asked.dm(NIA_T, f"link {asked.code}")
    asked.press_own(BEN_T, "Join")
    assert (asked.said_to(BEN_T), asked.rows(PersonMerge)) == (refused(Refused.SETTLED), [])
    asked.press_own(NIA_T, "Join")
    assert len(set(asked.ids(BEN, NIA_T))) == 1
    assert len(set(asked.ids(BEN, BEN_T))) == 2


def test_a_code_waiting_for_a_word_is_no_wrong_try_and_wrong_ones_do_not_spoil_it(asked):
    for _ in range(5):
        asked.dm(BEN_T, f"link {asked.code}")
    for _ in range(5):
        asked.dm(NIA_T, f"link {wrong(asked.code)}")
    asked.press_own(BEN_T, "Join")
    assert len(set(asked.ids(BEN, BEN_T))) == 1


@pytest.mark.parametrize(
    ("change", "reason"), [({"is_active": False}, Apart.INACTIVE), ({"is_listed": True}, Apart.BOTH_LISTED)]
)
def test_what_changed_since_it_was_typed_counts(asked, change, reason):
    whose = BEN if reason is Apart.INACTIVE else BEN_T
    with asked.app.database.transaction() as session:
        for name, value in change.items():
            setattr(session.get_one(Person, asked.ids(whose)[0]), name, value)
    asked.press_own(BEN_T, "Join")
    assert asked.said_to(BEN_T) == refused(reason)
    assert (asked.outcomes()[-1], asked.rows(PersonMerge)) == ("link_refused", [])
    asked.press_own(BEN_T, "Not Me", asked.card(BEN_T, "Not Me"))
    assert asked.rows(LinkCode) == []


def test_a_code_replaced_while_join_is_handled_joins_nobody(asked):
    ben = asked.ids(BEN)[0]

    def meanwhile():
        with asked.app.database.transaction() as session:
            show_code(session, ben, "slack", lambda: wrong(asked.code), "ab", asked.now)

    asked.points = [("handled", meanwhile)]
    asked.press_own(BEN_T, "Join")
    assert asked.said_to(BEN_T) == refused(Refused.SETTLED)
    assert (asked.outcomes()[-1], asked.rows(PersonMerge)) == ("link_refused", [])


def test_who_was_joined_otherwise_meanwhile_is_asked_anew(asked):
    other = asked.code_for(NIA)
    asked.dm(BEN_T, f"link {other}")
    both = [sent for sent in asked.read(BEN_T) if "Join" in labels(sent.message)]
    asked.press_own(BEN_T, "Join", both[1])
    assert len(set(asked.ids(NIA, BEN_T))) == 1
    asked.press_own(BEN_T, "Join", both[0])
    assert asked.said_to(BEN_T) == refused(Refused.SETTLED)
    assert len(asked.rows(PersonMerge)) == 1
    # The code itself is still good.
    asked.dm(BEN_T, f"link {asked.code}")
    assert asked.outcomes()[-1] == "link_asked"


def test_a_listed_person_talked_into_typing_a_code_shares_nothing(chat):
    chat.dm(CARA, "hello")
    before = chat.ids(CARA)
    chat.dm(CARA, f"link {chat.code_for(NIA_T)}")
    assert "“New, Nia” on Microsoft Teams showed this code." in chat.said_to(CARA)
    assert chat.ids(CARA) == before
    assert chat.ids(NIA_T) != before
    assert chat.rows(PersonMerge) == []


def test_erasing_who_typed_it_settles_the_question_and_leaves_the_code(asked):
    with asked.app.database.transaction(is_alone=True) as session:
        typing = session.get_one(Person, asked.ids(BEN_T)[0])
        erase_everything(session, typing, asked.now, "0123456789abcdef0123456789abcdef")
    assert [row.typed_by_id for row in asked.rows(LinkCode)] == [None]
    asked.press_own(NIA_T, "Join", asked.card(BEN_T, "Join"))
    assert asked.said_to(NIA_T) == refused(Refused.SETTLED)
    asked.join(NIA_T, asked.code)
    assert len(set(asked.ids(BEN, NIA_T))) == 1


def test_a_press_delivered_twice_joins_once(asked):
    action, value = labels(asked.card(BEN_T, "Join").message)["Join"]
    pressed = asked.incoming(BEN_T, Kind.CLICK, action=action, value=value, channel=f"dm-{BEN_T}", is_direct=True)
    with asked.app.database.transaction() as session:
        for key in ("first", "second"):
            queue.keep(session, pressed, key, asked.now)
    asked.settle()
    assert len(asked.rows(PersonMerge)) == 1
    assert sorted(asked.outcomes()[-2:]) == ["link_refused", "linked"]


@pytest.mark.parametrize("value", [None, "", "0" * 32, "x" * 400])
def test_a_button_nobody_was_sent_joins_nothing(asked, value):
    asked.take(asked.incoming(BEN_T, Kind.CLICK, action="link_join", value=value, channel="dm-T2", is_direct=True))
    assert (asked.said_to(BEN_T), asked.rows(PersonMerge)) == (refused(Refused.SETTLED), [])
