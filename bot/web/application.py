"""Owns the one web application: the gateways' routes, and whether Coach lives and is ready."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from aiohttp import web

MAX_BODY_BYTES = 1_000_000


class Gateway(Protocol):
    """The way in from one chat platform."""

    async def start(self) -> None:
        """Take what comes. Raises Refusal, or NotReady while the platform cannot be reached."""

    async def stop(self) -> None:
        """Take nothing more, and finish what was begun."""

    def routes(self) -> list[web.RouteDef]:
        """Return the routes it answers on."""

    def reasons(self) -> list[str]:
        """Return why it is not ready, each a constant sentence; empty when it is."""

    def warnings(self) -> list[str]:
        """Return what will stop it soon, each a sentence that says what to do."""


def make_application(gateways: Iterable[Gateway], readiness: Callable[[], Sequence[str]]) -> web.Application:
    """Return the application that answers for all of Coach.

    `readiness` returns why the rest is not ready, each a constant sentence; it runs in a thread and may ask SQL.
    """
    doors = list(gateways)

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_: web.Request) -> web.Response:
        reasons = [reason for door in doors for reason in door.reasons()]
        reasons = list(dict.fromkeys([*reasons, *await asyncio.to_thread(readiness)]))
        warnings = [warning for door in doors for warning in door.warnings()]
        status = {"status": "not ready" if reasons else "ready", "reasons": reasons}
        if warnings:
            status["warnings"] = warnings
        return web.json_response(status, status=503 if reasons else 200)

    application = web.Application(client_max_size=MAX_BODY_BYTES)
    application.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz)])
    for door in doors:
        application.add_routes(door.routes())
    return application
