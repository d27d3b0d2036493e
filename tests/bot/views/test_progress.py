"""How progress is put into words: a takeaway first, then facts or a table, never a verdict on a person."""

import pytest

from bot.messages import Actions, Facts, Note, Table, Text
from bot.views.progress import COLUMNS, LEARNING_ONLY, MOST_SPOKEN, own_message, own_takeaway, team_message
from metrics.progress import Progress
from tests.strategies import utc

NOW = utc(2026, 11, 23, 8, 30)
TITLES = {"refunds": "Refunds"}
LATE_IN_LONDON = utc(2026, 11, 21, 20)
NEW = Progress(1)
BUSY = Progress(2, lessons=3, answered=4, right=3, last_at=LATE_IN_LONDON, last_skill="refunds")


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (NEW, "You have not practised yet. Write “lesson” to me to get your first one."),
        (BUSY, "You answered 3 of 4 questions right in 30 days; last lesson: Refunds, 21 Nov 2026."),
        (
            Progress(1, answered=1, right=0, last_at=LATE_IN_LONDON, last_skill="gone"),
            "You answered 0 of 1 question right in 30 days; last: 21 Nov 2026.",
        ),
        (
            Progress(1, last_at=utc(2026, 9, 3), last_skill="refunds"),
            "You have not practised in the last 30 days; last lesson: Refunds, 3 Sep 2026.",
        ),
    ],
)
def test_the_takeaway_comes_first_and_says_it_all(progress, sentence):
    message = own_message(progress, TITLES, "Europe/London", "0" * 32)
    assert message.text == sentence
    assert message.blocks[0] == Text(sentence, is_strong=True)
    assert LEARNING_ONLY in message.blocks[-1].text
    [action] = next(block for block in message.blocks if isinstance(block, Actions)).items
    assert (action.label, action.action) == ("Get a Lesson", "lesson")


def test_days_are_those_where_the_person_is():
    assert "22 Nov 2026" in own_takeaway(BUSY, TITLES, "Asia/Tokyo")


def test_facts_are_shown_once_there_are_any():
    assert not any(isinstance(block, Facts) for block in own_message(NEW, TITLES, "UTC", "0").blocks)
    [facts] = [block for block in own_message(BUSY, TITLES, "UTC", "0").blocks if isinstance(block, Facts)]
    assert dict(facts.pairs) == {
        "Lessons in 30 days": "3",
        "Answers right in 30 days": "3 of 4",
        "Last practised": "21 Nov 2026",
    }


def test_a_team_is_a_sentence_a_table_and_what_it_is_for():
    message = team_message([("Ada Oak", NEW), ("Ben Ash", BUSY)], "You have not practised yet.", NOW, "UTC")
    assert message.blocks[0] == Text("1 of 2 practised in the last 7 days.", is_strong=True)
    assert message.blocks[1] == Table(
        "The people you manage, by name; the last 30 days",
        COLUMNS,
        (("Ada Oak", "0", "none yet", "not yet"), ("Ben Ash", "3", "3 of 4", "21 Nov 2026")),
    )
    assert message.blocks[2] == Text("You have not practised yet.")
    assert isinstance(message.blocks[3], Note)
    assert LEARNING_ONLY in message.blocks[3].text
    assert message.text.splitlines() == [
        "1 of 2 practised in the last 7 days.",
        "Ada Oak: lessons 0, right none yet, last not yet",
        "Ben Ash: lessons 3, right 3 of 4, last 21 Nov 2026",
    ]


def test_a_large_team_is_spoken_in_part():
    message = team_message([(f"Person {n}", NEW) for n in range(MOST_SPOKEN + 5)], "", NOW, "UTC")
    assert message.text.splitlines()[-1] == "and 5 more in the table"
    assert len(message.text.splitlines()) == MOST_SPOKEN + 2
    assert len(message.blocks[1].rows) == MOST_SPOKEN + 5
