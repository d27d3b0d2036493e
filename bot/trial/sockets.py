"""Owns Socket Mode: the app's open sockets, the envelopes sent over them and their acknowledgements."""

import asyncio
import itertools
import json
from typing import Any

from aiohttp import WSMsgType, web

from bot.trial.workspace import Json, Workspace

MOST_SOCKETS = 10
WAIT_SECONDS = 0.02


class NoSocket(Exception):
    """The app has no socket open, or lost the one an envelope went over."""


class Sockets:
    """The sockets of one app; runs in one event loop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._open: list[web.WebSocketResponse] = []
        self._unacknowledged: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Any]]] = {}
        self._numbers = itertools.count()

    def add_routes(self, application: web.Application) -> None:
        """Add the address apps.connections.open gives out."""
        application.router.add_get("/link", self._link)

    @property
    def count(self) -> int:
        """How many sockets are open."""
        return len(self._open)

    async def send(self, envelope: Json) -> Any:
        """Send an envelope over the next socket, waiting for one to open; return the payload of its acknowledgement.

        Raises NoSocket when the socket goes away first.
        """
        while not self._open:
            await asyncio.sleep(WAIT_SECONDS)
        socket = self._open[next(self._numbers) % len(self._open)]
        with self._workspace.lock:
            envelope_id = self._workspace.new_id("", 32).lower()
        acknowledged: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._unacknowledged[envelope_id] = socket, acknowledged
        try:
            await socket.send_json({"envelope_id": envelope_id} | envelope)
            return await acknowledged
        except ConnectionError:
            raise NoSocket from None
        finally:
            del self._unacknowledged[envelope_id]

    async def disconnect(self, reason: str) -> None:
        """Ask the app to open new sockets (reason "warning" or "refresh_requested"), and close the old ones then."""
        for socket in list(self._open):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "trial"}})
            if reason != "warning":
                self._leave(socket)
                await socket.close()

    async def drop(self) -> None:
        """Close every socket without a word."""
        for socket in list(self._open):
            self._leave(socket)
            await socket.close()

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if not self._workspace.tickets.use_socket(request.query.get("ticket", "")):
            return web.Response(status=401)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._open) >= MOST_SOCKETS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self._open.append(socket)
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acknowledge(message.data)
        finally:
            self._leave(socket)
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "debug_info": {"host": "trial", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._workspace.app_id},
        }

    def _acknowledge(self, data: str) -> None:
        try:
            read = json.loads(data)
        except ValueError:
            return
        _, waiting = self._unacknowledged.get(read.get("envelope_id", ""), (None, None))
        if waiting is not None and not waiting.done():
            waiting.set_result(read.get("payload"))

    def _leave(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)
        for carrier, waiting in self._unacknowledged.values():
            if carrier is socket and not waiting.done():
                waiting.set_exception(NoSocket())
