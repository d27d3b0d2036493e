"""Reads SOPs that are text as they stand, by their ending, and finds the marks in them that nobody sees."""

from collections.abc import Callable
from dataclasses import replace

from coach.parse import csv_faq, markdown, text
from coach.reading import MOST_HIDDEN, SMUGGLING, Hidden, Reading, as_written, hidden_marks, visible

READERS: dict[str, Callable[[str], Reading]] = {
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".txt": text.read,
    ".csv": csv_faq.read,
}


def read(ending: str, data: bytes) -> Reading:
    """Return what a file says; `ending` is one of READERS. Raises Rejected for what cannot be read."""
    words = as_written(data)
    reading = READERS[ending](visible(words))
    return replace(reading, hidden=(*_hidden_marks(words), *reading.hidden)[:MOST_HIDDEN])


def _hidden_marks(words: str) -> tuple[Hidden, ...]:
    lines = words.split("\n") if SMUGGLING.search(words) else []
    found = [mark for number, line in enumerate(lines, start=1) for mark in hidden_marks(line, f"line {number}")]
    return tuple(found[:MOST_HIDDEN])
