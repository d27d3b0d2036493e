"""Owns how large what Coach sends to Teams may be, and how that is counted."""

import json
from typing import Any

# Teams takes about 28 kB; the rest is room for what it adds.
CARD_BYTES = 24_000


def size_bytes(shown: Any) -> int:
    """Return the bytes of a JSON value as it is sent."""
    return len(json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode())
