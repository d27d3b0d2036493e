"""Owns the bodies Slack sends to an app: event callbacks, slash commands, clicks and submissions."""

from copy import deepcopy
from typing import Any

from bot.trial.typed import mentioned, rich_text
from bot.trial.workspace import Channel, Json, Notice, User, Workspace

VERIFICATION_TOKEN = "trial-verification"  # noqa: S105  obsolete in Slack, still in every body


def events_of(
    workspace: Workspace, notice: Notice, channel: Channel, message: Json, previous: Json | None
) -> list[Json]:
    """Return the event callbacks one change of a message leads to: none where the app is not a member."""
    if not workspace.is_member(workspace.bot_user_id, channel):
        return []
    if notice == "changed":
        return [_changed(workspace, channel, message, previous or {})]
    if notice == "deleted":
        return [_deleted(workspace, channel, message)]
    event = _wire_message(workspace, message)
    event |= {"channel": channel.id, "event_ts": message["ts"], "channel_type": channel.kind_on_wire}
    callbacks = [event_callback(workspace, event, channel)]
    by_person = message["user"] != workspace.bot_user_id
    if by_person and channel.kind != "im" and workspace.bot_user_id in mentioned(message["text"]):
        mention = {name: value for name, value in event.items() if name not in ("channel_type", "subtype")}
        callbacks.append(event_callback(workspace, mention | {"type": "app_mention"}, channel))
    return callbacks


def event_callback(workspace: Workspace, event: Json, channel: Channel | None = None) -> Json:
    """Return an event with everything Slack puts around it."""
    callback: Json = {"token": VERIFICATION_TOKEN, "team_id": workspace.team_id}
    if event["type"] == "message":
        callback |= {"context_team_id": workspace.team_id, "context_enterprise_id": None}
    authorization = {
        "enterprise_id": None,
        "team_id": workspace.team_id,
        "user_id": workspace.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return callback | {
        "api_app_id": workspace.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev0", 9),
        "event_time": int(workspace.now()),
        "authorizations": [authorization],
        "is_ext_shared_channel": bool(channel and channel.is_shared),
        "event_context": f"4-{event['type']}-{workspace.new_id('', 12)}",
    }


def home_opened(workspace: Workspace, user: User, tab: str) -> Json:
    """Return the event of a person looking at the app."""
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": workspace.open_dm(user.id).id,
        "tab": tab,
        "event_ts": workspace.new_ts(),
    }
    if tab == "home" and user.id in workspace.homes:
        event["view"] = deepcopy(workspace.homes[user.id])
    return event_callback(workspace, event)


def removal(workspace: Workspace, kind: str) -> Json:
    """Return the event of the app being removed (app_uninstalled) or its tokens taken away (tokens_revoked)."""
    event: Json = {"type": kind}
    if kind == "tokens_revoked":
        event["tokens"] = {"oauth": [], "bot": [workspace.bot_user_id]}
    callback = event_callback(workspace, event | {"event_ts": workspace.new_ts()})
    del callback["authorizations"]
    return callback


def slash(workspace: Workspace, user: User, channel: Channel, command: str, text: str, response_url: str) -> Json:
    """Return the form of a slash command."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.team_domain,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.kind == "im" else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": workspace.tickets.trigger(user.id),
    }


def click_in_message(
    workspace: Workspace, user: User, channel: Channel, message: Json, action: Json, response_url: str
) -> Json:
    """Return a click in a message; an ephemeral message itself is not in it, as in Slack."""
    is_ephemeral = "_only_for" in message
    container: Json = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel.id,
        "is_ephemeral": is_ephemeral,
    }
    if "thread_ts" in message:
        container["thread_ts"] = message["thread_ts"]
    body = _interaction(workspace, "block_actions", user) | {"container": container}
    body["channel"] = {"id": channel.id, "name": "directmessage" if channel.kind == "im" else channel.name}
    if not is_ephemeral:
        body["message"] = _wire_message(workspace, message)
    body["state"] = {"values": {}}
    body["response_url"] = response_url
    body["actions"] = [action | {"action_ts": workspace.new_ts()}]
    return body


def click_in_view(workspace: Workspace, user: User, view: Json, action: Json) -> Json:
    """Return a click in a modal or on the home page."""
    body = _interaction(workspace, "block_actions", user)
    body["container"] = {"type": "view", "view_id": view["id"]}
    body["view"] = deepcopy(view)
    body["actions"] = [action | {"action_ts": workspace.new_ts()}]
    return body


def submission(workspace: Workspace, user: User, view: Json) -> Json:
    """Return the submission of a modal; its state is in the view."""
    return _interaction(workspace, "view_submission", user) | {"view": deepcopy(view), "response_urls": []}


def closing(workspace: Workspace, user: User, view: Json) -> Json:
    """Return the closing of a modal whose app asked to be told."""
    body = _interaction(workspace, "view_closed", user) | {"view": deepcopy(view), "is_cleared": False}
    del body["trigger_id"]
    return body


def _interaction(workspace: Workspace, kind: str, user: User) -> Json:
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": workspace.team_id},
        "api_app_id": workspace.app_id,
        "token": VERIFICATION_TOKEN,
        "trigger_id": workspace.tickets.trigger(user.id),
        "team": {"id": workspace.team_id, "domain": workspace.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _wire_message(workspace: Workspace, message: Json) -> Json:
    """Return a message as bodies carry it: without what only we keep, and with blocks even where only text was sent."""
    kept = {name: value for name, value in message.items() if not name.startswith("_") and name != "metadata"}
    if "blocks" not in kept and kept.get("text"):
        kept["blocks"] = rich_text(workspace, kept["text"])
    return kept


def _changed(workspace: Workspace, channel: Channel, message: Json, previous: Json) -> Json:
    now_wire = {"source_team": message["team"], "user_team": message["team"]} | _wire_message(workspace, message)
    return _hidden(
        workspace,
        channel,
        {
            "subtype": "message_changed",
            "message": now_wire,
            "previous_message": _wire_message(workspace, previous),
        },
    )


def _deleted(workspace: Workspace, channel: Channel, message: Json) -> Json:
    gone = {"previous_message": _wire_message(workspace, message), "deleted_ts": message["ts"]}
    return _hidden(workspace, channel, {"subtype": "message_deleted"} | gone)


def _hidden(workspace: Workspace, channel: Channel, parts: Json) -> Json:
    ts = workspace.new_ts()
    event: Json = {"type": "message"} | parts
    event |= {"channel": channel.id, "hidden": True, "ts": ts, "event_ts": ts, "channel_type": channel.kind_on_wire}
    return event_callback(workspace, event, channel)


def action_of(element: Json, block_id: str, option: Json | None = None) -> Json:
    """Return what a click says about the element clicked."""
    kept: dict[str, Any] = {
        name: element[name]
        for name in ("type", "action_id", "text", "value", "style", "placeholder")
        if name in element
    }
    kept["block_id"] = block_id
    if option is not None:
        kept["selected_option"] = option
    return kept
