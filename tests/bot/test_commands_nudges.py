"""`coach nudges`: what is planned, went out and was missed, when on whose clock, and why."""

import json
from datetime import timedelta

import pytest

from bot.commands.nudges import command
from bot.tables import CompanySettings
from bot.views.nudges import REASON_WORDS, SLOT_WORDS, STATE_WORDS, nudges_text
from lessons import ignored, nudges, planning, schedule
from lessons.nudge_list import Listed
from lessons.tables import CohortPost, Nudge
from metrics.errors import NotReady, Refusal
from metrics.people import Person
from tests.command_line import done_by, printed_by


@pytest.fixture
def app(tmp_path, now):
    from bot.app import App
    from bot.settings import Settings

    app = App(Settings(home=tmp_path / "home"))
    app.database.upgrade()
    yield app
    app.close()


@pytest.fixture
def coach(app):
    """Run `coach nudges` on the application's database and return what it printed. Raises what it raises."""
    return printed_by(app, command)


@pytest.fixture
def planned(app):
    """Ben in London and Ria in Auckland: yesterday's lesson, a missed one, one of last week, and those to come."""
    at = app.now().replace(hour=9, minute=0, second=0, microsecond=0)
    with app.database.transaction() as session:
        values = {"skills": {"refunds": {"title": "Refunds"}}, "timezone": "Europe/London"}
        session.add(CompanySettings(id=1, values=values, applied_at=at))
        people = [
            Person(
                email=f"{name}@example.test", name=name.capitalize(), roles=[], is_active=True, updated_at=at, **more
            )
            for name, more in (("ben", {}), ("ria", {"time_zone": "Pacific/Auckland"}))
        ]
        session.add_all(people)
        session.flush()
        ben, ria = (person.id for person in people)
        choice = {"skill": "refunds"}
        for person_id, days, state, reason, content in (
            (ben, -1, "sent", None, choice),
            (ben, -9, "sent", None, None),
            (ben, 1, "planned", None, choice),
            (ria, -1, "missed", "quiet_hours", None),
            (ria, 0, "unknown", "interrupted", None),
            (ria, 1, "queued", None, None),
        ):
            due_at = at + timedelta(days=days)
            given = {"slot": "before_shift", "state": state, "reason": reason, "content": content, "due_at": due_at}
            session.add(Nudge(person_id=person_id, local_on=due_at.date(), late_at=due_at, **given))
        post = {"cohort": "till", "slot": "channel", "state": "sent", "due_at": at, "late_at": at}
        session.add(CohortPost(public_id="0" * 32, local_on=at.date(), **post))
    return at


def test_before_the_first_apply_there_is_nothing_to_list(tmp_path):
    with pytest.raises(NotReady):
        done_by(command, (), tmp_path)


def test_without_nudges_it_says_so(coach):
    assert coach() == "No nudges.\n"


def test_a_count_comes_first_then_each_by_time_on_its_own_clock(coach, planned):
    counts, empty, *lines = coach().splitlines()
    assert (counts, empty) == ("1 planned, 1 being sent, 2 sent, 1 missed, 1 perhaps sent.", "")
    assert len(lines) == 6
    first, ria, *_ = lines
    yesterday = planned - timedelta(days=1)
    assert first.split("  ")[0].endswith(f"{yesterday:%b} 09:00 GMT") or "BST" in first
    assert "Ben" in first
    assert "before shift" in first
    assert "Refunds" in first
    assert first.endswith("sent")
    assert ria.endswith("missed: quiet hours")
    assert "NZ" in ria
    assert any("till (cohort)" in line and "in its channel" in line for line in lines)


def test_one_state_one_person_or_more_days_can_be_asked_for(coach, planned):
    assert coach("--state", "missed").splitlines()[0] == "1 missed."
    assert coach("--state", "planned").splitlines()[0] == "1 planned, 1 being sent."
    assert coach("--person", "ben@example.test").splitlines()[0] == "1 planned, 1 sent."
    assert coach("--days", "10", "--person", "ben@example.test").splitlines()[0] == "1 planned, 2 sent."
    assert coach("--days", "0", "--state", "sent") == "No nudges.\n" or "till" in coach(
        "--days", "0", "--state", "sent"
    )


def test_programs_get_json(coach, planned):
    found = json.loads(coach("--json", "--person", "ria@example.test"))
    assert found["counts"] == {"planned": 0, "queued": 1, "sent": 0, "missed": 1, "unknown": 1}
    assert found["nudges"][0] | {"at": None, "person_id": None} == {
        "who": "Ria",
        "person_id": None,
        "at": None,
        "slot": "before_shift",
        "state": "missed",
        "skill": None,
        "reason": "quiet_hours",
        "finished_at": None,
    }


def test_a_person_nobody_knows_is_refused_in_a_sentence(coach, planned):
    with pytest.raises(Refusal, match="Nobody here is known as 'zoe'"):
        coach("--person", "zoe")


@pytest.mark.parametrize("words", [("--state", "lost"), ("--days", "-1"), ("--days", "soon")])
def test_a_bad_option_is_refused(coach, words):
    with pytest.raises(AssertionError, match="Invalid value"):
        coach(*words)


def test_every_state_slot_and_reason_has_words():
    assert set(STATE_WORDS) == {nudges.PLANNED, nudges.QUEUED, nudges.SENT, nudges.MISSED, nudges.UNKNOWN}
    from bot.handlers import channel_posts, nudging
    from lessons.notices import SLOTS

    assert {*nudges.LESSONS, nudges.LATER, nudges.REMINDER, *SLOTS, "channel"} <= set(SLOT_WORDS)
    reasons = {
        *(getattr(nudges, name) for name in ("LATE", "ANOTHER_TODAY", "TAKEN_BACK", "REFUSED", "INTERRUPTED")),
        *(getattr(planning, name) for name in ("LEFT", "NO_COHORT", "IN_CHANNEL", "WEEKLY", "MOVED")),
        *(
            getattr(schedule, name)
            for name in ("STOPPED", "PAUSED", "LEAVE", "HOLIDAY", "WEEKEND", "QUIET_HOURS", "DO_NOT_DISTURB")
        ),
        *(getattr(nudging, name) for name in ("NO_ADDRESS", "PRACTISING", "NOT_THEIRS", "WEEKLY_CAP", "NOTHING")),
        channel_posts.NOBODY,
        channel_posts.NOT_CONNECTED,
    }
    assert reasons <= set(REASON_WORDS)
    assert ignored.MOST_IGNORED == 3


def test_a_hostile_name_stays_on_its_line(now):
    one = Listed("Eve\nADMIN\u202e", 1, now, "at_time", "sent", None, None, now)
    assert "\u202e" not in nudges_text([one], {})
    assert len(nudges_text([one], {}).splitlines()) == 3
