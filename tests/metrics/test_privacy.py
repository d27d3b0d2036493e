"""A person gets a copy of everything about them, and after an erasure nothing of them is left."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.tables import METADATA
from coach.tables import SopDocument, SopSection
from metrics.errors import Refusal
from metrics.events.kinds import PersonExported, QuestionAsked
from metrics.events.record import EventRow, record
from metrics.people import Person, PersonRow, find_person, load_roster
from metrics.privacy import ErasedIdentity, erase_person, export_person, personal_columns, without_erased
from tests.metrics.test_people import ADA, BEN, LATER, NOW, listed
from tests.strategies import few, rosters

SALT = "0123456789abcdef0123456789abcdef"
ASKED = QuestionAsked("cli", "answered", None, None, 1, 0.1)


def everything(session):
    """Return every row of every table as one text."""
    session.flush()
    rows = [dict(row) for table in METADATA.sorted_tables for row in session.execute(select(table)).mappings()]
    return json.dumps(rows, default=str, ensure_ascii=False)


def load(session, *rows: PersonRow):
    load_roster(session, list(rows), NOW)
    for row in rows:
        person_id = find_person(session, row.email).id
        record(session, ASKED, NOW, person_id)
        record(session, PersonExported(rows=3), NOW, person_id)
    session.flush()


def test_every_table_that_points_at_a_person_is_reached():
    reached = {(table.name, column.name) for table, column in personal_columns(METADATA)}
    pointing = {
        (table.name, key.parent.name): key.ondelete
        for table in METADATA.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == Person.__tablename__
    }
    assert ("people", "id") in reached
    assert ("platform_identities", "person_id") in reached
    assert ("events", "person_id") in reached
    # A column that is not reached may only forget the person, as manager_id does.
    assert {column: rule for column, rule in pointing.items() if column not in reached} == {
        ("people", "manager_id"): "SET NULL"
    }


def test_a_copy_holds_every_row_about_the_person_and_nothing_else(database):
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        copy = export_person(session, METADATA, find_person(session, BEN.email))
        assert {table: len(rows) for table, rows in copy.items()} == {
            "people": 1,
            "platform_identities": 1,
            "events": 2,
        }
        text = json.dumps(copy)
        assert BEN.name in text
        assert ADA.name not in text
        assert copy["people"][0]["started_on"] == "2026-11-02"
        assert copy["people"][0]["updated_at"] == NOW.isoformat()
        assert {row["kind"] for row in copy["events"]} == {"question_asked", "person_exported"}


def test_a_copy_changes_nothing(database):
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        before = everything(session)
        export_person(session, METADATA, find_person(session, BEN.email))
        assert everything(session) == before


def test_an_erasure_leaves_nothing_of_the_person_and_everything_of_the_rest(database):
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        ben = find_person(session, BEN.email)
        copy = export_person(session, METADATA, ben)
        ben_id = ben.id
        erasure = erase_person(session, METADATA, ben, LATER, SALT)
        assert erasure.rows_by_table == {table: len(rows) for table, rows in copy.items()}
        assert erasure.rows == 4
        left = everything(session)
        for trace in (BEN.email, BEN.name, "U2"):
            assert trace not in left
        for table, column in personal_columns(METADATA):
            assert session.execute(select(table).where(column == ben_id)).all() == []
        assert listed(session) == {ADA}
        assert len(session.scalars(select(EventRow)).all()) == 2
        with pytest.raises(Refusal):
            find_person(session, "slack:U2")


def test_reports_of_an_erased_manager_have_no_manager(database):
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        erase_person(session, METADATA, find_person(session, ADA.email), LATER, SALT)
        session.expire_all()
        assert find_person(session, BEN.email).manager_id is None
        assert listed(session) == {replace(BEN, manager_email=None)}


def test_a_tombstone_names_nobody(database):
    with database.rehearsal() as session:
        load(session, ADA)
        erase_person(session, METADATA, find_person(session, ADA.email), LATER, SALT)
        stones = session.scalars(select(ErasedIdentity)).all()
        assert len(stones) == 3
        assert {(stone.salt, stone.erased_at) for stone in stones} == {(SALT, LATER)}
        assert len({stone.hash for stone in stones}) == 3


def test_an_erased_person_is_kept_out_of_a_later_roster(database):
    later_rows = {
        "as before": ADA,
        "by e-mail": replace(ADA, slack_user_id=None, teams_user_id=None),
        "by Slack account": replace(ADA, email="new.name@example.test", teams_user_id=None),
        "by Teams account": replace(ADA, email="new.name@example.test", slack_user_id="U9"),
    }
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        erase_person(session, METADATA, find_person(session, ADA.email), LATER, SALT)
        for how, row in later_rows.items():
            assert without_erased(session, [row, BEN]) == ([BEN], 1), how


def test_the_same_account_name_on_the_other_platform_is_somebody_else(database):
    with database.rehearsal() as session:
        load(session, ADA)
        erase_person(session, METADATA, find_person(session, ADA.email), LATER, SALT)
        stranger = replace(ADA, email="stranger@example.test", slack_user_id="T1", teams_user_id="U1")
        assert without_erased(session, [stranger]) == ([stranger], 0)


def test_somebody_who_left_before_the_erasure_is_kept_out_by_their_account_too(database):
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        load_roster(session, [ADA], LATER)
        erase_person(session, METADATA, find_person(session, BEN.email), LATER, SALT)
        assert "U2" not in everything(session)
        back = replace(BEN, email="ben.ash@example.test")
        assert without_erased(session, [ADA, back]) == ([ADA], 1)


def test_two_erasures_with_their_own_salts_both_hold(database):
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        for row, salt in ((ADA, SALT), (BEN, SALT[::-1])):
            erase_person(session, METADATA, find_person(session, row.email), LATER, salt)
        assert without_erased(session, [ADA, BEN]) == ([], 2)


@few
@given(roster=rosters(), data=st.data())
def test_whoever_is_erased_from_any_roster_is_gone_and_stays_out(database, roster, data):
    erased = data.draw(st.sampled_from(roster))
    with database.rehearsal() as session:
        load(session, *roster)
        others = {row.email: len(everything_about(session, row)) for row in roster if row != erased}
        erase_person(session, METADATA, find_person(session, erased.email), LATER, SALT)
        left = everything(session)
        assert erased.email not in left
        assert not [name for name in erased.identities().values() if f'"{name}"' in left]
        session.expire_all()
        assert {row.email: len(everything_about(session, row)) for row in roster if row != erased} == others
        rest = [row for row in roster if row != erased]
        assert without_erased(session, roster) == (rest, 1)
        load_roster(session, rest, LATER)
        orphaned = [replace(row, manager_email=None) if row.manager_email == erased.email else row for row in rest]
        assert listed(session) == set(orphaned)


def everything_about(session, row: PersonRow):
    copy = export_person(session, METADATA, find_person(session, row.email))
    return [entry for rows in copy.values() for entry in rows]


def test_every_column_that_names_people_is_reached_by_an_erasure():
    personal = {table.name for table, _ in personal_columns(METADATA)}
    naming = [
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.name in {"email", "owner", "name"} or column.name.endswith("_email")
        if table.name not in personal and not column.info.get("holds_email")
    ]
    assert naming == []


def test_an_erased_owner_is_taken_out_of_sections(database, now):
    with database.transaction() as session:
        load_roster(session, [ADA, BEN], now)
        document = SopDocument(
            file="a.md", title="A", text="text", content_key="k", audience="everyone", ingested_at=now
        )
        session.add(document)
        session.flush()
        for number, owner in enumerate((ADA.email.title(), BEN.email, None), start=1):
            session.add(
                SopSection(document_id=document.id, number=number, heading_path=[], start=0, end=4, owner=owner)
            )
        session.flush()
        erase_person(session, METADATA, find_person(session, ADA.email), now, SALT)
        owners = session.scalars(select(SopSection.owner).order_by(SopSection.number)).all()
    assert owners == [None, BEN.email, None]


def test_an_id_is_never_given_twice(database, now):
    with database.transaction() as session:
        load_roster(session, [ADA], now)
        first = find_person(session, ADA.email)
        first_id = first.id
        erase_person(session, METADATA, first, now, SALT)
        load_roster(session, [BEN], now)
        assert find_person(session, BEN.email).id > first_id
