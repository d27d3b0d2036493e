"""Owns Page: the text of a document as it is written down, block by block, with its headings and hidden words."""

import re
from collections.abc import Sequence

from coach.reading import MOST_HIDDEN, Heading, Hidden, Rejected, excerpt_of, hidden_marks, visible

MAX_CHARACTERS = 10 * 1024 * 1024
INDENT = "   "
BULLET_IN_A_CELL = "•"
# What the cut into list items knows; an item with another number stands apart from the line above it.
KNOWN_MARKER = re.compile(r"[-*+•]|\d{1,3}[.)]|[a-z][.)]")


class Page:
    """Writes paragraphs, list items and tables as lines that read well and cut well. Raises Rejected beyond 10 MB."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self.hidden: list[Hidden] = []
        self._parts: list[str] = []
        self._length = 0
        self._is_in_list = False

    def text(self) -> str:
        """Everything written so far."""
        return "".join(self._parts)

    def heading(self, level: int, title: str) -> None:
        """Write a heading, level 1 to 9."""
        if words := _one_line(title):
            self._end_list()
            self.headings.append(Heading(level, words, self._length, self._length + len(words) + 2))
            self._write(words + "\n\n")

    def paragraph(self, words: str) -> None:
        """Write a paragraph; its line breaks stay."""
        lines = [_one_line(line) for line in words.split("\n")]
        if block := "\n".join(line for line in lines if line):
            self._end_list()
            self._write(block + "\n\n")

    def item(self, marker: str, words: str, depth: int = 0) -> None:
        """Write a list item under its number or bullet, `depth` levels in."""
        if line := _one_line(words):
            if not KNOWN_MARKER.fullmatch(marker):
                self._end_list()
            self._write(f"{INDENT * depth}{marker} {line}\n")
            self._is_in_list = True

    def go_on(self, words: str, depth: int = 0) -> None:
        """Write a further paragraph of the list item above."""
        if not self._is_in_list:
            self.paragraph(words)
        elif line := _one_line(words):
            self._write(f"{INDENT * (depth + 1)}{line}\n")

    def table(self, rows: Sequence[Sequence[str]], has_head: bool) -> None:
        """Write rows as lines between bars, the head set apart by a rule."""
        self._end_list()
        if not any(any(row) for row in rows):
            return
        for place, row in enumerate(rows):
            cells = [_one_line(cell).replace("|", "\\|") for cell in row]
            if any(cells):
                self._write("| " + " | ".join(cells) + " |\n")
            if has_head and place == 0:
                self._write("|" + " --- |" * len(cells) + "\n")
        self._write("\n")

    def hide(self, kind: str, place: str, words: str) -> None:
        """Remember words that a reader of the document does not see."""
        if (excerpt := excerpt_of(words)) and len(self.hidden) < MOST_HIDDEN:
            self.hidden.append(Hidden(kind, place, excerpt))

    def hide_marks(self, words: str, place: str) -> None:
        """Remember marks nobody sees among words that are read."""
        self.hidden += hidden_marks(words, place)[: MOST_HIDDEN - len(self.hidden)]

    def _end_list(self) -> None:
        if self._is_in_list:
            self._is_in_list = False
            self._write("\n")

    def _write(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)
        if self._length > MAX_CHARACTERS:
            raise Rejected("holds more than 10 MB of text. Split it into one file a procedure.")


def _one_line(words: str) -> str:
    return " ".join(visible(words).split())
