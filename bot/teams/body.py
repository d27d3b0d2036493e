"""Owns the parts every activity of Teams is read with: its tenant, its place, who wrote, ids and instants."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.arrivals import Body, Nothing, dict_of, text_of
from metrics.people import ENTRA_ID, entra_id

PLATFORM = "teams"
PERSONAL, GROUP, CHANNEL = "personal", "groupChat", "channel"
# A group chat has no threads: all of it is one.
WHOLE_CHAT = "chat"
THREAD = ";messageid="
CONVERSATION_ID = re.compile(r"[\x21-\x7e]{1,200}")
SHORT_ID = re.compile(r"[\x21-\x7e]{1,90}")
BOT_ID = re.compile(r"28:.*")
SERVICE_URL = re.compile(r"https?://[\x21-\x7e]{1,250}")
MOST_NANOSECONDS = re.compile(r"(\.\d{6})\d+")


@dataclass(frozen=True)
class Place:
    """Where something happened: `kind` is personal, groupChat or channel, `thread` the first message of a thread."""

    kind: str
    conversation: str
    thread: str | None

    @property
    def is_direct(self) -> bool:
        """Whether only one person and Coach are there."""
        return self.kind == PERSONAL


def tenants_of(activity: Body) -> set[str]:
    """Return every tenant an activity names, in small letters: none, one, or, in a forged one, several."""
    named = (
        text_of(dict_of(activity, "conversation"), "tenantId"),
        text_of(dict_of(dict_of(activity, "channelData"), "tenant"), "id"),
    )
    return {tenant.lower() for tenant in named if tenant}


def place_of(activity: Body) -> Place:
    """Return where an activity happened. Raises Nothing for anywhere unknown."""
    conversation = dict_of(activity, "conversation")
    whole = needed(conversation, "id", CONVERSATION_ID)
    base, _, thread = whole.partition(THREAD)
    kind = text_of(conversation, "conversationType") or (GROUP if conversation.get("isGroup") is True else PERSONAL)
    is_named = "conversationType" in conversation
    # Several people's conversations begin so: one that is not named personal is not taken for it.
    if kind not in (PERSONAL, GROUP, CHANNEL) or not base or (kind == PERSONAL and not is_named and base[:3] == "19:"):
        raise Nothing("unknown_place")
    if kind == CHANNEL:
        return Place(kind, base, thread[:90] or None)
    return Place(kind, whole, WHOLE_CHAT if kind == GROUP else None)


def coach_id(activity: Body) -> str:
    """Return the account under which Coach is written to."""
    return id_of(dict_of(activity, "recipient"), "id", CONVERSATION_ID)


def person_id(activity: Body) -> str:
    """Return whose deed it is: their Entra object id, else the id Teams gives them. Raises Nothing for no person."""
    who = dict_of(activity, "from")
    user_id = needed(who, "id", CONVERSATION_ID)
    if user_id == coach_id(activity) or BOT_ID.fullmatch(user_id) or who.get("role") == "bot":
        raise Nothing("no_person")
    return entra_id(id_of(who, "aadObjectId", ENTRA_ID)) or user_id


def service_url_of(activity: Body) -> str:
    """Return where an activity asks to be answered, an empty text when it says nothing usable."""
    return id_of(activity, "serviceUrl", SERVICE_URL)


def time_zone_of(activity: Body) -> str | None:
    """Return the IANA name of the time zone of the device, unchecked."""
    return id_of(activity, "localTimezone", SHORT_ID) or None


def instant_of(activity: Body) -> datetime | None:
    """Return when it happened, None when the activity does not say so in a way that can be read."""
    written = text_of(activity, "timestamp")[:40]
    try:
        at = datetime.fromisoformat(MOST_NANOSECONDS.sub(r"\1", written))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        # The first and the last hours there are have no place in another zone.
        return None


def who_and_where(activity: Body, tenant: str, now: datetime) -> dict[str, Any]:
    """Return what every Incoming of Teams says, by field; `now` stands in where Teams names no time. Raises Nothing."""
    place = place_of(activity)
    return {
        "platform": PLATFORM,
        "workspace": tenant,
        "user_id": person_id(activity),
        "at": instant_of(activity) or now,
        "channel": place.conversation,
        "is_direct": place.is_direct,
        "thread_id": place.thread,
        "time_zone": time_zone_of(activity),
    }


def key_of(what: str, activity: Body) -> str:
    """Return the key under which an activity is kept; one delivered again has the same. Raises Nothing."""
    # An activity's id is unique in its conversation only, whose own id may be long.
    conversation = hashlib.sha256(place_of(activity).conversation.encode()).hexdigest()[:16]
    return f"{PLATFORM}:{what}:{conversation}:{needed(activity, 'id')}"


def id_of(holder: Body, name: str, form: re.Pattern[str] = SHORT_ID) -> str:
    """Return an id held under a name, an empty text when there is none of that form."""
    held = holder.get(name)
    return held if isinstance(held, str) and form.fullmatch(held) else ""


def needed(holder: Body, name: str, form: re.Pattern[str] = SHORT_ID) -> str:
    """Return an id held under a name. Raises Nothing when there is none."""
    if not (found := id_of(holder, name, form)):
        raise Nothing("incomplete")
    return found
