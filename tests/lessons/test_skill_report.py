"""The report of a skill: one's own, and of the people one sees; single answers cannot be told from it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lessons.rules import Cohort, LessonRules
from lessons.skill_group import SaidUsed, StepConsistency
from lessons.skill_report import skill_report
from lessons.skills import SkillRule
from metrics.errors import Refusal
from metrics.events.kinds import ItemAnswered, LessonApplied
from metrics.events.record import record
from metrics.velocity import GroupTime
from metrics.work import WorkEvent
from tests.lessons.shop import NOW, add_person, practise, viewer

LATELY = NOW - timedelta(days=10)


def answer(session, person, score, at=LATELY, item="refunds.md#scene", **facts):
    event = ItemAnswered("slack", "refunds", score, 9.0, 1, item, "choice", **facts)
    record(session, event, at, person.id)


def test_one_sees_ones_own_steps_with_every_count(session, shop):
    ana = shop[1][0]
    for score in (0.0, 0.0, 1.0):
        answer(session, ana, score, step=3)
    report = skill_report(session, viewer(ana), "refunds", NOW, ana)
    assert [(each.step.step, each.missed, each.times) for each in report.own_steps] == [(3, 2, 3)]
    assert report.own.skill == "refunds"
    assert report.people == ()
    assert report.steps == ()


def test_a_manager_sees_who_stands_where_and_steps_in_tenths(session, shop):
    boss, team, _ = shop
    for place, person in enumerate(team):
        answer(session, person, float(place % 3 == 0), step=3)
    report = skill_report(session, viewer(boss), "refunds", NOW, boss)
    assert [person.whose.name for person in report.people] == ["Ana", "Ben", "Cem", "Dee", "Eli", "Fay"]
    # Four of six missed it.
    assert [(each.step, each.missed, each.people) for each in report.steps] == [(3, 0.7, 6)]
    assert report.own_steps == ()
    assert (report.coverage.needed, report.coverage.practising) == (6, 6)


def test_what_fewer_than_five_did_stays_theirs(session, shop):
    boss, team, _ = shop
    for person in team[:4]:
        answer(session, person, 0.0, step=3)
        facts = {"source": "till", "reference": str(person.id), "workflow": "refund", "step": "3", "outcome": "missed"}
        session.add(WorkEvent(person_id=person.id, at=LATELY, received_at=LATELY, **facts))
    report = skill_report(session, viewer(boss), "refunds", NOW, boss)
    assert report.steps == ()
    assert report.work is None


def test_time_to_competence_counts_who_is_not_there_yet(session, shop):
    boss, team, _ = shop
    for days, person in zip((1, 2, 3), team[:3], strict=True):
        at = NOW - timedelta(days=7 - days)
        answer(session, person, 1.0, at, item="refunds.md#unseen", is_first=True, is_scenario=True)
    competence = skill_report(session, viewer(boss), "refunds", NOW, boss).competence
    assert (competence.people, competence.arrived) == (6, 3)
    assert competence.median.days == 3


def test_a_skill_nobody_lists_is_refused_with_those_there_are(session, shop):
    with pytest.raises(Refusal, match="Skills are: refunds"):
        skill_report(session, viewer(shop[0]), "juggling", NOW, shop[0])


def test_an_auditor_sees_no_names(session, shop):
    _, _, zoe = shop
    report = skill_report(session, viewer(zoe, auditors=[zoe]), "refunds", NOW, None)
    assert report.people == ()
    assert report.coverage.needed == 8


def test_an_auditor_who_manages_some_cannot_subtract_them(session, shop):
    boss, team, zoe = shop
    practise(session, zoe, LATELY)
    as_auditor = viewer(boss, auditors=[boss])
    report = skill_report(session, as_auditor, "refunds", NOW, boss)
    assert len(report.people) == len(team)
    assert report.coverage is None
    assert report.competence == report.mastery == GroupTime(7)
    for number in range(4):
        practise(session, add_person(session, f"z{number}", team="Elsewhere"), LATELY)
    report = skill_report(session, as_auditor, "refunds", NOW, boss)
    assert report.coverage.needed == 12
    assert (report.competence.people, report.competence.arrived) == (11, 0)


def test_cohorts_leave_no_small_rest_to_whoever_sees_no_names(session, shop):
    boss, _, zoe = shop
    practise(session, zoe, LATELY)
    rules = LessonRules(cohorts=(Cohort("quay", (), teams=frozenset(("Quayside",))),))
    max_ = add_person(session, "max")
    auditor, manager = replace(viewer(max_, auditors=[max_]), rules=rules), viewer(boss)
    # The company less the cohort would be Zoe.
    assert skill_report(session, auditor, "refunds", NOW, None).by_cohort.groups == {"quay": GroupTime(6)}
    seen = skill_report(session, replace(manager, rules=rules), "refunds", NOW, boss).by_cohort.groups["quay"]
    assert (seen.people, seen.arrived) == (6, 0)


def test_how_alike_people_and_sites_answer_is_told_in_tenths(session, shop):
    boss, team, _ = shop
    team += [add_person(session, f"more{number}", boss) for number in range(4)]
    for place, person in enumerate(team):
        person.site = "North" if place % 2 else "South"
        answer(session, person, 1.0 if place % 2 else 0.25 * (place // 2), step=3)
        # Four are too few, and so are the people of a site who answered about step 5.
        if place < 4:
            answer(session, person, float(place % 2), step=4)
        if place < 9:
            answer(session, person, float(place % 2), step=5)
    session.flush()
    found = {each.step: each for each in skill_report(session, viewer(boss), "refunds", NOW, boss).consistency}
    # Means of 1 and .5; ten scores around .75 with squares that add up to 1.25.
    assert found[3] == StepConsistency("refunds.md", "refunds.md", 3, 0.4, 0.5, 10)
    assert set(found) == {3, 5}
    assert found[5].site_range is None


def test_what_is_said_and_what_the_work_shows_stand_apart(session, shop):
    boss, team, _ = shop
    as_boss = replace(viewer(boss), skills={"refunds": SkillRule("refunds", "Refunds", workflows=("refund",))})

    def at_work(person, days, outcome, number):
        facts = {"source": "till", "reference": f"{person.id}-{number}", "workflow": "refund", "step": "3"}
        at = NOW - timedelta(days=days)
        session.add(WorkEvent(person_id=person.id, at=at, received_at=at, outcome=outcome, **facts))

    # Each did a lesson seven days ago.
    for number, person in enumerate(team[:4]):
        record(session, LessonApplied("slack", "refunds", float(number == 0), 1, "self"), NOW - timedelta(5), person.id)
        at_work(person, 5, "done", 0)
    session.flush()
    few = skill_report(session, as_boss, "refunds", NOW, boss)
    assert (few.said_used, few.work) == (None, None)
    assert (few.first_used.lessons, few.first_used.applied, few.first_used.still_open) == (6, 4, 2)
    assert few.first_used.median_days.days == 2
    record(session, LessonApplied("slack", "refunds", 0.0, 1, "self"), NOW - timedelta(days=5), team[4].id)
    at_work(team[4], 5, "missed", 1)
    # This week is not over.
    at_work(team[5], 1, "done", 2)
    session.flush()
    report = skill_report(session, as_boss, "refunds", NOW, boss)
    assert report.said_used == SaidUsed(0.2, 5)
    assert (report.work.seen, report.work.eligible, report.work.people) == (4, 5, 5)
    assert (report.first_used.applied, report.first_used.people) == (4, 6)
    for person in team[4:]:
        person.is_active = False
    session.flush()
    assert skill_report(session, as_boss, "refunds", NOW, boss).first_used is None
