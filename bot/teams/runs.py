"""Owns words on a card: lines and runs of plain text, in which Teams finds no markup to follow."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

Json = dict[str, Any]

NO_LABEL = "…"
# Teams reads headings as markdown: only words without any of its signs may be one.
PLAIN_HEADING = re.compile(r"[^\W\d_](?:[^\W_]|[ ,:;’'“”?!–—]|& )*")
# Teams makes times of {{DATE(…)}} within one run of text.
MACRO = re.compile(r"(?<=\{)(?=\{)")


def heading(text: str) -> Json:
    """Return a title of one line."""
    if PLAIN_HEADING.fullmatch(text):
        look = {"style": "heading", "size": "Large", "weight": "Bolder", "wrap": True}
        return {"type": "TextBlock", "text": text, **look}
    return rich(run(text or NO_LABEL, size="Large", weight="Bolder"))


def lines(text: str, **look: Any) -> Iterator[Json]:
    """Yield a block for each line; one that follows another directly stands close to it."""
    # Clients differ in what they make of a line break within a text, so each line is a block.
    split = text.split("\n")
    for place, line in enumerate(split):
        if line.strip():
            follows_directly = place > 0 and bool(split[place - 1].strip())
            yield rich(run(line, **look), is_next=follows_directly)


def rich(runs: Sequence[Json], is_next: bool = False) -> Json:
    """Return a block of runs."""
    return {"type": "RichTextBlock", "inlines": list(runs)} | ({"spacing": "Small"} if is_next else {})


def run(text: str, **look: Any) -> list[Json]:
    """Return text as runs of words, cut where Teams would read more into it."""
    return [{"type": "TextRun", "text": piece, **look} for piece in MACRO.split(text)]
