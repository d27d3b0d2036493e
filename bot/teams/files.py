"""Owns how a file reaches somebody in Teams: its lines, to copy, in as many cards as they take.

A bot in Teams may hand over a file only after the person agreed on a card of its own, and only where the app's manifest
says that it does so. Lines in a card come through everywhere, so that is what Coach sends.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

from bot.messages import File
from bot.shown import clean, one_line, shorten
from bot.teams.runs import rich, run
from bot.teams.sizes import CARD_BYTES, size_bytes

Json = dict[str, Any]

CSV = "text/csv"
# Around the lines: what a card begins and ends with, the title and the note below it.
HEAD_BYTES = 6_000
NOTE_CHARACTERS = 500
# Two lines stay within one card, whatever their letters are.
LINE_CHARACTERS = 2_000


def file_parts(file: File) -> list[File]:
    """Return a file in parts of whole rows that fit into cards, each with the names of its columns.

    A file that fits is itself. Titles say which part of how many it is.
    """
    lines = list(_lines(file))
    if _size(lines) <= CARD_BYTES - HEAD_BYTES:
        return [file]
    head = lines[:1] if file.media_type == CSV else []
    chunks: list[list[str]] = [[]]
    room = full = CARD_BYTES - HEAD_BYTES - _size(head)
    for line in lines[len(head) :]:
        if chunks[-1] and _size([line]) > room:
            chunks.append([])
            room = full
        chunks[-1].append(line)
        room -= _size([line])
    return [
        replace(file, title=f"{file.title} ({number} of {len(chunks)})", content="\n".join([*head, *chunk]) + "\n")
        for number, chunk in enumerate(chunks, start=1)
    ]


def file_body(file: File) -> list[Json]:
    """Return the elements of a card that show a file: what to do with it, then its lines in letters of one width."""
    note = f"Teams lets no bot send a file by itself: copy these lines into a file named {file.name}."
    return [rich(run(shorten(note, NOTE_CHARACTERS), size="Small", isSubtle=True)), *map(_row, _lines(file))]


def in_lines(file: File) -> str:
    """Return what is in a file as plain lines."""
    return "\n".join(_lines(file))


def _lines(file: File) -> Iterator[str]:
    for line in _rows(file.content) if file.media_type == CSV else map(clean, file.content.splitlines()):
        if line.strip(',"'):
            yield shorten(line, LINE_CHARACTERS)


def _rows(content: str) -> Iterator[str]:
    for row in csv.reader(StringIO(content, newline="")):
        held = StringIO()
        # A line break within a cell would end the row for whoever copies it.
        csv.writer(held, lineterminator="").writerow([one_line(cell) for cell in row])
        yield held.getvalue()


def _row(line: str) -> Json:
    return rich(run(line, fontType="Monospace")) | {"spacing": "None"}


def _size(lines: list[str]) -> int:
    return sum(size_bytes(_row(line)) + 1 for line in lines)
