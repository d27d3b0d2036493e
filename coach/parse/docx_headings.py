"""Owns the finding of headings in a Word document whose author used no styles: short bold, large or capital lines."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from coach.parse.docx_numbering import Marker

MAX_CHARACTERS = 90
LARGER_HALF_POINTS = 3
TYPED_NUMBER = re.compile(r"\d{1,2}((?:\.\d{1,2})*)[.)]?\s")
# Below every level of Word's own.
LABEL_LEVEL = 9
SMALL_LETTER = re.compile(r"[a-z]")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph as it is written down. `level` is 0 for body text, else that of a heading; `notes` follow it.

    `is_indented` says that it stands to the right of the margin.
    """

    text: str
    level: int = 0
    marker: Marker | None = None
    is_bold: bool = False
    half_points: int = 0
    notes: tuple[str, ...] = ()
    is_indented: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells, the first a head or not; `notes` follow it."""

    rows: tuple[tuple[str, ...], ...]
    has_head: bool
    notes: tuple[str, ...] = ()


Block = Paragraph | Table


def with_headings(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with the levels of their headings, level 1 the title where there is one.

    Styles that name headings have the word; what they call a title comes with level 1, their first heading with 2.
    Where they name none, or only the one the document opens with, larger print heads smaller print, a number like 2.1
    leads one level further down, and what opens the document in print larger than all else is its title.
    """
    paragraphs = [block for block in blocks if isinstance(block, Paragraph)]
    stated = [paragraph.level for paragraph in paragraphs if _is_stated(paragraph)]
    if len(stated) == 1 and _is_stated(paragraphs[0]):
        title = blocks.index(paragraphs[0])
        below = _by_looks(blocks[title + 1 :])
        return [*blocks[:title], replace(paragraphs[0], level=1), *below]
    if stated:
        return list(blocks) if 1 in stated else [_one_level_up(block) for block in blocks]
    return _by_looks(blocks)


def _by_looks(blocks: Sequence[Block]) -> list[Block]:
    sizes: Counter[int] = Counter()
    for block in blocks:
        if isinstance(block, Paragraph):
            sizes[block.half_points] += len(block.text)
    if not sizes:
        return list(blocks)
    body = max(sizes, key=lambda size: sizes[size])
    looks = [block if _stands_out(block, body) else None for block in blocks]
    heads = {
        place: look
        for place, (look, following) in enumerate(zip(looks, [*looks[1:], None], strict=True))
        if look is not None and place + 1 < len(blocks) and (following is None or _rank(look) != _rank(following))
    }
    sizes_of_heads = [head.half_points for head in heads.values()]
    ranks = sorted(set(sizes_of_heads), reverse=True)
    has_title = (
        0 in heads and len(ranks) > 1 and heads[0].half_points == ranks[0] and sizes_of_heads.count(ranks[0]) == 1
    )
    levels = {
        place: 1 if has_title and place == 0 else 2 + ranks.index(head.half_points) - has_title + _depth(head)
        for place, head in heads.items()
    }
    return [
        replace(heads[place], level=levels[place]) if place in heads else block for place, block in enumerate(blocks)
    ]


def _is_stated(block: Block) -> TypeGuard[Paragraph]:
    return isinstance(block, Paragraph) and 0 < block.level < LABEL_LEVEL


def _one_level_up(block: Block) -> Block:
    return replace(block, level=block.level - 1) if _is_stated(block) else block


def _stands_out(block: Block, body_half_points: int) -> TypeGuard[Paragraph]:
    if not isinstance(block, Paragraph) or block.level or (block.marker and block.marker.is_bullet):
        return False
    text = block.text.strip()
    if not text or len(text) > MAX_CHARACTERS or "\n" in text or text[-1] in ".,;!" or not any(map(str.isalpha, text)):
        return False
    is_large = block.half_points >= body_half_points + LARGER_HALF_POINTS
    is_capital = len(text) > 3 and not SMALL_LETTER.search(text) and text.isupper()
    return block.is_bold or is_large or (is_capital and block.marker is None)


def _rank(block: Paragraph) -> tuple[int, bool, int]:
    return block.half_points, block.is_bold, _depth(block)


def _depth(block: Paragraph) -> int:
    if block.marker:
        return block.marker.depth
    typed = TYPED_NUMBER.match(block.text.strip())
    return typed[1].count(".") if typed else 0
