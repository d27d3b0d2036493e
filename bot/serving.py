"""Owns one running process of Coach: the web application, the workers and the clock, or some of them."""

import asyncio
import random
import secrets
import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, cast

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from bot.app import App
from bot.clock import Clock
from bot.company import stored_company
from bot.handlers import tracks
from bot.handlers.forms import Forms
from bot.handlers.request import new_id
from bot.logs import log_bug
from bot.messages import Platform
from bot.queue import is_stopped, sweep
from bot.router import Router
from bot.slack.body import PLATFORM as SLACK
from bot.slack.gateway import REMOVED, SlackGateway
from bot.tables import METADATA
from bot.ticking import plan_warnings, tick
from bot.web.application import Gateway, make_application
from bot.web.pages import PAGES
from bot.web.pages_door import PagesDoor
from bot.web.work_door import WorkDoor
from bot.worker import Workers
from coach.tables import AskedQuestion
from metrics.errors import NotReady, Refusal
from metrics.privacy import sweep_expired

if TYPE_CHECKING:
    from bot.teams.send import TeamsPlatform

STOP_WITHIN_SECONDS = 10
SWEEP_EVERY_TICKS = 240
# A sale is followed by its lesson within minutes. Planning again changes nothing, so every clock may do it.
PLAN_EVERY = timedelta(minutes=2)

LOADING = "The SOPs and the language model are still being loaded."
FAILED_TO_LOAD = "The SOPs or the language model could not be loaded."
# Sending found out that Coach may speak there no more.
STOPPED = {
    SLACK: REMOVED,
    "teams": "Microsoft refuses this Teams bot: make a new client secret or install the bot again, and restart Coach.",
}
NO_DATABASE = "The database cannot be read."
NOT_APPLIED = "No company has been applied, or the database is of another version. Run coach apply."

log = structlog.get_logger()


class Part(StrEnum):
    """What a process of Coach can do."""

    WEB = "web"
    WORKER = "worker"
    CLOCK = "clock"


EVERY_PART = frozenset(Part)


class Serving:
    """One process of Coach; with embedded defaults it must be the only one and do everything."""

    def __init__(self, app: App, parts: Collection[Part] = EVERY_PART) -> None:
        self._app = app
        self._parts = frozenset(parts)
        self._held = ExitStack()
        self._runner: web.AppRunner | None = None
        self._loading: str | None = LOADING if Part.WORKER in self._parts else None
        self._ticks = 0
        self._planned_at: datetime | None = None
        self._rng = random.SystemRandom()
        self._closed: list[Gateway] = []
        self._loop: asyncio.AbstractEventLoop
        self._warned_on: date | None = None
        self._platforms = app.platforms()
        router = Router(app, self._platforms)
        self._workers = Workers(app.database, self._platforms, router, app.now, jitter=random.random)
        self._clock = Clock(self._tick, lambda error: log_bug("tick_failed", error, secrets.token_hex(4)))
        self._gateways = [self._gateway_of(platform) for platform in self._platforms.values()]
        self.port = app.settings.port

    async def start(self) -> None:
        """Check what is needed, listen, then load what answers need and begin to work.

        Raises Refusal for settings that cannot work, NotReady before the first apply or while Slack is away.
        """
        self._check_settings()
        self._app.database.check_schema()
        if Part.WORKER in self._parts:
            index = self._held.enter_context(self._app.owned_index())
            if index is None:
                raise Refusal("Another process answers from this data folder. Stop it, or set COACH_HOME to another.")
            self._app.use_index(index)
        if Part.WEB in self._parts:
            await self._open_doors()
            await self._listen()
        if Part.WORKER in self._parts:
            await asyncio.get_running_loop().run_in_executor(None, self._load)
            self._workers.start()
        if Part.CLOCK in self._parts:
            self._clock.start()
        log.info("serving", parts=sorted(self._parts), port=self.port)

    async def _open_doors(self) -> None:
        """Start every gateway; one whose platform is away is tried again by the clock, while another one is open."""
        self._loop = asyncio.get_running_loop()
        for gateway in self._gateways:
            try:
                await gateway.start()
            except NotReady:
                is_last_hope = gateway is self._gateways[-1] and len(self._closed) == len(self._gateways) - 1
                if Part.CLOCK not in self._parts or is_last_hope:
                    raise
                log.error("platform_away_at_start", gateway=type(gateway).__name__)
                self._closed.append(gateway)

    def _try_closed_doors(self) -> None:
        for gateway in list(self._closed):
            try:
                asyncio.run_coroutine_threadsafe(gateway.start(), self._loop).result()
            except NotReady:
                continue
            self._closed.remove(gateway)

    async def stop(self) -> bool:
        """Stop taking things in, finish what is being done within 10 seconds; False when something was left."""
        loop = asyncio.get_running_loop()
        if Part.CLOCK in self._parts:
            await loop.run_in_executor(None, self._clock.stop)
        if self._runner is not None:
            await self._runner.cleanup()
        if Part.WEB in self._parts:
            for gateway in self._gateways:
                await gateway.stop()
        is_done = await loop.run_in_executor(None, self._workers.stop, STOP_WITHIN_SECONDS)
        for platform in self._platforms.values():
            platform.close()
        self._held.close()
        return is_done

    def reasons(self) -> list[str]:
        """Return why this process is not ready, each a constant sentence; empty when it is."""
        reasons = [self._loading] if self._loading else []
        try:
            self._app.database.check_schema()
            with self._app.database.session() as session:
                # Sending may have found out what Slack never said, or said to another process.
                reasons += [STOPPED[name] for name in self._platforms if is_stopped(session, name)]
        except NotReady:
            reasons.append(NOT_APPLIED)
        except SQLAlchemyError:
            reasons.append(NO_DATABASE)
        return [*reasons, *(reason for gateway in self._gateways for reason in gateway.reasons())]

    def drain(self, within_seconds: float = 30) -> bool:
        """Wait until everything that came in was handled and sent; False when something still waits."""
        return self._workers.drain(within_seconds)

    def tick(self) -> None:
        """Do now what the clock does every few seconds."""
        self._tick()

    def _check_settings(self) -> None:
        settings = self._app.settings
        if not self._platforms:
            raise Refusal(
                "No chat platform is set up. For Slack set SLACK_BOT_TOKEN, and either SLACK_APP_TOKEN (Socket Mode) "
                "or SLACK_SIGNING_SECRET (HTTP); for Teams TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID. "
                "docs/slack.md and docs/teams.md say where to find them. To try Coach without either: make trial."
            )
        is_shared = settings.database_url is not None and not self._app.database.is_sqlite and settings.chroma_url
        if self._parts != EVERY_PART and not is_shared:
            raise Refusal(
                "Separate web, worker and clock processes need PostgreSQL (COACH_DATABASE_URL) and a Chroma server "
                "(COACH_CHROMA_URL). On one machine run `coach serve` alone: it does everything."
            )

    def _gateway_of(self, platform: Platform) -> Gateway:
        app = self._app
        forms = Forms(platform.capabilities().hears_threads)
        given = (app.settings, app.database, forms, self._workers.wake, app.now)
        if platform.name == SLACK:
            return SlackGateway(*given)
        from bot.teams.gateway import TeamsGateway

        return TeamsGateway(*given, cast("TeamsPlatform", platform))

    def _work_door(self) -> Gateway:
        settings = self._app.settings
        secrets_by_source = {
            "own": settings.work_events_secret,
            "zendesk": settings.zendesk_secret,
            "hubspot": settings.hubspot_secret,
            "jira": settings.jira_secret,
        }
        return WorkDoor(secrets_by_source, settings.public_url, self._app.database, self._app.now)

    async def _listen(self) -> None:
        # Asked each time: the trial learns its own address only once it listens.
        pages = PagesDoor(lambda: self._app.settings.public_url, self._app.database, self._app.now, PAGES)
        doors = [*self._gateways, self._work_door(), pages]
        self._runner = web.AppRunner(make_application(doors, self.reasons), access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._app.settings.host, self._app.settings.port)
        try:
            await site.start()
        except OSError as error:
            address = f"{self._app.settings.host}:{self._app.settings.port}"
            raise Refusal(f"Coach cannot listen on {address} ({error.strerror}). Set COACH_PORT to another.") from None
        self.port = self._runner.addresses[0][1]

    def _load(self) -> None:
        try:
            self._app.get_ready()
        except Exception:
            self._loading = FAILED_TO_LOAD
            raise
        self._loading = None

    def _warn(self, now: datetime) -> None:
        if self._warned_on != now.date():
            self._warned_on = now.date()
            for warning in [warning for gateway in self._gateways for warning in gateway.warnings()]:
                log.warning("stops_soon", warning=warning)

    def _tick(self) -> None:
        self._try_closed_doors()
        now = self._app.now()
        is_sweeping = self._ticks % SWEEP_EVERY_TICKS == 0
        # Counted first: a sweep that fails must not keep lessons from going out at the next tick.
        self._ticks += 1
        if is_sweeping:
            self._warn(now)
            with self._app.database.transaction() as session:
                sweep(session, now)
                days = {AskedQuestion.__tablename__: stored_company(session).privacy.question_text_days}
                sweep_expired(session, METADATA, now, days)
            with self._app.database.transaction() as session:
                tracks.sweep(session, now)
            plan_warnings(self._app.database, now)
        is_planning = self._planned_at is None or not timedelta() <= now - self._planned_at < PLAN_EVERY
        tick(self._app.database, self._platforms, now, new_id, self._rng, is_planning, self._workers.wake)
        self._planned_at = now if is_planning else self._planned_at


@contextmanager
def serving_in_thread(serving: Serving) -> Iterator[Serving]:
    """Run a process of Coach on an event loop in a thread of its own, and stop it on leaving."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="coach-serving", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(serving.start(), loop).result()
        yield serving
    finally:
        asyncio.run_coroutine_threadsafe(serving.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
