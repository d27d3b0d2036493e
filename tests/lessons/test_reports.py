"""Reports hold what their viewer may see and no more, and count groups by whole weeks."""

from datetime import UTC, datetime, timedelta

import pytest

from lessons.group_figures import groups_until
from lessons.reports import person_report, team_report
from lessons.skill_report import skill_report
from lessons.tables import ItemMemory
from lessons.viewer import Viewer
from metrics.errors import Refusal
from metrics.events.kinds import SkillMastered
from metrics.events.record import record
from metrics.policy import Asker, WholeCompany
from metrics.standing import SkillState
from tests.lessons.learners import make_module
from tests.lessons.shop import MONTH, NOW, REFUNDS, add_person, practise, viewer
from tests.lessons.stored import store_shelf


def test_one_sees_ones_own_practice_in_numbers(session, shop):
    _, (ana, *_), _ = shop
    practise(session, ana, NOW - timedelta(hours=1), right=3, wrong=0)
    report = person_report(session, viewer(ana), ana, MONTH, NOW)
    assert (report.effort.lessons, report.effort.minutes) == (2, 10)
    assert (report.own.tally.answered, report.own.tally.right) == (6, 5)
    assert [(week.starts_on.isoformat(), week.tally.answered) for week in report.own.weeks] == [
        ("2026-11-16", 3),
        ("2026-11-23", 3),
    ]
    assert report.own.by_skill["refunds"].right == 5
    assert report.own.days_practised == 2


def test_a_manager_sees_standing_and_effort_but_no_answers(session, shop):
    boss, (ana, *_), _ = shop
    report = person_report(session, viewer(boss), ana, MONTH, NOW)
    assert report.own is None
    assert report.effort.lessons == 1
    assert [skill.state for skill in report.standing.skills] == [SkillState.PRACTISING]


def test_how_likely_somebody_answers_right_is_for_themselves_alone(session, shop):
    boss, (ana, *_), _ = shop
    module = make_module("refunds.md")
    store_shelf(session, module)
    item = {"item": module.key_of(module.items[0]), "skill": "refunds", "stability": 3.0, "difficulty": 5.0}
    counts = {"answered": 1, "right": 1, "missed_in_row": 0, "last_score": 1.0}
    session.add(ItemMemory(person_id=ana.id, last_at=NOW - timedelta(days=1), **item, **counts))
    session.flush()
    assert person_report(session, viewer(ana), ana, MONTH, NOW).standing.skills[0].recall is not None
    team = team_report(session, viewer(boss), MONTH, NOW)
    for report in (person_report(session, viewer(boss), ana, MONTH, NOW), *team.people):
        assert {skill.recall for skill in report.standing.skills} == {None}
    (seen, *_) = skill_report(session, viewer(boss), "refunds", NOW, boss).people
    assert (seen.whose.name, seen.standing.recall) == ("Ana", None)


@pytest.mark.parametrize("who", ["zoe", "ben", "auditor", "nobody"])
def test_nobody_else_sees_a_person(session, shop, who):
    _, (ana, ben, *_), zoe = shop
    lost = Viewer(Asker(), WholeCompany(), REFUNDS)
    seen_by = {"zoe": viewer(zoe), "ben": viewer(ben), "auditor": viewer(zoe, auditors=[zoe]), "nobody": lost}[who]
    with pytest.raises(Refusal, match="not among them"):
        person_report(session, seen_by, ana, MONTH, NOW)


def test_an_admin_sees_everybodys_standing_team_by_team_and_nobodys_answers(session, shop):
    boss, _, zoe = shop
    report = team_report(session, viewer(zoe, admins=[zoe]), MONTH, NOW)
    assert [person.whose.team for person in report.people] == ["Quayside"] * 7
    assert all(person.own is None for person in report.people)
    assert report.whole.people == 8
    assert person_report(session, viewer(zoe, admins=[zoe]), boss, MONTH, NOW).own is None


def test_an_auditor_sees_groups_and_no_names(session, shop):
    zoe = shop[2]
    report = team_report(session, viewer(zoe, auditors=[zoe]), MONTH, NOW, by="team")
    assert report.people == ()
    assert {group.label: group.people for group in report.groups} == {"Elsewhere": 1, "Quayside": 7}
    assert all(group.figures is None for group in report.groups if group.people < 5)


@pytest.mark.parametrize(("strangers", "is_shown"), [(2, False), (5, True)])
def test_an_auditor_who_manages_some_cannot_subtract_them(session, shop, strangers, is_shown):
    boss, team, zoe = shop
    others = [zoe, *(add_person(session, f"z{number}", team="Elsewhere") for number in range(strangers - 1))]
    for person in others:
        practise(session, person, NOW - timedelta(days=7))
    report = team_report(session, viewer(boss, auditors=[boss]), MONTH, NOW, by="team")
    assert [person.whose.person_id for person in report.people] == [person.id for person in team]
    assert bool(report.skills) is is_shown
    assert (report.whole.figures is not None) is is_shown
    # Nobody is left of the team itself, once those seen by name are subtracted.
    assert {group.label: group.figures is not None for group in report.groups} == {
        "Elsewhere": is_shown,
        "Quayside": is_shown,
    }


def test_who_manages_nobody_is_told_so(session, shop):
    with pytest.raises(Refusal, match="Nobody is listed as reporting to you"):
        team_report(session, viewer(shop[2]), MONTH, NOW)


def test_a_group_is_counted_up_to_the_last_monday(session, shop):
    boss, team, _ = shop
    before = team_report(session, viewer(boss), MONTH, NOW)
    practise(session, team[0], NOW - timedelta(hours=1), right=5, wrong=0)
    after = team_report(session, viewer(boss), MONTH, NOW)
    assert after.whole == before.whole
    assert after.groups_period.until == datetime(2026, 11, 23, tzinfo=UTC) == groups_until(NOW, "Europe/London")
    assert (before.whole.figures.contributors, before.whole.figures.tally.answered) == (6, 18)
    # What is known of people by name is of this minute.
    assert after.people != before.people


def test_a_group_of_few_shows_its_size_alone(session):
    boss = add_person(session, "boss", roles=("store manager",))
    for name in ("ana", "ben", "cem", "dee"):
        practise(session, add_person(session, name, boss), NOW - timedelta(days=7))
    whole = team_report(session, viewer(boss), MONTH, NOW).whole
    assert (whole.people, whole.figures) == (4, None)


def test_a_group_of_many_of_whom_few_practised_shows_its_size_alone(session):
    boss = add_person(session, "boss", roles=("store manager",))
    team = [add_person(session, f"p{number}", boss) for number in range(9)]
    for person in team[:4]:
        practise(session, person, NOW - timedelta(days=7))
    whole = team_report(session, viewer(boss), MONTH, NOW).whole
    assert (whole.people, whole.figures) == (9, None)


def test_a_team_is_not_divided_further(session, shop):
    with pytest.raises(Refusal, match="not both at once"):
        team_report(session, viewer(shop[0]), MONTH, NOW, by="role", team="Quayside")


def test_one_team_of_several_is_all_that_is_shown(session, shop):
    boss, _, _ = shop
    other = [add_person(session, f"q{number}", boss, team="Harbour") for number in range(3)]
    report = team_report(session, viewer(boss), MONTH, NOW, team="Harbour")
    assert [person.whose.person_id for person in report.people] == [person.id for person in other]
    with pytest.raises(Refusal, match="'Nowhere'"):
        team_report(session, viewer(boss), MONTH, NOW, team="Nowhere")


def test_skills_are_counted_by_where_people_stand(session, shop):
    boss, team, _ = shop
    record(session, SkillMastered("slack", "refunds"), NOW, team[0].id)
    (refunds,) = team_report(session, viewer(boss), MONTH, NOW).skills
    assert (refunds.title, refunds.needed) == ("Refunds", 6)
    parts = (refunds.mastered, refunds.lapsed, refunds.awaiting_sign_off, refunds.practising, refunds.not_started)
    assert sum(parts) == 6
