"""Each reason for help alone, at its threshold, and the order they come in."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.needs import Circumstances, FailedScenarios, days_waited, needs_of, parted
from metrics.standing import Need, NeedKind, SkillStanding, SkillState
from metrics.step_tallies import AnswerStep, WorkStep
from metrics.steps import Repeated
from tests.lessons.learners import NOW, SKILLS, days_ago

TODAY = NOW.date()
REFUNDS = SkillStanding("refunds", "Refunds", SkillState.PRACTISING)
TILL = SkillStanding("till", "Using the till", SkillState.MASTERED)
ALLERGENS = SkillStanding("allergens", "Allergens", SkillState.LAPSED, is_needed=False, lapsed_because="recall")
SETTLED = Circumstances(
    "Europe/London",
    (REFUNDS, TILL, ALLERGENS),
    offered=frozenset({"refunds", "till", "allergens"}),
    began_at=days_ago(1),
    employed_on=date(2020, 1, 6),
)


def on(days):
    return TODAY - timedelta(days=days)


def told(**facts):
    return needs_of(replace(SETTLED, **facts), SKILLS, NOW)


def kinds(**facts):
    return [(need.kind, need.skill) for need in told(**facts)]


def at_work(workflow, step="3", times=2):
    return Repeated(1, WorkStep(workflow, step), times, days_ago(9))


def in_practice(skill, step=3, times=2, module="a.md"):
    return Repeated(1, AnswerStep(skill, module, step), times, days_ago(9))


def test_who_gets_on_needs_nothing():
    assert told() == ()


def test_a_step_missed_at_work_belongs_to_the_skill_of_its_work():
    [need] = told(missed_at_work=(at_work("refund", times=4),))
    assert (need.kind, need.skill, need.title) == (NeedKind.MISSED_AT_WORK, "refunds", "Refunds")
    assert (need.step, need.times, need.since) == ("3", 4, days_ago(9))


def test_work_of_a_skill_that_is_not_theirs_is_left_out_and_work_of_no_skill_is_not():
    assert told(skills=(TILL,), missed_at_work=(at_work("refund"),)) == ()
    [need] = told(missed_at_work=(at_work("client_call"),))
    assert (need.skill, need.title) == ("", "client call")


def test_a_step_missed_in_practice_is_told_once_a_skill():
    missed = (in_practice("refunds", times=5), in_practice("refunds", module="b.md"), in_practice("shadowing"))
    [need] = told(missed_in_practice=missed)
    assert (need.kind, need.skill, need.step, need.times) == (NeedKind.MISSED_IN_PRACTICE, "refunds", "3", 5)


@pytest.mark.parametrize(("times", "is_need"), [(1, False), (2, True)])
def test_two_scenarios_failed_are_a_need(times, is_need):
    found = told(failed={"refunds": FailedScenarios(times, days_ago(3))})
    assert [need.kind for need in found] == ([NeedKind.SCENARIO_FAILED] if is_need else [])


@pytest.mark.parametrize(("due", "is_need"), [(0, False), (1, True)])
def test_a_track_is_overdue_the_day_after(due, is_need):
    found = told(late=(("New here", on(due)),))
    assert [(need.kind, need.about) for need in found] == ([(NeedKind.OVERDUE, "New here")] if is_need else [])
    assert all(need.since == datetime(2026, 11, 22, tzinfo=UTC) for need in found)


@pytest.mark.parametrize(
    ("facts", "is_stalled"),
    [
        ({"began_at": days_ago(13)}, False),
        ({"began_at": days_ago(14)}, True),
        ({"began_at": None}, False),
        ({"began_at": days_ago(20), "leave": ((on(12), on(6)),)}, False),
        ({"began_at": days_ago(20), "leave": ((on(12), on(7)),)}, True),
        ({"began_at": days_ago(20), "leave": ((on(12), on(7)), (on(8), on(6)))}, False),
        ({"began_at": days_ago(60), "leave": ((on(2), on(-5)),)}, False),
        ({"began_at": days_ago(60), "leave": ((on(90), on(50)),)}, True),
        ({"began_at": days_ago(60), "paused_until": on(-1)}, False),
        ({"began_at": days_ago(60), "paused_until": on(13)}, False),
        ({"began_at": days_ago(60), "paused_until": on(14)}, True),
        ({"began_at": days_ago(60), "skills": (TILL, ALLERGENS)}, False),
        ({"began_at": days_ago(60), "skills": (replace(REFUNDS, state=SkillState.AWAITS_SIGN_OFF),)}, False),
        ({"began_at": days_ago(60), "offered": frozenset({"till"})}, False),
    ],
    ids=[
        *("13 days", "14 days", "never began", "a week of leave, 13 left", "six days of leave", "leave that overlaps"),
        *("away today", "leave of before", "paused", "paused till lately", "paused long ago"),
        *("nothing left that is needed", "only a word is missing", "nothing of it is offered"),
    ],
)
def test_two_weeks_at_work_without_practice_are_stalled(facts, is_stalled):
    found = [need for need in told(**facts) if need.kind == NeedKind.STALLED]
    assert [(need.skill, need.since) for need in found] == ([("", facts["began_at"])] if is_stalled else [])


@given(
    st.integers(0, 400),
    st.lists(st.tuples(st.integers(-30, 400), st.integers(0, 60)), max_size=4),
    st.one_of(st.none(), st.integers(-30, 400)),
)
def test_leave_and_pauses_never_make_anybody_wait_longer(began, leave, paused):
    known = replace(
        SETTLED,
        began_at=days_ago(began),
        leave=tuple((on(first), on(first) + timedelta(days=length)) for first, length in leave),
        paused_until=None if paused is None else on(paused),
    )
    waited = days_waited(known, NOW)
    assert waited is None or 0 <= waited <= began
    away = {on(first) + timedelta(days=day) for first, length in leave for day in range(length + 1)}
    start = on(min(began, began if paused is None else paused))
    by_hand = [start + timedelta(days=day) for day in range(1, (TODAY - start).days + 1)]
    expected = None if TODAY in away and start < TODAY else sum(day not in away for day in by_hand)
    assert waited == (None if start > TODAY else expected)


def test_what_lapsed_is_a_need_where_the_role_needs_it():
    stale = replace(TILL, state=SkillState.LAPSED, lapsed_because="sop_changed")
    faded = replace(REFUNDS, state=SkillState.LAPSED, lapsed_because="recall")
    found = told(skills=(stale, faded, ALLERGENS), stale_since={"till": days_ago(4)})
    assert [(need.kind, need.skill, need.since) for need in found] == [
        (NeedKind.LAPSED, "refunds", None),
        (NeedKind.SOP_CHANGED, "till", days_ago(4)),
    ]


@pytest.mark.parametrize(
    ("facts", "is_need"),
    [
        ({}, True),
        ({"employed_on": on(6)}, False),
        ({"employed_on": on(7)}, True),
        ({"employed_on": on(-3)}, False),
        ({"employed_on": None}, True),
        ({"offered": frozenset()}, False),
        ({"skills": (replace(REFUNDS, state=SkillState.NOT_STARTED, is_needed=False),)}, False),
    ],
    ids=["long here", "new", "a week here", "not yet here", "nobody knows since when", "no module", "not needed"],
)
def test_what_was_never_practised_is_a_need_after_the_first_week(facts, is_need):
    new = {"skills": (replace(REFUNDS, state=SkillState.NOT_STARTED),), "began_at": None, **facts}
    assert kinds(**new) == ([(NeedKind.NOT_STARTED, "refunds")] if is_need else [])


def test_the_gravest_comes_first_and_within_a_kind_what_happened_most():
    found = kinds(
        skills=(replace(REFUNDS, state=SkillState.NOT_STARTED), replace(ALLERGENS, is_needed=True), TILL),
        missed_at_work=(at_work("refund"), at_work("sale", times=3)),
        failed={"refunds": FailedScenarios(2, days_ago(3))},
        missed_in_practice=(in_practice("till"),),
        late=(("New here", on(3)),),
        began_at=days_ago(30),
    )
    assert found == [
        (NeedKind.MISSED_AT_WORK, "till"),
        (NeedKind.MISSED_AT_WORK, "refunds"),
        (NeedKind.SCENARIO_FAILED, "refunds"),
        (NeedKind.MISSED_IN_PRACTICE, "till"),
        (NeedKind.OVERDUE, ""),
        (NeedKind.STALLED, ""),
        (NeedKind.LAPSED, "allergens"),
        (NeedKind.NOT_STARTED, "refunds"),
    ]


def test_what_lessons_bring_by_themselves_is_no_need_for_help_but_for_whoever_never_began():
    missed = Need(NeedKind.MISSED_AT_WORK, "refunds", "Refunds", "3", 2)
    lapsed = Need(NeedKind.LAPSED, "till", "Till")
    new = [Need(NeedKind.NOT_STARTED, key, key, since=days_ago(days)) for key, days in (("safety", 3), ("quotes", 9))]
    assert parted((missed, lapsed, *new), True) == ((missed,), (lapsed, *new))
    assert parted(new, False) == ((Need(NeedKind.NOT_STARTED, since=days_ago(9)),), tuple(new))
    assert parted((), False) == ((), ())
