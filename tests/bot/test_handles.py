"""What people click is an id that nobody can guess, the same in every process and for good."""

import re
import secrets
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.handles import Handles, handles_of
from bot.tables import DeploymentKey
from metrics.db import insert_new
from tests.strategies import many

KEY = bytes(range(32))
kinds = st.sampled_from(["person", "skill", "lesson"])
values = st.one_of(st.integers(0, 50), st.text(max_size=12))


def new_key():
    return secrets.token_hex(32)


@many
@given(kinds, values)
def test_a_handle_is_128_bits_and_stays_the_same(kind, value):
    handle = Handles(KEY).of(kind, value)
    assert re.fullmatch("[0-9a-f]{32}", handle)
    assert handle == Handles(KEY).of(kind, value)


@many
@given(kinds, values, kinds, values)
def test_other_things_other_kinds_and_other_keys_have_other_handles(kind, value, other_kind, other_value):
    is_same = (kind, str(value)) == (other_kind, str(other_value))
    assert (Handles(KEY).of(kind, value) == Handles(KEY).of(other_kind, other_value)) == is_same
    assert Handles(KEY[::-1]).of(kind, value) != Handles(KEY).of(kind, value)


def test_a_handle_is_known_from_its_definition():
    # printf 'person:7' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f | cut -c 1-32
    assert Handles(KEY).of("person", 7) == "e159d051d29e50345c043a4bdf9166b8"


def test_what_a_handle_means_is_found_among_candidates():
    handles = Handles(KEY)
    assert handles.find("person", handles.of("person", 7), range(10)) == 7
    assert handles.find("skill", handles.of("skill", "refunds"), ["returns", "refunds"]) == "refunds"


@pytest.mark.parametrize("handle", ["", "7", "0" * 32, "ü", "\ud800", Handles(KEY).of("skill", 7)])
def test_anything_else_means_nothing(handle):
    assert Handles(KEY).find("person", handle, range(10)) is None
    assert Handles(KEY).find("person", Handles(KEY).of("person", 11), range(10)) is None
    assert Handles(KEY).find("person", Handles(KEY).of("person", 7).upper(), range(10)) is None


def test_the_key_is_made_once(database):
    with database.transaction() as session:
        first = handles_of(session, new_key).of("person", 1)
    with database.transaction() as session:
        assert handles_of(session, new_key).of("person", 1) == first
        assert len(session.scalars(select(DeploymentKey.value)).one()) == 64


def test_the_key_is_read_without_writing(database):
    with database.transaction() as session:
        first = handles_of(session, new_key).of("person", 1)
    with database.session() as session:
        assert handles_of(session, pytest.fail).of("person", 1) == first


def test_processes_that_make_the_key_at_once_agree(database):
    start, found = threading.Barrier(4), []

    def make():
        start.wait()
        with database.transaction() as session:
            found.append(handles_of(session, new_key).of("person", 1))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_who_looked_before_another_made_the_key_uses_theirs(database):
    with database.transaction() as session:

        def made_meanwhile():
            # SQLite has one writer at a time: nobody else could commit between the look and the insertion.
            if database.is_sqlite:
                insert_new(session, DeploymentKey, name="handles", value=KEY.hex())
            else:
                with database.transaction() as other:
                    insert_new(other, DeploymentKey, name="handles", value=KEY.hex())
            return new_key()

        assert handles_of(session, made_meanwhile).of("person", 1) == Handles(KEY).of("person", 1)
