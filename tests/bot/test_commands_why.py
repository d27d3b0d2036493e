"""`coach why`: the newest answers with their ids, and why one of them said what it said."""

import pytest

from bot.commands.why import command
from coach.questions import keep_question
from metrics.errors import Refusal
from tests.coach_values import ANSWER
from tests.command_line import printed_by
from tests.lessons.stored import store_person


@pytest.fixture
def coach(app):
    """Run `coach why` on the application's database and return what it printed. Raises what it raises."""
    return printed_by(app, command)


def test_answers_are_listed_and_explained_without_who_asked(app, coach):
    assert coach() == "No answers are kept yet.\n"
    with app.database.transaction() as session:
        person = store_person(session, "zoe")
        keep_question(session, "a1" * 16, person.id, "t", "who signs\nrefunds?", False, ANSWER, app.now())
    listed = coach()
    assert listed.startswith("a1" * 16)
    assert "who signs refunds?" in listed
    told = coach("A1" * 16)
    assert "“One two.”" in told
    assert "zoe" not in (listed + told).lower()


def test_one_that_is_not_kept_says_what_to_do(coach):
    with pytest.raises(Refusal, match="Run `coach why` to list the newest; questions are kept 90 days"):
        coach("b2")
