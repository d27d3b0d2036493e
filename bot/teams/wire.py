"""Owns what Teams' activities mean: one becomes an Incoming with the key it is kept under, or a reason to drop it.

Everything here is pure, and total: whatever an activity holds in whatever place, reading it raises nothing.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.arrivals import Arrived, Body, Ignored, Keep, Nothing, dict_of, list_of, masked, text_of
from bot.messages import Incoming, Kind
from bot.teams import presses
from bot.teams.body import coach_id, id_of, key_of, needed, place_of, who_and_where
from bot.teams.wording import read_wording

# What a HOME tells: Coach was added to somebody's own apps, or taken out of them.
ADDED, REMOVED = "messages", "removed"
# Before a question in a channel: the answer is for whoever asks.
PRIVATELY = re.compile(
    r"privately(?:[:,]\s*|\s+(?=(?:how|what|where|when|who|whom|which|why|is|are|can|may|do|does|should|must)\b))",
    re.IGNORECASE,
)
INSTALLATIONS = {"add": ADDED, "add-upgrade": ADDED, "remove": REMOVED, "remove-upgrade": REMOVED}
# The words of a message once more, and cards people pass on.
NO_FILES = ("text/html", "application/vnd.microsoft.card.adaptive")


def read(activity: Body, tenant: str, now: datetime) -> Arrived | Ignored:
    """Return what a person did and its key, or why an activity leads to nothing.

    `now` stands in where Teams names no time. The tenant of the activity must have been checked before.
    """
    kind = activity.get("type")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return Ignored("unknown_activity")
    try:
        return masked(reader(activity, tenant, now))
    except Nothing as reason:
        return Ignored(str(reason))


def _message(activity: Body, tenant: str, now: datetime) -> Arrived:
    if isinstance(activity.get("value"), dict) and not text_of(activity, "text").strip():
        return presses.submitted(activity, tenant, now)
    words, facts = _said(activity)
    common, key = who_and_where(activity, tenant, now), key_of("message", activity)
    aside = PRIVATELY.match(words) if facts["mentions_coach"] and not common["is_direct"] else None
    if aside or dict_of(activity, "recipient").get("isTargeted") is True:
        # What /coach is in Slack: only who wrote it sees the answer. A slash command here is a preview of Teams.
        text = words[aside.end() :] if aside else words
        if not aside and common["thread_id"] == activity.get("id"):
            # Nobody else sees a slash command, so it begins no thread that an answer could be shared in.
            common["thread_id"] = None
        message_id = needed(activity, "id") if aside else None
        asked = {"command": "/coach", "message_id": message_id, "text": text, "mentioned": facts["mentioned"]}
        return Arrived(Incoming(kind=Kind.COMMAND, **asked, **common), key)
    incoming = Incoming(kind=Kind.MESSAGE, message_id=needed(activity, "id"), text=words, **facts, **common)
    return Arrived(incoming, key, Keep.ALWAYS if _is_about_coach(incoming) else Keep.IF_SPOKEN)


def _edit(activity: Body, tenant: str, now: datetime) -> Arrived:
    if dict_of(activity, "channelData").get("eventType") != "editMessage":
        raise Nothing("not_an_edit")
    words, facts = _said(activity)
    common = who_and_where(activity, tenant, now)
    if PRIVATELY.match(words) and not common["is_direct"]:
        raise Nothing("private_edit")
    incoming = Incoming(
        kind=Kind.EDIT,
        message_id=needed(activity, "id"),
        # Later edits must sort after earlier ones.
        edited_id=f"{common['at']:%Y%m%dT%H%M%S.%f}",
        text=words,
        **facts,
        **common,
    )
    key = f"{key_of('edit', activity)}:{incoming.edited_id}"
    return Arrived(incoming, key, Keep.ALWAYS if _is_about_coach(incoming) else Keep.IF_ANSWERED)


def _deletion(activity: Body, tenant: str, now: datetime) -> Arrived:
    if dict_of(activity, "channelData").get("eventType") != "softDeleteMessage":
        raise Nothing("not_a_deletion")
    common = who_and_where(activity, tenant, now)
    incoming = Incoming(kind=Kind.DELETE, message_id=needed(activity, "id"), **common)
    keep = Keep.ALWAYS if incoming.is_direct else Keep.IF_KNOWN
    # A deletion holds no words that would tell whom the message was for.
    return Arrived(incoming, key_of("delete", activity), keep, about_key=key_of("message", activity))


def _installation(activity: Body, tenant: str, now: datetime) -> Arrived:
    if not place_of(activity).is_direct:
        raise Nothing("not_personal")
    value = INSTALLATIONS.get(text_of(activity, "action"))
    if value is None:
        raise Nothing("unknown_installation")
    return _home(activity, tenant, now, value)


def _membership(activity: Body, tenant: str, now: datetime) -> Arrived:
    added = [id_of(member, "id") for member in list_of(activity, "membersAdded") if isinstance(member, dict)]
    if not place_of(activity).is_direct or coach_id(activity) not in added:
        raise Nothing("not_about_coach")
    return _home(activity, tenant, now, ADDED)


def _home(activity: Body, tenant: str, now: datetime, value: str) -> Arrived:
    incoming = Incoming(kind=Kind.HOME, value=value, **who_and_where(activity, tenant, now))
    return Arrived(incoming, key_of("home", activity))


def _is_about_coach(incoming: Incoming) -> bool:
    return incoming.is_direct or incoming.mentions_coach


def _said(activity: Body) -> tuple[str, dict[str, Any]]:
    words = read_wording(activity, coach_id(activity))
    kinds = [text_of(each, "contentType") for each in list_of(activity, "attachments") if isinstance(each, dict)]
    facts = {
        "mentions_coach": words.mentions_coach,
        "mentions_others": words.mentions_others,
        "mentioned": words.mentioned,
        "has_file": any(kind not in NO_FILES for kind in kinds),
    }
    return words.text, facts


READERS: dict[str, Callable[[Body, str, datetime], Arrived]] = {
    "message": _message,
    "messageUpdate": _edit,
    "messageDelete": _deletion,
    "installationUpdate": _installation,
    "conversationUpdate": _membership,
    "invoke": presses.invoked,
}
