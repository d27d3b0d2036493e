"""What the service a Teams bot calls remembers: calls, mistakes, messages, and how often it was called."""

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.teams_cards import CARD_TYPE, cards, words


@dataclass
class Call:
    """One call of Coach's: `name` is what it asks for, `status` what it was told, None where it was told nothing.

    `path` begins with v3; `of` is the id of an activity or a member; `body` is None where it was not a JSON object.
    """

    method: str
    path: str
    name: str
    conversation_id: str | None
    of: str | None
    query: dict
    body: dict | None
    at: datetime
    status: int | None = None


@dataclass(frozen=True)
class Rejection:
    """Something Coach did wrong, as against what a conversation could not do."""

    name: str
    error: str
    message: str
    body: dict | None


@dataclass(frozen=True)
class Fault:
    """Something to go wrong with one call.

    `kind`: a status, alone or with a code ("412", "403:MessageWritesBlocked"); "reset" and "timeout" before the call
    is done; "reset_after", "timeout_after" and "malformed" when it was. `retry_after` in seconds, None for no header.
    """

    kind: str
    retry_after: int | None = None


@dataclass(frozen=True)
class Seen:
    """A message as it stands. `root` is the first message of its thread in a channel; `by` a user or Coach.

    `shown_to` are the cards that stand in its place for one person, by their id.
    """

    id: str
    conversation_id: str
    root: str | None
    by: str
    activity: dict
    is_edited: bool = False
    only_for: str | None = None
    shown_to: dict = field(default_factory=dict)

    @property
    def key(self):
        return self.conversation_id, self.id

    @property
    def text(self):
        return self.activity.get("text", "")

    @property
    def card(self):
        return next(iter(cards(self.activity)), None)

    @property
    def entities(self):
        return self.activity.get("entities") or []

    @property
    def words(self):
        return words(self.activity)

    def for_person(self, user_id):
        """Return it as one person sees it."""
        if user_id not in self.shown_to:
            return self
        shown = {"contentType": CARD_TYPE, "content": self.shown_to[user_id]}
        return replace(self, activity={**self.activity, "attachments": [shown]})


class Refused(Exception):
    """The service says no; a mistake is Coach's own."""

    def __init__(self, status, code, message="", is_mistake=False, retry_after=None):
        super().__init__(code)
        self.status, self.code, self.message, self.is_mistake = status, code, message, is_mistake
        self.retry_after = retry_after


class Rates:
    """Counts calls in windows."""

    def __init__(self):
        self._calls = defaultdict(deque)

    def wait(self, key, windows, now):
        """Take one call; return 0, or after how many seconds to try again."""
        calls = self._calls[key]
        for seconds, most in windows.items():
            if len(calls) >= most and (left := seconds - (now - calls[-most]).total_seconds()) > 0:
                return math.ceil(left)
        calls.append(now)
        while len(calls) > max(windows.values()):
            calls.popleft()
        return 0
