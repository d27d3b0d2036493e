"""Reads Markdown with optional YAML front matter."""

import re
from itertools import pairwise

from markdown_it import MarkdownIt

from coach.front_matter import read_front_matter
from coach.parse.hidden_html import without_hidden
from coach.plain import plain
from coach.reading import Heading, Reading

# Web offices write pictures into the text itself; a link to one then has more letters than an SOP.
PICTURE = re.compile(r"data:[\w/+.-]{1,60}(?:;[\w=-]{1,40}){0,3};base64,[\w+/=%-]*")
ATTRIBUTES = re.compile(r"\s*\{[#.:][^}]*\}\s*$")


def read(text: str) -> Reading:
    """Find front matter and headings, and leave out pictures and what HTML in it hides.

    Raises Rejected when the front matter is not a block of `key: value` lines.
    """
    text, hidden = without_hidden(PICTURE.sub("", text))
    facts, body_start = read_front_matter(text)
    return Reading(text, _headings(text, body_start), body_start=body_start, facts=facts, hidden=hidden)


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
