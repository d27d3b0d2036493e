"""Owns the numbers and bullets of a Word document, counted as Word counts them."""

import re
from dataclasses import dataclass, field

from coach.parse.archive import Element
from coach.parse.docx_styles import Styles, W, value, whole
from coach.parse.numerals import numeral

PLACEHOLDER = re.compile(r"%([1-9])")
BULLET = "-"
LEVELS = 9
WORDS = ("numFmt", "lvlText", "pStyle")


@dataclass(frozen=True)
class Marker:
    """What stands before a list item, and how many levels in; a text of "" is a level printed without number."""

    text: str
    depth: int

    @property
    def is_bullet(self) -> bool:
        """Whether it is a bullet and no number."""
        return self.text == BULLET


@dataclass
class _Level:
    start: int = 1
    form: str = ""
    text: str = ""
    style: str = ""
    is_legal: bool = False


@dataclass
class _List:
    levels: list[_Level]
    counts: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


class Numbering:
    """Counts the list items of a document; ask for each paragraph once, in the order of the document."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._list_of: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._style_links: dict[str, str] = {}
        for stated in () if root is None else root.iter(f"{W}abstractNum"):
            key = value(stated, "abstractNumId")
            self._lists[key] = _List(_levels(stated))
            link = stated.find(f"{W}numStyleLink")
            if link is not None:
                self._style_links[key] = value(link, "val")
        for stated in () if root is None else root.iter(f"{W}num"):
            held = stated.find(f"{W}abstractNumId")
            if held is not None:
                self._list_of[value(stated, "numId")] = value(held, "val")
                self._restarts[value(stated, "numId")] = _restarts(stated)

    def marker(self, paragraph: Element) -> Marker | None:
        """Return the next number or bullet of a paragraph, None for one outside lists."""
        number, level, style = self._styles.numbering(paragraph)
        held = self._list(number)
        if held is None:
            return None
        if level is None:
            level = next((place for place, each in enumerate(held.levels) if style and each.style == style), 0)
        if not 0 <= level < LEVELS:
            return None
        for place, start in self._restarts.get(number, {}).items():
            held.counts[place] = start - 1
        self._restarts.pop(number, None)
        count = held.counts[level]
        held.counts[level] = (held.levels[level].start - 1 if count is None else count) + 1
        held.counts[level + 1 :] = [None] * (LEVELS - level - 1)
        return Marker(_label(held, level), level)

    def _list(self, number: str) -> _List | None:
        key = self._list_of.get(number, "")
        if key in self._style_links:
            key = self._list_of.get(self._styles.number_of_style(self._style_links[key]), key)
        return self._lists.get(key)


def _levels(stated: Element) -> list[_Level]:
    levels = [_Level() for _ in range(LEVELS)]
    for each in stated.iter(f"{W}lvl"):
        place = whole(each, 0, "ilvl")
        if place < LEVELS:
            parts = {part.tag: part for part in each}
            form, text, style = (value(parts[tag], "val") if (tag := W + name) in parts else "" for name in WORDS)
            levels[place] = _Level(whole(parts.get(f"{W}start"), 1), form, text, style, f"{W}isLgl" in parts)
    return levels


def _restarts(stated: Element) -> dict[int, int]:
    found = {}
    for override in stated.iter(f"{W}lvlOverride"):
        place, start = whole(override, 0, "ilvl"), override.find(f"{W}startOverride")
        if start is not None and place < LEVELS:
            found[place] = whole(start, 1)
    return found


def _label(held: _List, level: int) -> str:
    stated = held.levels[level]
    if stated.form == "bullet":
        return BULLET
    if stated.form == "none":
        return ""

    def number(placeholder: re.Match[str]) -> str:
        place = int(placeholder[1]) - 1
        each, count = held.levels[place], held.counts[place]
        return numeral(each.start if count is None else count, "decimal" if stated.is_legal else each.form)

    return PLACEHOLDER.sub(number, stated.text).strip()
