"""The memory model: py-fsrs's golden traces, agreement with py-fsrs on random ones, and what must hold for any."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import fsrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.memory import (
    DEFAULT_WEIGHTS,
    Memory,
    Rating,
    after,
    falls_to,
    first,
    first_state,
    interval_days,
    next_state,
    rating_of,
    recall,
    recall_after,
)
from tests.strategies import many

START = datetime(2027, 3, 1, 8, tzinfo=UTC)
AGAIN, HARD, GOOD, EASY = Rating

stabilities = st.floats(0.001, 5000)
difficulties = st.floats(1, 10)
days = st.floats(0, 3000)
ratings = st.sampled_from(Rating)
scores = st.floats(0, 1)
confidences = st.none() | scores
memories = st.builds(Memory, stabilities, difficulties, st.just(START))


def trace(*attempts: tuple[float, Rating]) -> tuple[list[float], float]:
    """Return the stability after each attempt, given as days since the last one and a grade, and the difficulty."""
    stability, difficulty = first_state(attempts[0][1])
    stabilities = [float(stability)]
    for elapsed, grade in attempts[1:]:
        stability, difficulty = next_state(stability, difficulty, elapsed, grade)
        stabilities.append(float(stability))
    return stabilities, float(difficulty)


def learning_steps_intervals(grades: list[Rating]) -> list[int]:
    """Return the whole days py-fsrs's learning steps (1 and 10 minutes; 10 to relearn) put after each attempt."""
    stability = difficulty = None
    state, elapsed, intervals = "new", 0.0, []
    for grade in grades:
        if stability is None:
            stability, difficulty = first_state(grade)
        else:
            stability, difficulty = next_state(stability, difficulty, elapsed, grade)
        if state == "new" and grade is GOOD:
            state, elapsed = "learning", 10 / 1440
        elif state == "review" and grade is AGAIN:
            state, elapsed = "relearning", 10 / 1440
        elif grade is GOOD:
            state, elapsed = "review", float(max(1, round(float(interval_days(stability, 0.9)))))
        else:
            elapsed = 10 / 1440
        intervals.append(int(elapsed))
    return intervals


def test_intervals_are_those_of_py_fsrs():
    grades = [GOOD] * 6 + [AGAIN] * 2 + [GOOD] * 5
    assert learning_steps_intervals(grades) == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


def test_a_memory_of_six_attempts_is_that_of_py_fsrs():
    grades = [AGAIN, GOOD, GOOD, GOOD, GOOD, GOOD]
    stabilities, difficulty = trace(*zip([0, 0, 1, 3, 8, 21], grades, strict=True))
    assert stabilities[-1] == pytest.approx(53.62691, abs=1e-5)
    assert difficulty == pytest.approx(6.3574867, abs=1e-6)


def test_a_lapse_between_days_is_that_of_py_fsrs():
    scheduler = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    card, at, attempts = fsrs.Card(), START, []
    for grade in [GOOD, GOOD, GOOD, GOOD, AGAIN, GOOD, GOOD, GOOD]:
        last = card.last_review or at
        attempts.append(((at - last).days, grade))
        card, _ = scheduler.review_card(card, fsrs.Rating(grade), at)
        at = card.due
    golden = [2.3065, 10.9643, 46.2802, 162.8622, 4.7160, 12.1047, 27.6098, 59.0456]
    assert trace(*attempts)[0] == pytest.approx(golden, abs=5e-5)


@many
@given(st.lists(st.tuples(st.integers(0, 400), ratings), min_size=2, max_size=12))
def test_any_trace_is_that_of_py_fsrs(attempts):
    scheduler = fsrs.Scheduler(enable_fuzzing=False)
    card, at = fsrs.Card(), START
    for elapsed, grade in attempts:
        at += timedelta(days=elapsed)
        card, _ = scheduler.review_card(card, fsrs.Rating(grade), at)
    stabilities, difficulty = trace(*attempts)
    assert stabilities[-1] == pytest.approx(card.stability, rel=1e-9)
    assert difficulty == pytest.approx(card.difficulty, rel=1e-9)
    later = at + timedelta(days=30)
    assert float(recall_after(stabilities[-1], 30)) == pytest.approx(scheduler.get_card_retrievability(card, later))


@many
@given(stabilities, days, days)
def test_recall_is_a_probability_that_falls_with_time(stability, sooner, longer):
    sooner, longer = sorted((sooner, longer))
    assert 0 < recall_after(stability, longer) <= recall_after(stability, sooner) <= 1
    assert float(recall_after(stability, 0)) == 1


@many
@given(stabilities, st.floats(0.3, 0.999))
def test_an_interval_ends_when_recall_has_fallen_to_the_share(stability, share):
    assert float(recall_after(stability, interval_days(stability, share))) == pytest.approx(share)
    assert float(interval_days(stability, 0.9)) == pytest.approx(stability)


@many
@given(memories, days, confidences, st.tuples(scores, scores))
def test_a_better_answer_never_returns_sooner(memory, elapsed, confidence, pair):
    at = START + timedelta(days=elapsed)
    worse, better = (after(memory, score, at, confidence) for score in sorted(pair))
    assert falls_to(worse, 0.9) <= falls_to(better, 0.9)
    worse, better = (first(score, at, confidence) for score in sorted(pair))
    assert worse.stability_days <= better.stability_days


@many
@given(stabilities, difficulties, days, ratings)
def test_success_never_lowers_stability_nor_a_lapse_raises_it(stability, difficulty, elapsed, grade):
    then, hard = next_state(stability, difficulty, elapsed, grade)
    assert then > 0
    assert 1 <= hard <= 10
    if grade is AGAIN:
        assert then <= stability
    else:
        assert then >= stability


@many
@given(st.lists(st.tuples(scores, confidences, st.floats(0, 100)), min_size=1, max_size=30))
def test_whatever_happens_a_memory_stays_within_its_bounds(attempts):
    memory = first(1, START)
    for score, confidence, elapsed in attempts:
        memory = after(memory, score, memory.last_at + timedelta(days=elapsed), confidence)
        assert memory.stability_days > 0
        assert 1 <= memory.difficulty <= 10
        assert 0 < recall(memory, memory.last_at + timedelta(days=elapsed)) <= 1


def test_a_right_guess_returns_sooner_than_what_was_right_and_sure():
    sure, guess = first(1, START, confidence=1), first(1, START, confidence=0.2)
    assert guess.stability_days < sure.stability_days
    later = START + timedelta(days=3)
    assert falls_to(after(sure, 1, later, 0.2), 0.9) < falls_to(after(sure, 1, later, 1), 0.9)


@pytest.mark.parametrize(
    ("score", "confidence", "grade"),
    [(0, 1, AGAIN), (0.49, None, AGAIN), (0.5, None, HARD), (1, 0.49, HARD), (1, 0.5, GOOD), (1, None, GOOD)],
)
def test_scores_are_graded(score, confidence, grade):
    assert rating_of(score, confidence) is grade


@pytest.mark.parametrize(("score", "confidence"), [(1.1, None), (-0.1, None), (1, 1.5), (1, -1)])
def test_scores_beyond_0_to_1_are_refused(score, confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        rating_of(score, confidence)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2027, 3, 1, 8),  # noqa: DTZ001
        datetime(2027, 3, 1, 8, tzinfo=timezone(timedelta(hours=2))),
        datetime(2027, 1, 1, 8, tzinfo=ZoneInfo("Europe/London")),
    ],
)
def test_only_utc_is_taken(at):
    memory = first(1, START)
    for use in (lambda: first(1, at), lambda: after(memory, 1, at), lambda: recall(memory, at)):
        with pytest.raises(ValueError, match="UTC"):
            use()


def test_an_answer_that_arrives_late_counts_as_at_the_last_one():
    memory = first(1, START)
    late = after(memory, 1, START - timedelta(hours=3))
    assert late == after(memory, 1, START)
    assert recall(memory, START - timedelta(days=1)) == 1


def test_arrays_say_what_single_memories_say():
    grades = np.array([1, 2, 3, 4])
    stability, difficulty = first_state(grades)
    then, hard = next_state(stability, difficulty, np.array([3.0, 0.5, 10, 2]), grades)
    for place, (grade, elapsed) in enumerate(zip(Rating, [3.0, 0.5, 10, 2], strict=True)):
        assert trace((0, grade), (elapsed, grade)) == ([stability[place], then[place]], hard[place])


def test_weights_may_differ_by_person():
    weights = np.stack([np.full((2, 1), weight) for weight in DEFAULT_WEIGHTS])
    weights[20] = [[0.1], [0.5]]
    shares = recall_after(np.full((2, 3), 5.0), np.array([5.0, 10.0, 50.0]), weights)
    assert shares[:, 0] == pytest.approx(0.9)
    assert (shares[0, 1:] > shares[1, 1:]).all()
