"""Kills the process that answers in Teams as kill_chat does; Teams itself, which lets nobody read back, lives on.

`python -m tests.faults.kill_teams --times 20` runs every point 20 times on SQLite and PostgreSQL and writes
benchmarks/faults_chat_teams.json; the test suite runs each point once on each database. An answer that was being sent
when the process died may stand twice, which is counted; a nudge never does.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot import keeping
from bot.database import Database
from bot.messages import Platform
from bot.teams.addresses import AddressBook, Reach
from bot.teams.body import PLATFORM as TEAMS
from bot.teams.calls import ConnectorCalls, no_token
from bot.teams.send import TeamsPlatform
from tests.echo import PLATFORM
from tests.faults.kill_chat import CHILDREN, MUTE, Build, append, kill_often
from tests.teams_connector import Call, running_connector
from tests.teams_people import Place, Tenant, User
from tests.teams_tenant import APP_ID, TENANT_ID

CHILDREN.set_forkserver_preload(["bot.worker", "bot.teams.send", "tests.echo", "tests.teams_people"])


def on_teams(url: str, service_url: str, paper: Path) -> Mapping[str, Platform]:
    """Build the platforms of a run: both are Teams, one for answers and one for nudges."""
    database, now = Database(url), datetime.now(UTC)
    keeping.resume(database, TEAMS, TENANT_ID, now)
    book = AddressBook(database)
    book.note(Reach("whatever was written last", service_url), now)
    calls = ConnectorCalls(no_token, is_anonymous=True)
    platform = TeamsPlatform(calls, book, APP_ID, TENANT_ID, lambda: datetime.now(UTC))
    return {PLATFORM: platform, MUTE: platform}


class EverybodysTenant(Tenant):
    """A tenant in which whoever is written to is there; nothing in it is looked through while another thread adds."""

    def user(self, id_: str) -> User:
        return self.users.setdefault(id_, User(id_, id_, id_, f"{id_}@example.test", self.id))

    def find(self, id_or_name: str) -> Place:
        return self.places.setdefault(id_or_name, Place(id_or_name, "groupChat", []))

    def refusal(self, place: Place) -> None:
        return None


@contextmanager
def living_teams(url: str, folder: Path) -> Iterator[Build]:
    """Run Teams outside the process that is killed; each message it takes is a line on the paper of its run."""
    with running_connector(EverybodysTenant()) as connector:
        connector.faults = partial(_note, connector.tenant, folder)
        # The clocks of the processes are minutes apart, and this one is not: it cannot count their calls.
        connector.limits_rates = False
        yield partial(on_teams, url, connector.service_url)
    # Whoever is killed while speaking does not end the sentence.
    assert [rejection.error for rejection in connector.rejections if rejection.body is not None] == []


def _note(tenant: EverybodysTenant, folder: Path, call: Call) -> None:
    if call.name == "send" and call.body is not None:
        place = tenant.find(call.conversation_id)
        name = place.members[0] if place.kind == "personal" else place.id
        kind, key = name[0], name[1:]
        line = f"{MUTE} nudge:{key}" if kind == "N" else f"{PLATFORM} answer:{key}"
        append(folder / f"sent-{key.partition('-')[0]}", line)


if __name__ == "__main__":
    kill_often("Killing chats in Teams", "benchmarks/faults_chat_teams.json", living_teams, can_read_back=False)
