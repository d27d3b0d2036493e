"""Handling and sending: one answer each, whatever fails on the way, and a stop that leaves nothing half done."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.messages import Disconnected, NotSent, Undeliverable, Unsure
from bot.tables import InboxItem
from bot.worker import Workers
from metrics.events.record import EventRow
from tests.echo import DEADLINE_SECONDS, PLATFORM, World, outgoing


@pytest.fixture
def world(database, now):
    return World(database, now)


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


class TestPutOff:
    """What the platform cannot say now, such as who wrote, is asked again; it is no failure of the row."""

    def test_the_platform_says_how_long_and_no_try_is_counted(self, world):
        world.rooms.errors = [NotSent("ratelimited", after_seconds=30) for _ in range(5)]
        world.keep("1")
        world.work()
        for left in (4, 3, 2, 1, 0):
            assert len(world.rooms.errors) == left
            (row,) = world.rows(InboxItem)
            assert (row.state, row.attempts, row.error) == ("new", 0, "ratelimited")
            assert world.work(seconds=29).sent() == []
            world.work(seconds=1)
        assert world.sent() == [("answer:1", "hello")]

    def test_without_a_figure_the_pause_grows_to_a_minute(self, world):
        world.rooms.errors = [Disconnected("token_revoked") for _ in range(20)]
        world.keep("1")
        begun, tried = world.time, []
        world.work()
        while world.rooms.errors:
            before = len(world.rooms.errors)
            if len(world.work(seconds=1).rooms.errors) < before:
                tried.append((world.time - begun).seconds)
        assert tried[:8] == [1, 2, 4, 8, 16, 32, 64, 124]
        assert tried[-1] - tried[-2] == 60

    def test_it_ends_after_a_day(self, world):
        world.rooms.errors = [NotSent("down", after_seconds=3_600) for _ in range(99)]
        world.keep("1")
        world.work()
        for _ in range(26):
            world.work(seconds=3_600)
        (row,), (event,) = world.rows(InboxItem), world.rows(EventRow)
        assert (row.state, row.error, row.attempts) == ("dead", "expired", 0)
        assert (event.payload["outcome"], event.cause) == ("failed", "inbox:1")
        assert (len(world.rooms.handled), world.sent()) == (24, [])

    @pytest.mark.parametrize("fault", [Unsure("timeout"), Undeliverable("user_not_found")])
    def test_any_other_fault_counts(self, world, fault):
        world.rooms.errors = [fault] * 3
        world.keep("1")
        world.work().work(seconds=5).work(seconds=30)
        assert world.states(InboxItem) == {"1": "dead"}


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
