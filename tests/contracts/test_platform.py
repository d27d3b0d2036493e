"""One suite over every implementation of the Platform port."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.in_process import InProcessPlatform
from bot.messages import (
    Actions,
    Address,
    Button,
    Disconnected,
    Heading,
    Identity,
    Message,
    NotSent,
    Platform,
    PlatformFault,
    Steps,
    Text,
    Undeliverable,
    Unsure,
)
from bot.slack.send import SlackPlatform
from bot.trial.simulator import Fault, running_simulator
from bot.trial.workspace import User, Workspace

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
EARLIER = START - timedelta(minutes=1)
ANA, NOBODY = "U0ANA", "U0NOBODY"
HELLO = Message("Hello", (Text("Hello"), Actions((Button("Helpful", "helpful", "a" * 32),))))
THANKS = Message("Thanks", (Text("Thanks"),))
LONG = Message("Long", (Heading("Refunds"), Text("Ask first, then pay. " * 1_200), Steps(("Ask", "Pay"), True)))


@dataclass
class Place:
    """A platform, an address in it, what people see there, and how to make its next call fail."""

    platform: Platform
    channel: str
    visible: Callable[[str], list[str]]
    fail: Callable[[PlatformFault, bool], None]

    def address(self, **more: str | None) -> Address:
        return Address(**({"platform": self.platform.name, "workspace": "T0TRIAL001", "channel": self.channel} | more))


@pytest.fixture(params=["in_process", "slack"])
def place(request):
    if request.param == "in_process":
        yield _in_process()
    else:
        yield from _slack()


def _in_process():
    people = [Identity(ANA, True, "Ana Reyes", "ana@example.test", "Europe/Madrid")]
    platform = InProcessPlatform(lambda: START, people)

    def visible(channel):
        return [sent.message.text for sent in platform.standing.values() if sent.channel == channel]

    return Place(platform, "C1", visible, lambda error, is_after: platform.fail(error, is_after=is_after))


def _slack():
    people = [User(ANA, "ana", "Ana Reyes", "ana@example.test", "Europe/Madrid")]
    workspace = Workspace.for_people(people, START.timestamp, random.Random(3))
    with running_simulator(workspace) as simulator:
        platform = SlackPlatform(workspace.bot_token, simulator.api_url, lambda: START, 5)

        def visible(channel):
            return [message["text"] for message in workspace.messages[channel] if "_only_for" not in message]

        def fail(error, is_after):
            left = [_on_the_wire(error, is_after)]
            simulator.faults = lambda _method, _arguments: left.pop() if left else None

        yield Place(platform, workspace.channel_named("general").id, visible, fail)
        assert workspace.rejections == []


def _on_the_wire(error, is_after):
    if isinstance(error, NotSent):
        return Fault("429", error.after_seconds)
    if isinstance(error, Unsure):
        return Fault("malformed" if is_after else "reset")
    return Fault(error.code)


def test_it_says_what_it_can_do(place):
    offers = place.platform.capabilities()
    assert offers.max_characters > 1_000
    assert offers.can_read_back


def test_a_message_stands_until_it_is_replaced_or_taken_back(place):
    first = place.platform.send(place.address(), HELLO, "k1")
    second = place.platform.send(place.address(), HELLO, "k2")
    assert first != second
    assert place.visible(place.channel) == ["Hello", "Hello"]
    place.platform.update(place.address(), first, THANKS)
    assert place.visible(place.channel) == ["Thanks", "Hello"]
    place.platform.delete(place.address(), first)
    place.platform.delete(place.address(), first)
    assert place.visible(place.channel) == ["Hello"]


def test_what_is_gone_cannot_be_replaced(place):
    sent = place.platform.send(place.address(), HELLO, "k")
    place.platform.delete(place.address(), sent)
    with pytest.raises(Undeliverable):
        place.platform.update(place.address(), sent, THANKS)


def test_a_person_without_a_channel_is_written_to_directly(place):
    address = place.address(channel=None, only_for=ANA)
    sent = place.platform.send(address, HELLO, "k")
    channel = place.platform.open_dm(ANA)
    assert channel == place.platform.open_dm(ANA)
    assert place.visible(channel) == ["Hello"]
    assert place.visible(place.channel) == []
    assert place.platform.find_sent(address, "k", EARLIER) == sent
    place.platform.update(address, sent, THANKS)
    assert place.visible(channel) == ["Thanks"]


@pytest.mark.parametrize("more", [{"only_for": ANA}, {"channel": None, "only_for": ANA, "surface": "home"}])
def test_what_one_person_sees_has_no_id_and_nobody_else_sees_it(place, more):
    assert place.platform.send(place.address(**more), HELLO, "k") is None
    assert place.visible(place.channel) == []
    assert place.visible(place.platform.open_dm(ANA)) == []


def test_what_was_sent_is_found_by_its_key_alone(place):
    sent = place.platform.send(place.address(), HELLO, "k1")
    reply = place.platform.send(place.address(thread=sent), HELLO, "k2")
    assert place.platform.find_sent(place.address(), "k1", EARLIER) == sent
    assert place.platform.find_sent(place.address(thread=sent), "k2", EARLIER) == reply
    assert place.platform.find_sent(place.address(), "k3", EARLIER) is None
    assert place.platform.find_sent(place.address(channel=None, only_for=ANA), "k1", EARLIER) is None
    assert place.platform.find_sent(place.address(), "k1", START + timedelta(minutes=1)) is None


def test_what_was_taken_back_is_not_found(place):
    sent = place.platform.send(place.address(), HELLO, "k")
    place.platform.delete(place.address(), sent)
    assert place.platform.find_sent(place.address(), "k", EARLIER) is None


def test_who_people_are(place):
    assert place.platform.identify(ANA) == Identity(ANA, True, "Ana Reyes", "ana@example.test", "Europe/Madrid")
    assert not place.platform.identify(NOBODY).is_member


def test_a_long_message_goes_in_parts_that_are_taken(place):
    parts = place.platform.split(LONG)
    assert len(parts) > 1
    for number, part in enumerate(parts):
        place.platform.send(place.address(), part, f"k#{number}")
    assert len(place.visible(place.channel)) == len(parts)
    assert all(place.visible(place.channel))
    assert place.platform.split(HELLO) == [HELLO]


@pytest.mark.parametrize("after_seconds", [7, None])
def test_not_sent_is_not_there_and_may_be_sent_again(place, after_seconds):
    place.fail(NotSent("ratelimited", after_seconds), False)
    with pytest.raises(NotSent) as caught:
        place.platform.send(place.address(), HELLO, "k")
    assert (caught.value.code, caught.value.after_seconds) == ("ratelimited", after_seconds)
    assert place.visible(place.channel) == []
    assert place.platform.find_sent(place.address(), "k", EARLIER) is None
    assert place.platform.send(place.address(), HELLO, "k")


@pytest.mark.parametrize("is_after", [False, True])
def test_unsure_can_be_made_sure(place, is_after):
    place.fail(Unsure("connection_lost"), is_after)
    with pytest.raises(Unsure):
        place.platform.send(place.address(), HELLO, "k")
    assert len(place.visible(place.channel)) == is_after
    assert bool(place.platform.find_sent(place.address(), "k", EARLIER)) is is_after


@pytest.mark.parametrize("error", [Undeliverable("is_archived"), Disconnected("token_revoked")])
def test_what_is_refused_for_good_says_why(place, error):
    place.fail(error, False)
    with pytest.raises(type(error)) as caught:
        place.platform.send(place.address(), HELLO, "k")
    assert caught.value.code == error.code
    assert place.visible(place.channel) == []
