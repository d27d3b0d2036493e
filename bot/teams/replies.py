"""Owns what Teams is told in the answer to a press or a rating: a line, a card in place of the old one, or nothing."""

from typing import Any

from bot.messages import Incoming, Kind, Message, Text
from bot.teams import render
from bot.teams.presses import PRESS

Json = dict[str, Any]

LINE = "application/vnd.microsoft.activity.message"
NOTED = "Got it."
NOTHING_THERE = "That button does nothing any more."
ANSWER_COMES = "The answer comes in your own chat with me."
FORM_HERE = "Here it is, below."
FORM_DIRECTLY = "I sent it to your own chat with me."
FORM_SENT = "Sent. It goes on below."
FORM_NOT_OPENED = Message("I could not show that. Press the button once more.")


def line(text: str) -> Json:
    """Return the reply that shows a line to whoever pressed."""
    return {"statusCode": 200, "type": LINE, "value": text}


def in_place(text: str) -> Json:
    """Return the reply that puts a card with these words in place of the one that was pressed."""
    return {"statusCode": 200, "type": render.CARD, "value": render.card(Message(text, (Text(text),)))}


def to_press(name: object, incoming: Incoming) -> Json:
    """Return the reply to what was kept: an invoke called `name`."""
    if name != PRESS:
        # Teams itself thanks for a rating; an empty body would be an error to it.
        return {}
    if incoming.kind is Kind.SUBMIT:
        return in_place(FORM_SENT)
    if incoming.action == "answer_privately" and not incoming.is_direct:
        return line(ANSWER_COMES)
    return line(NOTED)
