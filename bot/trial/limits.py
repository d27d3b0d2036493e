"""Owns how often the app may call: a window of one minute for each method, a bucket for each channel posted to."""

import math
from collections import defaultdict, deque
from collections.abc import Callable

WINDOW_SECONDS = 60
POSTS_A_SECOND = 1.0
BURST = 5


class Limits:
    """Counts calls; `now` returns seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_for_call(self, method: str, calls_per_minute: int) -> int:
        """Take one call of a method; return 0, or after how many seconds to try again."""
        now, calls = self._now(), self._calls[method]
        while calls and calls[0] <= now - WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= calls_per_minute:
            return max(1, math.ceil(calls[0] + WINDOW_SECONDS - now))
        calls.append(now)
        return 0

    def wait_for_channel(self, channel_id: str) -> int:
        """Take one post to a channel; return 0, or after how many seconds to try again."""
        now = self._now()
        left, at = self._buckets.get(channel_id, (float(BURST), now))
        left = min(float(BURST), left + (now - at) * POSTS_A_SECOND)
        if left < 1:
            return max(1, math.ceil((1 - left) / POSTS_A_SECOND))
        self._buckets[channel_id] = (left - 1, now)
        return 0
