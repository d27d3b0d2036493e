"""Whoever is met on a chat platform becomes one person, is linked by e-mail, or stays out after an erasure."""

import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.tables import METADATA
from metrics.newcomers import meet
from metrics.people import Person, PlatformIdentity, asker_for, find_person, load_roster
from metrics.privacy import erase_person
from tests.metrics.test_people import ADA, BEN, LATER, NOW, listed
from tests.strategies import few, rosters

SALT = "0123456789abcdef0123456789abcdef"
CLEO = "cleo@example.test"


def accounts(session):
    rows = session.execute(select(PlatformIdentity.platform, PlatformIdentity.platform_user_id)).all()
    return sorted(f"{platform}:{user_id}" for platform, user_id in rows)


def test_a_newcomer_is_a_person_without_roles_who_is_not_listed(database):
    with database.rehearsal() as session:
        met = meet(session, "slack", "U7", " Cleo Elm ", "Cleo@Example.test", "Europe/Berlin", NOW)
        assert (met.name, met.email, met.time_zone, met.updated_at) == ("Cleo Elm", CLEO, "Europe/Berlin", NOW)
        assert (met.roles, met.team, met.is_active, met.is_listed) == ([], None, True, False)
        assert asker_for(met).roles == frozenset()
        assert find_person(session, "slack:U7") is met


def test_somebody_known_by_account_stays_as_they_are(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        met = meet(session, "slack", "U1", "Somebody Else", BEN.email, "Asia/Tokyo", LATER)
        assert met.email == ADA.email
        assert listed(session) == {ADA, BEN}


def test_somebody_listed_is_linked_by_email_and_not_changed(database):
    unlinked = replace(ADA, slack_user_id=None, teams_user_id=None)
    with database.rehearsal() as session:
        load_roster(session, [unlinked, BEN], NOW)
        met = meet(session, "slack", "U7", "ada (she)", ADA.email.upper(), "Asia/Tokyo", LATER)
        assert (met.name, met.time_zone, met.updated_at, met.is_listed) == (ADA.name, ADA.time_zone, NOW, True)
        assert listed(session) == {replace(unlinked, slack_user_id="U7"), BEN}


def test_one_person_on_two_platforms_is_one_person(database):
    with database.rehearsal() as session:
        first = meet(session, "slack", "U7", "Cleo Elm", CLEO, None, NOW)
        second = meet(session, "teams", "T7", "Elm, Cleo", CLEO, None, LATER)
        assert first is second
        assert accounts(session) == ["slack:U7", "teams:T7"]


def test_without_an_email_the_account_stands_for_it(database):
    with database.rehearsal() as session:
        for email in (None, "", "  ", "no address", "a\x00@b", "x" * 400 + "@example.test"):
            assert meet(session, "slack", "U7", "Cleo Elm", email, None, NOW).email == "u7@slack.invalid"
        assert len(session.scalars(select(Person)).all()) == 1


def test_a_newcomer_without_a_name_is_called_by_their_account(database):
    with database.rehearsal() as session:
        assert meet(session, "slack", "U7", " \x00\n", None, None, NOW).name == "U7"


def test_who_left_the_company_stays_inactive(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        load_roster(session, [ADA], LATER)
        assert not meet(session, "slack", "U2", "Ben Ash", BEN.email, None, LATER).is_active
        assert not meet(session, "teams", "T2", "Ben Ash", BEN.email, None, LATER).is_active


@pytest.mark.parametrize(
    ("user_id", "email"),
    [("U1", None), ("U1", "new.name@example.test"), ("U99", ADA.email), ("U99", " ADA@Example.test ")],
)
def test_somebody_erased_stays_out(database, user_id, email):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        erase_person(session, METADATA, find_person(session, ADA.email), LATER, SALT)
        assert meet(session, "slack", user_id, "Ada Oak", email, None, LATER) is None
        assert listed(session) == {replace(BEN, manager_email=None)}


def test_somebody_met_and_erased_stays_out(database):
    with database.rehearsal() as session:
        erase_person(session, METADATA, meet(session, "slack", "U7", "Cleo", None, None, NOW), LATER, SALT)
        assert meet(session, "slack", "U7", "Cleo", CLEO, None, LATER) is None


def test_a_newcomer_may_be_listed_later(database):
    with database.rehearsal() as session:
        met = meet(session, "slack", "U7", "Cleo Elm", CLEO, None, NOW)
        load_roster(session, [replace(ADA, email=CLEO, slack_user_id="U7")], LATER)
        assert (met.is_listed, met.roles, met.name) == (True, list(ADA.roles), ADA.name)


@few
@given(
    roster=rosters(),
    meetings=st.lists(
        st.tuples(
            st.sampled_from(["slack", "teams"]),
            st.sampled_from(["U1", "U2", "T1", "X8", "X9"]),
            st.text(max_size=300),
            st.sampled_from([None, "ada@example.test", "BEN@example.test", "fay@example.test"]),
            st.sampled_from([None, "Europe/London", "Nowhere/At_All", "../../etc/passwd"]),
        ),
        max_size=8,
    ),
)
def test_any_meetings_leave_one_person_an_account_and_the_roster_as_it_was(database, roster, meetings):
    def facts(person):
        return (person.name, person.team, person.site, person.roles, person.manager_id, person.time_zone)

    with database.rehearsal() as session:
        load_roster(session, roster, NOW)
        before = {row.email: facts(find_person(session, row.email)) for row in roster}
        for platform, user_id, name, email, zone in meetings:
            first = meet(session, platform, user_id, name, email, zone, LATER)
            assert meet(session, platform, user_id, "again", None, None, LATER) is first
            session.flush()
        session.expire_all()
        assert {row.email: facts(find_person(session, row.email)) for row in roster} == before
        people = session.scalars(select(Person)).all()
        assert all(person.roles == [] and person.name for person in people if not person.is_listed)
        assert {person.time_zone for person in people} <= {None, "Europe/London"}
        assert len(accounts(session)) == len(set(accounts(session)))


def test_meeting_at_once_ends_with_one_person(database):
    ready, met, faults = threading.Barrier(6), [], []

    def one(user_id, platform):
        try:
            ready.wait(timeout=20)
            with database.transaction() as session:
                met.append(meet(session, platform, user_id, "Cleo Elm", CLEO, None, NOW).id)
        except Exception as fault:
            faults.append(fault)

    threads = [
        threading.Thread(target=one, args=(user_id, platform))
        for platform, user_id in [("slack", "U7"), ("slack", "U7"), ("slack", "U7"), *[("teams", "T7")] * 3]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(set(met)) == 1
    with database.session() as session:
        assert accounts(session) == ["slack:U7", "teams:T7"]
        assert len(session.scalars(select(Person)).all()) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_meeting_that_loses_the_race_finds_who_was_met(database):
    """The other one stores its newcomer after this one has looked and before it writes; SQLite would not let it."""
    with database.transaction() as session:
        original, others = session.begin_nested, []

        def late():
            if not others:
                with database.transaction() as other:
                    others.append(meet(other, "slack", "U7", "First", CLEO, None, NOW).id)
            return original()

        session.begin_nested = late
        assert [meet(session, "slack", "U7", "Second", CLEO, None, LATER).id] == others
    with database.session() as session:
        assert [person.name for person in session.scalars(select(Person))] == ["First"]
