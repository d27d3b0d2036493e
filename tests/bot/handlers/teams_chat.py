"""Coach in a tenant of Teams without its gateway: people write, press and rate, and it is handled at once."""

from contextlib import contextmanager
from functools import partial

from bot import keeping
from bot.arrivals import Ignored
from bot.router import Router
from bot.teams import replies, wire
from bot.teams.addresses import AddressBook, Reach, note_reach
from bot.teams.calls import ConnectorCalls, no_token
from bot.teams.send import TeamsPlatform
from bot.worker import Workers
from tests.chat import Chat
from tests.teams_connector import running_connector
from tests.teams_people import TeamsPerson
from tests.teams_tenant import Tenant


class TeamsChat(Chat):
    """The tenant of a small company; `ada` manages `ben` and `cara`, and all three are in the channel `till`."""

    def connect(self, connector):
        tenant = connector.tenant
        self.connector = connector
        self.platform = TeamsPlatform(
            ConnectorCalls(no_token, is_anonymous=True),
            AddressBook(self.app.database),
            tenant.app_id,
            tenant.id,
            lambda: self.now,
        )
        platforms = {"teams": self.platform}
        self.workers = Workers(self.app.database, platforms, Router(self.app, platforms), lambda: self.now)
        keeping.resume(self.app.database, "teams", tenant.id, self.now)
        self.ada, self.ben, self.cara = (
            TeamsPerson(connector, self.post, tenant.add(name, f"{name[:4].strip().lower()}@example.test"))
            for name in ("Ada Oak", "Ben Ash", "Cara Elm")
        )
        self.till = tenant.channel("Till", *(person.user for person in (self.ada, self.ben, self.cara)))

    def post(self, activity):
        """Take what a person did and everything it leads to."""
        self.at(minutes=0.1)
        arrived = wire.read(activity, self.connector.tenant.id, self.now)
        if isinstance(arrived, Ignored):
            return 200, {}
        incoming = arrived.incoming
        user_id = incoming.user_id if incoming.is_direct else None
        reach = Reach(incoming.channel, self.connector.service_url, user_id)
        keeping.keep(self.app.database, arrived, self.now, partial(note_reach, reach=reach, now=self.now))
        self.settle()
        return 200, replies.to_press(activity.get("name"), incoming)

    def read(self, person, place=None):
        """What Coach's messages say to a person, oldest first."""
        return [seen.words for seen in person.by_coach(place)]


@contextmanager
def teams_chat(app, now):
    """The chat on an applied company."""
    chat = TeamsChat(app, now)
    with running_connector(Tenant(), now=lambda: chat.now) as connector:
        chat.connect(connector)
        yield chat
        chat.platform.close()
        assert connector.rejections == []
