"""What nobody should send: refused, told politely, or shed with a word; never an error of ours, never silence."""

import json
import time
from collections import Counter
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from bot import queue
from bot.slack.gateway import REMOVED
from bot.tables import Connection, InboxItem, OutboxItem
from bot.trial import payloads
from bot.views import lines
from bot.views import run as run_words
from metrics.events.record import EventRow
from tests import slack_trial
from tests.slack_trial import ANSWER, QUESTION, until

BURST, AT_ONCE, MOST_WAITING = 500, 50, 10
SIX_MINUTES = 360


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    with slack_trial.trial(tmp_path_factory.mktemp("trial")) as running:
        yield running
        assert running.workspace.rejections == []


@pytest.fixture
def own_trial(tmp_path):
    with slack_trial.trial(tmp_path) as running:
        yield running


@pytest.fixture
def room(trial, cara, dan):
    return trial.channel(cara, dan)


def question(trial, **changes):
    """A direct question as Slack sends it, with changes to its callback."""
    human = trial.human("UC0")
    event = {"type": "message", "channel_type": "im", "channel": human.dm(), "user": "UC0", "text": QUESTION}
    ts = trial.workspace.new_ts()
    return payloads.event_callback(trial.workspace, {**event, "ts": ts, "event_ts": ts}) | changes


def post(trial, body, **headers):
    """Post a body, signed unless `headers` say otherwise; return the status."""
    raw = body if isinstance(body, str) else json.dumps(body)
    sent = {"Content-Type": "application/json", **trial.simulator.sign(raw), **headers}
    return trial.simulator.post_raw(raw, {name: value for name, value in sent.items() if value is not None})[0]


def test_what_is_not_from_our_slack_is_refused(trial):
    simulator, body = trial.simulator, json.dumps(question(trial))
    before = trial.everything_stored()
    stale = simulator.sign(body, at_seconds=time.time() - SIX_MINUTES)
    early = simulator.sign(body, at_seconds=time.time() + SIX_MINUTES)
    foreign = question(trial, team_id="TOTHER", authorizations=[])
    assert post(trial, body, **simulator.sign(body, secret="another")) == 401
    assert post(trial, body, **{"X-Slack-Signature": None}) == 401
    assert post(trial, body, **{"X-Slack-Request-Timestamp": None}) == 401
    assert post(trial, body, **{"X-Slack-Request-Timestamp": "soon"}) == 401
    assert post(trial, body, **{"X-Slack-Signature": "v0=żółw"}) == 401
    assert post(trial, body.replace("refund", "bonus"), **simulator.sign(body)) == 401
    assert post(trial, body, **stale) == 401
    assert post(trial, body, **early) == 401
    assert post(trial, foreign) == 401
    trial.settle()
    assert trial.everything_stored() == before
    assert post(trial, body) == 200
    trial.settle()
    assert trial.everything_stored() != before


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "3", '"word"', "{}", '{"type": "event_callback", "event": 3}', "[" * 5_000, '{"a": NaN}'],
)
def test_what_cannot_be_read_is_refused(trial, body):
    before = trial.everything_stored()
    assert post(trial, body) in (400, 401)
    assert trial.everything_stored() == before


@pytest.mark.parametrize("payload", ["", "{", "[]", "null", '{"type": "block_actions"}'])
def test_presses_that_cannot_be_read_are_refused(trial, payload):
    before = trial.everything_stored()
    status = post(trial, urlencode({"payload": payload}), **{"Content-Type": "application/x-www-form-urlencoded"})
    assert status in (400, 401)
    assert trial.everything_stored() == before


@pytest.mark.parametrize(
    "event",
    [
        {"type": "reaction_added", "user": "UC0"},
        {"type": "message", "subtype": "channel_join", "user": "UC0", "channel": "C1", "ts": "1.2"},
        {"type": "message", "subtype": "from_the_future", "user": "UC0", "channel": "D1", "ts": "1.2"},
        {"type": "message"},
        {"type": ["message"], "channel": {"id": 3}, "ts": 1.5},
        {},
    ],
)
def test_events_nobody_knows_are_taken_and_dropped(trial, event):
    before = trial.everything_stored()
    assert post(trial, payloads.event_callback(trial.workspace, {"type": "none"}) | {"event": event}) == 200
    assert trial.everything_stored() == before


def test_a_button_of_a_deleted_answer_gets_a_line(trial, cara, room):
    ts = trial.act(cara.say, room, f"@coach {QUESTION}")
    answer = trial.by_coach(cara, room)[-1]
    trial.act(cara.delete, room, ts)
    for button in ("Helpful", "Read the Section"):
        trial.act(cara.press_late, room, answer, button)
        assert trial.last(cara, room)[0] == lines.ANSWER_GONE


def test_a_button_of_an_answer_somebody_removed_gets_a_line(trial, cara, room):
    trial.act(cara.say, room, f"@coach {QUESTION}")
    answer = trial.by_coach(cara, room)[-1]
    channel = trial.workspace.channel_named(room)
    trial.workspace.delete(channel, trial.workspace.find(channel.id, answer["ts"]))
    trial.settle()
    trial.act(cara.press_late, room, answer, "Helpful")
    assert trial.last(cara, cara.dm())[0] == lines.CARD_GONE


def test_a_lesson_is_for_the_person_asked_and_each_step_once(trial, cara, dan):
    trial.act(cara.say, cara.dm(), "lesson")
    offered = next(message for message in trial.by_coach(cara, cara.dm()) if "run_start" in str(message.get("blocks")))
    place = trial.channel(cara, dan)
    trial.act(dan.press_late, place, offered, "Start")
    assert trial.last(dan, place)[0] == run_words.NOT_YOURS
    trial.act(cara.press, "Start")
    stood = trial.by_coach(cara, cara.dm())
    trial.act(cara.press_late, cara.dm(), offered, "Start")
    shown = trial.by_coach(cara, cara.dm())
    assert [message["text"] for message in shown] == [message["text"] for message in stood]


def test_a_button_nobody_made_gets_a_line(trial, cara, room):
    trial.act(cara.say, room, f"@coach {QUESTION}")
    answer = trial.by_coach(cara, room)[-1]
    actions = next(block for block in answer["blocks"] if block["type"] == "actions")
    for action_id, value, words in (
        ("explode", "1", lines.UNKNOWN_BUTTON),
        ("rate_helpful", "of another answer", lines.ANSWER_GONE),
        ("run_z", "", lines.UNKNOWN_BUTTON),
    ):
        actions["elements"][0] |= {"action_id": action_id, "value": value}
        trial.act(cara.press_late, room, answer, action_id)
        assert trial.last(cara, room)[0] == words


def test_in_a_burst_everybody_hears_something(own_trial, monkeypatch):
    trial = own_trial
    slack_trial.without_limits(monkeypatch)
    monkeypatch.setattr(queue, "MAX_READY", MOST_WAITING)
    trial.workspace.limits_rates = False
    people = [trial.newcomer() for _ in range(AT_ONCE)]
    for _ in range(BURST // AT_ONCE):
        for human in people:
            human.say(human.dm(), QUESTION)
        trial.simulator.settle(60)
    trial.settle(60)
    received = [delivery for delivery in trial.simulator.deliveries if delivery.payload["event"]["user"] in trial.met]
    assert len(received) == BURST
    assert {delivery.status for delivery in received} == {200}
    outcomes = Counter(row.payload.get("outcome", row.kind) for row in trial.rows(EventRow) if row.cause is not None)
    assert outcomes["question_asked"] + outcomes["shed"] == BURST
    assert outcomes["question_asked"] > 0
    assert outcomes["shed"] > 0
    for human in people:
        words = human.texts(human.dm())
        assert lines.BUSY in words or sum(ANSWER in line for line in words) == BURST // AT_ONCE
    assert trial.workspace.rejections == []


@pytest.mark.parametrize("ending", ["uninstall", "revoke"])
def test_without_the_app_nothing_is_sent_and_readiness_says_why(own_trial, ending):
    trial = own_trial
    cara = trial.newcomer()
    trial.act(cara.say, cara.dm(), QUESTION)
    assert _readiness(trial) == (200, [])
    getattr(trial.simulator, ending)()
    trial.simulator.settle()
    assert _readiness(trial) == (503, [REMOVED])
    _assert_nothing_is_sent(trial, cara)


def test_a_token_that_stopped_working_stops_sending_and_readiness_says_why(own_trial):
    trial = own_trial
    cara = trial.newcomer()
    trial.act(cara.say, cara.dm(), QUESTION)
    # Slack's word of it got lost: sending itself finds out.
    trial.workspace.token_error = "token_revoked"
    cara.say(cara.dm(), QUESTION)
    until(lambda: trial.rows(Connection)[0].is_stopped)
    until(lambda: not any(item.state == "sending" for item in trial.rows(OutboxItem)))
    assert _readiness(trial) == (503, [REMOVED])
    _assert_nothing_is_sent(trial, cara)


def _assert_nothing_is_sent(trial, cara):
    statuses = len(trial.workspace.calls("assistant.threads.setStatus"))
    cara.say(cara.dm(), QUESTION)
    until(lambda: len(trial.workspace.calls("assistant.threads.setStatus")) > statuses)
    until(lambda: all(item.state == "done" for item in trial.rows(InboxItem)))
    called = len(trial.sent())
    tried = Counter(call.method for call in trial.workspace.log)
    # The workers look for work a hundred times meanwhile, and find that something waits but may not be sent.
    assert trial.serving.drain(1) is False
    assert Counter(call.method for call in trial.workspace.log) == tried
    assert len(trial.sent()) == called
    assert [item.state for item in trial.rows(OutboxItem)].count("new") >= 1


def _readiness(trial):
    try:
        with urlopen(f"http://127.0.0.1:{trial.serving.port}/readyz") as answer:
            return answer.status, json.load(answer)["reasons"]
    except HTTPError as refused:
        return refused.code, json.load(refused)["reasons"]
