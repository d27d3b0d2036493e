"""Sending to Slack over its wire, against the trial workspace: where it arrives, and what each failure means."""

import json
import random
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from bot.messages import (
    Actions,
    Address,
    Button,
    Disconnected,
    Identity,
    Message,
    NotSent,
    Steps,
    Text,
    Undeliverable,
    Unsure,
)
from bot.slack.calls import SlackCalls
from bot.slack.send import SlackPlatform, _is_undisturbed
from bot.trial.human import Human
from bot.trial.simulator import Fault, running_simulator
from bot.trial.workspace import User, Workspace

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
ANA, SAM, GUEST, STRANGER, GONE = "U0ANA", "U0SAM", "U0GUEST", "U0STRANGER", "U0GONE"
PEOPLE = (
    User(ANA, "ana", "Ana Reyes", "ana@example.test", "Europe/Madrid"),
    User(SAM, "sam", "Sam Okoro", "sam@example.test"),
    User(GUEST, "guest", "Gus Guest", is_restricted=True),
    User(STRANGER, "stranger", "Stan Stranger", is_stranger=True),
    User(GONE, "gone", "Gone Girl", deleted=True),
)
HELLO = Message("Hello", (Text("Hello"),))
ANSWER = Message("Ask <first> & pay", (Text("Ask <first> & pay"), Actions((Button("Helpful", "helpful", "a" * 32),))))


class Clock:
    """Time that passes only when told."""

    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def seconds(self):
        return self.at.timestamp()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def slack(clock):
    people = [replace(person) for person in PEOPLE]
    workspace = Workspace.for_people(people, clock.seconds, random.Random(3))
    with running_simulator(workspace) as simulator:
        yield simulator


@pytest.fixture
def platform(slack, clock):
    return SlackPlatform(slack.workspace.bot_token, slack.api_url, clock.now, timeout_seconds=1)


@pytest.fixture
def general(slack):
    return slack.workspace.channel_named("general").id


@pytest.fixture
def to(slack, general):
    def address(**more):
        return Address("slack", slack.workspace.team_id, **({"channel": general} | more))

    return address


def messages(slack, channel):
    return slack.workspace.messages[channel]


def failing(slack, *faults, method=None):
    """Let the next calls fail, each once."""
    left = list(faults)
    slack.faults = lambda name, _: left.pop(0) if left and method in (None, name) else None


def test_a_message_arrives_as_data_with_its_key(slack, platform, to, general):
    ts = platform.send(to(), ANSWER, "answer:1")
    [message] = messages(slack, general)
    assert message["ts"] == ts
    assert message["text"] == "Ask &lt;first&gt; &amp; pay"
    assert message["metadata"] == {"event_type": "coach_message", "event_payload": {"key": "answer:1"}}
    [call] = slack.workspace.calls("chat.postMessage")
    as_data = {"parse": "none", "link_names": False, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
    assert call.arguments.items() >= as_data.items()
    assert slack.workspace.rejections == []


def test_a_reply_stays_in_its_thread(slack, platform, to, general):
    first = platform.send(to(), HELLO, "k1")
    second = platform.send(to(thread=first), HELLO, "k2")
    assert slack.workspace.find(general, second)["thread_ts"] == first
    assert platform.find_sent(to(thread=first), "k2", START - timedelta(minutes=1)) == second


def test_a_direct_message_opens_the_conversation_once(slack, platform, to):
    for key in ("k1", "k2"):
        platform.send(to(channel=None, only_for=ANA), HELLO, key)
    assert len(messages(slack, slack.workspace.open_dm(ANA).id)) == 2
    assert len(slack.workspace.calls("conversations.open")) == 1


def test_an_ephemeral_message_is_for_one_person(slack, platform, to, general):
    assert platform.send(to(only_for=ANA), HELLO, "k") is None
    [message] = messages(slack, general)
    assert message["_only_for"] == ANA


def test_the_answer_to_a_command_goes_where_slack_said(slack, platform, to):
    social = slack.workspace.channel_named("social").id  # the app is not a member
    url = slack.response_url(social, ANA)
    assert platform.send(to(channel=social, only_for=ANA, response_url=url), ANSWER, "k") is None
    [message] = messages(slack, social)
    assert message["_only_for"] == ANA
    assert slack.workspace.calls("chat.postEphemeral") == []
    [answered] = slack.workspace.calls("response_url")
    asked = {"parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}
    assert asked.items() <= answered.arguments.items()


def test_an_expired_answer_address_falls_back_to_an_ephemeral_message(slack, platform, to, general, clock):
    url = slack.response_url(general, ANA)
    clock.at += timedelta(minutes=31)
    platform.send(to(only_for=ANA, response_url=url), HELLO, "k")
    [message] = messages(slack, general)
    assert message["_only_for"] == ANA
    assert len(slack.workspace.calls("chat.postEphemeral")) == 1


def test_where_coach_may_not_speak_the_answer_goes_to_the_persons_dm(slack, platform, to, clock):
    social = slack.workspace.channel_named("social").id
    url = slack.response_url(social, ANA)
    clock.at += timedelta(minutes=31)
    platform.send(to(channel=social, only_for=ANA, response_url=url), HELLO, "k")
    assert messages(slack, social) == []
    assert len(messages(slack, slack.workspace.open_dm(ANA).id)) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/response/1",
        "http://hooks.slack.com/commands/1",
        "https://hooks.slack.com.evil.example/1",
        "https://hooks.slack.com@evil.example/1",
        "file:///etc/passwd",
        "http://[broken",
        "",
    ],
)
def test_nothing_is_posted_to_an_address_that_is_not_slacks(slack, to, url):
    with pytest.raises(Undeliverable) as caught:
        SlackCalls("xoxb-1", slack.api_url).respond(url, {"text": "x"})
    assert caught.value.code == "foreign_response_url"


def test_an_ephemeral_message_is_replaced_and_taken_back_through_its_click(slack, platform, to, general):
    platform.send(to(only_for=ANA), HELLO, "k")
    [message] = messages(slack, general)
    address = to(only_for=ANA, response_url=slack.response_url(general, ANA, message["ts"]))
    platform.update(address, message["ts"], Message("Thanks"))
    assert [each["text"] for each in messages(slack, general)] == ["Thanks"]
    platform.delete(address, message["ts"])
    assert messages(slack, general) == []


def test_an_ephemeral_message_out_of_reach_is_left(platform, to, slack, general, clock):
    platform.delete(to(only_for=ANA), "1.1")
    url = slack.response_url(general, ANA)
    clock.at += timedelta(minutes=31)
    platform.delete(to(only_for=ANA, response_url=url), "1.1")


def test_a_message_is_replaced_with_its_buttons_gone_and_taken_back(slack, platform, to, general):
    ts = platform.send(to(), ANSWER, "k")
    platform.update(to(), ts, HELLO)
    [message] = messages(slack, general)
    assert message["text"] == "Hello"
    assert "Helpful" not in json.dumps(message)
    platform.delete(to(), ts)
    platform.delete(to(), ts)
    assert messages(slack, general) == []


def test_an_update_of_what_is_gone_is_refused(platform, to):
    with pytest.raises(Undeliverable):
        platform.update(to(), "1.000001", HELLO)


def test_the_home_page_is_published(slack, platform, to):
    address = to(channel=None, only_for=ANA, surface="home")
    assert platform.send(address, ANSWER, "k") is None
    platform.update(address, "", HELLO)
    assert slack.workspace.homes[ANA]["type"] == "home"
    assert "Helpful" not in json.dumps(slack.workspace.homes[ANA])


@pytest.mark.parametrize("where", ["channel", "ephemeral", "response_url", "home", "update"])
def test_blocks_that_slack_refuses_are_sent_again_as_words(slack, platform, to, general, where):
    message = Message("Refunds", (Steps(("Ask", "Pay"), is_numbered=True),))
    ts = platform.send(to(), HELLO, "k0")
    address = {
        "ephemeral": to(only_for=ANA),
        "response_url": to(only_for=ANA, response_url=slack.response_url(general, ANA)),
        "home": to(channel=None, only_for=ANA, surface="home"),
    }.get(where, to())
    failing(slack, "invalid_blocks")
    with structlog.testing.capture_logs() as lines:
        if where == "update":
            platform.update(address, ts, message)
        else:
            platform.send(address, message, "k")
    shown = slack.workspace.homes[ANA] if where == "home" else messages(slack, general)[-1]
    assert "1. Ask\\n2. Pay" in json.dumps(shown)
    assert lines == [{"event": "slack_blocks_refused", "code": "invalid_blocks", "log_level": "error"}]


def test_what_slack_refuses_also_as_words_is_undeliverable(slack, platform, to):
    failing(slack, "invalid_blocks", "msg_too_long")
    with pytest.raises(Undeliverable) as caught:
        platform.send(to(), ANSWER, "k")
    assert caught.value.code == "msg_too_long"


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (Fault("429", 7), NotSent, "ratelimited"),
        (Fault("429"), NotSent, "ratelimited"),
        ("ratelimited", NotSent, "ratelimited"),
        ("service_unavailable", NotSent, "service_unavailable"),
        ("500", Unsure, "http_500"),
        ("reset", Unsure, "connection_lost"),
        ("reset_after_accept", Unsure, "connection_lost"),
        ("timeout_after_accept", Unsure, "timeout"),
        ("malformed", Unsure, "malformed"),
        ("fatal_error", Unsure, "fatal_error"),
        ("channel_not_found", Undeliverable, "channel_not_found"),
        ("is_archived", Undeliverable, "is_archived"),
        ("account_inactive", Disconnected, "account_inactive"),
        ("token_revoked", Disconnected, "token_revoked"),
        ("invalid_auth", Disconnected, "invalid_auth"),
        ("not_authed", Disconnected, "not_authed"),
    ],
)
def test_what_each_failure_of_a_post_means(slack, platform, to, fault, kind, code):
    failing(slack, fault)
    with pytest.raises(kind) as caught:
        platform.send(to(), HELLO, "k")
    assert type(caught.value) is kind
    assert caught.value.code == code
    if isinstance(caught.value, NotSent):
        assert caught.value.after_seconds == getattr(fault, "retry_after", None)


@pytest.mark.parametrize("fault", ["500", "reset_after_accept", "malformed"])
def test_what_can_be_done_twice_unseen_is_just_done_again(slack, platform, to, fault):
    ts = platform.send(to(), HELLO, "k")
    for call in (
        lambda: platform.update(to(), ts, ANSWER),
        lambda: platform.identify(ANA),
        lambda: platform.open_dm(ANA),
        lambda: platform.find_sent(to(), "k", START),
        lambda: platform.delete(to(), ts),
    ):
        failing(slack, fault)
        with pytest.raises(NotSent):
            call()


@pytest.mark.parametrize("fault", ["reset_after_accept", "malformed"])
def test_a_message_whose_answer_got_lost_is_found_again(slack, platform, to, general, fault):
    failing(slack, fault)
    with pytest.raises(Unsure):
        platform.send(to(), HELLO, "k")
    [message] = messages(slack, general)
    assert platform.find_sent(to(), "k", START - timedelta(minutes=1)) == message["ts"]


def test_nobody_listening_is_not_sent(clock):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        platform = SlackPlatform("xoxb-1", f"http://127.0.0.1:{probe.getsockname()[1]}/api/", clock.now, 1)
        with pytest.raises(NotSent) as caught:
            platform.send(Address("slack", "T1", "C1"), HELLO, "k")
    assert caught.value.code == "not_reached"


def test_finding_reads_on_over_many_pages(slack, platform, to, general):
    wanted = platform.send(to(), HELLO, "k")
    channel = slack.workspace.channel_named("general")
    for _ in range(450):
        slack.workspace.post(channel, SAM, "chatter")
    assert platform.find_sent(to(), "k", START - timedelta(minutes=1)) == wanted
    assert platform.find_sent(to(), "other", START - timedelta(minutes=1)) is None
    assert len(slack.workspace.calls("conversations.history")) == 6


def test_a_reply_to_a_thread_that_is_gone_is_found_outside_it(slack, platform, to):
    ts = platform.send(to(thread="1.000001"), HELLO, "k")
    assert platform.find_sent(to(thread="1.000001"), "k", START - timedelta(minutes=1)) == ts


def test_who_is_a_member(platform, slack):
    assert platform.identify(ANA) == Identity(ANA, True, "Ana Reyes", "ana@example.test", "Europe/Madrid")
    others = [GUEST, STRANGER, GONE, slack.workspace.bot_user_id, "USLACKBOT", "U0NOBODY"]
    assert [platform.identify(other).is_member for other in others] == [False] * len(others)


def test_who_somebody_is_holds_for_a_day(platform, slack, clock):
    platform.identify(ANA)
    clock.at += timedelta(hours=23)
    assert platform.identify(ANA).is_member
    slack.workspace.users[ANA].deleted = True
    clock.at += timedelta(hours=2)
    assert not platform.identify(ANA).is_member


def test_a_fault_is_not_taken_for_an_unknown_person(platform, slack):
    failing(slack, "missing_scope")
    with pytest.raises(Undeliverable):
        platform.identify(ANA)
    assert platform.identify(ANA).is_member


def test_whoever_paused_notifications_is_not_to_be_disturbed_until_the_pause_ends(slack, platform, clock):
    Human(slack, ANA).pause_notifications(30)
    assert platform.undisturbed([SAM, ANA, "U0NOBODY"]) == {ANA}
    clock.at += timedelta(minutes=30)
    assert platform.undisturbed([SAM, ANA]) == frozenset()
    assert [call.arguments for call in slack.workspace.calls("dnd.teamInfo")] == [
        {"users": f"{ANA},U0NOBODY,{SAM}"},
        {"users": f"{ANA},{SAM}"},
    ]
    assert slack.workspace.rejections == []


def test_nobody_is_asked_about_nobody(slack, platform):
    assert platform.undisturbed([]) == frozenset()
    assert slack.workspace.calls("dnd.teamInfo") == []


NOW = START.timestamp()


@pytest.mark.parametrize(
    ("status", "is_undisturbed"),
    [
        ({"dnd_enabled": True, "next_dnd_start_ts": NOW, "next_dnd_end_ts": NOW + 1}, True),
        ({"dnd_enabled": True, "next_dnd_start_ts": NOW - 1, "next_dnd_end_ts": NOW}, False),
        ({"dnd_enabled": True, "next_dnd_start_ts": NOW + 1, "next_dnd_end_ts": NOW + 9}, False),
        ({"dnd_enabled": False, "next_dnd_start_ts": NOW - 1, "next_dnd_end_ts": NOW + 9}, False),
        ({"dnd_enabled": False, "snooze_enabled": True, "snooze_endtime": NOW + 1}, True),
        ({"dnd_enabled": False, "snooze_enabled": True, "snooze_endtime": NOW}, False),
        ({"dnd_enabled": False, "snooze_enabled": False, "snooze_endtime": NOW + 1}, False),
        ({"dnd_enabled": True, "next_dnd_start_ts": NOW + 9, "snooze_enabled": True}, False),
        ({"dnd_enabled": True, "next_dnd_start_ts": "0", "next_dnd_end_ts": None}, False),
        ({}, False),
        ("on", False),
        (None, False),
    ],
)
def test_do_not_disturb_is_read_from_its_window_or_the_pause(status, is_undisturbed):
    assert _is_undisturbed(status, NOW) is is_undisturbed


def test_a_refusal_to_say_who_is_undisturbed_is_raised(platform, slack):
    failing(slack, "malformed")
    with pytest.raises(NotSent):
        platform.undisturbed([ANA])
    failing(slack, "missing_scope")
    with pytest.raises(Undeliverable, match="missing_scope"):
        platform.undisturbed([ANA])


def test_no_failure_logs_what_was_said(slack, platform, to, caplog, capfd):
    for fault in (Fault("429"), "500", "reset", "malformed", "channel_not_found"):
        failing(slack, fault)
        with pytest.raises((NotSent, Unsure, Undeliverable)) as caught:
            platform.send(to(), Message("canary-7431"), "k")
        assert "canary" not in str(caught.value)
        assert caught.value.__cause__ is None
    assert caplog.text == ""
    assert "canary" not in "".join(capfd.readouterr())
