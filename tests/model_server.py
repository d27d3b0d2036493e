"""A server that speaks OpenAI's chat completions on loopback and behaves as a test says, well or badly."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SILENT_STEP_SECONDS = 0.05
FAULTS = {
    "401": (401, {"error": {"message": "Incorrect API key provided: sk-canary", "code": "invalid_api_key"}}),
    "404": (404, {"error": {"message": "The model does not exist", "code": "model_not_found"}}),
    "429": (429, {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}),
    "500": (500, {"error": {"message": "The server had an error", "type": "server_error"}}),
    "400": (400, {"error": {"message": "Unsupported value: temperature", "code": "unsupported_value"}}),
    "context overflow": (
        400,
        {"error": {"message": "This model's maximum context length is 8192 tokens", "code": "context_length_exceeded"}},
    ),
    "context overflow of a local server": (
        400,
        {"error": {"message": "the request exceeds the available context size", "type": "exceed_context_size_error"}},
    ),
}
Said = str | Callable[[dict], str]


def asked_in(body: dict) -> str:
    """Return what a request asks, without what every request begins with."""
    return body["messages"][-1]["content"]


class ModelServer:
    """What it `says`, one a request, the last one again and again; `requests` are the bodies it got.

    A behaviour is the name of a fault, hang, trickle, trickled headers, garbage, no answer, empty, cut short,
    filtered, or words to say, or what makes words from the body. `usage` is what it says of tokens.
    """

    def __init__(self) -> None:
        self.says: deque[Said] = deque()
        self.usage: object = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        self.requests: list[dict] = []
        self.keys: list[str | None] = []
        self.is_stopping = threading.Event()
        self.closed_connections = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """The address a client is given."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def then(self, *says: Said) -> None:
        """Forget what was, and behave like this from now on."""
        self.requests.clear()
        self.says = deque(says)

    @contextmanager
    def running(self) -> Iterator["ModelServer"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.is_stopping.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.requests.append(body)
                server.keys.append(self.headers["authorization"])
                said = server.says.popleft() if len(server.says) > 1 else server.says[0]
                server.behave(self, said(body) if callable(said) else said)

        return Handler

    def behave(self, handler: BaseHTTPRequestHandler, said: str) -> None:
        """Answer one request in the way that is named, or with the words."""
        handler.close_connection = True
        if said in FAULTS:
            status, body = FAULTS[said]
            self._answer(handler, status, json.dumps(body))
        elif said == "hang":
            self._drip(handler, b"")
        elif said == "trickle":
            handler.send_response(200)
            handler.send_header("content-type", "application/json")
            handler.send_header("content-length", "100000")
            handler.end_headers()
            self._drip(handler, b" ")
        elif said == "trickled headers":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
            self._drip(handler, b"y")
        elif said == "garbage":
            self._answer(handler, 200, "<html>It works!</html>")
        elif said in ("cut short", "filtered"):
            completion = _completion('{"verdict": "suff', self.usage)
            completion["choices"][0]["finish_reason"] = {"cut short": "length", "filtered": "content_filter"}[said]
            self._answer(handler, 200, json.dumps(completion))
        elif said == "no answer":
            self._answer(handler, 200, json.dumps({"object": "list", "data": []}))
        else:
            self._answer(handler, 200, json.dumps(_completion("" if said == "empty" else said, self.usage)))

    def _answer(self, handler: BaseHTTPRequestHandler, status: int, body: str) -> None:
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(body.encode())))
        handler.end_headers()
        handler.wfile.write(body.encode())

    def _drip(self, handler: BaseHTTPRequestHandler, byte: bytes) -> None:
        try:
            while not self.is_stopping.is_set():
                handler.wfile.write(byte)
                handler.wfile.flush()
                time.sleep(SILENT_STEP_SECONDS)
                handler.connection.setblocking(False)
                try:
                    if handler.connection.recv(1) == b"":
                        break
                except BlockingIOError:
                    pass
                finally:
                    handler.connection.setblocking(True)
        except OSError:
            pass
        self.closed_connections += 1


def _completion(text: str, usage: object) -> dict:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "scripted",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": usage,
    }
