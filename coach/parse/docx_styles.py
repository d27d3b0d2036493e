"""Owns how a Word document's styles make words look, and which paragraphs they make headings or list items."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from coach.parse.archive import Element
from coach.parse.looks import SMALLEST_POINTS, is_near_white
from coach.reading import STRUCK_OUT

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEADING_NAME = re.compile(r"heading ([1-9])")
OFF = {"0", "false", "off", "none"}
NO_FILL = {"", "auto", "none", "white"}
BODY_LEVEL = 9
# Older files state the first row by the sixth bit of a hexadecimal number.
FIRST_ROW_BITS = set("2367abefABEF")


class Look(NamedTuple):
    """How a run of words is printed; None where nothing says so yet. `is_shaded`: on a ground that is not white."""

    is_bold: bool | None = None
    half_points: int | None = None
    colour: str | None = None
    is_vanished: bool | None = None
    is_shaded: bool | None = None
    is_struck: bool | None = None
    is_raised: bool | None = None

    def over(self, under: "Look") -> "Look":
        """Return this look, with what it leaves open taken from another."""
        return Look._make(mine if mine is not None else other for mine, other in zip(self, under, strict=True))

    @property
    def hiding(self) -> str | None:
        """What keeps a reader from seeing such words or from heeding them, None where nothing does."""
        if self.is_vanished:
            return "invisible text"
        if self.is_struck:
            return STRUCK_OUT
        if self.half_points is not None and self.half_points < 2 * SMALLEST_POINTS:
            return "tiny text"
        if self.colour and not self.is_shaded and is_near_white(self.colour):
            return "white text"
        return None


class Styles:
    """The styles of a document by id, each with what it inherits."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {} if root is None else {value(style, "styleId"): style for style in root.iter(f"{W}style")}
        self._looks: dict[str, Look] = {}
        defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        self._default_look = look_of(defaults)
        self._default_paragraph = next(
            (
                key
                for key, style in self._styles.items()
                if value(style, "type") == "paragraph" and value(style, "default") in {"1", "true", "on"}
            ),
            "",
        )

    def paragraph_look(self, paragraph: Element) -> Look:
        """Return how a paragraph's words look unless they say otherwise."""
        ground = is_filled(paragraph.find(f"{W}pPr/{W}shd"))
        return Look(is_shaded=ground or None).over(self._look(self._style_of(paragraph)).over(self._default_look))

    def run_look(self, run: Element, under: Look) -> Look:
        """Return how a run looks inside a paragraph that looks like `under`."""
        stated = run.find(f"{W}rPr")
        if stated is None:
            return under
        style = stated.find(f"{W}rStyle")
        return look_of(stated).over(self._look(value(style, "val") if style is not None else "").over(under))

    def name(self, paragraph: Element) -> str:
        """Return the name of a paragraph's style in small letters; Word keeps those of its own styles in English."""
        return self._name(self._style_of(paragraph))

    def outline_level(self, paragraph: Element) -> int | None:
        """Return 0 for a title, 1 to 9 for a heading, None for other paragraphs."""
        key = self._style_of(paragraph)
        names = [self._name(each) for each in self._chain(key)]
        if direct := _outline(paragraph):
            return direct if direct <= BODY_LEVEL else None
        if names[:1] == ["title"]:
            return 0
        for each, name in zip(self._chain(key), names, strict=True):
            if named := HEADING_NAME.fullmatch(name):
                return int(named[1])
            if level := _outline(self._styles[each]):
                return level if level <= BODY_LEVEL else None
        return None

    def numbering(self, paragraph: Element) -> tuple[str, int | None, str]:
        """Return numId ("" for none), level (None where not stated) and the id of the style that says so."""
        for key, holder in [
            ("", paragraph),
            *((each, self._styles[each]) for each in self._chain(self._style_of(paragraph))),
        ]:
            stated = holder.find(f"{W}pPr/{W}numPr")
            number = stated.find(f"{W}numId") if stated is not None else None
            if stated is not None and number is not None:
                level = stated.find(f"{W}ilvl")
                return value(number, "val"), whole(level, 0) if level is not None else None, key
        return "", None, ""

    def indent(self, paragraph: Element) -> int:
        """Return how far a paragraph stands from the left margin, in twentieths of a point, 0 for not at all."""
        for holder in (paragraph, *(self._styles[key] for key in self._chain(self._style_of(paragraph)))):
            stated = holder.find(f"{W}pPr/{W}ind")
            if stated is not None:
                return whole(stated, 0, "left") or whole(stated, 0, "start")
        return 0

    def number_of_style(self, key: str) -> str:
        """Return the numId a numbering style stands for, "" for none."""
        style = self._styles.get(key)
        number = style.find(f"{W}pPr/{W}numPr/{W}numId") if style is not None else None
        return value(number, "val") if number is not None else ""

    def sets_heads_apart(self, table: Element) -> bool:
        """Say whether a table's style prints its first row in a way of its own, and the table asks for that."""
        look = table.find(f"{W}tblPr/{W}tblLook")
        if look is None:
            return False
        asked = value(look, "firstRow")
        is_asked = asked not in OFF if asked else value(look, "val")[-2:-1] in FIRST_ROW_BITS
        return is_asked and any(value(part, "type") == "firstRow" for part in self._table_parts(table))

    def is_shaded(self, table: Element) -> bool:
        """Say whether a table's style prints any of its cells on a ground that is not white."""
        return any(is_filled(fill) for part in self._table_parts(table) for fill in part.iter(f"{W}shd"))

    def _table_parts(self, table: Element) -> Iterator[Element]:
        style = table.find(f"{W}tblPr/{W}tblStyle")
        for key in self._chain(value(style, "val") if style is not None else ""):
            yield from self._styles[key].iter(f"{W}tblStylePr")

    def _style_of(self, paragraph: Element) -> str:
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        return value(style, "val") if style is not None else self._default_paragraph

    def _name(self, key: str) -> str:
        name = self._styles[key].find(f"{W}name") if key in self._styles else None
        return value(name, "val").lower() if name is not None else ""

    def _chain(self, key: str) -> list[str]:
        chain: list[str] = []
        while key in self._styles and key not in chain:
            chain.append(key)
            based_on = self._styles[key].find(f"{W}basedOn")
            key = value(based_on, "val") if based_on is not None else ""
        return chain

    def _look(self, key: str) -> Look:
        if key not in self._looks:
            look = Look()
            for each in self._chain(key):
                style = self._styles[each]
                ground = is_filled(style.find(f"{W}pPr/{W}shd"))
                look = look.over(look_of(style.find(f"{W}rPr"))).over(Look(is_shaded=ground or None))
            self._looks[key] = look
        return self._looks[key]


def look_of(stated: Element | None) -> Look:
    """Return what run properties say about the look of words."""
    if stated is None:
        return Look()
    size, colour, marker = stated.find(f"{W}sz"), stated.find(f"{W}color"), stated.find(f"{W}highlight")
    struck = [switch for name in ("strike", "dstrike") if (switch := _switch(stated.find(f"{W}{name}"))) is not None]
    raised = stated.find(f"{W}vertAlign")
    is_marked = marker is not None and value(marker, "val").lower() not in NO_FILL
    return Look(
        _switch(stated.find(f"{W}b")),
        whole(size, 0) or None,
        value(colour, "val") if colour is not None else None,
        _switch(stated.find(f"{W}vanish")),
        (is_marked or is_filled(stated.find(f"{W}shd"))) or None,
        any(struck) if struck else None,
        value(raised, "val") == "superscript" if raised is not None else None,
    )


def is_filled(shading: Element | None) -> bool:
    """Say whether a shading puts words on a ground that is not white."""
    if shading is None:
        return False
    fill = value(shading, "fill")
    return value(shading, "val") == "solid" or (fill.lower() not in NO_FILL and not is_near_white(fill))


def value(node: Element, name: str) -> str:
    """Return a WordprocessingML attribute, "" where it is missing."""
    return str(node.get(W + name, ""))


def whole(node: Element | None, otherwise: int, name: str = "val") -> int:
    """Return an attribute as a number from 0, `otherwise` where it is none."""
    digits = value(node, name) if node is not None else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else otherwise


def _switch(node: Element | None) -> bool | None:
    return None if node is None else value(node, "val").lower() not in OFF


def _outline(holder: Element) -> int:
    return whole(holder.find(f"{W}pPr/{W}outlineLvl"), -1) + 1
