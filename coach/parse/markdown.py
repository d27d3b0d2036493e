"""Reads Markdown with optional YAML front matter."""

import re
from itertools import pairwise
from typing import Any

import yaml
from markdown_it import MarkdownIt

from coach.plain import plain
from coach.reading import Heading, Reading, Rejected

OPENING = re.compile(r"---[ \t]*\n")
CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
ATTRIBUTES = re.compile(r"\s*\{[#.:][^}]*\}\s*$")


def read(text: str) -> Reading:
    """Find front matter and headings. Raises Rejected when the front matter is not a block of `key: value` lines."""
    facts, body_start = _front_matter(text)
    return Reading(text, _headings(text, body_start), body_start=body_start, facts=facts)


def _front_matter(text: str) -> tuple[dict[str, Any], int]:
    opening = OPENING.match(text)
    if opening is None:
        return {}, 0
    closing = CLOSING.search(text, opening.end())
    if closing is None:
        raise Rejected("opens its front matter with --- on line 1 but never closes it. Add a line with --- after it.")
    try:
        facts = yaml.safe_load(text[opening.end() : closing.start()])
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 2}, column {mark.column + 1}" if mark else "its first lines"
        raise Rejected(f"has front matter that cannot be read ({where}: {error.problem}). Correct it.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise Rejected(f"has front matter that cannot be read ({error}). Correct it.") from None
    if facts is not None and not isinstance(facts, dict):
        raise Rejected("has front matter that is not a list of `key: value` lines. Correct it.")
    return facts or {}, min(closing.end() + 1, len(text))


def _headings(text: str, body_start: int) -> tuple[Heading, ...]:
    line_starts = [body_start, *(body_start + newline.end() for newline in re.finditer("\n", text[body_start:]))]
    tokens = MarkdownIt("commonmark").parse(text[body_start:])
    found = []
    for token, inline in pairwise(tokens):
        if token.type != "heading_open" or token.level > 0 or token.map is None:
            continue
        title = ATTRIBUTES.sub("", plain(inline.content))
        first_line, line_after = token.map
        if title:
            after = line_starts[line_after] if line_after < len(line_starts) else len(text)
            found.append(Heading(int(token.tag[1]), title, line_starts[first_line], after))
    return tuple(found)
