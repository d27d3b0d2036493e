import asyncio
from threading import current_thread, main_thread

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.web.application import make_application


class Gateway:
    soon = ()

    def __init__(self, *reasons):
        self._reasons = list(reasons)

    def routes(self):
        async def size(request):
            return web.json_response({"bytes": len(await request.read())})

        return [web.post("/door", size)]

    def reasons(self):
        return self._reasons

    def warnings(self):
        return self.soon


def ask(gateways, readiness, *calls):
    """Return status and JSON of each (method, path, body) on one application."""

    async def play():
        server = TestServer(make_application(gateways, readiness))
        await server.start_server()
        found = []
        try:
            async with ClientSession() as http:
                for method, path, body in calls:
                    async with http.request(method, server.make_url(path), data=body) as answer:
                        said = await answer.json() if answer.content_type == "application/json" else None
                        found.append((answer.status, said))
        finally:
            await server.close()
        return found

    return asyncio.run(play())


READY, ALIVE = ("GET", "/readyz", None), ("GET", "/healthz", None)


def test_ready_when_nothing_speaks_against_it():
    assert ask([Gateway()], list, READY) == [(200, {"status": "ready", "reasons": []})]


@pytest.mark.parametrize(
    ("gateways", "rest", "reasons"),
    [
        ([Gateway("Slack is silent.")], [], ["Slack is silent."]),
        ([Gateway()], ["No SOPs."], ["No SOPs."]),
        ([Gateway("Slack is silent.")], ["Slack is silent."], ["Slack is silent."]),
        ([Gateway("Slack is silent.")], ["No SOPs."], ["Slack is silent.", "No SOPs."]),
    ],
)
def test_not_ready_says_why_and_lives_on(gateways, rest, reasons):
    expected = [(503, {"status": "not ready", "reasons": reasons}), (200, {"status": "alive"})]
    assert ask(gateways, lambda: rest, READY, ALIVE) == expected


def test_what_will_stop_it_soon_is_said_while_it_is_ready():
    gateway = Gateway()
    gateway.soon = ["The secret expires."]
    assert ask([gateway], list, READY) == [
        (200, {"status": "ready", "reasons": [], "warnings": ["The secret expires."]})
    ]


def test_readiness_may_block_without_stopping_the_loop():
    threads = []
    ask([], lambda: threads.append(current_thread()) or [], READY)
    assert threads[0] is not main_thread()


def test_a_gateway_answers_on_its_routes_up_to_a_megabyte():
    small, large = b"x" * 900_000, b"x" * 1_000_001
    (found, refused) = ask([Gateway()], list, ("POST", "/door", small), ("POST", "/door", large))
    assert found == (200, {"bytes": 900_000})
    assert refused[0] == 413


def test_other_paths_and_methods_are_not_there():
    found = ask([Gateway()], list, ("GET", "/", None), ("GET", "/door", None), ("POST", "/healthz", None))
    assert [status for status, _ in found] == [404, 405, 405]
