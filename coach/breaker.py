"""Owns the breaker: after repeated failures a service is left alone, and tried now and then."""

import threading
from collections import deque
from enum import StrEnum

MOST_FAILURES, WITHIN_SECONDS = 5, 60.0
PROBE_SECONDS = 30.0


class BreakerState(StrEnum):
    """Closed lets every call pass, open none, half open the one that tries."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


class Breaker:
    """Opens at the fifth failure in 60 seconds; then lets one call through every 30, until one succeeds.

    Instants are seconds on one clock that only moves forward.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: deque[float] = deque(maxlen=MOST_FAILURES)
        self._next_probe: float | None = None

    def state(self, now: float) -> BreakerState:
        """Return the state at an instant."""
        with self._lock:
            if self._next_probe is None:
                return BreakerState.CLOSED
            return BreakerState.OPEN if now < self._next_probe else BreakerState.HALF_OPEN

    def admits(self, now: float) -> bool:
        """Say whether a call may begin; while half open the first that asks becomes the one that tries."""
        with self._lock:
            if self._next_probe is not None:
                if now < self._next_probe:
                    return False
                self._next_probe = now + PROBE_SECONDS
            return True

    def succeeded(self) -> None:
        """Note that the service answered."""
        with self._lock:
            self._failures.clear()
            self._next_probe = None

    def failed(self, now: float) -> None:
        """Note that the service failed."""
        with self._lock:
            self._failures.append(now)
            if len(self._failures) == MOST_FAILURES and now - self._failures[0] <= WITHIN_SECONDS:
                self._next_probe = now + PROBE_SECONDS
