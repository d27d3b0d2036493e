"""Two people who are one become one, with every row of both, and two again: nothing lost, nothing added."""

import itertools
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, Boolean, Date, Float, Integer, String, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.tables import METADATA
from lessons.tables import Confirmation, LessonRow, LessonRun, Nudge, TrackAssignment
from metrics.db import UtcInstant
from metrics.events.kinds import PersonExported
from metrics.events.record import EventRow, record
from metrics.linking import FACTS, Apart, NotUndone, PersonMerge, find_merge, join, undo
from metrics.moved_rows import tables_about_people, unique_sets
from metrics.newcomers import meet
from metrics.people import Person, PlatformIdentity, find_person, load_roster, person_with_account
from metrics.privacy import erase_person, export_person, sweep_expired
from tests.metrics.test_people import ADA, BEN, LATER, NOW, listed
from tests.metrics.test_privacy import SALT, everything
from tests.strategies import few

NOBODY = "nobody@teams.invalid"
PUBLIC_ID = "0" * 32
ABOUT = [table.name for table, _ in tables_about_people(METADATA)]


def person(session, email=None, **facts):
    number = session.scalar(select(func.count()).select_from(Person))
    values = {"name": f"Person {number}", "roles": [], "is_active": True, "is_listed": False, "updated_at": NOW}
    somebody = Person(email=email or f"p{number}@example.test", **values | facts)
    session.add(somebody)
    session.flush()
    return somebody


def rows_of(session, table, *person_ids):
    found = session.execute(select(table).where(table.c.person_id.in_(person_ids)).order_by(table.c.id)).mappings()
    return [dict(row) for row in found]


def all_rows(session):
    """Return people and every row about any of them, but for what was undone."""
    session.flush()
    kept = {"people": [dict(row) for row in session.execute(select(Person.__table__).order_by(Person.id)).mappings()]}
    everybody = [row["id"] for row in kept["people"]]
    for table, _ in tables_about_people(METADATA):
        kept[table.name] = [row for row in rows_of(session, table, *everybody) if not is_undone(row)]
    return kept


def is_undone(row):
    return row.get("undone_at") is not None and len(row["public_id"]) == len(PUBLIC_ID)


def joined(session, one, other, public_id=PUBLIC_ID, now=LATER):
    merge = join(session, METADATA, one.id, other.id, public_id, now)
    assert isinstance(merge, PersonMerge)
    return merge


def undone(session, merge, now=LATER):
    result = undo(session, METADATA, merge, now)
    assert isinstance(result, PersonMerge)
    return result


def put_row(session, table, person_id, slot, numbers):
    """Insert a row into any table about people; where a person may have one of a kind, `slot` says which kind."""
    kinds = set().union(*(names for names in unique_sets(table) if "person_id" in names)) - {"person_id"}
    values = {"person_id": person_id}
    for column in table.columns:
        if column.name in ("id", "person_id"):
            continue
        number = slot if column.name in kinds else next(numbers)
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column
            about = "person_id" in target.table.c
            theirs = select(target).where(target.table.c.person_id == person_id) if about else select(target)
            values[column.name] = session.scalar(theirs.order_by(target).limit(1))
        elif column.nullable and number % 2:
            values[column.name] = None
        else:
            values[column.name] = some_value(column.type, number)
    session.execute(insert(table).values(values))


def some_value(kind, number):
    match kind:
        case String():
            return f"{number:x}"[: kind.length]
        case JSON():
            return {"number": number}
        case Date():
            return NOW.date() + timedelta(days=number)
        case UtcInstant():
            return NOW + timedelta(seconds=number)
        case Boolean():
            return bool(number % 2)
        case Integer() | Float():
            return number
    raise AssertionError(kind)


what = st.tuples(st.sampled_from(ABOUT), st.sampled_from(["older", "newer", "other"]), st.integers(0, 2))


@given(st.lists(what, max_size=25), st.booleans())
@few
def test_every_row_moves_and_comes_back(database, drawn, is_listed):
    with database.rehearsal() as session:
        people = {"older": person(session), "newer": person(session, is_listed=is_listed), "other": person(session)}
        people["other"].manager_id = people["newer"].id
        ids = {who: somebody.id for who, somebody in people.items()}
        session.add(LessonRow(file="a", title="a", skill="a", content={}))
        session.flush()
        numbers = itertools.count()
        for name in ABOUT:
            kinds = any("person_id" in names and len(names) > 1 for names in unique_sets(METADATA.tables[name]))
            once = any(names == {"person_id"} for names in unique_sets(METADATA.tables[name]))
            wanted = [(who, 0 if once else slot) for table, who, slot in drawn if table == name]
            for who, slot in dict.fromkeys(wanted) if kinds or once else wanted:
                put_row(session, METADATA.tables[name], ids[who], slot, numbers)
        before = all_rows(session)
        both = {table: len(rows_of(session, METADATA.tables[table], ids["older"], ids["newer"])) for table in ABOUT}
        merge = joined(session, people["older"], people["newer"])
        for name in ABOUT:
            table = METADATA.tables[name]
            assert rows_of(session, table, ids["newer"]) == []
            theirs = [row for row in rows_of(session, table, ids["older"]) if row.get("public_id") != PUBLIC_ID]
            taken_out = merge.content["moved"]["taken_out"].get(name, [])
            assert len(theirs) + len(taken_out) == both[name]
            assert rows_of(session, table, ids["other"]) == [
                row for row in before[name] if row["person_id"] == ids["other"]
            ]
        assert session.get_one(Person, ids["other"]).manager_id == ids["older"]
        undone(session, merge)
        assert all_rows(session) == before


def test_what_moving_relies_on():
    for table, column in tables_about_people(METADATA):
        assert [key.name for key in table.primary_key] == ["id"], table.name
        assert isinstance(table.c.id.type, Integer), table.name
        assert not column.primary_key
    once = [table for table, _ in tables_about_people(METADATA) if any("person_id" in x for x in unique_sets(table))]
    assert {table.name for table in once} >= {"nudges", "direct_addresses"}
    pointing = [
        column
        for table in METADATA.sorted_tables
        for column in table.columns
        if any(column.references(target.c.id) for target in once)
    ]
    # What is taken out for a while must not take anything along.
    assert [str(column) for column in pointing if not column.nullable or "id" not in column.table.c] == []


def test_what_both_have_is_kept_for_the_undo_with_what_pointed_at_it(database):
    with database.rehearsal() as session:
        older, newer = person(session), person(session)
        nudges = [
            Nudge(person_id=who.id, local_on=date(2026, 11, 23), slot="requested", state="sent", due_at=NOW)
            for who in (older, newer)
        ]
        session.add_all(nudges)
        session.flush()
        session.add(
            LessonRun(
                token="q",
                person_id=newer.id,
                nudge_id=nudges[1].id,
                skill="tills",
                content={},
                progress={},
                position=0,
                state="offered",
                minutes=11,
                offered_at=NOW,
                changed_at=NOW,
            )
        )
        session.flush()
        before = all_rows(session)
        merge = joined(session, older, newer)
        [run] = rows_of(session, LessonRun.__table__, older.id)
        assert run["nudge_id"] is None
        assert [row["id"] for row in rows_of(session, Nudge.__table__, older.id)] == [before["nudges"][0]["id"]]
        undone(session, merge)
        assert all_rows(session) == before


def facts(somebody):
    return {name: getattr(somebody, name) for name in FACTS if name != "updated_at"}


@pytest.mark.parametrize("is_older", [True, False])
def test_what_people_csv_says_counts_and_the_older_id_stays(database, is_older):
    with database.rehearsal() as session:
        if is_older:
            load_roster(session, [ADA, BEN], NOW)
        met = meet(session, "teams", "T9", "Ben A.", None, None, NOW)
        if not is_older:
            load_roster(session, [ADA, BEN], NOW)
        ben = find_person(session, BEN.email)
        expected, ids = facts(ben), sorted((ben.id, met.id))
        merge = joined(session, ben, met)
        survivor = session.get_one(Person, ids[0])
        assert facts(survivor) == expected
        assert (merge.person_id, merge.vanished_id, merge.former_email) == (*ids, "t9@teams.invalid")
        assert session.get(Person, ids[1]) is None
        assert person_with_account(session, "teams", "T9") is person_with_account(session, "slack", "U2") is survivor
        # Applying again finds one person, neither split nor doubled.
        change = load_roster(session, [ADA, BEN], LATER)
        assert (change.added, change.unchanged, change.deactivated) == (0, 2, 0)
        assert listed(session) == {ADA, replace(BEN, teams_user_id="T9")}
        undone(session, merge)
        change = load_roster(session, [ADA, BEN], LATER)
        assert (change.added, change.unchanged, change.deactivated) == (0, 2, 0)
        assert {person.email for person in session.scalars(select(Person))} == {
            ADA.email,
            BEN.email,
            "t9@teams.invalid",
        }


@pytest.mark.parametrize(
    ("older", "newer", "stays"),
    [
        (NOBODY, "real@example.test", "real@example.test"),
        ("real@example.test", NOBODY, "real@example.test"),
        ("first@example.test", "second@example.test", "first@example.test"),
        (NOBODY, "u1@slack.invalid", "u1@slack.invalid"),
    ],
)
def test_where_nobody_is_listed_only_a_real_email_is_taken_over(database, older, newer, stays):
    with database.rehearsal() as session:
        survivor = person(session, older, name="First", time_zone="Europe/Paris")
        vanishing = person(session, newer, name="Second", time_zone="Europe/London")
        before = all_rows(session)["people"]
        merge = joined(session, survivor, vanishing)
        if {older, newer} == {NOBODY, "u1@slack.invalid"}:
            stays = survivor.email
        assert (survivor.name, survivor.time_zone, survivor.email) == ("First", "Europe/Paris", stays)
        assert merge.former_email == ({older, newer} - {stays}).pop()
        undone(session, merge)
        assert all_rows(session)["people"] == before


def test_what_somebody_confirmed_and_assigned_stays_their_deed(database):
    with database.transaction() as session:
        ben, older, newer = person(session), person(session), person(session)
        older_id, newer_id = older.id, newer.id
        signed = {"kind": "sign_off", "subject": "allergens", "asked_at": NOW, "answer": "yes", "answered_at": NOW}
        session.add(Confirmation(public_id="c" * 32, person_id=ben.id, asked_id=newer_id, **signed))
        session.add(TrackAssignment(person_id=ben.id, track="till", assigned_by_id=newer_id, assigned_at=NOW))
        merge = join(session, METADATA, older_id, newer_id, PUBLIC_ID, NOW)
        named = (select(Confirmation.asked_id), select(TrackAssignment.assigned_by_id))
        assert [session.scalar(query) for query in named] == [older_id, older_id]
        copy = export_person(session, METADATA, session.get_one(Person, older_id))
        assert (len(copy["confirmations"]), len(copy["track_assignments"])) == (1, 1)
        undo(session, METADATA, merge, NOW)
        assert [session.scalar(query) for query in named] == [newer_id, newer_id]
        erase_person(session, METADATA, session.get_one(Person, newer_id), NOW, SALT)
        assert [session.scalar(query) for query in named] == [None, None]


def test_roles_of_two_people_are_never_added_up(database):
    with database.rehearsal() as session:
        first, second = person(session, roles=["cashier"]), person(session, roles=["manager"], is_listed=True)
        joined(session, first, second)
        assert first.roles == ["manager"]


def test_two_listed_people_and_people_who_left_stay_apart(database):
    with database.rehearsal() as session:
        first, second = person(session, is_listed=True), person(session, is_listed=True)
        gone, there = person(session, is_active=False), person(session)
        before = all_rows(session)
        assert join(session, METADATA, first.id, second.id, PUBLIC_ID, NOW) is Apart.BOTH_LISTED
        assert join(session, METADATA, gone.id, there.id, PUBLIC_ID, NOW) is Apart.INACTIVE
        assert join(session, METADATA, there.id, 999_999, PUBLIC_ID, NOW) is Apart.INACTIVE
        assert all_rows(session) == before


def test_nobody_becomes_their_own_manager(database):
    with database.rehearsal() as session:
        older = person(session)
        newer = person(session, manager_id=older.id, is_listed=True)
        older.manager_id = newer.id
        before = all_rows(session)
        merge = joined(session, older, newer)
        assert older.manager_id is None
        undone(session, merge)
        assert all_rows(session) == before


def test_what_happened_since_stays_with_the_survivor(database):
    with database.rehearsal() as session:
        older, newer = person(session), person(session)
        newer_id = newer.id
        record(session, PersonExported(1), NOW, newer.id)
        session.flush()
        merge = joined(session, older, newer)
        record(session, PersonExported(2), LATER, older.id)
        undone(session, merge)
        assert {row.payload["rows"]: row.person_id for row in session.scalars(select(EventRow))} == {
            1: newer_id,
            2: older.id,
        }


def test_a_row_with_the_id_of_a_deleted_one_is_not_taken_for_it(database):
    with database.rehearsal() as session:
        older, newer = person(session), person(session)
        session.add(PlatformIdentity(person_id=newer.id, platform="teams", platform_user_id="T1"))
        session.flush()
        merge = joined(session, older, newer)
        row_id = session.scalar(select(PlatformIdentity.id))
        session.execute(delete(PlatformIdentity))
        session.add(PlatformIdentity(id=row_id, person_id=older.id, platform="slack", platform_user_id="U7"))
        undone(session, merge)
        assert person_with_account(session, "slack", "U7") is older


def test_what_was_taken_out_comes_back_under_another_id_when_its_own_was_given_away(database):
    with database.rehearsal() as session:
        older, newer, third = person(session), person(session), person(session)
        newer_id = newer.id
        same = {"local_on": date(2026, 11, 23), "slot": "requested", "state": "sent", "due_at": NOW}
        session.add_all([Nudge(person_id=older.id, **same), Nudge(person_id=newer.id, **same)])
        session.flush()
        taken_id = session.scalar(select(Nudge.id).where(Nudge.person_id == newer.id))
        merge = joined(session, older, newer)
        session.add(Nudge(id=taken_id, person_id=third.id, **same))
        session.flush()
        # PostgreSQL counts on from the highest id it gave itself.
        undone(session, merge)
        assert [row["slot"] for row in rows_of(session, Nudge.__table__, newer_id)] == ["requested"]
        assert [row["id"] for row in rows_of(session, Nudge.__table__, third.id)] == [taken_id]


@pytest.mark.parametrize("is_older", [True, False])
def test_what_the_company_changed_since_stays_with_who_it_lists(database, is_older):
    with database.rehearsal() as session:
        if is_older:
            load_roster(session, [ADA, BEN], NOW)
        met = meet(session, "teams", "T9", "Ben A.", None, None, NOW)
        if not is_older:
            load_roster(session, [ADA, BEN], NOW)
        merge = joined(session, find_person(session, BEN.email), met)
        promoted = replace(BEN, roles=("manager",), team="Hill", manager_email=None)
        load_roster(session, [ADA, promoted], LATER)
        undone(session, merge)
        ben, apart = find_person(session, BEN.email), person_with_account(session, "teams", "T9")
        assert (ben.roles, ben.team, ben.manager_id, ben.is_listed) == (["manager"], "Hill", None, True)
        assert (apart.roles, apart.team, apart.name, apart.is_listed) == ([], None, "Ben A.", False)
        assert load_roster(session, [ADA, promoted], LATER).unchanged == 2


def test_a_manager_who_was_erased_meanwhile_does_not_stop_the_undo(database):
    with database.rehearsal() as session:
        boss = person(session)
        older, newer = person(session), person(session, manager_id=boss.id)
        newer_id = newer.id
        merge = joined(session, older, newer)
        session.execute(delete(Person).where(Person.id == boss.id))
        undone(session, merge)
        assert session.get_one(Person, newer_id).manager_id is None


def test_undone_once_within_seven_days_and_by_these_two(database):
    with database.rehearsal() as session:
        older, newer, other = person(session), person(session), person(session)
        newer_id = newer.id
        merge = joined(session, older, newer)
        in_time, late = LATER + timedelta(days=7), LATER + timedelta(days=7, seconds=1)
        assert find_merge(session, PUBLIC_ID, other.id, LATER) is NotUndone.NOT_YOURS
        assert find_merge(session, "f" * 32, older.id, LATER) is NotUndone.GONE
        assert find_merge(session, PUBLIC_ID, older.id, late) is NotUndone.GONE
        assert undo(session, METADATA, merge, late) is NotUndone.GONE
        undone(session, merge, in_time)
        for person_id in (older.id, newer_id):
            assert find_merge(session, PUBLIC_ID, person_id, in_time) is NotUndone.ALREADY
        assert undo(session, METADATA, merge, in_time) is NotUndone.ALREADY
        # Of two people again, the record says nothing of either.
        assert (merge.content, merge.former_email) == (None, None)


def test_the_last_joining_is_undone_first(database):
    with database.rehearsal() as session:
        first, second, third = person(session), person(session), person(session)
        ids = [first.id, second.id, third.id]
        before = all_rows(session)
        inner = joined(session, second, third, "1" * 32)
        between = all_rows(session)
        outer = joined(session, first, second, "2" * 32)
        assert find_merge(session, "1" * 32, ids[0], LATER) is NotUndone.LATER_FIRST
        undone(session, outer)
        assert all_rows(session) == between
        undone(session, inner)
        assert all_rows(session) == before


def test_an_email_that_somebody_else_has_by_now_stops_the_undo(database):
    with database.rehearsal() as session:
        older, newer = person(session, "first@example.test"), person(session, "second@example.test")
        merge = joined(session, older, newer)
        person(session, "second@example.test")
        before = all_rows(session)
        assert undo(session, METADATA, merge, LATER) is NotUndone.EMAIL_TAKEN
        assert all_rows(session) == before


def test_an_erasure_takes_both_and_nothing_comes_back(database):
    with database.rehearsal() as session:
        older = meet(session, "slack", "U71", "Cleo Elm", "cleo@example.test", None, NOW)
        newer = meet(session, "teams", "T71", "Elm at Home", "elm@home.test", None, NOW)
        merge = joined(session, older, newer)
        assert "Elm at Home" in json.dumps(export_person(session, METADATA, older))
        erase_person(session, METADATA, older, LATER, SALT)
        left = everything(session)
        assert not [name for name in ("Cleo", "Elm", "U71", "T71", "cleo@", "elm@") if name in left]
        assert find_merge(session, merge.public_id, merge.person_id, LATER) is NotUndone.GONE
        assert meet(session, "slack", "U71", "Cleo Elm", None, None, LATER) is None
        assert meet(session, "teams", "T71", "Elm", None, None, LATER) is None
        assert meet(session, "teams", "T72", "Elm", "elm@home.test", None, LATER) is None


def test_the_record_is_swept_after_seven_days(database):
    with database.rehearsal() as session:
        joined(session, person(session), person(session))
        sweep_expired(session, METADATA, LATER + timedelta(days=7), {})
        assert session.scalar(select(func.count()).select_from(PersonMerge)) == 1
        sweep_expired(session, METADATA, LATER + timedelta(days=7, seconds=1), {})
        assert session.scalar(select(func.count()).select_from(PersonMerge)) == 0


def two_people(database):
    with database.transaction() as session:
        older, newer = person(session), person(session)
        record(session, PersonExported(1), NOW, newer.id)
        session.flush()
        return older, newer, session.scalar(select(EventRow.id).where(EventRow.person_id == newer.id))


@pytest.mark.parametrize("work", ["about the vanishing", "about the survivor", "on a row"])
def test_rows_somebody_works_on_are_not_waited_for(database, work):
    if database.is_sqlite:  # which lets one transaction write at a time
        return
    older, newer, event_id = two_people(database)
    with database.transaction() as theirs:
        if work == "on a row":
            theirs.execute(update(EventRow).where(EventRow.id == event_id).values(seconds=2.0))
        else:
            record(theirs, PersonExported(2), NOW, newer.id if work == "about the vanishing" else older.id)
            theirs.flush()
        with pytest.raises(OperationalError), database.transaction() as session:
            joined(session, older, newer)
    with database.transaction() as session:
        joined(session, older, newer)
        assert {row.person_id for row in session.scalars(select(EventRow))} == {older.id}


def test_nothing_is_stored_for_somebody_who_vanished(database):
    older, newer, _ = two_people(database)
    with database.transaction() as session:
        joined(session, older, newer)
    with pytest.raises(IntegrityError), database.transaction() as session:
        record(session, PersonExported(2), NOW, newer.id)
