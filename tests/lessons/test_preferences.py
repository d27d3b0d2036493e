"""What people choose: read from their words without a guess, and kept without touching what they did not say."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lessons import preferences
from lessons.agendas import timing_of
from lessons.hours import Hours
from lessons.preferences import MINUTES, PAUSE, QUIET, TIME, Settings, read_pause, read_settings
from lessons.schedule import Timing
from lessons.tables import Preference
from metrics.people import PersonRow, find_person, load_roster

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.mark.parametrize(
    ("fields", "settings"),
    [
        ({}, Settings()),
        ({TIME: " ", QUIET: "", MINUTES: "", PAUSE: ""}, Settings()),
        ({TIME: " 20 "}, Settings(minutes_before_shift=20)),
        ({TIME: "8:45"}, Settings(at_minute=525)),
        ({QUIET: "18:00 – 09:00"}, Settings(quiet=Hours(1080, 540))),
        ({MINUTES: "25"}, Settings(weekly_minutes=25)),
        ({PAUSE: "2026-12-24"}, Settings(paused_until=date(2026, 12, 24))),
    ],
)
def test_each_field_is_read(fields, settings):
    assert read_settings(fields, TODAY) == (settings, {})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *((TIME, words) for words in ("5", "121", "8.45", "25:00", "soon", "²", "9" * 5000)),
        *((QUIET, words) for words in ("18:00", "18-9", "09:00-09:00", "x")),
        *((MINUTES, words) for words in ("4", "601", "-5", "ten", "٢٠")),
        *((PAUSE, words) for words in ("2026-11-23", "2025-12-24", "2028-01-01", "24.12.2026", "never")),
    ],
)
def test_what_a_field_cannot_mean_gets_a_sentence(name, words):
    _, mistakes = read_settings({name: words}, TODAY)
    assert list(mistakes) == [name]
    assert mistakes[name].endswith(".")


@given(st.dictionaries(st.sampled_from((TIME, QUIET, MINUTES, PAUSE)), st.text(max_size=30)))
def test_whatever_is_written_is_read_or_told(fields):
    settings, mistakes = read_settings(fields, TODAY)
    assert set(mistakes) <= set(fields)
    if settings.paused_until is not None:
        assert settings.paused_until > TODAY


@given(st.integers(-400, 800))
def test_a_pause_ends_on_a_day_to_come_within_a_year(days):
    until = TODAY + timedelta(days=days)
    assert read_pause(until.isoformat(), TODAY) == (until if 0 < days <= 366 else None)


@pytest.fixture
def ada(database):
    with database.transaction() as session:
        load_roster(session, [PersonRow("ada@x.example", "Ada", None, None, (), None, None, None, None, None)], NOW)
        return find_person(session, "ada@x.example").id


def timing(database):
    with database.session() as session:
        return timing_of(session.scalars(select(Preference)).one())


def change(database, do, *given):
    with database.transaction() as session:
        do(session, *given, NOW)


def test_each_choice_leaves_the_others_as_they_are(database, ada):
    chosen = Settings(None, 525, Hours(1080, 540), 20, TODAY + timedelta(days=3))
    change(database, preferences.save_settings, ada, chosen)
    kept = Timing(at_minute=525, quiet=Hours(1080, 540), weekly_minutes=20)
    paused = {"paused_until": TODAY + timedelta(days=3)}
    assert timing(database) == Timing(**(vars(kept) | paused))
    change(database, preferences.stop, ada)
    assert timing(database) == Timing(**(vars(kept) | paused | {"is_stopped": True}))
    change(database, preferences.go_weekly, ada)
    assert timing(database) == Timing(**(vars(kept) | {"is_weekly": True}))
    change(database, preferences.pause, ada, TODAY + timedelta(days=7))
    change(database, preferences.unpause, ada)
    assert timing(database) == Timing(**(vars(kept) | {"is_weekly": True}))
    change(database, preferences.start, ada)
    assert timing(database) == kept


def test_choosing_to_go_weekly_is_not_told_as_if_lessons_were_ignored(database, ada):
    change(database, preferences.stop, ada)
    with database.transaction() as session:
        session.scalars(select(Preference)).one().ignored_in_row = 3
    change(database, preferences.go_weekly, ada)
    with database.session() as session:
        row = session.scalars(select(Preference)).one()
    assert (row.ignored_in_row, row.weekly_since) == (0, NOW)
