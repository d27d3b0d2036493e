"""The outbox: what goes next, in which order, and what becomes of a message that failed or may have arrived."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import failures, outbox, queue
from bot.outcome import NUDGE
from bot.queue import Fenced
from bot.tables import OutboxItem
from metrics.events.record import EventRow
from tests.echo import PLATFORM, message, outgoing


@pytest.fixture
def put(database, now):
    def put(*outgoings):
        with database.transaction() as session:
            for each in outgoings:
                assert queue.put(session, each, now)

    return put


@pytest.fixture
def claim(database, now):
    def claim(seconds=0, **options):
        with database.transaction() as session:
            return outbox.claim_outbox(session, now + timedelta(seconds=seconds), **options)

    return claim


@pytest.fixture
def act(database, now):
    """Do one of outbox's endings in a transaction of its own."""

    def act(ending, *arguments, seconds=0, **options):
        with database.transaction() as session:
            return ending(session, *arguments, now + timedelta(seconds=seconds), **options)

    return act


def state_of(database, key):
    with database.session() as session:
        return session.scalars(select(OutboxItem.state).where(OutboxItem.key == key)).one_or_none()


def keys_of(claim, act, seconds=0):
    """Send everything that can be sent and return the keys in order."""
    keys = []
    while held := claim(seconds):
        keys.append(held.key)
        act(outbox.mark_sent, held, f"id-{held.key}")
    return keys


def test_answers_go_before_nudges_then_the_oldest(put, claim, act):
    put(outgoing("nudge", channel="C1", priority=NUDGE), outgoing("first", channel="C2"), outgoing("second"))
    assert keys_of(claim, act) == ["first", "second", "nudge"]


def test_one_at_a_time_to_one_place_in_order(put, claim, act):
    put(outgoing("a"), outgoing("b"), outgoing("elsewhere", channel="C2"))
    first = claim()
    assert claim().key == "elsewhere"
    assert claim() is None
    act(outbox.back_off, first, "down", 3)
    assert claim() is None
    assert claim(3).key == "a"


def test_an_answer_does_not_wait_for_a_nudge_put_off(put, claim, act):
    put(outgoing("nudge", priority=NUDGE))
    act(outbox.back_off, claim(), "down", 10)
    put(outgoing("answer"))
    answer = claim()
    assert answer.key == "answer"
    assert claim(10) is None
    act(outbox.mark_sent, answer, "1.0")
    assert claim(10).key == "nudge"


def test_sent_is_recorded_once_and_its_words_go(database, put, claim, act):
    put(outgoing("a"))
    held = claim()
    act(outbox.mark_sent, held, "1.0", seconds=2)
    with database.session() as session:
        row, event = session.scalars(select(OutboxItem)).one(), session.scalars(select(EventRow)).one()
    assert (row.state, row.platform_id, row.address, row.message) == ("sent", "1.0", None, None)
    assert (event.kind, event.cause, event.seconds) == ("message_sent", f"outbox:{row.id}", 2)
    assert event.payload == {"door": PLATFORM, "operation": "post", "purpose": "answer", "attempts": 1}
    with pytest.raises(Fenced):
        act(outbox.mark_sent, held, "1.0")


def test_rooms_see_where_a_settled_message_went(put, claim, act):
    seen = []

    def settled(session, item, now):
        seen.append((item.key, item.state, item.platform_id, item.address["channel"]))

    put(outgoing("a"), outgoing("b"))
    act(outbox.mark_sent, claim(), "1.0", settled=settled)
    act(outbox.bury, claim(), "is_archived", settled=settled)
    assert seen == [("a", "sent", "1.0", "C1"), ("b", "dead", None, "C1")]


def test_a_lease_that_ran_out_is_claimed_again_and_the_old_holder_fenced(put, claim, act):
    put(outgoing("a"))
    old = claim()
    assert claim(59) is None
    new = claim(60)
    assert (old.is_again, new.is_again, new.attempts) == (False, True, 2)
    for ending in ((outbox.mark_sent, old, "1.0"), (outbox.drop, old), (outbox.back_off, old, "down", 1)):
        with pytest.raises(Fenced):
            act(*ending)
    act(outbox.mark_sent, new, "1.0")


def test_nothing_is_claimed_for_a_platform_that_stopped_or_is_not_ours(put, claim, act):
    put(outgoing("a"))
    assert claim(platforms=["slack"]) is None
    act(queue.stop_sending, PLATFORM, "T1", "token_revoked")
    assert claim() is None
    act(queue.resume_sending, PLATFORM, "T1")
    assert claim(platforms=[PLATFORM]).key == "a"


def test_a_channel_takes_a_burst_and_then_one_a_second(put, claim, act):
    put(*(outgoing(f"m{number}") for number in range(8)))
    assert keys_of(claim, act) == ["m0", "m1", "m2", "m3", "m4"]
    assert keys_of(claim, act, seconds=1) == ["m5"]
    assert keys_of(claim, act, seconds=3) == ["m6", "m7"]


def test_the_pause_doubles_to_a_minute_and_ends_after_a_day(database, put, claim, act):
    put(outgoing("a"))
    seconds, pauses = 0, []
    for _ in range(9):
        pauses.append(act(outbox.back_off, claim(seconds), "down", None, seconds=seconds))
        assert claim(seconds + pauses[-1] - 0.5) is None
        seconds += pauses[-1]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    act(outbox.back_off, claim(86_400), "down", None, seconds=86_400)
    assert state_of(database, "a") == "dead"


class TestDoubt:
    def test_what_can_be_found_waits_to_be_looked_for(self, put, claim, act):
        put(outgoing("a", priority=NUDGE))
        for attempt in range(6):
            held = claim(attempt * 5)
            assert (held.attempts, held.is_again) == (attempt + 1, attempt > 0)
            act(outbox.doubt, held, "timeout", True, None, seconds=attempt * 5)

    def test_a_nudge_that_cannot_be_found_is_unknown_and_listed(self, database, put, claim, act):
        put(outgoing("a", priority=NUDGE))
        held = claim()
        act(outbox.doubt, held, "timeout", False, None)
        assert state_of(database, "a") == "unknown"
        with database.session() as session:
            (failure,) = failures.failures(session)
        assert (failure.name, failure.state, failure.error) == (f"outbox:{held.id}", "unknown", "timeout")
        act(failures.retry, failure.name)
        assert claim().is_again is False

    def test_an_answer_that_cannot_be_found_is_sent_three_times_at_most(self, database, put, claim, act):
        put(outgoing("a"))
        for attempt in range(3):
            assert state_of(database, "a") in ("new", "sending")
            act(outbox.doubt, claim(attempt * 5), "timeout", False, None, seconds=attempt * 5)
        assert state_of(database, "a") == "unknown"


class TestUpdates:
    def test_an_update_waits_for_its_message_and_acts_on_it(self, put, claim, act):
        put(outgoing("a", priority=NUDGE), outgoing("edit", channel="C2", operation="update", after_key="a"))
        first = claim()
        assert first.key == "a"
        assert claim() is None
        act(outbox.mark_sent, first, "1.0")
        edit = claim()
        assert (edit.operation, edit.target_id) == ("update", "1.0")

    def test_what_was_never_sent_is_posted_anew_and_updated_there(self, put, claim, act):
        put(outgoing("a"), outgoing("edit", operation="update", after_key="a"))
        act(queue.cancel, "a")
        edit = claim()
        assert (edit.operation, edit.target_id) == ("post", None)
        act(outbox.mark_sent, edit, "2.0")
        put(outgoing("again", operation="update", after_key="a"))
        again = claim()
        assert (again.operation, again.target_id) == ("update", "2.0")

    def test_taking_back_what_was_never_sent_is_void(self, put, claim, act):
        put(outgoing("a"), outgoing("gone", message=None, operation="delete", after_key="a"))
        act(outbox.bury, claim(), "is_archived")
        assert claim().is_void

    def test_an_update_after_a_deletion_posts_anew(self, put, claim, act):
        put(outgoing("a"), outgoing("gone", message=None, operation="delete", after_key="a"))
        assert keys_of(claim, act) == ["a", "gone"]
        put(outgoing("edit", operation="update", after_key="a"))
        assert claim().operation == "post"

    def test_a_target_named_by_its_id_needs_no_row(self, put, claim):
        put(outgoing("edit", operation="update", target_id="9.9"))
        held = claim()
        assert (held.operation, held.target_id) == ("update", "9.9")


class TestParts:
    def send(self, database, claim, act, now, parts, *, message_id):
        held = claim()
        act(outbox.lay_out, held, [message(part) for part in parts])
        act(outbox.mark_sent, held, message_id)
        return held

    def shape(self, database):
        with database.session() as session:
            rows = session.scalars(select(OutboxItem).where(OutboxItem.state == "new").order_by(OutboxItem.id))
            return [(row.key, row.operation, row.after_key, row.message and row.message["text"]) for row in rows]

    def test_further_parts_follow_and_an_update_replaces_each(self, database, now, put, claim, act):
        put(outgoing("a"))
        self.send(database, claim, act, now, ["1", "2", "3"], message_id="1.0")
        assert self.shape(database) == [("a#2", "post", None, "2"), ("a#3", "post", None, "3")]
        assert keys_of(claim, act) == ["a#2", "a#3"]

        put(outgoing("edit", operation="update", after_key="a"))
        self.send(database, claim, act, now, ["I", "II"], message_id="1.0")
        assert self.shape(database) == [("edit#2", "update", "a#2", "II"), ("edit#3", "delete", "a#3", None)]
        assert [claim().target_id, claim()] == ["id-a#2", None]

    def test_a_longer_update_adds_parts_and_the_next_finds_them(self, database, now, put, claim, act):
        put(outgoing("a"))
        self.send(database, claim, act, now, ["1"], message_id="1.0")
        put(outgoing("edit", operation="update", after_key="a"))
        self.send(database, claim, act, now, ["I", "II"], message_id="1.0")
        assert self.shape(database) == [("a#2", "post", None, "II")]
        assert keys_of(claim, act) == ["a#2"]
        put(outgoing("gone", message=None, operation="delete", after_key="a"))
        self.send(database, claim, act, now, [], message_id="1.0")
        assert self.shape(database) == [("gone#2", "delete", "a#2", None)]

    def test_laying_out_twice_changes_nothing(self, database, put, claim, act):
        put(outgoing("a"))
        held = claim()
        for _ in range(2):
            act(outbox.lay_out, held, [message("1"), message("2")])
        assert self.shape(database) == [("a#2", "post", None, "2")]


def test_a_row_of_another_version_is_dead_and_the_next_is_claimed(database, put, claim):
    put(outgoing("a"), outgoing("b", channel="C2"))
    with database.transaction() as session:
        session.execute(update(OutboxItem).where(OutboxItem.key == "a").values(message={"text": 1}))
    assert claim().key == "b"
    assert state_of(database, "a") == "dead"
