"""Slack in the suite over the Platform port: the trial workspace, and what people read and do in it."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bot.arrivals import Ignored
from bot.messages import NotSent, Unsure
from bot.slack import wire
from bot.slack.body import FORM, Coach, parsed
from bot.slack.send import SlackPlatform
from bot.trial.human import Human
from bot.trial.shown import elements_in, shown_text
from bot.trial.simulator import Fault, running_simulator
from bot.trial.workspace import User, Workspace
from tests.contracts.places import HELPFUL, Clock, Place, Seen, objects_in
from tests.slack_trial import labels

# What is shown as something else than the words it was given.
NOT_WORDS = set("broadcast channel color date emoji link markdown mrkdwn team user usergroup".split())


class SlackPlace(Place):
    """The trial workspace; what people do is held back and read, there is no app that answers."""

    def __init__(self, simulator, clock):
        self.simulator = simulator
        space = self.space = simulator.workspace
        platform = SlackPlatform(space.bot_token, simulator.api_url, clock.now, 5)
        super().__init__(platform, space.team_id, space.channel_named("general").id, clock)
        simulator.hold()
        simulator.events_url = simulator.api_url
        self.human = Human(simulator, self.ana)

    def seen(self, channel):
        return [self._seen(message) for message in self.space.messages[channel] if "_only_for" not in message]

    def only_ana(self):
        return [self._seen(message) for message in self.human.messages(self.channel) if "_only_for" in message]

    def home(self):
        return shown_text(self.human.home())

    def press(self, label):
        self.human.press(label)
        return self._read()

    def choose(self, label):
        self.human.choose(label)
        return self._read()

    def opens(self, label):
        """Press a link, which Slack tells Coach as well; return the address behind it."""
        self.human.press(label)
        arrived = self._read()
        assert arrived == Ignored("link_opened"), arrived
        blocks = next(m["blocks"] for m in reversed(self.space.messages[self.channel]) if label in labels(m))
        return next(element.body["url"] for element in elements_in(blocks) if element.label == label)

    def again(self, arrived):
        self.simulator.redeliver(self.simulator.deliveries[-1])
        return self._read()

    def rate(self, seen):
        return self.press(HELPFUL)

    def command(self, text):
        self.human.slash("/coach", text, self.channel)
        return self._read().incoming

    def writes(self):
        self.human.say(self.human.dm(), "Hello")
        return self._read().incoming

    def pause(self, minutes):
        self.human.pause_notifications(minutes)

    def fail(self, error, is_after=False):
        left = [_fault(error, is_after)]
        self.simulator.faults = lambda _method, _arguments: left.pop() if left else None

    def _seen(self, message):
        seen = _seen(message)
        files = [self.space.files[file["id"]].content.decode() for file in message.get("files", [])]
        return replace(seen, file="".join(files) or None)

    def _read(self):
        body = parsed(self.simulator.deliveries[-1].body().encode(), FORM)
        return wire.read(body, Coach(self.workspace, self.space.bot_user_id), self.clock.at)


@contextmanager
def slack(_database) -> Iterator[Place]:
    people = [User(Place.ana, "ana", "Ana Reyes", "ana@example.test", Place.time_zone)]
    people.append(User(Place.guest, "guest", "Gus Guest", is_restricted=True))
    clock = Clock()
    workspace = Workspace.for_people(people, clock.seconds, random.Random(3))
    with running_simulator(workspace) as simulator:
        yield SlackPlace(simulator, clock)
    assert workspace.rejections == []


def _seen(message):
    blocks = message.get("blocks", [])
    kinds = {part["type"] for part in objects_in(blocks) if isinstance(part.get("type"), str)}
    marked = re.findall(r"<[^>]*>", message["text"])
    thread = message.get("thread_ts")
    return Seen(
        message["ts"],
        thread if thread != message["ts"] else None,
        message["text"],
        shown_text(message),
        labels(message),
        not_words=[*sorted(kinds & NOT_WORDS), *marked],
    )


def _fault(error, is_after):
    if isinstance(error, NotSent):
        return Fault("429", error.after_seconds)
    if isinstance(error, Unsure):
        return Fault("malformed" if is_after else "reset")
    return Fault(error.code)
