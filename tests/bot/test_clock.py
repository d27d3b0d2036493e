"""The clock: ticks at once and again, never two at a time, and survives what a tick raises."""

from threading import Event, Lock

from bot.clock import Clock

SOON_SECONDS = 20


def test_it_ticks_at_once_and_again_until_it_is_stopped():
    ticks, third = [], Event()

    def tick():
        ticks.append(1)
        if len(ticks) == 3:
            third.set()

    clock = Clock(tick, on_error=ticks.append, every_seconds=0.02)
    clock.start()
    assert third.wait(SOON_SECONDS)
    clock.stop()
    counted = len(ticks)
    assert set(ticks) == {1}
    assert not Event().wait(0.1)
    assert len(ticks) == counted


def test_the_first_tick_does_not_wait_for_the_interval():
    ticked = Event()
    clock = Clock(ticked.set, on_error=lambda _: None, every_seconds=3_600)
    clock.start()
    assert ticked.wait(SOON_SECONDS)
    clock.stop()


def test_what_a_tick_raises_is_handed_on_and_the_next_tick_comes():
    errors, again = [], Event()

    def tick():
        if errors:
            again.set()
        else:
            raise ValueError("broken")

    clock = Clock(tick, errors.append, every_seconds=0.02)
    clock.start()
    assert again.wait(SOON_SECONDS)
    clock.stop()
    assert [type(error) for error in errors] == [ValueError]


def test_a_slow_tick_is_never_joined_by_another_and_is_waited_for():
    inside, release, lock, overlaps, ended = Event(), Event(), Lock(), [], []

    def tick():
        if not lock.acquire(blocking=False):
            overlaps.append(1)
            return
        inside.set()
        release.wait(SOON_SECONDS)
        lock.release()
        ended.append(1)

    clock = Clock(tick, on_error=lambda _: None, every_seconds=0.02)
    clock.start()
    assert inside.wait(SOON_SECONDS)
    # Several intervals pass while the first tick is still at work.
    assert not Event().wait(0.2)
    assert overlaps == []
    release.set()
    clock.stop()
    assert overlaps == []
    assert ended
