"""How many calls a conversation takes: exactly what Teams says, in any order of time, from any thread."""

import threading
from collections import deque
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams import windows
from bot.teams.windows import LIMITS, Windows
from tests.strategies import many, utc

START = utc(2026, 11, 23, 8, 30)


def after(seconds):
    return START + timedelta(seconds=seconds)


def test_seven_in_a_second_then_eight_in_two():
    calls = Windows()
    assert [calls.take("a", after(0)) for _ in range(8)] == [0] * 7 + [1]
    assert calls.take("a", after(0.5)) == 0.5
    assert calls.take("a", after(1)) == 0
    assert calls.take("a", after(1)) == 1
    assert [calls.take("a", after(2)) for _ in range(8)] == [0] * 7 + [1]


@pytest.mark.parametrize(("most", "seconds"), LIMITS)
def test_each_limit_holds_alone(most, seconds):
    calls = Windows()
    shorter = min((s / m for m, s in LIMITS if s < seconds), default=0)
    # Evenly spread over a little less than the window, no shorter limit is met before this one.
    step = seconds * 0.999 / most
    assert step > shorter / 2
    taken, at = 0, 0.0
    while calls.take("a", after(at)) == 0:
        taken, at = taken + 1, at + step
    assert taken == most
    assert calls.take("a", after(at)) == pytest.approx(seconds - at)
    assert calls.take("a", after(seconds)) == 0


@many
@given(st.lists(st.floats(0, 40, allow_nan=False), max_size=120))
def test_no_window_ever_holds_more_than_teams_takes(pauses):
    calls, at, taken = Windows(), 0.0, deque()
    for pause in pauses:
        at += pause / 40
        if calls.take("a", after(at)) == 0:
            taken.append(after(at))
    for most, seconds in LIMITS:
        for first in taken:
            assert sum(first <= other < first + timedelta(seconds=seconds) for other in taken) <= most


@many
@given(st.lists(st.floats(0, 3, allow_nan=False), max_size=40))
def test_who_waits_as_told_is_taken(pauses):
    calls, at = Windows(), START
    for pause in pauses:
        at += timedelta(seconds=pause / 10)
        while (wait := calls.take("a", at)) > 0:
            at += timedelta(seconds=wait)
    assert calls.take("a", at + timedelta(hours=1)) == 0


def test_conversations_do_not_wait_for_each_other():
    calls = Windows()
    assert [calls.take("a", START) for _ in range(7)] == [0] * 7
    assert [calls.take("b", START) for _ in range(7)] == [0] * 7
    assert calls.take("a", START) == calls.take("b", START) == 1


def test_a_call_that_has_to_wait_does_not_count():
    calls = Windows()
    for _ in range(7):
        calls.take("a", START)
    assert [calls.take("a", after(0.9)) for _ in range(50)] == [pytest.approx(0.1)] * 50
    assert calls.take("a", after(1)) == 0


def test_a_clock_that_goes_back_gives_nothing_away():
    calls = Windows()
    for _ in range(7):
        calls.take("a", START)
    assert calls.take("a", after(-3_600)) > 0


def test_many_threads_share_a_window():
    calls, taken = Windows(), []

    def take():
        taken.extend(calls.take("a", START) == 0 for _ in range(20))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), sum(taken)) == (160, 7)


def test_conversations_of_an_hour_ago_are_forgotten_and_no_other():
    calls = Windows()
    for number in range(windows.MOST_CONVERSATIONS + 1):
        calls.take(f"old {number}", START)
    for _ in range(7):
        calls.take("new", after(3_600))
    assert len(calls._calls) == 1
    assert calls.take("new", after(3_600)) == 1
