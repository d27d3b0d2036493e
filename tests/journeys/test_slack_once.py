"""However often and in whatever order Slack delivers something, it is answered once."""

import random
from collections import Counter

import pytest
from sqlalchemy import text

from bot.trial.shown import shown_text
from metrics.events.record import EventRow
from tests import slack_trial
from tests.slack_trial import ANSWER, OTHER_ANSWER, OTHER_QUESTION, QUESTION, until

MENTIONS, DIRECT, CHATTER, EDITED, DELETED = 70, 40, 280, 20, 20
EVENTS = 1_000
SEED = 7


@pytest.fixture(scope="module")
def shared_trial(tmp_path_factory):
    with slack_trial.trial(tmp_path_factory.mktemp("trial")) as running:
        yield running
        assert running.workspace.rejections == []


@pytest.fixture
def trial(shared_trial):
    simulator = shared_trial.simulator
    usual = simulator.sender.ack_within_seconds, simulator.sender.retry_after_seconds
    yield shared_trial
    simulator.sender.ack_within_seconds, simulator.sender.retry_after_seconds = usual
    simulator.disorder.copies, simulator.disorder.drop_ack_share = 1, 0.0


@pytest.fixture
def room(trial, cara):
    return trial.channel(cara)


def outcomes(trial):
    return Counter(
        row.payload.get("outcome", row.kind)
        for row in trial.rows(EventRow)
        if row.cause is not None and row.cause.startswith("inbox:")
    )


def test_a_mention_and_its_twin_are_one_question(trial, cara, room):
    before, delivered = outcomes(trial), len(trial.simulator.deliveries)
    trial.act(cara.say, room, f"@coach {QUESTION}")
    twins = trial.simulator.deliveries[delivered : delivered + 2]
    assert [twin.payload["event"]["type"] for twin in twins] == ["message", "app_mention"]
    assert len(trial.by_coach(cara, room)) == 1
    assert outcomes(trial) - before == {"question_asked": 1, "duplicate": 1}


def test_two_identical_deliveries_are_one_question(trial, cara, room):
    trial.simulator.disorder.copies = 2
    before = outcomes(trial)
    trial.act(cara.say, room, f"@coach {QUESTION}")
    trial.act(cara.say, cara.dm(), QUESTION)
    assert len(trial.by_coach(cara, room)) == 1
    assert sum(ANSWER in words for words in cara.texts(cara.dm())) == 1
    assert outcomes(trial) - before == {"question_asked": 2, "duplicate": 1}


def test_lost_acknowledgements_lead_to_retries_and_one_answer(trial, cara):
    trial.simulator.disorder.drop_ack_share = 1.0
    trial.simulator.sender.retry_after_seconds = (0, 0, 0)
    delivered = len(trial.simulator.deliveries)
    trial.act(cara.say, cara.dm(), QUESTION)
    question = trial.simulator.deliveries[delivered]
    assert question.attempts == 4
    assert question.headers["X-Slack-Retry-Num"] == "3"
    assert question.headers["X-Slack-Retry-Reason"] == "http_timeout"
    assert sum(ANSWER in words for words in cara.texts(cara.dm())) == 1


def test_a_retry_after_a_slow_acknowledgement_is_answered_once(trial, cara):
    trial.simulator.sender.ack_within_seconds = 0.3
    trial.simulator.sender.retry_after_seconds = (0,) * 50
    delivered = len(trial.simulator.deliveries)
    # Whoever writes to the database holds up the acknowledgement, which comes after the commit.
    with trial.app.database.transaction() as session:
        session.execute(text("SELECT 1"))
        cara.say(cara.dm(), QUESTION)
        question = trial.simulator.deliveries[delivered]
        until(lambda: question.attempts >= 2)
    trial.settle()
    assert question.state == "acknowledged"
    assert sum(ANSWER in words for words in cara.texts(cara.dm())) == 1


def test_presses_commands_and_forms_delivered_again_change_nothing(trial, cara, room):
    deliveries = trial.simulator.deliveries
    trial.act(cara.slash, "/coach", QUESTION, room)
    command = deliveries[-1]
    trial.act(cara.press, "Share in Channel")
    press = next(delivery for delivery in reversed(deliveries) if delivery.kind == "interactive")
    trial.act(cara.open_home)
    trial.act(cara.press, "Ask a Question", surface="home")
    until(cara.modal)
    trial.act(cara.submit, {"Your question": OTHER_QUESTION})
    form = next(delivery for delivery in reversed(deliveries) if delivery.kind == "interactive")
    before, stored = trial.standing(), outcomes(trial)
    for delivery in (command, press, form):
        again = trial.simulator.redeliver(delivery)
        trial.settle()
        assert again.state == "acknowledged"
    assert trial.standing() == before
    assert outcomes(trial) == stored
    assert len(trial.by_coach(cara, room)) == 2
    assert sum(OTHER_ANSWER in words for words in cara.texts(cara.dm())) == 1


def test_a_thousand_events_doubled_and_reordered_get_one_answer_each(tmp_path, database_url, monkeypatch):
    chance, is_whole = random.Random(SEED), database_url.startswith("sqlite")
    # A thousand once; the other database shows with fewer that it claims and locks alike.
    mentions, direct, chatter, edits, deletions, events = (
        number if is_whole else number * 3 // 10 for number in (MENTIONS, DIRECT, CHATTER, EDITED, DELETED, EVENTS)
    )
    with slack_trial.trial(tmp_path, database_url) as trial:
        slack_trial.without_limits(monkeypatch)
        simulator = trial.simulator
        trial.workspace.limits_rates = False
        simulator.sender.ack_within_seconds = 60
        simulator.disorder.copies, simulator.disorder.shuffles = 2, True
        people = [trial.newcomer() for _ in range(40)]
        rooms = [trial.channel(*people) for _ in range(8)]
        simulator.hold()
        asked = {}
        for number in range(mentions + direct):
            human = chance.choice(people)
            place = chance.choice(rooms) if number < mentions else human.dm()
            asked[human.say(place, _typed(human, place, QUESTION))] = human, place
        for _ in range(chatter):
            chance.choice(people).say(chance.choice(rooms), QUESTION)
        chosen = chance.sample(sorted(asked), edits + deletions)
        edited, deleted = chosen[:edits], chosen[edits:]
        for ts in edited:
            human, place = asked[ts]
            human.edit(place, ts, _typed(human, place, OTHER_QUESTION))
        for ts in deleted:
            human, place = asked[ts]
            human.delete(place, ts)
        assert len(simulator.deliveries) == events
        question_of = {delivery.payload["event_id"]: _question(delivery) for delivery in simulator.deliveries}
        simulator.release()
        trial.settle(120)

        answers = _answers(trial.workspace, question_of)
        assert Counter(ts for ts, _ in answers) == Counter(asked.keys() - set(deleted))
        for ts, message in answers:
            assert (OTHER_ANSWER if ts in edited else ANSWER) in shown_text(message)
            assert message.get("thread_ts", ts) == ts
            assert ("thread_ts" in message) is (asked[ts][1] in rooms)
        trial.assert_counts_agree(kept=events // 2 - chatter)


def _typed(human, place, words):
    return words if place == human.dm() else f"@coach {words}"


def _question(delivery):
    """The ts of the message of a person that an event is about."""
    event = delivery.payload["event"]
    return event.get("deleted_ts") or event.get("message", event)["ts"]


def _answers(workspace, question_of):
    """What Coach answered and still stands, each with the question it answers; told by the mark every message bears."""
    found = []
    with workspace.lock:
        for message in (message for messages in workspace.messages.values() for message in messages):
            key = message.get("metadata", {}).get("event_payload", {}).get("key", "")
            if key.startswith("answer:"):
                found.append((question_of[key.rpartition(":")[2]], message))
    return found
