"""Owns what stands on PDF pages beside their text: headers, footers and page numbers, which are left out."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from coach.parse.pdf_layout import Block
from coach.parse.pdf_lines import Line
from coach.parse.pdf_table import Table

MARGIN_SHARE = 0.13
REPEATED_SHARE = 0.3
NUMBER = re.compile(r"\d{1,4}")
LONE_PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?1(?:\s*(?:/|of)\s*1)?\W*", re.IGNORECASE)
# What browsers print above and below a page: when, from where, which of how many.
MOMENT = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d{2}(?: ?[AP]M)?"
OF_A_BROWSER = re.compile(rf"{MOMENT}\b.*|(?:\d+ of \d+ )?{MOMENT}|(?:https?|file)://\S+ \d+/\d+", re.IGNORECASE)

Key = tuple[str, int, int]


def without_furniture(pages: Sequence[tuple[Sequence[Block], float]]) -> list[list[Block]]:
    """Return the blocks of pages (with the height of each, in points) but for headers, footers and page numbers.

    These are the blocks near the edge of a page that come again at the same height on other pages, with the same words
    or with a number that counts the pages.
    """
    usual = _usual_size(pages)
    seen: Counter[Key] = Counter()
    for number, (blocks, height) in enumerate(pages):
        seen.update({key for block in blocks if _is_at_edge(block, height, usual) for key in _keys(block, number)})
    least = max(2, REPEATED_SHARE * len(pages))
    return [
        [
            block
            for block in blocks
            if not _is_at_edge(block, height, usual)
            or not (
                any(seen[key] >= least for key in _keys(block, number)) or (len(pages) == 1 and _is_of_one_page(block))
            )
        ]
        for number, (blocks, height) in enumerate(pages)
    ]


def _usual_size(pages: Sequence[tuple[Sequence[Block], float]]) -> float:
    amounts: Counter[float] = Counter()
    for line in (block for blocks, _ in pages for block in blocks if isinstance(block, Line)):
        amounts[round(line.size, 1)] += len(line.text)
    return max(amounts, key=lambda size: amounts[size], default=0.0)


def _is_at_edge(block: Block, height: float, usual_size: float) -> bool:
    # What is larger than the text heads something, however high on the page.
    is_small = isinstance(block, Table) or block.size <= 1.05 * usual_size
    return is_small and not MARGIN_SHARE * height < block.y < (1 - MARGIN_SHARE) * height


def _keys(block: Block, page: int) -> Iterator[Key]:
    words = block.text if isinstance(block, Line) else " ".join(cell for row in block.rows for cell in row)
    words = " ".join(words.casefold().split())
    yield words, 0, round(block.y)
    for number in NUMBER.finditer(words):
        yield words[: number.start()] + "#" + words[number.end() :], int(number[0]) - page, round(block.y)


def _is_of_one_page(block: Block) -> bool:
    patterns = (LONE_PAGE_NUMBER, OF_A_BROWSER)
    return isinstance(block, Line) and any(pattern.fullmatch(block.text) for pattern in patterns)
