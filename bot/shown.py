"""Owns text on its way to a screen: what may not be shown goes, what is too long is cut where it hurts least."""

import re

# Controls, surrogates, marks that reverse, hide or join, blank letters and tags: they carry no words, only tricks.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
MANY_LINES = re.compile(r"\n(?:[ \u00a0]*\n){2,}")
BREAKS = (re.compile(r"\n *\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])[”’\")\]]?\s"))
SPACE = re.compile(r"\s")
ADDRESS_SIGNS = re.compile(r"(?<=:)(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE)


def clean(text: str) -> str:
    """Return the text as it may be shown: visible characters and line ends, no more than one empty line in a row."""
    text = INVISIBLE.sub("", LINE_END.sub("\n", text).replace("\t", " "))
    return MANY_LINES.sub("\n\n", text).strip()


def cut(text: str, most: int) -> list[str]:
    """Return the text in pieces of at most `most` characters, none blank.

    Between paragraphs where that can be, else lines, else sentences, else words; within a word that is longer.
    """
    pieces, start = [], 0
    while len(text) - start > most:
        end = start + _last_break(text[start : start + most + 1], most)
        pieces.append(text[start:end].strip())
        start = end
    return [piece for piece in [*pieces, text[start:].strip()] if piece]


def shorten(text: str, most: int) -> str:
    """Return the text, cut after a word and ended with … when it is longer than `most` characters (at least 2)."""
    return text if len(text) <= most else cut(text, most - 1)[0] + "…"


def without_addresses(text: str) -> str:
    """Return the text with a blank in each web address, so that no client finds one to follow."""
    return ADDRESS_SIGNS.sub(" ", text)


def one_line(text: str) -> str:
    """Return clean text with every run of white space as one blank."""
    return " ".join(clean(text).split())


def _last_break(window: str, most: int) -> int:
    for pattern in BREAKS:
        # A break near the start would leave a piece of a few words.
        places = [found.end() for found in pattern.finditer(window) if most // 3 <= found.end() - 1 <= most]
        if places:
            return min(places[-1], most)
    places = [found.start() for found in SPACE.finditer(window) if found.start() > 0]
    return places[-1] if places else most
