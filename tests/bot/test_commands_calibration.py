"""`coach calibration`: figures with intervals and what they amount to, too few answers, and each bad log."""

import json
from datetime import timedelta

import pytest

from bot.commands.calibration import command
from bot.views.calibration import calibration_text
from lessons.attempts import attempts
from lessons.calibration import Comparison, Figure, Scores, compare
from metrics.errors import Refusal
from metrics.events.kinds import ItemAnswered
from metrics.events.record import record
from metrics.people import Person
from tests.command_line import printed_by
from tests.support import SHARED, skip_or_fail

LOG = SHARED / "stats" / "learning_traces" / "fsrs_review_log_one_user.csv"


@pytest.fixture
def coach(app):
    """Run `coach calibration` on the application's database and return what it printed. Raises what it raises."""
    return printed_by(app, command)


def store_answers(app, now, people=3, items=8, rounds=10):
    with app.database.transaction() as session:
        for number in range(people):
            person = Person(email=f"p{number}@x.example", name="P", roles=[], is_active=True, updated_at=now)
            session.add(person)
            session.flush()
            for place in range(items * rounds):
                at = now + timedelta(days=4 * (place // items), seconds=place)
                event = ItemAnswered(
                    "slack", "refunds", float(place % 3 > 0), 20, None, f"a.md#{place % items}", "choice"
                )
                record(session, event, at, person.id)


def test_a_company_without_answers_is_told_what_is_missing(coach):
    said = coach()
    assert said.startswith("There is too little to compare yet: 0 answers to score, where at least 50 are needed.")
    assert json.loads(coach("--json"))["scores"] == {}


def test_the_companys_own_answers_are_compared(coach, app, now):
    store_answers(app, now)
    said = coach()
    assert said.startswith("Recall predicted and observed, on 72 answers scored of 240 in the log, by 3 people.")
    assert "Coach predicts better than SM-2." in said
    facts = json.loads(coach("--json"))
    with app.database.session() as session:
        found = compare(attempts(session))
    assert set(facts["scores"]) == {"ours", "fsrs", "average", "sm2"}
    assert facts["scores"]["ours"]["log_loss"]["value"] == found.scores["ours"].log_loss.value


def test_a_review_log_from_elsewhere_is_compared(coach):
    if not LOG.is_file():
        skip_or_fail(f"the review log is not at {LOG}; set COACH_SHARED")
    said = coach("--log", LOG)
    print(said)
    assert "2334 answers scored of 12580 in the log, by 1 person." in said
    assert "Coach predicts better than the user's average." in said
    assert "Coach predicts better than SM-2." in said


HEADER = "card_id,review_rating,review_time"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "log.csv has no column card_id, review_rating, review_time in its first line."),
        ("card_id,rating,review_time", "log.csv has no column review_rating in its first line."),
        (f"{HEADER}\n7,3,2026-01-05T09:00:00Z\n7,5,2026-01-06T09:00:00Z", "log.csv line 3: '5' is not a rating from 1"),
        (f"{HEADER}\n7,3,yesterday", "log.csv line 2: 'yesterday' is not a time like 2026-11-23T08:30:00+00:00."),
        (f"{HEADER}\n,3,2026-01-05T09:00:00Z", "log.csv line 2: card_id is empty."),
        (f"{HEADER}\n7", "log.csv line 2: '' is not a rating from 1 to 4."),
        (f"{HEADER}\n7,{'3' * 5000},2026-01-05T09:00:00Z", f"log.csv line 2: '{'3' * 20}' is not a rating from 1"),
        (f"{HEADER}\n7,3,0001-01-01T00:00:00+14:00", "log.csv line 2: '0001-01-01T00:00:00+14:00' is not a time"),
        (f'{HEADER}\n"{"x" * 200_000}",3,2026-01-05', "log.csv cannot be read: field larger than field limit"),
        (b"\x00\x01", "log.csv is not a text file."),
    ],
)
def test_each_bad_log_gets_one_sentence(coach, tmp_path, text, sentence):
    path = tmp_path / "log.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refusal) as refused:
        coach("--log", path)
    assert str(refused.value).startswith(sentence)


def test_a_log_that_is_not_there_gets_one_sentence(coach, tmp_path):
    with pytest.raises(Refusal, match="There is no file"):
        coach("--log", tmp_path / "none.csv")


def test_a_time_without_a_zone_is_utc_and_order_does_not_matter(coach, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(f"{HEADER}\n7,3,2026-01-09T09:00:00\n7,1,2026-01-05T11:00:00+02:00\n")
    assert json.loads(coach("--log", path, "--json"))["answers"] == 2


@pytest.mark.parametrize(
    ("low", "high", "sentence"),
    [
        (0.01, 0.03, "Coach predicts better than SM-2."),
        (-0.03, -0.01, "Coach predicts worse than SM-2."),
        (-0.01, 0.03, "Between Coach and SM-2 there is no clear difference on this log."),
    ],
)
def test_the_verdict_says_no_more_than_the_interval(low, high, sentence):
    scores = Scores(Figure(0.4, 0.3, 0.5), 0.05, Figure(0.01, low, high))
    found = Comparison(400, 9, 120, 0.8, 0.81, dict.fromkeys(("ours", "fsrs", "average", "sm2"), scores))
    assert sentence in calibration_text(found)
