"""Owns the trial workspace as a running server: the Web API, deliveries to the app, and what may go wrong between."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from aiohttp import web

from bot.trial import payloads
from bot.trial.access import Failed
from bot.trial.chat_methods import say
from bot.trial.delivery import Delivery, Disorder, Kind, NotAnswered, Sender, signed
from bot.trial.sockets import Sockets
from bot.trial.view_methods import act_on_submission
from bot.trial.web_api import Fault, FaultSource, WebApi
from bot.trial.workspace import Channel, Json, Notice, Rejection, Workspace

__all__ = ["Delivery", "Disorder", "Fault", "NotAnswered", "Simulator", "running_simulator"]

Effect = Callable[[str], None]


class Simulator:
    """Slack on this machine for one app.

    The app is reached at `events_url` (may be set after start) or over its own sockets. Routes may be added to
    `application` before start. `sending_clock` dates the signatures and so must be the app's clock, whatever the
    workspace's says. Everything public is safe to call from any thread unless it is a coroutine.
    """

    def __init__(
        self,
        workspace: Workspace,
        events_url: str | None = None,
        use_socket_mode: bool = False,
        sending_clock: Callable[[], float] = time.time,
    ) -> None:
        self.workspace = workspace
        self.deliveries: list[Delivery] = []
        self.application = web.Application(client_max_size=2**20)
        self.sockets = Sockets(workspace)
        self.sender = Sender(workspace.now, workspace.random, self.sockets, self.sign)
        self.sender.events_url, self.sender.use_socket_mode = events_url, use_socket_mode
        self.port = 0
        self._sending_clock = sending_clock
        self._web_api = WebApi(workspace)
        self._web_api.add_routes(self.application)
        self.sockets.add_routes(self.application)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner: web.AppRunner | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._open_deliveries = 0
        self._is_idle = threading.Condition(workspace.lock)
        self._held: list[tuple[Delivery, Effect | None]] | None = None
        workspace.on_message.append(self._on_message)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; `port` 0 takes any free one. The address is in `api_url`."""
        self._loop = asyncio.get_running_loop()
        await self.sender.open()
        self._runner = web.AppRunner(self.application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.port = self._runner.addresses[0][1]
        self._web_api.origin = f"http://{host}:{self.port}"

    async def stop(self) -> None:
        """Stop listening and give up what was not acknowledged."""
        self._web_api.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.sockets.drop()
        await self.sender.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """The address to give the app as its Web API."""
        return f"{self._web_api.origin}/api/"

    @property
    def events_url(self) -> str | None:
        """Where the app takes events over HTTP; None while there is no app."""
        return self.sender.events_url

    @events_url.setter
    def events_url(self, url: str | None) -> None:
        self.sender.events_url = url

    @property
    def faults(self) -> FaultSource | None:
        """What goes wrong with calls: (method, arguments) -> a Fault, its kind, or None."""
        return self._web_api.faults

    @faults.setter
    def faults(self, source: FaultSource | None) -> None:
        self._web_api.faults = source

    @property
    def disorder(self) -> Disorder:
        """What goes wrong with deliveries."""
        return self.sender.disorder

    def response_url(self, channel_id: str, user_id: str, message_ts: str | None = None) -> str:
        """Return an address at which the app may answer five times in half an hour."""
        return f"{self._web_api.origin}/response/{self.workspace.tickets.response(channel_id, user_id, message_ts)}"

    def deliver(self, kind: Kind, payload: Json, effect: Effect | None = None) -> Delivery:
        """Send something to the app; `effect` is done with the body of its acknowledgement."""
        copies = self.disorder.copies if kind == "event" else 1
        deliveries = [Delivery(kind, payload) for _ in range(copies)]
        with self.workspace.lock:
            if self.events_url is None and not self.sender.use_socket_mode:
                deliveries[0].answered.set_exception(NotAnswered("no_app"))
                return deliveries[0]
            self.deliveries += deliveries
            for delivery in deliveries:
                if self._held is not None:
                    self._held.append((delivery, effect))
                else:
                    self._send(delivery, effect)
        return deliveries[0]

    def redeliver(self, delivery: Delivery) -> Delivery:
        """Send the same once more, as Slack does when an acknowledgement got lost."""
        return self.deliver(delivery.kind, delivery.payload)

    def hold(self) -> None:
        """Keep back what would be sent from now on."""
        with self.workspace.lock:
            self._held = []

    def release(self) -> None:
        """Send what was held back, in another order when `disorder.shuffles`."""
        with self.workspace.lock:
            held, self._held = self._held or [], None
            if self.disorder.shuffles:
                self.workspace.random.shuffle(held)
            for delivery, effect in held:
                self._send(delivery, effect)

    def settle(self, timeout_seconds: float = 10) -> None:
        """Wait until every delivery is acknowledged or given up; not from inside the loop. Raises TimeoutError."""
        with self._is_idle:
            if not self._is_idle.wait_for(lambda: self._open_deliveries == 0, timeout_seconds):
                raise TimeoutError(f"{self._open_deliveries} deliveries are not acknowledged")

    def sign(self, body: str, secret: str | None = None, at_seconds: float | None = None) -> dict[str, str]:
        """Return signature headers for a body: right ones, or with another secret or time."""
        when = self._sending_clock() if at_seconds is None else at_seconds
        return signed(body, secret or self.workspace.signing_secret, when)

    def post_raw(self, body: str, headers: dict[str, str]) -> tuple[int, str]:
        """Post a body with exactly these headers to the app; return status and text. Not from inside the loop."""
        return asyncio.run_coroutine_threadsafe(self.sender.post(body, headers), self._running_loop()).result(30)

    def uninstall(self) -> None:
        """Remove the app, as an administrator would."""
        self._lose("account_inactive", "tokens_revoked", "app_uninstalled")

    def revoke(self) -> None:
        """Take the app's token away, and leave the app."""
        self._lose("token_revoked", "tokens_revoked")

    def disconnect_sockets(self, reason: str = "refresh_requested") -> None:
        """Ask the app to connect anew, as Slack does every few hours."""
        asyncio.run_coroutine_threadsafe(self.sockets.disconnect(reason), self._running_loop()).result(10)

    def drop_sockets(self) -> None:
        """Close the app's sockets without a word."""
        asyncio.run_coroutine_threadsafe(self.sockets.drop(), self._running_loop()).result(10)

    def submit(self, user_id: str, payload: Json) -> Delivery:
        """Deliver the submission of a modal; its answer may show errors, close or replace the view."""
        view_id = payload["view"]["id"]

        def effect(body: str) -> None:
            stack = self.workspace.views[user_id]
            if stack and stack[-1].body["id"] == view_id:
                act_on_submission(self.workspace, user_id, json.loads(body) if body.strip() else {})

        return self.deliver("interactive", payload, effect)

    def command(self, channel: Channel, user_id: str, payload: Json) -> Delivery:
        """Deliver a slash command; what is in its answer is shown in the channel."""

        def effect(body: str) -> None:
            if body.strip():
                read = json.loads(body) if body.lstrip().startswith("{") else {"text": body}
                say(self.workspace, channel.id, user_id, read)

        return self.deliver("slash", payload, effect)

    def _lose(self, token_error: str, *kinds: str) -> None:
        with self.workspace.lock:
            self.workspace.token_error = token_error
            for kind in kinds:
                self.deliver("event", payloads.removal(self.workspace, kind))

    def _on_message(self, notice: Notice, channel: Channel, message: Json, previous: Json | None) -> None:
        for payload in payloads.events_of(self.workspace, notice, channel, message, previous):
            self.deliver("event", payload)

    def _send(self, delivery: Delivery, effect: Effect | None) -> None:
        self._open_deliveries += 1
        self._running_loop().call_soon_threadsafe(self._begin, delivery, effect)

    def _begin(self, delivery: Delivery, effect: Effect | None) -> None:
        task = asyncio.get_running_loop().create_task(self._run(delivery, effect))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, delivery: Delivery, effect: Effect | None) -> None:
        try:
            await self.sender.send(delivery)
            with self.workspace.lock:
                self._answer(delivery, effect)
        finally:
            with self._is_idle:
                self._open_deliveries -= 1
                self._is_idle.notify_all()

    def _answer(self, delivery: Delivery, effect: Effect | None) -> None:
        if delivery.state == "gave_up":
            code = "operation_timeout" if delivery.status is None else "dispatch_failed"
            delivery.answered.set_exception(NotAnswered(code))
            return
        try:
            if effect is not None:
                effect(delivery.response_body)
        except (Failed, ValueError) as error:
            code = error.code if isinstance(error, Failed) else "malformed_answer"
            messages = error.messages if isinstance(error, Failed) else ()
            self.workspace.rejections.append(Rejection(f"answer_to_{delivery.kind}", code, messages, {}))
            delivery.answered.set_exception(NotAnswered(code))
            return
        delivery.answered.set_result(delivery.response_body)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise RuntimeError("the simulator was not started")
        return self._loop


@contextmanager
def running_simulator(
    workspace: Workspace,
    events_url: str | None = None,
    use_socket_mode: bool = False,
    port: int = 0,
    prepare: Callable[[Simulator], None] = lambda _: None,
    sending_clock: Callable[[], float] = time.time,
) -> Iterator[Simulator]:
    """Run a simulator in a thread with a loop of its own; `prepare` may add routes before it listens."""
    simulator = Simulator(workspace, events_url, use_socket_mode, sending_clock)
    prepare(simulator)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="trial-workspace", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(simulator.start(port=port), loop).result(10)
        yield simulator
    finally:
        with suppress(RuntimeError):
            asyncio.run_coroutine_threadsafe(simulator.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
