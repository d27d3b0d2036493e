"""Owns the Web API methods that read: who the app is, people, channels, histories."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.trial.access import Failed, joined_channel, known_channel, known_user
from bot.trial.chat_methods import public
from bot.trial.workspace import STRANGERS_TEAM_ID, Channel, Json, User, Workspace

Item = TypeVar("Item")

PAGE, MOST_A_PAGE = 100, 1_000
MOST_UNDISTURBED = 50


def auth_test(workspace: Workspace, _: Json) -> Json:
    """auth.test."""
    return {
        "ok": True,
        "url": f"https://{workspace.team_domain}.slack.com/",
        "team": workspace.team_name,
        "user": workspace.users[workspace.bot_user_id].name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user_id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def api_test(_: Workspace, arguments: Json) -> Json:
    """api.test."""
    if error := arguments.get("error"):
        raise Failed(error)
    return {"ok": True, "args": arguments}


def team_info(workspace: Workspace, _: Json) -> Json:
    """team.info."""
    return {
        "ok": True,
        "team": {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.team_domain, "icon": {}},
    }


def bots_info(workspace: Workspace, arguments: Json) -> Json:
    """bots.info."""
    if arguments.get("bot", workspace.bot_id) != workspace.bot_id:
        raise Failed("bot_not_found")
    profile = workspace.bot_profile()
    return {"ok": True, "bot": {name: value for name, value in profile.items() if name != "team_id"}}


def users_info(workspace: Workspace, arguments: Json) -> Json:
    """users.info."""
    return {"ok": True, "user": wire_user(workspace, known_user(workspace, arguments["user"]))}


def users_list(workspace: Workspace, arguments: Json) -> Json:
    """users.list."""
    members, metadata = _page(list(workspace.users.values()), arguments)
    return {
        "ok": True,
        "members": [wire_user(workspace, user) for user in members],
        "cache_ts": int(workspace.now()),
        "response_metadata": metadata,
    }


def users_lookup(workspace: Workspace, arguments: Json) -> Json:
    """users.lookupByEmail."""
    wanted = arguments["email"].lower()
    for user in workspace.users.values():
        if user.email.lower() == wanted and not user.deleted:
            return {"ok": True, "user": wire_user(workspace, user)}
    raise Failed("users_not_found")


def dnd_info(workspace: Workspace, arguments: Json) -> Json:
    """dnd.info; only about itself the app is told of a pause as one."""
    user_id = known_user(workspace, arguments.get("user", workspace.bot_user_id)).id
    own = {"snooze_enabled": False} if user_id == workspace.bot_user_id else {}
    return {"ok": True, **_dnd_status(workspace, user_id), **own}


def dnd_team_info(workspace: Workspace, arguments: Json) -> Json:
    """dnd.teamInfo, for at most 50 people; whoever is not here is left out."""
    user_ids = [user_id for user_id in arguments["users"].split(",") if user_id]
    if not user_ids:
        raise Failed("no_users_provided")
    if len(user_ids) > MOST_UNDISTURBED:
        raise Failed("invalid_arguments", (f"[ERROR] no more than {MOST_UNDISTURBED} users",))
    known = [user_id for user_id in user_ids if user_id in workspace.users]
    return {"ok": True, "users": {user_id: _dnd_status(workspace, user_id) for user_id in known}}


def conversations_open(workspace: Workspace, arguments: Json) -> Json:
    """conversations.open, for one person."""
    if channel_id := arguments.get("channel"):
        return {"ok": True, "channel": {"id": joined_channel(workspace, channel_id).id}}
    users = [user for user in arguments.get("users", "").split(",") if user]
    if not users:
        raise Failed("users_list_not_supplied")
    if len(users) > 1:
        raise Failed("too_many_users")
    user = known_user(workspace, users[0])
    if user.deleted:
        raise Failed("user_disabled")
    channel = workspace.open_dm(user.id)
    short = {"id": channel.id}
    return {"ok": True, "channel": wire_channel(workspace, channel) if arguments.get("return_im") else short}


def conversations_info(workspace: Workspace, arguments: Json) -> Json:
    """conversations.info."""
    return {"ok": True, "channel": wire_channel(workspace, known_channel(workspace, arguments["channel"]))}


def conversations_list(workspace: Workspace, arguments: Json) -> Json:
    """conversations.list."""
    names = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
    types = [word.strip() for word in (arguments.get("types") or "public_channel").split(",")]
    if set(types) - names.keys():
        raise Failed("invalid_types")
    kinds = {names[word] for word in types}
    seen = [
        channel
        for channel in workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "public" or workspace.is_member(workspace.bot_user_id, channel))
        and not (arguments.get("exclude_archived") and channel.is_archived)
    ]
    channels, metadata = _page(seen, arguments)
    wire = [wire_channel(workspace, channel) for channel in channels]
    return {"ok": True, "channels": wire, "response_metadata": metadata}


def conversations_members(workspace: Workspace, arguments: Json) -> Json:
    """conversations.members."""
    channel = known_channel(workspace, arguments["channel"])
    members, metadata = _page(sorted(channel.members), arguments)
    return {"ok": True, "members": members, "response_metadata": metadata}


def conversations_history(workspace: Workspace, arguments: Json) -> Json:
    """conversations.history: newest first, without replies in threads and without ephemeral messages."""
    channel = joined_channel(workspace, arguments["channel"])
    top = [
        message
        for message in workspace.messages[channel.id]
        if message.get("thread_ts", message["ts"]) == message["ts"]
    ]
    return _messages(list(reversed(_between(top, arguments))), arguments)


def conversations_replies(workspace: Workspace, arguments: Json) -> Json:
    """conversations.replies: the first message, then its replies, oldest first."""
    channel = joined_channel(workspace, arguments["channel"])
    asked = workspace.find(channel.id, arguments["ts"])
    if asked is None or "_only_for" in asked:
        raise Failed("thread_not_found")
    first = asked.get("thread_ts", asked["ts"])
    replies = [message for message in workspace.messages[channel.id] if message.get("thread_ts") == first]
    parent = [message for message in workspace.messages[channel.id] if message["ts"] == first]
    replies = [message for message in replies if message["ts"] != first]
    return _messages(parent + _between(replies, arguments), arguments)


def wire_user(workspace: Workspace, user: User) -> Json:
    """Return a user as Slack describes one; the address only with its scope."""
    profile = {"real_name": user.real_name, "display_name": user.name, "team": workspace.team_id}
    if "users:read.email" in workspace.scopes and not user.is_bot and not user.is_stranger:
        profile["email"] = user.email
    offset = datetime.fromtimestamp(workspace.now(), ZoneInfo(user.tz)).utcoffset()
    wire: Json = {
        "id": user.id,
        "team_id": STRANGERS_TEAM_ID if user.is_stranger else workspace.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1_790_000_000,
    }
    return wire | ({"is_stranger": True} if user.is_stranger else {})


def wire_channel(workspace: Workspace, channel: Channel) -> Json:
    """Return a channel as Slack describes one."""
    wire: Json = {
        "id": channel.id,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": False,
        "is_private": channel.kind != "public",
        "is_archived": channel.is_archived,
        "is_ext_shared": channel.is_shared,
        "context_team_id": workspace.team_id,
        "created": 1_790_000_000,
    }
    if channel.kind == "im":
        return wire | {"user": next(iter(channel.members - {workspace.bot_user_id}))}
    is_member = workspace.is_member(workspace.bot_user_id, channel)
    return wire | {"name": channel.name, "is_member": is_member, "num_members": len(channel.members)}


def _dnd_status(workspace: Workspace, user_id: str) -> Json:
    pause = workspace.pause_of(user_id)
    from_at, until_at = pause or (1, 1)
    return {"dnd_enabled": pause is not None, "next_dnd_start_ts": int(from_at), "next_dnd_end_ts": int(until_at)}


def _between(messages: list[Json], arguments: Json) -> list[Json]:
    oldest, latest = arguments.get("oldest") or "0", arguments.get("latest") or "9999999999"
    for name, value in (("oldest", oldest), ("latest", latest)):
        if not value.replace(".", "", 1).isdigit():
            raise Failed(f"invalid_ts_{name}")
    low, high, takes_ends = float(oldest), float(latest), arguments.get("inclusive", False)
    return [
        message
        for message in messages
        if "_only_for" not in message
        and (low < float(message["ts"]) < high or (takes_ends and float(message["ts"]) in (low, high)))
    ]


def _messages(found: list[Json], arguments: Json) -> Json:
    page, metadata = _page(found, arguments)
    wire = [public(message) for message in page]
    if not arguments.get("include_all_metadata"):
        for message in wire:
            message.pop("metadata", None)
    answer: Json = {"ok": True, "messages": wire, "has_more": bool(metadata["next_cursor"])}
    return answer | ({"response_metadata": metadata} if metadata["next_cursor"] else {})


def _page(items: list[Item], arguments: Json) -> tuple[list[Item], Json]:
    cursor = arguments.get("cursor") or "at:0"
    if not cursor.startswith("at:") or not cursor[3:].isdigit():
        raise Failed("invalid_cursor")
    start, limit = int(cursor[3:]), arguments.get("limit") or PAGE
    if not 1 <= limit <= MOST_A_PAGE:
        raise Failed("invalid_limit")
    end = start + limit
    return items[start:end], {"next_cursor": f"at:{end}" if end < len(items) else ""}


READ_METHODS: dict[str, Callable[[Workspace, Json], Json]] = {
    "api.test": api_test,
    "auth.test": auth_test,
    "bots.info": bots_info,
    "conversations.history": conversations_history,
    "conversations.info": conversations_info,
    "conversations.list": conversations_list,
    "conversations.members": conversations_members,
    "conversations.open": conversations_open,
    "conversations.replies": conversations_replies,
    "dnd.info": dnd_info,
    "dnd.teamInfo": dnd_team_info,
    "team.info": team_info,
    "users.info": users_info,
    "users.list": users_list,
    "users.lookupByEmail": users_lookup,
}
