"""Owns what Web API methods share: how one refuses, which channel and user it may touch, whether blocks are sound."""

from copy import deepcopy
from typing import Any

from bot.trial.block_rules import faults_in_message
from bot.trial.shapes import Fault
from bot.trial.view_rules import faults_in_view
from bot.trial.workspace import Channel, Json, User, Workspace

MOST_WHEN_UPDATED = 4_000


class Failed(Exception):
    """A method refuses; `code` is Slack's error, `messages` say where in the arguments."""

    def __init__(self, code: str, messages: tuple[str, ...] = (), faults: tuple[Fault, ...] = (), **more: Any) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages or tuple(f"[ERROR] {fault.message}" for fault in faults)
        self._faults = faults
        self._more = more

    def answer(self) -> Json:
        """Return the body of the refusal."""
        answer: Json = {"ok": False, "error": self.code} | self._more
        if self._faults:
            answer["errors"] = [fault.message for fault in self._faults]
        if self.messages:
            answer["response_metadata"] = {"messages": list(self.messages)}
        return answer


def known_channel(workspace: Workspace, channel_id: str) -> Channel:
    """Return a channel the app may know of: any public one, others as a member. Raises Failed."""
    channel = workspace.channels.get(channel_id)
    if channel is None or not (channel.kind == "public" or workspace.is_member(workspace.bot_user_id, channel)):
        raise Failed("channel_not_found")
    return channel


def joined_channel(workspace: Workspace, channel_id: str) -> Channel:
    """Return a channel the app is a member of. Raises Failed."""
    channel = known_channel(workspace, channel_id)
    if not workspace.is_member(workspace.bot_user_id, channel):
        raise Failed("not_in_channel")
    return channel


def channel_to_write_in(workspace: Workspace, channel_id: str) -> Channel:
    """Return the channel to post to; the id of a person stands for the conversation with them. Raises Failed."""
    user = workspace.users.get(channel_id)
    if user is not None and not user.is_bot:
        return workspace.open_dm(user.id)
    channel = joined_channel(workspace, channel_id)
    if channel.is_archived:
        raise Failed("is_archived")
    return channel


def known_user(workspace: Workspace, user_id: str) -> User:
    """Return a user. Raises Failed."""
    if user_id not in workspace.users:
        raise Failed("user_not_found")
    return workspace.users[user_id]


def own_message(workspace: Workspace, channel: Channel, ts: str, otherwise: str) -> Json:
    """Return a message of the app that everybody sees; `otherwise` is the error for one of somebody else.

    Raises Failed.
    """
    message = workspace.find(channel.id, ts)
    if message is None or "_only_for" in message:
        raise Failed("message_not_found")
    if message["user"] != workspace.bot_user_id:
        raise Failed(otherwise)
    return message


def sound_message(arguments: Json, most_characters: int | None = None) -> None:
    """Check text and blocks of a message. Raises Failed."""
    if most_characters is not None and len(arguments.get("text") or "") > most_characters:
        raise Failed("msg_too_long")
    if faults := faults_in_message(arguments):
        raise Failed(faults[0].code, faults=tuple(faults))


def sound_view(view: Json) -> None:
    """Check a view. Raises Failed."""
    if faults := faults_in_view(view):
        raise Failed(faults[0].code, faults=tuple(faults))


def as_kept(workspace: Workspace, blocks: list[Json] | None) -> list[Json] | None:
    """Return a copy of blocks as Slack keeps them: with an id on every block and element, defaults written out."""
    if blocks is None:
        return None
    kept = deepcopy(blocks)
    for block in kept:
        block.setdefault("block_id", workspace.new_id("", 5))
        if block["type"] == "input":
            block.setdefault("optional", False)
            block.setdefault("dispatch_action", False)
        for element in [*block.get("elements", []), block.get("element"), block.get("accessory")]:
            if isinstance(element, dict) and block["type"] in ("actions", "section", "input", "context_actions"):
                element.setdefault("action_id", workspace.new_id("", 5))
        _write_out(block)
    return kept


def _write_out(part: Any) -> None:
    if isinstance(part, list):
        for item in part:
            _write_out(item)
    elif isinstance(part, dict):
        if part.get("type") == "plain_text":
            part.setdefault("emoji", True)
        for value in part.values():
            _write_out(value)
