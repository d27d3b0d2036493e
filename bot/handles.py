"""Owns handles: ids that nobody can guess for people, skills and whatever else is clicked, without storing each."""

import hmac
from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy.orm import Session

from bot.tables import DeploymentKey
from metrics.db import insert_new

KEY_NAME = "handles"
HANDLE_DIGITS = 32

Value = TypeVar("Value", str, int)


class Handles:
    """Handles under one secret key: the same for the same thing, always, and telling nothing of it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, kind: str, value: str | int) -> str:
        """Return the handle of a thing of a kind, such as `person` or `skill`: 32 hexadecimal digits, 128 bits."""
        return hmac.new(self._key, f"{kind}:{value}".encode(), "sha256").hexdigest()[:HANDLE_DIGITS]

    def find(self, kind: str, handle: str, candidates: Iterable[Value]) -> Value | None:
        """Return which of the candidates a handle means, None for none of them."""
        given = handle.encode(errors="surrogatepass")
        matching = (each for each in candidates if hmac.compare_digest(self.of(kind, each).encode(), given))
        return next(matching, None)


def handles_of(session: Session, new_key: Callable[[], str]) -> Handles:
    """Return the handles of this deployment, whose key is made when it is first needed.

    `new_key` returns 64 random hexadecimal digits. Of two processes that make one at once both use the first.
    """
    stored = session.get(DeploymentKey, KEY_NAME)
    if stored is None:
        insert_new(session, DeploymentKey, name=KEY_NAME, value=new_key())
        stored = session.get_one(DeploymentKey, KEY_NAME)
    return Handles(bytes.fromhex(stored.value))
