"""“My data” in words: every table has some, looks are told with their day, and the manager's row is the manager's."""

from bot.messages import Steps, Table
from bot.tables import METADATA
from bot.views.my_data import LOOKS as WORDS
from bot.views.my_data import MOST_LOOKS, NOBODY_LOOKED, ROWS, Stored, my_data
from bot.views.progress_team import person_row, team_message
from metrics.looks import Seen
from metrics.privacy import columns_naming_another, personal_columns
from tests.progress_values import ANA, LATE_IN_LONDON, LOOKS, SCREEN, STORED, TEAM, ZONE


def shown(stored=STORED, looks=LOOKS, managers=("Ada Oak",)):
    return my_data(stored, looks, ANA, managers, "Ada Oak (ada@example.test)", ZONE)


def steps(message):
    return [block.items for block in message.blocks if isinstance(block, Steps)]


def test_every_table_about_people_has_words():
    about = {table.name for table, _, _ in personal_columns(METADATA)}
    assert set(ROWS) == about | {table.name for table, _ in columns_naming_another(METADATA)}


def test_what_is_stored_is_counted_in_words_with_how_long():
    message = shown((Stored("shifts", 3, "60 days"), Stored("events", 12, "13 months"), Stored("leaves", 1, "60 days")))
    assert message.text.startswith("16 entries about you are stored; 2 people looked at your progress in 13 months.")
    assert steps(message)[0] == (
        "What you did and when: answers, lessons, presses: 12, kept 13 months",
        "Shifts, appointments and leave: 4, kept 60 days",
    )


def test_who_looked_is_told_with_the_day_and_what_they_saw():
    assert steps(shown())[1] == (
        "21 Nov 2026: Ada Oak, your progress alone",
        "9 Nov 2026: whoever operates Coach, or somebody who is not here any more, in a file of the people they see",
    )
    assert NOBODY_LOOKED in repr(shown(looks=()))
    many = [Seen("Ada Oak", 9, LATE_IN_LONDON, what) for what in (*WORDS, *WORDS, *WORDS)]
    message = shown(looks=many)
    assert len(steps(message)[1]) == MOST_LOOKS
    assert f"And {len(many) - MOST_LOOKS} earlier." in repr(message)


def test_the_managers_row_is_the_row_the_manager_sees():
    [own] = [block for block in shown().blocks if isinstance(block, Table)]
    tables = [block for block in team_message(TEAM, SCREEN).blocks if isinstance(block, Table)]
    [seen] = [row for table in tables for row in table.rows if row[0] == "Ana Oak"]
    assert own.rows == (seen,) == (person_row(ANA, ZONE),)
    assert own.columns == tables[0].columns


def test_whom_to_ask_is_named_and_who_sees_it():
    message = shown(managers=("Ada Oak", "Ben Ash"))
    assert "erased: ask Ada Oak (ada@example.test)." in message.text
    assert "What Ada Oak, Ben Ash and whoever looks after Coach here see of you:" in repr(message)
    assert "Nobody manages you." in repr(shown(managers=()))
