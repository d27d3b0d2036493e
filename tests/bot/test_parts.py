"""A message cut into parts: within the limits, none empty, nothing lost, what belongs together kept so."""

import pytest
from hypothesis import given

from bot.messages import (
    MAX_BLOCKS,
    MAX_CHARACTERS,
    MESSAGE,
    Actions,
    Button,
    Chart,
    Divider,
    Facts,
    File,
    Heading,
    Link,
    Menu,
    Message,
    Quote,
    Steps,
    Table,
    Text,
)
from bot.parts import cleaned, parts, size, words
from metrics.charts import ChartSpec, Series
from tests.messages import messages, messages_with_files
from tests.strategies import many

SENTENCE = "Take the till receipt and note its number before the customer leaves the store. "
ASK = Actions((Button("Was This Helpful", "helpful", "a" * 32),))


def joined(text):
    return "".join(text.split())


def said(message):
    message = cleaned(message)
    return words(message.blocks) or message.text


def pressable(message):
    return [item for block in message.blocks if isinstance(block, Actions) for item in block.items]


def can_be_pressed(item):
    match item:
        case Menu(_, options):
            return bool(options)
        case Link(_, url):
            return url.startswith(("https://", "http://127.0.0.1"))
    return True


@many
@given(messages)
def test_parts_hold_every_word_and_every_button_within_the_limits(message):
    cut = parts(message)
    assert all(part.text.strip() and part.blocks for part in cut)
    assert all(len(part.blocks) <= MAX_BLOCKS and sum(map(size, part.blocks)) <= MAX_CHARACTERS for part in cut)
    assert all(sum(isinstance(block, Table) for block in part.blocks) <= 1 for part in cut)
    assert [item for part in cut for item in pressable(part)] == [
        item for item in pressable(cleaned(message)) if can_be_pressed(item)
    ]
    assert all(sum(isinstance(block, Chart) for block in part.blocks) <= 2 for part in cut)
    if said(message):
        assert joined("".join(words(part.blocks) for part in cut)) == joined(said(message))


@many
@given(messages)
def test_a_part_is_one_part_also_after_it_was_stored(message):
    for part in parts(message):
        assert parts(part) == [part]
        assert MESSAGE.validate_python(MESSAGE.dump_python(part, mode="json")) == part


def test_what_fits_is_left_as_it_is():
    message = Message("Refunds: 3 steps", (Heading("Refunds"), Steps(("Ask", "Check", "Pay"), True), Divider(), ASK))
    assert parts(message) == [message]


def test_a_long_answer_keeps_its_buttons_on_its_last_part():
    message = Message("Refunds", (Heading("Refunds"), Text(SENTENCE * 300), Quote(SENTENCE * 20), ASK))
    cut = parts(message)
    assert len(cut) > 2
    assert [bool(pressable(part)) for part in cut] == [False] * (len(cut) - 1) + [True]
    assert cut[-1].blocks[-1] == ASK
    assert not isinstance(cut[-1].blocks[0], Actions)
    assert all(part.text == words(part.blocks) for part in cut)
    assert all(part.text.endswith(("store.", "Refunds")) for part in cut)


def test_a_heading_stays_with_what_follows_it():
    message = Message(
        "Two", (Text(SENTENCE * 35), Text(SENTENCE * 35), Text(SENTENCE * 35), Heading("Till"), Text(SENTENCE * 30))
    )
    first, second = parts(message)
    assert isinstance(first.blocks[-1], Text)
    assert second.blocks[0] == Heading("Till")


def test_a_long_list_keeps_its_numbers():
    [*_, last] = parts(Message("Steps", (Steps(tuple(f"{SENTENCE}Step {place}" for place in range(1, 151)), True),)))
    assert "150. Take the till receipt" in words(last.blocks)


def test_many_rows_become_several_tables_under_the_same_columns():
    rows = tuple((f"Person {place}", str(place)) for place in range(250))
    cut = parts(Message("Team", (Table("Practice this week", ("Person", "Lessons"), rows),)))
    tables = [block for part in cut for block in part.blocks]
    assert [table.columns for table in tables] == [("Person", "Lessons")] * len(tables)
    assert tuple(row for table in tables for row in table.rows) == rows
    assert [table.caption for table in tables] == ["Practice this week", *[""] * (len(tables) - 1)]


def test_a_table_too_wide_is_told_line_by_line():
    columns = tuple(f"Column {place}" for place in range(25))
    [part] = parts(Message("Wide", (Table("Wide", columns, (tuple("x" * 25),)),)))
    assert "Column 24: x" in words(part.blocks)


def test_facts_come_ten_at_a_time():
    [part] = parts(Message("Facts", (Facts(tuple((f"Label {place}", "1") for place in range(23))),)))
    assert [len(block.pairs) for block in part.blocks] == [10, 10, 3]


@pytest.mark.parametrize("message", [Message(""), Message(" \u200b", (Text("\n"), Divider(), Actions(())))])
def test_nothing_at_all_still_says_something(message):
    [part] = parts(message)
    assert part.text
    assert part.blocks


def test_blank_blocks_fall_back_on_the_text():
    assert parts(Message("Saved.", (Text(" "), Divider()))) == [Message("Saved.", (Text("Saved."),))]


def test_buttons_alone_stand_under_the_text():
    assert parts(Message("Was it right?", (ASK,))) == [Message("Was it right?", (Text("Was it right?"), ASK))]
    assert parts(Message("", (ASK,))) == [Message("Choose one.", (Text("Choose one."), ASK))]


CHART = Chart(ChartSpec("Right answers", "bar", ("Week 1", "Week 2"), (Series("You", (40, 80)),), "%", "Up 40 points."))


def test_charts_come_whole_and_two_at_a_time():
    cut = parts(Message("Charts", (Text(SENTENCE * 20), CHART, CHART, CHART, Text(SENTENCE * 90), CHART)))
    charts = [[block for block in part.blocks if isinstance(block, Chart)] for part in cut]
    assert [block for part in charts for block in part] == [CHART] * 4
    assert max(map(len, charts)) <= 2


def test_a_chart_is_told_by_its_takeaway_and_its_values():
    assert words([CHART]) == "Right answers (%)\nUp 40 points.\nWeek 1: 40\nWeek 2: 80"


@many
@given(messages_with_files)
def test_a_file_is_a_part_of_its_own_the_last_and_once(message):
    *before, last = parts(message)
    assert [part.file for part in before] == [None] * len(before)
    assert last.file == cleaned(message.file)
    assert last.file.content == message.file.content
    assert (last.blocks, parts(last)) == ((), [last])
    assert last.text
    if message.blocks:
        assert before == parts(Message(message.text, message.blocks))


def test_a_file_with_a_sentence_is_one_part_and_with_a_page_two():
    file = File("progress.csv", "Progress of the team", "a,b\r\n")
    assert parts(Message("Here it is.", file=file)) == [Message("Here it is.", file=file)]
    page, alone = parts(Message(SENTENCE * 9, file=file))
    assert (page.blocks, page.file) == ((Text((SENTENCE * 9).strip()),), None)
    assert alone == Message("Progress of the team", file=file)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("progress.csv", "progress.csv"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\team\\a.csv", "C_team_a.csv"),
        ('a"; filename="b.exe\r\n.csv', "a_ filename_b.exe .csv"),
        ("\u202egpj.csv", "gpj.csv"),
        ("...", "file.txt"),
        ("x" * 300 + ".csv", "x" * 96 + ".csv"),
        ("0 " + "x" * 95 + ".csv", "x" * 95 + ".csv"),
    ],
)
def test_names_of_files_are_names(name, shown):
    assert cleaned(File(name, "Title", "")).name == shown
