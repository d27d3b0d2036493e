"""Whole weeks begin and end at midnight on Monday, on the clock of a zone."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from metrics.periods import Period
from metrics.weeks import last_weeks, weeks_within
from tests.strategies import many, utc


def test_a_month_holds_the_weeks_between_its_ends():
    period = Period(utc(2026, 10, 24, 8, 30), utc(2026, 11, 23, 8, 30))
    found = weeks_within(period, "Europe/London")
    assert [week.starts_on for week in found] == [date(2026, 10, 26) + timedelta(weeks=n) for n in range(4)]
    # The clocks went back on 25 October, so these Mondays begin at midnight in UTC too.
    assert found[0].period == Period(utc(2026, 10, 26), utc(2026, 11, 2))
    earlier = weeks_within(Period(utc(2026, 10, 18, 23), utc(2026, 10, 26)), "Europe/London")
    assert [week.period for week in earlier] == [Period(utc(2026, 10, 18, 23), utc(2026, 10, 26))]
    assert weeks_within(Period(utc(2026, 10, 18, 23, 1), utc(2026, 11, 1)), "Europe/London") == ()


def test_the_last_weeks_are_over():
    monday = utc(2026, 11, 23)
    assert [week.starts_on for week in last_weeks(2, monday, "UTC")] == [date(2026, 11, 9), date(2026, 11, 16)]
    assert [week.starts_on for week in last_weeks(1, monday - timedelta(seconds=1), "UTC")] == [date(2026, 11, 9)]
    # It is still Sunday there.
    assert [week.starts_on for week in last_weeks(1, monday, "America/New_York")] == [date(2026, 11, 9)]
    assert last_weeks(0, monday, "UTC") == ()


@many
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 60),
    st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"]),
)
def test_weeks_follow_each_other_inside_the_period(since, days, zone):
    period = Period(since, since + timedelta(days=days))
    found = weeks_within(period, zone)
    for week in found:
        begins = week.period.since.astimezone(ZoneInfo(zone))
        assert (begins.weekday(), begins.hour, begins.minute) == (0, 0, 0)
        assert period.since <= week.period.since < week.period.until <= period.until
    assert all(one.period.until == other.period.since for one, other in pairwise(found))
    assert (days - 7) // 7 <= len(found) <= days // 7 + 1
