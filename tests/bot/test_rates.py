"""Rate buckets: what passes at once, what has to wait and how long, shared by all who send."""

import threading
from datetime import timedelta

import pytest

from bot import rates
from bot.messages import Address
from bot.rates import Bucket

CHANNEL = Bucket("channel:C1", per_second=1, burst=5)
METHOD = Bucket("method:post", per_second=4, burst=100)


@pytest.fixture
def reserve(database, now):
    def reserve(seconds, *buckets, leaving=0):
        with database.transaction() as session:
            return rates.reserve(session, buckets, now + timedelta(seconds=seconds), leaving)

    return reserve


def test_a_burst_passes_and_then_one_a_second(reserve):
    assert [reserve(0, CHANNEL) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert reserve(0.5, CHANNEL) == 0.5
    assert reserve(1, CHANNEL) == 0
    assert reserve(1, CHANNEL) == 1
    assert [reserve(100, CHANNEL) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_all_buckets_are_taken_from_or_none(reserve):
    small = Bucket("channel:C2", per_second=1, burst=1)
    assert reserve(0, METHOD, small) == 0
    assert reserve(0, METHOD, small) == 1
    taken = sum(reserve(0, METHOD) == 0 for _ in range(150))
    assert taken == 99


def test_a_block_holds_everything_and_a_shorter_one_changes_nothing(database, now, reserve):
    with database.transaction() as session:
        rates.block(session, CHANNEL, now, 30)
        rates.block(session, CHANNEL, now, 10)
    assert reserve(0, CHANNEL) == 30
    assert reserve(29, CHANNEL, METHOD) == 1
    assert reserve(30, CHANNEL) == 0


def test_a_share_stays_for_others(reserve):
    assert [reserve(0, CHANNEL, leaving=0.5) == 0 for _ in range(4)] == [True, True, True, False]
    assert [reserve(0, CHANNEL) == 0 for _ in range(3)] == [True, True, False]


def test_a_clock_that_goes_back_gives_nothing_away(reserve):
    assert [reserve(0, CHANNEL) for _ in range(5)] == [0] * 5
    assert reserve(-3600, CHANNEL) == 1
    assert reserve(-3599, CHANNEL) == 0


def test_many_senders_share_a_bucket(database, now):
    taken = []

    def take():
        for _ in range(10):
            with database.transaction() as session:
                taken.append(rates.reserve(session, (METHOD, CHANNEL), now) == 0)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), sum(taken)) == (40, 5)


@pytest.mark.parametrize(
    ("operation", "address", "keys"),
    [
        ("post", Address("slack", "T1", channel="C1"), ["method:slack.post:T1", "channel:slack.C1"]),
        ("post", Address("slack", "T1", only_for="U1"), ["method:slack.post:T1", "channel:slack.U1"]),
        ("post", Address("slack", "T1", channel="C1", only_for="U1"), ["method:slack.ephemeral:T1"]),
        ("post", Address("slack", "T1", only_for="U1", surface="home"), ["method:slack.home:T1"]),
        ("update", Address("slack", "T1", channel="C1"), ["method:slack.update:T1"]),
        ("delete", Address("slack", "T1", channel="C1"), ["method:slack.delete:T1"]),
    ],
)
def test_each_call_counts_against_its_own_limits(operation, address, keys):
    buckets = rates.buckets_of("slack", operation, address)
    assert [bucket.key for bucket in buckets] == keys
    method = buckets[0]
    call = keys[0].split(".")[1].split(":")[0]
    assert method.per_second * 60 + method.burst == pytest.approx(rates.PER_MINUTE[call])
