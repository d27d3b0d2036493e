"""One suite over every implementation of the Platform port: where messages stand, who people are, and what may fail."""

from datetime import timedelta

import pytest

from bot.grammar import read_command, read_wish
from bot.messages import (
    Actions,
    Button,
    Disconnected,
    Heading,
    Identity,
    Kind,
    Message,
    NotSent,
    Steps,
    Text,
    Undeliverable,
    Unsure,
)
from tests.contracts.parity import capability
from tests.contracts.places import START

EARLIER = START - timedelta(minutes=1)
HELLO = Message("Hello", (Text("Hello"), Actions((Button("Helpful", "helpful", "a" * 32),))))
THANKS = Message("Thanks", (Text("Thanks"),))
LONG = Message("Long", (Heading("Refunds"), Text("Ask first, then pay. " * 1_200), Steps(("Ask", "Pay"), True)))
directly = capability("Write to one person, in their own chat with Coach")
replaced = capability("Replace a message in place, and take one back")
directory = capability("Tell members from guests and strangers", teams="yes, asked in a conversation they are in")
pauses = capability(
    "Leave alone whoever set their device to do not disturb",
    teams="no: Teams tells no bot; quiet hours, a pause and Later Today work",
)
reading_back = capability(
    "Find again what was sent, so that a crash doubles nothing",
    "can_read_back",
    teams="no: what a crash interrupts is sent again, but for nudges, which are never sent twice",
)
refusals = capability("Tell what to send again from what will never be taken, and stop when Coach is removed")


def test_it_says_what_it_can_do(place):
    assert place.offers.max_characters > 1_000
    assert place.offers.can_read_back is (place.platform.name != "teams")


@replaced
def test_a_message_stands_until_it_is_replaced_or_taken_back(place):
    first = place.platform.send(place.address(), HELLO, "k1")
    second = place.platform.send(place.address(), HELLO, "k2")
    assert first != second
    assert place.visible(place.channel) == ["Hello", "Hello"]
    place.platform.update(place.address(), first, THANKS)
    assert place.visible(place.channel) == ["Thanks", "Hello"]
    assert [seen.words for seen in place.seen(place.channel)] == ["Thanks", "Hello"]
    place.platform.delete(place.address(), first)
    place.platform.delete(place.address(), first)
    assert place.visible(place.channel) == ["Hello"]


@replaced
def test_what_is_gone_cannot_be_replaced(place):
    sent = place.platform.send(place.address(), HELLO, "k")
    place.platform.delete(place.address(), sent)
    with pytest.raises(Undeliverable):
        place.platform.update(place.address(), sent, THANKS)


@capability("Answer in the thread of a channel")
def test_an_answer_stands_in_its_thread_and_is_replaced_there(place):
    first = place.platform.send(place.address(), HELLO, "k1")
    thread = place.address(thread=first)
    reply = place.platform.send(thread, HELLO, "k2")
    place.platform.update(thread, reply, THANKS)
    assert [(seen.id, seen.thread, seen.text) for seen in place.seen(place.channel)] == [
        (first, None, "Hello"),
        (reply, first, "Thanks"),
    ]
    place.platform.delete(thread, reply)
    assert [seen.id for seen in place.seen(place.channel)] == [first]


@directly
def test_a_person_without_a_channel_is_written_to_directly(place):
    address = place.address(channel=None, only_for=place.ana)
    sent = place.platform.send(address, HELLO, "k")
    channel = place.platform.open_dm(place.ana)
    assert channel == place.platform.open_dm(place.ana)
    assert place.visible(channel) == ["Hello"]
    assert place.visible(place.channel) == []
    assert place.platform.find_sent(address, "k", EARLIER) == (sent if place.offers.can_read_back else None)
    place.platform.update(address, sent, THANKS)
    assert place.visible(channel) == ["Thanks"]
    place.platform.delete(address, sent)
    assert place.visible(channel) == []


@capability(
    "Say something in a channel for the eyes of one person", "has_ephemeral", teams="it comes in their own chat"
)
def test_what_one_person_sees_nobody_else_in_the_channel_does(place):
    sent = place.platform.send(place.address(only_for=place.ana), HELLO, "k")
    assert (sent is None) is place.offers.has_ephemeral
    assert place.visible(place.channel) == []
    assert place.visible(place.platform.open_dm(place.ana)) == ([] if place.offers.has_ephemeral else ["Hello"])
    assert [seen.words for seen in place.only_ana()] == ["Hello"]


@capability("A home page", "has_home", teams="it is a message in the person's own chat")
def test_a_home_page_shows_what_was_published_last(place):
    home = place.address(channel=None, only_for=place.ana, surface="home")
    for message in (HELLO, THANKS):
        sent = place.platform.send(home, message, "k")
        assert (sent is None) is place.offers.has_home
    assert place.visible(place.channel) == []
    own = place.visible(place.platform.open_dm(place.ana))
    assert own == ([] if place.offers.has_home else ["Hello", "Thanks"])
    assert place.home() == "Thanks"


@reading_back
def test_what_was_sent_is_found_by_its_key_alone(place):
    sent = place.platform.send(place.address(), HELLO, "k1")
    reply = place.platform.send(place.address(thread=sent), HELLO, "k2")
    if not place.offers.can_read_back:
        assert place.platform.find_sent(place.address(), "k1", EARLIER) is None
        return
    assert place.platform.find_sent(place.address(), "k1", EARLIER) == sent
    assert place.platform.find_sent(place.address(thread=sent), "k2", EARLIER) == reply
    assert place.platform.find_sent(place.address(), "k3", EARLIER) is None
    assert place.platform.find_sent(place.address(channel=None, only_for=place.ana), "k1", EARLIER) is None
    assert place.platform.find_sent(place.address(), "k1", START + timedelta(minutes=1)) is None


@reading_back
def test_what_was_taken_back_is_not_found(place):
    sent = place.platform.send(place.address(), HELLO, "k")
    place.platform.delete(place.address(), sent)
    assert place.platform.find_sent(place.address(), "k", EARLIER) is None


@directory
def test_who_people_are(place):
    ana = Identity(place.ana, True, "Ana Reyes", "ana@example.test", place.zone_in_directory)
    assert place.platform.identify(place.ana) == place.platform.identify(place.ana, place.channel) == ana
    assert not place.platform.identify(place.guest, place.channel).is_member
    assert not place.platform.identify(place.stranger, place.channel).is_member


@directory
def test_an_answer_that_cannot_be_read_makes_nobody_a_stranger(place):
    place.fail(Unsure("malformed"), is_after=True)
    with pytest.raises((NotSent, Unsure)):
        place.platform.identify(place.ana, place.channel)
    assert place.platform.identify(place.ana, place.channel).is_member


@capability("Know somebody's time zone", slack="yes, from their profile", teams="yes, from the device they write on")
def test_a_time_zone_is_known_before_or_with_the_first_message(place):
    known = place.platform.identify(place.ana, place.channel).time_zone or place.writes().time_zone
    assert known == "Europe/Madrid"


@pauses
def test_whoever_paused_notifications_is_known_until_they_end_it(place):
    everybody = [place.ana, place.guest, place.stranger]
    assert place.platform.undisturbed(everybody) == frozenset()
    place.pause(30)
    paused = {place.ana} if place.tells_pauses else set()
    assert place.platform.undisturbed(everybody) == paused
    assert place.platform.undisturbed([place.guest]) == place.platform.undisturbed([]) == frozenset()
    place.pause(0)
    assert place.platform.undisturbed(everybody) == frozenset()


@pauses
@pytest.mark.parametrize("error", [NotSent("ratelimited", 7), Unsure("malformed"), Disconnected("token_revoked")])
def test_a_platform_that_does_not_say_who_is_undisturbed_raises_what_the_port_raises(place, error):
    place.fail(error, isinstance(error, Unsure))
    if not place.tells_pauses:
        assert place.platform.undisturbed([place.ana]) == frozenset()
        return
    with pytest.raises((NotSent, Unsure, Disconnected)):
        place.platform.undisturbed([place.ana])
    assert place.platform.undisturbed([place.ana]) == frozenset()


@capability("Slash commands", "has_commands", teams="the same words, written to Coach")
def test_a_command_asks_for_the_same_wherever_it_is_given(place):
    given = place.command("progress team")
    assert given.kind is (Kind.COMMAND if place.offers.has_commands else Kind.MESSAGE)
    wish = read_command(given.command, given.text) if given.command else read_wish(given.text)
    assert (wish.kind, wish.name) == ("command", "progress team")


def test_a_long_message_goes_in_parts_that_are_taken(place):
    parts = place.platform.split(LONG)
    assert len(parts) > 1
    for number, part in enumerate(parts):
        place.platform.send(place.address(), part, f"k#{number}")
    assert len(place.visible(place.channel)) == len(parts)
    assert all(place.visible(place.channel))
    assert place.platform.split(HELLO) == [HELLO]


@capability("Wait for as long as the platform asks when there are too many messages")
@pytest.mark.parametrize("after_seconds", [7, None])
def test_not_sent_is_not_there_and_may_be_sent_again(place, after_seconds):
    place.fail(NotSent("ratelimited", after_seconds), False)
    with pytest.raises(NotSent) as caught:
        place.platform.send(place.address(), HELLO, "k")
    assert (caught.value.code, caught.value.after_seconds) == ("ratelimited", after_seconds)
    assert place.visible(place.channel) == []
    assert place.platform.find_sent(place.address(), "k", EARLIER) is None
    assert place.platform.send(place.address(), HELLO, "k")


@refusals
@pytest.mark.parametrize("is_after", [False, True])
def test_unsure_can_be_made_sure(place, is_after):
    place.fail(Unsure("connection_lost"), is_after)
    with pytest.raises(Unsure):
        place.platform.send(place.address(), HELLO, "k")
    assert len(place.visible(place.channel)) == is_after
    is_found = place.platform.find_sent(place.address(), "k", EARLIER) is not None
    assert is_found is (is_after and place.offers.can_read_back)


@refusals
@pytest.mark.parametrize("operation", ["send", "update", "delete"])
@pytest.mark.parametrize("kind", ["refused", "removed"])
def test_what_is_refused_for_good_says_why(place, kind, operation):
    sent, error = place.platform.send(place.address(), HELLO, "k"), getattr(place, kind)
    place.fail(error, False)
    calls = {
        "send": lambda: place.platform.send(place.address(), THANKS, "k2"),
        "update": lambda: place.platform.update(place.address(), sent, THANKS),
        "delete": lambda: place.platform.delete(place.address(), sent),
    }
    with pytest.raises(type(error)) as caught:
        calls[operation]()
    assert caught.value.code == error.code
    assert isinstance(caught.value, Disconnected) is (kind == "removed")
    assert place.visible(place.channel) == ["Hello"]
