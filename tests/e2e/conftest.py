"""A browser for the tests that look at pages, and pictures of what they see."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.support import skip_or_fail

# Nothing of Chromium's own leaves the machine.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


# Two at once in one process would be in each other's way.
@pytest.fixture(scope="module")
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
