"""When practice comes: before its shift with room for it, never when somebody is to be left alone, on any clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessons.hours import Hours, instant, read_clock, read_hours
from lessons.rules import Cohort, LessonRules, When, read_when
from lessons.schedule import LEAST_BEFORE, Roster, Timing, considered, is_quiet, slots

LONDON = "Europe/London"
NIGHT = read_hours("20:00-07:00")
RULES = LessonRules(quiet=NIGHT, working_days=frozenset(range(6)))
SHOP = Cohort("shop", (read_when("15 minutes before shift"),))
ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Africa/Casablanca",
    "Pacific/Auckland",
)
# The days on which these clocks change in 2026, forward and back. Casablanca's go back for Ramadan.
CHANGES = {
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
    "America/St_Johns": (date(2026, 3, 8), date(2026, 11, 1)),
    "Africa/Casablanca": (date(2026, 3, 22), date(2026, 2, 15)),
    "Pacific/Auckland": (date(2026, 9, 27), date(2026, 4, 5)),
}
MONDAY = date(2026, 11, 23)
ANYTIME = Timing()


def shift(day, hours, zone=LONDON):
    written = read_hours(hours)
    return instant(day, written.from_minute, zone), instant(day, written.end_minute, zone)


def window(day, zone=LONDON, days=1):
    return instant(day, 0, zone), instant(day + timedelta(days=days), 0, zone)


def plan(*shifts, cohort=SHOP, rules=RULES, timing=ANYTIME, taken=(), day=MONDAY, days=1, zone=LONDON, **roster):
    return slots(rules, cohort, timing, Roster(shifts, **roster), taken, *window(day, zone, days), zone)


def shown(found, zone=LONDON):
    return [(slot.name, f"{slot.due_at.astimezone(ZoneInfo(zone)):%a %H:%M}") for slot in found]


def barriers(*shifts, cohort=SHOP, rules=RULES, timing=ANYTIME, day=MONDAY, **roster):
    found = considered(rules, cohort, timing, Roster(shifts, **roster), (), *window(day), LONDON)
    return [slot.barrier for slot in found]


def test_a_lesson_comes_its_minutes_before_the_shift():
    (slot,) = plan(shift(MONDAY, "08:15-16:15"))
    assert slot.due_at == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert slot.late_at == datetime(2026, 11, 23, 8, 10, tzinfo=UTC)
    assert slot.local_on == MONDAY


def test_a_long_lesson_comes_early_enough_to_fit():
    assert shown(plan(shift(MONDAY, "09:00-17:00"), cohort=replace(SHOP, minutes=20))) == [
        ("before_shift", "Mon 08:40")
    ]


def test_two_shifts_a_day_have_one_lesson():
    assert shown(plan(shift(MONDAY, "14:00-18:00"), shift(MONDAY, "08:00-12:00"))) == [("before_shift", "Mon 07:45")]


def test_the_lesson_of_an_evening_shift_comes_before_quiet_hours_with_room_for_it():
    assert shown(plan(shift(MONDAY, "22:00-06:00"))) == [("before_shift", "Mon 19:49")]


def test_the_lesson_of_an_early_shift_neither_comes_at_night_nor_the_evening_before():
    early = shift(MONDAY, "06:30-14:00")
    assert plan(early, day=MONDAY - timedelta(days=1), days=2) == []
    assert barriers(early) == ["quiet_hours"]


def test_a_shift_that_starts_at_midnight_has_its_lesson_the_day_before():
    cohort, rules = SHOP, replace(RULES, quiet=None)
    sunday = MONDAY - timedelta(days=1)
    (slot,) = plan(shift(MONDAY, "00:10-08:00"), cohort=cohort, rules=rules, day=sunday)
    assert slot.local_on == sunday


@pytest.mark.parametrize("late", ["16:00-00:00", "22:00-06:00"])
def test_the_day_a_night_shift_ends_on_is_their_own_once_it_ended(late):
    friday = MONDAY + timedelta(days=4)
    known = Roster((shift(friday, late),))
    saturday = instant(friday + timedelta(days=1), 9 * 60, LONDON)
    assert is_quiet(saturday, LONDON, replace(RULES, quiet=None), ANYTIME, known, SHOP) == "weekend"
    assert is_quiet(known.shifts[0][1] - LEAST_BEFORE, LONDON, replace(RULES, quiet=None), ANYTIME, known, SHOP) is None


@pytest.mark.parametrize(
    ("sold_at", "comes"), [(13, ["Mon 13:15"]), (16, ["Mon 16:15"]), (16.6, []), (17.5, ["Mon 17:45"])]
)
def test_what_follows_work_done_comes_while_the_shift_has_room_for_it(sold_at, comes):
    # Work after the shift is work: then it is no shift that ends.
    cohort = replace(SHOP, when=(read_when("after sale"),))
    done = (("sale", instant(MONDAY, round(sold_at * 60), LONDON)),)
    found = plan(shift(MONDAY, "09:00-17:00"), cohort=cohort, done=done)
    assert [at for _, at in shown(found)] == comes
    assert all(slot.late_at <= instant(MONDAY, 17 * 60 - SHOP.minutes, LONDON) for slot in found if sold_at < 17)


def test_own_quiet_hours_count_beside_the_company_s():
    early = shift(MONDAY, "08:15-16:15")
    assert plan(early, timing=Timing(quiet=read_hours("21:00-09:00"))) == []
    assert shown(plan(early, timing=Timing(quiet=read_hours("07:50-09:00")))) == [("before_shift", "Mon 07:39")]


@pytest.mark.parametrize(
    ("barrier", "timing", "rules", "leave"),
    [
        ("stopped", Timing(is_stopped=True), RULES, ()),
        ("paused", Timing(paused_until=MONDAY + timedelta(days=1)), RULES, ()),
        ("leave", Timing(), RULES, ((MONDAY - timedelta(days=2), MONDAY),)),
        ("holiday", Timing(), replace(RULES, holidays=frozenset({MONDAY})), ()),
    ],
)
def test_nothing_comes_to_who_is_to_be_left_alone(barrier, timing, rules, leave):
    assert barriers(shift(MONDAY, "09:00-17:00"), timing=timing, rules=rules, leave=leave) == [barrier]


def test_lessons_come_again_on_the_day_a_pause_ends():
    assert len(plan(shift(MONDAY, "09:00-17:00"), timing=Timing(paused_until=MONDAY))) == 1


def test_a_day_off_is_one_without_a_shift_for_who_has_shifts():
    morning = Cohort("morning", (read_when("at 08:45"),))
    tuesday, sunday = MONDAY + timedelta(days=1), MONDAY - timedelta(days=1)
    assert barriers(shift(tuesday, "09:00-17:00"), cohort=morning) == ["weekend"]
    assert barriers(cohort=morning) == [None]
    assert barriers(cohort=morning, day=sunday) == ["weekend"]
    assert barriers(shift(sunday, "09:45-17:00"), cohort=morning, day=sunday) == [None]


def test_without_shifts_the_hours_of_the_cohort_are_worked():
    cohort = replace(SHOP, hours={0: read_hours("09:00-17:00"), 6: read_hours("10:00-16:00")})
    assert shown(plan(cohort=cohort, day=MONDAY - timedelta(days=1), days=3)) == [
        ("before_shift", "Sun 09:45"),
        ("before_shift", "Mon 08:45"),
    ]
    at_noon = replace(cohort, when=(read_when("at 12:00"),))
    assert barriers(cohort=at_noon, day=MONDAY + timedelta(days=1)) == ["weekend"]


def test_a_friday_ends_with_the_shift_or_with_office_hours():
    friday = MONDAY + timedelta(days=4)
    weekly = Cohort("desk", (read_when("end of friday"),))
    assert shown(plan(shift(friday, "08:30-16:30"), cohort=weekly, day=friday)) == [("end_of_day", "Fri 16:00")]
    assert shown(plan(cohort=weekly, days=7)) == [("end_of_day", "Fri 16:30")]
    assert plan(shift(MONDAY, "08:30-16:30"), cohort=weekly, days=7) == []


def test_work_brings_lessons_and_the_first_rule_wins_the_day():
    desk = Cohort("desk", tuple(map(read_when, ("before client call", "after sale", "15 minutes before shift"))))
    noon, call = datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 23, 15, tzinfo=UTC)
    day = shift(MONDAY, "09:30-17:30")
    roster = {"done": (("sale", noon), ("refund", noon)), "appointments": (("client_call", call),)}
    assert shown(plan(day, cohort=desk)) == [("before_shift", "Mon 09:15")]
    assert shown(plan(day, cohort=desk, done=roster["done"])) == [("after_work", "Mon 12:15")]
    assert shown(plan(day, cohort=desk, **roster)) == [("before_work", "Mon 14:45")]


def test_a_barred_moment_gives_way_to_an_allowed_one():
    desk = Cohort("desk", (read_when("after sale"), read_when("15 minutes before shift")))
    late = datetime(2026, 11, 23, 21, tzinfo=UTC)
    assert shown(plan(shift(MONDAY, "09:30-22:30"), cohort=desk, done=(("sale", late),))) == [
        ("before_shift", "Mon 09:15")
    ]


def test_a_time_somebody_chose_takes_the_place_of_their_cohort_s():
    day = shift(MONDAY, "09:30-17:30")
    assert shown(plan(day, timing=Timing(at_minute=read_clock("11:00")))) == [("at_time", "Mon 11:00")]
    assert shown(plan(day, timing=Timing(minutes_before_shift=40))) == [("before_shift", "Mon 08:50")]


def test_a_day_that_had_its_lesson_has_no_other():
    assert plan(shift(MONDAY, "09:30-17:30"), taken=[MONDAY]) == []


def test_who_is_weekly_has_a_lesson_every_seventh_day():
    week = [shift(MONDAY + timedelta(days=number), "09:30-17:30") for number in range(15)]
    weekly = Timing(is_weekly=True)
    rules = replace(RULES, working_days=frozenset(range(7)))
    found = plan(*week, timing=weekly, taken=[MONDAY - timedelta(days=4)], days=15, rules=rules)
    assert [slot.local_on - MONDAY for slot in found] == [timedelta(days=3), timedelta(days=10)]


def test_do_not_disturb_counts_last():
    nine = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert is_quiet(nine, LONDON, RULES, Timing(), Roster()) is None
    assert is_quiet(nine, LONDON, RULES, Timing(), Roster(), is_undisturbed=True) == "do_not_disturb"
    assert is_quiet(nine, LONDON, RULES, Timing(is_stopped=True), Roster(), is_undisturbed=True) == "stopped"


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("direction", [0, 1])
def test_on_the_days_clocks_change_lessons_come_by_the_clock_on_the_wall(zone, direction):
    day = CHANGES[zone][direction]
    length = window(day, zone)[1] - window(day, zone)[0]
    assert (length < timedelta(hours=24)) == (direction == 0)
    assert length != timedelta(hours=24)
    rules = replace(RULES, working_days=frozenset(range(7)))
    for start in range(0, 24 * 60, 5):
        starts_at = instant(day, start, zone)
        # In spring, 02:30 stands for the moment the clock shows 03:30; in autumn for the first of two.
        wall = starts_at.astimezone(ZoneInfo(zone))
        found = plan((starts_at, starts_at + timedelta(hours=8)), rules=rules, day=day, days=1, zone=zone)
        for slot in found:
            minute = slot.due_at.astimezone(ZoneInfo(zone)).hour * 60 + slot.due_at.astimezone(ZoneInfo(zone)).minute
            assert 7 * 60 <= minute < 20 * 60
            assert slot.due_at + timedelta(minutes=SHOP.minutes) <= starts_at
        is_day = 7 * 60 + 15 <= wall.hour * 60 + wall.minute < 20 * 60 + 15
        if is_day:
            assert [slot.due_at for slot in found] == [starts_at - timedelta(minutes=15)]


@pytest.mark.parametrize("zone", ZONES)
def test_a_clock_time_comes_once_on_the_days_clocks_change(zone):
    rules = LessonRules(working_days=frozenset(range(7)))
    for day in CHANGES[zone]:
        for at_minute in range(0, 24 * 60, 15):
            cohort = Cohort("all", (When("at_time", at_minute=at_minute),))
            found = plan(cohort=cohort, rules=rules, day=day - timedelta(days=1), days=3, zone=zone)
            assert [slot.local_on for slot in found] == [day + timedelta(days=number) for number in (-1, 0, 1)]


ANY_MINUTE = st.integers(0, 1439)
ANY_HOURS = st.builds(Hours, ANY_MINUTE, ANY_MINUTE).filter(lambda hours: hours.from_minute != hours.to_minute)
ANY_ZONE = st.sampled_from((*ZONES, "Pacific/Apia", "Asia/Kathmandu", "America/Asuncion", "Pacific/Chatham", "UTC"))
ANY_WHEN = st.one_of(
    st.builds(When, st.just("before_shift"), st.integers(10, 120)),
    st.builds(When, st.just("at_time"), at_minute=ANY_MINUTE),
    st.builds(When, st.just("end_of_day"), weekday=st.integers(0, 6)),
    st.builds(When, st.just("after_work"), st.integers(0, 240), st.just("sale")),
    st.builds(When, st.just("before_work"), st.integers(0, 240), st.just("sale")),
)


@st.composite
def situations(draw):
    zone, day = draw(ANY_ZONE), draw(st.dates(date(2005, 1, 10), date(2037, 12, 1)))
    days = st.integers(-3, 9).map(lambda number: day + timedelta(days=number))

    def spans(day, minute, length):
        return instant(day, minute, zone), instant(day, minute, zone) + timedelta(minutes=length)

    shifts = draw(st.lists(st.builds(spans, days, ANY_MINUTE, st.integers(30, 720)), max_size=8))
    moments = st.lists(
        st.builds(lambda day, minute: ("sale", instant(day, minute, zone)), days, ANY_MINUTE), max_size=4
    )
    leave = draw(
        st.lists(st.builds(lambda day, more: (day, day + timedelta(days=more)), days, st.integers(0, 3)), max_size=2)
    )
    roster = Roster(tuple(shifts), tuple(draw(moments)), tuple(draw(moments)), tuple(leave))
    cohort = Cohort(
        "any",
        tuple(draw(st.lists(ANY_WHEN, min_size=1, max_size=3))),
        minutes=draw(st.integers(1, 20)),
        hours=draw(st.dictionaries(st.integers(0, 6), ANY_HOURS, max_size=4)),
    )
    rules = LessonRules(
        (cohort,),
        quiet=draw(st.none() | ANY_HOURS),
        working_days=frozenset(draw(st.sets(st.integers(0, 6)))),
        holidays=frozenset(draw(st.sets(days, max_size=2))),
    )
    timing = Timing(
        is_stopped=draw(st.integers(0, 9)) == 0,
        is_weekly=draw(st.booleans()),
        paused_until=draw(st.none() | days),
        minutes_before_shift=draw(st.none() | st.integers(10, 120)),
        at_minute=draw(st.none() | ANY_MINUTE),
        quiet=draw(st.none() | ANY_HOURS),
    )
    return rules, cohort, timing, roster, frozenset(draw(st.sets(days, max_size=2))), zone, day


@settings(deadline=None, max_examples=400)
@given(situations())
def test_whatever_the_zone_and_the_rules_nobody_is_disturbed_and_every_lesson_fits(situation):
    rules, cohort, timing, roster, taken, zone, day = situation
    from_at, to_at = window(day, zone, days=3)
    found = slots(rules, cohort, timing, roster, taken, from_at, to_at, zone)
    days = [slot.local_on for slot in found]
    assert len(set(days)) == len(days)
    assert not set(days) & taken
    assert found == sorted(found, key=lambda slot: slot.due_at)
    for slot in found:
        local = slot.due_at.astimezone(ZoneInfo(zone))
        assert from_at <= slot.due_at < to_at
        assert slot.due_at.utcoffset() == timedelta(0)
        assert slot.local_on == local.date()
        assert not timing.is_stopped
        assert timing.paused_until is None or local.date() >= timing.paused_until
        assert local.date() not in rules.holidays
        assert not any(first <= local.date() <= last for first, last in roster.leave)
        for hours in (rules.quiet, timing.quiet):
            assert hours is None or not hours.hold(local.hour * 60 + local.minute)
        if slot.name == "before_shift" and roster.shifts:
            own = {slot.late_at + LEAST_BEFORE} & {starts_at for starts_at, _ in roster.shifts}
            assert slot.due_at + timedelta(minutes=cohort.minutes) <= max(own)
            assert slot.due_at < max(own)
    if timing.is_weekly:
        every = sorted({*days, *taken})
        assert all(abs(one - other) >= timedelta(days=7) for one in days for other in every if one != other)


@settings(deadline=None, max_examples=100)
@given(situations(), st.integers(1, 71))
def test_planning_in_two_windows_finds_what_planning_in_one_does(situation, cut):
    rules, cohort, timing, roster, taken, zone, day = situation
    # Without a shift of theirs, a day of two windows may be used twice: what was sent is told by taken_on.
    timing = replace(timing, is_weekly=False)
    from_at, to_at = window(day, zone, days=3)
    whole = slots(rules, cohort, timing, roster, taken, from_at, to_at, zone)
    between = min(to_at, from_at + timedelta(hours=cut))
    first = slots(rules, cohort, timing, roster, taken, from_at, between, zone)
    rest = slots(rules, cohort, timing, roster, {*taken, *(slot.local_on for slot in first)}, between, to_at, zone)
    assert {slot.local_on for slot in (*first, *rest)} == {slot.local_on for slot in whole}
