"""Whose a row is: kept where a person may ask for it, and for nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot import queue
from bot.outcome import Outcome
from bot.tables import InboxItem, OutboxItem
from coach.tables import AskedQuestion
from metrics.people import Person
from tests.echo import HANDLED, outgoing, said


def rows(database, table):
    with database.session() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def put(database, each, now):
    with database.transaction() as session:
        assert queue.put(session, each, now)


def person(database, now):
    with database.transaction() as session:
        ada = Person(email="a@x.test", name="A", roles=[], is_active=True, is_listed=True, updated_at=now)
        session.add(ada)
        session.flush()
        return ada.id


@pytest.fixture
def held(database, now):
    """A row somebody wrote, held for handling."""
    with database.transaction() as session:
        queue.keep(session, said("x"), "Ev1", now)
        return queue.claim_inbox(session, now)


def finish(database, claim, person_id, now):
    with database.transaction() as session:
        queue.finish(session, claim, Outcome(HANDLED, person_id), now)
    (row,) = rows(database, InboxItem)
    return row.account


def test_of_a_person_it_stays_to_be_found(database, now, held):
    assert finish(database, held, person(database, now), now) == "in_process:U1"


def test_of_anybody_else_it_goes(database, now, held):
    assert finish(database, held, None, now) is None


@pytest.mark.parametrize("is_known", [True, False])
def test_what_the_gateway_answered_is_no_other(database, now, is_known):
    person_id = person(database, now) if is_known else None
    with database.transaction() as session:
        queue.keep_done(session, said("psst"), "Ev1", HANDLED, person_id, now)
    (row,) = rows(database, InboxItem)
    assert (row.account is not None) is is_known


def test_a_message_for_one_pair_of_eyes_says_whose_until_it_is_taken_back(database, now):
    put(database, outgoing("a", only_for="U1"), now)
    put(database, outgoing("b"), now)
    assert [row.account for row in rows(database, OutboxItem)] == ["in_process:U1", None]
    with database.transaction() as session:
        queue.cancel(session, "a", now)
    assert [row.account for row in rows(database, OutboxItem)] == [None, None]


def test_a_message_remembers_that_it_quotes_when_its_question_is_gone(database, now):
    asked_by = person(database, now)
    with database.transaction() as session:
        asked = AskedQuestion(
            public_id="q",
            person_id=asked_by,
            thread_key="t",
            asked_at=now,
            words="?",
            is_open=True,
            band="answered",
            reply={},
            offers=[],
        )
        session.add(asked)
        session.flush()
        queue.put(session, outgoing("a", question_id=asked.id), now)
        queue.put(session, outgoing("b"), now)
    with database.transaction() as session:
        session.execute(delete(AskedQuestion))
    assert [(row.question_id, row.quotes_sops) for row in rows(database, OutboxItem)] == [
        (None, True),
        (None, False),
    ]


def test_whose_a_failed_row_was_goes_with_its_words(database, now, held):
    with database.transaction() as session:
        session.execute(update(InboxItem).values(attempts=queue.MAX_ATTEMPTS))
        queue.put(session, outgoing("a", only_for="U1"), now)
        session.execute(update(OutboxItem).values(state="dead", finished_at=now))
    with database.transaction() as session:
        assert queue.fail(session, held, "KeyError", now)
    for days, account in ((6, "in_process:U1"), (7, None)):
        with database.transaction() as session:
            queue.sweep(session, now + timedelta(days=days))
        assert [row.account for table in (InboxItem, OutboxItem) for row in rows(database, table)] == [account] * 2
