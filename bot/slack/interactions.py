"""Owns what people press, type after a slash and send off in Slack, read as an Incoming and its key."""

import re
from datetime import datetime

from bot.arrivals import Arrived, Body, Nothing, clean, dict_of, list_of, text_of, values_of
from bot.messages import Incoming, Kind
from bot.slack.body import PLATFORM, Coach, id_of, instant, needed
from bot.slack.render import OPENS_LINK
from bot.slack.wording import read_wording

REPEATED_ACTION = re.compile(r":\d+$", re.ASCII)


def command(body: Body, coach: Coach, now: datetime) -> Arrived:
    """Return what was typed after a slash. Raises Nothing."""
    words = read_wording(text_of(body, "text"), coach.user_id)
    incoming = Incoming(
        platform=PLATFORM,
        workspace=coach.workspace,
        kind=Kind.COMMAND,
        user_id=needed(body, "user_id"),
        at=now,
        channel=id_of(body, "channel_id") or None,
        command=text_of(body, "command")[:100],
        text=words.text,
        mentions_others=words.mentions_others,
        mentioned=words.mentioned,
        response_url=text_of(body, "response_url") or None,
    )
    return Arrived(incoming, f"slack:command:{needed(body, 'trigger_id')}")


def click(body: Body, coach: Coach, now: datetime) -> Arrived:
    """Return which button was pressed, or which option of a menu was chosen.

    Raises Nothing, for a link too: whoever presses one is on the page already.
    """
    pressed = next((action for action in list_of(body, "actions") if isinstance(action, dict)), None)
    if pressed is None:
        raise Nothing("nothing_pressed")
    action, value = REPEATED_ACTION.sub("", text_of(pressed, "action_id")), text_of(pressed, "value")
    if action == OPENS_LINK:
        raise Nothing("link_opened")
    chosen = text_of(dict_of(pressed, "selected_option"), "value")
    if action.startswith("menu") and "|" in chosen:
        action, _, value = chosen.partition("|")
    incoming = _pressed(body, coach, instant(pressed.get("action_ts")) or now, action, value or chosen)
    return Arrived(incoming, f"slack:click:{needed(body, 'trigger_id')}")


def shortcut(body: Body, coach: Coach, now: datetime) -> Arrived:
    """Return which shortcut was used; of a message only where it stands. Raises Nothing."""
    incoming = _pressed(body, coach, instant(body.get("action_ts")) or now, text_of(body, "callback_id"), "")
    return Arrived(incoming, f"slack:shortcut:{needed(body, 'trigger_id')}")


def _pressed(body: Body, coach: Coach, at: datetime, action: str, value: str) -> Incoming:
    container, message = dict_of(body, "container"), dict_of(body, "message")
    channel = id_of(dict_of(body, "channel"), "id") or id_of(container, "channel_id") or None
    is_only_for_user = container.get("is_ephemeral") is True
    return Incoming(
        platform=PLATFORM,
        workspace=coach.workspace,
        kind=Kind.CLICK,
        user_id=needed(dict_of(body, "user"), "id"),
        at=at,
        channel=channel,
        # Coach writes into a direct conversation of two other people only for the eyes of one.
        is_direct=channel is not None and channel.startswith("D") and not is_only_for_user,
        message_id=id_of(container, "message_ts") or id_of(message, "ts") or id_of(body, "message_ts") or None,
        thread_id=id_of(container, "thread_ts") or id_of(message, "thread_ts") or None,
        action=action[:255],
        value=value[:2000],
        is_only_for_user=is_only_for_user,
        response_url=text_of(body, "response_url") or None,
    )


def submission(body: Body, coach: Coach, now: datetime) -> Arrived:
    """Return a form sent off. Raises Nothing."""
    view = dict_of(body, "view")
    answers = dict_of(dict_of(view, "state"), "values")
    incoming = Incoming(
        platform=PLATFORM,
        workspace=coach.workspace,
        kind=Kind.SUBMIT,
        user_id=needed(dict_of(body, "user"), "id"),
        at=now,
        action=text_of(view, "callback_id")[:255],
        value=text_of(view, "private_metadata")[:3000],
        fields={clean(name)[:255]: _answer(elements) for name, elements in answers.items() if isinstance(name, str)},
    )
    return Arrived(incoming, f"slack:submit:{needed(view, 'id')}:{id_of(view, 'hash')}")


def _answer(elements: object) -> str:
    # A block holds one element: what was typed, or the option that was chosen.
    element = next((each for each in values_of(elements) if isinstance(each, dict)), {})
    return text_of(element, "value") or text_of(dict_of(element, "selected_option"), "value")
