"""Owns the Web API methods that write: messages, reactions, status lines, and answers to a response_url."""

from collections.abc import Callable
from copy import deepcopy

from bot.trial.access import (
    MOST_WHEN_UPDATED,
    Failed,
    as_kept,
    channel_to_write_in,
    joined_channel,
    known_channel,
    own_message,
    sound_message,
)
from bot.trial.tickets import Refused
from bot.trial.workspace import STATUS_SECONDS, Json, Status, Workspace


def post_message(workspace: Workspace, arguments: Json) -> Json:
    """chat.postMessage."""
    channel = channel_to_write_in(workspace, arguments["channel"])
    sound_message(arguments)
    _sound_metadata(arguments.get("metadata"))
    message = workspace.post(
        channel,
        workspace.bot_user_id,
        arguments.get("text") or "",
        thread_ts=arguments.get("thread_ts"),
        blocks=as_kept(workspace, arguments.get("blocks")),
        attachments=arguments.get("attachments"),
        metadata=arguments.get("metadata"),
    )
    return {"ok": True, "channel": channel.id, "ts": message["ts"], "message": public(message)}


def post_ephemeral(workspace: Workspace, arguments: Json) -> Json:
    """chat.postEphemeral."""
    channel = channel_to_write_in(workspace, arguments["channel"])
    sound_message(arguments)
    if not workspace.is_member(arguments["user"], channel):
        raise Failed("user_not_in_channel")
    message = workspace.post(
        channel,
        workspace.bot_user_id,
        arguments.get("text") or "",
        thread_ts=arguments.get("thread_ts"),
        blocks=as_kept(workspace, arguments.get("blocks")),
        _only_for=arguments["user"],
    )
    return {"ok": True, "message_ts": message["ts"]}


def update(workspace: Workspace, arguments: Json) -> Json:
    """chat.update: text without blocks takes the blocks away."""
    channel = joined_channel(workspace, arguments["channel"])
    message = own_message(workspace, channel, arguments["ts"], otherwise="cant_update_message")
    sound_message(arguments, MOST_WHEN_UPDATED)
    _sound_metadata(arguments.get("metadata"))
    kept = {"metadata": arguments["metadata"]} if "metadata" in arguments else {}
    workspace.change(
        channel,
        message,
        arguments.get("text") or "",
        workspace.bot_id,
        blocks=as_kept(workspace, arguments.get("blocks")),
        **kept,
    )
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message["ts"],
        "text": message["text"],
        "message": public(message),
    }


def delete(workspace: Workspace, arguments: Json) -> Json:
    """chat.delete."""
    channel = joined_channel(workspace, arguments["channel"])
    message = own_message(workspace, channel, arguments["ts"], otherwise="cant_delete_message")
    workspace.delete(channel, message)
    return {"ok": True, "channel": channel.id, "ts": arguments["ts"]}


def permalink(workspace: Workspace, arguments: Json) -> Json:
    """chat.getPermalink."""
    channel = known_channel(workspace, arguments["channel"])
    ts = arguments["message_ts"]
    message = workspace.find(channel.id, ts)
    if message is None:
        raise Failed("message_not_found")
    link = f"https://{workspace.team_domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.get("thread_ts", ts) != ts:
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def add_reaction(workspace: Workspace, arguments: Json) -> Json:
    """reactions.add."""
    channel = joined_channel(workspace, arguments["channel"])
    message = workspace.find(channel.id, arguments["timestamp"])
    if message is None or "_only_for" in message:
        raise Failed("message_not_found")
    reactions = message.setdefault("reactions", [])
    names = [reaction["name"] for reaction in reactions]
    if arguments["name"] in names:
        raise Failed("already_reacted")
    reactions.append({"name": arguments["name"], "users": [workspace.bot_user_id], "count": 1})
    workspace.changed()
    return {"ok": True}


def set_status(workspace: Workspace, arguments: Json) -> Json:
    """assistant.threads.setStatus; an empty status clears the line."""
    channel = joined_channel(workspace, arguments["channel_id"])
    key = (channel.id, arguments["thread_ts"])
    if arguments["status"]:
        workspace.statuses[key] = Status(arguments["status"], workspace.now() + STATUS_SECONDS)
    else:
        workspace.statuses.pop(key, None)
    workspace.changed()
    return {"ok": True}


def set_prompts(workspace: Workspace, arguments: Json) -> Json:
    """assistant.threads.setSuggestedPrompts; without a thread they stand above the conversation."""
    channel = joined_channel(workspace, arguments["channel_id"])
    if len(arguments["prompts"]) > 4:
        raise Failed("invalid_arguments", ("[ERROR] no more than 4 items allowed [json-pointer:/prompts]",))
    workspace.prompts[channel.id] = arguments["prompts"]
    workspace.changed()
    return {"ok": True}


def answer_response_url(workspace: Workspace, token: str, arguments: Json) -> Json:
    """Do what a post to a response_url asks: answer, replace or delete the message acted upon. Raises Failed."""
    try:
        address = workspace.tickets.use_response(token)
    except Refused as refused:
        raise Failed(refused.code) from None
    channel = workspace.channels[address.channel_id]
    original = workspace.find(channel.id, address.message_ts) if address.message_ts else None
    if arguments.get("delete_original") is True:
        if original is not None:
            workspace.delete(channel, original)
        return {"ok": True}
    say(workspace, address.channel_id, address.user_id, arguments, original)
    return {"ok": True}


def say(workspace: Workspace, channel_id: str, user_id: str, arguments: Json, original: Json | None = None) -> None:
    """Put the answer to something a person did into their channel; only they see it unless it is `in_channel`.

    Raises Failed.
    """
    sound_message(arguments)
    channel = workspace.channels[channel_id]
    blocks = as_kept(workspace, arguments.get("blocks"))
    text = arguments.get("text") or ""
    if original is not None and arguments.get("replace_original") is True:
        workspace.change(channel, original, text, workspace.bot_id, blocks=blocks)
        return
    thread_ts = arguments.get("thread_ts") or (original or {}).get("thread_ts")
    only_for = None if arguments.get("response_type") == "in_channel" else user_id
    workspace.post(channel, workspace.bot_user_id, text, thread_ts=thread_ts, blocks=blocks, _only_for=only_for)


def public(message: Json) -> Json:
    """Return a copy of a message without what only the workspace keeps."""
    return {name: deepcopy(value) for name, value in message.items() if not name.startswith("_")}


def _sound_metadata(metadata: Json | None) -> None:
    if metadata is None:
        return
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise Failed("invalid_metadata_format")


CHAT_METHODS: dict[str, Callable[[Workspace, Json], Json]] = {
    "assistant.threads.setStatus": set_status,
    "assistant.threads.setSuggestedPrompts": set_prompts,
    "chat.delete": delete,
    "chat.getPermalink": permalink,
    "chat.postEphemeral": post_ephemeral,
    "chat.postMessage": post_message,
    "chat.update": update,
    "reactions.add": add_reaction,
}
