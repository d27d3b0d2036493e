"""A code joins accounts once, for ten minutes, on another platform; whoever guesses gets nowhere."""

import threading
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.tables import METADATA
from metrics.link_codes import (
    MOST_WRONG_TRIES,
    VALID_MINUTES,
    LinkCode,
    LinkTry,
    Refused,
    ask_first,
    find_asked,
    judge,
    show_code,
    take_asked,
    try_code,
    use_up,
)
from metrics.linking import Apart
from metrics.people import Person
from metrics.privacy import erase_person, export_person, sweep_expired
from tests.metrics.test_people import LATER, NOW
from tests.metrics.test_privacy import SALT, everything
from tests.strategies import few

CODE, WRONG = "482913", "111111"
codes = st.text("0123456789", min_size=6, max_size=6)


def people(session, number):
    added = [
        Person(email=f"p{n}@x.test", name=f"P{n}", roles=[], is_active=True, is_listed=False, updated_at=NOW)
        for n in range(number)
    ]
    session.add_all(added)
    session.flush()
    return [somebody.id for somebody in added]


def shown(session, person_id, code=CODE, platform="slack", now=NOW):
    return show_code(session, person_id, platform, lambda: code, SALT, now)


def tried(session, person_id, typed, platform="teams", now=NOW):
    found = try_code(session, person_id, platform, typed, now)
    return found.person_id if isinstance(found, LinkCode) else found


def tries(session):
    return session.scalar(select(func.count()).select_from(LinkTry))


def test_a_code_is_good_for_ten_minutes(database):
    with database.rehearsal() as session:
        owner, typing = people(session, 2)
        assert shown(session, owner) == CODE
        minutes = timedelta(minutes=VALID_MINUTES)
        assert tried(session, typing, CODE, now=NOW + minutes - timedelta(seconds=1)) == owner
        assert tried(session, typing, CODE, now=NOW + minutes) is Refused.NO_SUCH_CODE


def test_a_code_is_good_until_used_and_never_for_the_next_one(database):
    with database.rehearsal() as session:
        owner, typing = people(session, 2)
        shown(session, owner)
        shown(session, owner, "000001")
        assert tried(session, typing, CODE) is Refused.NO_SUCH_CODE
        assert tried(session, typing, "000001") == owner
        use_up(session, owner, typing)
        assert tried(session, typing, "000001") is Refused.NO_SUCH_CODE


def asked(session, owner, typing, confirm_id="c1", now=NOW):
    shown(session, owner)
    ask_first(session, try_code(session, typing, "teams", CODE, now), typing, confirm_id)


def answered(session, person_id, confirm_id="c1", now=NOW):
    found = take_asked(session, confirm_id, person_id, now)
    return found.person_id if isinstance(found, LinkCode) else found


def test_the_one_who_typed_a_code_answers_while_it_is_good(database):
    with database.rehearsal() as session:
        owner, typing, other = people(session, 3)
        asked(session, owner, typing)
        minutes = timedelta(minutes=VALID_MINUTES)
        assert answered(session, typing, now=NOW + minutes - timedelta(seconds=1)) == owner
        assert answered(session, typing, now=NOW + minutes) is Refused.LATE
        assert answered(session, other) is Refused.NOT_YOURS
        assert answered(session, owner) is Refused.ALREADY_ONE
        assert answered(session, typing, "c2") is Refused.SETTLED
        assert answered(session, typing, None) is Refused.SETTLED
        assert tries(session) == 0


def test_of_several_right_typings_the_newest_counts(database):
    with database.rehearsal() as session:
        owner, typing, other = people(session, 3)
        asked(session, owner, typing)
        code = find_asked(session, "c1", typing, NOW)
        ask_first(session, code, typing, "c2")
        assert (answered(session, typing, "c1"), answered(session, typing, "c2")) == (Refused.SETTLED, owner)
        ask_first(session, code, other, "c3")
        assert (answered(session, typing, "c2"), answered(session, typing, "c3")) == (
            Refused.SETTLED,
            Refused.NOT_YOURS,
        )
        assert answered(session, other, "c3") == owner


def test_a_new_code_and_a_joining_settle_the_question(database):
    with database.rehearsal() as session:
        owner, typing, other = people(session, 3)
        asked(session, owner, typing)
        shown(session, owner, "000001")
        assert answered(session, typing) is Refused.SETTLED
        asked(session, owner, typing)
        use_up(session, typing, other)
        assert answered(session, typing) is Refused.SETTLED
        assert tried(session, typing, CODE) == owner


def test_a_code_is_in_the_copy_of_whom_it_was_shown_to_and_of_nobody_else(database):
    with database.rehearsal() as session:
        owner, typing = people(session, 2)
        asked(session, owner, typing)
        copies = [export_person(session, METADATA, session.get_one(Person, each)) for each in (owner, typing)]
        assert [len(copy["link_codes"]) for copy in copies] == [1, 0]
        erase_person(session, METADATA, session.get_one(Person, typing), LATER, SALT)
        [left] = session.scalars(select(LinkCode)).all()
        assert (left.person_id, left.typed_by_id) == (owner, None)
        assert answered(session, typing) is Refused.SETTLED


def test_two_people_are_never_shown_the_same_code(database):
    with database.rehearsal() as session:
        first, second = people(session, 2)
        shown(session, first)
        drawn = iter([CODE, CODE, "000002"])
        assert show_code(session, second, "teams", lambda: next(drawn), SALT, NOW) == "000002"


def test_ones_own_code_is_told_apart_and_counts_for_nothing(database):
    with database.rehearsal() as session:
        [owner] = people(session, 1)
        shown(session, owner)
        for _ in range(9):
            assert tried(session, owner, CODE, "slack") is Refused.TYPED_WHERE_SHOWN
            assert tried(session, owner, CODE, "teams") is Refused.ALREADY_ONE
        assert tries(session) == 0


@given(codes, codes)
@few
def test_elsewhere_than_on_the_other_platform_every_code_is_as_good_as_none(database, code, typed):
    with database.rehearsal() as session:
        owner, typing = people(session, 2)
        shown(session, owner, code)
        assert tried(session, typing, typed, "slack") is Refused.NO_SUCH_CODE
        assert tries(session) == 1
        assert (tried(session, typing, typed) == owner) == (typed == code)


def test_who_cannot_be_joined_is_refused_with_the_right_code(database):
    with database.rehearsal() as session:
        owner, typing = people(session, 2)
        shown(session, owner)
        for person_id in (owner, typing):
            session.get_one(Person, person_id).is_listed = True
        assert tried(session, typing, CODE) is Apart.BOTH_LISTED
        session.get_one(Person, owner).is_active = False
        assert tried(session, typing, CODE) is Apart.INACTIVE


def test_somebody_has_five_wrong_tries_in_ten_minutes(database):
    with database.rehearsal() as session:
        owner, typing = people(session, 2)
        for number in range(MOST_WRONG_TRIES):
            assert tried(session, typing, WRONG, now=NOW + timedelta(minutes=number)) is Refused.NO_SUCH_CODE
        shown(session, owner, now=NOW + timedelta(minutes=5))
        assert tried(session, typing, CODE, now=NOW + timedelta(minutes=9)) is Refused.TOO_MANY_TRIES
        assert tried(session, typing, CODE, now=NOW + timedelta(minutes=10)) == owner


def test_a_code_takes_five_wrong_tries_of_everybody_together(database):
    with database.rehearsal() as session:
        owner, other, *crowd = people(session, 2 + MOST_WRONG_TRIES + 1)
        shown(session, owner)
        shown(session, other, "999999", "teams")
        for guessing in crowd[:MOST_WRONG_TRIES]:
            assert judge(session, crowd[-1], "teams", CODE, NOW).person_id == owner
            assert tried(session, guessing, WRONG) is Refused.NO_SUCH_CODE
        assert tried(session, crowd[-1], CODE) is Refused.NO_SUCH_CODE
        # Nobody guessed at codes that are typed on the other platform.
        assert tried(session, crowd[-1], "999999", "slack") == other
        # A new code starts anew.
        shown(session, owner, "123123")
        assert tried(session, crowd[-1], "123123") == owner


@given(st.lists(st.tuples(st.integers(0, 3), codes), max_size=30))
@few
def test_however_the_guesses_are_shared_at_most_five_reach_a_code(database, guesses):
    with database.rehearsal() as session:
        owner, *crowd = people(session, 5)
        shown(session, owner)
        reached = 0
        for guesser, typed in guesses:
            # A guess reaches the code when the right one typed in its place would have joined.
            reached += isinstance(judge(session, crowd[guesser], "teams", CODE, NOW), LinkCode) and typed != CODE
            tried(session, crowd[guesser], typed)
        assert reached <= MOST_WRONG_TRIES


@pytest.mark.parametrize("who", ["the same person", "somebody else"])
def test_a_try_waits_for_the_one_before_it(database, who):
    with database.transaction() as session:
        owner, first, second = people(session, 3)
        if who == "somebody else":
            shown(session, owner)
        for _ in range(MOST_WRONG_TRIES - 1):
            tried(session, first, WRONG)
    found = []

    def try_once():
        with database.transaction() as session:
            found.append(tried(session, first, CODE))

    thread = threading.Thread(target=try_once)
    with database.transaction() as session:
        tried(session, first if who == "the same person" else second, WRONG)
        thread.start()
        # Whoever does not wait is done by now, and has seen four wrong tries.
        thread.join(0.5)
    thread.join()
    assert found == [Refused.TOO_MANY_TRIES if who == "the same person" else Refused.NO_SUCH_CODE]


def test_the_code_itself_is_not_stored(database):
    with database.rehearsal() as session:
        owner, typing = people(session, 2)
        shown(session, owner)
        tried(session, typing, WRONG)
        stored = everything(session)
        assert CODE not in stored
        assert WRONG not in stored


def test_codes_and_tries_go_after_a_day_and_with_the_person(database):
    with database.rehearsal() as session:
        owner, typing = people(session, 2)
        shown(session, owner)
        tried(session, typing, WRONG)
        sweep_expired(session, METADATA, NOW + timedelta(days=1), {})
        assert (tries(session), session.scalar(select(func.count()).select_from(LinkCode))) == (1, 1)
        for person_id, table in ((owner, LinkCode), (typing, LinkTry)):
            erase_person(session, METADATA, session.get_one(Person, person_id), LATER, SALT)
            assert session.scalar(select(func.count()).select_from(table)) == 0
        shown(session, people(session, 3)[2])
        sweep_expired(session, METADATA, NOW + timedelta(days=1, minutes=11), {})
        assert session.scalar(select(func.count()).select_from(LinkCode)) == 0
