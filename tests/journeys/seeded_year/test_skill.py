"""Skill in the seeded year: mastery, needs and times until somebody can do it, worked out from the definitions.

What the memory model predicts is taken from the project: tests/lessons/test_memory.py holds it to published figures.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from statistics import fmean

import pytest
from sqlalchemy import select

from lessons.recall import recalls
from lessons.skills import SkillRule
from lessons.standings import standings
from lessons.tables import SkillAbility
from metrics import survival, velocity
from metrics.events.record import EventRow
from metrics.people import Person
from tests import seeded_year as planted
from tests.seeded_year import COHORT_SKILL, NOW, PRACTISED, QUIZ, SCENARIOS, SKILLS, WORKFLOWS, ZONE
from tests.year_arithmetic import (
    PEOPLE,
    PRESSING_TEAM,
    RIGHT_FROM,
    STAFF,
    TEAMS,
    WHOLE,
    YEAR,
    Span,
    curve,
    during,
    first_at,
    half_day,
    half_day_interval,
    in_days,
    is_mistake,
    is_right,
    local_day,
    log_rank_p,
    wilson,
    worked,
)

WEEK = timedelta(days=7)
# When much is forgotten, for nobody practised since.
YEARS_LATER = NOW + timedelta(days=1000)
BY_SKILL = {skill: [workflow] for skill, workflow in WORKFLOWS.items()}
RULES = {skill: SkillRule(skill, skill.capitalize(), workflows=tuple(BY_SKILL.get(skill, ()))) for skill in PRACTISED}
TEAM = TEAMS[PRESSING_TEAM]


@pytest.fixture
def ways(session, ids):
    return velocity.paths(session, [ids[number] for number in STAFF], NOW)


def standings_at(session, ids, now):
    """Return where each of the team stands at an instant, by number."""
    people = session.scalars(select(Person).where(Person.id.in_([ids[number] for number in TEAM]))).all()
    by_id = standings(session, people, RULES, now, ZONE)
    return {number: by_id[ids[number]] for number in TEAM}


def is_enough(answers):
    """Say whether these answers to one skill's items, in order of time, are the evidence that mastery asks for."""
    by_item = defaultdict(list)
    for each in answers:
        by_item[each.facts["item"]].append(each)
    spaced, has_passed = [], False
    for item, tries in by_item.items():
        spaced += [(again.at, is_right(again)) for before, again in pairwise(tries) if again.at - before.at >= WEEK]
        if item.partition("#")[2] in SCENARIOS:
            later = any(is_right(each) and each.at - tries[0].at >= WEEK for each in tries)
            has_passed = has_passed or is_right(tries[0]) or later
    last = [right for _, right in sorted(spaced)[-20:]]
    return has_passed and bool(last) and wilson(sum(last), len(last), z=1.2816)[0] >= 0.8


def mastery_of(number, skill):
    """Return since when the evidence has been enough, None if it is not, and each change of that."""
    answers, since, changes = [], None, []
    for each in during(WHOLE, "item_answered", people=[number]):
        if each.facts["skill"] == skill:
            answers.append(each)
            if is_enough(answers) != (since is not None):
                since = each.at if since is None else None
                changes.append((each.at, "skill_mastered" if since else "skill_lapsed"))
    return since, changes


def states_of(session, ids, number, now):
    """Return where somebody stands in each skill, from the definition and what is predicted of their memory."""
    remembered = defaultdict(list)
    for each in recalls(session, [ids[number]], now):
        remembered[each.skill].append(each.recall)
    states = {}
    for skill in RULES:
        states[skill] = "practising" if first_at("lesson_opened", number, skill) else "not_started"
        if mastery_of(number, skill)[0] is not None:
            states[skill] = "mastered" if fmean(remembered[skill]) >= 0.8 else "lapsed"
    return states


def coming_of(states):
    """Return what lessons bring somebody by themselves, from the definition: (kind, skill, step)."""
    return {(state, skill, None) for skill, state in states.items() if state in ("lapsed", "not_started")}


def needs_of(number, states, now):
    """Return why somebody who has practised needs help, from the definition: (kind, skill, step)."""
    needs, month = set(), Span(now - timedelta(days=30), now)
    for skill, workflow in WORKFLOWS.items():
        missed = Counter(item.step for item in worked(month, workflow, people=[number]) if is_mistake(item))
        needs |= {("missed_at_work", skill, step) for step, times in missed.items() if times >= 2}
    answers = during(WHOLE, "item_answered", people=[number])
    for skill in states:
        own = [each for each in answers if each.facts["skill"] == skill]
        every_item = {f"{skill}.md#{slug}" for slug in (*QUIZ, *SCENARIOS)}
        is_through = first_at("lesson_completed", number, skill) or {each.facts["item"] for each in own} >= every_item
        newest = [each for each in own if each.facts["is_scenario"]][-2:]
        if is_through and len(newest) == 2 and not any(map(is_right, newest)):
            needs.add(("scenario_failed", skill, None))
        lately = defaultdict(list)
        for each in own:
            if each.at > month.since:
                lately[each.facts["step"]].append(is_right(each))
        for step, rights in lately.items():
            if rights.count(False) >= 2 and not rights[-1]:
                needs.add(("missed_in_practice", skill, str(step)))
    days = (local_day(now) - local_day(answers[-1].at)).days
    if days >= 14 and any(state != "mastered" for state in states.values()):
        needs.add(("stalled", "", None))
    return needs


def test_when_mastery_was_reached_and_lost(session, ids):
    changed = Counter()
    for number in TEAM:
        for skill in RULES:
            since, changes = mastery_of(number, skill)
            theirs = (SkillAbility.person_id == ids[number], SkillAbility.skill == skill)
            assert session.scalar(select(SkillAbility.mastered_at).where(*theirs)) == since
            kinds = EventRow.kind.in_(("skill_mastered", "skill_lapsed"))
            recorded = select(EventRow.at, EventRow.kind).where(
                EventRow.person_id == ids[number], EventRow.skill == skill, kinds
            )
            assert list(map(tuple, session.execute(recorded.order_by(EventRow.at)))) == changes
            changed += Counter(kind for _, kind in changes)
    assert changed["skill_mastered"] > changed["skill_lapsed"] > 0


def test_skills_mastered_and_covered(session, ids):
    seen = Counter()
    for now in (NOW, YEARS_LATER):
        found = standings_at(session, ids, now)
        for number in TEAM:
            states = states_of(session, ids, number, now)
            assert {each.skill: each.state.value for each in found[number].skills} == states
            held = sum(state == "mastered" for state in states.values())
            assert (found[number].mastered, found[number].coverage) == (held, held / len(RULES))
            seen += Counter(states.values())
    assert seen.keys() == {"mastered", "practising", "lapsed", "not_started"}


def test_who_needs_help_with_what(session, ids):
    seen = Counter()
    for now in (NOW, YEARS_LATER):
        found = standings_at(session, ids, now)
        for number in TEAM:
            states = states_of(session, ids, number, now)
            needs, coming = needs_of(number, states, now), coming_of(states)
            assert {(need.kind.value, need.skill, need.step) for need in found[number].needs} == needs
            assert {(need.kind.value, need.skill, need.step) for need in found[number].coming} == coming
            seen += Counter(kind for kind, _, _ in needs | coming)
    assert seen.keys() == {
        "missed_at_work", "scenario_failed", "missed_in_practice", "stalled", "lapsed", "not_started",
    }  # fmt: skip


def passed_unseen(facts):
    return facts["is_scenario"] and facts["is_first"] and facts["score"] >= RIGHT_FROM


@pytest.mark.parametrize("skill", SKILLS)
def test_days_to_competence_and_within_those_expected(ids, ways, skill):
    observed = []
    for number in STAFF:
        began_at = first_at("lesson_opened", number, skill)
        if began_at is None:
            assert (ids[number], skill) not in ways
            continue
        there_at = first_at("item_answered", number, skill, passed_unseen)
        days = in_days(began_at, there_at) if there_at else None
        assert ways[ids[number], skill].days_to_competence == pytest.approx(days)
        observed.append((in_days(began_at, there_at or NOW), there_at is not None))
    to_there = velocity.to_competence(ways, skill, NOW)
    for benchmark_days in (1, 30):
        waiting = [left for day, left, _ in curve(observed) if day <= benchmark_days][-1]
        assert velocity.share_within(to_there, benchmark_days) == pytest.approx(1 - waiting)


def test_days_until_half_can_do_it_by_cohort(ids, ways):
    groups, expected = {}, {}
    for cohort, truth in planted.MEDIAN_DAYS.items():
        members = [number for number in STAFF if PEOPLE[number].cohort == cohort]
        observed = []
        for number in members:
            began_at, there_at = (first_at(kind, number, COHORT_SKILL) for kind in ("lesson_opened", "skill_mastered"))
            observed.append((in_days(began_at, there_at or NOW), there_at is not None))
        groups[cohort] = velocity.to_mastery(ways, COHORT_SKILL, NOW, [ids[number] for number in members])
        expected[cohort], rows = observed, curve(observed)
        found = survival.median(survival.kaplan_meier(groups[cohort]))
        assert (found.days, found.low, found.high) == pytest.approx((half_day(rows), *half_day_interval(rows)))
        assert found.low <= truth <= (found.high or truth)
    assert any(not is_event for observed in expected.values() for _, is_event in observed)
    compared = velocity.compare(groups, 5)
    assert compared.log_rank.p == pytest.approx(log_rank_p(*expected.values()))
    assert compared.log_rank.p < 0.05


def test_days_until_working_alone(session, ids):
    found = velocity.independence(session, [ids[number] for number in STAFF], BY_SKILL, NOW)
    observed = []
    for number in STAFF:
        began_at = first_at("lesson_opened", number, "refunds")
        alone_at = min(
            (each.at for each in YEAR.work if (each.person, each.outcome) == (number, "alone")), default=None
        )
        if alone_at is not None and alone_at < began_at:
            assert (ids[number], "refund") not in found
            continue
        days = in_days(began_at, alone_at) if alone_at else None
        assert found[ids[number], "refund"].days_to_independence == pytest.approx(days)
        observed.append((in_days(began_at, alone_at or NOW), alone_at is not None))
    assert 0 < sum(is_event for _, is_event in observed) < len(observed) < len(STAFF)
    alone = survival.median(survival.kaplan_meier(velocity.to_independence(found, "refund", NOW)))
    assert alone.days == pytest.approx(half_day(curve(observed)))
