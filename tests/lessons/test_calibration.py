"""Predictors are compared on a log in time: what is said of an answer never knows it, or anything after it."""

import csv
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.attempts import Attempt
from lessons.calibration import AVERAGE, FSRS, OURS, SM2, Interval, compare, predictions, rmse_bins
from tests.support import SHARED, skip_or_fail

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
LOG = SHARED / "stats" / "learning_traces" / "fsrs_review_log_one_user.csv"


def people_who_forget_fast(people=6, items=10, rounds=12):
    rng = np.random.default_rng(7)
    return [
        Attempt(person, f"a.md#{item}", START + timedelta(days=5 * each, seconds=person), float(rng.random() < 0.6))
        for each in range(rounds)
        for person in range(people)
        for item in range(items)
    ]


def test_somebody_who_forgets_faster_than_the_model_thinks_is_predicted_better_by_ours():
    found = compare(people_who_forget_fast())
    assert (found.answers, found.people, found.scored) == (720, 6, 216)
    assert found.predicted == pytest.approx(found.observed, abs=0.08)
    assert found.scores[FSRS].behind_ours.low > 0
    assert found.scores[SM2].behind_ours.low > 0
    assert found.scores[OURS].behind_ours.value == 0
    assert found.scores[OURS].log_loss.low < found.scores[OURS].log_loss.value < found.scores[OURS].log_loss.high
    assert found == compare(people_who_forget_fast())


def test_a_log_with_too_few_spaced_answers_is_counted_and_not_scored():
    found = compare(people_who_forget_fast(rounds=2))
    assert (found.answers, found.scored, found.scores) == (120, 36, {})
    assert compare([]).answers == 0


def test_sm2_implies_nine_in_ten_once_its_interval_has_passed():
    item = Interval().after(is_right=True)
    assert (item.days, item.recall(1)) == (1, pytest.approx(0.9))
    second = item.after(is_right=True)
    assert (second.days, second.easiness) == (6, pytest.approx(2.5))
    assert second.after(is_right=True).days == pytest.approx(15)
    missed = second.after(is_right=False)
    assert (missed.days, missed.easiness, missed.in_row) == (1, pytest.approx(2.18), 0)


def test_rmse_of_bins_weighs_each_bin_by_its_answers():
    bins = [(0, 0, 0)] * 3 + [(1, 0, 0)]
    chances, right = np.array([0.5, 0.5, 0.5, 1.0]), np.array([1.0, 1.0, 1.0, 0.0])
    assert rmse_bins(chances, right, bins) == pytest.approx(np.sqrt((3 * 0.25 + 1) / 4))


logs = st.lists(st.tuples(st.integers(1, 2), st.sampled_from("ab"), st.integers(0, 100), st.booleans()), max_size=25)


@settings(max_examples=50)
@given(logs, st.integers(0, 24))
def test_nothing_later_changes_what_was_said_before(log, cut):
    attempts = [Attempt(who, item, START + timedelta(days=day), float(ok)) for who, item, day, ok in log]
    attempts.sort(key=lambda attempt: attempt.at)
    whole, earlier = predictions(attempts), predictions(attempts[:cut])
    assert whole[: len(earlier)] == earlier
    flipped = [*attempts[:cut], *(Attempt(a.person_id, a.item, a.at, 1 - a.score) for a in attempts[cut : cut + 1])]
    assert [each.said for each in predictions(flipped)] == [each.said for each in predictions(attempts[: cut + 1])]


def test_on_one_users_real_log_ours_beats_the_average_sm2_and_untrained_fsrs():
    if not LOG.is_file():
        skip_or_fail(f"the review log is not at {LOG}; set COACH_SHARED")
    attempts = review_log()
    found = compare(attempts)
    whole_days = loss_of_py_fsrs(attempts)
    for name, score in found.scores.items():
        behind = score.behind_ours
        print(
            f"{name}: log loss {score.log_loss.value:.4f} [{score.log_loss.low:.3f}, {score.log_loss.high:.3f}], "
            f"RMSE(bins) {score.rmse_bins:.4f}, behind ours {behind.value:.4f} [{behind.low:.4f}, {behind.high:.4f}]"
        )
    print(f"py-fsrs, which counts whole days: log loss {whole_days:.4f}; {found.scored} of {found.answers} scored")
    ours = found.scores[OURS].log_loss.value
    assert found.scored == 2334
    assert ours < 0.435
    assert found.scores[AVERAGE].log_loss.value == pytest.approx(0.464, abs=0.002)
    assert found.scores[AVERAGE].behind_ours.low > 0
    assert found.scores[SM2].behind_ours.low > 0
    assert ours < found.scores[FSRS].log_loss.value < whole_days
    assert whole_days == pytest.approx(0.581, abs=0.002)
    assert found.scores[OURS].rmse_bins < min(found.scores[name].rmse_bins for name in (AVERAGE, FSRS, SM2))


def review_log():
    with LOG.open() as lines:
        rows = list(csv.DictReader(lines))
    attempts = [
        Attempt(1, row["card_id"], datetime.fromisoformat(row["review_time"]).astimezone(UTC), score)
        for row in rows
        for score in [float(row["review_rating"] != "1")]
    ]
    return sorted(attempts, key=lambda attempt: attempt.at)


def loss_of_py_fsrs(attempts):
    scheduler, cards, last, losses = Scheduler(enable_fuzzing=False), {}, {}, []
    for place, attempt in enumerate(attempts):
        card = cards.get(attempt.item)
        if card and attempt.at - last[attempt.item] >= timedelta(hours=12) and place >= int(0.7 * len(attempts)):
            chance = scheduler.get_card_retrievability(card, attempt.at)
            said = np.clip(chance if attempt.is_right else 1 - chance, 0.0001, 1)
            losses.append(-np.log(said))
        rating = Rating.Good if attempt.is_right else Rating.Again
        cards[attempt.item], _ = scheduler.review_card(card or Card(), rating, attempt.at)
        last[attempt.item] = attempt.at
    return float(np.mean(losses))
