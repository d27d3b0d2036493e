"""Fixtures of the trial workspace: a clock that stands still, a small company, a running simulator, a Bolt app."""

import asyncio
import json
import random
import threading
from collections.abc import Callable, Iterator

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.trial.human import Human
from bot.trial.simulator import Simulator, running_simulator
from bot.trial.workspace import User, Workspace
from tests.support import SHARED
from tests.trial_apps import Plain, Recorder

# Errors the method pages leave out: seen in the wild, see slack.md, section 4.
BY_OBSERVATION = ("invalid_blocks", "msg_too_long")


class Clock:
    """Seconds since 1970 that move only when told."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(now) -> Clock:
    return Clock(now.timestamp())


@pytest.fixture
def workspace(clock) -> Workspace:
    people = [
        User("U1", "leila.osmond", "Leila Osmond", "leila@example.org", site="Quayside"),
        User("U2", "tobias.renwick", "Tobias Renwick", "tobias@example.org", site="Quayside"),
        User("U3", "hanna.whitlow", "Hanna Whitlow", "hanna@example.org", site="Millgate"),
    ]
    return Workspace.for_people(people, clock, random.Random(7))


@pytest.fixture
def simulator(workspace) -> Iterator[Simulator]:
    with running_simulator(workspace) as running:
        yield running
    if SHARED.is_dir():
        assert _undocumented(workspace) == set()


def _undocumented(workspace: Workspace) -> set[tuple[str, str]]:
    """Return the refusals that Slack does not list for their method."""
    contract = SHARED / "wire/slack/contract_2026_05"
    methods = json.loads((contract / "methods.json").read_text())
    everywhere = {*json.loads((contract / "common_errors.json").read_text()), *BY_OBSERVATION}
    return {
        (call.method, error)
        for call in workspace.log
        if (error := call.answer.get("error"))
        and not error.startswith("fault_")
        and call.method in methods
        and error not in {*methods[call.method]["errors"], *everywhere}
    }


@pytest.fixture
def leila(simulator) -> Human:
    return Human(simulator, "U1")


@pytest.fixture
def tobias(simulator) -> Human:
    return Human(simulator, "U2")


@pytest.fixture
def client(simulator, workspace) -> WebClient:
    return WebClient(token=workspace.bot_token, base_url=simulator.api_url, retry_handlers=[])


@pytest.fixture
def attach(simulator, workspace) -> Iterator[Callable[..., AsyncApp]]:
    """Run a Bolt app against the simulator; `register(app)` adds its listeners."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    at_end = []

    def run(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    async def serve(register, over_sockets):
        web_client = AsyncWebClient(token=workspace.bot_token, base_url=simulator.api_url)
        app = AsyncApp(client=web_client, signing_secret=workspace.signing_secret, process_before_response=True)
        register(app)
        if over_sockets:
            handler = AsyncSocketModeHandler(app, app_token=workspace.app_token, web_client=web_client)
            simulator.sender.use_socket_mode = True
            await handler.connect_async()
            at_end.append(handler.close_async)
        else:
            runner = web.AppRunner(app.web_app("/slack/events"), access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            simulator.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
            at_end.append(runner.cleanup)
        return app

    yield lambda register, over_sockets=False: run(serve(register, over_sockets))
    for close in at_end:
        run(close())
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def plain(simulator):
    """Attach an app of a few lines to the simulator, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runners = []

    def attach(statuses=(), **options) -> Plain:
        app = Plain(statuses, **options)

        async def serve():
            application = web.Application()
            application.router.add_post("/slack/events", app.handle)
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            runners.append(runner)
            simulator.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"

        asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
        return app

    yield attach
    for runner in runners:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
