"""An answer is never lost in Teams and a nudge never doubled, whatever its wire does: each fault once in each place."""

import random

import pytest

from tests.faults.teams_faults import FOR_GOOD, IN_DOUBT, KINDS, PLACES, TAKEN, Tally, breaker


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_stands_or_says_why_not(database, kind):
    tally = Tally()
    with breaker(database.url, random.Random(kind)) as broken:
        for place in (*PLACES, "nudge"):
            broken.send(kind, place, tally)
    assert (tally.messages, tally.lost, tally.nudges_doubled, tally.too_early) == (len(PLACES) + 1, 0, 0, 0)
    assert (tally.refused > 0) is (kind in FOR_GOOD or kind == "401 for good")
    # One of the two nudges was in doubt, the other met the fault while its conversation was made.
    assert tally.nudges_unknown == (kind in IN_DOUBT)
    assert tally.doubled == (3 if kind in TAKEN else 0)
    if kind not in (*IN_DOUBT, *FOR_GOOD):
        assert tally.once == len(PLACES) + 1
