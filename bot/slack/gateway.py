"""Owns the way in from Slack: verify, check the workspace, commit, acknowledge; by HTTP or Socket Mode."""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot import keeping
from bot.arrivals import Arrived, Body, Ignored
from bot.database import Database
from bot.grammar import read_wish
from bot.logs import log_bug
from bot.messages import Kind, Message
from bot.outcome import Lane, Opened
from bot.settings import Settings
from bot.slack import wire
from bot.slack.at_once import AtOnce
from bot.slack.body import FORM, JSON, PLATFORM, Coach, is_signed, is_ssl_check, parsed
from bot.slack.manifest import SCOPES
from bot.slack.socket import API_TIMEOUT_SECONDS, Socket, confirmed, secret
from metrics.errors import Refusal

PATH = "/slack/events"
CONTENT_TYPES = (JSON, FORM)
KEEPERS = 4
MAX_SILENCE_SECONDS = 60
NOT_SIGNED = "Not signed with the secret of this Slack app within the last 5 minutes, or meant for another workspace."
WRONG_TYPE = "Send what Slack sends: JSON, or a form."
TOO_LARGE = "Larger than anything Slack sends."
MALFORMED = "This is not what Slack sends: the body cannot be read."
LATER = "Coach cannot keep this now. Send it again."
NOT_STARTED = "The connection to Slack is being opened or closed."
REMOVED = "The Slack app was uninstalled or its token revoked: install it again, and start Coach again."
SILENT = "The connection to Slack is silent."
FORM_NOT_OPENED = Message("The form could not be opened. Press the button once more.")

T = TypeVar("T")
# What is left to do after the acknowledgement.
Rest = Callable[[], Coroutine[Any, Any, None]]
log = structlog.get_logger()


class SlackGateway:
    """One Slack workspace: what comes in is committed before Slack hears that it was received.

    `on_kept` is called from any thread after something was stored that workers should look at.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        lane: Lane,
        on_kept: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._database = database
        self._lane = lane
        self._on_kept = on_kept
        self._now = now
        self._keepers = ThreadPoolExecutor(KEEPERS, thread_name_prefix="slack-keeper")
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = AsyncWebClient(
            token=secret(settings.slack_bot_token), base_url=settings.slack_api_url, timeout=API_TIMEOUT_SECONDS
        )
        self._bolt: AsyncApp | None = None
        self._socket: Socket | None = None
        self._is_removed = False
        self._at_once = AtOnce(self._client, now)

    async def start(self) -> None:
        """Check the token, then take what Slack sends. Raises Refusal, or NotReady while Slack cannot be reached."""
        if not self._settings.uses_socket_mode and self._settings.slack_signing_secret is None:
            raise Refusal("SLACK_SIGNING_SECRET is missing. Copy it from Basic Information on the Slack app's page.")
        answer = await confirmed(self._client.auth_test(), "SLACK_BOT_TOKEN")
        coach = Coach(str(answer.get("team_id", "")), str(answer.get("user_id", "")))
        if not (coach.workspace and coach.user_id and answer.get("bot_id")):
            raise Refusal("SLACK_BOT_TOKEN is not the token of an app's bot. Copy the Bot User OAuth Token.")
        await self._in_thread(keeping.resume, self._database, PLATFORM, coach.workspace, self._now())
        self._bolt = self._make_bolt(coach, str(answer["bot_id"]))
        if self._settings.uses_socket_mode:
            self._socket = Socket(self._settings, self._bolt, self._now)
            await self._socket.connect()
        _warn_of_missing_scopes(answer.headers)

    async def stop(self) -> None:
        """Take nothing more, and finish what was begun; requests that still come are asked to come again."""
        self._bolt = None
        if self._socket is not None:
            await self._socket.close()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=API_TIMEOUT_SECONDS)
            for task in late:
                task.cancel()
        self._keepers.shutdown(wait=True)

    def routes(self) -> list[web.RouteDef]:
        """Return where Slack posts events, commands and presses; nothing in Socket Mode."""
        return [] if self._settings.uses_socket_mode else [web.post(PATH, self._receive)]

    def reasons(self) -> list[str]:
        """Return why this gateway is not ready, each a constant sentence; empty when it is."""
        if self._bolt is None:
            return [NOT_STARTED]
        if self._is_removed:
            return [REMOVED]
        silence = self.silent_seconds()
        return [SILENT] if silence is not None and silence > MAX_SILENCE_SECONDS else []

    def warnings(self) -> list[str]:
        """Return what will stop this gateway soon: nothing that Slack says beforehand."""
        return []

    def silent_seconds(self) -> float | None:
        """Return the seconds since anything was heard on the socket, pongs included; None without Socket Mode."""
        return None if self._socket is None else self._socket.silent_seconds()

    def _make_bolt(self, coach: Coach, bot_id: str) -> AsyncApp:
        async def authorize() -> AuthorizeResult:
            token = self._client.token
            return AuthorizeResult(
                enterprise_id=None,
                team_id=coach.workspace,
                bot_id=bot_id,
                bot_user_id=coach.user_id,
                bot_token=token,
            )

        bolt = AsyncApp(
            name="coach",
            logger=_errors_only(),
            client=AsyncWebClient(base_url=self._settings.slack_api_url, timeout=API_TIMEOUT_SECONDS),
            # Bolt's own way asks Slack during the first event and answers 200 when that fails: the event is lost.
            authorize=authorize,
            signing_secret=secret(self._settings.slack_signing_secret) or "",
            # Checked on the bytes, before anything is made of them.
            request_verification_enabled=False,
            process_before_response=True,
            attaching_conversation_kwargs_enabled=False,
        )

        bolt.use(_Everything(lambda body: self._take(body, coach)))
        return bolt

    # What arrives.

    async def _receive(self, request: web.Request) -> web.Response:
        if self._bolt is None:
            return _told(503, NOT_STARTED)
        if request.content_type not in CONTENT_TYPES:
            return _told(400, WRONG_TYPE)
        try:
            raw = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _told(400, TOO_LARGE)
        key = secret(self._settings.slack_signing_secret) or ""
        if not is_signed(raw, request.headers, key, self._now()):
            return web.Response() if is_ssl_check(raw) else _refused()
        try:
            # Bolt takes a body that was read already only as it comes by socket.
            bolt_request = AsyncBoltRequest(body=parsed(raw, request.content_type), mode="socket_mode")
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            return _told(400, MALFORMED)
        response = await self._bolt.async_dispatch(bolt_request)
        if response.status == 401:
            return _refused()
        return _told(503, LATER) if response.status >= 500 else await to_aiohttp_response(response)

    async def _take(self, body: Body, coach: Coach) -> BoltResponse:
        if coach.workspace not in wire.workspaces(body):
            return BoltResponse(status=401)
        try:
            # Reading takes time in proportion to the words: not on the loop that all others wait for.
            response, rest = await self._in_thread(self._read_and_keep, body, coach, self._now())
        except SQLAlchemyError as error:
            log.error("slack_not_kept", error=type(error).__name__)
        except Exception as error:
            log_bug("slack_not_kept", error, secrets.token_hex(4))
        else:
            if rest is not None:
                self._later(rest())
            return response
        return BoltResponse(status=503)

    # In a keeper's thread.

    def _read_and_keep(self, body: Body, coach: Coach, now: datetime) -> tuple[BoltResponse, Rest | None]:
        arrived = wire.read(body, coach, now)
        if isinstance(arrived, Ignored):
            if arrived.reason == wire.RATE_LIMITED:
                log.warning("slack_limits_events")
            return BoltResponse(status=200), None
        incoming = arrived.incoming
        if incoming.kind is Kind.SUBMIT and (errors := self._lane.errors(incoming)):
            answer = {"response_action": "errors", "errors": errors}
            return BoltResponse(status=200, body=json.dumps(answer), headers={"content-type": JSON}), None
        return BoltResponse(status=200), self._keep(arrived, body, now)

    def _keep(self, arrived: Arrived, body: Body, now: datetime) -> Rest | None:
        incoming = arrived.incoming
        if incoming.kind is Kind.REMOVED:
            if keeping.stop(self._database, arrived, now):
                self._is_removed = True
                log.error("slack_disconnected", reason=incoming.value)
        elif incoming.kind in (Kind.CLICK, Kind.COMMAND) and self._lane.opens(incoming):
            return self._open(arrived, body, now)
        elif keeping.keep(self._database, arrived, now):
            self._on_kept()
            is_for_coach = incoming.is_direct or wire.is_mention(body)
            if incoming.kind is Kind.MESSAGE and is_for_coach and read_wish(incoming.text).kind == "question":
                return partial(self._at_once.show_status, incoming)
        return None

    def _open(self, arrived: Arrived, body: Body, now: datetime) -> Rest | None:
        opened = keeping.open_safely(self._database, self._lane, arrived, now)
        if opened is not None and opened.form is not None:
            return partial(self._show, arrived, opened, body)
        self._on_kept()
        return None

    # After the acknowledgement.

    async def _show(self, arrived: Arrived, opened: Opened, body: Body) -> None:
        if opened.form is None or await self._at_once.open(opened.form, body):
            return
        await self._in_thread(
            keeping.say_aside, self._database, arrived, FORM_NOT_OPENED, opened.person_id, self._now()
        )
        self._on_kept()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception as error:
                log_bug("slack_background_failed", error, secrets.token_hex(4))

        task = asyncio.create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_thread(self, work: Callable[..., T], *given: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._keepers, work, *given)


class _Everything(AsyncMiddleware):
    """One listener for everything: matching listeners is what Bolt spends its time on."""

    def __init__(self, take: Callable[[Body], Awaitable[BoltResponse]]) -> None:
        self._take = take

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse:
        """Answer a verified request; nothing comes after."""
        return await self._take(req.body)


def _errors_only() -> logging.Logger:
    # At every start Bolt warns that it does not use the token it found in the environment.
    logger = logging.getLogger("bot.slack.bolt")
    logger.setLevel(logging.ERROR)
    return logger


def _warn_of_missing_scopes(headers: Mapping[str, str]) -> None:
    granted = headers.get("X-OAuth-Scopes")
    missing = [] if granted is None else sorted(set(SCOPES) - set(granted.replace(" ", "").split(",")))
    if missing:
        log.warning("slack_scopes_missing", scopes=missing)


def _refused() -> web.Response:
    log.info("slack_not_accepted")
    return _told(401, NOT_SIGNED)


def _told(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
