"""An answer stands once in Slack whatever its wire does, or not at all and says why: each fault once in each place."""

import random

import pytest

from tests.faults.slack_faults import FOR_GOOD, KINDS, LATER, PLACES, Tally, breaker


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_stands_once_or_says_why_not(database, kind):
    tally = Tally()
    with breaker(database.url, random.Random(kind)) as broken:
        for place in PLACES:
            broken.send(kind, place, tally)
    assert (tally.messages, tally.lost, tally.doubled, tally.too_early) == (len(PLACES), 0, 0, 0)
    assert (tally.refused > 0) is (kind in FOR_GOOD)
    if kind in (*LATER, "refused by the token"):
        assert tally.once == len(PLACES)
