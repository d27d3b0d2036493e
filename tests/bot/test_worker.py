"""Handling and sending: one answer each, whatever fails on the way, and a stop that leaves nothing half done."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from bot import queue
from bot.in_process import InProcessPlatform
from bot.messages import Capabilities, Disconnected, NotSent, Undeliverable, Unsure
from bot.outcome import NUDGE
from bot.tables import Connection, InboxItem, OutboxItem
from bot.worker import Workers
from metrics.events.record import EventRow
from tests.echo import PLATFORM, EchoRooms, message, outgoing, said

DEADLINE_SECONDS = 20


class Rooms(EchoRooms):
    """Echoes, and can be told to fail, to wait, or to change its mind before sending."""

    def __init__(self):
        self.handled, self.settlements, self.errors = [], [], []
        self.checks = {}
        self.gate = threading.Event()
        self.gate.set()

    def handle(self, incoming, key, now):
        self.handled.append(key)
        self.gate.wait(DEADLINE_SECONDS)
        if self.errors:
            raise self.errors.pop(0)
        return super().handle(incoming, key, now)

    def recheck(self, session, item, message, now):
        check = self.checks.get(item.key, message)
        if isinstance(check, Exception):
            raise check
        return check

    def settled(self, session, item, now):
        self.settlements.append((item.key, item.state))


class World:
    """A database, a platform and workers, on a clock that is moved by hand."""

    def __init__(self, database, now, capabilities=None):
        self.database, self.time = database, now
        options = {} if capabilities is None else {"capabilities": capabilities}
        self.platform = InProcessPlatform(lambda: self.time, **options)
        self.rooms = Rooms()
        self.workers = self.new_workers()

    def new_workers(self, **options):
        return Workers(self.database, {PLATFORM: self.platform}, self.rooms, lambda: self.time, **options)

    def keep(self, *keys, text="hello"):
        with self.database.transaction() as session:
            for key in keys:
                queue.keep(session, said(text, user_id=f"U{key}", channel=f"C{key}"), key, self.time)

    def put(self, *outgoings):
        with self.database.transaction() as session:
            for each in outgoings:
                queue.put(session, each, self.time)

    def work(self, seconds=0):
        """Let time pass and work until nothing can be done now."""
        self.time += timedelta(seconds=seconds)
        while self.workers.run_once():
            pass
        return self

    def sent(self):
        return [(each.key, each.message.text) for each in self.platform.posted]

    def states(self, table=OutboxItem):
        with self.database.session() as session:
            return {row.key: row.state for row in session.scalars(select(table))}

    def rows(self, table):
        with self.database.session() as session:
            return session.scalars(select(table).order_by(table.id)).all()


@pytest.fixture
def world(database, now):
    return World(database, now)


@pytest.fixture
def mute(database, now):
    """A world whose platform cannot be read back."""
    return World(database, now, Capabilities(has_ephemeral=True, has_home=True, can_read_back=False))


def test_a_question_is_answered_once_and_each_side_has_one_event(world):
    world.keep("1", "2")
    world.keep("1")
    world.work()
    assert world.sent() == [("answer:1", "hello"), ("answer:2", "hello")]
    assert world.states(InboxItem) == {"1": "done", "2": "done"}
    assert world.states() == {"answer:1": "sent", "answer:2": "sent"}
    assert sorted(row.cause for row in world.rows(EventRow)) == ["inbox:1", "inbox:2", "outbox:1", "outbox:2"]
    assert world.rooms.settlements == [("answer:1", "sent"), ("answer:2", "sent")]


class TestHandling:
    def test_another_workers_answer_first_means_once_more_at_once(self, world):
        world.rooms.errors = [IntegrityError("", None, KeyError())]
        world.keep("1")
        world.work()
        assert (world.rooms.handled, len(world.sent())) == (["1", "1"], 1)

    def test_an_error_is_logged_without_its_words_and_tried_again(self, world, capsys):
        world.rooms.errors = [KeyError("canary")]
        world.keep("1")
        world.work()
        told = capsys.readouterr()
        assert "handling_failed" in told.out + told.err
        assert "canary" not in told.out + told.err
        assert world.sent() == []
        world.work(seconds=5)
        assert world.sent() == [("answer:1", "hello")]

    def test_after_three_errors_an_apology(self, world):
        world.rooms.errors = [KeyError() for _ in range(3)]
        world.keep("1")
        world.work().work(seconds=5).work(seconds=30)
        world.keep("2")
        world.work()
        assert world.states(InboxItem) == {"1": "dead", "2": "done"}
        texts = dict(world.sent())
        assert texts["answer:1"].startswith("Sorry, ")
        assert texts["answer:2"] == "hello"

    def test_what_kills_processes_is_given_up_unhandled(self, world):
        world.keep("1")
        with world.database.transaction() as session:
            session.execute(update(InboxItem).values(state="working", attempts=3, lease_until=world.time))
        world.work()
        assert (world.rooms.handled, world.states(InboxItem)) == ([], {"1": "dead"})
        assert world.sent()[0][1].startswith("Sorry, ")

    def test_a_worker_that_lost_its_lease_changes_nothing(self, world):
        """The slow one wakes up after another answered in its place."""
        other = World(world.database, world.time)
        other.platform = world.platform
        other.workers = other.new_workers()
        slow_handle = world.rooms.handle

        def handle(incoming, key, now):
            other.work(seconds=61)
            return slow_handle(incoming, key, now)

        world.rooms.handle = handle
        world.keep("1")
        assert world.workers.run_once() is True
        assert (other.rooms.handled, world.rooms.handled) == (["1"], ["1"])
        assert world.sent() == [("answer:1", "hello")]


class TestLastCheck:
    def test_what_may_not_be_sent_any_more_is_dropped(self, world):
        world.rooms.checks["a"] = None
        world.put(outgoing("a"))
        world.work()
        assert (world.sent(), world.states()) == ([], {"a": "cancelled"})
        assert world.rooms.settlements == [("a", "cancelled")]

    def test_another_message_goes_in_its_place(self, world):
        world.rooms.checks["a"] = message("The SOP changed.")
        world.put(outgoing("a"))
        assert world.work().sent() == [("a", "The SOP changed.")]

    def test_a_bug_there_never_sends_and_ends_after_three_tries(self, world):
        world.rooms.checks["a"] = KeyError("canary")
        world.put(outgoing("a"))
        world.work().work(seconds=1).work(seconds=2)
        assert (world.sent(), world.states()) == ([], {"a": "dead"})

    def test_a_long_message_is_sent_in_parts_and_taken_back_whole(self, world):
        words = " ".join(f"word{number}" for number in range(3_000))
        world.put(outgoing("a", words))
        world.work()
        keys = tuple(key for key, _ in world.sent())
        assert len(keys) > 1
        assert keys == ("a", *(f"a#{number}" for number in range(2, len(keys) + 1)))
        blocks = [block for sent in world.platform.posted for block in sent.message.blocks]
        assert " ".join(block.text for block in blocks).split() == words.split()
        world.put(outgoing("gone", message=None, operation="delete", after_key="a"))
        world.work(seconds=60)
        assert world.platform.standing == {}

    def test_a_home_page_is_never_cut_in_two(self, world):
        words = " ".join(f"word{number}" for number in range(3_000))
        world.put(outgoing("a", words, channel=None, only_for="U1", surface="home"))
        assert len(world.work().sent()) == 1


class TestUpdates:
    def test_an_edit_replaces_the_answer_and_a_deletion_takes_it_back(self, world):
        world.put(outgoing("a", "first"), outgoing("b", "second", operation="update", after_key="a"))
        world.work()
        (standing,) = world.platform.standing.values()
        assert (standing.message.text, len(world.sent())) == ("second", 1)
        world.put(outgoing("c", message=None, operation="delete", after_key="a"))
        world.work()
        assert world.platform.standing == {}
        assert world.states() == {"a": "sent", "b": "sent", "c": "sent"}

    def test_taking_back_what_was_never_sent_calls_nobody(self, world):
        world.platform.fail(Undeliverable("is_archived"))
        world.put(outgoing("a"), outgoing("b", message=None, operation="delete", after_key="a"))
        world.platform.fail(Undeliverable("must_not_be_called"), "delete")
        world.work()
        assert world.states() == {"a": "dead", "b": "cancelled"}


class TestFaults:
    def test_what_the_platform_asks_to_wait_holds_the_whole_method(self, world):
        world.platform.fail(NotSent("ratelimited", after_seconds=30))
        world.put(outgoing("a"), outgoing("b", channel="C2"))
        assert world.work().sent() == []
        assert world.work(seconds=29).sent() == []
        assert [key for key, _ in world.work(seconds=1).sent()] == ["a", "b"]

    def test_without_a_figure_the_pause_doubles(self, world):
        world.platform.fail(NotSent("ratelimited"), times=3)
        world.put(outgoing("a"), outgoing("b", channel="C2"))
        left = []
        for seconds in (0, 0.5, 0.5, 1.5, 0.5, 3.5):
            world.work(seconds=seconds)
            left.append(len(world.platform.faults))
        assert (left, world.sent()) == ([2, 2, 1, 1, 0, 0], [])
        assert [key for key, _ in world.work(seconds=0.5).sent()] == ["a", "b"]

    def test_what_may_have_arrived_is_looked_for(self, world):
        world.platform.fail(Unsure("timeout"), "post", is_after=True)
        world.put(outgoing("a"), outgoing("b", priority=NUDGE, channel="C2"))
        world.work().work(seconds=5)
        assert [key for key, _ in world.sent()] == ["a", "b"]
        assert world.states() == {"a": "sent", "b": "sent"}

    def test_what_did_not_arrive_is_sent_after_looking(self, world):
        world.platform.fail(Unsure("timeout"), "post")
        world.put(outgoing("a", priority=NUDGE))
        world.work()
        assert (world.sent(), world.states()) == ([], {"a": "sending"})
        assert world.work(seconds=5).sent() == [("a", "Hello")]

    def test_looking_that_fails_never_sends(self, world):
        world.platform.fail(Unsure("timeout"), "post", is_after=True)
        world.put(outgoing("a"))
        world.work()
        world.platform.fail(NotSent("ratelimited", after_seconds=7), "find_sent")
        world.platform.fail(KeyError("bug"), "find_sent")
        world.work(seconds=5).work(seconds=7).work(seconds=5)
        assert (len(world.sent()), world.states()) == (1, {"a": "sent"})

    def test_where_nothing_can_be_read_an_answer_comes_again_and_a_nudge_is_unknown(self, mute, capsys):
        mute.platform.fail(Unsure("timeout"), "post", is_after=True, times=2)
        mute.put(outgoing("a"), outgoing("b", priority=NUDGE, channel="C2"))
        mute.work()
        assert mute.states() == {"a": "sending", "b": "unknown"}
        mute.work(seconds=5)
        assert [key for key, _ in mute.sent()] == ["a", "b", "a"]
        assert mute.states() == {"a": "sent", "b": "unknown"}
        told = capsys.readouterr()
        assert "sent_again" in told.out + told.err

    def test_an_ephemeral_answer_comes_three_times_at_most(self, world):
        world.platform.fail(Unsure("timeout"), "post", is_after=True, times=9)
        world.put(outgoing("a", only_for="U1"))
        for _ in range(6):
            world.work(seconds=5)
        assert (len(world.sent()), world.states()) == (3, {"a": "unknown"})

    def test_a_refusal_for_good_is_dead_and_the_rest_goes_on(self, world):
        world.platform.fail(Undeliverable("is_archived"))
        world.put(outgoing("a"), outgoing("b"))
        world.work()
        assert (world.sent(), world.states()) == ([("b", "Hello")], {"a": "dead", "b": "sent"})
        assert world.rooms.settlements == [("a", "dead"), ("b", "sent")]

    def test_a_revoked_token_stops_sending_until_it_is_back(self, world):
        world.platform.fail(Disconnected("token_revoked"))
        world.put(outgoing("a"), outgoing("b", channel="C2"))
        world.work().work(seconds=60)
        assert (world.sent(), world.states()) == ([], {"a": "new", "b": "new"})
        with world.database.transaction() as session:
            assert session.scalars(select(Connection.reason)).one() == "token_revoked"
            queue.resume_sending(session, PLATFORM, "T1", world.time)
        assert len(world.work().sent()) == 2

    def test_a_bug_in_a_platform_is_looked_into(self, world):
        world.platform.fail(KeyError("canary"), "post", is_after=True)
        world.put(outgoing("a"))
        world.work().work(seconds=5)
        assert (len(world.sent()), world.states()) == (1, {"a": "sent"})


class TestThreads:
    def test_many_questions_are_answered_once_each(self, database, now):
        """Two processes' worth of workers on one database, and a platform that often breaks off."""
        world = World(database, now)
        start = time.monotonic()
        clock = lambda: now + timedelta(seconds=(time.monotonic() - start) * 20)  # noqa: E731
        both = [Workers(database, {PLATFORM: world.platform}, world.rooms, clock) for _ in range(2)]
        keys = [str(number) for number in range(30)]
        world.platform.fail(Unsure("timeout"), "post", is_after=True, times=5)
        world.platform.fail(NotSent("down"), "post", times=5)
        world.rooms.errors = [IntegrityError("", None, KeyError()), KeyError()]
        for workers in both:
            workers.start()
        world.keep(*keys)
        assert both[0].drain(DEADLINE_SECONDS * 3)
        assert all(workers.stop() for workers in both)
        assert sorted(key for key, _ in world.sent()) == sorted(f"answer:{key}" for key in keys)
        assert len(world.rows(EventRow)) == 2 * len(keys)

    def test_a_stop_waits_for_what_is_being_done(self, world):
        world.rooms.gate.clear()
        workers = world.new_workers(handlers=1, senders=0)
        world.keep("1", "2")
        workers.start()
        wait_until(lambda: world.rooms.handled)
        stopping = threading.Thread(target=workers.stop)
        stopping.start()
        world.rooms.gate.set()
        stopping.join(DEADLINE_SECONDS)
        assert world.states(InboxItem) == {"1": "done", "2": "new"}

    def test_what_takes_too_long_goes_to_another_process(self, world):
        world.rooms.gate.clear()
        workers = world.new_workers(handlers=1, senders=0)
        world.keep("1")
        workers.start()
        wait_until(lambda: world.rooms.handled)
        assert workers.stop(within_seconds=0.05) is False
        assert world.states(InboxItem) == {"1": "new"}
        other = World(world.database, world.time)
        other.work()
        assert len(other.sent()) == 1
        world.rooms.gate.set()
        wait_until(lambda: not any(thread.name.startswith("coach-worker") for thread in threading.enumerate()))
        assert world.states() == {"answer:1": "sent"}

    def test_a_database_away_is_noted_once_and_waited_for(self, world, capsys, monkeypatch):
        monkeypatch.setattr("bot.worker.FAILURE_PAUSE_SECONDS", 0.01)
        broken = OperationalError("SELECT", None, ConnectionError("canary"))
        is_away = threading.Event()
        is_away.set()
        failures = []
        real = world.database.session

        def session():
            if is_away.is_set() and threading.current_thread().name.startswith("coach-worker"):
                failures.append(broken)
                raise broken
            return real()

        monkeypatch.setattr(world.database, "session", session)
        workers = world.new_workers(handlers=1, senders=1)
        workers.start()
        world.keep("1")
        wait_until(lambda: len(failures) > 10)
        is_away.clear()
        assert workers.drain(DEADLINE_SECONDS)
        assert workers.stop()
        told = capsys.readouterr()
        assert (told.out + told.err).count("database_away") == 1
        assert "canary" not in told.out + told.err
        assert world.sent() == [("answer:1", "hello")]


def test_drain_says_what_still_waits(world):
    world.keep("1")
    assert world.workers.drain() is True
    world.platform.fail(NotSent("down"))
    world.put(outgoing("a"))
    assert world.workers.drain() is False


def wait_until(condition):
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)
