"""What a message from Teams and a card for it cost: `python -m benchmarks.teams` prints CPU milliseconds as JSON.

Each part is measured alone, in one process and one run, beside the same part of Slack where there is one.
"""

import asyncio
import json
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from bot import keeping
from bot.database import Database
from bot.slack import render as slack
from bot.teams import render as teams
from bot.teams import wire
from bot.teams.sdk import ISSUER, Doorkeeper
from bot.views.answer_message import Setting, as_message
from coach.answer import Answer, Trace
from coach.sources import Source

APP_ID, TENANT = "11111111-2222-3333-4444-555555555555", "22222222-3333-4444-5555-666666666666"
SERVICE_URL = "https://smba.trafficmanager.net/teams/"
ROUNDS = 500


def main() -> None:
    """Measure and print."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _keys_server(key))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        figures = asyncio.run(_door(key, f"http://127.0.0.1:{server.server_port}"))
    finally:
        server.shutdown()
        server.server_close()
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
        figures |= _kept(Path(folder))
    print(json.dumps(figures | _rendered()))


async def _door(key: rsa.RSAPrivateKey, address: str) -> dict[str, float]:
    door = Doorkeeper(APP_ID, TENANT, f"{address}/openid")
    claims = {"iss": ISSUER, "aud": APP_ID, "serviceurl": SERVICE_URL, "exp": int(time.time()) + 3_600}
    header = "Bearer " + jwt.encode(claims, key, algorithm="RS256", headers={"kid": "k1"})
    proof = await door.admit(header, SERVICE_URL)

    async def logic() -> tuple[int, dict[str, Any] | None]:
        return 200, {}

    begun = time.process_time()
    for _ in range(ROUNDS):
        await door.admit(header, SERVICE_URL)
    admitted = time.process_time()
    for _ in range(ROUNDS):
        await door.turn(proof, True, logic)
    turned = time.process_time()
    return {"admit_ms": _each(begun, admitted), "turn_ms": _each(admitted, turned)}


def _kept(folder: Path) -> dict[str, float]:
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    database.upgrade()
    keeping.resume(database, "teams", TENANT, datetime.now(UTC))
    number = iter(range(10 * ROUNDS))

    def read_and_keep() -> None:
        arrived = wire.read(_message(f"m{next(number)}"), TENANT, datetime.now(UTC))
        # Somebody else each time, so that nothing is shed.
        user_id = f"29:{arrived.incoming.message_id}"
        keeping.keep(database, replace(arrived, incoming=replace(arrived.incoming, user_id=user_id)), datetime.now(UTC))

    try:
        figures = {
            "read_ms": _measured(lambda: wire.read(_message("m"), TENANT, datetime.now(UTC))),
            "read_and_keep_ms": _measured(read_and_keep, 200),
        }
    finally:
        database.close()
    return figures


def _rendered() -> dict[str, float]:
    words = "Ask for the receipt first, then call a manager; a refund goes back to the card that paid. " * 3
    sources = tuple(
        Source(place, f"stores/refunds{place}.md", ("Refunds",), words, words, 0.9, None, "4.2", None)
        for place in range(3)
    )
    reply = Answer(True, sources, None, Trace())
    card = as_message(reply, {}, date(2026, 11, 26), Setting("a" * 32, has_citations=True, has_ratings=True))
    blocks = as_message(reply, {}, date(2026, 11, 26), Setting("a" * 32))
    return {
        "card_ms": _measured(lambda: [teams.activity(part) for part in teams.split(card)]),
        "blocks_ms": _measured(lambda: slack.payload(blocks)),
        "card_bytes": float(len(json.dumps(teams.card(card), ensure_ascii=False).encode())),
    }


def _message(message_id: str) -> dict[str, Any]:
    return {
        "type": "message",
        "id": message_id,
        "text": "How do I handle a refund exception?",
        "channelId": "msteams",
        "serviceUrl": SERVICE_URL,
        "timestamp": "2026-11-26T08:30:00.000Z",
        "from": {"id": "29:1", "name": "Ana Reyes", "aadObjectId": APP_ID},
        "recipient": {"id": f"28:{APP_ID}", "name": "Coach"},
        "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
    }


def _measured(what: Callable[[], object], rounds: int = ROUNDS) -> float:
    what()
    begun = time.process_time()
    for _ in range(rounds):
        what()
    return _each(begun, time.process_time(), rounds)


def _each(begun: float, ended: float, rounds: int = ROUNDS) -> float:
    return round((ended - begun) / rounds * 1_000, 3)


def _keys_server(key: rsa.RSAPrivateKey) -> type[BaseHTTPRequestHandler]:
    published = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    published |= {"kid": "k1", "use": "sig", "alg": "RS256", "endorsements": ["msteams"]}

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = f"http://127.0.0.1:{self.server.server_port}/keys"
            said = {"keys": [published]} if self.path == "/keys" else {"issuer": ISSUER, "jwks_uri": where}
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    return Keys


if __name__ == "__main__":
    main()
