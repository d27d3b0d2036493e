import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.breaker import BreakerState
from coach.model import Completion, FaultCode, ModelFault, Prompt, ScriptedModel
from coach.model_calls import MOST_AT_ONCE, ModelCalls

PROMPT = Prompt("System.", "User.", "test-1")


class Clock:
    """Seconds that pass when something waits, or a slow model takes its time."""

    def __init__(self):
        self.now = 100.0
        self.pauses = []

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


class SlowModel:
    """Takes the seconds given for each call, then raises or replies; gives up at the timeout as the port promises."""

    name = "slow:test"

    def __init__(self, clock, *calls):
        self._clock, self._calls = clock, list(calls)
        self.timeouts = []

    def complete(self, prompt, timeout_seconds):
        self.timeouts.append(timeout_seconds)
        seconds, reply = self._calls.pop(0) if len(self._calls) > 1 else self._calls[0]
        self._clock.now += min(seconds, timeout_seconds)
        if seconds > timeout_seconds:
            raise ModelFault(FaultCode.TIMEOUT)
        if isinstance(reply, FaultCode):
            raise ModelFault(reply)
        return Completion(reply, 1, 1)


def calls_to(model, clock, chance=0.5):
    return ModelCalls(model, lambda: clock.now, clock.pause, lambda: chance)


@pytest.mark.parametrize("code", [FaultCode.CONNECT, FaultCode.RATE_LIMITED, FaultCode.OVERLOADED])
def test_a_passing_failure_is_retried_once_after_a_pause(code):
    clock = Clock()
    model = ScriptedModel(ModelFault(code), "Hello.")
    assert calls_to(model, clock).ask(PROMPT, clock.now + 9).text == "Hello."
    assert clock.pauses == [pytest.approx(0.4)]
    assert model.timeouts == [9, pytest.approx(8.6)]


@pytest.mark.parametrize(
    "code", sorted(set(FaultCode) - {FaultCode.CONNECT, FaultCode.RATE_LIMITED, FaultCode.OVERLOADED})
)
def test_what_would_fail_again_is_not_retried(code):
    clock = Clock()
    model = ScriptedModel(ModelFault(code), "Hello.")
    with pytest.raises(ModelFault) as caught:
        calls_to(model, clock).ask(PROMPT, clock.now + 9)
    assert caught.value.code is code
    assert len(model.prompts) == 1


def test_there_is_no_retry_that_could_not_end_in_time():
    clock = Clock()
    model = SlowModel(clock, (8.5, FaultCode.OVERLOADED))
    with pytest.raises(ModelFault):
        calls_to(model, clock).ask(PROMPT, clock.now + 9)
    assert len(model.timeouts) == 1


@given(
    st.lists(st.tuples(st.floats(0, 30), st.sampled_from([*FaultCode, "Hello."])), min_size=1, max_size=4),
    st.floats(0, 12),
    st.floats(0, 0.999),
)
def test_no_call_goes_past_its_deadline(script, budget_seconds, chance):
    clock = Clock()
    until = clock.now + budget_seconds
    calls = calls_to(SlowModel(clock, *script), clock, chance)
    with suppress(ModelFault):
        calls.ask(PROMPT, until)
    assert clock.now <= until + 1e-6


def test_at_most_four_are_under_way_and_the_fifth_is_told_so():
    entered, leave = threading.Semaphore(0), threading.Event()

    class Waiting:
        name = "waiting:test"

        def complete(self, prompt, timeout_seconds):
            entered.release()
            leave.wait(10)
            return Completion("Hello.", 1, 1)

    calls = calls_to(Waiting(), Clock())
    threads = [threading.Thread(target=calls.ask, args=(PROMPT, 109.0)) for _ in range(MOST_AT_ONCE)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert entered.acquire(timeout=10)
    with pytest.raises(ModelFault) as caught:
        calls.ask(PROMPT, 109.0)
    assert caught.value.code is FaultCode.BUSY
    leave.set()
    for thread in threads:
        thread.join()
    assert calls.ask(PROMPT, 109.0).text == "Hello."


def test_a_model_that_is_down_is_left_alone_until_a_probe_succeeds():
    clock = Clock()
    model = SlowModel(clock, *[(0, FaultCode.TIMEOUT)] * 5, (0, "Hello."))
    calls = calls_to(model, clock)
    codes = []
    for _ in range(7):
        with pytest.raises(ModelFault) as caught:
            calls.ask(PROMPT, clock.now + 9)
        codes.append(caught.value.code)
    assert codes == [FaultCode.TIMEOUT] * 5 + [FaultCode.BREAKER_OPEN] * 2
    assert calls.state is BreakerState.OPEN
    clock.now += 30
    assert calls.ask(PROMPT, clock.now + 9).text == "Hello."
    assert calls.state is BreakerState.CLOSED


def test_prompts_that_do_not_fit_are_no_sign_of_a_service_that_is_down():
    clock = Clock()
    calls = calls_to(SlowModel(clock, (0, FaultCode.CONTEXT_OVERFLOW)), clock)
    for _ in range(9):
        with pytest.raises(ModelFault):
            calls.ask(PROMPT, clock.now + 9)
    assert calls.state is BreakerState.CLOSED
