"""A browser for the tests that look at pages."""

import shutil

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
