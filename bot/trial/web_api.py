"""Owns the app's way in: the Web API's front, checked in Slack's order, and posts to response_urls."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.trial.access import Failed
from bot.trial.chat_methods import CHAT_METHODS, answer_response_url
from bot.trial.contract import METHODS, InvalidArguments, Method, read_arguments
from bot.trial.file_methods import FILE_METHODS, take_upload
from bot.trial.limits import Limits
from bot.trial.read_methods import READ_METHODS
from bot.trial.view_methods import VIEW_METHODS
from bot.trial.workspace import Call, Json, Rejection, Workspace

HANDLERS = CHAT_METHODS | FILE_METHODS | READ_METHODS | VIEW_METHODS
# What the app did wrong, as against what the workspace could not do.
APP_MISTAKES = {
    "invalid_arguments",
    "invalid_attachments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_metadata_format",
    "invalid_post_type",
    "missing_scope",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "not_allowed_token_type",
    "too_many_attachments",
    "unknown_method",
    "view_too_large",
}


@dataclass(frozen=True)
class Fault:
    """Something to go wrong with one call.

    `kind`: "429", "500" and "reset" come before the call is done; "timeout_after_accept", "reset_after_accept" and
    "malformed" after; anything else is an error code to answer with. `retry_after` in seconds, None for no header.
    """

    kind: str
    retry_after: int | None = None


FaultSource = Callable[[str, Json], Fault | str | None]


class WebApi:
    """Answers Web API calls and posts to response_urls from one workspace.

    `origin` is where sockets and answers come back to, such as http://127.0.0.1:8765; set once it listens.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.faults: FaultSource | None = None
        self.origin = ""
        self._limits = Limits(workspace.now)
        self._closing = asyncio.Event()

    def add_routes(self, application: web.Application) -> None:
        """Add /api/METHOD, /response/TOKEN and /upload/TOKEN."""
        application.router.add_route("*", "/api/{method}", self._call)
        application.router.add_post("/response/{token}", self._respond)
        application.router.add_post("/upload/{token}", self._upload)

    def close(self) -> None:
        """Let go of calls that were left hanging."""
        self._closing.set()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        try:
            given = await _given(request)
        except Failed as failed:
            return self._answer(name, {}, failed.answer())
        fault = self._fault(name, given)
        if fault and (refused := _before(request, fault)):
            self._note(name, given, {"ok": False, "error": f"fault_{fault.kind}"})
            return refused
        token = given.pop("token", None) or request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if fault and fault.kind not in _AFTER:
            return self._answer(name, given, {"ok": False, "error": fault.kind})
        response = self._done(name, token, given)
        if fault:
            return await self._after(request, fault)
        return response

    def _done(self, name: str, token: str, given: Json) -> web.Response:
        with self.workspace.lock:
            try:
                method = self._allowed(name, token)
                if wait := self._wait(name, method, given):
                    return self._slow_down(name, given, wait)
                arguments = read_arguments(method, given)
                self._scoped(method, arguments)
                if name == "apps.connections.open":
                    return self._answer(name, arguments, {"ok": True, "url": self._socket_url()})
                answer = HANDLERS[name](self.workspace, arguments)
                if "upload_url" in answer:
                    answer["upload_url"] = f"{self.origin}{answer['upload_url']}"
                return self._answer(name, arguments, answer)
            except InvalidArguments as invalid:
                return self._answer(name, given, Failed("invalid_arguments", tuple(invalid.messages)).answer())
            except Failed as failed:
                return self._answer(name, given, failed.answer())

    def _allowed(self, name: str, token: str) -> Method:
        workspace = self.workspace
        method = METHODS.get(name)
        if not token and name != "api.test":
            raise Failed("not_authed")
        if token not in (workspace.bot_token, workspace.app_token) and name != "api.test":
            raise Failed("invalid_auth")
        if workspace.token_error and name != "api.test":
            raise Failed(workspace.token_error)
        if method is None:
            raise Failed("unknown_method", req_method=name)
        if name != "api.test" and (token == workspace.app_token) != method.takes_app_token:
            raise Failed("not_allowed_token_type")
        return method

    def _scoped(self, method: Method, arguments: Json) -> None:
        if not method.scope or method.takes_app_token:
            return
        channel = self.workspace.channels.get(arguments.get("channel", ""))
        kind = {"private": "groups", "im": "im"}.get(channel.kind if channel else "", "channels")
        needed = method.scope.format(kind=kind)
        if needed not in self.workspace.scopes:
            raise Failed("missing_scope", needed=needed, provided=",".join(sorted(self.workspace.scopes)))

    def _wait(self, name: str, method: Method, given: Json) -> int:
        if not self.workspace.limits_rates:
            return 0
        if name == "chat.postMessage" and (wait := self._limits.wait_for_channel(str(given.get("channel")))):
            return wait
        return self._limits.wait_for_call(name, method.calls_per_minute)

    def _socket_url(self) -> str:
        return f"{self.origin.replace('http', 'ws', 1)}/link?ticket={self.workspace.tickets.socket()}"

    def _slow_down(self, name: str, given: Json, wait_seconds: int) -> web.Response:
        answer = {"ok": False, "error": "ratelimited"}
        self._note(name, given, answer)
        return web.json_response(answer, status=429, headers={"Retry-After": str(wait_seconds)})

    def _answer(self, name: str, arguments: Json, answer: Json) -> web.Response:
        self._note(name, arguments, answer)
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(sorted(self.workspace.scopes))})

    def _note(self, name: str, arguments: Json, answer: Json) -> None:
        with self.workspace.lock:
            self.workspace.log.append(Call(name, arguments, answer, self.workspace.now()))
            if answer.get("error") in APP_MISTAKES:
                messages = tuple(answer.get("response_metadata", {}).get("messages", ()))
                self.workspace.rejections.append(Rejection(name, answer["error"], messages, arguments))

    def _fault(self, name: str, given: Mapping[str, Any]) -> Fault | None:
        found = self.faults(name, dict(given)) if self.faults else None
        return Fault(found) if isinstance(found, str) else found

    async def _after(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind == "malformed":
            return web.Response(body=b'{"ok": tr', content_type="application/json")
        if fault.kind == "timeout_after_accept":
            await self._closing.wait()
        return _cut(request)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        try:
            given = await _given(request)
        except Failed as failed:
            return self._response(400, {}, failed.answer())
        fault = self._fault("response_url", given)
        if fault and (refused := _before(request, fault)):
            self._note("response_url", given, {"ok": False, "error": f"fault_{fault.kind}"})
            return refused
        if fault and fault.kind not in _AFTER:
            return self._response(404, given, {"ok": False, "error": fault.kind})
        with self.workspace.lock:
            try:
                answer = answer_response_url(self.workspace, request.match_info["token"], given)
                response = self._response(200, given, answer)
            except Failed as failed:
                gone = failed.code.endswith("_url")
                response = self._response(404 if gone else 400, given, failed.answer())
        return await self._after(request, fault) if fault else response

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        fault = self._fault("upload_url", {})
        if fault and (refused := _before(request, fault)):
            return refused
        with self.workspace.lock:
            posted = take_upload(self.workspace, request.match_info["token"], content)
        return await self._after(request, fault) if fault else web.Response(status=posted.status, text=posted.text)

    def _response(self, status: int, given: Json, answer: Json) -> web.Response:
        self._note("response_url", given, answer)
        return web.json_response(answer, status=status)


_AFTER = {"timeout_after_accept", "reset_after_accept", "malformed"}


def _before(request: web.Request, fault: Fault) -> web.StreamResponse | None:
    if fault.kind == "429":
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
    if fault.kind == "500":
        return web.Response(status=500, text="Internal Server Error")
    return _cut(request) if fault.kind == "reset" else None


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _given(request: web.Request) -> Json:
    """Return the arguments of a call: from the query, a form or JSON; an empty JSON body is no arguments.

    Raises Failed.
    """
    given: Json = dict(request.query)
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return given | {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    body = await request.text()
    if request.content_type == "application/json":
        try:
            read = json.loads(body) if body else {}
        except ValueError:
            raise Failed("json_not_object") from None
        if not isinstance(read, dict):
            raise Failed("json_not_object")
        return given | read
    if body:
        raise Failed("invalid_post_type")
    return given
