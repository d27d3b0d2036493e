"""Owns what Slack's bodies mean: a body becomes an Incoming with the key it is kept under, or a reason to drop it.

Everything here is pure, and total: whatever a body holds in whatever place, reading it raises nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.arrivals import Arrived, Body, Ignored, Keep, Nothing, Wording, dict_of, list_of, masked, text_of
from bot.messages import Incoming, Kind
from bot.slack import interactions
from bot.slack.body import PLATFORM, Coach, id_of, instant, needed
from bot.slack.wording import NO_WORDS, read_wording

SLACK_ITSELF = ("USLACK", "USLACKBOT")
WORDS_OF_PEOPLE = (None, "file_share", "thread_broadcast", "me_message")
RATE_LIMITED = "rate_limited"
UNINSTALLED, TOKEN_REVOKED = "uninstalled", "token_revoked"


def is_mention(body: Body) -> bool:
    """Say whether Slack sends this because Coach is mentioned; the same message also arrives as one of its channel."""
    return dict_of(body, "event").get("type") == "app_mention"


def workspaces(body: Body) -> set[str]:
    """Return the ids of the workspaces a body is meant for.

    In a channel shared between companies an event names the other company's workspace and authorises ours.
    """
    authorised = {id_of(entry, "team_id") for entry in list_of(body, "authorizations") if isinstance(entry, dict)}
    installed = id_of(dict_of(body, "view"), "app_installed_team_id")
    named = {id_of(body, "team_id"), id_of(dict_of(body, "team"), "id")}
    return next((found for ids in (authorised, {installed}, named) if (found := ids - {""})), set())


def read(body: Body, coach: Coach, now: datetime) -> Arrived | Ignored:
    """Return what a person did and its key, or why a body leads to nothing.

    `now` stands in where Slack names no time. The workspace of the body must have been checked before.
    """
    kind = "command" if "command" in body else body.get("type")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return Ignored(RATE_LIMITED if kind == "app_rate_limited" else "unknown_body")
    try:
        return masked(reader(body, coach, now))
    except Nothing as reason:
        return Ignored(str(reason))


# Events.


def _event(body: Body, coach: Coach, now: datetime) -> Arrived:
    event = dict_of(body, "event")
    kind, subtype = event.get("type"), event.get("subtype")
    at = instant(event.get("event_ts")) or instant(event.get("ts")) or instant(str(body.get("event_time"))) or now
    # Slack's event_id; where it is missing, what tells events of one kind apart.
    name = id_of(body, "event_id") or ":".join(id_of(event, part) for part in ("type", "channel", "event_ts"))
    key = f"slack:event:{name}"
    if kind in ("app_uninstalled", "tokens_revoked"):
        return Arrived(_removal(event, coach, at), key)
    if kind == "app_home_opened":
        return Arrived(_home(event, coach, at), key)
    if kind == "message" and subtype == "message_changed":
        incoming, is_about_coach = _change(event, coach, at)
    elif kind == "message" and subtype == "message_deleted":
        incoming, is_about_coach = _deletion(event, coach, at, dict_of(event, "previous_message"))
    elif kind in ("message", "app_mention"):
        incoming, is_about_coach = _message(event, coach, at)
        if not is_about_coach and incoming.thread_id is None:
            raise Nothing("not_for_coach")
        return Arrived(incoming, key, Keep.ALWAYS if is_about_coach else Keep.IF_SPOKEN)
    else:
        raise Nothing("unknown_event")
    if is_about_coach:
        return Arrived(incoming, key)
    # A deletion holds no words, and may overtake the answer.
    return Arrived(incoming, key, Keep.IF_KNOWN if incoming.kind is Kind.DELETE else Keep.IF_ANSWERED)


def _message(event: Body, coach: Coach, at: datetime) -> tuple[Incoming, bool]:
    if event.get("subtype") not in WORDS_OF_PEOPLE or event.get("hidden") is True:
        raise Nothing("not_words")
    user_id, place = _person(event, coach), _place(event, event)
    is_sent_as_mention = event.get("type") == "app_mention"
    is_closer = place["is_direct"] or place["thread_id"] is not None or is_sent_as_mention
    if not is_closer and f"@{coach.user_id}" not in text_of(event, "text"):
        # Most of what Slack sends: told before its words are read.
        raise Nothing("not_for_coach")
    words = _wording(event, coach)
    edited_id = id_of(dict_of(event, "edited"), "ts")
    incoming = Incoming(
        platform=PLATFORM,
        workspace=coach.workspace,
        # Slack mentions Coach anew when an edit puts the mention in.
        kind=Kind.EDIT if edited_id else Kind.MESSAGE,
        user_id=user_id,
        at=at,
        message_id=needed(event, "ts"),
        edited_id=edited_id,
        **place,
        **_said(words, event),
    )
    return incoming, incoming.is_direct or words.mentions_coach or is_sent_as_mention


def _change(event: Body, coach: Coach, at: datetime) -> tuple[Incoming, bool]:
    message, before = dict_of(event, "message"), dict_of(event, "previous_message")
    if message.get("subtype") == "tombstone":
        # What is left of a deleted message that has replies.
        return _deletion(event, coach, at, before)
    if message.get("text") == before.get("text"):
        raise Nothing("text_unchanged")
    words, words_before = _wording(message, coach), _wording(before, coach)
    incoming = Incoming(
        platform=PLATFORM,
        workspace=coach.workspace,
        kind=Kind.EDIT,
        user_id=_person(message, coach),
        at=at,
        message_id=id_of(message, "ts") or needed(before, "ts"),
        edited_id=id_of(dict_of(message, "edited"), "ts") or id_of(event, "event_ts") or needed(event, "ts"),
        **_place(event, message),
        **_said(words, message),
    )
    return incoming, incoming.is_direct or words.mentions_coach or words_before.mentions_coach


def _deletion(event: Body, coach: Coach, at: datetime, before: Body) -> tuple[Incoming, bool]:
    incoming = Incoming(
        platform=PLATFORM,
        workspace=coach.workspace,
        kind=Kind.DELETE,
        user_id=_person(before, coach),
        at=at,
        message_id=id_of(event, "deleted_ts") or needed(before, "ts"),
        **_place(event, before),
    )
    return incoming, incoming.is_direct or _wording(before, coach).mentions_coach


def _home(event: Body, coach: Coach, at: datetime) -> Incoming:
    return Incoming(
        platform=PLATFORM,
        workspace=coach.workspace,
        kind=Kind.HOME,
        user_id=_person(event, coach),
        at=at,
        value="messages" if event.get("tab") == "messages" else "home",
        channel=id_of(event, "channel") or None,
        is_direct=True,
    )


def _removal(event: Body, coach: Coach, at: datetime) -> Incoming:
    if event.get("type") == "app_uninstalled":
        reason = UNINSTALLED
    elif list_of(dict_of(event, "tokens"), "bot"):
        reason = TOKEN_REVOKED
    else:
        # Some person's own token; Coach uses none.
        raise Nothing("not_our_token")
    return Incoming(
        platform=PLATFORM, workspace=coach.workspace, kind=Kind.REMOVED, user_id=coach.user_id, at=at, value=reason
    )


def _person(message: Body, coach: Coach) -> str:
    user_id = id_of(message, "user")
    if user_id == coach.user_id:
        raise Nothing("own")
    if user_id in SLACK_ITSELF or message.get("bot_id") or message.get("subtype") == "bot_message":
        raise Nothing("no_person")
    if not user_id:
        raise Nothing("no_user")
    return user_id


def _place(event: Body, message: Body) -> dict[str, Any]:
    channel = needed(event, "channel")
    is_direct = event.get("channel_type") == "im" or ("channel_type" not in event and channel.startswith("D"))
    return {"channel": channel, "is_direct": is_direct, "thread_id": id_of(message, "thread_ts") or None}


def _said(words: Wording, message: Body) -> dict[str, Any]:
    return {
        "text": words.text,
        "mentions_coach": words.mentions_coach,
        "mentions_others": words.mentions_others,
        "mentioned": words.mentioned,
        "has_file": bool(list_of(message, "files")),
    }


def _wording(message: Body, coach: Coach) -> Wording:
    text = text_of(message, "text")
    return read_wording(text, coach.user_id) if text else NO_WORDS


READERS: dict[str, Callable[[Body, Coach, datetime], Arrived]] = {
    "event_callback": _event,
    "command": interactions.command,
    "block_actions": interactions.click,
    "shortcut": interactions.shortcut,
    "message_action": interactions.shortcut,
    "view_submission": interactions.submission,
}
