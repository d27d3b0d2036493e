"""What the work shows of a skill, and how long after the lesson, against counting by hand."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.adherence import Adherence, FirstApplications, StepAdherence, adherence, first_applications
from metrics.periods import last_days
from metrics.step_tallies import WorkStep
from metrics.survival import Observed
from tests.metrics.happenings import lesson, people, queries, work
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
QUARTER = last_days(90, NOW)
SKILLS = {"refunds": ["refund", "client call"], "till": ["count"]}


def ago(days, hours=0, seconds=0):
    return NOW - timedelta(days=days, hours=hours, seconds=seconds)


def test_adherence_is_what_was_seen_of_what_was_eligible(database):
    with database.rehearsal() as session:
        ada, ben = people(session, 2, NOW)
        for outcome in ("done", "alone", "missed", "corrected", "done"):
            work(session, ada, ago(2), outcome)
        work(session, ben, ago(2), "done", workflow="client_call", step="note")
        work(session, ben, ago(2), "missed", step=None)
        work(session, ben, ago(2), "missed", workflow="holiday")
        found = adherence(session, None, QUARTER, SKILLS, {"refunds": 0.6, "till": 0.9})
        steps = (
            StepAdherence(WorkStep("refund", "3"), 5, 3, 1),
            StepAdherence(WorkStep("client_call", "note"), 1, 1, 1),
        )
        assert found == [Adherence("refunds", 6, 4, 2, 0.6, steps), Adherence("till", target=0.9)]
        assert found[0].share.value == 4 / 6
        assert found[0].steps[0].share.value == 3 / 5
        assert (found[0].is_on_target, found[1].is_on_target, found[1].share.value) == (True, None, None)
        (alone, _) = adherence(session, [ben], QUARTER, SKILLS, {})
        assert (alone.eligible, alone.seen, alone.people, alone.is_on_target) == (1, 1, 1, None)


@pytest.mark.parametrize(("target", "is_reached"), [(0.5, True), (0.51, False)])
def test_a_target_is_reached_by_just_as_much(database, target, is_reached):
    with database.rehearsal() as session:
        (ada,) = people(session, 1, NOW)
        for at in (QUARTER.since, ago(89), NOW, NOW + timedelta(seconds=1)):
            work(session, ada, at, "missed" if at == NOW else "done")
        (found, _) = adherence(session, None, QUARTER, SKILLS, {"refunds": target})
        assert (found.seen, found.eligible, found.is_on_target) == (1, 2, is_reached)


def test_hours_run_from_each_lesson_to_the_first_time_the_work_went_well(database):
    with database.rehearsal() as session:
        ada, ben, cleo, dov = people(session, 4, NOW)
        lesson(session, ada, ago(60))
        work(session, ada, ago(60), "done")  # with the lesson, not after it
        work(session, ada, ago(59), "missed")
        work(session, ada, ago(58, 12), "alone", step=None, workflow="client_call")
        work(session, ada, ago(50), "done")
        lesson(session, ada, ago(51))
        lesson(session, ben, ago(50))
        work(session, ben, ago(22), "done")  # the last instant of the 28 days
        lesson(session, cleo, ago(50))
        work(session, cleo, ago(22) + timedelta(seconds=1), "done")
        lesson(session, dov, ago(10))
        work(session, dov, ago(9), "done", workflow="count")
        work(session, dov, ago(5), "done", received_at=ago(6))  # announced ahead
        work(session, dov, NOW + timedelta(seconds=1), "done")
        with queries(session) as sent:
            found, till = first_applications(session, None, QUARTER, SKILLS, NOW)
        assert len(sent) == 2
        assert till == FirstApplications("till")
        assert (till.median_hours, till.quartile_hours, till.median_days.days) == (None, None, None)
        assert (found.lessons, found.people) == (5, 4)
        assert found.hours_to_first == (24, 36, 28 * 24)
        assert (found.applied, found.not_applied, found.still_open) == (3, 1, 1)
        assert (found.median_hours, found.quartile_hours) == (36, ((24 + 36) / 2, (36 + 28 * 24) / 2))
        expected = [(1, True), (1.5, True), (10, False), (28, False), (28, True)]
        assert sorted((one.days, one.is_event) for one in found.observed) == expected
        # Of 5, one is there after a day and one after 1.5; of the two who are seen on day 28 one is: .6 * .5 wait.
        assert found.median_days.days == 28


def test_a_lesson_counts_in_its_period_and_the_work_after_it_up_to_now(database):
    with database.rehearsal() as session:
        (ada,) = people(session, 1, NOW)
        early = last_days(30, ago(20))
        for at in (early.since, early.since + timedelta(seconds=1), early.until, early.until + timedelta(seconds=1)):
            lesson(session, ada, at)
        work(session, ada, ago(19), "done")
        (found, _) = first_applications(session, [ada], early, SKILLS, NOW)
        assert (found.lessons, found.hours_to_first, found.not_applied, found.still_open) == (2, (24,), 1, 0)
        (found, _) = first_applications(session, [ada], early, SKILLS, ago(20))
        assert (found.lessons, found.applied, found.not_applied, found.still_open) == (2, 0, 1, 1)


@few
@given(
    lessons=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 80)), max_size=6),
    items=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 80), st.sampled_from(["done", "alone", "missed", "corrected"])),
        max_size=12,
    ),
)
def test_both_are_what_plain_loops_find_and_somebody_else_changes_nothing(database, lessons, items):
    with database.rehearsal() as session:
        ids = people(session, 3, NOW)
        for who, days in lessons:
            lesson(session, ids[who], ago(days))
        for who, days, outcome in items:
            work(session, ids[who], ago(days), outcome)
        asked = ids[:2]
        own = [(who, days, outcome in ("done", "alone")) for who, days, outcome in items if who < 2]
        found, _ = adherence(session, asked, QUARTER, SKILLS, {})
        assert (found.eligible, found.seen) == (len(own), sum(went_well for _, _, went_well in own))
        assert found.share.value is None or 0 <= found.share.value <= 1
        expected = []
        for who, days in lessons:
            later = [days - its_days for other, its_days, went_well in own if other == who and went_well]
            within = [passed for passed in later if 0 < passed <= 28]
            expected.append(Observed(min(within), True) if within else Observed(min(days, 28), False))
        times, _ = first_applications(session, asked, QUARTER, SKILLS, NOW)
        assert sorted(times.observed, key=str) == sorted(expected, key=str)
        assert times.applied + times.not_applied + times.still_open == times.lessons == len(lessons)
