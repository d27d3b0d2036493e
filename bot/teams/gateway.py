"""Owns the way in from Teams: authenticate, check the tenant, commit, acknowledge; what is pressed is answered."""

import asyncio
import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import keeping
from bot.arrivals import Arrived, Body, Ignored, Nothing, text_of
from bot.database import Database
from bot.grammar import read_wish
from bot.logs import log_bug
from bot.messages import Disconnected, Form, Kind, PlatformFault
from bot.outcome import Lane
from bot.settings import LOOPBACK, Settings
from bot.teams import render, replies, wire
from bot.teams.addresses import Reach, forget_reach, note_reach
from bot.teams.at_once import AtOnce
from bot.teams.body import PLATFORM, place_of, service_url_of, tenants_of
from bot.teams.calls import is_of_teams
from bot.teams.presses import PRESS, UNKNOWN_INVOKE
from bot.teams.sdk import CHANNEL, Answer, Doorkeeper, NotAuthentic
from bot.teams.send import TeamsPlatform
from metrics.errors import NotReady, Refusal

PATH = "/api/messages"
JSON = "application/json"
KEEPERS, SHOWERS = 4, 2
WARN_DAYS = 30
NOBODYS_TENANT = "anonymous"
NOT_TEAMS = "Not sent by Microsoft Teams to this bot, or meant for another tenant."
WRONG_TYPE = "Send what Teams sends: JSON."
TOO_LARGE = "Larger than anything Teams sends."
MALFORMED = "This is not what Teams sends: the body cannot be read."
NOT_KNOWN = "Coach does not know this request."
LATER = "Coach cannot keep this now. Send it again."
NOT_STARTED = "The door for Teams is being opened or closed."
NO_KEYS = "Microsoft's keys cannot be fetched, so what Teams sends is refused. Check the network."

T = TypeVar("T")
# What is left to do after the acknowledgement.
Rest = Callable[[], object]
log = structlog.get_logger()


class TeamsGateway:
    """One tenant of Teams: what comes in is committed before Teams hears that it was received.

    `on_kept` is called from any thread after something was stored that workers should look at.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        lane: Lane,
        on_kept: Callable[[], None],
        now: Callable[[], datetime],
        platform: TeamsPlatform,
    ) -> None:
        self._settings = settings
        self._database = database
        self._lane = lane
        self._on_kept = on_kept
        self._now = now
        self._platform = platform
        self._at_once = AtOnce(platform)
        self._is_anonymous = settings.teams_auth == "anonymous"
        app_id = None if self._is_anonymous else settings.teams_app_id
        self._door = Doorkeeper(app_id, settings.teams_tenant_id, settings.teams_openid_url)
        self._keepers = ThreadPoolExecutor(KEEPERS, thread_name_prefix="teams-keeper")
        self._showers = ThreadPoolExecutor(SHOWERS, thread_name_prefix="teams-shower")
        self._is_open = False

    async def start(self) -> None:
        """Check the credentials, then take what Teams sends. Raises Refusal, or NotReady while Microsoft is away."""
        if self._is_anonymous and self._settings.host not in LOOPBACK:
            raise Refusal("TEAMS_AUTH=anonymous believes everybody: leave COACH_HOST out, or leave TEAMS_AUTH out.")
        if not self._is_anonymous and not self._settings.teams_app_id:
            raise Refusal("TEAMS_APP_ID is missing: without it nobody could tell who sends. docs/teams.md says more.")
        try:
            await self._in_thread(self._platform.check)
        except Disconnected as fault:
            raise Refusal(
                f"Microsoft does not accept TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID ({fault.code}). Copy "
                "them again, or make a new client secret: it may have expired."
            ) from None
        except PlatformFault:
            raise NotReady("Microsoft cannot be reached. Check the network, and start Coach again.") from None
        tenant = self._settings.teams_tenant_id or NOBODYS_TENANT
        await self._in_thread(keeping.resume, self._database, PLATFORM, tenant, self._now())
        self._is_open = True

    async def stop(self) -> None:
        """Take nothing more, and finish what was begun; requests that still come are asked to come again."""
        self._is_open = False
        await asyncio.to_thread(self._keepers.shutdown, wait=True)
        await asyncio.to_thread(self._showers.shutdown, wait=True, cancel_futures=True)

    def routes(self) -> list[web.RouteDef]:
        """Return where Teams posts what happens."""
        return [web.post(PATH, self._receive)]

    def reasons(self) -> list[str]:
        """Return why this gateway is not ready, each a constant sentence; empty when it is."""
        if not self._is_open:
            return [NOT_STARTED]
        return [NO_KEYS] if self._door.are_keys_missing else []

    def warnings(self) -> list[str]:
        """Return what will stop this gateway soon: a client secret that expires within 30 days."""
        expires_on = self._settings.teams_secret_expires_on
        if expires_on is None:
            return []
        days = (expires_on - self._now().date()).days
        if days > WARN_DAYS:
            return []
        when = f"expires on {expires_on}" if days >= 0 else f"expired on {expires_on}"
        return [f"The client secret of the Teams bot {when}. Make a new one: docs/teams.md."]

    # What arrives.

    async def _receive(self, request: web.Request) -> web.Response:
        if not self._is_open:
            return _told(503, NOT_STARTED)
        authorization = request.headers.get("Authorization")
        if not authorization and not self._is_anonymous:
            return _refused("no_token")
        if request.content_type != JSON:
            return _told(400, WRONG_TYPE)
        try:
            activity = json.loads(await request.read())
        except web.HTTPRequestEntityTooLarge:
            return _told(400, TOO_LARGE)
        except (ValueError, RecursionError):
            return _told(400, MALFORMED)
        if not isinstance(activity, dict):
            return _told(400, MALFORMED)
        service_url = service_url_of(activity)
        try:
            proof = await self._door.admit(authorization, service_url)
            tenant = self._tenant_of(activity, service_url)
        except NotAuthentic as fault:
            return _refused(fault.reason)
        is_invoke = activity.get("type") == "invoke"
        status, body = await self._door.turn(
            proof, is_invoke, partial(self._take, activity, tenant, service_url, is_invoke)
        )
        return web.Response(status=status) if body is None else web.json_response(body, status=status)

    def _tenant_of(self, activity: Body, service_url: str) -> str:
        """Return the tenant an activity comes from. Raises NotAuthentic unless it is ours, from a service of Teams."""
        if not self._is_anonymous and activity.get("channelId") != CHANNEL:
            raise NotAuthentic("foreign_channel")
        tenants, ours = tenants_of(activity), self._settings.teams_tenant_id
        if self._is_anonymous and ours is None:
            ours = next(iter(tenants), NOBODYS_TENANT)
        if ours is None or ((tenants or not self._is_anonymous) and tenants != {ours}):
            raise NotAuthentic("foreign_tenant")
        if (service_url or not self._is_anonymous) and not is_of_teams(service_url, self._is_anonymous):
            raise NotAuthentic("foreign_service_url")
        return ours

    async def _take(self, activity: Body, tenant: str, service_url: str, is_invoke: bool) -> Answer:
        try:
            # Reading takes time in proportion to the words: not on the loop that all others wait for.
            (status, body), rest = await self._in_thread(
                self._read_and_keep, activity, tenant, service_url, self._now()
            )
        except SQLAlchemyError as error:
            log.error("teams_not_kept", error=type(error).__name__)
        except Exception as error:
            log_bug("teams_not_kept", error, secrets.token_hex(4))
        else:
            if rest is not None:
                self._showers.submit(self._guarded, rest)
            return status, body if is_invoke else None
        return 503, {"error": LATER}

    # In a keeper's thread.

    def _read_and_keep(
        self, activity: Body, tenant: str, service_url: str, now: datetime
    ) -> tuple[Answer, Rest | None]:
        arrived = wire.read(activity, tenant, now)
        if isinstance(arrived, Ignored):
            return self._ignored(arrived, activity, service_url, now), None
        incoming = arrived.incoming
        if incoming.kind is Kind.HOME and incoming.value == wire.REMOVED:
            keeping.block(self._database, arrived, now)
            return (200, {}), None
        if incoming.kind is Kind.SUBMIT and (errors := self._lane.errors(incoming)):
            return (200, replies.line(" ".join(errors.values()))), None
        also = partial(_note_address, arrived, service_url, now)
        if incoming.kind is Kind.CLICK and self._lane.opens(incoming):
            return self._open(arrived, now)
        rest = None
        if keeping.keep(self._database, arrived, now, also):
            self._on_kept()
            is_for_coach = incoming.is_direct or incoming.mentions_coach
            if incoming.kind is Kind.MESSAGE and is_for_coach and read_wish(incoming.text).kind == "question":
                rest = partial(self._at_once.show_typing, incoming)
        return (200, replies.to_press(activity.get("name"), incoming)), rest

    def _ignored(self, ignored: Ignored, activity: Body, service_url: str, now: datetime) -> Answer:
        if activity.get("name") == PRESS:
            return 200, replies.line(replies.NOTHING_THERE)
        if ignored.reason == UNKNOWN_INVOKE:
            log.warning("teams_unknown_invoke")
            return 400, {"error": NOT_KNOWN}
        if activity.get("type") == "installationUpdate" and service_url:
            self._note_place(activity, service_url, now)
        return 200, {}

    def _note_place(self, activity: Body, service_url: str, now: datetime) -> None:
        """Note a team or group chat that Coach was added to, forget one it was taken out of."""
        try:
            place = place_of(activity)
        except Nothing:
            return
        if place.is_direct:
            return
        with self._database.transaction() as session:
            if text_of(activity, "action").startswith("remove"):
                forget_reach(session, place.conversation)
            else:
                note_reach(session, Reach(place.conversation, service_url), now)

    def _open(self, arrived: Arrived, now: datetime) -> tuple[Answer, Rest | None]:
        opened = keeping.open_safely(self._database, self._lane, arrived, now, render.reading)
        self._on_kept()
        if opened is None or opened.form is None:
            return (200, replies.line(replies.NOTED)), None
        where = replies.FORM_HERE if arrived.incoming.is_direct else replies.FORM_DIRECTLY
        is_message = render.reading(opened.form) is not None
        show = None if is_message else partial(self._show, arrived, opened.form, opened.person_id)
        return (200, replies.line(where)), show

    # After the acknowledgement, in a thread of its own.

    def _show(self, arrived: Arrived, form: Form, person_id: int | None) -> None:
        if not self._at_once.open(form, arrived.incoming):
            keeping.say_aside(self._database, arrived, replies.FORM_NOT_OPENED, person_id, self._now())
            self._on_kept()

    def _guarded(self, work: Rest) -> None:
        try:
            work()
        except Exception as error:
            log_bug("teams_background_failed", error, secrets.token_hex(4))

    async def _in_thread(self, work: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._keepers, work, *given)


def _note_address(arrived: Arrived, service_url: str, now: datetime, session: Session) -> None:
    incoming = arrived.incoming
    if incoming.channel is not None and service_url:
        note_reach(session, Reach(incoming.channel, service_url, incoming.user_id if incoming.is_direct else None), now)


def _refused(reason: str) -> web.Response:
    log.info("teams_not_accepted", reason=reason)
    return _told(401, NOT_TEAMS)


def _told(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
