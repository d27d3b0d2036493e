"""`coach digest`: what a manager would be sent now, to the letter and in the same numbers, and that somebody looked."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.__main__ import cli
from bot.company import stored_company
from bot.handlers.digesting import made_for
from bot.tables import CompanySettings
from lessons.tables import Nudge
from metrics.errors import NotReady, Refusal
from metrics.looks import Look
from metrics.people import Person, find_person
from tests.command_line import printed_by
from tests.lessons.shop import add_person, practise
from tests.metrics.happenings import work


@pytest.fixture
def run(app):
    """Run `coach digest` and return what it printed. Raises what it raises."""
    return printed_by(app, cli, "digest")


@pytest.fixture
def shop(app):
    """Ana missed a step at work twice, Ben practised yesterday; Zoe manages nobody."""
    skills = {"refunds": {"title": "Refunds", "workflows": ["refund"]}}
    with app.database.transaction() as session:
        settings = {"skills": skills, "timezone": "Europe/London", "admins": ["zoe@example.test"]}
        session.add(CompanySettings(id=1, values=settings, applied_at=app.now()))
        boss = add_person(session, "boss", team=None)
        ana, ben = (add_person(session, name, boss) for name in ("ana", "ben"))
        practise(session, ben, app.now() - timedelta(days=1))
        for hours in (1, 2):
            work(session, ana.id, app.now() - timedelta(days=1, hours=hours), "missed")
        add_person(session, "zoe", team="Elsewhere")
    return app


def looks(app):
    query = select(Person.name, Look.viewer_id, Look.what).join(Person, Person.id == Look.person_id)
    with app.database.session() as session:
        return sorted(tuple(row) for row in session.execute(query))


@pytest.mark.usefixtures("never_applied")
def test_before_the_first_apply_it_says_what_to_run(run):
    with pytest.raises(NotReady):
        run("--for", "boss@example.test")


def test_it_is_to_the_letter_what_would_be_sent_now(run, shop):
    told = run("--for", "boss@example.test")
    with shop.database.transaction() as session:
        boss = find_person(session, "boss@example.test")
        nudge = Nudge(person_id=boss.id, slot="digest")
        made = made_for(session, nudge, stored_company(session), shop.now())
    assert told.rstrip("\n") == made.message.text
    assert "Ana (Refunds: " in told
    assert "1 lesson completed." in told


def test_that_the_operator_looked_is_noted_for_whom_it_names(run, shop):
    run("--for", "boss@example.test")
    assert looks(shop) == [("Ana", None, "digest")]
    run("--for", "boss@example.test", "--json")
    assert looks(shop) == [("Ana", None, "digest"), ("Ben", None, "digest")]


def test_json_holds_the_numbers_of_the_text(run, shop):
    told = json.loads(run("--for", "boss@example.test", "--json"))
    assert (told["needing_help"], told["people"], told["lessons"]) == (1, 2, 1)
    assert [each["person"] for each in told["stuck"]] == ["Ana"]
    assert len(told["report"]["people"]) == 2


@pytest.mark.parametrize(("who", "said"), [("zoe", "Zoe manages nobody"), ("ana", "Ana manages nobody")])
def test_who_manages_nobody_has_none_an_admin_neither(run, shop, who, said):
    with pytest.raises(Refusal, match=said):
        run("--for", f"{who}@example.test")
    assert looks(shop) == []


def test_who_is_not_known_is_told(run, shop):
    with pytest.raises(Refusal, match="Nobody here is known"):
        run("--for", "ghost@example.test")
