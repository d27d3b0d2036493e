"""Owns the words of one Word paragraph: what its reader sees of it, and what is hidden in it."""

from dataclasses import dataclass, field

from coach.parse.archive import Element
from coach.parse.docx_styles import Look, Styles, W, value
from coach.parse.looks import RAISED, TICKS

MATHS_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
# Deleted words, field codes, phonetic guides above words, properties.
UNREAD = {
    f"{W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "rt", "rPr", "pPr", "sdtPr", "tblPr", "tcPr")
}
MARKS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
REFERENCES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
SYMBOLS = {
    **{f"{ord(letter):X}": tick for letter, tick in TICKS.items()},
    "F0E0": "→",
    "F0B7": "•",
    "F0A7": "•",
}


@dataclass
class Words:
    """The words of a paragraph, the notes they refer to by (kind, id), text boxes in it, and hidden words by kind."""

    pieces: list[tuple[str, Look]] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What a reader sees; references to notes stand as a NUL each, to be numbered in the order of the document."""
        return "".join(piece for piece, _ in self.pieces)

    @property
    def is_bold(self) -> bool:
        """Whether every word is bold."""
        looks = [look for piece, look in self.pieces if piece.strip()]
        return bool(looks) and all(look.is_bold for look in looks)

    @property
    def half_points(self) -> int:
        """The size of its largest words, 0 where nothing says."""
        return max((look.half_points or 0 for piece, look in self.pieces if piece.strip()), default=0)


def words_of(paragraph: Element, styles: Styles, is_on_dark: bool) -> Words:
    """Read one paragraph; on a dark ground white words can be seen."""
    words = Words()
    look = styles.paragraph_look(paragraph)
    _walk(paragraph, Look(is_shaded=True).over(look) if is_on_dark else look, styles, words)
    return words


def _walk(node: Element, look: Look, styles: Styles, words: Words) -> None:
    for child in chosen(node):
        tag = child.tag
        if tag in UNREAD:
            continue
        if tag == f"{W}r":
            own = styles.run_look(child, look)
            _walk(child, Look(is_shaded=look.is_shaded).over(own) if look.is_shaded else own, styles, words)
        elif tag in (f"{W}t", MATHS_TEXT):
            _add(child.text or "", look, words)
        elif tag in MARKS:
            _add(MARKS[tag], look, words)
        elif tag == f"{W}sym":
            _add(SYMBOLS.get(value(child, "char").upper(), ""), look, words)
        elif tag in REFERENCES:
            words.references.append((REFERENCES[tag], value(child, "id")))
            words.pieces.append(("\0", look))
        elif tag == f"{W}txbxContent":
            words.boxes.append(child)
        else:
            _walk(child, look, styles, words)


def chosen(node: Element) -> list[Element]:
    """Return the children of a node; where there are alternatives, those of the first."""
    found: list[Element] = []
    for child in node:
        found += list(child[0]) if child.tag == CHOICE and len(child) else [child]
    return found


def _add(text: str, look: Look, words: Words) -> None:
    text = text.replace("\0", "")
    if look.hiding:
        words.hidden[look.hiding] = words.hidden.get(look.hiding, "") + text
    elif text:
        words.pieces.append((text.translate(RAISED) if look.is_raised else text, look))
