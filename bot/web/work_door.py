"""The one door for what happens in the work: signed, and safe to knock at twice."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from bot.database import Database
from bot.web.work_adapters import ADAPTERS, Call
from lessons.appointments import note_appointments
from metrics.work_intake import Intake, WorkReport, take

MOST_REPORTS = 500
PATH = "/work-events"

log = structlog.get_logger()


def take_reports(database: Database, source: str, reports: list[WorkReport], now: datetime) -> Intake:
    """Store reports of the work in one transaction, and what lies ahead as appointments."""
    with database.transaction() as session:
        intake = take(session, source, reports, now)
        note_appointments(session, intake.stored, now)
        return intake


class WorkDoor:
    """Answers POST /work-events (our own form) and /work-events/zendesk, /hubspot and /jira; a bot.web Gateway.

    Only sources with a secret have a door. `public_url` is Coach's address as others see it, which HubSpot signs.
    200 means stored: the body says how many were new, known before, and not taken, with reasons.
    """

    def __init__(
        self,
        secrets: Mapping[str, SecretStr | None],
        public_url: str | None,
        database: Database,
        now: Callable[[], datetime],
    ) -> None:
        self._secrets = {name: secret for name, secret in secrets.items() if secret is not None}
        self._public_url = public_url
        self._database = database
        self._now = now

    async def start(self) -> None:
        """Take what comes."""

    async def stop(self) -> None:
        """Nothing was begun that is not finished with its answer."""

    def routes(self) -> list[web.RouteDef]:
        """Return one route a source."""
        return [web.post(PATH if name == "own" else f"{PATH}/{name}", self._take) for name in self._secrets]

    def reasons(self) -> list[str]:
        """Return why it is not ready: nothing ever keeps it."""
        return []

    def warnings(self) -> list[str]:
        """Return what will stop it soon: nothing."""
        return []

    async def _take(self, request: web.Request) -> web.Response:
        source = request.path.removeprefix(PATH).strip("/") or "own"
        adapter, secret = ADAPTERS[source], self._secrets[source]
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        url = f"{self._public_url.rstrip('/')}{request.path_qs}" if self._public_url else str(request.url)
        if not adapter.is_genuine(
            Call(request.method, url, headers, body, self._now()), secret.get_secret_value().encode()
        ):
            log.warning("work_event_forged", source=source)
            return _said(401, "The signature is not right, or more than 5 minutes old. Sign it with the shared secret.")
        try:
            reports, unread = adapter.read(json.loads(body))
        except (ValueError, RecursionError):
            return _said(400, "The body is not JSON. Send one object, or a list of them.")
        if unread and not reports:
            return _said(400, unread[0])
        if len(reports) > MOST_REPORTS:
            return _said(413, f"{len(reports)} reports came at once; {MOST_REPORTS} may. Send them in parts.")
        try:
            intake = await asyncio.to_thread(take_reports, self._database, source, reports, self._now())
        except SQLAlchemyError:
            log.exception("work_event_not_stored", source=source, exc_info=False)
            return _said(503, "The database cannot be written now. Send it again later.")
        refused = [*unread, *intake.refused]
        log.info("work_events", source=source, new=len(intake.stored), known=intake.known, refused=len(refused))
        found = {"new": len(intake.stored), "known": intake.known, "refused": refused}
        return web.json_response(found)


def _said(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
