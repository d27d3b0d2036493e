"""No figure of a group, and no two of them subtracted, rests on fewer than five people who did what it counts."""

import random
from datetime import timedelta
from itertools import combinations

import pytest

from lessons.group_figures import BOUNDARIES_DAYS, groups_until
from lessons.reports import team_report
from metrics.events.kinds import ItemAnswered, LessonApplied, LessonOpened
from metrics.events.record import record
from metrics.groups import DIVISIONS, divide
from metrics.periods import DAYS_BY_NAME, last_days
from tests.lessons.shop import MONTH, NOW, add_person, viewer

UNTIL = groups_until(NOW, "Europe/London")
LATELY = NOW - timedelta(days=7)


def answer(session, person, at=LATELY, is_scenario=False, confidence=None):
    event = ItemAnswered(
        "slack", "refunds", 1.0, 9.0, 1, "refunds.md#a", "choice", confidence=confidence, is_scenario=is_scenario
    )
    record(session, event, at, person.id)


def open_lesson(session, person, at=LATELY):
    record(session, LessonOpened("slack", "refunds", 5.0, 1, "refunds.md", 1), at, person.id)


@pytest.fixture
def boss(session):
    return add_person(session, "boss", roles=("store manager",))


@pytest.fixture
def team(session, boss):
    return [add_person(session, f"p{number}", boss) for number in range(6)]


def whole(session, boss):
    return team_report(session, viewer(boss), MONTH, NOW).whole.figures


def test_of_six_who_opened_a_lesson_one_who_answered_is_not_told_of(session, boss, team):
    for person in team:
        open_lesson(session, person)
    answer(session, team[0], confidence=0.9)
    figures = whole(session, boss)
    assert figures.tally.lessons_opened == 6
    assert (figures.tally.accuracy, figures.tally.confidence, figures.tally.answered) == (None, None, 0)


def test_scenarios_are_left_out_where_the_rest_is_one_persons(session, boss, team):
    for person in team:
        answer(session, person, is_scenario=True)
    assert whole(session, boss).tally.scenario_accuracy == 1
    answer(session, team[0])
    figures = whole(session, boss)
    assert figures.tally.answered == 7
    assert figures.tally.scenario_accuracy is None


def test_who_was_asked_about_use_is_counted_by_themselves(session, boss, team):
    for person in team:
        answer(session, person)
    for number, person in enumerate(team[:4]):
        record(session, LessonApplied("slack", "refunds", 1.0, number, "self"), LATELY, person.id)
    assert whole(session, boss).tally.application is None
    record(session, LessonApplied("slack", "refunds", 0.0, 4, "self"), LATELY, team[4].id)
    assert whole(session, boss).tally.application == 0.8


DID = {
    "answered": lambda _: True,
    "scenarios_answered": lambda event: event.is_scenario,
    "sure_answered": lambda event: event.confidence is not None,
}


@pytest.mark.parametrize("seed", range(4))
def test_no_two_figures_shown_differ_by_what_few_people_did(session, boss, seed):
    chance = random.Random(seed)
    people = [
        add_person(
            session,
            f"q{number}",
            boss,
            team=chance.choice(("North", "South")),
            roles=chance.sample(("cashier", "baker", "driver"), chance.choice((1, 1, 2))),
            site=chance.choice(("Quay", "Hill")),
        )
        for number in range(16)
    ]
    log = []
    for person in people:
        for _ in range(chance.choice((0, 1, 4, 9))):
            at = UNTIL - timedelta(days=chance.choice((3, 10, 25, 45, 80, 200)))
            facts = {"is_scenario": chance.random() < 0.4, "confidence": chance.choice((None, 0.6))}
            answer(session, person, at, **facts)
            event = ItemAnswered("slack", "refunds", 1.0, 9.0, 1, "refunds.md#a", "choice", **facts)
            log.append((person.id, at, event))
    shown = {name: [] for name in DID}
    for by in DIVISIONS:
        members = divide(people, by, NOW.date())
        for days in DAYS_BY_NAME.values():
            report = team_report(session, viewer(boss), last_days(days, NOW), NOW, by=by)
            rows = [(report.whole, {person.id for person in people})]
            rows += [(row, members[row.label]) for row in report.groups]
            for row, ids in rows:
                for is_before, figures in ((False, row.figures), (True, row.before)):
                    newest = UNTIL - timedelta(days=days if is_before else 0)
                    oldest = newest - timedelta(days=days)
                    theirs = [fact for fact in log if fact[0] in ids and oldest < fact[1] <= newest]
                    for name, did in DID.items():
                        counted = [fact for fact in theirs if did(fact[2])]
                        if figures is not None and getattr(figures.tally, name):
                            assert getattr(figures.tally, name) == len(counted)
                            shown[name].append(frozenset(fact[:2] for fact in counted))
    assert shown["answered"]
    assert max(BOUNDARIES_DAYS) == 2 * max(DAYS_BY_NAME.values())
    for units in shown.values():
        for one, other in combinations(set(units), 2):
            if one < other or other < one:
                assert len({person for person, _ in one ^ other}) >= 5
