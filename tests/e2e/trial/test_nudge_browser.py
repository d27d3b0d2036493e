"""A lesson that comes before a shift, in the trial's page: put off, paused, begun, and its time chosen in a form."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from bot.app import App
from bot.clock_file import FileClock, set_clock
from bot.commands.trial import trial_workspace
from bot.company import apply_folder
from bot.settings import Settings
from coach.embed import WordHashEmbedder
from tests.e2e.trial.conversation import WAIT_SECONDS

SOFIA = "sofia.belcourt@harbourbean.example"
# In winter London's clocks show UTC. Sofia's shift starts at half past ten.
THAT_MORNING = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
BEFORE_SHIFT = timedelta(minutes=75)


@pytest.fixture
def clock(tmp_path):
    file = tmp_path / "clock"
    set_clock(file, THAT_MORNING)
    return file


@pytest.fixture
def trial(clock, sample_company, tmp_path):
    """The sample company's workspace with Coach in it, on the morning in question."""
    app = App(Settings(home=tmp_path / "home"), embedder=WordHashEmbedder(), now=FileClock(clock, runs=True))
    app.database.upgrade()
    apply_folder(sample_company, app.database, app.embedder, app.now())
    with trial_workspace(app) as (simulator, serving):
        yield simulator, serving
    app.close()


@pytest.fixture
def simulator(trial):
    return trial[0]


@pytest.fixture
def nudged(trial, clock, conversation):
    """Sofia at her screen, looking at the lesson that came before her shift."""
    chat, serving = conversation(SOFIA), trial[1]
    chat.ask("about", "Coach is for learning")
    set_clock(clock, THAT_MORNING + BEFORE_SHIFT)
    serving.tick()
    chat.look_at("Later Today")
    return chat


def test_a_lesson_before_a_shift_is_put_off_paused_and_begun_in_one_message(nudged):
    messages, offered = nudged.messages().count(), nudged.words()
    [as_it_was] = [message for message in nudged.human.messages(nudged.human.dm()) if message["ts"] == nudged.at]
    nudged.press("Later Today")
    assert "comes again today at 12:15." in nudged.words()
    nudged.press("Undo")
    assert nudged.words().startswith(offered)
    nudged.choose("Pause 1 Week")
    assert "No lessons are sent to you before Thursday 3 December." in nudged.words()
    nudged.press("Start Now")
    assert "Concept 1 of" in nudged.words()
    assert nudged.messages().count() == messages
    nudged.human.press_late(nudged.human.dm(), as_it_was, "Start").result(WAIT_SECONDS)
    assert "Concept 1 of" in nudged.words()
    assert nudged.messages().count() == messages


def test_the_time_of_lessons_is_chosen_in_a_form_that_says_what_is_wrong(nudged):
    nudged.menu().select_option("Change My Time")
    time = nudged.form().get_by_label("When lessons come")
    time.fill("late")
    nudged.form().get_by_role("button", name="Save").click()
    expect(time).to_have_attribute("aria-invalid", "true")
    nudged.look()
    time.fill("09:45")
    nudged.form().get_by_role("button", name="Save").click()
    nudged.form().wait_for(state="hidden")
    nudged.look_at("Lessons come at 09:45.")
