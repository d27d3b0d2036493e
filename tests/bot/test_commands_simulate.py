"""`coach simulate`: the takeaway, its table, JSON for programs, the chart, and each bad input."""

import json
import xml.etree.ElementTree as ET

import pytest

from bot.commands.simulate import command
from bot.views.simulate import POLICIES, WORLDS, scoreboard_chart, scoreboard_text
from lessons.simulation.scoreboard import Figure, Standing
from metrics.errors import Refusal
from tests.command_line import done_by


def coach(*words):
    """Run `coach simulate` and return what it printed. Raises what it raises."""
    done = done_by(command, words)
    return done.output


def standing(recall, lead):
    return Standing(
        Figure(recall, recall - 0.01, recall + 0.01), Figure(lead, lead - 0.005, lead + 0.005), 0.7, 0.6, 301.5, 120
    )


def board(least_lead):
    leads = dict.fromkeys(POLICIES, 0.2) | {"coach": 0.0, "sm2": least_lead}
    return {world: {policy: standing(0.9 - lead, lead) for policy, lead in leads.items()} for world in WORLDS}


def test_json_has_exactly_the_promised_shape():
    found = json.loads(coach("--learners", 3, "--seed", 7, "--json"))
    assert list(found) == ["fsrs", "act_r", "misspecified"]
    for policies in found.values():
        assert set(policies) == {"coach", "random", "weekly", "leitner", "sm2", "fsrs_due"}
        for figures in policies.values():
            assert set(figures) == {"recall", "low", "high", "minutes"}
            assert 0 <= figures["low"] <= figures["recall"] <= figures["high"] <= 1


def test_text_and_chart_of_a_few_learners(tmp_path):
    chart = tmp_path / "chart.svg"
    text = coach("--learners", 3, "--plot", chart)
    assert text.startswith("With the same minutes, Coach's learners remember ")
    for name in (*WORLDS.values(), *POLICIES.values()):
        assert name in text
    assert ET.parse(chart).getroot().get("role") == "img"


def test_the_takeaway_names_who_comes_closest():
    text = scoreboard_text(board(0.03), 200)
    assert text.splitlines()[0] == (
        "With the same minutes, Coach's learners remember 90 % (FSRS-6 memory), 90 % (ACT-R memory), 90 % (Neither "
        "model) 30 days later. It is ahead of everyone in each; the closest is SM-2 (FSRS-6 memory), "
        "3.0 [2.5, 3.5] points behind."
    )


def test_the_takeaway_admits_what_is_not_clear():
    assert "It is not clearly ahead of SM-2 (FSRS-6 memory), SM-2 (ACT-R memory)" in scoreboard_text(board(0.002), 200)


def test_the_table_shows_intervals_leads_and_minutes():
    row = next(line for line in scoreboard_text(board(0.03), 200).splitlines() if line.startswith("SM-2"))
    assert row.split() == "SM-2 87.0 [86.0, 88.0] % 3.0 [2.5, 3.5] 70.0 % 60.0 % 301.5".split()


def test_the_chart_says_its_figures_in_words():
    chart = scoreboard_chart(board(0.03), 200)
    assert "SM-2 87.0 [86.0, 88.0]" in chart.description
    assert "200 simulated learners" in chart.description
    assert chart.rows[chart.ours] == "Coach"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--learners", 1], "Choose --learners from 2 to 2,000."),
        (["--learners", 2001], "Choose --learners from 2 to 2,000."),
        (["--seed", -1], "Choose a --seed of 0 or more."),
        (["--plot", "chart.png"], "chart.png must end in .svg, which is what --plot draws."),
        (["--plot", "nowhere/chart.svg"], "There is no folder nowhere. Choose another --plot."),
    ],
)
def test_bad_input_is_refused_before_anything_runs(words, reason):
    with pytest.raises(Refusal) as refused:
        coach(*words)
    assert str(refused.value) == reason


def test_a_chart_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "chart.svg").mkdir()
    with pytest.raises(Refusal, match=r"cannot write .*: Is a directory. Choose another --plot."):
        coach("--learners", 2, "--plot", tmp_path / "chart.svg")
