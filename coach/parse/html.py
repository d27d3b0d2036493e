"""Reads an HTML page: what its reader sees, as blocks of text with headings, lists and table rows."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from coach.reading import Heading, Reading

UNSEEN = "script, style, template, noscript, iframe, object, svg, nav, [hidden], [aria-hidden=true]"
HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:font-size|opacity)\s*:\s*0*\.?0+(?![.\d])", re.I
)
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
CELLS = {"td", "th"}
WITHIN_A_LINE = {
    *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd"),
    *("label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var"),
    *("img", "input", "wbr", "-comment"),
}
ONE_LINE = {"br", "li", "tr", "tbody", "thead", "tfoot", *CELLS}
NUMBER = re.compile(r"\s*(-?\d{1,6})\s*")


def read(text: str) -> Reading:
    """Return the visible text of a page with its headings; nothing hidden by tag, attribute or inline style."""
    tree = LexborHTMLParser(text)
    for node in tree.css(UNSEEN):
        node.decompose()
    for node in tree.css("[style]"):
        if HIDING_STYLE.search(node.attributes.get("style") or ""):
            node.decompose()
    title = tree.css_first("title")
    page = _Page()
    if tree.body is not None:
        for node, is_entered in _steps(tree.body):
            page.enter(node) if is_entered else page.leave(node.tag or "")
    return Reading(page.text(), tuple(page.headings), title=" ".join(title.text().split()) or None if title else None)


def _steps(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Yield every node below the root twice, on the way in and on the way out, however deep it lies."""
    entered: list[LexborNode] = []
    node = root.child
    while node is not None or entered:
        if node is None:
            left = entered.pop()
            yield left, False
            node = left.next
        else:
            yield node, True
            entered.append(node)
            node = node.child


class _Page:
    """Writes blocks as their tags open and close; a heading or table cell becomes one line whatever is in it."""

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self._parts: list[str] = []
        self._length = 0
        self._ending = "\n\n"
        self._open = ""
        self._bullet = ""
        self._numbers: list[int | None] = []
        self._lines_entered = 0
        self._row: list[str] = []

    def text(self) -> str:
        self._close()
        return "".join(self._parts)

    def enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._open += node.text(deep=False) or ""
            return
        if tag in WITHIN_A_LINE:
            return
        self._close("\n" if tag in ONE_LINE else "\n\n")
        if tag in HEADINGS or tag in CELLS:
            self._lines_entered += 1
        elif tag in ("ol", "ul"):
            self._numbers.append(_number(node, "start", 1) - 1 if tag == "ol" else None)
        elif tag == "li":
            self._bullet = f"{self._next_number(node)} "

    def leave(self, tag: str) -> None:
        if tag in HEADINGS or tag in CELLS:
            self._lines_entered -= 1
            self._leave_line(tag)
        elif tag == "tr" and self._row and not self._lines_entered:
            self._write("| " + " | ".join(self._row) + " |\n")
            self._row = []
        elif tag != "-text" and tag not in WITHIN_A_LINE:
            self._close("\n" if tag in ONE_LINE else "\n\n")
        if tag in ("ol", "ul"):
            self._numbers.pop()
        elif tag == "li":
            self._bullet = ""

    def _leave_line(self, tag: str) -> None:
        if self._lines_entered:
            self._open += " "
            return
        words, self._open = " ".join(self._open.split()), ""
        if tag in CELLS:
            self._row.append(words)
        elif words:
            self.headings.append(Heading(HEADINGS[tag], words, self._length, self._length + len(words) + 2))
            self._write(words + "\n\n")

    def _next_number(self, node: LexborNode) -> str:
        if not self._numbers or self._numbers[-1] is None:
            return "-"
        self._numbers[-1] = _number(node, "value", self._numbers[-1] + 1)
        return f"{self._numbers[-1]}."

    def _close(self, ending: str = "\n\n") -> None:
        if self._lines_entered:
            self._open += " "
            return
        words, self._open = " ".join(self._open.split()), ""
        if words:
            self._write(self._bullet + words + ending)
            self._bullet = ""
        elif ending == "\n\n" and self._ending != "\n\n":
            self._write("\n")

    def _write(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)
        self._ending = (self._ending + words)[-2:]


def _number(node: LexborNode, attribute: str, otherwise: int) -> int:
    stated = NUMBER.fullmatch(node.attributes.get(attribute) or "")
    return int(stated[1]) if stated else otherwise
