"""Files and charts in Teams: lines to copy in cards that fit, and pictures in the card itself."""

import base64
import csv
from dataclasses import replace
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from PIL import Image

from bot.messages import Actions, Chart, File, Message, Text
from bot.teams import render
from bot.teams.files import file_parts
from metrics.charts import ChartSpec, Series
from tests.messages import messages_with_files
from tests.strategies import few
from tests.teams_cards import cards, findings, words

HEAD = "person,skill,state"
ROWS = [f'"Ash, Ben {number}",Refunds,mastered' for number in range(700)]
LONG = File("progress.csv", "Progress of the team", "\ufeff" + "\r\n".join([HEAD, *ROWS]) + "\r\n")
SHORT = replace(LONG, content="\r\n".join([HEAD, *ROWS[:3]]) + "\r\n")
SPEC = ChartSpec("Right answers", "line", ("2 Nov", "9 Nov"), (Series("You", (52, 81)),), "% right", "Up 29 points.")


def monospaced(activity):
    """The lines of a card to copy."""
    inlines = [part["inlines"] for card in cards(activity) for part in card["body"] if "inlines" in part]
    return ["".join(run["text"] for run in runs) for runs in inlines if runs[0].get("fontType") == "Monospace"]


def test_a_short_file_is_one_card_of_its_rows():
    [text, shown] = map(render.activity, render.split(Message("Export", (Text("Here it is."),), file=SHORT)))
    assert words(text) == "Here it is."
    assert monospaced(shown) == [HEAD, *ROWS[:3]]
    assert "copy these lines into a file named progress.csv" in words(shown)


def test_a_long_file_comes_in_cards_of_whole_rows_under_the_same_head():
    parts = render.split(Message("Here it is.", file=LONG))
    shown = [monospaced(render.activity(part)) for part in parts]
    assert 3 < len(parts) < 12
    assert [lines[0] for lines in shown] == [HEAD] * len(parts)
    assert [line for lines in shown for line in lines[1:]] == ROWS
    assert [part.file.title for part in parts][:2] == [
        f"Progress of the team (1 of {len(parts)})",
        f"Progress of the team (2 of {len(parts)})",
    ]
    assert [findings(render.activity(part)) for part in parts] == [[]] * len(parts)


def test_a_part_of_a_file_is_one_part_also_after_it_was_stored():
    for part in render.split(Message("Here it is.", file=LONG)):
        assert render.split(part) == [part]


def test_a_row_stays_one_line_and_reads_back_as_it_was():
    content = 'person,note\r\n"Ash, Ben","two\r\nlines and ""marks"""\r\n'
    [part] = render.split(Message("x", file=replace(LONG, content=content)))
    lines = monospaced(render.activity(part))
    assert list(csv.reader(StringIO("\n".join(lines)))) == [["person", "note"], ["Ash, Ben", 'two lines and "marks"']]


def test_lines_of_another_kind_have_no_head():
    lines = [f'{{"id": "{number:032x}"}}' for number in range(500)]
    parts = file_parts(File("statements.jsonl", "Statements", "\n".join(lines), "application/x-ndjson"))
    assert len(parts) > 1
    assert [line for part in parts for line in part.content.splitlines()] == lines


@few
@given(messages_with_files)
def test_every_part_of_every_message_with_a_file_is_fine(message):
    # What a button carries is held to the rules elsewhere.
    blocks = tuple(block for block in message.blocks if not isinstance(block, Actions))
    parts = render.split(replace(message, blocks=blocks))
    assert parts[-1].file is not None
    for part in parts:
        assert findings(render.activity(part)) == []
        assert findings(render.plain_activity(part)) == []


def test_only_words_can_be_rated_not_a_file():
    parts = render.split(Message("Export", (Text("Here it is."),), is_rateable=True, file=SHORT))
    assert [part.is_rateable for part in parts] == [True, False]


def test_in_words_alone_a_file_is_its_lines():
    said = render.plain_activity(Message("Here it is.", file=SHORT))["text"]
    assert said.split("\n") == ["Here it is.", "", HEAD, *ROWS[:3]]


def test_a_chart_is_a_picture_in_the_card_told_in_words():
    [card] = cards(render.activity(Message("Up 29 points.", (Chart(SPEC),))))
    takeaway, picture = card["body"]
    assert takeaway["inlines"][0]["text"] == "Up 29 points."
    assert picture["altText"] == "Right answers (% right)\nUp 29 points.\n2 Nov: 52\n9 Nov: 81"
    head, _, data = picture["url"].partition(",")
    assert head == "data:image/png;base64"
    with Image.open(BytesIO(base64.b64decode(data))) as drawn:
        assert (drawn.format, drawn.width) == ("PNG", 480)


def busy(seed):
    values = [(seed * 37 + place * 61) % 101 - 20 for place in range(240)]
    series = tuple(Series(f"Group number {n}", tuple(values[n * 20 : n * 20 + 20])) for n in range(12))
    return ChartSpec("A busy chart", "line", tuple(f"{n} Nov 2026" for n in range(20)), series, "%", f"Seed {seed}.")


def test_two_pictures_that_do_not_fit_into_one_card_come_in_two():
    parts = render.split(Message("Busy", (Text("Both."), Chart(busy(1)), Chart(busy(2)))))
    assert len(parts) > 1
    assert [findings(render.activity(part)) for part in parts] == [[]] * len(parts)
    said = "".join(words(render.activity(part)) for part in parts)
    assert all(text in said for text in ("Both.", "Seed 1.", "Seed 2."))


@pytest.mark.parametrize("seed", range(3))
def test_a_picture_that_fits_into_no_card_is_told_in_text(seed):
    parts = render.split(Message("Busy", (Chart(busy(seed)),)))
    assert [findings(render.activity(part)) for part in parts] == [[]] * len(parts)
    assert "".join(words(render.activity(part)) for part in parts).count(f"Seed {seed}.") >= 1
