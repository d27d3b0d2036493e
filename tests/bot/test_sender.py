"""Sending: the last check, messages in parts, faults of the platform, and what waited too long."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import failures, queue
from bot.messages import Capabilities, Disconnected, Failed, File, Message, NotSent, Text, Undeliverable, Unsure
from bot.outcome import NUDGE
from bot.tables import Connection, OutboxItem
from metrics.events.record import EventRow
from tests.echo import PLATFORM, World, message, outgoing


@pytest.fixture
def world(database, now):
    return World(database, now)


@pytest.fixture
def mute(database, now):
    """A world whose platform cannot be read back."""
    return World(database, now, Capabilities(has_ephemeral=True, has_home=True, can_read_back=False))


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


class TestExpiry:
    def stop(self, world):
        with world.database.transaction() as session:
            queue.stop_sending(session, PLATFORM, "T1", "token_revoked", world.time)

    def resume(self, world):
        with world.database.transaction() as session:
            queue.resume_sending(session, PLATFORM, "T1", world.time)

    def test_what_waited_a_day_for_a_platform_that_stopped_is_dead_and_never_sent(self, world):
        self.stop(world)
        world.put(outgoing("a"), outgoing("nudge", priority=NUDGE), outgoing("b", channel="C2"))
        world.work(seconds=86_399)
        assert set(world.states().values()) == {"new"}
        world.put(outgoing("fresh"))
        world.work(seconds=1)
        dead = {"a": "dead", "nudge": "dead", "b": "dead"}
        assert world.states() == {**dead, "fresh": "new"}
        assert dict(world.rooms.settlements) == dead
        assert {row.error for row in world.rows(OutboxItem) if row.state == "dead"} == {"expired"}
        assert world.rows(EventRow) == []
        self.resume(world)
        assert world.work().sent() == [("fresh", "Hello")]

    def test_its_words_go_a_week_later(self, world):
        self.stop(world)
        world.put(outgoing("a", only_for="U1"))
        world.work(seconds=86_400)
        for days, is_there in ((6, True), (1, False)):
            world.time += timedelta(days=days)
            with world.database.transaction() as session:
                queue.sweep(session, world.time)
            (row,) = world.rows(OutboxItem)
            assert [part is not None for part in (row.address, row.message, row.account)] == [is_there] * 3

    def test_it_can_be_tried_again_by_hand(self, world):
        self.stop(world)
        world.put(outgoing("a"))
        world.work(seconds=86_400)
        self.resume(world)
        with world.database.transaction() as session:
            assert failures.retry(session, "outbox:1", world.time)
        assert world.work().sent() == [("a", "Hello")]

    def test_what_waits_for_a_platform_this_process_does_not_know_expires_too(self, world):
        world.put(outgoing("a", platform="elsewhere"))
        assert world.work(seconds=86_399).states() == {"a": "new"}
        assert world.work(seconds=1).states() == {"a": "dead"}

    def test_what_may_have_arrived_a_day_ago_is_unknown(self, world):
        world.put(outgoing("a"))
        with world.database.transaction() as session:
            session.execute(update(OutboxItem).values(state="sending", attempts=1, lease_until=world.time))
        world.work(seconds=86_400)
        assert (world.sent(), world.states()) == ([], {"a": "unknown"})

    def test_a_claim_that_is_held_does_not_expire(self, world):
        world.put(outgoing("a"))
        with world.database.transaction() as session:
            session.execute(update(OutboxItem).values(state="sending", lease_until=world.time + timedelta(days=2)))
        assert world.work(seconds=86_400).states() == {"a": "sending"}


class TestWhatThePlatformSaysItFailedAt:
    def test_an_answer_is_tried_again_until_it_is_taken(self, mute):
        mute.platform.fail(Failed("http_502"), "post", times=6)
        mute.put(outgoing("a"))
        for _ in range(7):
            mute.work(seconds=61)
        assert (len(mute.sent()), mute.states()) == (1, {"a": "sent"})

    def test_a_nudge_is_not(self, mute):
        mute.platform.fail(Failed("http_502"), "post")
        mute.put(outgoing("a", priority=NUDGE))
        mute.work().work(seconds=61)
        assert (mute.sent(), mute.states()) == ([], {"a": "unknown"})


class TestFiles:
    export = Message("Here it is.", (Text("Here it is."),), file=File("team.csv", "Progress", "a,b\r\n"))

    @pytest.mark.parametrize("only_for", [None, "U1"])
    def test_a_file_follows_its_message_and_is_looked_for_in_doubt(self, world, only_for):
        world.put(outgoing("a", message=self.export, only_for=only_for))
        while not world.sent():
            assert world.workers.run_once()
        world.platform.fail(Unsure("timeout"), "post", is_after=True)
        world.work(seconds=5).work(seconds=5).work(seconds=60)
        assert world.sent() == [("a", "Here it is."), ("a#2", "Progress")]
        assert [sent.message.file for sent in world.platform.posted] == [None, self.export.file]
        assert world.platform.posted[1].channel == (f"dm-{only_for}" if only_for else "C1")
        assert world.states() == {"a": "sent", "a#2": "sent"}

    def test_a_file_that_was_not_taken_comes_without_its_message(self, world):
        world.put(outgoing("a", message=self.export))
        while not world.sent():
            assert world.workers.run_once()
        world.platform.fail(NotSent("ratelimited", after_seconds=7), "post")
        assert len(world.work(seconds=5).sent()) == 1
        assert [key for key, _ in world.work(seconds=7).sent()] == ["a", "a#2"]
