"""What nobody should send by way of Teams: refused, told politely, or shed with a word; never an error of ours."""

import json
from collections import Counter
from itertools import cycle
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
import requests
from structlog.testing import capture_logs

from bot import queue
from bot.serving import STOPPED
from bot.tables import Connection, InboxItem, OutboxItem
from bot.teams import replies, windows
from bot.views import lines
from bot.views import run as run_words
from metrics.events.record import EventRow
from tests import slack_trial, teams_trial
from tests.slack_trial import ANSWER, QUESTION, until
from tests.teams_cards import pressable
from tests.teams_door import DEEP, ODD, as_json, places
from tests.teams_tokens import changed

BURST, AT_ONCE, MOST_WAITING = 200, 20, 10
SENDING = ("create", "send", "reply", "update", "delete")
THANKS = "thanks"
FEWEST = 300
OURS = {"handling_failed", "handling_kills", "teams_not_kept", "teams_background_failed", "sending_failed"}


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    with teams_trial.teams_trial(tmp_path_factory.mktemp("trial")) as running:
        yield running


@pytest.fixture
def own_trial(tmp_path):
    with teams_trial.teams_trial(tmp_path) as running:
        yield running


@pytest.fixture
def room(trial, cara, dan):
    name = f"Till {len(trial.tenant.places)}"
    return trial.tenant.channel(name, cara.user, dan.user)


def post(trial, body, content_type="application/json"):
    """Post a body as it is; return the status and what came back."""
    raw = body if isinstance(body, bytes) else as_json(body)
    answer = requests.post(trial.url, data=raw, headers={"Content-Type": content_type}, timeout=30)
    return answer.status_code, answer.text


def unsent(person):
    """Let what a person does be caught on its way, as Teams had sent it."""
    caught = []

    def post(activity):
        caught.append(activity)
        return 200, replies.line(replies.NOTED)

    person.post = post
    return caught


def caught(trial, person, room):
    """Return one activity of each kind that matters, none of them delivered."""
    trial.act(person.say, QUESTION)
    trial.act(person.mention, QUESTION, room)
    answer, label = newest(person, "Read", room)
    known = trial.person(person.user)
    found = unsent(known)
    # Thanks are kept and handled, but get no answer that would take its time.
    asked = known.say(THANKS)
    known.mention(THANKS, room)
    known.slash(THANKS, room)
    known.attach(name="till.png", text=THANKS)
    known.edit(asked.id, THANKS)
    known.delete(asked.id)
    known.press(label, answer.id)
    known.rate("like", answer.id, "fine")
    installed = trial.tenant.installed.copy(), trial.tenant.blocked.copy()
    known.install()
    known.uninstall()
    trial.tenant.installed, trial.tenant.blocked = installed
    return found


def newest(person, label, conversation=None):
    """Return the newest message of Coach's with a button whose name begins so, and its name."""
    found = ((seen, name) for seen in reversed(person.by_coach(conversation)) for name in pressable(seen.activity))
    return next((seen, name) for seen, name in found if name.startswith(label))


def press_instead(trial, person, data, as_submit=False):
    """Press a button of an own answer that was made to say something else."""
    trial.act(person.say, QUESTION)
    seen, label = newest(person, "Read")
    action = pressable(seen.activity)[label]
    action["data"] = action["fallback"]["data"] = data
    return trial.act(person.press_late, seen, label, as_submit=as_submit)


def test_every_part_of_every_activity_may_be_anything(trial, cara, room, monkeypatch):
    activities = caught(trial, cara, room)
    slack_trial.without_limits(monkeypatch)
    monkeypatch.setattr(windows, "LIMITS", ((10**6, 1),))
    monkeypatch.setattr(trial.connector, "limits_rates", False)
    statuses, values = Counter(), cycle(ODD)
    with capture_logs() as logged:
        for activity in activities:
            for way, value in zip(places(activity), values, strict=False):
                # Each its own id, unless that is what is odd.
                fresh = activity | {"id": f"{statuses.total()}"}
                status, text = post(trial, changed(fresh, {way: value}))
                assert status in (200, 400, 401), (way, value, text[:100])
                assert status == 200 or json.loads(text)["error"].endswith("."), (way, value)
                statuses[status] += 1
        trial.settle(120)
    assert statuses.total() >= FEWEST
    assert min(statuses[status] for status in (200, 400, 401)) > 0
    assert {line["event"] for line in logged} & OURS == set()
    assert {item.state for item in trial.rows(InboxItem)} == {"done"}
    # Whoever goes on asking is still answered.
    trial.act(cara.say, QUESTION)
    assert ANSWER in newest(cara, "Read")[0].words


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"3",
        b'"word"',
        b"\xff\xfe",
        b"[" * DEEP,
        b'{"a":' * DEEP,
        b'{"type": ' + b"9" * 9_000,
    ],
    ids=range(10),
)
def test_what_is_no_activity_is_refused(trial, body):
    before = trial.everything_stored()
    assert post(trial, body)[0] == 400
    assert trial.everything_stored() == before


def test_what_is_empty_or_too_large_or_of_another_kind_leads_to_nothing(trial, cara):
    activity = unsent(cara)
    cara.say(QUESTION)
    before = trial.everything_stored()
    assert post(trial, {**activity[0], "text": "x" * 1_100_000})[0] == 400
    for content_type in ("text/plain", "text/xml", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert post(trial, activity[0], content_type)[0] == 400
    assert post(trial, {})[0] == 200
    trial.settle()
    assert trial.everything_stored() == before
    assert post(trial, activity[0])[0] == 200
    trial.settle()
    assert trial.everything_stored() != before


@pytest.mark.parametrize(
    "name",
    [
        "task/fetch",
        "task/submit",
        "composeExtension/query",
        "composeExtension/fetchTask",
        "signin/verifyState",
        "signin/tokenExchange",
        "fileConsent/invoke",
        "config/fetch",
        "application/search",
        "tab/fetch",
    ],
)
def test_invokes_nobody_knows_are_refused_and_logged(trial, cara, name):
    activity = unsent(cara)
    cara.say(QUESTION)
    before = trial.everything_stored()
    with capture_logs() as logged:
        status, text = post(trial, activity[0] | {"type": "invoke", "name": name, "value": {"commandId": QUESTION}})
    assert (status, json.loads(text)["error"][-1]) == (400, ".")
    assert logged == [{"event": "teams_unknown_invoke", "log_level": "warning"}]
    trial.settle()
    assert trial.everything_stored() == before


@pytest.mark.parametrize("kind", ["messageReaction", "event", "typing", "fromTheFuture", "", None, ["message"], {}])
def test_activities_nobody_knows_are_taken_and_dropped(trial, cara, kind):
    activity = unsent(cara)
    cara.say(QUESTION)
    before = trial.everything_stored()
    with capture_logs() as logged:
        assert post(trial, activity[0] | {"type": kind})[0] == 200
    trial.settle()
    assert (logged, trial.everything_stored()) == ([], before)


def test_a_message_of_120_kilobytes_gets_a_polite_answer(trial, cara):
    trial.act(cara.say, "hello")
    sent = trial.act(cara.say, "why " * 30_000)
    assert sent.status == 200
    assert "too long" in trial.last(cara).words.lower() or "shorter" in trial.last(cara).words.lower()
    assert trial.connector.rejections == []


def test_a_button_of_a_deleted_answer_gets_a_line(trial, cara, room):
    asked = trial.act(cara.mention, QUESTION, room)
    answer, label = newest(cara, "Read", room)
    trial.act(cara.delete, asked.id)
    trial.act(cara.press_late, answer, label)
    assert trial.last(cara).words == lines.ANSWER_GONE


def test_a_lesson_is_for_the_person_asked_and_each_step_once(trial, cara, dan):
    trial.act(cara.say, "lesson")
    offered, label = newest(cara, "Start")
    press_instead(trial, dan, pressable(offered.activity)[label]["data"])
    assert trial.last(dan).words == run_words.NOT_YOURS
    assert newest(cara, "Start") == (offered, label)
    trial.act(cara.press, "Start")
    stood = trial.last(cara)
    trial.act(cara.press_late, offered, "Start")
    assert (trial.last(cara).id, trial.last(cara).words) == (stood.id, stood.words)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"action": "explode", "value": "1"}, lines.UNKNOWN_BUTTON),
        ({"action": "share", "value": "of another answer"}, lines.ANSWER_GONE),
        ({"action": "run_z", "value": ""}, lines.UNKNOWN_BUTTON),
        ({"action": "run_pick_0", "value": "nobody's"}, run_words.DONE_ALREADY),
        ({"action": "read_section_9", "value": "nobody's"}, lines.ANSWER_GONE),
        ({"action": "read_section_", "value": ""}, lines.ANSWER_GONE),
        ({"action": "rate_helpful", "value": "nobody's"}, lines.ANSWER_GONE),
        ({"action": "rate_explode", "value": "1"}, lines.UNKNOWN_BUTTON),
        ({"action": "unlink", "value": "1"}, None),
    ],
)
@pytest.mark.parametrize("as_submit", [False, True])
def test_a_button_nobody_made_gets_a_line(trial, cara, data, words, as_submit):
    assert press_instead(trial, cara, data, as_submit).status == 200
    if words is not None:
        assert trial.last(cara).words == words


@pytest.mark.parametrize("form", ["ask_form", "settings_form", "explode", ""])
def test_a_form_nobody_made_changes_nothing_of_ours(trial, cara, form):
    with capture_logs() as logged:
        assert press_instead(trial, cara, {"action": f"form:{form}", "value": "1", "x": "y"}).status == 200
    assert {line["event"] for line in logged} & OURS == set()


def test_in_a_burst_everybody_hears_something(own_trial, monkeypatch):
    trial = own_trial
    slack_trial.without_limits(monkeypatch)
    monkeypatch.setattr(queue, "MAX_READY", MOST_WAITING)
    monkeypatch.setattr(windows, "LIMITS", ((10**6, 1),))
    trial.connector.limits_rates = False
    people = [trial.newcomer() for _ in range(AT_ONCE)]
    sent = [person.say(QUESTION) for _ in range(BURST // AT_ONCE) for person in people]
    trial.settle(120)
    assert {each.status for each in sent} == {200}
    outcomes = Counter(row.payload.get("outcome", row.kind) for row in trial.rows(EventRow) if row.cause is not None)
    assert outcomes["question_asked"] + outcomes["shed"] == BURST
    assert min(outcomes["question_asked"], outcomes["shed"]) > 0
    for person in people:
        words = [seen.words for seen in person.by_coach()]
        assert lines.BUSY in words or sum(ANSWER in line for line in words) == BURST // AT_ONCE
    assert trial.connector.rejections == []


def test_a_token_that_stopped_working_stops_sending_and_readiness_says_why(own_trial):
    trial = own_trial
    cara = trial.newcomer()
    trial.act(cara.say, QUESTION)
    assert _readiness(trial) == (200, [])
    trial.connector.faults = lambda call: "401" if call.name in SENDING else None
    cara.say(QUESTION)
    until(lambda: trial.rows(Connection)[0].is_stopped)
    until(lambda: not any(item.state == "sending" for item in trial.rows(OutboxItem)))
    assert _readiness(trial) == (503, [STOPPED["teams"]])
    trial.connector.faults = None
    cara.say("hello")
    until(lambda: all(item.state == "done" for item in trial.rows(InboxItem)))
    standing = trial.connector.standing()
    # The workers look for work a hundred times meanwhile, and find that something waits but may not be sent.
    assert trial.serving.drain(1) is False
    assert trial.connector.standing() == standing
    assert [item.state for item in trial.rows(OutboxItem)].count("new") >= 1


def _readiness(trial):
    try:
        with urlopen(f"http://127.0.0.1:{trial.serving.port}/readyz") as answer:
            return answer.status, json.load(answer)["reasons"]
    except HTTPError as refused:
        return refused.code, json.load(refused)["reasons"]
