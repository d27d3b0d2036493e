"""Reads a Word document: what its reader sees in the body, with headings, numbered lists, tables and notes."""

from collections.abc import Iterator

from coach.parse.archive import Archive, Element
from coach.parse.docx_headings import Block, Paragraph, Table, with_headings
from coach.parse.docx_numbering import BULLET, Marker, Numbering, roman
from coach.parse.docx_styles import Styles, W, is_filled, value, whole
from coach.parse.docx_words import Words, chosen, words_of
from coach.parse.page import BULLET_IN_A_CELL, Page
from coach.reading import Reading, Rejected

# A list of contents repeats the headings; its styles and its content control say what it is.
CONTENTS_STYLES = ("toc ", "table of figures")
CONTENTS_CONTROL = f"{W}sdtPr/{W}docPartObj/{W}docPartGallery"
GONE = {f"{W}del", f"{W}moveFrom"}
DEEPEST_LEVEL = 9


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
            yield Paragraph(text, level, marker, words.is_bold, words.half_points, notes)
        for box in words.boxes:
            # A text box may have any ground.
            yield from self.blocks(box, is_on_dark=True)

    def _with_notes(self, words: Words) -> tuple[str, tuple[str, ...]]:
        text, notes = words.text, []
        for kind, key in words.references:
            self._notes_seen[kind] += 1
            count = self._notes_seen[kind]
            label = f"[{roman(count) if kind == 'endnote' and count < 400 else count}]"
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
        grid = [_cells(row) for row in rows]
        if max(map(len, grid), default=0) <= 1:
            # One column is a frame around text.
            for cells in grid:
                for cell in cells:
                    yield from self.blocks(cell, is_shaded or is_filled(cell.find(f"{W}tcPr/{W}shd")))
            return
        written: list[tuple[str, ...]] = []
        notes: list[str] = []
        above: list[str] = []
        bold_rows: list[bool] = []
        for row, cells in zip(rows, grid, strict=True):
            line = [""] * whole(row.find(f"{W}trPr/{W}gridBefore"), 0)
            is_bold = []
            for cell in cells:
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                blocks = list(self.blocks(cell, is_shaded or is_filled(cell.find(f"{W}tcPr/{W}shd"))))
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


def _write(blocks: list[Block], page: Page) -> None:
    waiting: tuple[str, ...] = ()
    was_item = False
    for block in blocks:
        is_item = isinstance(block, Paragraph) and block.marker is not None and not block.level
        if not (is_item and was_item):
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
        else:
            page.paragraph(block.text)
        waiting += block.notes
        was_item = is_item
    for note in waiting:
        page.paragraph(note)


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
