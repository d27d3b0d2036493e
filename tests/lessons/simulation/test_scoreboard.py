"""The scoreboard on twenty learners: ours ahead by more than chance, minutes equal, same seed same digits."""

import numpy as np
import pytest

from lessons.simulation.policies import NEW_A_DAY, POLICIES
from lessons.simulation.programme import ITEMS, MINUTES_A_DAY, run
from lessons.simulation.scoreboard import simulate
from lessons.simulation.worlds import WORLDS, FsrsWorld

LEARNERS, SEED = 20, 11


@pytest.fixture(scope="module")
def board():
    return simulate(LEARNERS, SEED)


def test_every_policy_stands_in_every_world(board):
    assert list(board) == ["fsrs", "act_r", "misspecified"]
    for standings in board.values():
        assert list(standings) == ["coach", "random", "weekly", "leitner", "sm2", "fsrs_due"]
        for standing in standings.values():
            assert 0 <= standing.recall.low <= standing.recall.value <= standing.recall.high <= 1
            assert 0 <= standing.known <= 1
            assert NEW_A_DAY < standing.introduced <= ITEMS


@pytest.mark.parametrize("world", WORLDS)
def test_ours_is_ahead(board, world):
    standings = board[world]
    assert standings["weekly"].lead.value >= 0.1
    assert standings["random"].lead.value >= 0.15
    assert standings["leitner"].lead.low > 0
    assert standings["coach"].lead.value == 0


@pytest.mark.parametrize("world", WORLDS)
def test_minutes_are_equal_within_one_percent(board, world):
    minutes = [standing.minutes for standing in board[world].values()]
    assert max(minutes) <= 1.01 * min(minutes)
    assert max(minutes) <= 65 * MINUTES_A_DAY


def test_the_same_seed_gives_the_same_digits_and_another_does_not():
    two = {name: POLICIES[name] for name in ("coach", "random")}
    boards = [simulate(3, seed, policies=two) for seed in (1, 1, 2)]
    assert boards[0] == boards[1]
    assert boards[0] != boards[2]


def test_more_learners_are_the_same_ones_and_further_ones():
    few, many = (run(FsrsWorld, POLICIES["random"], learners, SEED) for learners in (4, 7))
    assert np.array_equal(few.recall, many.recall[:4])
    assert np.array_equal(few.minutes, many.minutes[:4])


class NotingWorld(FsrsWorld):
    """Keeps what was practised, by day."""

    def __init__(self, rngs, items):
        super().__init__(rngs, items)
        self.practised = {}

    def practise(self, day, practised, right):
        super().practise(day, practised, right)
        self.practised[day] = (practised, right)


def noting_in(kept):
    """Return how to make a NotingWorld that is put into a list as well."""

    def new_world(rngs, items):
        kept.append(NotingWorld(rngs, items))
        return kept[-1]

    return new_world


@pytest.mark.parametrize("policy", POLICIES)
def test_a_day_keeps_to_its_minutes_its_new_items_and_the_working_week(policy):
    kept = []
    run(noting_in(kept), POLICIES[policy], 3, SEED)
    seen = np.zeros((3, ITEMS), dtype=bool)
    for day, (practised, right) in kept[0].practised.items():
        assert day % 7 < 5
        new = practised & ~seen
        reviewed = practised & seen
        minutes = new.sum(1) + 0.2 * (reviewed & right).sum(1) + 0.5 * (reviewed & ~right).sum(1)
        assert (new.sum(1) <= NEW_A_DAY).all()
        assert (minutes <= MINUTES_A_DAY + 1e-9).all()
        seen |= practised


def test_policies_that_agree_meet_the_same_luck():
    # All take three new items on the first day; so all have the same answers right.
    first_days = []
    for policy in ("coach", "random", "weekly"):
        kept = []
        run(noting_in(kept), POLICIES[policy], 3, SEED)
        practised, right = kept[0].practised[0]
        first_days.append((practised & right).tolist())
    assert all(day == first_days[0] for day in first_days)


def test_progress_is_told_to_the_end():
    told = []
    two = {name: POLICIES[name] for name in ("coach", "random")}
    simulate(2, SEED, lambda done, total: told.append((done, total)), two)
    assert told == [(done, 6) for done in range(1, 7)]


@pytest.mark.parametrize("learners", [-1, 0, 1, 2001])
def test_too_few_or_too_many_learners_are_refused(learners):
    with pytest.raises(ValueError, match="2 to 2000"):
        simulate(learners, SEED)
