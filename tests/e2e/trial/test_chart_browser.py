"""Charts, links and files of Coach on the trial page: drawn, with their numbers behind them, and safe."""

import random
from datetime import UTC, datetime

import pytest

from bot.messages import Actions, Address, Button, Chart, Divider, File, Heading, Link, Message, Note, Table, Text
from bot.slack.send import SlackPlatform
from bot.trial.page import Page
from bot.trial.simulator import running_simulator
from bot.trial.workspace import User, Workspace
from metrics.charts import ChartSpec, Series
from tests.card_samples import SKILLS, WEEKS

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
ANA = "U0ANA"


@pytest.fixture
def simulator():
    workspace = Workspace.for_people([User(ANA, "ana", "Ana Reyes")], START.timestamp, random.Random(3))
    with running_simulator(workspace, prepare=lambda it: Page(it).add_to(it.application)) as running:
        yield running


@pytest.fixture
def tell(simulator):
    """Send Ana a message as Coach does, whole."""
    platform = SlackPlatform(simulator.workspace.bot_token, simulator.api_url, lambda: START)

    def send(message, **more):
        address = Address("slack", simulator.workspace.team_id, only_for=ANA, **more)
        for part in platform.split(message):
            platform.send(address, part, f"key {random.random()}")
        assert simulator.workspace.rejections == []

    return send


@pytest.fixture
def see(look, simulator):
    def open_page(width=1100, more=""):
        return look(f"as={ANA}&channel={simulator.workspace.open_dm(ANA).id}{more}", width=width, height=1300)

    return open_page


PROGRESS = Message(
    "Four people need help.",
    (
        Heading("Your team, last 28 days"),
        Text("4 of 9 people need help, most with refunds at the till."),
        Chart(WEEKS),
        Chart(SKILLS),
        Table(
            "Who needs help with what",
            ("Person", "Needs help with", "Lessons"),
            (("Ana Reyes", "Refunds at the till", "3"), ("Sam Okoro", "Not started", "0")),
        ),
        Divider(),
        Actions(
            (Button("Check-in Script", "x", "0" * 32, True), Link("Open Dashboard", "https://coach.example.test/in"))
        ),
        Note("Coach is not for pay, discipline or promotion."),
    ),
)


@pytest.mark.parametrize("width", [1100, 400])
def test_charts_are_drawn_and_their_numbers_stand_behind_them(tell, see, keep_picture, width):
    tell(PROGRESS)
    page = see(width)
    keep_picture(page, f"progress-with-charts-{width}")
    weeks, skills = page.locator(".chart").all()
    assert weeks.locator("svg[role=img] polyline").count() == 2
    assert skills.locator("svg[role=img] rect").count() == 4
    assert weeks.locator(".legend li").all_inner_texts() == ["Pilot", "Others"]
    weeks.get_by_text("Show the numbers").press("Enter")
    assert weeks.get_by_role("row", name="9 Nov 2026 60.5 51").is_visible()
    assert page.get_by_role("table").last.locator("caption").inner_text() == "Who needs help with what"
    assert page.get_by_role("rowheader", name="Sam Okoro").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_link_is_a_button_that_opens_a_new_tab_without_a_way_back(tell, see):
    tell(PROGRESS)
    link = see().get_by_role("link", name="Open Dashboard")
    shown = [link.get_attribute(name) for name in ("href", "target", "rel")]
    assert shown == ["https://coach.example.test/in", "_blank", "noopener noreferrer"]


def test_a_file_can_be_downloaded(tell, see, keep_picture):
    content = "person,skill\r\nZoë,refunds\r\n"
    tell(Message("Export", (Text("Here is the progress of your team."),), file=File("team.csv", "Progress", content)))
    page = see()
    keep_picture(page, "file")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download Progress").click()
    assert downloading.value.suggested_filename == "team.csv"
    assert downloading.value.path().read_bytes() == content.encode()


def test_hostile_words_in_charts_links_and_files_are_words(tell, see):
    spec = ChartSpec(HOSTILE, "bar", (HOSTILE, "x"), (Series(HOSTILE, (1, 2)), Series("x", (2, 1))), HOSTILE, HOSTILE)
    link = Link(HOSTILE, "https://coach.example.test/")
    tell(Message(HOSTILE, (Chart(spec), Actions((link,))), file=File(HOSTILE, HOSTILE, HOSTILE)))
    page = see()
    assert page.title() != "owned"
    assert page.locator("img, script:not([src])").count() == 0
    assert page.get_by_text("<img src=x").count() >= 4
