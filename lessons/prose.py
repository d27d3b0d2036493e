"""Cuts the Markdown of a module into the parts a message shows, without markup."""

import re
import unicodedata

from coach.plain import plain
from coach.sections import LIST_ITEM, blocks
from lessons.module import Part, PartKind

SUBHEADING = re.compile(r"^#{4,6}[ \t].*$", re.MULTILINE)
BULLETS = "-*+•"


def parts_of(body: str) -> tuple[Part, ...]:
    """Return the paragraphs, list items and headings of level 4 and deeper in a piece of Markdown, in order."""
    spaced = SUBHEADING.sub(r"\n\g<0>\n", body)
    parts = []
    for span in blocks(spaced, 0, len(spaced)):
        block = spaced[span.start : span.end]
        mark = LIST_ITEM.match(block)
        text = plain(block[mark.end() :] if mark else block)
        kind: PartKind = "heading" if SUBHEADING.match(block) else "text"
        if mark:
            kind = "bullet" if mark[0].strip() in BULLETS else "number"
        if text:
            parts.append(Part(text, kind))
    return tuple(parts)


def slug_of(title: str) -> str:
    """Return a title as small letters and digits joined by hyphens, "" where it has none from a to z or 0 to 9."""
    plain_letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    return "-".join(re.findall(r"[a-z0-9]+", plain_letters))


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun, such as "1 card" or "3 cards"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
