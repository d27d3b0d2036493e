"""Owns the lint of SOPs: words hidden from their reader, and words that speak to a machine instead of to staff.

A finding is a note to the SOP's owner, never a reason to leave an SOP out: what instructions cannot do is ensured where
answers are made.
"""

import re
import unicodedata
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import PurePosixPath

from coach.documents import Document
from coach.lint_rules import SIGNS, Sign
from coach.reading import INVISIBLE, STRUCK_OUT, visible
from coach.sections import blocks

EXCERPT_CHARACTERS = 120
MAX_BLOCK_CHARACTERS = 4_000
OVERLAP_CHARACTERS = 300
SHOWN_PLACES = 3
WITH_LINES = {".md", ".markdown", ".txt"}
# Emphasis parts no words, and a break within a paragraph is a space.
FLAT = str.maketrans({"*": "", "_": "", "`": "", "~": "", "\n": " ", "\t": " "})
CYRILLIC = dict(zip("аеорсухіјѕһԁԛԝкмтвн", "aeopcyxijshdqwkmtbh", strict=True))
GREEK = dict(zip("οαειρτυκχ", "oaeiptukx", strict=True))
# Letters of other alphabets that look like Latin ones (Unicode TS 39, confusables).
LOOKALIKES = str.maketrans(CYRILLIC | GREEK)
MIXED_ALPHABETS = re.compile(r"[a-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][a-z]", re.IGNORECASE)
COMMENT = re.compile(r"<!--(?:[^<]|<(?!!--)){50,}?-->")
ASKING_PICTURE = re.compile(
    r"(?:!\[[^\[\]\n]{0,200}\]\(|<img\b[^<>]{0,300}?\bsrc\s*=\s*[\"']?)\s*https?://(?!img\.shields\.io|badge)[^\s()<>\"'?]{1,300}\?[^\s()<>\"']{0,300}=",
    re.IGNORECASE,
)
BASE64 = re.compile(
    r"(?<![\w/+.=-])(?=[A-Za-z+/]{0,60}[0-9])(?=[A-Za-z0-9+/]{0,60}[A-Z])(?=[A-Z0-9+/]{0,60}[a-z])"
    r"[A-Za-z0-9+/]{48,}={0,2}(?![\w/+-])"
)
BINARY = re.compile(r"(?:[01]{8}[ ,]{1,2}){6}")
# Looked for in words as they stand; SIGNS are looked for in folded words.
MARKS_UP = (
    Sign("mixed_alphabets", "mixes letters of several alphabets in a word", (MIXED_ALPHABETS,)),
    Sign("comment", "holds a comment that its reader does not see", (COMMENT,), ("<!--",)),
    Sign("asking_picture", "shows a picture whose address takes words along", (ASKING_PICTURE,), ("http",)),
    Sign("blob", "holds a long string that only a machine can read", (BASE64, BINARY)),
)
LOOK_AT_IT = "Take that out unless you want staff to read it."
LOOK_AT_HIDDEN = "Coach does not quote it; take it out of the file, too, unless you put it there."


@dataclass(frozen=True)
class Finding:
    """A place in an SOP that its owner should look at.

    `says` is what is there, as the rest of a sentence that begins with the file's name, `place` is `line 12`, `page 3`
    or `“Refunds”`, and `excerpt` at most 120 characters on one line.
    """

    name: str
    says: str
    place: str
    excerpt: str


def lint(document: Document) -> tuple[Finding, ...]:
    """Return what is hidden in an SOP and what in it speaks to a machine, each kind in reading order."""
    hidden = [
        Finding(
            "hidden", f"{'holds' if each.kind == STRUCK_OUT else 'hides'} {each.kind}", each.place, _cut(each.excerpt)
        )
        for each in document.hidden
    ]
    return (*hidden, *_in_text(document))


def notes_on(document: Document) -> tuple[str, ...]:
    """Return the findings of an SOP, one sentence and an advice a kind, to follow the file's name."""
    by_says: dict[str, list[Finding]] = {}
    for finding in lint(document):
        by_says.setdefault(finding.says, []).append(finding)
    return tuple(
        f"{says} ({_listed(found)}). {LOOK_AT_HIDDEN if found[0].name in {'hidden', 'comment'} else LOOK_AT_IT}"
        for says, found in by_says.items()
    )


def _listed(findings: Sequence[Finding]) -> str:
    shown = "; ".join(f"{each.place}: “{each.excerpt}”" for each in findings[:SHOWN_PLACES])
    more = len(findings) - SHOWN_PLACES
    return f"{shown}; and {more} more" if more > 0 else shown


def _in_text(document: Document) -> Iterator[Finding]:
    text = document.text
    place_of = _lines(text) if PurePosixPath(document.file).suffix.lower() in WITH_LINES else _headings(document)
    seen: set[tuple[str, str]] = set()
    for block in blocks(text, 0, len(text)):
        for start in range(block.start, block.end, MAX_BLOCK_CHARACTERS - OVERLAP_CHARACTERS):
            words = text[start : min(start + MAX_BLOCK_CHARACTERS, block.end)]
            for sign, offset in _signs(words):
                finding = Finding(sign.name, sign.says, place_of(start + offset), _cut(words[offset:]))
                if (finding.name, finding.place) not in seen:
                    seen.add((finding.name, finding.place))
                    yield finding


def _signs(words: str) -> Iterator[tuple[Sign, int]]:
    """Yield each sign in a stretch of text with about where it begins."""
    lined = unicodedata.normalize("NFKC", INVISIBLE.sub("", words)).casefold()
    if MIXED_ALPHABETS.search(lined):
        lined = lined.translate(LOOKALIKES)
    flat = lined.translate(FLAT)
    for sign in (*MARKS_UP, *SIGNS):
        found = sign.find(words if sign in MARKS_UP else lined if sign.is_by_line else flat)
        if found is not None:
            yield sign, min(found.start() + len(found[0]) - len(found[0].lstrip()), len(words) - 1)


def _lines(text: str) -> Callable[[int], str]:
    ends = list(accumulate(len(line) for line in text.splitlines(keepends=True)))
    return lambda offset: f"line {bisect(ends, offset) + 1}"


def _headings(document: Document) -> Callable[[int], str]:
    starts = [numbered.section.start for numbered in document.sections]
    paths = [numbered.section.heading_path for numbered in document.sections]

    def heading(offset: int) -> str:
        section = bisect(starts, offset) - 1
        path = paths[section] if section >= 0 else ()
        return f"“{_cut(path[-1])}”" if path else "its beginning"

    return heading


def _cut(words: str) -> str:
    return " ".join(visible(words[: 4 * EXCERPT_CHARACTERS]).split())[:EXCERPT_CHARACTERS]
