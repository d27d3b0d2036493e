"""Owns where a Teams journey takes place: a network with nothing but loopback, and the Teams client in it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.e2e.processes import END_SECONDS, ROOT, end, running
from tests.e2e.teams.road import road

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
CLIENT = PACKAGES / "@microsoft" / "m365agentsplayground" / "cli.js"
# Set in the child that `in_network` starts.
MARKER = "COACH_TEAMS_NETWORK"
IS_IN_NETWORK = os.environ.get(MARKER) == "1"
CLIENT_PORT = 56150
# No more and no fewer: the client ends otherwise.
USERS = 6
TENANT = "11111111-0000-0000-0000-000000000001"
BOT = {"id": "28:00000000-0000-0000-0000-0000000000bb", "name": "Coach"}


@dataclass(frozen=True)
class User:
    """Somebody of the team; the first one given to `configuration` is who types and presses."""

    number: int
    name: str
    email: str

    @property
    def id(self) -> str:
        # Teams finds a member by a long id of its own or by this one, the client only by what it calls `id`.
        return f"22222222-0000-0000-0000-{self.number:012}"

    def as_configured(self) -> dict[str, str]:
        given, _, surname = self.name.partition(" ")
        return {
            "id": self.id,
            "name": self.name,
            # Spelt as the client spells it.
            "userPrincipleName": self.email,
            "aadObjectId": self.id,
            "givenName": given,
            "surname": surname,
            "email": self.email,
        }


def missing() -> str | None:
    """Say what this machine lacks for a journey, None when nothing."""
    if os.geteuid() != 0:
        return "a network of its own needs root"
    if absent := [name for name in ("unshare", "ip", "node", "chromium") if shutil.which(name) is None]:
        return f"no {', '.join(absent)}"
    if find_spec("playwright") is None:
        return "no playwright: install requirements-dev.lock"
    if not CLIENT.is_file():
        return "no Teams client: run npm ci in tests/e2e/teams"
    return None


def in_network(arguments: Sequence[str], within_seconds: float) -> tuple[int, str]:
    """Run pytest in a network that has nothing but loopback; return its exit code and what it printed.

    The client listens on every interface and cannot be told otherwise.
    """
    up = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    command = [*up, sys.executable, "-m", "pytest", *arguments]
    # No proxy can be reached from there.
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment[MARKER] = "1"
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        printed, _ = child.communicate(timeout=within_seconds)
    except subprocess.TimeoutExpired:
        # An interrupted pytest leaves its fixtures, and they end what they started.
        child.send_signal(signal.SIGINT)
        printed, _ = child.communicate(timeout=4 * END_SECONDS)
        printed += f"\nnot done after {within_seconds:.0f} seconds"
    finally:
        end(child)
    return child.returncode, printed


@contextmanager
def running_client(folder: Path, users: Sequence[User], endpoint: str) -> Iterator[str]:
    """Run the Teams client for these people and a bot's endpoint; its page's address is given."""
    # JSON is YAML.
    (folder / ".m365agentsplayground.yml").write_text(json.dumps(configuration(users), indent=1))
    command = ["node", str(CLIENT), "start", "--app-endpoint", endpoint, "--channel-id", "msteams"]
    command += ["--port", str(CLIENT_PORT), "--disable-telemetry"]
    page = f"http://127.0.0.1:{CLIENT_PORT}/"
    with road(CLIENT_PORT) as port:
        command += ["--service-url", f"http://127.0.0.1:{port}/_connector"]
        with running(command, folder, f"{page}_debug/ping", os.environ):
            yield page


def configuration(users: Sequence[User]) -> dict[str, object]:
    """Return the client's settings: who is there, one personal chat, one group chat, one team of two channels."""
    assert len(users) == USERS
    return {
        "version": "0.1.0",
        "tenantId": TENANT,
        "bot": BOT,
        "currentUser": users[0].as_configured(),
        "users": [user.as_configured() for user in users[1:]],
        "personalChat": {"id": "a:personal-1"},
        "groupChat": {"id": "19:shift-leads@thread.v2", "name": "Shift leads"},
        "team": {
            "id": "19:quayside-general@thread.tacv2",
            "name": "Quayside",
            "aadGroupId": "00000000-0000-0000-0000-000000000031",
            "channels": [{"id": "19:quayside-training@thread.tacv2", "name": "Training"}],
        },
    }
