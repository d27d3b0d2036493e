"""Owns modals and home pages: the views.* methods, and what a submission's answer does to the stack."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from bot.trial.access import Failed, as_kept, known_user, sound_view
from bot.trial.tickets import Refused
from bot.trial.workspace import Json, OpenView, Workspace

MOST_VIEWS = 3


def open_view(workspace: Workspace, arguments: Json) -> Json:
    """views.open."""
    user_id = _whose(workspace, arguments)
    sound_view(arguments["view"])
    opened = OpenView(_body(workspace, arguments["view"]))
    workspace.views[user_id] = [opened]
    workspace.changed()
    return {"ok": True, "view": deepcopy(opened.body)}


def push_view(workspace: Workspace, arguments: Json) -> Json:
    """views.push: at most three on a stack."""
    user_id = _whose(workspace, arguments)
    sound_view(arguments["view"])
    return {"ok": True, "view": deepcopy(_push(workspace, user_id, arguments["view"]).body)}


def update_view(workspace: Workspace, arguments: Json) -> Json:
    """views.update, by view_id or external_id."""
    sound_view(arguments["view"])
    for stack in workspace.views.values():
        for opened in stack:
            if arguments.get("view_id") == opened.body["id"] or (
                arguments.get("external_id") and arguments["external_id"] == opened.body["external_id"]
            ):
                _sound_hash(opened.body, arguments.get("hash"))
                _replace(workspace, opened, arguments["view"])
                return {"ok": True, "view": deepcopy(opened.body)}
    raise Failed("not_found")


def publish_view(workspace: Workspace, arguments: Json) -> Json:
    """views.publish."""
    user = known_user(workspace, arguments["user_id"])
    if arguments["view"].get("type") != "home":
        raise Failed("invalid_arguments", ("[ERROR] must be a home view [json-pointer:/view/type]",))
    sound_view(arguments["view"])
    before = workspace.homes.get(user.id)
    if before is not None:
        _sound_hash(before, arguments.get("hash"))
    view = _body(workspace, arguments["view"], before)
    workspace.homes[user.id] = view
    workspace.changed()
    return {"ok": True, "view": deepcopy(view)}


def act_on_submission(workspace: Workspace, user_id: str, answer: dict[str, Any]) -> None:
    """Do what the answer to a submission says; an empty one closes the view. Raises Failed."""
    stack = workspace.views[user_id]
    if not stack:
        return
    match answer.get("response_action"):
        case None:
            stack.pop()
        case "clear":
            stack.clear()
        case "errors":
            fields = {block["block_id"] for block in stack[-1].body["blocks"] if block["type"] == "input"}
            if not answer.get("errors") or set(answer["errors"]) - fields:
                raise Failed("invalid_arguments", ("[ERROR] errors must name input blocks [json-pointer:/errors]",))
            stack[-1].errors = dict(answer["errors"])
        case "update":
            sound_view(answer["view"])
            _replace(workspace, stack[-1], answer["view"])
        case "push":
            sound_view(answer["view"])
            _push(workspace, user_id, answer["view"])
        case other:
            raise Failed("invalid_arguments", (f"[ERROR] unknown response_action {other}",))
    workspace.changed()


def _whose(workspace: Workspace, arguments: Json) -> str:
    if arguments["view"].get("type") != "modal":
        raise Failed("invalid_arguments", ("[ERROR] must be a modal view [json-pointer:/view/type]",))
    if not arguments.get("trigger_id"):
        raise Failed("invalid_arguments", ("[ERROR] missing required field: trigger_id",))
    try:
        return workspace.tickets.use_trigger(arguments["trigger_id"])
    except Refused as refused:
        raise Failed(refused.code) from None


def _push(workspace: Workspace, user_id: str, view: Json) -> OpenView:
    stack = workspace.views[user_id]
    if not stack:
        raise Failed("not_found")
    if len(stack) >= MOST_VIEWS:
        raise Failed("push_limit_reached")
    opened = OpenView(_body(workspace, view))
    opened.body |= {"previous_view_id": stack[-1].body["id"], "root_view_id": stack[0].body["id"]}
    stack.append(opened)
    workspace.changed()
    return opened


def _replace(workspace: Workspace, opened: OpenView, view: Json) -> None:
    opened.body = _body(workspace, view, opened.body)
    opened.errors = {}
    workspace.changed()


def _sound_hash(view: Json, given: str | None) -> None:
    if given and given != view["hash"]:
        raise Failed("hash_conflict")


def _body(workspace: Workspace, view: Json, before: Json | None = None) -> Json:
    """Return a view as Slack keeps it; one that takes another's place keeps its id."""
    view_id = before["id"] if before else workspace.new_id("V")
    body: Json = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "submit": None}
    body |= {"close": None, "notify_on_close": False, "clear_on_close": False} | deepcopy(view)
    body["blocks"] = as_kept(workspace, body["blocks"])
    return body | {
        "id": view_id,
        "team_id": workspace.team_id,
        "state": {"values": {}},
        "hash": f"{int(workspace.now())}.{workspace.new_id('', 8)}",
        "previous_view_id": before["previous_view_id"] if before else None,
        "root_view_id": before["root_view_id"] if before else view_id,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot_id,
    }


VIEW_METHODS: dict[str, Callable[[Workspace, Json], Json]] = {
    "views.open": open_view,
    "views.publish": publish_view,
    "views.push": push_view,
    "views.update": update_view,
}
