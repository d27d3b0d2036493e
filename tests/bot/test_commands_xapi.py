"""xAPI from the command line: of others lessons and mastery, of oneself everything, and who took it is noted."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.__main__ import cli
from bot.tables import CompanySettings
from lessons.shelf import store_modules
from metrics.errors import NotReady, Refusal
from metrics.events.kinds import SkillMastered
from metrics.events.record import EventRow, record
from metrics.looks import Look
from metrics.people import find_person
from tests.command_line import done_by
from tests.lessons.learners import make_module
from tests.lessons.shop import add_person, practise
from tests.xapi_rules import check


@pytest.fixture
def coach(tmp_path, monkeypatch):
    """Run a command that writes FILE, and return what it printed and wrote. Raises what it raises."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "home"))
    file = tmp_path / "statements.jsonl"

    def run(*words, file=file):
        done = done_by(cli, [*words, "--xapi", str(file)])
        return done.stdout, [json.loads(line) for line in file.read_text().splitlines()]

    return run


@pytest.fixture
def shop(app):
    """Ana and Ben, who did a lesson yesterday; Ana mastered it. Ben left."""
    at = app.now() - timedelta(days=1)
    with app.database.transaction() as session:
        settings = {"skills": {"refunds": {"title": "Refunds"}}, "timezone": "Europe/London"}
        session.add(CompanySettings(id=1, values=settings, applied_at=at))
        store_modules(session, [make_module("refunds.md")], at)
        for name in ("ana", "ben", "cem"):
            practise(session, add_person(session, name, team="Quayside" if name == "ana" else None), at)
        record(session, SkillMastered("slack", "refunds"), at, find_person(session, "ana@example.test").id)
        find_person(session, "ben@example.test").is_active = False
    return app


def noted(app):
    with app.database.session() as session:
        looks = session.execute(select(Look.person_id, Look.what, Look.viewer_id)).all()
        taken = select(EventRow.kind, EventRow.payload).where(
            EventRow.kind.in_(("progress_exported", "person_exported"))
        )
        return [tuple(look) for look in looks], [tuple(row) for row in session.execute(taken)]


@pytest.mark.usefixtures("never_applied")
def test_before_the_first_apply_it_says_what_to_run(coach):
    with pytest.raises(NotReady):
        coach("progress")


def test_of_everybody_lessons_and_mastery_and_that_they_were_taken(coach, shop):
    said, statements = coach("progress")
    assert said.startswith("3 statements in ")
    for statement in statements:
        check(statement)
    told = [(each["verb"]["id"].rpartition("/")[2], each["object"]["definition"]["name"]) for each in statements]
    assert sorted(told, key=str) == [
        ("completed", {"en": "Lesson refunds"}),
        ("completed", {"en": "Lesson refunds"}),
        ("mastered", {"en": "Refunds"}),
    ]
    assert not any("score" in each["result"] for each in statements)
    accounts = {each["actor"]["account"]["name"] for each in statements}
    assert {len(name) for name in accounts} == {32}
    assert len(accounts) == 2
    with shop.database.session() as session:
        ids = [find_person(session, f"{name}@example.test").id for name in ("ana", "cem")]
    looks, taken = noted(shop)
    assert sorted(looks) == [(person_id, "export", None) for person_id in ids]
    assert taken == [("progress_exported", {"door": "command line", "what": "xapi", "rows": 3})]


def test_it_says_the_same_again_and_names_no_host_that_could_be_one(coach, shop):
    first, again = coach("progress")[1], coach("progress")[1]
    assert first == again
    homes = {each["actor"]["account"]["homePage"] for each in first}
    assert len(homes) == 1
    assert homes.pop().endswith(".invalid")


def test_iris_lie_under_the_address_coach_is_reached_at(coach, shop, monkeypatch):
    monkeypatch.setenv("COACH_PUBLIC_URL", "https://coach.example.test")
    (lesson,) = coach("progress", "--person", "cem@example.test")[1]
    assert lesson["object"]["id"] == "https://coach.example.test/xapi/lessons/refunds.md"


def test_of_one_person_or_team_or_time(coach, shop):
    assert len(coach("progress", "--person", "ana@example.test")[1]) == 2
    assert len(coach("progress", "--team", "Quayside", "--period", "week")[1]) == 2
    for words in (("--person", "ben@example.test"), ("--team", "Nowhere")):
        with pytest.raises(Refusal, match="Nobody active"):
            coach("progress", *words)
    with pytest.raises(Refusal, match="goes with --person"):
        coach("progress", "--by", "team")


def test_a_person_takes_all_of_their_own_with_them(coach, shop):
    said, statements = coach("export", "ana@example.test")
    assert said.startswith("7 statements in ")
    for statement in statements:
        check(statement)
        assert statement["actor"] == {"objectType": "Agent", "mbox": "mailto:ana@example.test"}
    assert sum("answered" in each["verb"]["id"] for each in statements) == 3
    assert noted(shop) == ([], [("person_exported", {"rows": 7})])


def test_a_file_that_cannot_be_written_is_a_sentence(coach, shop, tmp_path):
    with pytest.raises(Refusal, match="cannot be written"):
        coach("progress", file=tmp_path / "nowhere" / "statements.jsonl")
