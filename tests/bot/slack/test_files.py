"""Files to Slack, over its wire: where they arrive, that they come once, and what each failure means."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import Address, Disconnected, File, Message, NotSent, Undeliverable, Unsure
from bot.slack.calls import SlackCalls
from bot.slack.send import SlackPlatform
from bot.trial.human import Human
from bot.trial.simulator import Fault, running_simulator
from bot.trial.workspace import User, Workspace

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
ANA = "U0ANA"
CONTENT = "\ufeffperson,skill\r\nZoë Ó Súilleabháin,'=refunds\r\n"
EXPORT = Message("Progress of the team", file=File("progress.csv", "Progress of the team", CONTENT))
KEY = "answer:1#2"
CALLS = ("files.getUploadURLExternal", "files.completeUploadExternal")


@pytest.fixture
def slack():
    workspace = Workspace.for_people([User(ANA, "ana", "Ana Reyes")], START.timestamp, random.Random(3))
    with running_simulator(workspace) as simulator:
        yield simulator


@pytest.fixture
def platform(slack):
    return SlackPlatform(slack.workspace.bot_token, slack.api_url, lambda: START, timeout_seconds=1)


@pytest.fixture
def dm(slack):
    return slack.workspace.open_dm(ANA).id


def at(**more):
    return Address("slack", "T0TRIAL001", **more)


def contents(slack, channel):
    files = [file for message in slack.workspace.messages[channel] for file in message.get("files", [])]
    return [slack.workspace.files[file["id"]].content.decode() for file in files]


def test_a_file_comes_byte_for_byte_with_its_title(slack, platform, dm):
    assert platform.send(at(only_for=ANA), EXPORT, KEY) is None
    [message] = Human(slack, ANA).messages(dm)
    [file] = message["files"]
    assert (file["name"], file["title"], file["size"]) == ("progress.csv", EXPORT.text, len(CONTENT.encode()))
    assert contents(slack, dm) == [CONTENT]
    assert slack.workspace.calls(CALLS[0])[0].arguments["alt_txt"] == EXPORT.file.title
    assert slack.workspace.rejections == []


@pytest.mark.parametrize("extra", [{}, {"response_url": "https://hooks.slack.com/x"}, {"thread": "1.000001"}])
def test_what_one_person_sees_in_a_channel_comes_with_a_file_in_their_own_chat(slack, platform, dm, extra):
    general = slack.workspace.channel_named("general").id
    platform.send(at(channel=general, only_for=ANA, **extra), EXPORT, KEY)
    assert contents(slack, dm) == [CONTENT]
    assert slack.workspace.messages[general] == []


def test_a_file_in_a_thread_of_the_own_chat_stays_there(slack, platform, dm):
    first = Human(slack, ANA).say(dm, "export")
    platform.send(at(channel=dm, thread=first), EXPORT, KEY)
    assert slack.workspace.messages[dm][-1]["thread_ts"] == first


def test_a_file_goes_to_no_channel(slack, platform):
    general = slack.workspace.channel_named("general").id
    with pytest.raises(Undeliverable, match="file_not_for_one_person"):
        platform.send(at(channel=general), EXPORT, KEY)
    assert slack.workspace.files == {}


@pytest.mark.parametrize("channel", [None, "general"])
def test_a_file_sent_is_found_again_by_its_key(slack, platform, dm, channel):
    address = at(channel=channel and slack.workspace.channel_named(channel).id, only_for=ANA)
    since = START - timedelta(minutes=1)
    assert platform.find_sent(address, KEY, since) is None
    platform.send(address, EXPORT, KEY)
    assert platform.find_sent(address, KEY, since) == slack.workspace.messages[dm][-1]["ts"]
    assert platform.find_sent(address, "answer:1#3", since) is None


@pytest.mark.parametrize("call", [CALLS[0], "upload_url"])
@pytest.mark.parametrize("kind", ["500", "reset", "reset_after_accept", "429"])
def test_before_a_file_is_shown_every_failure_is_not_sent(slack, platform, dm, call, kind):
    fail_once(slack, call, Fault(kind, 7))
    with pytest.raises(NotSent) as failed:
        platform.send(at(only_for=ANA), EXPORT, KEY)
    assert failed.value.after_seconds == (7 if kind == "429" else None)
    platform.send(at(only_for=ANA), EXPORT, KEY)
    assert contents(slack, dm) == [CONTENT]


@pytest.mark.parametrize("kind", ["reset_after_accept", "malformed"])
def test_an_answer_lost_at_the_end_is_unsure_and_the_file_is_found(slack, platform, dm, kind):
    fail_once(slack, CALLS[1], Fault(kind))
    with pytest.raises(Unsure):
        platform.send(at(only_for=ANA), EXPORT, KEY)
    assert platform.find_sent(at(only_for=ANA), KEY, START - timedelta(minutes=1)) is not None
    assert contents(slack, dm) == [CONTENT]


@pytest.mark.parametrize(
    ("call", "code", "meant"),
    [
        (CALLS[0], "token_revoked", Disconnected),
        (CALLS[0], "file_uploads_disabled", Undeliverable),
        (CALLS[0], "missing_scope", Undeliverable),
        (CALLS[1], "posting_to_channel_denied", Undeliverable),
        (CALLS[1], "ratelimited", NotSent),
        (CALLS[1], "fatal_error", Unsure),
    ],
)
def test_what_slack_says_is_what_it_means(slack, platform, call, code, meant):
    fail_once(slack, call, Fault(code))
    with pytest.raises(meant) as failed:
        platform.send(at(only_for=ANA), EXPORT, KEY)
    assert (type(failed.value), failed.value.code) == (meant, code)


def test_a_file_whose_words_slack_refuses_comes_with_a_comment(slack, platform, dm):
    fail_once(slack, CALLS[1], Fault("invalid_blocks"))
    platform.send(at(only_for=ANA), EXPORT, KEY)
    assert contents(slack, dm) == [CONTENT]
    assert slack.workspace.messages[dm][-1]["text"] == EXPORT.text


@pytest.mark.parametrize(
    "url",
    [
        "http://files.slack.com/upload/x",
        "https://files.slack.com.example.test/x",
        "https://slack.com/x",
        "https://[::1",
        "",
    ],
)
def test_a_file_goes_to_nobody_but_slack(platform, slack, url):
    calls = SlackCalls(slack.workspace.bot_token, slack.api_url)
    with pytest.raises(Undeliverable, match="foreign_upload_url"):
        calls.upload(url, b"secret")


def fail_once(slack, call, fault):
    left = [fault]
    slack.faults = lambda method, _arguments: left.pop() if method == call and left else None
