"""Ability moves with answers and settles; a skill is mastered by spaced answers and a scenario, never by less."""

from datetime import UTC, datetime, timedelta
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.ability import (
    Ability,
    after,
    difficulty_of,
    evidence,
    expected_score,
    is_mastered,
)
from lessons.attempts import Attempt
from metrics.shares import wilson_lower_bound

START = datetime(2026, 9, 1, 9, tzinfo=UTC)
SCENARIOS = {"a.md#till", "a.md#queue"}


def attempt(item, day, score=1.0):
    return Attempt(1, item, START + timedelta(days=day), score)


def weekly(item, scores, first_day=0):
    return [attempt(item, first_day + 7 * week, score) for week, score in enumerate(scores)]


def test_an_answer_moves_the_estimate_by_its_surprise_and_less_with_experience():
    middling = difficulty_of(0, 0)
    right, wrong = after(Ability(), 1, middling), after(Ability(), 0, middling)
    assert right.estimate == pytest.approx(0.25)
    assert wrong.estimate == pytest.approx(-0.75)
    assert after(Ability(0, 20), 1, middling).estimate == pytest.approx(0.125)


def test_an_item_is_as_hard_as_everybody_finds_it_once_enough_have_tried():
    assert difficulty_of(0, 0) == pytest.approx(-log(3))
    assert difficulty_of(100, 50) == pytest.approx(0, abs=0.05)
    assert difficulty_of(1, 0) > difficulty_of(0, 0) > difficulty_of(1, 1)


def test_the_standard_error_starts_at_the_prior_and_halves_after_19_answers():
    assert Ability().standard_error == 1
    assert Ability(0.3, 19).standard_error == pytest.approx(0.5, abs=0.01)


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(-3, 3))
def test_whatever_is_answered_the_estimate_stays_a_number_and_surer_every_time(scores, difficulty):
    ability = Ability()
    for score in scores:
        new = after(ability, score, difficulty)
        assert new.standard_error < ability.standard_error
        assert 0 < expected_score(new, difficulty) < 1
        ability = new


@pytest.mark.parametrize(
    ("right", "tried", "is_enough"), [(6, 6, False), (7, 7, True), (13, 14, False), (14, 15, True)]
)
def test_the_lower_bound_passes_at_seven_of_seven_or_fourteen_of_fifteen(right, tried, is_enough):
    assert (wilson_lower_bound(right, tried) >= 0.8) == is_enough
    assert wilson_lower_bound(0, 0) == 0


def test_seven_spaced_right_answers_and_a_scenario_are_mastery():
    attempts = weekly("a.md#till", [1] * 5) + weekly("a.md#order", [1] * 4)
    found = evidence(attempts, SCENARIOS)
    assert (found.spaced, found.right, found.has_transfer) == (7, 7, True)
    assert found.is_enough


def test_without_a_scenario_or_without_spacing_there_is_no_mastery():
    plain = weekly("a.md#order", [1] * 9)
    assert not evidence(plain, SCENARIOS).is_enough
    daily = [attempt("a.md#till", day) for day in range(30)]
    assert evidence(daily, SCENARIOS).spaced == 0
    assert not evidence([], SCENARIOS).is_enough


def test_a_scenario_missed_at_first_counts_once_it_is_right_a_week_later():
    assert not evidence([attempt("a.md#till", 0, 0), attempt("a.md#till", 1)], SCENARIOS).has_transfer
    assert evidence([attempt("a.md#till", 0, 0), attempt("a.md#till", 7)], SCENARIOS).has_transfer
    assert evidence([attempt("a.md#queue", 0)], SCENARIOS).has_transfer


def test_old_mistakes_fade_behind_the_last_twenty_spaced_answers():
    items = [f"a.md#{number}" for number in range(4)]
    late = [each for item in items for each in weekly(item, [0, 0, 1, 1, 1, 1, 1], first_day=1)]
    assert evidence([*late, attempt("a.md#till", 0)], SCENARIOS).right == 20


answers = st.tuples(
    st.sampled_from(["a.md#till", "a.md#order", "a.md#queue"]), st.integers(0, 120), st.sampled_from([0, 0.5, 1])
)
histories = st.lists(answers, max_size=30)


@given(histories, st.sampled_from(["a.md#till", "a.md#order"]))
def test_one_more_right_answer_never_weakens_the_evidence(history, item):
    attempts = [attempt(*each) for each in history]
    before = evidence(attempts, SCENARIOS)
    more = evidence([*attempts, attempt(item, 130)], SCENARIOS)
    assert more.lower_bound >= before.lower_bound
    assert more.has_transfer >= before.has_transfer
    assert not before.is_enough or more.is_enough


@given(histories, st.integers(0, 29))
def test_a_wrong_answer_made_right_never_weakens_the_evidence(history, place):
    attempts = [attempt(*each) for each in history]
    better = [attempt(item, day, 1 if number == place else score) for number, (item, day, score) in enumerate(history)]
    before, corrected = evidence(attempts, SCENARIOS), evidence(better, SCENARIOS)
    assert corrected.lower_bound >= before.lower_bound
    assert corrected.has_transfer >= before.has_transfer


@given(histories)
def test_the_order_in_which_the_log_is_read_changes_nothing(history):
    attempts = [attempt(*each) for each in dict.fromkeys(history)]
    days = {(each.item, each.at) for each in attempts}
    if len(days) == len(attempts):
        assert evidence(attempts, SCENARIOS) == evidence(attempts[::-1], SCENARIOS)


def test_mastery_lapses_with_memory_and_waits_for_a_sign_off_where_one_is_needed():
    assert is_mastered(START, [0.9, 0.75])
    assert not is_mastered(START, [0.9, 0.65])
    assert not is_mastered(None, [1.0])
    assert not is_mastered(START, [1.0], needs_sign_off=True)
    assert is_mastered(START, [1.0], needs_sign_off=True, is_signed_off=True)
