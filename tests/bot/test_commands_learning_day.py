"""`coach learning-day`: who took part is noted once, in what exists, and what follows is said."""

import pytest
from sqlalchemy import select

from bot.company import apply_folder, read_folder
from lessons.tables import LearningDay
from metrics.people import find_person
from tests.bot.test_commands import BAD_INPUT, DONE, FOLDER
from tests.bot.test_commands import coach as coach  # noqa: PLC0414 (a fixture)

PEOPLE = (
    "name,email,role,team,slack_id\nAda Oak,ada@example.test,manager,Quay,U1\n"
    "Ben Ash,ben@example.test,cashier,Quay,U2\n"
    "Cy Elm,cy@example.test,cashier,Desk,\n"
)
COMPANY = FOLDER["company.yaml"] + "skills: {refunds: {title: Refunds}, talks: {title: Hard talks, format: human}}\n"


@pytest.fixture
def applied(app, company, now):
    folder = company(FOLDER | {"people.csv": PEOPLE, "company.yaml": COMPANY})
    apply_folder(read_folder(folder), app.database, app.embedder, now)
    return app


@pytest.fixture
def held_on(applied):
    return applied.now().date()


def noted(app):
    with app.database.session() as session:
        rows = session.scalars(select(LearningDay).order_by(LearningDay.id)).all()
        return sorted((row.person_id, row.skill, row.held_on) for row in rows)


def test_people_are_named_one_by_one_by_team_or_by_role(coach, applied, held_on):
    code, told, _ = coach("learning-day", held_on, "refunds", "slack:U1, role:Cashier,ben@example.test")
    assert code == DONE
    assert told.startswith(
        f"Noted for 3 people: Refunds on {held_on}.\nPractice follows with their first lessons from "
    )
    with applied.database.session() as session:
        ids = [find_person(session, f"{name}@example.test").id for name in ("ada", "ben", "cy")]
    assert noted(applied) == [(person_id, "refunds", held_on) for person_id in sorted(ids)]
    assert coach("learning-day", held_on, "refunds", "team:quay")[1].startswith("Known already for 2 people")
    assert len(noted(applied)) == 3


def test_what_is_learned_from_people_has_no_practice(coach, applied, held_on):
    _, told, _ = coach("learning-day", held_on, "talks", "ada@example.test")
    assert told == (
        f"Noted for 1 person: Hard talks on {held_on}.\n"
        "Hard talks is learned from people (format: human), so no practice follows.\n"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("soon", "refunds", "ada@example.test"), "'soon' is not a date like 2026-11-23."),
        (("1999-01-01", "refunds", "ada@example.test"), "1999-01-01 is more than a year from today."),
        ((None, "juggling", "ada@example.test"), "company.yaml has no skill 'juggling'. Give keys of: refunds, talks."),
        ((None, "refunds", "team:Nowhere"), "Nobody here is in 'team:Nowhere'. Correct the name, or give e-mails."),
        ((None, "refunds", "nobody@example.test"), "Nobody here is known as 'nobody@example.test'."),
        ((None, "refunds", " , "), "Give at least one skill and one person."),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(coach, applied, held_on, words, sentence):
    day, skills, people = words
    code, told, said = coach("learning-day", day or held_on, skills, people)
    assert (code, told) == (BAD_INPUT, "")
    assert said.startswith(sentence)
    assert noted(applied) == []
