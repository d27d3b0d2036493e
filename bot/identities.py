"""Owns who a platform said somebody is, for as long as that counts."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.messages import Identity

HOURS = 24


class Identities:
    """What was asked within the last 24 hours; any number of threads may use it."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._known: dict[str, tuple[datetime, Identity]] = {}
        self._lock = threading.Lock()

    def get(self, user_id: str, ask: Callable[[], Identity]) -> Identity:
        """Return who a user is, from `ask` when it was not asked today.

        That somebody is no member is not remembered: it may be true in one conversation, or for an hour.
        """
        now = self._now()
        with self._lock:
            known = self._known.get(user_id)
        if known and known[0] > now - timedelta(hours=HOURS):
            return known[1]
        identity = ask()
        if identity.is_member:
            with self._lock:
                self._known[user_id] = (now, identity)
        return identity
