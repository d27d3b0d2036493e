"""The trial's page in a browser, as somebody of its workspace sees it."""

from itertools import count

import pytest

from bot.company import read_folder
from bot.trial.conversation import SAMPLE_COMPANY
from bot.trial.human import Human
from tests.e2e.trial.conversation import Conversation

# A press that Coach does not take in time.
NOT_TAKEN = "Failed to load resource: the server responded with a status of 504 (Gateway Timeout)"


@pytest.fixture
def look(chromium, simulator):
    """Open the page as somebody; whatever goes wrong in the browser, or leaves the machine, fails the test."""
    contexts, wrong = [], []
    origin = f"http://127.0.0.1:{simulator.port}/"

    def open_page(query, width=1280, height=800):
        context = chromium.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on(
            "request", lambda request: None if request.url.startswith((origin, "data:")) else wrong.append(request.url)
        )
        page.goto(f"{origin}?{query}")
        page.wait_for_selector("body[data-version]")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [line for line in wrong if line != NOT_TAKEN] == []


@pytest.fixture
def conversation(look, simulator, keep_picture, request):
    """Open somebody's conversation with Coach, by their e-mail; a picture of every step of a test is kept."""
    name, steps = request.node.name.removeprefix("test_"), count(1)

    def open_it(email):
        human = Human(simulator, next(user.id for user in simulator.workspace.users.values() if user.email == email))
        page = look(f"as={human.user_id}&channel={human.dm()}", width=1100, height=1000)
        return Conversation(page, human, lambda: keep_picture(page, f"{name}-{next(steps):02}"))

    return open_it


@pytest.fixture(scope="session")
def sample_company():
    return read_folder(SAMPLE_COMPANY)
