"""A gateway for Teams under test: a web application on loopback, signed requests, and nothing behind the lane."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from bot.messages import NotSent
from bot.settings import Settings
from bot.teams.gateway import TeamsGateway
from bot.web.application import make_application
from tests.slack_door import NoLane
from tests.teams_connector import Connector
from tests.teams_people import TeamsPerson
from tests.teams_tenant import APP_ID, TENANT_ID, Tenant
from tests.teams_tokens import GONE
from tests.teams_values import Seen

SERVICE_URL = "https://smba.trafficmanager.net/teams/"
PASSWORD = "a client secret"
ANONYMOUS = {"teams_auth": "anonymous", "teams_app_password": None}

DEEP, NESTED = 10_000, "nested"
# What is put in place of every part of an activity.
ODD = [
    GONE,
    None,
    True,
    7,
    -1.5,
    10**400,
    "",
    " ",
    "x\x00y",
    "\ud800",
    "ż" * 50,
    "x" * 100_000,
    "2026-99-99T99:99:99Z",
    "0001-01-01T00:00:00+14:00",
    "<at>Coach</at>",
    [],
    [None, 7, {}],
    [[[]]] * 1_000,
    {},
    {"id": 7},
    {"id": "x" * 100_000},
    NESTED,
]


@dataclass
class QuietPlatform:
    """What a gateway shows at once, noted instead of sent; `fault` is raised instead."""

    shown: list = field(default_factory=list)
    fault: NotSent | None = None

    def check(self):
        """Find nothing wrong."""

    def show_typing(self, address):
        self._show("typing", address)

    def show_form(self, address, form):
        self._show(form.action, address)

    def _show(self, what, address):
        if self.fault is not None:
            raise self.fault
        self.shown.append((what, address))


@dataclass
class Door:
    """What a test holds: the gateway, where it listens, what it shows at once, and how often workers were woken."""

    gateway: TeamsGateway
    platform: QuietPlatform
    url: str
    http: ClientSession
    wakes: list
    issuer: object = None

    async def post(self, activity, authorization="good", content_type="application/json"):
        """Post an activity, or any bytes, as Teams does. Returns status and what the body holds."""
        raw = activity if isinstance(activity, bytes) else as_json(activity)
        if authorization == "good":
            authorization = f"Bearer {self.issuer.token()}" if self.issuer else None
        headers = {"Content-Type": content_type, "Authorization": authorization}
        sent = {name: value for name, value in headers.items() if value is not None}
        async with self.http.post(f"{self.url}api/messages", data=BytesIO(raw), headers=sent) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    async def readiness(self):
        async with self.http.get(f"{self.url}readyz") as answer:
            return answer.status, (await answer.json())["reasons"]


@asynccontextmanager
async def teams_door(database, issuer=None, lane=None, platform=None, **settings) -> AsyncIterator[Door]:
    """Start a gateway and the web application, and stop both; without an issuer, whoever posts is believed."""
    wakes, platform = [], platform or QuietPlatform()
    given = (settings_for(issuer, **settings), database, lane or NoLane(), lambda: wakes.append(1))
    gateway = TeamsGateway(*given, lambda: datetime.now(UTC), platform)
    server = TestServer(make_application([gateway], list))
    try:
        await gateway.start()
        await server.start_server()
        async with ClientSession() as http:
            yield Door(gateway, platform, str(server.make_url("/")), http, wakes, issuer)
    finally:
        await server.close()
        await gateway.stop()


def settings_for(issuer=None, **changes):
    """Return the settings of a bot whose tokens `issuer` signs."""
    whose = {"teams_openid_url": issuer.openid_url} if issuer else ANONYMOUS
    bot = {"teams_app_id": APP_ID, "teams_app_password": PASSWORD, "teams_tenant_id": TENANT_ID}
    return Settings(**{**bot, **whose, **changes})


class Said:
    """Activities as two people of a tenant bring them about, with nobody there to take them."""

    def __init__(self, service_url=SERVICE_URL, now=lambda: datetime.now(UTC)):
        self.tenant = Tenant()
        self.connector = Connector(self.tenant, now)
        self.connector.service_url = service_url
        users = [self.tenant.add(name) for name in ("Cara Elm", "Dan Fir")]
        self.cara, self.dan = (TeamsPerson(self.connector, _lost, user) for user in users)
        self.channel = self.tenant.channel("Till", *users)
        self.group = self.tenant.group("Rota", *users)

    def answer(self, place, shown):
        """Let a message of Coach's stand somewhere, and return its id."""
        new_id = self.connector.new_id()
        root = new_id if place.kind == "channel" else None
        self.connector.put(Seen(new_id, place.id, root, self.tenant.bot_id, shown))
        return new_id

    def question(self, text="how do refunds work?"):
        return self.cara.say(text).activity

    def mention(self, text="how do refunds work?", **more):
        return self.cara.mention(text, self.channel, **more).activity


def _lost(_):
    return 200, {}


def as_json(activity):
    """Return an activity as it is posted; what is NESTED in it goes deeper than JSON can be written."""
    return json.dumps(activity).encode().replace(f'"{NESTED}"'.encode(), b"[" * DEEP + b"]" * DEEP)


def places(holder, way=""):
    """Yield the way to every part of an activity, such as conversation.tenantId; whole objects too."""
    for name, value in holder.items():
        yield f"{way}{name}"
        if isinstance(value, dict):
            yield from places(value, f"{way}{name}.")
