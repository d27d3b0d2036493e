"""`coach queue`: what waits, what failed and why, without its words, and trying it once more."""

import json
from datetime import timedelta

import pytest

from bot import outbox, queue
from bot.commands.queue import command
from bot.failures import Failure
from bot.outcome import NUDGE
from bot.queue import Depth
from bot.views.queue import age_text, queue_text
from metrics.errors import Refusal
from tests.command_line import printed_by
from tests.echo import outgoing, said


@pytest.fixture
def coach(app):
    """Run `coach queue` on the application's database and return what it printed. Raises what it raises."""
    return printed_by(app, command)


@pytest.fixture
def failed(app):
    """A dead answer and an unknown nudge, an hour old; return their names."""
    now = app.now() - timedelta(hours=1)
    with app.database.transaction() as session:
        queue.keep(session, said("canary"), "Ev1", now)
        queue.put(session, outgoing("answer", "canary"), now)
        queue.put(session, outgoing("nudge", "canary", channel="C2", priority=NUDGE), now)
        answer, nudge = outbox.claim_outbox(session, now), outbox.claim_outbox(session, now)
        outbox.bury(session, answer, "is_archived", now)
        outbox.doubt(session, nudge, "timeout", False, None, now)
    return f"outbox:{answer.id}", f"outbox:{nudge.id}"


def test_nothing_yet(coach):
    assert coach() == "Inbox:  empty\nOutbox: empty\nNothing failed.\n"


def test_what_failed_is_listed_with_its_reason_and_age(coach, failed):
    told = coach()
    answer, nudge = failed
    assert "Inbox:  1 waiting\nOutbox: 1 perhaps sent, 1 failed\n" in told
    assert f"{answer}  failed 1 hour ago: is_archived  answer\n" in told
    assert f"{nudge}  perhaps sent 1 hour ago: timeout  nudge\n" in told
    assert "canary" not in told


def test_as_json(coach, failed):
    found = json.loads(coach("--json"))
    assert found["outbox"] == {"dead": 1, "unknown": 1}
    assert {(row["name"], row["state"], row["error"]) for row in found["failures"]} == {
        (failed[0], "dead", "is_archived"),
        (failed[1], "unknown", "timeout"),
    }


def test_one_is_tried_again(app, coach, failed):
    assert "Outbox: 1 waiting, 1 perhaps sent\n" in coach("--retry", failed[0])
    with app.database.transaction() as session:
        assert outbox.claim_outbox(session, app.now()).key == "answer"


@pytest.mark.parametrize("name", ["outbox:99", "answer", ""])
def test_a_wrong_id_is_refused_in_a_sentence(coach, failed, name):
    with pytest.raises(Refusal, match="nothing to try again under"):
        coach("--retry", name)


def test_a_key_cannot_write_over_the_terminal(now):
    failure = Failure("inbox:1", "Ev\x1b[2J\n1", "slack", "dead", None, now, can_be_retried=False)
    told = queue_text(Depth({"dead": 1}, {}, None), [failure], now)
    assert told.endswith("inbox:1  failed less than a minute ago: no reason noted (its words are gone)  Ev[2J 1")


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=25), "1 day"),
    ],
)
def test_age_in_its_largest_unit(age, words):
    assert age_text(age) == words
