"""Owns what people press, fill in and rate on cards in Teams, read as an Incoming and its key."""

import json
import re
from datetime import datetime

from bot.arrivals import Arrived, Body, Nothing, clean, dict_of, text_of
from bot.messages import Incoming, Kind
from bot.teams.body import id_of, key_of, who_and_where

PRESS, RATING = "adaptiveCard/action", "message/submitAction"
UNKNOWN_INVOKE = "unknown_invoke"
# What a button of a form sends, before the form's own action.
FORM = "form:"
OURS = ("action", "value")
NAME = re.compile(r"[\w-]{1,60}", re.ASCII)
MOST_VALUE, MOST_ANSWER = 2_000, 40_000
THUMBS = {"like": "thumb_like", "dislike": "thumb_dislike"}


def invoked(activity: Body, tenant: str, now: datetime) -> Arrived:
    """Return what was pressed on a card, or how an answer was rated. Raises Nothing."""
    name, value = activity.get("name"), dict_of(activity, "value")
    if name == PRESS:
        return _pressed(activity, dict_of(dict_of(value, "action"), "data"), tenant, now)
    if name == RATING:
        return _rated(activity, value, tenant, now)
    raise Nothing(UNKNOWN_INVOKE)


def submitted(activity: Body, tenant: str, now: datetime) -> Arrived:
    """Return what was pressed where the client knows only Action.Submit. Raises Nothing."""
    return _pressed(activity, dict_of(activity, "value"), tenant, now)


def _pressed(activity: Body, data: Body, tenant: str, now: datetime) -> Arrived:
    action = text_of(data, "action")[:255]
    if not action:
        raise Nothing("nothing_pressed")
    is_form = action.startswith(FORM)
    incoming = Incoming(
        kind=Kind.SUBMIT if is_form else Kind.CLICK,
        message_id=_card(activity),
        action=action.removeprefix(FORM),
        value=text_of(data, "value")[:MOST_VALUE],
        fields=_fields(data) if is_form else {},
        **who_and_where(activity, tenant, now),
    )
    return Arrived(incoming, key_of("click", activity))


def _rated(activity: Body, value: Body, tenant: str, now: datetime) -> Arrived:
    said = dict_of(value, "actionValue")
    action = THUMBS.get(text_of(said, "reaction"))
    if value.get("actionName") != "feedback" or action is None:
        raise Nothing("unknown_rating")
    incoming = Incoming(
        kind=Kind.CLICK,
        message_id=_card(activity),
        action=action,
        text=_comment(said),
        **who_and_where(activity, tenant, now),
    )
    return Arrived(incoming, key_of("rating", activity))


def _card(activity: Body) -> str | None:
    return id_of(activity, "replyToId") or None


def _comment(said: Body) -> str:
    written = text_of(said, "feedback")[:MOST_ANSWER]
    try:
        held = json.loads(written)
    except (ValueError, RecursionError):
        return written
    return clean(text_of(held, "feedbackText")) if isinstance(held, dict) else written


def _fields(data: Body) -> dict[str, str]:
    return {
        name: clean(answer)[:MOST_ANSWER]
        for name, answer in data.items()
        if name not in OURS and isinstance(answer, str) and NAME.fullmatch(name)
    }
