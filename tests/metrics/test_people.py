"""A roster makes the people table equal to itself, and a person is found by any of their names."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from sqlalchemy import select

from metrics.errors import Refusal
from metrics.people import (
    Person,
    PersonRow,
    PlatformIdentity,
    RosterChange,
    active_emails,
    asker_for,
    find_person,
    load_roster,
    visible_to,
)
from metrics.policy import Asker
from tests.strategies import few, rosters, utc

NOW = utc(2026, 11, 23, 8, 30)
LATER = NOW + timedelta(days=1)

ADA = PersonRow(
    email="ada@example.test",
    name="Ada Oak",
    team="Harbour",
    site="Quay",
    roles=("manager", "cashier"),
    manager_email=None,
    started_on=date(2026, 11, 2),
    time_zone="Europe/London",
    slack_user_id="U1",
    teams_user_id="T1",
)
BEN = replace(
    ADA, email="ben@example.test", name="Ben Ash", manager_email=ADA.email, slack_user_id="U2", teams_user_id=None
)


def listed(session):
    """Return what SQL holds of the active people, in the words of a roster."""
    people = {person.id: person for person in session.scalars(select(Person))}
    accounts = {
        (row.person_id, row.platform): row.platform_user_id for row in session.scalars(select(PlatformIdentity))
    }
    return {
        PersonRow(
            email=person.email,
            name=person.name,
            team=person.team,
            site=person.site,
            roles=tuple(person.roles),
            manager_email=people[person.manager_id].email if person.manager_id else None,
            started_on=person.started_on,
            time_zone=person.time_zone,
            slack_user_id=accounts.get((person.id, "slack")),
            teams_user_id=accounts.get((person.id, "teams")),
        )
        for person in people.values()
        if person.is_active
    }


def test_a_first_roster_adds_everyone_with_managers_and_accounts(database):
    with database.rehearsal() as session:
        # Ben comes first although his manager is not there yet.
        assert load_roster(session, [BEN, ADA], NOW) == RosterChange(added=2)
        assert listed(session) == {ADA, BEN}


def test_the_same_roster_again_changes_nothing(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        before = {person.email: person.id for person in session.scalars(select(Person))}
        assert load_roster(session, [BEN, ADA], LATER) == RosterChange(unchanged=2)
        session.flush()
        assert {person.email: person.id for person in session.scalars(select(Person))} == before
        assert set(session.scalars(select(Person.updated_at))) == {NOW}


CHANGES: list[dict[str, object]] = [
    {"name": "Benjamin Ash"},
    {"team": None},
    {"site": "Hill"},
    {"roles": ()},
    {"manager_email": None},
    {"started_on": None},
    {"time_zone": "Asia/Tokyo"},
    {"slack_user_id": "U9"},
    {"slack_user_id": None},
    {"teams_user_id": "T9"},
]


def test_each_changed_cell_counts_as_one_changed_person(database):
    for change in CHANGES:
        with database.rehearsal() as session:
            load_roster(session, [ADA, BEN], NOW)
            ben = replace(BEN, **change)
            assert load_roster(session, [ADA, ben], LATER) == RosterChange(changed=1, unchanged=1), change
            assert listed(session) == {ADA, ben}, change
            updated = dict(session.execute(select(Person.email, Person.updated_at)).all())
            assert updated == {ADA.email: NOW, BEN.email: LATER}, change


def test_whoever_is_missing_is_deactivated_once_and_never_deleted(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        ben_id = find_person(session, BEN.email).id
        assert load_roster(session, [ADA], LATER) == RosterChange(unchanged=1, deactivated=1)
        assert active_emails(session) == {ADA.email}
        assert load_roster(session, [ADA], LATER) == RosterChange(unchanged=1)
        assert find_person(session, "slack:U2").id == ben_id
        assert load_roster(session, [ADA, BEN], LATER) == RosterChange(changed=1, unchanged=1)
        assert find_person(session, BEN.email).id == ben_id
        assert listed(session) == {ADA, BEN}


def test_an_account_moves_from_one_person_to_another(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        moved = [replace(ADA, slack_user_id=None), replace(BEN, slack_user_id="U1")]
        assert load_roster(session, moved, LATER) == RosterChange(changed=2)
        assert find_person(session, "slack:U1").email == BEN.email
        assert listed(session) == set(moved)


def test_two_people_swap_accounts(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        swapped = [replace(ADA, slack_user_id="U2"), replace(BEN, slack_user_id="U1")]
        assert load_roster(session, swapped, LATER) == RosterChange(changed=2)
        assert listed(session) == set(swapped)


def test_an_account_of_somebody_who_left_goes_to_whoever_the_roster_gives_it(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        heir = replace(ADA, slack_user_id="U2")
        load_roster(session, [heir], LATER)
        assert find_person(session, "slack:U2").email == ADA.email
        assert session.scalars(select(PlatformIdentity.platform_user_id)).all().count("U2") == 1


@few
@given(first=rosters(), second=rosters())
def test_after_any_two_rosters_the_people_are_those_of_the_second(database, first, second):
    with database.rehearsal() as session:
        load_roster(session, first, NOW)
        assert listed(session) == set(first)
        change = load_roster(session, second, LATER)
        assert listed(session) == set(second)
        before, after = {row.email: row for row in first}, {row.email: row for row in second}
        assert change.added == len(after.keys() - before.keys())
        assert change.deactivated == len(before.keys() - after.keys())
        assert change.added + change.changed + change.unchanged == len(second)
        assert load_roster(session, second, LATER) == RosterChange(unchanged=len(second))
        assert len(session.scalars(select(Person)).all()) == len(before.keys() | after.keys())


def test_a_person_is_found_by_any_of_their_names(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        for reference in ("ada@example.test", " ADA@Example.test ", "slack:U1", "Slack:U1", "teams:T1"):
            assert find_person(session, reference).email == ADA.email, reference


def test_a_person_is_found_by_id(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        ben = find_person(session, BEN.email)
        assert find_person(session, str(ben.id)) is ben


def test_a_stranger_is_refused_in_words(database):
    names = ["", "ghost@example.test", "slack:", "slack:u1", "slack:T1", "teams:U1", "0", "-1", "9" * 20, "١", "%"]
    with database.rehearsal() as session:
        load_roster(session, [ADA], NOW)
        for reference in names:
            with pytest.raises(Refusal, match=r"Nobody here is known as .* Give an e-mail from people\.csv"):
                find_person(session, reference)


def test_somebody_who_left_asks_without_roles(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        ada, ben = find_person(session, ADA.email), find_person(session, BEN.email)
        assert asker_for(ada) == Asker(ada.id, frozenset({"manager", "cashier"}))
        load_roster(session, [ADA], LATER)
        assert asker_for(ben) == Asker(ben.id, frozenset())


CLEO = replace(BEN, email="cleo@example.test", name="Cleo", manager_email=BEN.email, slack_user_id="U3")
DOV = replace(BEN, email="dov@example.test", name="abe", manager_email=ADA.email, slack_user_id="U4")
EVE = replace(BEN, email="eve@example.test", name="Eve", manager_email=None, roles=("owner",), slack_user_id="U5")


def seen_by(session, email):
    return [person.email for person in visible_to(session, asker_for(find_person(session, email)))]


def test_a_manager_sees_everyone_below_them_by_name_and_nobody_else(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN, CLEO, DOV, EVE], NOW)
        assert seen_by(session, ADA.email) == [DOV.email, BEN.email, CLEO.email]
        assert seen_by(session, BEN.email) == [CLEO.email]
        for email in (CLEO.email, DOV.email, EVE.email):
            assert seen_by(session, email) == []
        assert visible_to(session, Asker()) == []


def test_who_left_is_not_seen_and_sees_nobody(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN, CLEO, DOV], NOW)
        load_roster(session, [ADA, BEN, replace(DOV, manager_email=BEN.email)], LATER)
        assert seen_by(session, BEN.email) == [DOV.email]
        load_roster(session, [DOV], LATER)
        assert seen_by(session, BEN.email) == []


def test_people_who_manage_each_other_do_not_go_round_for_ever(database):
    with database.rehearsal() as session:
        load_roster(session, [replace(ADA, manager_email=BEN.email), BEN, CLEO], NOW)
        assert seen_by(session, ADA.email) == [BEN.email, CLEO.email]
        assert seen_by(session, BEN.email) == [ADA.email, CLEO.email]


@few
@given(roster=rosters())
def test_whoever_is_seen_has_the_asker_above_them(database, roster):
    with database.rehearsal() as session:
        load_roster(session, roster, NOW)
        manager_of = {row.email: row.manager_email for row in roster}
        for row in roster:
            for email in seen_by(session, row.email):
                above, manager = set(), manager_of[email]
                while manager and manager not in above:
                    above.add(manager)
                    manager = manager_of[manager]
                assert row.email in above
                assert email != row.email


def test_an_account_met_on_a_platform_stays_until_the_roster_names_another(database, now):
    from metrics.newcomers import meet

    def accounts(session, email):
        person = find_person(session, email)
        held = session.query(PlatformIdentity).filter_by(person_id=person.id)
        return {(account.platform, account.platform_user_id) for account in held}

    without = PersonRow("ada@example.test", "Ada", None, None, (), None, None, None, None, None)
    naming = PersonRow("ada@example.test", "Ada", None, None, (), None, None, None, "U2", None)
    with database.transaction() as session:
        load_roster(session, [without], now)
        meet(session, "slack", "U1", "Ada", "ada@example.test", None, now)
        load_roster(session, [without], now)
        assert accounts(session, "ada@example.test") == {("slack", "U1")}
        load_roster(session, [naming], now)
        assert accounts(session, "ada@example.test") == {("slack", "U2")}
