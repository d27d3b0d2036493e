"""The policies: due days by hand, and what every policy owes the comparison."""

import numpy as np
import pytest

from lessons.simulation.policies import NEW_A_DAY, POLICIES
from lessons.simulation.programme import generators

ITEMS = 8


def policy_of(name, learners=1, seed=3):
    return POLICIES[name](generators(seed, learners, 1), ITEMS)


def only(*items, of=ITEMS):
    chosen = np.zeros((1, of), dtype=bool)
    chosen[0, list(items)] = True
    return chosen


def days_until_due(name, answers):
    """Answer item 0 on each day it is due, as told; return the days in between."""
    policy, day, gaps = policy_of(name), 0, []
    for is_right in answers:
        policy.learn(day, only(0), only(0) if is_right else only())
        # Only item 0 was seen, so its rank falls below those of new items on the day it is due.
        gap = next(gap for gap in range(1, 400) if policy.rank(day + gap)[0].argmin() == 0)
        gaps.append(gap)
        day += gap
    return gaps


def test_due_days_are_those_of_their_authors():
    right, wrong = True, False
    assert days_until_due("weekly", [right, wrong, right]) == [7, 7, 7]
    assert days_until_due("leitner", [right] * 7 + [wrong, right]) == [1, 2, 4, 8, 16, 32, 32, 1, 2]
    assert days_until_due("sm2", [right] * 4 + [wrong, right, right]) == [1, 6, 15, 38, 1, 1, 6]
    assert days_until_due("fsrs_due", [right] * 4) == [2, 11, 46, 163]


@pytest.mark.parametrize("name", POLICIES)
def test_new_items_come_in_their_order_and_only_a_few_a_day(name):
    policy = policy_of(name, learners=4)
    rank = policy.rank(0)
    assert np.isfinite(rank[:, :NEW_A_DAY]).all()
    assert np.isinf(rank[:, NEW_A_DAY:]).all()
    assert (np.diff(rank[:, :NEW_A_DAY]) >= 0).all()


@pytest.mark.parametrize("name", POLICIES)
def test_with_nothing_due_there_is_always_something_to_take(name):
    policy = policy_of(name)
    everything = np.ones((1, ITEMS), dtype=bool)
    policy.learn(0, everything, everything)
    assert np.isfinite(policy.rank(1)).all()


def test_what_is_most_forgotten_of_what_is_due_comes_first_by_fsrs():
    policy = policy_of("fsrs_due")
    policy.learn(0, only(0), only())
    policy.learn(0, only(1), only(1))
    assert policy.rank(20)[0].argsort()[:2].tolist() == [0, 1]


def test_coach_prefers_what_was_half_forgotten_to_what_was_just_practised():
    policy = policy_of("coach")
    policy.learn(0, only(0), only(0))
    policy.learn(29, only(1), only(1))
    rank = policy.rank(30)[0]
    assert rank[0] < rank[1]


def test_random_takes_any_seen_item_equally_often():
    policy = policy_of("random", learners=2000)
    seen = np.zeros((2000, ITEMS), dtype=bool)
    seen[:, :4] = True
    policy.learn(0, seen, seen)
    first = np.bincount(policy.rank(1).argmin(1), minlength=ITEMS) / 2000
    # Four seen items and up to three new ones are drawn from alike; the next new one stands for all three.
    assert first[:4] == pytest.approx([1 / 7] * 4, abs=0.03)
    assert first[4] == pytest.approx(3 / 7, abs=0.04)
