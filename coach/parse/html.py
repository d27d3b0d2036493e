"""Reads an HTML page: what its reader sees, as blocks of text with headings, lists and table rows."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from coach.reading import Heading, Reading

UNSEEN = "script, style, template, noscript, iframe, object, svg, nav, [hidden], [aria-hidden=true]"
HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])", re.I
)
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
BLOCKS = {"p", "div", "section", "article", "ul", "ol", "table", "blockquote", "pre", "dl", "dt", "dd", "main", "body"}
MAX_DEPTH = 200


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
        page.walk(tree.body, 0)
    return Reading(page.text(), tuple(page.headings), title=" ".join(title.text().split()) or None if title else None)


class _Page:
    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self._parts: list[str] = []
        self._length = 0
        self._open = ""

    def text(self) -> str:
        self._close()
        return "".join(self._parts)

    def walk(self, node: LexborNode, depth: int) -> None:
        child = node.child if depth < MAX_DEPTH else None
        while child is not None:
            self._visit(child, depth + 1)
            child = child.next

    def _visit(self, node: LexborNode, depth: int) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._open += node.text(deep=False) or ""
        elif tag in HEADINGS:
            self._close()
            heading = " ".join(node.text().split())
            if heading:
                start = self._length
                self._write(heading + "\n\n")
                self.headings.append(Heading(HEADINGS[tag], heading, start, self._length))
        elif tag == "li":
            self._close("\n")
            self._open = f"{self._bullet(node)} "
            self.walk(node, depth)
            self._close("\n")
        elif tag == "tr":
            self._close("\n")
            cells = [" ".join(cell.text().split()) for cell in node.css("th, td")]
            self._write("| " + " | ".join(cells) + " |\n")
        elif tag == "br":
            self._close("\n")
        elif tag in BLOCKS:
            self._close()
            self.walk(node, depth)
            self._close()
        else:
            self.walk(node, depth)

    @staticmethod
    def _bullet(node: LexborNode) -> str:
        if node.parent is None or node.parent.tag != "ol":
            return "-"
        place, before = 1, node.prev
        while before is not None:
            place += before.tag == "li"
            before = before.prev
        return f"{place}."

    def _close(self, ending: str = "\n\n") -> None:
        words = " ".join(self._open.split())
        self._open = ""
        if words and words not in ("-",):
            self._write(words + ending)
        elif ending == "\n\n" and self._parts and not self._parts[-1].endswith("\n\n"):
            self._write("\n")

    def _write(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)
