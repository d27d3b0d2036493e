"""A browser for the Teams tests, and which of them run where: journeys only in a network of their own."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.e2e.teams.playground import IS_IN_NETWORK
from tests.support import skip_or_fail

collect_ignore = ["test_cards.py", "test_network.py"] if IS_IN_NETWORK else ["test_playground.py"]
# Nothing of Chromium's own leaves the machine.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        path = None
    if path is None:
        skip_or_fail("no chromium or no playwright")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def keep_picture():
    """Keep a picture of a page or of a part of it, where COACH_SCREENSHOTS names a folder."""
    named = os.environ.get("COACH_SCREENSHOTS")

    def keep(shown, name):
        if named:
            file = re.sub(r"\W+", "-", name)
            shown.screenshot(path=Path(named) / f"{file}.png")

    return keep
