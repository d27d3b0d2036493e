"""What tests of the trial workspace share: small apps to attach to it, and waiting for what they do."""

import asyncio
import time

from aiohttp import web

QUESTION = {
    "type": "modal",
    "callback_id": "report",
    "title": {"type": "plain_text", "text": "Report"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "What is wrong?"},
            "element": {"type": "plain_text_input", "action_id": "why", "max_length": 20},
        }
    ],
}
BUTTON = {"type": "button", "action_id": "report", "text": {"type": "plain_text", "text": "Report"}, "value": "q1"}
HEADER = {"type": "header", "text": {"type": "plain_text", "text": "Here"}}
WITH_BUTTON = [{"type": "actions", "elements": [BUTTON]}]


def until(condition, seconds: float = 10):
    """Wait until something is so; what it was is returned."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)
    return found


class Recorder:
    """A Bolt app that keeps every body, and answers mentions in their thread."""

    def __init__(self) -> None:
        self.events, self.bodies, self.headers = [], [], []
        self.statuses = []

    def __call__(self, app) -> None:
        @app.event("message")
        async def message(body):
            self.events.append(body)

        @app.event("app_mention")
        async def mention(body, client):
            self.events.append(body)
            event = body["event"]
            await client.chat_postMessage(
                channel=event["channel"], thread_ts=event["ts"], text="Here", blocks=[HEADER, *WITH_BUTTON]
            )

        @app.event("app_home_opened")
        @app.event("app_uninstalled")
        @app.event("tokens_revoked")
        async def other(body):
            self.events.append(body)

        @app.command("/coach")
        async def command(ack, body):
            self.bodies.append(body)
            await ack(text=f"You asked: {body['text']}")

        @app.action("report")
        async def report(ack, body, client):
            self.bodies.append(body)
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=QUESTION)

        @app.view("report")
        async def submitted(ack, body):
            self.bodies.append(body)
            value = body["view"]["state"]["values"]["why"]["why"]["value"]
            if value == "nothing":
                await ack(response_action="errors", errors={"why": "Say a little more."})
            else:
                await ack()

    def kinds(self) -> list[str]:
        return [body["event"]["type"] + "/" + body["event"].get("subtype", "") for body in list(self.events)]


class Plain:
    """An app of a few lines that answers what it is told to, over HTTP."""

    def __init__(self, statuses, headers=None, slow_seconds=0.0) -> None:
        self.received = []
        self._statuses, self._headers, self._slow = iter(statuses), headers or {}, slow_seconds

    async def handle(self, request):
        self.received.append((dict(request.headers), await request.text()))
        status = next(self._statuses, 200)
        if status is None:
            await asyncio.sleep(self._slow)
        return web.Response(status=status or 200, headers=self._headers)
