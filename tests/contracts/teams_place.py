"""Teams in the suite over the Platform port: a tenant, and what people read and do in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from bot import keeping
from bot.messages import Disconnected, NotSent, Undeliverable, Unsure
from bot.teams import replies, wire
from bot.teams.addresses import AddressBook, Reach
from bot.teams.calls import ConnectorCalls, no_token
from bot.teams.send import TeamsPlatform
from tests.contracts.places import Clock, Place, Seen, objects_in
from tests.teams_cards import LABEL_TYPE, pressable
from tests.teams_connector import Fault, running_connector
from tests.teams_people import TeamsPerson, Tenant

# Teams makes times of these.
MACRO = re.compile(r"\{\{(?:DATE|TIME)")


class TeamsPlace(Place):
    """A tenant with a channel that Ana and a guest are in; what people do is read, there is no bot that answers."""

    zone_in_directory, tells_pauses = None, False
    refused, removed = Undeliverable("MessageWritesBlocked"), Disconnected("unauthorized")

    def __init__(self, connector, database, clock):
        self.connector = connector
        tenant = connector.tenant
        ana = tenant.add("Ana Reyes", "ana@example.test", time_zone=self.time_zone)
        guest = tenant.add("Gus Guest", role="guest", tenant_id="33333333-0000-4000-8000-000000000001")
        self.ana, self.guest, self.stranger = ana.aad_object_id, guest.aad_object_id, f"29:{'9' * 32}"
        book = AddressBook(database)
        calls = ConnectorCalls(no_token, is_anonymous=True, timeout_seconds=5)
        channel = tenant.channel("general", ana, guest).id
        platform = TeamsPlatform(calls, book, tenant.app_id, tenant.id, clock.now)
        super().__init__(platform, tenant.id, channel, clock)
        keeping.resume(database, "teams", tenant.id, clock.at)
        book.note(Reach(channel, connector.service_url), clock.at)
        self.person = TeamsPerson(connector, lambda _said: (200, replies.line(replies.NOTED)), ana)

    def seen(self, channel):
        return [_seen(seen) for seen in self.connector.messages(channel) if seen.by == self.connector.tenant.bot_id]

    def only_ana(self):
        return self.seen(self.connector.tenant.personal(self.person.user).id)

    def home(self):
        return self.only_ana()[-1].words

    def press(self, label):
        return self._read(self.person.press_late(self._newest(label), label))

    choose = press

    def opens(self, label):
        """Press a link, which Coach does not hear of; return the address behind it."""
        return pressable(self._newest(label).activity)[label]["url"]

    def again(self, arrived):
        return self._read(self.person.again())

    def rate(self, seen):
        return self._read(self.person.rate("like", seen.id))

    def command(self, text):
        return self._read(self.person.say(text)).incoming

    def writes(self):
        return self._read(self.person.say("Hello")).incoming

    def pause(self, minutes):
        """Nothing that a bot is told."""

    def fail(self, error, is_after=False):
        left = [_fault(error, is_after)]
        self.connector.faults = lambda _call: left.pop() if left else None

    def _newest(self, label):
        return next(seen for seen in reversed(self.person.by_coach(self.channel)) if label in pressable(seen.activity))

    def _read(self, sent):
        return wire.read(sent.activity, self.workspace, self.clock.at)


@contextmanager
def teams(database) -> Iterator[Place]:
    clock = Clock()
    with running_connector(Tenant(), now=clock.now) as connector:
        place = TeamsPlace(connector, database, clock)
        yield place
        place.platform.close()
    assert connector.rejections == []


def _seen(seen):
    told = [entity for entity in seen.entities if entity.get("type") == LABEL_TYPE]
    other = [entity.get("type") for entity in seen.entities if entity.get("type") != LABEL_TYPE]
    return Seen(
        seen.id,
        seen.root if seen.root != seen.id else None,
        seen.activity.get("summary", ""),
        seen.words,
        list(pressable(seen.activity)),
        {one["position"]: one["appearance"]["abstract"] for entity in told for one in entity.get("citation", [])},
        any("additionalType" in entity for entity in told),
        [*other, *(part["type"] for part in objects_in(seen.card) if MACRO.search(part.get("text", "")))],
    )


def _fault(error, is_after):
    if isinstance(error, NotSent):
        return Fault("429", error.after_seconds)
    if isinstance(error, Unsure):
        return Fault("malformed" if is_after else "reset")
    return Fault("401" if isinstance(error, Disconnected) else f"403:{error.code}")
