"""A gateway under test: a web application on loopback, a Slack API that answers, and signed requests."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import urlencode

from aiohttp import ClientSession, WSMsgType, web
from aiohttp.test_utils import TestServer

from bot.messages import Field, Form
from bot.outcome import Opened
from bot.settings import Settings
from bot.slack.gateway import SlackGateway
from bot.web.application import make_application
from metrics.events.kinds import InteractionHandled

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TOKEN, APP_TOKEN = "xoxb-test-token", "xapp-test-token"


class FakeSlack:
    """Slack's Web API as far as a gateway calls it; `answers` replaces the answer of a method."""

    def __init__(self):
        self.workspace = "T1"
        self.answers = {}
        self.calls = []
        self.acknowledged = []
        self._socket = None
        application = web.Application()
        application.add_routes([web.post("/api/{method}", self._call), web.get("/socket", self._listen)])
        self.server = TestServer(application)

    @property
    def url(self):
        return str(self.server.make_url("/api/"))

    def called(self, method):
        return [fields for name, fields in self.calls if name == method]

    async def _call(self, request):
        method = request.match_info["method"]
        fields = await request.json() if request.content_type == "application/json" else dict(await request.post())
        self.calls.append((method, fields))
        who = {"team_id": self.workspace, "user_id": "UCOACH", "bot_id": "BCOACH"}
        usual = {"auth.test": who, "apps.connections.open": {"url": str(self.server.make_url("/socket"))}}
        return web.json_response({"ok": True, **usual.get(method, {}), **self.answers.get(method, {})})

    async def _listen(self, request):
        self._socket = web.WebSocketResponse()
        await self._socket.prepare(request)
        await self._socket.send_json({"type": "hello"})
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                self.acknowledged.append(json.loads(message.data))
        return self._socket

    async def send(self, envelope_id, kind, payload):
        await self._socket.send_json({"type": kind, "envelope_id": envelope_id, "payload": payload})


class NoLane:
    """A synchronous lane that opens nothing and finds no fault."""

    def opens(self, incoming):
        return False

    def open(self, session, incoming, now):
        raise AssertionError

    def errors(self, incoming):
        return {}


@dataclass
class FormLane(NoLane):
    """A lane that opens what it was given for every press and command."""

    opened: Opened | None = None
    faults: dict = field(default_factory=dict)

    def opens(self, incoming):
        return True

    def open(self, session, incoming, now):
        if self.opened is None:
            raise RuntimeError("a lane that breaks")
        return self.opened

    def errors(self, incoming):
        return self.faults


TS = "1790000000.000200"
FORM = Form("Tell Us More", "feedback", "abc", fields=(Field("words", "What is wrong?"),), submit="Send")
OPENED = InteractionHandled("slack", "click", "opened")


@dataclass
class Door:
    """What a test holds: the gateway, where it listens, and how often workers were woken."""

    slack: FakeSlack
    gateway: SlackGateway
    url: str
    http: ClientSession
    wakes: list

    async def post(self, body, secret=SECRET, seconds_off=0, content_type=None, **headers):
        """Post a body as Slack does, signed; a dict is an event in JSON. Returns status and text."""
        if isinstance(body, dict):
            body, content_type = json.dumps(body), content_type or "application/json"
        raw = body.encode() if isinstance(body, str) else body
        stamp = str(int(time.time()) + seconds_off)
        digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
        signed = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest}",
            "Content-Type": content_type or "application/x-www-form-urlencoded",
            **headers,
        }
        sent = {name: value for name, value in signed.items() if value is not None}
        async with self.http.post(f"{self.url}slack/events", data=BytesIO(raw), headers=sent) as answer:
            return answer.status, await answer.text()

    async def press(self, payload):
        """Post what Slack sends for presses, forms and shortcuts."""
        return await self.post(urlencode({"payload": json.dumps(payload)}))

    async def type(self, command):
        """Post what Slack sends for a command."""
        return await self.post(urlencode(command))

    async def get(self, path):
        async with self.http.get(f"{self.url}{path}") as answer:
            return answer.status, await answer.json()


@asynccontextmanager
async def slack_door(database, lane=None, slack=None, readiness=list, **settings) -> AsyncIterator[Door]:
    """Start a Slack, a gateway and the web application; stop all three."""
    slack = slack or FakeSlack()
    await slack.server.start_server()
    wakes = []
    gateway = SlackGateway(
        settings_for(slack, **settings), database, lane or NoLane(), lambda: wakes.append(1), lambda: datetime.now(UTC)
    )
    server = TestServer(make_application([gateway], readiness))
    try:
        await gateway.start()
        await server.start_server()
        async with ClientSession() as http:
            yield Door(slack, gateway, str(server.make_url("/")), http, wakes)
    finally:
        await server.close()
        await gateway.stop()
        await slack.server.close()


def settings_for(slack, **changes):
    """The settings of an app on a fake Slack."""
    values = {"slack_bot_token": TOKEN, "slack_signing_secret": SECRET, "slack_api_url": slack.url, **changes}
    return Settings(**values)
