"""Reads plain text with optional front matter; lines set apart, underlined, numbered or in capitals are headings."""

import re

from coach.front_matter import read_front_matter
from coach.reading import Heading, Reading

UNDERLINE = re.compile(r"^(={3,}|-{3,}|~{3,})[ \t]*$")
NUMBERED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,3})[.)]?[ \t]+(\S.*)$")
MAX_HEADING_CHARACTERS = 80


def read(text: str) -> Reading:
    """Find headings in plain text. Level 1 is the title, numbered lines nest by their number."""
    facts, body_start = read_front_matter(text)
    lines = _lines(text, body_start)
    headings: list[Heading] = []
    without_body = _without_body(lines)
    skip_to = 0
    for place, (start, _, line) in enumerate(lines):
        if place < skip_to or not line:
            continue
        following = lines[place + 1][2] if place + 1 < len(lines) else ""
        opens_block = place == 0 or not lines[place - 1][2]
        level = _level(line, following, opens_block, is_first=not headings)
        if level and place not in without_body:
            skip_to = place + 2 if UNDERLINE.match(following) else place + 1
            headings.append(Heading(level, line.strip(" \t:"), start, lines[skip_to - 1][1]))
    return Reading(text, tuple(headings), body_start=body_start, facts=facts)


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


def _without_body(lines: list[tuple[int, int, str]]) -> set[int]:
    """Return the places of lines that head nothing: the last one, and numbered steps with only the next below them."""
    found, below = set(), ""
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place][2]
        number, following = NUMBERED.match(line), NUMBERED.match(below)
        if (line and not below) or (number and following and following[1].count(".") <= number[1].count(".")):
            found.add(place)
        below = line or below
    return found


def _lines(text: str, start: int) -> list[tuple[int, int, str]]:
    found = []
    for line in text[start:].splitlines(keepends=True):
        found.append((start, start + len(line), line.strip()))
        start += len(line)
    return found
