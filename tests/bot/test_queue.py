"""The inbox: each key once, leases with fencing, order within an account, retries, dead letters and retention."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot import failures, queue
from bot.outcome import Outcome
from bot.queue import Fenced
from bot.tables import Connection, InboxItem, OutboxItem
from metrics.events.record import EventRow
from tests.echo import HANDLED, EchoRooms, outgoing, said


@pytest.fixture
def keep(database, now):
    def keep(key, incoming=None, at=now):
        with database.transaction() as session:
            return queue.keep(session, incoming or said(key), key, at)

    return keep


@pytest.fixture
def claim(database):
    def claim(at):
        with database.transaction() as session:
            return queue.claim_inbox(session, at)

    return claim


@pytest.fixture
def fail(database):
    def fail(claim, at):
        with database.transaction() as session:
            return queue.fail(session, claim, "KeyError", at)

    return fail


@pytest.fixture
def finish(database):
    def finish(claim, at):
        with database.transaction() as session:
            queue.finish(session, claim, EchoRooms().handle(claim.incoming, claim.key, at), at)

    return finish


def rows(database, table):
    with database.session() as session:
        return session.scalars(select(table).order_by(table.id)).all()


def later(now, **length):
    return now + timedelta(**length)


def test_a_key_is_kept_once(database, keep):
    assert keep("Ev1") is True
    assert keep("Ev1") is False
    (row,) = rows(database, InboxItem)
    assert (row.state, row.account, row.attempts) == ("new", "in_process:U1", 0)


def test_a_key_that_comes_with_other_words_is_noted_without_them(keep, capsys):
    keep("Ev1", said("one"))
    keep("Ev1", said("two"))
    told = capsys.readouterr()
    assert "inbox_key_reused" in told.out + told.err
    assert "two" not in told.out + told.err


def test_what_the_gateway_answered_is_kept_without_its_words(database, now, keep):
    with database.transaction() as session:
        assert queue.keep_done(session, said("psst"), "Ev1", HANDLED, None, now) is True
    with database.transaction() as session:
        assert queue.keep_done(session, said("psst"), "Ev1", HANDLED, None, now) is False
    assert keep("Ev1") is False
    (row,), (event,) = rows(database, InboxItem), rows(database, EventRow)
    assert (row.state, row.body) == ("done", None)
    assert (event.kind, event.cause) == ("interaction_handled", f"inbox:{row.id}")


def test_finishing_stores_messages_event_and_state_and_forgets_the_words(database, now, keep, claim, finish):
    keep("Ev1", said("What now?"))
    held = claim(now)
    assert (held.key, held.incoming, held.attempts) == ("Ev1", said("What now?"), 1)
    finish(held, now)
    (row,), (event,), (answer,) = (rows(database, table) for table in (InboxItem, EventRow, OutboxItem))
    assert (row.state, row.body, row.finished_at) == ("done", None, now)
    assert (event.cause, answer.key, answer.state) == (f"inbox:{row.id}", "answer:Ev1", "new")
    assert answer.message["text"] == "What now?"
    assert claim(now) is None


def test_the_oldest_is_handled_first(now, keep, claim):
    for number in range(3):
        keep(f"Ev{number}", said("x", user_id=f"U{number}"))
    assert [claim(now).key for _ in range(3)] == ["Ev0", "Ev1", "Ev2"]
    assert claim(now) is None


def test_what_one_account_does_is_handled_in_order(now, keep, claim, finish):
    keep("asked", said("x", user_id="U1"))
    keep("deleted", said("x", user_id="U1"))
    keep("other", said("x", user_id="U2"))
    asked = claim(now)
    assert claim(now).key == "other"
    assert claim(now) is None
    finish(asked, now)
    assert claim(now).key == "deleted"


def test_a_dead_holder_is_replaced_and_fenced(database, now, keep, claim, finish, fail):
    keep("Ev1")
    old = claim(now)
    assert claim(later(now, seconds=59)) is None
    new = claim(later(now, seconds=60))
    assert (new.id, new.attempts) == (old.id, 2)
    with pytest.raises(Fenced):
        finish(old, now)
    with pytest.raises(Fenced):
        fail(old, now)
    assert rows(database, OutboxItem) == []
    finish(new, now)
    with pytest.raises(Fenced):
        finish(new, now)


def test_failures_are_tried_again_after_a_pause_and_then_are_dead(database, now, keep, claim, fail):
    keep("Ev1")
    assert fail(claim(now), now) is False
    assert claim(later(now, seconds=4)) is None
    assert fail(claim(later(now, seconds=5)), now) is False
    assert claim(later(now, seconds=29)) is None
    assert fail(claim(later(now, seconds=30)), now) is True
    (row,), (event,) = rows(database, InboxItem), rows(database, EventRow)
    assert (row.state, row.error, row.body["text"]) == ("dead", "KeyError", "Ev1")
    assert (event.cause, event.payload["outcome"]) == (f"inbox:{row.id}", "failed")
    assert claim(later(now, days=1)) is None


def test_a_row_that_kills_its_holders_is_poison(now, keep, claim, fail):
    keep("Ev1")
    held = [claim(later(now, minutes=minute)) for minute in range(4)]
    assert [each.is_poison for each in held] == [False, False, False, True]
    assert fail(held[-1], now) is True


def test_a_released_row_was_not_tried(database, now, keep, claim, finish):
    keep("Ev1")
    held = claim(now)
    with database.transaction() as session:
        queue.release(session, held, now)
    with pytest.raises(Fenced):
        finish(held, now)
    assert claim(now).attempts == 1


def test_a_row_of_another_version_is_buried_and_the_next_is_claimed(database, now, keep, claim):
    keep("Ev1")
    keep("Ev2", said("x", user_id="U2"))
    with database.transaction() as session:
        session.execute(update(InboxItem).where(InboxItem.key == "Ev1").values(body={"text": 1}))
    assert claim(now).key == "Ev2"
    assert [row.state for row in rows(database, InboxItem)] == ["dead", "working"]


def test_beyond_200_waiting_what_comes_in_is_shed(database, now):
    with database.transaction() as session:
        for number in range(queue.MAX_READY + 2):
            queue.keep(session, said("x", user_id=f"U{number}"), f"Ev{number}", now)
    assert [row.key for row in rows(database, InboxItem) if row.body["is_shed"]] == ["Ev201"]


def test_one_account_that_floods_shuts_out_itself_alone(database, now):
    with database.transaction() as session:
        for number in range(queue.MAX_READY + 50):
            queue.keep(session, said("x", user_id="UFLOOD"), f"flood{number}", now)
        queue.keep(session, said("x", user_id="U2"), "other", now)
    shed = [row.key for row in rows(database, InboxItem) if row.body["is_shed"]]
    assert shed == [f"flood{number}" for number in range(queue.MOST_WAITING_PER_ACCOUNT, queue.MAX_READY + 50)]


def test_an_account_is_answered_again_once_its_flood_was_handled(database, now, keep, claim, finish):
    for number in range(queue.MOST_WAITING_PER_ACCOUNT):
        keep(f"Ev{number}")
    finish(claim(now), now)
    keep("after")
    assert not any(row.body and row.body["is_shed"] for row in rows(database, InboxItem))


def test_a_message_is_put_once_and_cancelled_while_new(database, now):
    with database.transaction() as session:
        assert queue.put(session, outgoing("a"), now) is True
        assert queue.put(session, outgoing("a", "other"), now) is False
        queue.put(session, outgoing("a#2"), now)
        queue.put(session, outgoing("ab"), now)
        assert queue.cancel(session, "a", now) is True
        assert queue.cancel(session, "a", now) is False
        assert queue.cancel(session, "never", now) is False
    found = {row.key: (row.state, row.message is None) for row in rows(database, OutboxItem)}
    assert found == {"a": ("cancelled", True), "a#2": ("cancelled", True), "ab": ("new", False)}


def test_depth_counts_by_state(database, now, keep, claim):
    keep("Ev1")
    keep("Ev2", said("x", user_id="U2"), at=later(now, seconds=5))
    claim(now)
    with database.transaction() as session:
        queue.put(session, outgoing("a"), now)
    with database.session() as session:
        depth = queue.depth(session)
    assert (depth.inbox, depth.outbox, depth.waiting_since) == ({"new": 1, "working": 1}, {"new": 1}, now)


def test_a_dead_row_is_listed_and_tried_again_from_the_start(database, now, keep, claim, finish):
    keep("Ev1")
    with database.transaction() as session:
        session.execute(update(InboxItem).values(attempts=2))
    held = claim(now)
    with database.transaction() as session:
        assert queue.fail(session, held, "KeyError", now) is True
    with database.transaction() as session:
        (failure,) = failures.failures(session)
        assert (failure.name, failure.error, failure.can_be_retried) == (f"inbox:{held.id}", "KeyError", True)
        assert failures.retry(session, failure.name, now) is True
        assert failures.retry(session, failure.name, now) is False
    again = claim(now)
    assert again.attempts == 1
    finish(again, now)
    (event,) = rows(database, EventRow)
    assert event.payload["outcome"] == "echoed"


@pytest.mark.parametrize(
    "name", ["", "7", "inbox:", "inbox:x", "inbox:1", "letterbox:1", "outbox:²", "inbox:" + "9" * 30]
)
def test_nothing_is_tried_again_under_a_wrong_name(database, now, keep, name):
    keep("Ev1")
    with database.transaction() as session:
        assert failures.retry(session, name, now) is False


def test_words_of_failures_go_after_7_days_and_keys_after_30(database, now, keep, claim, fail):
    keep("Ev1")
    keep("Ev2", said("x", user_id="U2"))
    keep("Ev3", said("x", user_id="U3"))
    with database.transaction() as session:
        session.execute(update(InboxItem).values(attempts=2))
        queue.put(session, outgoing("a"), now)
        queue.put(session, outgoing("b"), now)
        session.execute(update(OutboxItem).values(state="dead", finished_at=now))
    fail(claim(now), now)
    fail(claim(now), now)

    def sweep(at):
        with database.transaction() as session:
            queue.sweep(session, at)
        return [(row.key, row.body is None) for row in rows(database, InboxItem)], [
            (row.key, row.address is None, row.message is None) for row in rows(database, OutboxItem)
        ]

    dead = [("Ev1", False), ("Ev2", False), ("Ev3", False)], [("a", False, False), ("b", False, False)]
    assert sweep(later(now, days=6, hours=23)) == dead
    blank = [("Ev1", True), ("Ev2", True), ("Ev3", False)], [("a", True, True), ("b", True, True)]
    assert sweep(later(now, days=7)) == blank
    assert sweep(later(now, days=30)) == ([("Ev3", False)], [])


def test_an_id_is_never_given_twice(database, now, keep):
    """Events name their causes by it, each once."""

    def put(key):
        with database.transaction() as session:
            queue.put(session, outgoing(key), now)

    for table, add in ((InboxItem, keep), (OutboxItem, put)):
        add("first")
        (first,) = rows(database, table)
        with database.transaction() as session:
            session.execute(delete(table))
        add("second")
        (second,) = rows(database, table)
        assert second.id > first.id


class TestExpiry:
    def test_what_waited_a_day_is_dead_with_its_event(self, database, now, keep, claim):
        keep("Ev1")
        keep("Ev2", said("x", user_id="U2"), at=later(now, seconds=1))
        assert claim(later(now, days=1)).key == "Ev2"
        row, _ = rows(database, InboxItem)
        (event,) = rows(database, EventRow)
        assert (row.state, row.error, row.body["text"]) == ("dead", "expired", "Ev1")
        assert (event.cause, event.payload["outcome"]) == (f"inbox:{row.id}", "failed")

    def test_what_its_holder_left_a_day_ago_too(self, database, now, keep, claim):
        keep("Ev1")
        claim(now)
        assert claim(later(now, days=1)) is None
        assert [row.state for row in rows(database, InboxItem)] == ["dead"]

    def test_it_can_be_tried_again_by_hand(self, database, now, keep, claim):
        keep("Ev1")
        assert claim(later(now, days=3)) is None
        with database.transaction() as session:
            assert failures.retry(session, "inbox:1", later(now, days=4))
        assert claim(later(now, days=4)).key == "Ev1"


def test_there_is_something_to_do_exactly_when_a_claim_finds_it(database, now, keep, claim):
    def has_due(at):
        with database.session() as session:
            return queue.has_due(session, at)

    assert has_due(now) is False
    keep("Ev1")
    keep("Ev2")
    assert has_due(later(now, seconds=-1)) is False
    assert has_due(now) is True
    claim(now)
    assert has_due(later(now, seconds=59)) is False
    assert has_due(later(now, seconds=60)) is True


def test_a_stopped_platform_is_one_row(database, now):
    with database.transaction() as session:
        queue.resume_sending(session, "slack", "T1", now)
        queue.stop_sending(session, "slack", "T1", "token_revoked", later(now, hours=1))
        queue.stop_sending(session, "slack", "T1", "token_revoked", later(now, hours=2))
    with database.session() as session:
        row = session.scalars(select(Connection)).one()
    assert (row.is_stopped, row.reason, row.changed_at) == (True, "token_revoked", later(now, hours=1))


def test_nothing_is_kept_of_a_transaction_that_failed(database, now, keep, claim):
    keep("Ev1")
    held = claim(now)

    def store(session):
        queue.put(session, outgoing("a"), now)
        raise KeyError

    with pytest.raises(KeyError), database.transaction() as session:
        queue.finish(session, held, Outcome(HANDLED, store=store), now)
    assert rows(database, OutboxItem) == [] == rows(database, EventRow)
