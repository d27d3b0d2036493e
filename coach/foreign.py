"""Owns texts about work in general, of no company in particular: a question nothing here answers is near to them."""

from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("foreign_passages.txt")


@cache
def passages() -> tuple[str, ...]:
    """Return some 140 short passages over all kinds of work, in our own words; they are never shown to anybody."""
    return tuple(FILE.read_text(encoding="utf-8").splitlines())
