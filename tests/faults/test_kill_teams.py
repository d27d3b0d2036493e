"""A process killed while it answers in Teams loses nothing and doubles no nudge: each point once on each database."""

import pytest

from tests.faults.kill_chat import POINTS, Tally, kill_and_recover
from tests.faults.kill_teams import living_teams


@pytest.mark.parametrize("point", POINTS)
def test_the_next_process_answers(database, tmp_path, point):
    tally = Tally()
    with living_teams(database.url, tmp_path) as build:
        kill_and_recover(tmp_path, database.url, 0, point, 2, tally, build, can_read_back=False)
    assert (tally.kills, tally.lost, tally.nudges_doubled) == (1, 0, 0)
    # Two are sent at a time.
    assert tally.doubled + tally.private_doubled <= 2
    assert tally.nudges_unknown <= 2
    if point in ("called", "marking"):
        # What was sent and not marked is sent again, unless it was a nudge.
        assert tally.doubled + tally.private_doubled + tally.nudges_unknown >= 1
