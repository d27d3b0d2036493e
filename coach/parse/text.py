"""Reads plain text; short lines set apart, underlined, numbered or in capitals are its headings."""

import re

from coach.reading import Heading, Reading

UNDERLINE = re.compile(r"^(={3,}|-{3,}|~{3,})[ \t]*$")
NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,3})[.)]?[ \t]+(\S.*)$")
MAX_HEADING_CHARACTERS = 80


def read(text: str) -> Reading:
    """Find headings in plain text. Level 1 is the title, numbered lines nest by their number."""
    lines = _lines(text)
    headings: list[Heading] = []
    skip_to = 0
    for place, (start, _, line) in enumerate(lines):
        if place < skip_to or not line:
            continue
        following = lines[place + 1][2] if place + 1 < len(lines) else ""
        opens_block = place == 0 or not lines[place - 1][2]
        level = _level(line, following, opens_block, is_first=not headings)
        if level:
            skip_to = place + 2 if UNDERLINE.match(following) else place + 1
            headings.append(Heading(level, line.strip(" \t:"), start, lines[skip_to - 1][1]))
    return Reading(text, tuple(headings))


def _level(line: str, following: str, opens_block: bool, is_first: bool) -> int:
    if len(line) > MAX_HEADING_CHARACTERS or line[-1] in ".,;!?":
        return 0
    if UNDERLINE.match(following):
        return 1 if following.startswith("=") else 2
    if not opens_block:
        return 0
    if is_first and not following:
        return 1
    if line.isupper() and len(line) > 3:
        return 2
    if following:
        return 0
    if numbered := NUMBERED.match(line):
        return 2 + numbered[1].count(".")
    return 2 if line.endswith(":") else 0


def _lines(text: str) -> list[tuple[int, int, str]]:
    found, start = [], 0
    for line in text.splitlines(keepends=True):
        found.append((start, start + len(line), line.strip()))
        start += len(line)
    return found
