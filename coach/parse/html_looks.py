"""Owns what an HTML page's style sheets and attributes do to words: hide them, shrink them, paint them like paper."""

import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from coach.parse.looks import SMALLEST_POINTS, is_near_white
from coach.reading import STRUCK_OUT

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# What holds only on paper, on a narrow screen or in an old browser says nothing about the page at a desk.
ON_SCREEN = re.compile(r"@media\s+(?:only\s+)?(?:screen|all)\s*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", re.IGNORECASE)
AT_BLOCK = re.compile(r"@[\w-]+[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
PLAIN_SELECTOR = re.compile(r"[\w\s.#>+~*=\"'\[\]-]+")
MOST_RULES = 400
DECLARATION = re.compile(r"\s*([\w-]+)\s*:\s*([^;]+)")
LENGTH = re.compile(r"(\d*\.?\d+)\s*(pt|px|em|rem|%|)")
POINTS = {"pt": 1.0, "px": 0.75, "em": 12.0, "rem": 12.0, "%": 0.12, "": 0.75}
NO_GROUND = ("transparent", "none", "inherit", "initial", "unset", "auto")
LEAST_OPACITY = 0.1
STRIKING = ("s", "strike", "del")


class Style(NamedTuple):
    """What is said about an element, None where nothing is. All but `is_gone` and `is_faint` is inherited."""

    is_gone: bool | None = None
    is_faint: bool | None = None
    is_invisible: bool | None = None
    is_tiny: bool | None = None
    is_white: bool | None = None
    has_ground: bool | None = None
    is_struck: bool | None = None

    def over(self, under: "Style") -> "Style":
        """Return this style, with what it leaves open taken from another."""
        return Style(*(mine if mine is not None else other for mine, other in zip(self, under, strict=True)))

    def inside(self, outer: "Style") -> "Style":
        """Return this style as it is inside an element of another."""
        return self.over(outer._replace(is_gone=None, is_faint=None))

    @property
    def hiding(self) -> str | None:
        """What keeps a reader from seeing such words or from heeding them, None where nothing does."""
        if self.is_gone or self.is_faint or self.is_invisible:
            return "invisible text"
        if self.is_tiny:
            return "tiny text"
        if self.is_struck:
            return STRUCK_OUT
        return "white text" if self.is_white and not self.has_ground else None


def styles_of(tree: LexborHTMLParser) -> dict[int, Style]:
    """Return the style of each element that has one worth knowing, by memory id; later rules win, attributes most."""
    found: dict[int, Style] = {}
    sheets = COMMENT.sub(" ", "\n".join(node.text() for node in tree.css("style")))
    sheets = AT_BLOCK.sub(" ", ON_SCREEN.sub(r"\1", sheets))
    rules = [(selectors, style) for selectors, css in RULE.findall(sheets) if (style := declared(css)) != Style()]
    for selectors, style in rules[:MOST_RULES]:
        for selector in selectors.split(","):
            for node in _selected(tree, selector):
                found[node] = style.over(found.get(node, Style()))
    for element in tree.css(", ".join(STRIKING)):
        found[element.mem_id] = found.get(element.mem_id, Style()).over(Style(is_struck=True))
    for element in tree.css("[style], [bgcolor], [color], [hidden]"):
        found[element.mem_id] = _own_style(element).over(found.get(element.mem_id, Style()))
    return found


def declared(css: str) -> Style:
    """Return what a list of CSS declarations says about seeing words."""
    style = Style()
    for name, stated in DECLARATION.findall(css):
        style = _declaration(name.lower(), stated.strip().lower().removesuffix("!important").strip()).over(style)
    return style


def _own_style(element: LexborNode) -> Style:
    stated = {name: value or "" for name, value in element.attributes.items()}
    ground, colour = stated.get("bgcolor"), stated.get("color") if element.tag == "font" else None
    by_attributes = Style(
        is_gone="hidden" in stated or None,
        is_white=is_near_white(colour) if colour else None,
        has_ground=_is_ground(ground) if ground else None,
    )
    return declared(stated.get("style", "")).over(by_attributes)


def _declaration(name: str, stated: str) -> Style:
    if name == "display":
        return Style(is_gone=stated == "none")
    if name == "mso-hide":
        return Style(is_gone=stated == "all")
    if name == "visibility":
        return Style(is_invisible=stated in ("hidden", "collapse"))
    if name == "opacity" and (opacity := LENGTH.fullmatch(stated)):
        return Style(is_faint=float(opacity[1]) < (LEAST_OPACITY if opacity[2] != "%" else 100 * LEAST_OPACITY))
    if name == "font-size" and (size := LENGTH.fullmatch(stated)):
        return Style(is_tiny=float(size[1]) * POINTS[size[2]] < SMALLEST_POINTS)
    if name in ("text-decoration", "text-decoration-line"):
        return Style(is_struck="line-through" in stated)
    if name == "color":
        return Style(is_white=is_near_white(stated))
    if name in ("background", "background-color", "background-image"):
        return Style(has_ground=_is_ground(stated))
    return Style()


def _is_ground(stated: str) -> bool | None:
    return None if stated.startswith(NO_GROUND) else not is_near_white(stated.split(" ", 1)[0])


def _selected(tree: LexborHTMLParser, selector: str) -> list[int]:
    # What holds only while a mouse or a state is there is left out.
    if not PLAIN_SELECTOR.fullmatch(selector) or not selector.strip():
        return []
    try:
        return [node.mem_id for node in tree.css(selector)]
    except SelectolaxError:
        return []
