"""Rate buckets: what passes at once, what has to wait and how long, shared by all who send."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import rates
from bot.messages import Address
from bot.rates import Bucket
from bot.tables import RateBucket

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
    ("operation", "address", "call", "has_place"),
    [
        ("post", Address("slack", "T1", channel="C1"), "post", True),
        ("post", Address("slack", "T1", only_for="U1"), "post", True),
        ("post", Address("slack", "T1", channel="C1", only_for="U1"), "ephemeral", False),
        ("post", Address("slack", "T1", only_for="U1", surface="home"), "home", False),
        ("update", Address("slack", "T1", channel="C1"), "update", False),
        ("delete", Address("slack", "T1", channel="C1"), "delete", False),
    ],
)
def test_each_call_counts_against_its_own_limits(operation, address, call, has_place):
    method, *places = rates.buckets_of("slack", operation, address)
    assert method.key == f"method:slack.{call}:T1"
    assert method.per_second * 60 + method.burst == pytest.approx(rates.PER_MINUTE[call])
    assert [bucket.key.partition(":")[0] for bucket in places] == ["channel"] * has_place


def test_each_place_has_a_bucket_whose_key_names_nobody():
    places = [Address("slack", "T1", channel="C1"), Address("slack", "T1", only_for="U1")]
    keys = {rates.buckets_of(platform, "post", place)[1].key for platform in ("slack", "teams") for place in places}
    assert len(keys) == 4
    assert not any("C1" in key or "U1" in key for key in keys)


def test_in_teams_every_call_counts_against_its_conversation_and_the_tenant():
    room = Address("teams", "tenant", channel="19:till@thread.tacv2")
    buckets = rates.buckets_of("teams", "post", room)
    assert [bucket.key.partition(":")[0] for bucket in buckets] == ["thread1", "thread2", "tenant"]
    assert buckets[-1].key == "tenant:teams:tenant"
    for operation in ("update", "delete"):
        assert rates.buckets_of("teams", operation, room) == buckets
    in_thread = Address("teams", "tenant", channel="19:till@thread.tacv2", thread="17")
    assert rates.buckets_of("teams", "post", in_thread) == buckets
    other = rates.buckets_of("teams", "post", Address("teams", "tenant", channel="19:other@thread.tacv2"))
    assert [bucket.key for bucket in buckets if bucket in other] == ["tenant:teams:tenant"]


@pytest.mark.parametrize(
    "more", [{"channel": "19:till"}, {"surface": "home"}, {"channel": "19:till", "thread": "17"}], ids=str
)
def test_in_teams_what_one_person_alone_sees_counts_against_their_own_chat(more):
    own = rates.buckets_of("teams", "post", Address("teams", "tenant", only_for="ana"))
    assert rates.buckets_of("teams", "post", Address("teams", "tenant", only_for="ana", **more)) == own


@pytest.mark.parametrize(("seconds", "most"), [(1, 7), (2, 8), (30, 60), (3_600, 1_800)])
def test_no_conversation_in_teams_gets_more_than_it_takes(seconds, most):
    *threads, _ = rates.buckets_of("teams", "post", Address("teams", "tenant", channel="19:till"))
    # A bucket lets a burst pass at once, and then what flows in.
    assert min(bucket.burst + bucket.per_second * seconds for bucket in threads) <= most


def test_no_tenant_of_teams_gets_more_than_thirty_calls_in_a_second():
    tenant = rates.buckets_of("teams", "post", Address("teams", "tenant", channel="19:till"))[-1]
    assert tenant.burst + tenant.per_second <= 30


def test_a_conversation_in_teams_waits_for_itself_alone(reserve):
    room, other = (
        rates.buckets_of("teams", "post", Address("teams", "tenant", channel=name)) for name in ("19:a", "19:b")
    )
    assert [reserve(0, *room) == 0 for _ in range(5)] == [True] * 4 + [False]
    assert reserve(0, *other) == 0
    assert reserve(1, *room) == 0


def test_buckets_nobody_used_for_a_day_go(database, now, reserve):
    reserve(0, CHANNEL)
    reserve(1, METHOD)
    with database.transaction() as session:
        rates.block(session, METHOD, now, 90_000)
        rates.block(session, CHANNEL, now, 30)

    def left(seconds):
        with database.transaction() as session:
            rates.sweep(session, now + timedelta(seconds=seconds))
            return set(session.scalars(select(RateBucket.key)))

    assert left(86_399) == {CHANNEL.key, METHOD.key}
    assert left(86_401) == {METHOD.key}
    assert left(90_000) == set()
