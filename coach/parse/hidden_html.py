"""Owns the words of a Markdown file that its HTML hides or that are struck out: they leave the text and are told of."""

import re

from coach.parse.html_looks import STRIKING, declared
from coach.reading import STRUCK_OUT, Hidden

OPENING = re.compile(
    r"<([a-zA-Z][a-zA-Z0-9]{0,9})(\s[^<>]{0,300})?>|(?<![~\\`])~~(?=[^\s~])([^~\n]{0,600}?)(?<=\S)~~(?![~`])"
)
STYLE = re.compile(r"\sstyle\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
HIDDEN = re.compile(r"\shidden(?=[\s=/]|$)", re.IGNORECASE)


def without_hidden(text: str) -> tuple[str, tuple[Hidden, ...]]:
    """Return Markdown without the words that are hidden or struck out, on the same lines, and what was hidden where.

    An element that is never closed hides what follows on its line. Takes time linear in the text.
    """
    parts, hidden, done, line, counted = [], [], 0, 1, 0
    never_closed: set[str] = set()
    for opening in OPENING.finditer(text):
        kind = _hiding(opening)
        if kind is None or opening.start() < done:
            continue
        end = _end(text, opening, never_closed) if opening[1] else opening.end()
        line, counted = line + text.count("\n", counted, opening.start()), opening.start()
        hidden.append(Hidden(kind, f"line {line}", opening[3] or text[opening.end() : end]))
        parts += [text[done : opening.start()], "\n" * text.count("\n", opening.start(), end)]
        done = end
    return "".join([*parts, text[done:]]), tuple(hidden)


def _hiding(opening: re.Match[str]) -> str | None:
    if opening[3] or opening[1].lower() in STRIKING:
        return STRUCK_OUT
    attributes = opening[2] or ""
    if HIDDEN.search(attributes):
        return "invisible text"
    style = STYLE.search(attributes)
    return declared(style[1] or style[2] or "").hiding if style else None


def _end(text: str, opening: re.Match[str], never_closed: set[str]) -> int:
    name = opening[1].lower()
    if name not in never_closed:
        closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, opening.end())
        if closing:
            return closing.end()
        never_closed.add(name)
    newline = text.find("\n", opening.end())
    return len(text) if newline < 0 else newline
