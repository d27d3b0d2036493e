"""How conversations are reached: noted with each message, newest wins, and gone with the person."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import keeping
from bot.erasing import erase_everything
from bot.tables import Connection, StoredAddress
from bot.teams.addresses import AddressBook, Reach, forget_reach
from metrics.newcomers import meet

EMEA, AMER = "https://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net/amer/"
ANA, BEN = "22222222-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
OF_ANA, TEAM = "a:1ana", "19:till@thread.tacv2"
SALT = "0123456789abcdef" * 2


@pytest.fixture
def book(database, now):
    keeping.resume(database, "teams", "tenant", now)
    return AddressBook(database)


@pytest.fixture
def ana(database, now):
    with database.transaction() as session:
        return meet(session, "teams", ANA, "Ana Reyes", "ana@example.test", None, now).id


def rows(database):
    with database.session() as session:
        found = session.scalars(select(StoredAddress).order_by(StoredAddress.id)).all()
    return [(row.conversation, row.account, row.reach["service_url"], row.seen_at) for row in found]


def test_before_the_first_message_nothing_is_known(book):
    assert book.service_url(TEAM) is None
    assert book.direct(ANA) is None


def test_the_direct_conversation_of_a_person_is_found_by_their_account(book, ana, database, now):
    book.note(Reach(OF_ANA, EMEA, ANA), now)
    assert (book.direct(ANA), book.service_url(OF_ANA)) == (OF_ANA, EMEA)
    assert book.direct(BEN) is None
    assert rows(database) == [(OF_ANA, f"teams:{ANA}", EMEA, now)]


def test_of_somebody_unknown_only_the_service_is_kept(book, database, now):
    book.note(Reach(OF_ANA, EMEA, ANA), now)
    assert rows(database) == []
    assert book.direct(ANA) is None
    assert book.service_url(OF_ANA) == EMEA


def test_a_conversation_of_several_belongs_to_nobody(book, database, now):
    book.note(Reach(TEAM, EMEA), now)
    assert rows(database) == [(TEAM, None, EMEA, now)]


def test_the_newest_address_wins(book, ana, now):
    book.note(Reach(OF_ANA, EMEA, ANA), now)
    book.note(Reach(OF_ANA, AMER, ANA), now)
    assert book.service_url(OF_ANA) == AMER


def test_where_a_conversation_is_unknown_the_newest_service_is_asked(book, database, now):
    book.note(Reach(TEAM, EMEA), now)
    book.note(Reach("19:other@thread.v2", AMER), now)
    assert (book.service_url("a:unknown"), book.service_url(TEAM)) == (AMER, EMEA)
    with database.session() as session:
        assert session.get(Connection, "teams").reach == {"service_url": AMER}


def test_coach_not_connected_yet_an_address_is_noted_all_the_same(database, now):
    book = AddressBook(database)
    book.note(Reach(TEAM, EMEA), now)
    assert (book.service_url(TEAM), book.service_url("a:unknown")) == (EMEA, None)


def test_connecting_again_keeps_the_newest_service(book, database, now):
    book.note(Reach(TEAM, AMER), now)
    keeping.resume(database, "teams", "tenant", now + timedelta(days=1))
    assert book.service_url("a:unknown") == AMER


@pytest.mark.parametrize(("hours", "is_written"), [(1, False), (12, False), (13, True)])
def test_a_use_is_written_down_twice_a_day(book, ana, database, now, hours, is_written):
    later = now + timedelta(hours=hours)
    book.note(Reach(OF_ANA, EMEA, ANA), now)
    book.note(Reach(OF_ANA, EMEA, ANA), later)
    assert [row[-1] for row in rows(database)] == [later if is_written else now]


def test_of_two_direct_conversations_the_one_used_last_is_taken(book, ana, now):
    book.note(Reach(OF_ANA, EMEA, ANA), now)
    book.note(Reach("a:2ana", EMEA, ANA), now + timedelta(hours=1))
    assert book.direct(ANA) == "a:2ana"
    book.note(Reach(OF_ANA, EMEA, ANA), now + timedelta(days=1))
    assert book.direct(ANA) == OF_ANA


def test_what_coach_was_taken_out_of_is_forgotten(book, database, now):
    book.note(Reach(TEAM, EMEA), now)
    for _ in range(2):
        with database.transaction() as session:
            forget_reach(session, TEAM)
    assert rows(database) == []


def test_an_erased_person_has_no_address_any_more_and_gets_none(book, ana, database, now):
    book.note(Reach(OF_ANA, EMEA, ANA), now)
    book.note(Reach(TEAM, EMEA), now)
    with database.transaction(is_alone=True) as session:
        person = meet(session, "teams", ANA, "Ana Reyes", "ana@example.test", None, now)
        erase_everything(session, person, now, SALT)
    assert [row[0] for row in rows(database)] == [TEAM]
    book.note(Reach(OF_ANA, EMEA, ANA), now)
    assert [row[0] for row in rows(database)] == [TEAM]
    assert book.direct(ANA) is None


def test_many_at_once_leave_one_address_each(book, ana, database, now):
    failed, together = [], threading.Barrier(4)

    def note(service_url):
        together.wait()
        try:
            for number in range(10):
                book.note(Reach(f"19:{number}@thread.v2", service_url), now)
                book.note(Reach(OF_ANA, service_url, ANA), now)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=note, args=[url]) for url in (EMEA, AMER, EMEA, AMER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(row[0] for row in rows(database)) == sorted([OF_ANA, *(f"19:{n}@thread.v2" for n in range(10))])
    assert book.direct(ANA) == OF_ANA
