"""A small web server on loopback, for services that a test stands in for."""

import json
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socket import SHUT_RDWR
from socketserver import ThreadingTCPServer
from urllib.parse import parse_qsl, unquote

QUICK_SECONDS = 0.02


@dataclass(frozen=True)
class Request:
    """What was asked; `parts` is the path, cut at its slashes and then decoded."""

    method: str
    parts: list
    query: dict
    headers: dict
    body: bytes
    closing: threading.Event

    def hang(self):
        """Leave the caller waiting until the server ends."""
        self.closing.wait()


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict = field(default_factory=dict)


def json_reply(status, body, **headers):
    return Reply(status, json.dumps(body).encode(), headers=headers)


@contextmanager
def served(answer):
    """Serve for a while and yield the address: `answer(request)` returns a Reply, or None to end the connection.

    An exception in `answer` ends the connection, and is raised here at the end.
    """
    with _Server(answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(QUICK_SECONDS,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.closing.set()
            server.shutdown()
            thread.join(10)
            server.hang_up()
    if server.broken:
        raise server.broken[0]


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, answer):
        self.answer = answer
        self.closing = threading.Event()
        self.broken = []
        self._sockets = []
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request, client_address):
        self._sockets.append(request)
        super().process_request(request, client_address)

    def handle_error(self, request, client_address):
        if not isinstance(error := sys.exception(), ConnectionError):
            self.broken.append(error)

    def hang_up(self):
        for socket in self._sockets:
            with suppress(OSError):
                socket.shutdown(SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave together; apart, the second waits for the client's delayed acknowledgement of the first.
    wbufsize = -1

    def _answer(self):
        path, _, query = self.path.partition("?")
        reply = self.server.answer(
            Request(
                self.command,
                [unquote(part) for part in path.split("/")[1:]],
                dict(parse_qsl(query)),
                dict(self.headers),
                self.rfile.read(int(self.headers.get("Content-Length", 0))),
                self.server.closing,
            )
        )
        if reply is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        headers = {"Content-Type": reply.content_type, "Content-Length": str(len(reply.body)), **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815, http.server looks for these names

    def log_message(self, *_):
        """Say nothing."""
