from hypothesis import given
from hypothesis import strategies as st

from coach.breaker import PROBE_SECONDS, Breaker, BreakerState


def failing(times, at=0.0, every=1.0):
    breaker = Breaker()
    for number in range(times):
        breaker.failed(at + number * every)
    return breaker


def test_it_opens_at_the_fifth_failure_in_a_minute():
    assert failing(4).admits(4.0)
    assert not failing(5).admits(5.0)
    assert failing(5).state(5.0) is BreakerState.OPEN


def test_failures_further_apart_do_not_add_up():
    assert failing(9, every=15.1).admits(200.0)
    assert not failing(5, every=15.0).admits(61.0)


def test_while_open_one_call_every_thirty_seconds_tries():
    breaker = failing(5)
    assert not breaker.admits(33.9)
    assert breaker.state(34.0) is BreakerState.HALF_OPEN
    assert breaker.admits(34.0)
    assert not breaker.admits(34.1)
    breaker.failed(40.0)
    assert not breaker.admits(69.9)
    assert breaker.admits(70.0)


def test_a_success_closes_it_and_forgets_the_failures():
    breaker = failing(5)
    assert breaker.admits(34.0)
    breaker.succeeded()
    assert breaker.state(34.0) is BreakerState.CLOSED
    for at in (35.0, 36.0, 37.0, 38.0):
        breaker.failed(at)
    assert breaker.admits(39.0)


@given(st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_a_service_that_is_down_is_called_a_few_times_a_minute(gaps):
    breaker, now, called = Breaker(), 0.0, []
    for gap in gaps:
        now += gap
        if breaker.admits(now):
            called.append(now)
            breaker.failed(now)
    assert all(sum(later - 60 <= at <= later for at in called) <= 5 + 60 / PROBE_SECONDS + 1 for later in called)
