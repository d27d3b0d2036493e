"""The report of a skill: one's own, and of the people one sees; single answers cannot be told from it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lessons.rules import Cohort, LessonRules
from lessons.skill_report import skill_report
from metrics.errors import Refusal
from metrics.events.kinds import ItemAnswered
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
