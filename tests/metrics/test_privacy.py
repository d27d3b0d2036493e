"""A person gets a copy of everything about them, and after an erasure nothing of them is left."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, select

from bot.tables import (
    METADATA,
    AnswerClaim,
    DirectAddress,
    InboxItem,
    OutboxItem,
    SignInLink,
    SpokenThread,
    StoredAddress,
    WebSession,
)
from coach.tables import AskedQuestion, SopDocument, SopSection
from lessons.tables import (
    Appointment,
    Confirmation,
    ItemMemory,
    LearningDay,
    Leave,
    LessonDraft,
    LessonRun,
    Nudge,
    Preference,
    RecallModel,
    Shift,
    SkillAbility,
    TrackAssignment,
)
from metrics.errors import Refusal
from metrics.events.kinds import PersonExported, QuestionAsked
from metrics.events.record import EventRow, record
from metrics.link_codes import LinkCode, LinkTry
from metrics.linking import PersonMerge
from metrics.looks import Look
from metrics.people import Person, PersonRow, find_person, load_roster
from metrics.privacy import (
    ErasedIdentity,
    Holds,
    account,
    erase_person,
    export_person,
    is_erased,
    personal_columns,
    without_erased,
)
from metrics.work import WorkEvent
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


def found(rows_by_table):
    return {table: rows for table, rows in rows_by_table.items() if rows}


def test_every_table_that_points_at_a_person_is_reached():
    reached = {(table.name, column.name) for table, column, _ in personal_columns(METADATA)}
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
        ("people", "manager_id"): "SET NULL",
        ("link_codes", "typed_by_id"): "SET NULL",
        ("track_assignments", "assigned_by_id"): "SET NULL",
        ("confirmations", "asked_id"): "SET NULL",
        ("looks", "viewer_id"): "SET NULL",
    }


def test_a_copy_holds_every_row_about_the_person_and_nothing_else(database):
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        copy = export_person(session, METADATA, find_person(session, BEN.email))
        assert {table: len(rows) for table, rows in copy.items() if rows} == {
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
        assert found(erasure.rows_by_table) == {table: len(rows) for table, rows in copy.items() if rows}
        assert erasure.rows == 4
        left = everything(session)
        for trace in (BEN.email, BEN.name, "U2"):
            assert trace not in left
        for table, column, holds in personal_columns(METADATA):
            if holds is Holds.PERSON:
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


LOOKS_PERSONAL = {
    "account",
    "address",
    "body",
    "content",
    "email",
    "message",
    "name",
    "owner",
    "reply",
    "user",
    "words",
}
LOOKS_PERSONAL_AT_THE_END = ("_account", "_asker", "_by", "_email", "_user_id")
OF_NOBODY = {
    "deployment_keys.name": "what a secret is for",
    "lessons.content": "a lesson file",
    "tracks.content": "a track file",
    "tracks.name": "the name of a track file",
    "company_settings.values": "company.yaml; bot.company.forget_in_settings takes e-mails out",
}


def unreached(metadata):
    """Return columns that look personal but go with no person: neither their row nor they themselves."""
    found = personal_columns(metadata)
    whole = {table.name for table, _, holds in found if holds is not Holds.ACCOUNT_TO_CLEAR}
    alone = {f"{table.name}.{column.name}" for table, column, _ in found}
    return [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if column.name in LOOKS_PERSONAL or column.name.endswith(LOOKS_PERSONAL_AT_THE_END)
        if table.name not in whole and f"{table.name}.{column.name}" not in {*alone, *OF_NOBODY}
        if not column.info.get("holds_email")
    ]


def test_every_column_that_looks_personal_is_reached_by_an_erasure():
    assert unreached(METADATA) == []


@pytest.mark.parametrize("name", ["account", "email", "address", "body", "words", "manager_email", "slack_user_id"])
def test_a_new_column_that_looks_personal_would_be_noticed(name):
    metadata = MetaData()
    Table("visits", metadata, Column("id", Integer, primary_key=True), Column(name, Integer))
    assert unreached(metadata) == [f"visits.{name}"]


def test_every_excused_column_exists():
    columns = {f"{table.name}.{column.name}" for table in METADATA.sorted_tables for column in table.columns}
    assert columns >= OF_NOBODY.keys()


def test_sections_that_disagree_are_kept_without_anybody():
    conflicts = METADATA.tables["sop_conflicts"]
    assert conflicts.name not in {table.name for table, _, _ in personal_columns(METADATA)}
    assert not conflicts.foreign_keys


def in_practice(person_id, user_id):
    """Return a row for every table of the practice and the work that knows somebody."""
    day = NOW.date()
    return (
        LessonRun(
            person_id=person_id, token=user_id, skill="refunds", content={}, progress={"said": f"words of {user_id}"},
            position=0, state="open", minutes=11, offered_at=NOW, changed_at=NOW,
        ),
        TrackAssignment(person_id=person_id, track="onboarding", assigned_at=NOW),
        Confirmation(person_id=person_id, public_id=user_id, kind="applied", subject="run:1", asked_at=NOW),
        ItemMemory(
            person_id=person_id, item="a.md#b", skill="refunds", stability=1, difficulty=5, answered=1, right=1,
            missed_in_row=0, last_score=1, last_at=NOW,
        ),
        RecallModel(person_id=person_id, content={}, changed_at=NOW),
        SkillAbility(person_id=person_id, skill="refunds", estimate=0, answered=1, changed_at=NOW),
        Preference(person_id=person_id, changed_at=NOW),
        Shift(person_id=person_id, starts_at=NOW, ends_at=LATER),
        Appointment(person_id=person_id, kind="client call", starts_at=NOW),
        Leave(person_id=person_id, from_on=day, to_on=day),
        LearningDay(person_id=person_id, skill="refunds", held_on=day),
        LessonDraft(person_id=person_id, public_id=user_id, file="a.md", content="", state="open", made_at=NOW),
        WorkEvent(
            person_id=person_id, source="desk", reference=user_id, workflow="refund", outcome="missed", at=NOW,
            received_at=NOW,
        ),
    )  # fmt: skip


def in_chat(session, person_id, user_id):
    """Put a row into every table of the doors and the practice that knows somebody by person or account."""
    name = account("slack", user_id)
    session.add(
        InboxItem(
            key=f"slack:{name}", platform="slack", account=name, body_hash="h", body={"text": f"words of {user_id}"},
            received_at=NOW, state="new", run_at=NOW,
        )
    )  # fmt: skip
    asked = AskedQuestion(
        public_id=user_id, person_id=person_id, thread_key=user_id, asked_at=NOW, words=f"words of {user_id}",
        is_open=True, band="answered", reply={}, offers=[],
    )  # fmt: skip
    session.add(asked)
    nudge = Nudge(person_id=person_id, local_on=NOW.date(), slot="morning", state="sent", due_at=NOW)
    session.add(nudge)
    session.flush()
    session.add_all(
        [
            AnswerClaim(
                workspace="T", channel="C", message_id=user_id, edited_id="", account=name, question_id=asked.id,
                claimed_at=NOW,
            ),
            SpokenThread(workspace="T", channel="C", thread_id=user_id, last_asker=name, last_asked_at=NOW),
            OutboxItem(
                key=f"answer:{user_id}", platform="slack", operation="post", address={"only_for": user_id},
                message={"text": f"words for {user_id}"}, priority=0, question_id=asked.id, person_id=person_id,
                account=name, state="new", run_at=NOW, created_at=NOW,
            ),
            DirectAddress(person_id=person_id, platform="slack", address={"channel": f"D{user_id}"}, seen_at=NOW),
            StoredAddress(platform="slack", conversation=f"D{user_id}", account=name, reach={}, seen_at=NOW),
            LinkCode(person_id=person_id, platform="slack", salt=SALT, hash="h", expires_at=NOW),
            LinkTry(person_id=person_id, tried_at=NOW),
            PersonMerge(person_id=person_id, public_id=user_id, vanished_id=0, content={}, merged_at=NOW),
            Look(person_id=person_id, seen_on=NOW.date(), what="team", seen_at=NOW),
            SignInLink(person_id=person_id, token_hash=f"link {user_id}", expires_at=NOW),
            WebSession(person_id=person_id, token_hash=f"session {user_id}", begun_at=NOW, expires_at=NOW),
            *in_practice(person_id, user_id),
        ]
    )  # fmt: skip
    session.flush()


def test_the_example_of_a_day_in_chat_fills_every_personal_table(database):
    with database.rehearsal() as session:
        load(session, BEN)
        ben = find_person(session, BEN.email)
        in_chat(session, ben.id, "U2")
        copy = export_person(session, METADATA, ben)
    assert [table for table, rows in copy.items() if not rows] == []


def test_a_copy_holds_what_is_known_by_account_alone(database):
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        for row in (ADA, BEN):
            in_chat(session, find_person(session, row.email).id, row.slack_user_id)
        copy = export_person(session, METADATA, find_person(session, BEN.email))
        for table in ("inbox", "answer_claims", "spoken_threads", "outbox", "asked_questions"):
            assert len(copy[table]) == 1, table
        assert "words of U2" in json.dumps(copy["inbox"])
        assert "U1" not in json.dumps(copy)


def test_an_erasure_takes_what_is_known_by_account_alone(database):
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        for row in (ADA, BEN):
            in_chat(session, find_person(session, row.email).id, row.slack_user_id)
        erasure = erase_person(session, METADATA, find_person(session, BEN.email), LATER, SALT)
        left = everything(session)
        assert "slack:U2" not in left
        assert "words of U2" not in left
        assert "words for U2" not in left
        assert (erasure.rows_by_table["inbox"], erasure.rows_by_table["answer_claims"]) == (1, 1)
        assert "spoken_threads" not in erasure.rows_by_table
        # The thread goes on without its asker; whatever is Ada's is still there.
        threads = session.execute(select(SpokenThread.thread_id, SpokenThread.last_asker)).all()
        assert sorted(threads) == [("U1", "slack:U1"), ("U2", None)]
        copy = export_person(session, METADATA, find_person(session, ADA.email))
        assert [table for table, rows in copy.items() if not rows] == []


def test_an_erased_name_is_known_again(database):
    with database.rehearsal() as session:
        load(session, ADA, BEN)
        erase_person(session, METADATA, find_person(session, ADA.email), LATER, SALT)
        for name in (ADA.email, "slack:U1", "teams:T1"):
            assert is_erased(session, name), name
            assert is_erased(session, "somebody@example.test", name)
        for name in (BEN.email, "slack:U2", "slack:T1", "U1"):
            assert not is_erased(session, name), name
        assert not is_erased(session)


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
