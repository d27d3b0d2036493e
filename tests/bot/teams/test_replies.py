"""What Teams is told in the answer to a press or a rating."""

import pytest

from bot.messages import Incoming, Kind
from bot.teams import replies
from bot.teams.presses import PRESS, RATING
from tests.strategies import utc
from tests.teams_cards import CARD_TYPE, card_findings

NOW = utc(2026, 11, 23, 8, 30)
LINE = "application/vnd.microsoft.activity.message"


def incoming(kind=Kind.CLICK, action="rate_helpful", **more):
    return Incoming("teams", "tenant", kind, "ana", NOW, channel="a:1", action=action, **more)


def test_a_press_is_answered_with_a_line_that_only_who_pressed_sees():
    assert replies.to_press(PRESS, incoming()) == {"statusCode": 200, "type": LINE, "value": replies.NOTED}


@pytest.mark.parametrize(("is_direct", "words"), [(False, replies.ANSWER_COMES), (True, replies.NOTED)])
def test_a_private_answer_is_announced_where_it_does_not_come(is_direct, words):
    assert replies.to_press(PRESS, incoming(action="answer_privately", is_direct=is_direct))["value"] == words


def test_a_form_that_was_sent_is_replaced_so_that_nobody_sends_it_twice():
    reply = replies.to_press(PRESS, incoming(Kind.SUBMIT, "ask_form"))
    assert (reply["statusCode"], reply["type"]) == (200, CARD_TYPE)
    assert card_findings(reply["value"]) == []
    [block] = reply["value"]["body"]
    assert block["inlines"][0]["text"] == replies.FORM_SENT


@pytest.mark.parametrize("name", [RATING, None, "message", 7, ["adaptiveCard/action"]])
def test_anything_else_gets_an_empty_object_and_never_nothing(name):
    assert replies.to_press(name, incoming()) == {}
    assert replies.to_press(name, incoming(Kind.SUBMIT)) == {}
