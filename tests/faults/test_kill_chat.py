"""A process killed anywhere between what came in and what went out loses nothing: each point once on each database."""

import pytest

from tests.faults.kill_chat import POINTS, Tally, kill_and_recover


@pytest.mark.parametrize("point", POINTS)
def test_the_next_process_answers_once(database, tmp_path, point):
    tally = Tally()
    kill_and_recover(tmp_path, database.url, 0, point, 2, tally)
    assert (tally.kills, tally.lost, tally.doubled, tally.nudges_doubled) == (1, 0, 0, 0)
    assert tally.private_doubled <= 1
    assert tally.nudges_unknown <= 2
