"""Owns the trial workspace's page: its files, its JSON API, and the stream that says something changed."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.trial.deeds import DEEDS, Deed, Refused, needed
from bot.trial.human import Human, NotAnswered, NotFilled, NotVisible
from bot.trial.screen import Json, screen
from bot.trial.simulator import Simulator

STATIC = Path(__file__).parent / "static"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MARK = "X-Coach-Trial"
ANSWER_SECONDS = 6.0
HEARTBEAT_SECONDS = 15.0
COMMANDS = {"/coach": "Ask privately: only you see the answer", "/progress": "See how you are doing"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
NO_ANSWER = {
    "no_app": "Coach is not connected to this workspace.",
    "operation_timeout": "Coach did not answer within three seconds.",
}
NOTHING_LEAVES = "Nothing leaves it."
BROKEN_ANSWER = "Coach answered with something Slack would not take."

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Page:
    """The page of one trial workspace; `add_to` an application before it starts.

    `commands` are offered in the message box with a hint; the people whose ids are in `first` are offered first.
    `leaves` says what leaves this machine, where something does.
    Only this machine may look: a request must name a loopback host, and one that acts must carry the header
    X-Coach-Trial, which no other site can add.
    """

    def __init__(
        self, simulator: Simulator, commands: Mapping[str, str] = COMMANDS, first: Sequence[str] = (), leaves: str = ""
    ) -> None:
        self._simulator = simulator
        self._workspace = simulator.workspace
        self._commands = [{"name": name, "hint": hint} for name, hint in commands.items()]
        self._first = list(first)
        self._leaves = leaves
        self._version = 0
        self._listeners: set[asyncio.Event] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closing = False

    def add_to(self, application: web.Application) -> None:
        """Add the page's routes and follow the workspace as long as the application runs."""
        for path, handler in {
            "/": self._index,
            "/static/{name}": self._static,
            "/ui/file": self._file,
            "/ui/state": self._state,
            "/ui/stream": self._stream,
        }.items():
            application.router.add_get(path, self._guarded(handler), allow_head=False)
        for name, deed in DEEDS.items():
            application.router.add_post(f"/ui/{name}", self._guarded(self._acting(deed)))
        application.on_startup.append(self._follow)
        application.on_shutdown.append(self._leave)

    async def _follow(self, _: web.Application) -> None:
        self._loop = asyncio.get_running_loop()
        self._is_closing = False
        self._workspace.on_change.append(self._changed)

    async def _leave(self, _: web.Application) -> None:
        self._workspace.on_change.remove(self._changed)
        self._is_closing = True
        self._wake()

    def _changed(self) -> None:
        self._version += 1
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for listener in self._listeners:
            listener.set()

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                if _host(request) not in LOOPBACK:
                    raise Refused(403, "This page answers only on this machine.")
                return await handler(request)
            except Refused as refused:
                return _json({"error": refused.sentence}, refused.status)

        return guarded

    def _acting(self, deed: Deed) -> Handler:
        async def act(request: web.Request) -> web.StreamResponse:
            if MARK not in request.headers:
                raise Refused(403, "Only the page itself may do this.")
            body = await _body(request)
            human = self._person(needed(body, "as"))
            body["text"] = self._typed(body.get("text"))
            try:
                answer = await asyncio.to_thread(deed, human, body)
                if answer is not None:
                    # Coach may still answer when nobody waits any more
                    await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(answer)), ANSWER_SECONDS)
            except NotFilled:
                return _json({"ok": False})  # the form itself says what is missing
            except NotVisible as not_visible:
                raise Refused(409, _sentence(str(not_visible))) from None
            except NotAnswered as not_answered:
                raise Refused(504, NO_ANSWER.get(str(not_answered), BROKEN_ANSWER)) from None
            except TimeoutError:
                raise Refused(504, NO_ANSWER["operation_timeout"]) from None
            return _json({"ok": True})

        return act

    def _person(self, user_id: str) -> Human:
        user = self._workspace.users.get(user_id)
        if user is None or user.is_bot or user.deleted:
            raise Refused(404, "Nobody here has that id.")
        return Human(self._simulator, user_id)

    def _typed(self, text: object) -> str:
        """Return what was typed with full names after an @ as mentions, the longest name first."""
        if not isinstance(text, str):
            return ""
        for user in sorted(self._workspace.users.values(), key=lambda user: len(user.real_name), reverse=True):
            text = text.replace(f"@{user.real_name}", f"<@{user.id}>")
        return text

    async def _index(self, _: web.Request) -> web.StreamResponse:
        page = (STATIC / "index.html").read_text(encoding="utf-8")
        shown = page.replace(NOTHING_LEAVES, escape(self._leaves)) if self._leaves else page
        return web.Response(text=shown, content_type="text/html", headers=HEADERS)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        path = STATIC / request.match_info["name"]
        if path.suffix not in (".css", ".js") or path.parent != STATIC or not path.is_file():
            raise Refused(404, "There is no such file.")
        return web.FileResponse(path, headers=HEADERS)

    async def _state(self, request: web.Request) -> web.StreamResponse:
        version = self._version
        everyone = (user.id for user in self._workspace.users.values() if not user.is_bot and not user.deleted)
        human = self._person(request.query.get("as") or next(iter(self._first), None) or next(everyone, ""))
        shown = await asyncio.to_thread(screen, self._workspace, human)
        return _json({**shown, "first": self._first, "commands": self._commands, "version": version})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        human, upload = (
            self._person(request.query.get("as", "")),
            self._workspace.files.get(request.query.get("id", "")),
        )
        try:
            shown = human.messages(upload.channel_id) if upload and upload.channel_id else []
        except NotVisible:
            shown = []
        if upload is None or not any(file["id"] == upload.id for message in shown for file in message.get("files", [])):
            raise Refused(404, "There is no such file.")
        return web.Response(body=upload.content, content_type="application/octet-stream", headers=HEADERS)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        changed = asyncio.Event()
        changed.set()
        self._listeners.add(changed)
        try:
            while not self._is_closing:
                try:
                    await asyncio.wait_for(changed.wait(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                changed.clear()
                await response.write(f"data: {self._version}\n\n".encode())
        except ConnectionResetError:
            pass  # the reader closed the page
        finally:
            self._listeners.discard(changed)
        return response


async def _body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "The page sends JSON objects.")
    return body


def _host(request: web.Request) -> str | None:
    try:
        return urlsplit(f"//{request.host}").hostname
    except ValueError:
        return None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


def _json(value: Any, status: int = 200) -> web.Response:
    return web.json_response(value, status=status, headers=HEADERS)
