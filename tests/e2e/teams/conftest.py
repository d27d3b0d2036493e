"""Pictures of the Teams tests, and which of them run where: journeys only in a network of their own."""

import os
import re
from pathlib import Path

import pytest

from tests.e2e.teams.playground import IS_IN_NETWORK

collect_ignore = ["test_cards.py", "test_network.py"] if IS_IN_NETWORK else ["test_playground.py"]


@pytest.fixture(scope="session")
def keep_picture():
    """Keep a picture of a page or of a part of it, where COACH_SCREENSHOTS names a folder."""
    named = os.environ.get("COACH_SCREENSHOTS")

    def keep(shown, name):
        if named:
            file = re.sub(r"\W+", "-", name)
            shown.screenshot(path=Path(named) / f"{file}.png")

    return keep
