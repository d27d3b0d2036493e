"""Owns how many messages Teams takes in one conversation, changes and typing included; exact for one process."""

import threading
from collections import deque
from datetime import datetime, timedelta

# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit: calls in so many seconds.
LIMITS = ((7, 1), (8, 2), (60, 30), (1_800, 3_600))
LONGEST = timedelta(seconds=max(seconds for _, seconds in LIMITS))
MOST_CONVERSATIONS = 10_000


class Windows:
    """The calls of the last hour by conversation; any number of threads may use it."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def take(self, conversation: str, now: datetime) -> float:
        """Count a call, or none and return how many seconds to wait; 0 when counted."""
        with self._lock:
            if len(self._calls) > MOST_CONVERSATIONS:
                self._forget(now)
            calls = self._calls.setdefault(conversation, deque())
            while calls and calls[0] <= now - LONGEST:
                calls.popleft()
            wait = max(_wait(calls, most, seconds, now) for most, seconds in LIMITS)
            if wait <= 0:
                calls.append(now)
            return max(wait, 0.0)

    def _forget(self, now: datetime) -> None:
        self._calls = {name: calls for name, calls in self._calls.items() if calls and calls[-1] > now - LONGEST}


def _wait(calls: deque[datetime], most: int, seconds: int, now: datetime) -> float:
    if len(calls) < most:
        return 0.0
    return (calls[-most] + timedelta(seconds=seconds) - now).total_seconds()
