"""Everybody can be told who saw their progress: once a day and screen, and never themselves."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from bot.tables import METADATA
from metrics.linking import join
from metrics.looks import Look, Seen, looks_at, note_looks
from metrics.people import find_person, load_roster
from metrics.privacy import erase_person, export_person
from tests.metrics.test_people import ADA, BEN
from tests.strategies import utc

NOW = utc(2026, 11, 23, 8, 30)
LONDON, AUCKLAND = "Europe/London", "Pacific/Auckland"
DOV = replace(BEN, email="dov@example.test", name="Dov Elm", slack_user_id=None)


@pytest.fixture
def people(database):
    """The ids of Ada, Ben and Dov."""
    with database.transaction() as session:
        load_roster(session, [ADA, BEN, DOV], NOW)
        return [find_person(session, row.email).id for row in (ADA, BEN, DOV)]


def seen(session, person_id):
    return [(look.viewer, look.what) for look in looks_at(session, person_id, NOW - timedelta(days=30))]


def test_a_look_is_kept_once_a_day_and_screen_with_the_first_hour(database, people):
    ada, ben, dov = people
    with database.rehearsal() as session:
        note_looks(session, ada, people, "team", NOW, LONDON)
        note_looks(session, ada, [ben], "team", NOW + timedelta(hours=2), LONDON)
        note_looks(session, ada, [ben, ben], "person", NOW + timedelta(hours=3), LONDON)
        note_looks(session, dov, iter([ben]), "team", NOW + timedelta(hours=4), LONDON)
        assert looks_at(session, ben, NOW) == [
            Seen(DOV.name, dov, NOW + timedelta(hours=4), "team"),
            Seen(ADA.name, ada, NOW + timedelta(hours=3), "person"),
            Seen(ADA.name, ada, NOW, "team"),
        ]
        assert seen(session, dov) == [(ADA.name, "team")]


def test_nobody_looks_at_themselves(database, people):
    ada = people[0]
    with database.rehearsal() as session:
        note_looks(session, ada, people, "team", NOW, LONDON)
        note_looks(session, ada, [ada], "person", NOW, LONDON)
        assert seen(session, ada) == []
        assert len(session.scalars(select(Look)).all()) == 2


def test_the_day_is_that_of_the_zone(database, people):
    ada, ben, _ = people
    before_midnight = utc(2026, 11, 23, 10, 30)
    with database.rehearsal() as session:
        # 23:30 and 00:30 in Auckland, one morning in London.
        for hours in (0, 1):
            note_looks(session, ada, [ben], "team", before_midnight + timedelta(hours=hours), AUCKLAND)
            note_looks(session, ada, [ben], "skill", before_midnight + timedelta(hours=hours), LONDON)
        assert sorted(what for _, what in seen(session, ben)) == ["skill", "team", "team"]


def test_looks_from_before_are_left_out(database, people):
    ada, ben, _ = people
    with database.rehearsal() as session:
        note_looks(session, ada, [ben], "team", NOW, LONDON)
        assert looks_at(session, ben, NOW + timedelta(seconds=1)) == []


def test_who_left_the_table_meanwhile_is_no_error(database, people):
    ada, ben, _ = people
    with database.rehearsal() as session:
        note_looks(session, ada, [ben, 10_000], "team", NOW, LONDON)
        note_looks(session, ada, [], "team", NOW, LONDON)
        assert len(session.scalars(select(Look)).all()) == 1


def test_any_number_of_people_takes_one_statement(database, people):
    statements = []
    with database.rehearsal() as session:
        session.connection()
        event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
        note_looks(session, people[0], range(1, 1000), "team", NOW, LONDON)
        assert len(statements) == 1
        assert len(session.scalars(select(Look)).all()) == 2


def test_a_look_outlives_who_looked_without_their_name_and_is_in_both_copies(database, people):
    ada, ben, _ = people
    with database.rehearsal() as session:
        note_looks(session, ada, [ben], "team", NOW, LONDON)
        for row in (ADA, BEN):
            assert len(export_person(session, METADATA, find_person(session, row.email))["looks"]) == 1
        erase_person(session, METADATA, find_person(session, ADA.email), NOW, "0" * 32)
        assert looks_at(session, ben, NOW) == [Seen(None, None, NOW, "team")]


def test_two_accounts_that_looked_the_same_day_can_become_one_person(database, people):
    _, ben, dov = people
    with database.transaction() as session:
        load_roster(session, [ADA, BEN], NOW)
        met = find_person(session, DOV.email)
        met.is_active, met.is_listed = True, False
        session.flush()
        for viewer_id in (ben, dov):
            note_looks(session, viewer_id, [people[0]], "team", NOW, LONDON)
        join(session, METADATA, ben, dov, "a" * 32, NOW)
        assert [look for look in seen(session, people[0]) if look[0]] == [(BEN.name, "team")]


def test_the_operator_is_noted_once_a_day_without_a_name(database, people):
    with database.rehearsal() as session:
        for hours in (0, 1, 24):
            note_looks(session, None, people, "team", NOW + timedelta(hours=hours), LONDON)
        assert seen(session, people[0]) == [(None, "team"), (None, "team")]
