"""Digests, scripts and warnings on the trial page: taken by the platform's rules, whole at every width."""

import random
from datetime import UTC, datetime

import pytest

from bot.messages import Address
from bot.slack.send import SlackPlatform
from bot.trial.page import Page
from bot.trial.simulator import running_simulator
from bot.trial.workspace import User, Workspace
from tests.managing_values import messages

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
AOIFE = "U0AOIFE"


@pytest.fixture
def simulator():
    workspace = Workspace.for_people([User(AOIFE, "aoife", "Aoife Brannock")], START.timestamp, random.Random(3))
    with running_simulator(workspace, prepare=lambda it: Page(it).add_to(it.application)) as running:
        yield running


@pytest.mark.parametrize("width", [1100, 400])
@pytest.mark.parametrize("name", messages())
def test_a_manager_reads_and_can_press_everything(simulator, look, keep_picture, name, width):
    platform = SlackPlatform(simulator.workspace.bot_token, simulator.api_url, lambda: START)
    address = Address("slack", simulator.workspace.team_id, only_for=AOIFE)
    message = messages()[name]
    for number, part in enumerate(platform.split(message)):
        platform.send(address, part, f"key {number}")
    assert simulator.workspace.rejections == []
    page = look(f"as={AOIFE}&channel={simulator.workspace.open_dm(AOIFE).id}", width=width, height=1200)
    keep_picture(page, f"{name.replace(': ', '-').replace(' ', '-')}-{width}")
    shown = page.inner_text("body")
    for block in message.blocks:
        for words in (getattr(block, "text", ""), *getattr(block, "items", ())):
            said = words if isinstance(words, str) else words.label
            assert " ".join(said.split()) in " ".join(shown.split())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
