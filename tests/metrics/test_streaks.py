"""A streak counts the days practised, lets days off pass, and forgives two."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from metrics.events.kinds import ItemAnswered, LessonOffered, LessonOpened, NudgeEnded
from metrics.events.record import record
from metrics.people import find_person, load_roster
from metrics.streaks import LONGEST_DAYS, Streak, streak, streak_of
from tests.metrics.test_people import ADA, BEN
from tests.strategies import few, many, utc

NOW = utc(2026, 11, 23, 8, 30)
TODAY = date(2026, 11, 23)
SLOTS = ("sent", "before_shift")
ZONES = ("UTC", "Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Beirut")

dates = st.sets(st.integers(-3, 40).map(lambda number: TODAY - timedelta(days=number)), max_size=44)


def days(*numbers):
    """Return the dates so many days before today."""
    return {TODAY - timedelta(days=number) for number in numbers}


@pytest.mark.parametrize(
    ("practised", "offered", "expected"),
    [
        ((), (), Streak(0, 2)),
        ((), (0, 1, 2, 3), Streak(0, 2)),
        ((0,), (0,), Streak(1, 2)),
        ((1, 2), (0, 1, 2), Streak(2, 2)),  # today is not over
        ((0, 1, 2), (0, 1, 2), Streak(3, 2)),
        ((0, 3, 4), (0, 3, 4), Streak(3, 2)),  # a weekend nothing came
        ((0, 30), (0, 30), Streak(2, 2)),  # a month nothing came
        ((0, 2), (0, 1, 2), Streak(2, 1)),
        ((0, 3), (0, 1, 2, 3), Streak(2, 0)),
        ((0, 4), (0, 1, 2, 3, 4), Streak(1, 2)),  # three unused days end it, and cost the next one nothing
        ((3,), (0, 1, 2, 3), Streak(1, 0)),
        ((4,), (0, 1, 2, 3, 4), Streak(0, 2)),
        ((0, 2, 4, 6), (1, 3, 5), Streak(3, 0)),
        ((0, 1, 2), (), Streak(3, 2)),  # practised unasked
        ((-1, 0), (-1,), Streak(1, 2)),  # what lies ahead does not count
    ],
)
def test_what_counts_as_a_streak(practised, offered, expected):
    assert streak(days(*practised), days(*offered), TODAY) == expected


@many
@given(dates, dates)
def test_a_streak_stays_within_what_happened(practised, offered):
    found = streak(practised, offered, TODAY)
    assert 0 <= found.days <= sum(day <= TODAY for day in practised)
    assert 0 <= found.freezes_left <= 2
    assert found.days > 0 or found == Streak()


@many
@given(dates, dates)
def test_a_streak_is_what_walking_back_from_today_finds(practised, offered):
    expected, left, counted = Streak(), 2, 0
    for number in range(45):
        day = TODAY - timedelta(days=number)
        if day in practised:
            counted += 1
            expected = Streak(counted, left)
        elif day in offered and number > 0:
            left -= 1
            if left < 0:
                break
    assert streak(practised, offered, TODAY) == expected


@many
@given(dates, dates, st.integers(0, 40))
def test_one_more_day_of_practice_never_shortens_it(practised, offered, number):
    before = streak(practised, offered, TODAY)
    after = streak(practised | days(number), offered, TODAY)
    assert after.days >= before.days


@many
@given(dates, dates, st.integers(1, 40))
def test_one_more_day_unused_never_lengthens_it(practised, offered, number):
    more = streak(practised, offered | days(number), TODAY)
    assert more.days <= streak(practised, offered, TODAY).days


@pytest.fixture
def ids(database):
    with database.transaction() as session:
        load_roster(session, [ADA, BEN], NOW)
        return find_person(session, ADA.email).id, find_person(session, BEN.email).id


def answered():
    return ItemAnswered("slack", "refunds", 0.0, 12.0, 1, "a.md#first", "choice")


def offered(origin):
    return LessonOffered("slack", "refunds", 1, "a.md", "module", origin, 11.0)


def happened(session, person_id, *facts):
    for fact, number in facts:
        record(session, fact, NOW - timedelta(days=number), person_id)
    session.flush()


def test_a_streak_is_read_from_answers_offers_and_nudges(database, ids):
    ada, ben = ids
    with database.rehearsal() as session:
        happened(
            session,
            ada,
            (answered(), 0),
            (offered("nudge"), 1),
            (answered(), 2),
            (answered(), 2),
            (NudgeEnded("before_shift", "sent", ""), 3),
            (NudgeEnded("before_shift", "missed", "late"), 4),
            (NudgeEnded("reminder", "sent", ""), 5),
            (LessonOpened("slack", "refunds", 3.0, 1, "a.md"), 6),
            (answered(), 7),
            (offered("asked"), 8),
            (answered(), 9),
        )
        happened(session, ben, *((offered("sent"), number) for number in range(1, 9)))
        assert streak_of(session, ada, "UTC", NOW, SLOTS) == Streak(3, 0)
        assert streak_of(session, ada, "UTC", NOW, ()) == Streak(4, 0)
        assert streak_of(session, ada, "UTC", NOW - timedelta(hours=1), SLOTS) == Streak(2, 0)
        assert streak_of(session, ben, "UTC", NOW, SLOTS) == Streak()


def test_days_are_those_of_the_persons_clock(database, ids):
    # 20:30 in New York is the next day already in Tokyo and in UTC.
    at = utc(2026, 11, 22, 1, 30)
    with database.rehearsal() as session:
        record(session, answered(), at, ids[0])
        record(session, answered(), at + timedelta(hours=12), ids[0])
        session.flush()
        assert streak_of(session, ids[0], "America/New_York", NOW, SLOTS).days == 2
        assert streak_of(session, ids[0], "Asia/Tokyo", NOW, SLOTS).days == 1


def test_nothing_before_120_days_counts(database, ids):
    with database.rehearsal() as session:
        happened(session, ids[0], *((answered(), number) for number in range(LONGEST_DAYS + 5)))
        assert streak_of(session, ids[0], "UTC", NOW, SLOTS) == Streak(LONGEST_DAYS, 2)


@few
@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2010, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    st.lists(st.integers(0, 1439), min_size=1, max_size=20),
)
@example("Pacific/Apia", datetime(2012, 1, 3), [600] * 8)  # noqa: DTZ001
@example("Europe/London", datetime(2026, 10, 27), [0, 1439, 90, 90])  # noqa: DTZ001
def test_a_day_is_a_day_whatever_clocks_do(database, ids, zone, ends, minutes):
    """Practised at any minute of every day on a clock that changes, skips an hour or, in Apia in 2011, a date."""
    days_there = [ends.date() - timedelta(days=number) for number in range(len(minutes))]
    at = [
        datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        for day, minute in zip(days_there, minutes, strict=True)
    ]
    lived = {instant.astimezone(ZoneInfo(zone)).date() for instant in at}
    with database.rehearsal() as session:
        for instant in at:
            record(session, answered(), instant, ids[0])
            record(session, offered("nudge"), instant, ids[0])
        session.flush()
        assert streak_of(session, ids[0], zone, max(at), SLOTS) == Streak(len(lived), 2)
