"""What a manager hears of early: each kind, about the people they manage, under a key that stays."""

from datetime import date, timedelta

import pytest

from lessons.answers import record_answer
from lessons.early_warnings import WarningKind, warnings
from lessons.standings import standings
from metrics.events.kinds import ItemAnswered
from metrics.events.record import record
from metrics.work import WorkEvent
from tests.lessons.learners import NOW, SKILLS, days_ago, make_item, make_module
from tests.lessons.stored import store_person, store_shelf

REFUNDS = make_module("refunds.md", items=(make_item("ask", step=3),))
SKILLS_HERE = {key: SKILLS[key] for key in ("refunds", "till")}


@pytest.fixture
def session(database):
    with database.transaction() as session:
        store_shelf(session, REFUNDS)
        yield session


@pytest.fixture
def ada(session):
    return store_person(session, "ada", ("manager",))


@pytest.fixture
def team(session, ada):
    hired = {"manager_id": ada.id, "started_on": date(2026, 11, 20)}
    return [store_person(session, name, **hired) for name in ("ben", "cal", "dee", "eve")]


def answer(session, person, days, score=0.0, step=3):
    """Record an answer about a step, and nothing that a memory could be made of."""
    event = ItemAnswered("slack", "refunds", score, 9.0, None, f"refunds.md#step-{step}", "spot", step)
    record(session, event, days_ago(days), person.id)
    session.flush()


def miss_at_work(session, person, days, step="3", outcome="missed", workflow="Refund"):
    at = days_ago(days)
    facts = {"source": "till", "reference": f"{person.id}-{days}", "workflow": workflow, "outcome": outcome}
    session.add(WorkEvent(person_id=person.id, step=step, at=at, received_at=at, **facts))
    session.flush()


def warned(session, manager, team, now=NOW):
    found = standings(session, team, SKILLS_HERE, now, "UTC")
    return warnings(session, manager, team, found, SKILLS_HERE, now)


def test_nobody_is_warned_of_a_step_missed_once(session, ada, team):
    ben, cal, *_ = team
    for person in (ben, cal):
        answer(session, person, 2)
        miss_at_work(session, person, 2)
    assert warned(session, ada, team) == []


def test_a_step_one_person_missed_twice_names_them(session, ada, team):
    ben, cal, *_ = team
    answer(session, ben, 9)
    answer(session, ben, 2)
    miss_at_work(session, cal, 5)
    miss_at_work(session, cal, 4, outcome="corrected")
    at_work, in_practice = warned(session, ada, team)
    assert (at_work.kind, at_work.person_ids, at_work.times) == (WarningKind.MISSED_AT_WORK, (cal.id,), 2)
    assert (in_practice.kind, in_practice.person_ids) == (WarningKind.MISSED_IN_PRACTICE, (ben.id,))
    assert (in_practice.skill, in_practice.title, in_practice.step) == ("refunds", "Refunds", "3")
    assert (in_practice.times, in_practice.since) == (2, days_ago(9))


def test_a_step_three_people_answered_wrong_once_names_none_of_them(session, ada, team):
    for days, person in enumerate(team[:3], start=2):
        answer(session, person, days)
    answer(session, team[3], 2, score=1.0)
    [warning] = warned(session, ada, team)
    assert (warning.kind, warning.people, warning.person_ids) == (WarningKind.MISSED_IN_PRACTICE_BY_MANY, 3, ())
    assert (warning.skill, warning.step, warning.times, warning.since) == ("refunds", "3", 3, days_ago(4))


def test_a_step_of_the_work_three_people_missed_comes_first(session, ada, team):
    ben, cal, dee, eve = team
    for person in (ben, cal, dee):
        miss_at_work(session, person, 3)
    miss_at_work(session, ben, 2)
    for days in (1, 5):
        miss_at_work(session, eve, days, workflow="client call", step="greet")
    found = warned(session, ada, team)
    assert [(each.kind, each.skill, each.title, each.person_ids) for each in found] == [
        (WarningKind.MISSED_AT_WORK_BY_MANY, "refunds", "Refunds", (ben.id, cal.id, dee.id)),
        (WarningKind.MISSED_AT_WORK, "", "client call", (eve.id,)),
        (WarningKind.MISSED_AT_WORK, "refunds", "Refunds", (ben.id,)),
    ]


def test_who_stalled_and_who_failed_the_scenarios_is_told(session, ada, team):
    ben, *_ = team
    for days in (20, 15):
        facts = {"run_id": None, "confidence": None, "seconds": 9.0, "door": "slack", "at": days_ago(days)}
        module, (item,) = REFUNDS, REFUNDS.items
        record_answer(session, person_id=ben.id, module=module, item=item, score=0.0, **facts)
    found = warned(session, ada, team)
    assert [(each.kind, each.person_ids, each.since) for each in found] == [
        (WarningKind.SCENARIO_FAILED, (ben.id,), days_ago(20)),
        (WarningKind.MISSED_IN_PRACTICE, (ben.id,), days_ago(20)),
        (WarningKind.STALLED, (ben.id,), days_ago(15)),
    ]


def test_a_key_stays_while_more_of_the_same_happens(session, ada, team):
    for days, person in enumerate(team[:3], start=3):
        answer(session, person, days)
        answer(session, person, days + 4)
        miss_at_work(session, person, days)
    before = {warning.key for warning in warned(session, ada, team)}
    answer(session, team[3], 1)
    answer(session, team[0], 1)
    miss_at_work(session, team[3], 1)
    after = warned(session, ada, team, NOW + timedelta(days=1))
    assert {warning.key for warning in after} == before
    assert len(after) == len(before) == 5


def test_only_people_they_manage_now_count(session, ada, team):
    other = store_person(session, "olga", ("manager",))
    boss = store_person(session, "boss", ("owner",))
    ada.manager_id = boss.id
    for person in (*team[:3], ada):
        answer(session, person, 5)
        answer(session, person, 2)
    assert warned(session, other, [*team, ada]) == []
    assert {each.person_ids for each in warned(session, ada, [*team, ada])} == {(), *((one.id,) for one in team[:3])}
    assert (ada.id,) in {each.person_ids for each in warned(session, boss, [*team, ada])}
    team[0].manager_id = other.id
    session.flush()
    assert {each.person_ids for each in warned(session, ada, team)} == {(one.id,) for one in team[1:3]}
