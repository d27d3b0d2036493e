"""Owns the road from Coach to the Teams client, as long as one through a network."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer

# The client's page opens its connection anew after each message of its own, and never sees what arrives meanwhile.
ON_THE_WAY_SECONDS = 0.5


@contextmanager
def road(to_port: int) -> Iterator[int]:
    """Carry what is sent to the port that is given on to `to_port`, each piece half a second later."""

    class Carrier(BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(("127.0.0.1", to_port)) as far:
                back = threading.Thread(target=_carry, args=(far, self.request), daemon=True)
                back.start()
                _carry(self.request, far, ON_THE_WAY_SECONDS)
                back.join()

    with ThreadingTCPServer(("127.0.0.1", 0), Carrier) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def _carry(near: socket.socket, far: socket.socket, seconds: float = 0) -> None:
    with suppress(OSError):
        while piece := near.recv(65_536):
            time.sleep(seconds)
            far.sendall(piece)
        far.shutdown(socket.SHUT_WR)
