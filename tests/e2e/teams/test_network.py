"""The journeys of test_playground.py, in a network that has nothing but loopback."""

from pathlib import Path

import pytest

from tests.e2e.teams.playground import in_network, missing
from tests.support import skip_or_fail

WITHIN_SECONDS = 600


def test_the_journeys_come_out_in_a_network_of_their_own():
    if reason := missing():
        skip_or_fail(reason)
    code, printed = in_network(["-q", str(Path(__file__).with_name("test_playground.py"))], WITHIN_SECONDS)
    if code:
        pytest.fail(printed, pytrace=False)
