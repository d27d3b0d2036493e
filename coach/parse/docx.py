"""Reads a Word document: what its reader sees in the body, with headings, numbered lists, tables and notes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from coach.parse.archive import Archive, Element
from coach.parse.docx_headings import LABEL_LEVEL, Block, Paragraph, Table, with_headings
from coach.parse.docx_numbering import BULLET, Marker, Numbering
from coach.parse.docx_styles import Styles, W, is_filled, value, whole
from coach.parse.docx_words import Words, chosen, words_of
from coach.parse.numerals import numeral
from coach.parse.page import BULLET_IN_A_CELL, Page
from coach.reading import Reading, Rejected

# A list of contents repeats the headings; its styles and its content control say what it is.
CONTENTS_STYLES = ("toc ", "table of figures")
CONTENTS_CONTROL = f"{W}sdtPr/{W}docPartObj/{W}docPartGallery"
PICTURES = (f"{W}drawing", f"{W}pict")
GONE = {f"{W}del", f"{W}moveFrom"}
# Steps stay together, whatever each says.
STEP = re.compile(r"step\s*\d", re.IGNORECASE)
FIRST_NUMBER = re.compile(r"\(?[1a][.)]?", re.IGNORECASE)
DEEPEST_LEVEL = LABEL_LEVEL - 1
LONGEST_LABEL = 60
# Further paragraphs of a cell beside a label make it a section.
MOST_IN_A_ROW = 2


def read(data: bytes) -> Reading:
    """Return the text of a .docx file with its headings. Headers, footers, deletions and comments are left out."""
    archive = Archive(data)
    name = archive.main_part()
    root = archive.tree(name)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise Rejected("is not a Word document, whatever its ending says. Open it and save it as .docx.")
    document = _Document(archive, name)
    blocks = with_headings(list(document.blocks(body)))
    document.hide_comments(archive.one_related(name, "comments"))
    _write(blocks, document.page)
    if not blocks and next(body.iter(*PICTURES), None) is not None:
        raise Rejected("holds pictures and no text. Run text recognition (OCR) on them, or write down what they say.")
    return Reading(document.page.text(), tuple(document.page.headings), hidden=tuple(document.page.hidden))


class _Document:
    """Turns the body of a document into blocks, counting its lists and notes on the way."""

    def __init__(self, archive: Archive, name: str) -> None:
        self.page = Page()
        self._styles = Styles(archive.one_related(name, "styles"))
        self._numbering = Numbering(archive.one_related(name, "numbering"), self._styles)
        self._notes = {
            (kind, value(note, "id")): note
            for kind in ("footnote", "endnote")
            for root in [archive.one_related(name, f"{kind}s")]
            for note in (() if root is None else root)
        }
        self._notes_seen = {"footnote": 0, "endnote": 0}
        self._paragraphs_seen = 0

    def blocks(self, container: Element, is_on_dark: bool = False) -> Iterator[Block]:
        """Yield the paragraphs and tables of a body, a cell or a text box in order."""
        for child in chosen(container):
            if child.tag == f"{W}p":
                yield from self._paragraph(child, is_on_dark)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag not in GONE and not _is_contents(child):
                yield from self.blocks(child, is_on_dark)

    def hide_comments(self, root: Element | None) -> None:
        """Remember what comments say; a document's readers get to see none."""
        for place, comment in enumerate(() if root is None else root.iter(f"{W}comment"), start=1):
            self.page.hide("a comment", f"comment {place}", self._plain(comment))

    def _paragraph(self, paragraph: Element, is_on_dark: bool) -> Iterator[Block]:
        self._paragraphs_seen += 1
        style = self._styles.name(paragraph)
        if style.startswith(CONTENTS_STYLES):
            return
        words = words_of(paragraph, self._styles, is_on_dark)
        place = f"paragraph {self._paragraphs_seen}"
        self.page.hide_marks(words.text, place)
        for kind, hidden in words.hidden.items():
            self.page.hide(kind, place, hidden)
        text, notes = self._with_notes(words)
        if text.strip():
            marker = self._numbering.marker(paragraph)
            if marker is None and style.startswith("list bullet"):
                marker = Marker(BULLET, 0)
            outline = self._styles.outline_level(paragraph)
            level = 0 if outline is None else min(outline + 1, DEEPEST_LEVEL)
            is_indented = self._styles.indent(paragraph) > 0
            yield Paragraph(text, level, marker, words.is_bold, words.half_points, notes, is_indented)
        for box in words.boxes:
            # A text box may have any ground.
            yield from self.blocks(box, is_on_dark=True)

    def _with_notes(self, words: Words) -> tuple[str, tuple[str, ...]]:
        text, notes = words.text, []
        for kind, key in words.references:
            self._notes_seen[kind] += 1
            count = self._notes_seen[kind]
            label = f"[{numeral(count, 'lowerRoman' if kind == 'endnote' else 'decimal')}]"
            text = text.replace("\0", label, 1)
            note = self._notes.get((kind, key))
            notes += [f"{label} {self._plain(note)}"] if note is not None else []
        return text, tuple(notes)

    def _plain(self, container: Element) -> str:
        paragraphs = [words_of(each, self._styles, False).text for each in container.iter(f"{W}p")]
        return " ".join(" ".join(paragraphs).replace("\0", "").split())

    def _table(self, table: Element) -> Iterator[Block]:
        is_shaded = self._styles.is_shaded(table)
        rows = [row for row in _rows(table) if row.find(f"{W}trPr/{W}del") is None]
        grid = [
            [
                (cell, list(self.blocks(cell, is_shaded or is_filled(cell.find(f"{W}tcPr/{W}shd")))))
                for cell in _cells(row)
            ]
            for row in rows
        ]
        inside = [[blocks for _, blocks in cells] for cells in grid]
        if max(map(len, grid), default=0) <= 1 or _is_form(inside):
            # A single column is a frame around text.
            yield from _sections(inside)
            return
        written: list[tuple[str, ...]] = []
        notes: list[str] = []
        above: list[str] = []
        bold_rows: list[bool] = []
        for row, cells in zip(rows, grid, strict=True):
            line = [""] * whole(row.find(f"{W}trPr/{W}gridBefore"), 0)
            is_bold = []
            for cell, blocks in cells:
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                text = " ".join(_in_a_cell(block) for block in blocks)
                notes += [note for block in blocks for note in block.notes]
                if merged is not None and value(merged, "val") != "restart" and len(line) < len(above):
                    text = above[len(line)]
                is_bold += [all(isinstance(block, Paragraph) and block.is_bold for block in blocks)] if text else []
                line += [text] + [""] * (whole(cell.find(f"{W}tcPr/{W}gridSpan"), 1) - 1)
            above = line
            written.append(tuple(line))
            bold_rows.append(bool(is_bold) and all(is_bold))
        has_head = len(rows) > 1 and (
            rows[0].find(f"{W}trPr/{W}tblHeader") is not None
            or self._styles.sets_heads_apart(table)
            or bold_rows[:2] == [True, False]
        )
        yield Table(tuple(written), has_head, tuple(notes))


def _is_form(inside: Sequence[Sequence[Sequence[Block]]]) -> bool:
    """Say whether the rows of a table are labels with sections beside them, as forms for procedures have it."""
    labelled = [row for row in inside if len(row) != 1]
    is_labelled = all(len(row) == 2 and _is_label(row[0]) for row in labelled)
    return is_labelled and any(len(row[1]) > MOST_IN_A_ROW for row in labelled)


def _is_label(blocks: Sequence[Block]) -> bool:
    if len(blocks) != 1 or not isinstance(blocks[0], Paragraph):
        return False
    text = blocks[0].text.strip()
    is_short = len(text) <= LONGEST_LABEL and "\n" not in text and text[-1] not in ".,;!?"
    return is_short and any(map(str.isalpha, text)) and not STEP.match(text)


def _sections(inside: Sequence[Sequence[Sequence[Block]]]) -> Iterator[Block]:
    for row in inside:
        for place, blocks in enumerate(row):
            is_label = place == 0 and len(row) > 1
            for block in blocks:
                yield replace(block, level=LABEL_LEVEL) if is_label and isinstance(block, Paragraph) else block


def _write(blocks: list[Block], page: Page) -> None:
    waiting: tuple[str, ...] = ()
    was_item, depth = False, 0
    for block, following in zip_longest(blocks, blocks[1:]):
        is_item = isinstance(block, Paragraph) and block.marker is not None and not block.level
        goes_on = was_item and _is_between_items(block, following)
        if not ((is_item or goes_on) and was_item):
            # Notes stand below the list they belong to, not inside it.
            for note in waiting:
                page.paragraph(note)
            waiting = ()
        if isinstance(block, Table):
            page.table(block.rows, block.has_head)
        elif block.level:
            page.heading(block.level, _numbered(block))
        elif block.marker and block.marker.text:
            page.item(block.marker.text, block.text, block.marker.depth)
            depth = block.marker.depth
        elif goes_on:
            page.go_on(block.text, depth)
        else:
            page.paragraph(block.text)
        waiting += block.notes
        was_item = is_item or goes_on
    for note in waiting:
        page.paragraph(note)


def _is_between_items(block: Block, following: Block | None) -> bool:
    """Say whether a paragraph is a further one of the item above: further in, and the list goes on below it."""
    is_inside = isinstance(block, Paragraph) and block.is_indented and not (block.level or block.marker)
    marker = following.marker if isinstance(following, Paragraph) and not following.level else None
    return is_inside and marker is not None and not FIRST_NUMBER.fullmatch(marker.text)


def _numbered(block: Paragraph) -> str:
    shown = block.marker.text if block.marker and not block.marker.is_bullet else ""
    return f"{shown} {block.text}" if shown else block.text


def _in_a_cell(block: Block) -> str:
    if isinstance(block, Paragraph):
        marker = block.marker.text if block.marker else ""
        return f"{BULLET_IN_A_CELL if marker == BULLET else marker} {block.text}".strip()
    return " ".join(cell for row in block.rows for cell in row if cell)


def _is_contents(node: Element) -> bool:
    gallery = node.find(CONTENTS_CONTROL)
    return gallery is not None and value(gallery, "val") == "Table of Contents"


def _rows(table: Element) -> list[Element]:
    return _inside(table, f"{W}tr", stop=f"{W}tbl")


def _cells(row: Element) -> list[Element]:
    return _inside(row, f"{W}tc", stop=f"{W}tc")


def _inside(node: Element, wanted: str, stop: str) -> list[Element]:
    """Return the parts of a table through what may be wrapped around them, and none of a table inside."""
    found: list[Element] = []
    for child in node:
        if child.tag == wanted:
            found.append(child)
        elif child.tag not in GONE and child.tag != stop:
            found += _inside(child, wanted, stop)
    return found
