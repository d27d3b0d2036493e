"""Owns what each Web API method takes: its arguments, the scope it needs and how often it may be called."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

TIERS = {"1": 1, "2": 20, "3": 50, "4": 100}
STATUS_CALLS, POSTS, UNPUBLISHED = 600, 200, 600


@dataclass(frozen=True)
class Method:
    """One method: argument types by name, the required ones, the scope, and calls allowed a minute.

    `scope` may hold {kind}, which stands for the kind of the channel named: channels, groups or im.
    """

    arguments: Mapping[str, str]
    required: frozenset[str]
    scope: str
    calls_per_minute: int
    takes_app_token: bool = False


def _method(arguments: str, scope: str, calls_per_minute: int, takes_app_token: bool = False) -> Method:
    types, required = {}, set()
    for word in arguments.split():
        name, _, type_ = word.rstrip("!").partition(":")
        types[name] = type_ or "string"
        if word.endswith("!"):
            required.add(name)
    return Method(types, frozenset(required), scope, calls_per_minute, takes_app_token)


_MESSAGE = " text blocks:json attachments:json as_user:boolean link_names:boolean parse markdown_text"
_LOOKS = " username icon_emoji icon_url"
_PAGED = " cursor limit:number"
_READING = " include_all_metadata:boolean inclusive:boolean latest oldest" + _PAGED
_SAYING = " metadata:json thread_ts reply_broadcast:boolean mrkdwn:boolean unfurl_links:boolean unfurl_media:boolean"

# The argument names, scopes and tiers of Slack's method pages, May 2026; a word with ! is required.
METHODS: dict[str, Method] = {
    "api.test": _method("error foo", "", TIERS["4"]),
    "apps.connections.open": _method("", "connections:write", TIERS["3"], takes_app_token=True),
    "assistant.threads.setStatus": _method(
        "channel_id! thread_ts! status! loading_messages:list" + _LOOKS, "chat:write", STATUS_CALLS
    ),
    "assistant.threads.setSuggestedPrompts": _method(
        "channel_id! prompts:list! thread_ts title", "assistant:write", TIERS["4"]
    ),
    "auth.test": _method("", "", UNPUBLISHED),
    "bots.info": _method("bot team_id", "users:read", TIERS["3"]),
    "chat.delete": _method("channel! ts! as_user:boolean", "chat:write", TIERS["3"]),
    "chat.getPermalink": _method("channel! message_ts!", "", UNPUBLISHED),
    "chat.postEphemeral": _method("channel! user! thread_ts" + _MESSAGE + _LOOKS, "chat:write", TIERS["4"]),
    "chat.postMessage": _method("channel!" + _MESSAGE + _LOOKS + _SAYING, "chat:write", POSTS),
    "chat.update": _method(
        "channel! ts! metadata:json reply_broadcast:boolean file_ids:list" + _MESSAGE, "chat:write", TIERS["3"]
    ),
    "conversations.history": _method("channel!" + _READING, "{kind}:history", TIERS["3"]),
    "conversations.info": _method(
        "channel! include_locale:boolean include_num_members:boolean", "{kind}:read", TIERS["3"]
    ),
    "conversations.list": _method("types exclude_archived:boolean team_id" + _PAGED, "channels:read", TIERS["2"]),
    "conversations.members": _method("channel!" + _PAGED, "{kind}:read", TIERS["4"]),
    "conversations.open": _method("channel users return_im:boolean prevent_creation:boolean", "im:write", TIERS["3"]),
    "conversations.replies": _method("channel! ts!" + _READING, "{kind}:history", TIERS["3"]),
    "dnd.info": _method("user team_id", "dnd:read", TIERS["3"]),
    "dnd.teamInfo": _method("users! team_id", "dnd:read", TIERS["2"]),
    "files.completeUploadExternal": _method(
        "files:json! channel_id channels thread_ts initial_comment blocks:json", "files:write", TIERS["4"]
    ),
    "files.getUploadURLExternal": _method("filename! length:number! alt_txt snippet_type", "files:write", TIERS["4"]),
    "reactions.add": _method("channel! name! timestamp!", "reactions:write", TIERS["3"]),
    "team.info": _method("team domain", "team:read", TIERS["3"]),
    "users.info": _method("user! include_locale:boolean", "users:read", TIERS["4"]),
    "users.list": _method("include_locale:boolean team_id" + _PAGED, "users:read", TIERS["2"]),
    "users.lookupByEmail": _method("email!", "users:read.email", TIERS["3"]),
    "views.open": _method("view:json! trigger_id interactivity_pointer", "", TIERS["4"]),
    "views.publish": _method("user_id! view:json! hash", "", TIERS["4"]),
    "views.push": _method("view:json! trigger_id interactivity_pointer", "", TIERS["4"]),
    "views.update": _method("view:json! view_id external_id hash", "", TIERS["4"]),
}


# Bolt's client adds it to every call; it only means something in an organisation of several workspaces.
_ANYWHERE = {"team_id"}


class InvalidArguments(Exception):
    """Arguments the method does not take; `messages` say which, worded as Slack does."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("invalid_arguments")
        self.messages = messages


def read_arguments(method: Method, given: Mapping[str, Any]) -> Json:
    """Return the arguments with their types; a form carries numbers, booleans and JSON as text.

    Raises InvalidArguments.
    """
    known = method.arguments.keys() | _ANYWHERE
    faults = [f"[ERROR] unknown argument: {name}" for name in given if name not in known]
    faults += [
        f"[ERROR] missing required field: {name}" for name in sorted(method.required) if given.get(name) in (None, "")
    ]
    read: Json = {}
    for name, value in given.items():
        if name not in method.arguments or value is None:
            continue
        try:
            read[name] = _READERS[method.arguments[name]](value)
        except (ValueError, TypeError, KeyError):
            faults.append(f"[ERROR] must be a {method.arguments[name]} [json-pointer:/{name}]")
    if faults:
        raise InvalidArguments(faults)
    return read


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "True": True, "0": False, "false": False, "False": False, "": False}[str(value)]


def _number(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError
    return int(value)


def _json(value: Any) -> Any:
    read = json.loads(value) if isinstance(value, str) else value
    if not isinstance(read, (list, dict)):
        raise TypeError
    return read


def _list(value: Any) -> list[Any]:
    if isinstance(value, str):
        value = json.loads(value) if value.startswith("[") else value.split(",")
    if not isinstance(value, list):
        raise TypeError
    return value


_READERS = {"string": _string, "boolean": _boolean, "number": _number, "json": _json, "list": _list}
