"""Owns what one person sees of the trial workspace, as plain values the page can draw."""

from copy import deepcopy
from typing import Any

from bot.trial.human import Human
from bot.trial.workspace import Channel, Workspace

Json = dict[str, Any]
MOST_MESSAGES = 300


def screen(workspace: Workspace, human: Human) -> Json:
    """Return the person's channels with their newest messages, home page, open forms and what Coach is doing."""
    app_channel = human.dm()
    with workspace.lock:
        me = workspace.users[human.user_id]
        return {
            "workspace": {"name": workspace.team_name},
            "me": me.id,
            "time_zone": me.tz,
            "app": workspace.bot_user_id,
            "app_channel": app_channel,
            "users": {user.id: {"name": user.real_name} for user in workspace.users.values()},
            "people": [
                {"id": user.id, "name": user.real_name, "role": ", ".join(filter(None, (user.title, user.site)))}
                for user in workspace.users.values()
                if not user.is_bot and not user.deleted
            ],
            "channels": [_channel(workspace, human, channel) for channel in human.channels()],
            "home": human.home(),
            "modals": [
                {"id": view.body.get("id"), "view": deepcopy(view.body), "errors": dict(view.errors)}
                for view in workspace.views[me.id]
            ],
            "statuses": [
                {"channel": channel, "thread": ts, "text": text}
                for channel, ts in list(workspace.statuses)
                if (text := workspace.status(channel, ts)) and me.id in workspace.channels[channel].members
            ],
            "prompts": workspace.prompts.get(app_channel, []),
        }


def _channel(workspace: Workspace, human: Human, channel: Channel) -> Json:
    others = [workspace.users[id_].real_name for id_ in channel.members if id_ != human.user_id]
    return {
        "id": channel.id,
        "name": ", ".join(others) if channel.kind == "im" else channel.name,
        "kind": channel.kind,
        "has_app": workspace.bot_user_id in channel.members,
        "members": sum(not workspace.users[id_].is_bot for id_ in channel.members),
        "messages": human.messages(channel.id)[-MOST_MESSAGES:],
    }
