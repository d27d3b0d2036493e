"""Charts in Slack: valid whatever they say, two as drawings and the rest in text, none in a form."""

import pytest

from bot.messages import Chart, Form, Message, Text
from bot.slack.charts import data_visualization
from bot.slack.render import home, payload, view
from bot.trial.block_rules import faults_in_message
from bot.trial.view_rules import faults_in_view
from metrics.charts import ChartSpec, Series

SPEC = ChartSpec("Right answers", "line", ("2 Nov", "9 Nov"), (Series("You", (52, 81.37)),), "% right", "Up 29 points.")
DRAWN = {
    "type": "data_visualization",
    "title": "Right answers",
    "chart": {
        "type": "line",
        "series": [{"name": "You", "data": [{"label": "2 Nov", "value": 52}, {"label": "9 Nov", "value": 81.4}]}],
        "axis_config": {"categories": ["2 Nov", "9 Nov"], "y_label": "% right"},
    },
}


def kinds(blocks):
    return [block["type"] for block in blocks]


def test_a_chart_stands_below_its_takeaway():
    shown = payload(Message("Up 29 points.", (Chart(SPEC),)))
    assert kinds(shown["blocks"]) == ["rich_text", "data_visualization"]
    assert shown["blocks"][0]["elements"][0]["elements"][0]["text"] == "Up 29 points."
    assert shown["blocks"][1] == DRAWN


def test_without_words_of_its_own_a_message_says_what_its_chart_shows():
    assert payload(Message("", (Chart(SPEC),)))["text"] == (
        "Right answers (% right)\nUp 29 points.\n2 Nov: 52\n9 Nov: 81.4"
    )


@pytest.mark.parametrize("kind", ["line", "bar"])
def test_names_are_cut_and_told_apart(kind):
    long = "A name of more than twenty characters"
    spec = ChartSpec(
        "x" * 90, kind, (long, long, "", ""), (Series(long, (1, 2, 3, 4)),) * 12, "y" * 90, "Many are the same."
    )
    assert faults_in_message({"text": "x", "blocks": [data_visualization(spec)]}) == []
    names = [series["name"] for series in data_visualization(spec)["chart"]["series"]]
    assert names[:2] == ["A name of more than…", "A name of more tha 2"]
    assert data_visualization(spec)["chart"]["axis_config"]["categories"][2:] == ["–", "– 2"]


def test_a_page_draws_two_charts_and_tells_the_others():
    shown = home(Message("Home", (Chart(SPEC), Text("and"), Chart(SPEC), Chart(SPEC))))
    drawn = ["rich_text", "data_visualization"]
    assert kinds(shown["blocks"]) == [*drawn, "rich_text", *drawn, "rich_text"]
    assert "9 Nov: 81.4 ██████████" in str(shown["blocks"][-1])
    assert faults_in_view(shown) == []


def test_a_form_tells_its_charts():
    shown = view(Form("Progress", "read", "0" * 32, (Chart(SPEC),)))
    assert kinds(shown["blocks"]) == ["rich_text"]
    assert "2 Nov: 52 ██████" in str(shown["blocks"])
    assert faults_in_view(shown) == []
