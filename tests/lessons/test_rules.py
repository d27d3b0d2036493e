"""The company's rules in words: what a cohort's times mean, and the one sentence for each that means nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.hours import Hours, read_clock, read_hours
from lessons.rules import Cohort, LessonRules, When, read_when


@pytest.mark.parametrize(
    ("words", "when"),
    [
        ("15 minutes before shift", When("before_shift", 15)),
        ("Before  Shift", When("before_shift", 15)),
        ("after sale", When("after_work", 15, "sale")),
        ("45 minutes after a refund", When("after_work", 45, "refund")),
        ("before client call", When("before_work", 15, "client_call")),
        ("end of Friday", When("end_of_day", weekday=4)),
        ("at 08:45", When("at_time", at_minute=525)),
    ],
)
def test_each_way_to_write_a_time_is_read(words, when):
    assert read_when(words) == when


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("whenever", "no time for a lesson"),
        ("after shift", "end of friday"),
        ("at 25:00", "not a time like 08:45"),
        ("5 minutes before shift", "from 10 to 120"),
        ("500 minutes after sale", "from 0 to 240"),
    ],
)
def test_what_is_no_time_gets_one_sentence(words, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_when(words)


@pytest.mark.parametrize("words", ["20:00", "20:00-", "20:00-20:00", "8-17", "24:00-07:00", ""])
def test_what_are_no_hours_gets_one_sentence(words):
    with pytest.raises(ValueError, match="not two different times like 20:00-07:00"):
        read_hours(words)


@given(st.integers(0, 1439), st.integers(0, 1439).filter(lambda minute: minute != 600))
def test_hours_hold_their_start_and_not_their_end(minute, end):
    hours = Hours(600, end)
    assert read_hours(str(hours)) == hours
    assert hours.hold(600)
    assert not hours.hold(end)
    assert hours.hold(minute) != Hours(end, 600).hold(minute)


def test_one_time_is_read_like_the_clock_shows_it():
    assert read_clock(" 8:05 ") == 485


def test_a_person_belongs_to_the_first_cohort_whose_every_filter_holds():
    desk = Cohort("desk", (), roles=frozenset({"sales desk"}), sites=frozenset({"Head office"}))
    one = Cohort("one", (), people=frozenset({"greg@x.example"}))
    rest = Cohort("rest", (), teams=frozenset({"Millgate"}))
    rules = LessonRules((desk, one, rest))
    assert rules.cohort_of("greg@x.example", ["sales desk"], "Desk", "Head office") is desk
    assert rules.cohort_of("Greg@x.example", ["sales desk"], "Desk", "Quayside") is one
    assert rules.cohort_of("mina@x.example", [], "Millgate", None) is rest
    assert rules.cohort_of("mina@x.example", ["sales desk"], None, None) is None
