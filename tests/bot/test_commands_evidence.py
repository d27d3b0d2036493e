"""`coach evidence`: how required training stands, and a table no spreadsheet takes for formulas."""

import csv
from datetime import timedelta

import pytest

from bot.commands.evidence import command
from bot.views.evidence import CHANGED, NO_REQUIRED_TRACK, NOBODY
from lessons.assignments import assign_by_role
from lessons.confirmations import answer, ask_step
from lessons.shelf import store_tracks
from lessons.stale import SopChange, ask_to_acknowledge
from metrics.errors import NotReady, Refusal
from metrics.policy import EVERYONE
from tests.command_line import printed_by
from tests.tracks import MANAGER, NEWCOMER, OLD_HAND, REFUNDS, SAFETY_TRACK, TRACK, Ids, complete, found


@pytest.fixture
def coach(app):
    """Run `coach evidence` on the application's database and return what it printed. Raises what it raises."""
    return printed_by(app, command)


@pytest.fixture
def shop(app):
    """A newcomer forty days into their track, with a step done; return its name changed into a formula."""
    begun, ids = app.now() - timedelta(days=40), Ids()
    with app.database.transaction() as session:
        staff = found(session)
        staff[NEWCOMER].started_on = begun.date()
        staff[NEWCOMER].name = "=cmd|' /C calc'!A0"
        assign_by_role(session, begun, "UTC")
        complete(session, staff[NEWCOMER], at=begun)
        row = ask_step(session, staff[NEWCOMER], TRACK, TRACK.steps[4], None, ids, begun)
        answer(session, row, True, staff[MANAGER].id, begun)
        row = ask_step(session, staff[OLD_HAND], TRACK, TRACK.steps[1], None, ids, begun)
        answer(session, row, True, staff[OLD_HAND].id, begun)
        ask_to_acknowledge(session, [SopChange(REFUNDS, "4.2", "4.3", (), EVERYONE)], ids, begun, "UTC")


@pytest.mark.usefixtures("never_applied")
def test_before_the_first_apply_it_says_what_to_run(coach):
    with pytest.raises(NotReady):
        coach()


def test_it_says_where_no_track_is_required(coach, app):
    assert coach() == f"{NO_REQUIRED_TRACK}\n"
    with app.database.transaction() as session:
        store_tracks(session, [TRACK])
    assert coach() == f"{NOBODY}\n"


def test_each_track_is_summed_up_and_what_is_overdue_is_listed(coach, shop):
    told = coach()
    assert "Fire safety: 0 of 5 people done.\n" in told
    assert "New at the counter: 0 of 1 person done, 1 overdue.\n" in told
    assert f"{CHANGED}: 0 of 2 people done, 2 overdue.\n" in told
    assert "  Old Hand (old.hand@example.test): Read refunds.md, version 4.3 (SOPs to acknowledge again, due" in told
    assert "Shadow a colleague for one shift (New at the counter, step 3, due" in told
    assert "Sign-off for" not in told.partition("Overdue:")[2]


def test_the_table_holds_every_person_and_step_and_no_formula(coach, shop, tmp_path):
    file = tmp_path / "evidence.csv"
    assert coach("--csv", str(file)) == f"13 rows in {file}.\n"
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    steps = [row for row in rows if row["track"] == TRACK.title]
    assert [row["step"] for row in steps] == ["1", "2", "3", "4", "5"]
    assert {row["person"] for row in steps} == {"'=cmd|' /C calc'!A0"}
    assert (steps[0]["sop_versions"], steps[0]["is_overdue"]) == ("stores/refunds.md 4.2", "no")
    assert (steps[4]["what"], steps[4]["confirmed_by"]) == ("Sign-off for allergens", "Manager")
    assert (steps[2]["done_at_utc"], steps[2]["is_overdue"]) == ("", "yes")


def test_one_track_may_be_named(coach, shop):
    told = coach("--track", SAFETY_TRACK.name)
    assert told == "Fire safety: 0 of 5 people done.\n\nNothing is overdue.\n"
    with pytest.raises(Refusal, match=r"no track 'flying'. The tracks are: fire, new-at-the-counter."):
        coach("--track", "flying")


def test_a_file_that_cannot_be_written_is_a_sentence(coach, shop, tmp_path):
    with pytest.raises(Refusal, match="cannot be written"):
        coach("--csv", str(tmp_path / "nowhere" / "evidence.csv"))
