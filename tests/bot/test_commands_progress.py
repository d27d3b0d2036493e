"""`coach progress`: where a team, groups or one person stand, as text and as JSON, and that somebody looked."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.__main__ import cli
from bot.tables import CompanySettings
from metrics.errors import NotReady, Refusal
from metrics.looks import Look
from metrics.people import Person
from tests.command_line import printed_by
from tests.lessons.shop import add_person, practise
from tests.metrics.happenings import work

NAMES = ("ana", "ben", "cem", "dee", "eli", "fay")


@pytest.fixture
def run(app):
    """Run `coach progress` and return what it printed. Raises what it raises."""
    return printed_by(app, cli, "progress")


@pytest.fixture
def shop(app):
    """Six people who practised two weeks ago, each an answer more right than the one before, and one elsewhere.

    Ana missed a step at work twice.
    """
    practised_at = app.now() - timedelta(days=14)
    skills = {"refunds": {"title": "Refunds", "workflows": ["refund"]}}
    with app.database.transaction() as session:
        settings = {"skills": skills, "timezone": "Europe/London"}
        session.add(CompanySettings(id=1, values=settings, applied_at=app.now()))
        boss = add_person(session, "boss", team=None)
        people = [add_person(session, name, boss) for name in NAMES]
        for place, person in enumerate(people):
            practise(session, person, practised_at, right=place, wrong=1, seconds=60.0 * place)
        for _ in range(2):
            work(session, people[0].id, practised_at, "missed")
        add_person(session, "zoe", team="Elsewhere")
    return app


@pytest.mark.usefixtures("never_applied")
def test_before_the_first_apply_it_says_what_to_run(run):
    with pytest.raises(NotReady):
        run()


def test_everybody_stands_there_team_by_team_and_who_needs_help_first(run, shop):
    told = run().splitlines()
    assert told[0] == "1 of 8 people needs help. Lessons are those of the last 30 days."
    assert [line for line in told if line in ("No team:", "Elsewhere:", "Quayside:")] == [
        "No team:",
        "Elsewhere:",
        "Quayside:",
    ]
    assert told[told.index("Quayside:") + 1 :][:2] == [
        "  Ana: Refunds: step 3 missed twice at work. 0 of 1 skills mastered; 1 lesson, 0 min.",
        "  Ben: needs no help now. 0 of 1 skills mastered; 1 lesson, 1 min.",
    ]
    # Six people gave 21 answers, of which 15 were right.
    assert told[-2] == (
        "  Together: 8 people, 6 took part; 6 lessons, 15 min; quiz answers right: 71%; scenarios: none yet; "
        "skills mastered: 0%."
    )


def test_the_same_as_json(run, shop):
    told = json.loads(run("--json"))
    assert told["whole"]["people"] == 8
    assert told["whole"]["figures"]["accuracy"] == told["whole"]["figures"]["quiz_accuracy"] == 15 / 21
    assert [told["whole"]["figures"][name] for name in ("practised", "lessons", "minutes")] == [6, 6, 15.0]
    first, second, ana, *_ = told["people"]
    assert (first["whose"]["name"], second["whose"]["name"], ana["whose"]["name"]) == ("Boss", "Zoe", "Ana")
    assert (ana["skills_mastered"], ana["skills_needed"], ana["effort"]["lessons"]) == (0, 1, 1)
    assert [need["kind"] for need in ana["standing"]["needs"]] == ["missed_at_work"]
    assert [person["own"] for person in told["people"]] == [None] * 8


def test_groups_too_small_to_show_keep_their_figures(run, shop):
    told = json.loads(run("--by", "team", "--json"))
    assert [(group["label"], group["people"], group["figures"] is None) for group in told["groups"]] == [
        ("Elsewhere", 1, True),
        ("Quayside", 6, False),
        ("none given", 1, True),
    ]
    assert "  Elsewhere: 1 person; figures would tell about single people." in run("--by", "team").splitlines()


def test_one_team_and_one_person(run, shop):
    assert run("--team", "Elsewhere").splitlines()[:3] == [
        "None of 1 person needs help. Lessons are those of the last 30 days.",
        "Elsewhere:",
        "  Zoe: needs no help now. 0 of 1 skills mastered; 0 lessons, 0 min.",
    ]
    assert run("--person", "fay@example.test", "--period", "week").splitlines() == [
        "Fay: 0 of 1 skills mastered.",
        "Needs help with: nothing now.",
        "  Refunds: Practising",
        "In the last 7 days: 0 lessons, 0 min. Last practised: not yet.",
        "For learning only, not for pay or discipline.",
    ]
    told = json.loads(run("--person", "fay@example.test", "--json"))
    # Whoever works at the machine sees no answers of anybody.
    assert (told["effort"], told["own"]) == ({"lessons": 1, "minutes": 5.0}, None)


def test_whoever_was_shown_can_see_it(run, shop):
    run("--person", "fay@example.test")
    run("--team", "Elsewhere", "--json")
    with shop.database.session() as session:
        seen = session.execute(select(Person.name, Look.what, Look.viewer_id).join(Person, Look.person_id == Person.id))
        assert sorted(seen.all()) == [("Fay", "person", None), ("Zoe", "team", None)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--person", "fay@example.test", "--team", "Quayside"], "not both"),
        (["--person", "nobody@example.test"], "Nobody here is known as 'nobody@example.test'"),
        (["--team", "Nowhere"], "nobody in a team called 'Nowhere'"),
        (["--team", "Quayside", "--by", "site"], "not both at once"),
        (["--by", "shoe size"], "by 'shoe size'. Use one of: team, role, site, tenure, cohort"),
        (["--period", "decade"], "no period 'decade'. Use one of: week, month, quarter, year"),
    ],
)
def test_what_cannot_be_shown_is_a_sentence(run, shop, words, told):
    with pytest.raises(Refusal, match=told):
        run(*words)
    with shop.database.session() as session:
        assert session.scalars(select(Look)).all() == []
