"""An apply killed anywhere is completed by the next one: each point once on each database."""

import random

import pytest

from tests.faults.kill_apply import POINTS, Tally, kill_and_recover, start


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return home


def test_the_next_apply_completes(database_url, home, tmp_path):
    source, tally, folder = random.Random(11), Tally(), tmp_path / "company"
    start(home, database_url, folder, source)
    for point in POINTS:
        kill_and_recover(home, database_url, folder, point, source, tally)
    assert (tally.kills, tally.recovered) == (len(POINTS), len(POINTS))
    assert tally.old_state == POINTS.index("committed")
    assert tally.new_state == len(POINTS) - POINTS.index("committed")
