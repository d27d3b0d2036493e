"""The module and the track that docs/lessons.md shows are ones the sample company could take, and its limits hold."""

import re
from pathlib import Path

import pytest

from bot.company import read_folder
from bot.trial.conversation import SAMPLE_COMPANY
from lessons import budget
from lessons.intake import read_modules
from lessons.item_file import HOW_MANY
from lessons.limits import MOST_CHARACTERS, MOST_PARTS
from lessons.module_facts import FEWEST_MINUTES, MOST_MINUTES, MOST_SLOT_CHARACTERS, MOST_TAUGHT
from lessons.module_file import MOST_CARDS, MOST_ITEMS, MOST_QUESTIONS
from lessons.track_file import MOST_DAYS, MOST_STEPS, read_tracks
from lessons.track_file import MOST_MINUTES as MOST_STEP_MINUTES

DOCS = (Path(__file__).parents[2] / "docs" / "lessons.md").read_text()


def example(language):
    return re.search(rf"```{language}\n(.*?)```", DOCS, re.DOTALL)[1].encode()


@pytest.fixture(scope="module")
def sample():
    return read_folder(SAMPLE_COMPANY)


def test_the_module_shown_can_be_taken(sample):
    files = [("a.md", example("markdown"))]
    shelf = read_modules(files, sample.company.skills, sample.company.roles, sample.sops.documents)
    assert shelf.rejected == ()
    assert shelf.notes == ()
    assert len(shelf.modules) == 1


def test_the_track_shown_can_be_taken(sample):
    known = (sample.company.skill_rules(), sample.company.roles, sample.sops.documents)
    shelf = read_tracks(sample.shelf, [("tracks/a.yaml", example("yaml"))], *known)
    assert shelf.rejected == ()
    assert len(shelf.tracks) == 1


def test_the_limits_shown_are_those_that_hold():
    assert (MOST_CARDS, MOST_ITEMS, MOST_QUESTIONS, MOST_TAUGHT) == (3, 8, 3, 6)
    assert "one to three cards" in DOCS
    assert "one to eight items" in DOCS
    assert "One to six sections" in DOCS
    assert f"{FEWEST_MINUTES} to {MOST_MINUTES} in all" in DOCS
    assert f"at\nmost {MOST_SLOT_CHARACTERS} characters" in DOCS
    assert f"takes {MOST_CHARACTERS['card']:,} characters and {MOST_PARTS} paragraphs" in " ".join(DOCS.split())
    assert HOW_MANY == {"choice": (2, 4), "order": (3, 5), "spot": (3, 5), "write": (1, 6)}
    assert f"Titles of items take {MOST_CHARACTERS['item title']} characters" in DOCS
    assert f"situations {MOST_CHARACTERS['situation']:,}, questions {MOST_CHARACTERS['question']}" in DOCS
    assert f"1 to {MOST_DAYS} days" in DOCS
    assert (MOST_STEPS, f"1 to {MOST_STEP_MINUTES:,}" in DOCS) == (30, True)


def test_the_costs_shown_are_those_counted():
    assert f"reads {budget.WORDS_A_MINUTE} words a minute" in DOCS
    for line in (
        f"| a tap, such as Next | {budget.PRESS_SECONDS:.0f} |",
        f"| saying how sure one is | {budget.CONFIDENCE_SECONDS:.0f} |",
        f"| each option or line to weigh | {budget.THINK_SECONDS_AN_OPTION:.0f} |",
        f"| each step to put in order | {budget.THINK_SECONDS_A_STEP:.0f}, and a tap |",
        f"| writing | {budget.THINK_SECONDS_BEFORE_WRITING:.0f} to think, the key points typed at "
        f"{budget.TYPED_WORDS_A_MINUTE} words a minute, {budget.CHECK_SECONDS_A_POINT:.0f} for each point",
        f"| the closing question | {budget.CLOSING_SECONDS:.0f} |",
    ):
        assert line in DOCS
