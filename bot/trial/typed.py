"""Owns how what a person types becomes Slack's text and rich text: mentions, channels and links."""

import re
from collections.abc import Iterable
from typing import Any

from bot.trial.workspace import Workspace

Json = dict[str, Any]

_ENTITY = re.compile(r"<(@[UW]\w+|#C\w+(?:\|[^<>]*)?|!here|!channel|!everyone|https?://[^\s<>|]+(?:\|[^<>]*)?)>")
_TYPED = re.compile(r"(?<![\w@])@(?P<person>[\w.-]+)|(?<![\w#])#(?P<channel>[\w-]+)|(?P<link>https?://[^\s<>]+)")


def wire_text(workspace: Workspace, typed: str) -> str:
    """Return the text Slack sends: `@coach` and `#general` as ids, links in brackets, & < > escaped.

    What already is an entity, such as <@U1>, stays.
    """
    pieces = _ENTITY.split(typed)
    return "".join(
        f"<{piece}>" if index % 2 else _with_entities(workspace, _escaped(piece)) for index, piece in enumerate(pieces)
    )


def rich_text(workspace: Workspace, text: str) -> list[Json]:
    """Return the rich_text block Slack makes of a text; `text` is as wire_text returns it."""
    elements = [_element(piece, bool(index % 2)) for index, piece in enumerate(_ENTITY.split(text)) if piece]
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": workspace.new_id("", 5), "elements": [section]}]


def mentioned(text: str) -> Iterable[str]:
    """Return the ids of the users a text mentions."""
    return re.findall(r"<@([UW]\w+)(?:\|[^<>]*)?>", text)


def _with_entities(workspace: Workspace, text: str) -> str:
    people = {user.name.lower(): user.id for user in workspace.users.values()}
    channels = {channel.name: channel.id for channel in workspace.channels.values() if channel.kind != "im"}

    def entity(match: re.Match[str]) -> str:
        if name := match["person"]:
            known = name.rstrip(".-")
            if user_id := people.get(known.lower()):
                return f"<@{user_id}>{name[len(known) :]}"
            return f"<!{name}>" if name in ("here", "channel", "everyone") else match[0]
        if name := match["channel"]:
            return f"<#{channels[name]}|{name}>" if name in channels else match[0]
        return f"<{match['link']}>"

    return _TYPED.sub(entity, text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """Return a text as a person reads it, entities left alone."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _element(piece: str, is_entity: bool) -> Json:
    if not is_entity:
        return {"type": "text", "text": unescaped(piece)}
    target, _, label = piece.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!"):
        return {"type": "broadcast", "range": target[1:]}
    return {"type": "link", "url": target} | ({"text": label} if label else {})
