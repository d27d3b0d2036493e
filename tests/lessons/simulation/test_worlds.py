"""The memory worlds: people are who they are whatever happens, they forget, and practice helps them."""

import numpy as np
import pytest

from lessons.simulation.programme import generators
from lessons.simulation.worlds import WORLDS

LEARNERS, ITEMS = 6, 12
EVERYTHING = np.ones((LEARNERS, ITEMS), dtype=bool)


@pytest.fixture(params=WORLDS)
def new_world(request):
    return lambda learners=LEARNERS, seed=5: WORLDS[request.param](generators(seed, learners, 0), ITEMS)


def test_what_was_never_taught_is_not_known_and_three_in_four_get_it_right_at_first(new_world):
    world = new_world()
    assert (world.recall(3) == 0).all()
    assert (world.chance_right(3) == 0.75).all()


def test_recall_falls_day_by_day_and_is_a_probability(new_world):
    world = new_world()
    world.practise(0, EVERYTHING, EVERYTHING)
    recalls = np.stack([world.recall(day) for day in (1, 2, 7, 30, 120)])
    assert (recalls >= 0).all()
    assert (recalls <= 1).all()
    assert (np.diff(recalls, axis=0) < 0).all()


def test_spaced_practice_lasts_longer_than_one_time(new_world):
    once, often = new_world(), new_world()
    once.practise(0, EVERYTHING, EVERYTHING)
    for day in (0, 7, 14, 21):
        often.practise(day, EVERYTHING, EVERYTHING)
    assert (often.recall(60) > once.recall(39)).all()


def test_what_is_not_practised_is_never_helped_by_the_rest(new_world):
    world, left_alone = new_world(), new_world()
    for each in (world, left_alone):
        each.practise(0, EVERYTHING, EVERYTHING)
    practised = EVERYTHING.copy()
    practised[:, 0] = False
    world.practise(4, practised, practised)
    assert (world.recall(9)[:, 0] <= left_alone.recall(9)[:, 0] + 1e-12).all()
    assert (world.recall(9)[:, 1:] > left_alone.recall(9)[:, 1:]).all()


def test_a_learner_is_the_same_person_among_few_and_many(new_world):
    few, many = new_world(learners=2), new_world(learners=LEARNERS)
    few.practise(0, EVERYTHING[:2], EVERYTHING[:2])
    many.practise(0, EVERYTHING, EVERYTHING)
    assert (few.recall(20) == many.recall(20)[:2]).all()


def test_another_seed_brings_other_people(new_world):
    one, other = new_world(seed=5), new_world(seed=6)
    for world in (one, other):
        world.practise(0, EVERYTHING, EVERYTHING)
    assert (one.recall(20) != other.recall(20)).all()
