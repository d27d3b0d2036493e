"""Owns the walk over an HTML page: paragraphs, headings, list items and tables written as their tags open and close."""

import re
from collections.abc import Iterator, Mapping, Set

from selectolax.lexbor import LexborNode

from coach.parse.html_looks import Style
from coach.parse.html_table import CELLS, Table, is_frame
from coach.parse.looks import RAISED
from coach.parse.numerals import numeral
from coach.parse.page import BULLET_IN_A_CELL, Page

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
LISTS = ("ol", "ul")
WITHIN_A_LINE = {
    *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd"),
    *("label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var"),
    *("img", "input", "wbr"),
}
FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
# Wikis put signs that mean yes, no or beware into pictures.
EMOJI = re.compile(r"emoji|emoticon")
LONGEST_EMOJI = 30
NUMBER = re.compile(r"\s*(-?\d{1,6})\s*")
# Word writes list items as paragraphs with the number typed in; Google Docs writes deeper lists side by side.
WORD_LEVEL = re.compile(r"mso-list:\s*l\d+ level(\d)")
WORD_ITEM = re.compile(r"\s*([·•o§ü\uf0b7\uf0a7–-]|\(?\w{1,4}[.)])\s+(?=\S)")
GOOGLE_DEPTH = re.compile(r"\blst-kix_\S*-(\d)\b")
OF_AN_EDITOR = ("[if", "[endif", "StartFragment", "EndFragment")
DEEPEST = 8


class Blocks:
    """Writes the blocks of a page; a heading or table cell becomes one line whatever is in it."""

    def __init__(self, page: Page, styles: Mapping[int, Style], unseen: Set[int]) -> None:
        self._page = page
        self._styles = styles
        self._unseen = unseen
        self._looks = [Style()]
        self._open = ""
        self._hidden: dict[str, str] = {}
        self._numbers: list[int | None] = []
        self._forms: list[str] = []
        self._depths: list[int] = []
        self._marker = ""
        self._word_depth: int | None = None
        self._tables: list[Table | None] = []
        self._lines_entered = 0
        self._preformatted = 0
        self._raised = 0
        self._is_after_term = False

    def write(self, body: LexborNode) -> None:
        """Write everything inside an element that its reader sees."""
        self._looks.append(self._styles.get(body.mem_id, Style()))
        for node, is_entered in self._steps(body):
            self._enter(node) if is_entered else self._leave(node)
        self._close()

    def _steps(self, root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
        """Yield every node a reader may see twice, on the way in and on the way out, however deep it lies."""
        entered: list[LexborNode] = []
        node = root.child
        while node is not None or entered:
            if node is None:
                left = entered.pop()
                yield left, False
                node = left.next
            elif self._is_passed_over(node):
                node = node.next
            else:
                yield node, True
                entered.append(node)
                node = node.child

    def _is_passed_over(self, node: LexborNode) -> bool:
        if node.mem_id in self._unseen:
            return True
        if node.tag == "-comment":
            words = node.comment_content or ""
            if not words.lstrip().startswith(OF_AN_EDITOR):
                self._page.hide("a comment", self._place(), words)
            return True
        style = self._styles.get(node.mem_id)
        if style is None or not (style.is_gone or style.is_faint):
            return False
        self._page.hide(style.hiding or "", self._place(), node.text())
        return True

    def _enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._say(node.text(deep=False) or "")
            return
        self._looks.append(self._styles.get(node.mem_id, Style()).inside(self._looks[-1]))
        self._raised += tag == "sup"
        if tag == "br":
            self._open += " " if self._lines_entered else "\n"
        elif tag == "img":
            self._say(_emoji(node))
        if tag == "br" or _is_within_a_line(tag):
            return
        self._close()
        if tag == "pre":
            self._preformatted += 1
        elif tag in LISTS:
            self._enter_list(node)
        elif tag == "li":
            self._enter_item(node)
        elif tag == "p":
            self._word_depth = _word_depth(node)
        elif tag == "table":
            self._tables.append(None if self._lines_entered or is_frame(node) else Table())
        if tag in HEADINGS or self._is_cell(tag):
            self._lines_entered += 1

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            return
        self._looks.pop()
        self._raised -= tag == "sup"
        if tag == "br" or _is_within_a_line(tag):
            return
        if tag in HEADINGS or self._is_cell(tag):
            self._lines_entered -= 1
            self._leave_line(node)
        elif tag == "dt" and not self._lines_entered:
            self._open += "\n"
            self._is_after_term = True
        else:
            self._is_after_term = self._is_after_term and tag != "dl"
            self._close()
        if tag == "pre":
            self._preformatted -= 1
        elif tag in LISTS:
            self._numbers.pop()
            self._forms.pop()
            self._depths.pop()
        elif tag == "li":
            self._marker = ""
        elif tag == "p":
            self._word_depth = None
        elif tag == "tr" and self._tables and (table := self._tables[-1]) is not None:
            table.end_row()
        elif tag == "table" and (table := self._tables.pop()) is not None:
            self._page.table(table.rows, table.has_head)

    def _say(self, words: str) -> None:
        if kind := self._looks[-1].hiding:
            self._hidden[kind] = self._hidden.get(kind, "") + words
        else:
            words = words.translate(RAISED) if self._raised else words
            self._open += words if self._preformatted else words.replace("\n", " ")
            self._is_after_term = self._is_after_term and not words.strip()

    def _enter_list(self, node: LexborNode) -> None:
        self._numbers.append(_number(node, "start", 1) - 1 if node.tag == "ol" else None)
        self._forms.append(FORMS.get(node.attributes.get("type") or "", ""))
        beside = GOOGLE_DEPTH.search(node.attributes.get("class") or "")
        self._depths.append(int(beside[1]) if beside else min(len(self._depths), DEEPEST))

    def _enter_item(self, node: LexborNode) -> None:
        is_numbered = bool(self._numbers) and self._numbers[-1] is not None
        if is_numbered:
            self._numbers[-1] = _number(node, "value", (self._numbers[-1] or 0) + 1)
        self._marker = f"{numeral(self._numbers[-1] or 0, self._forms[-1])}." if is_numbered else "-"
        if self._lines_entered:
            self._open += f"{self._marker if is_numbered else BULLET_IN_A_CELL} "

    def _is_cell(self, tag: str) -> bool:
        return tag in CELLS and bool(self._tables) and self._tables[-1] is not None

    def _leave_line(self, node: LexborNode) -> None:
        if self._lines_entered:
            self._open += " "
            return
        words = self._taken()
        if node.tag in HEADINGS:
            self._page.heading(HEADINGS[node.tag or ""], words)
        elif table := self._tables[-1]:
            table.add(node, words)

    def _close(self) -> None:
        if self._lines_entered:
            self._open += " "
            return
        if self._is_after_term:
            # What a term means belongs on its line.
            return
        words, depth = self._taken(), self._depths[-1] if self._depths else 0
        if not words.strip():
            return
        typed = WORD_ITEM.match(words) if self._word_depth is not None else None
        if typed:
            marker = typed[1] if typed[1][-1] in ".)" else "-"
            self._page.item(marker, words[typed.end() :], self._word_depth or 0)
        elif self._marker:
            self._page.item(self._marker, words, depth)
            self._marker = ""
        elif self._depths:
            self._page.go_on(words, depth)
        else:
            self._page.paragraph(words)

    def _taken(self) -> str:
        words, self._open = self._open, ""
        place = self._place()
        self._page.hide_marks(words, place)
        for kind, hidden in self._hidden.items():
            self._page.hide(kind, place, hidden)
        self._hidden = {}
        return words

    def _place(self) -> str:
        return f"“{self._page.headings[-1].title[:80]}”" if self._page.headings else "its beginning"


def _is_within_a_line(tag: str) -> bool:
    # Word's own elements have a colon in their names.
    return tag in WITHIN_A_LINE or ":" in tag


def _emoji(picture: LexborNode) -> str:
    stated = picture.attributes
    if not EMOJI.search(stated.get("class") or ""):
        return ""
    return (stated.get("data-emoji-fallback") or stated.get("alt") or "")[:LONGEST_EMOJI]


def _word_depth(paragraph: LexborNode) -> int | None:
    stated = paragraph.attributes
    if level := WORD_LEVEL.search(stated.get("style") or ""):
        return min(int(level[1]), DEEPEST + 1) - 1
    return 0 if (stated.get("class") or "").startswith("MsoListParagraph") else None


def _number(node: LexborNode, attribute: str, otherwise: int) -> int:
    stated = NUMBER.fullmatch(node.attributes.get(attribute) or "")
    return int(stated[1]) if stated else otherwise
