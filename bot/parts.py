"""Owns cutting a message into parts a platform takes: no part empty, nothing lost, what belongs together kept so."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import zip_longest
from typing import Any, TypeVar

from bot.links import can_be_opened
from bot.messages import (
    MAX_BLOCKS,
    MAX_CHARACTERS,
    Actions,
    Block,
    Button,
    Chart,
    Divider,
    Facts,
    File,
    Heading,
    Link,
    Menu,
    Message,
    Note,
    Quote,
    Steps,
    Table,
    Text,
)
from bot.shown import clean, cut, one_line, shorten
from metrics.charts import in_words

HEADING_CHARACTERS = 150
LABEL_CHARACTERS = 75
# One block of a message; a section of Slack holds 3,000, a field of facts and small print 2,000.
PIECE_CHARACTERS = 3_000
SMALL_CHARACTERS = 2_000
FACTS_IN_BLOCK = 10
ITEMS_IN_ACTIONS = 25
TABLE_ROWS, TABLE_COLUMNS = 99, 20
CHARTS = 2
# What a chart counts for: about the bytes of its picture beside those of letters.
CHART_CHARACTERS = 2_000
FILE_NAME_CHARACTERS, BESIDE_FILE_CHARACTERS = 100, 500
NOT_IN_FILE_NAMES = re.compile(r"[^\w .()-]+")
CHOOSE = "Choose one."
NOTHING = "(There is nothing to show.)"

T = TypeVar("T")


def parts(message: Message, most_characters: int = MAX_CHARACTERS, most_blocks: int = MAX_BLOCKS) -> list[Message]:
    """Return the message in parts of at most so many characters and blocks, each with a `text` of its own.

    A message that fits is one part; one whose blocks say nothing shows its `text`. Headings stay with what follows
    them and Actions with what they follow; a table that cannot be one is told line by line; one table and two charts a
    part. A file is a part of its own, the last.
    """
    message = cleaned(message)
    if message.file is not None:
        is_alone = not message.blocks and len(message.text) <= BESIDE_FILE_CHARACTERS
        before = [] if is_alone else parts(replace(message, file=None), most_characters, most_blocks)
        beside = (is_alone and message.text) or message.file.title or message.file.name
        return [*before, Message(shorten(beside, BESIDE_FILE_CHARACTERS), file=message.file)]
    blocks = [piece for block in message.blocks for piece in pieces(block, most_characters)]
    if not words(blocks):
        actions = [block for block in blocks if isinstance(block, Actions)]
        blocks = [*pieces(Text(message.text or (CHOOSE if actions else NOTHING)), most_characters), *actions]
    text = message.text or words(blocks)
    if _fits(blocks, most_characters, most_blocks):
        return [Message(text, tuple(blocks))]
    filled = _fill(_groups(blocks), lambda blocks: _fits(blocks, most_characters, most_blocks))
    return [Message(words(part) or text, part) for part in filled]


def pieces(block: Block, most_characters: int = PIECE_CHARACTERS) -> list[Block]:
    """Return a clean block as blocks within the limits of one; none where it would show nothing."""
    most = min(most_characters, PIECE_CHARACTERS)
    match block:
        case Heading(text):
            return [block] if 0 < len(text) <= HEADING_CHARACTERS else _texts(text, most, is_strong=True)
        case Text(text, is_strong):
            return _texts(text, most, is_strong)
        case Quote(text):
            return [Quote(piece) for piece in cut(text, most)]
        case Note(text):
            return [Note(piece) for piece in cut(text, min(most, SMALL_CHARACTERS))]
        case Steps():
            return _steps(block, most)
        case Facts(pairs):
            return _facts(pairs, most)
        case Table():
            return _tables(block, most)
        case Actions(items):
            shown = [item for item in items if _can_be_pressed(item)]
            return [Actions(chunk) for chunk in _chunks(shown, _item_size, ITEMS_IN_ACTIONS, most)]
    return [block]


def words(blocks: Iterable[Block]) -> str:
    """Return what blocks say as plain text, without what can be pressed."""
    return clean("\n\n".join(said for block in blocks if (said := _words(block))))


def cleaned(thing: T) -> T:
    """Return a message, a form or any part of one with every text in it clean."""
    whole: Any = thing
    if isinstance(thing, File):
        # What is in a file is not shown but kept, as it is.
        whole = replace(thing, name=_file_name(thing.name), title=one_line(thing.title))
    elif isinstance(thing, str):
        whole = clean(thing)
    elif isinstance(thing, tuple):
        whole = tuple(map(cleaned, thing))
    elif is_dataclass(thing) and not isinstance(thing, type):
        whole = replace(thing, **{field.name: cleaned(getattr(thing, field.name)) for field in fields(thing)})
    return whole  # type: ignore[no-any-return]


def links(blocks: Iterable[Block]) -> list[Link]:
    """Return the links that can be opened, in order."""
    items = (item for block in blocks if isinstance(block, Actions) for item in block.items)
    return [item for item in items if isinstance(item, Link) and can_be_opened(item.url)]


def table_lines(table: Table) -> list[str]:
    """Return each row of a table as a line that names its columns."""
    return [
        "; ".join(f"{column}: {cell}" if column else cell for column, cell in _cells(table, row) if cell)
        for row in table.rows
    ]


def _words(block: Block) -> str:
    match block:
        case Heading(text) | Text(text) | Quote(text) | Note(text):
            return text
        case Steps():
            return "\n".join(_step_lines(block)) if any(block.items) else ""
        case Facts(pairs):
            return "\n".join(f"{label}: {value}" for label, value in pairs if label or value)
        case Table(caption):
            return "\n".join(filter(None, [caption, *table_lines(block)]))
        case Chart(spec):
            return in_words(spec)
    return ""


def _can_be_pressed(item: Button | Menu | Link) -> bool:
    match item:
        case Menu(_, options):
            return bool(options)
        case Link(_, url):
            return can_be_opened(url)
    return True


def _file_name(name: str) -> str:
    kept = NOT_IN_FILE_NAMES.sub("_", one_line(name)).rstrip(". ")
    return kept[-FILE_NAME_CHARACTERS:].lstrip(". ") or "file.txt"


def _texts(text: str, most: int, is_strong: bool = False) -> list[Block]:
    return [Text(piece, is_strong) for piece in cut(text, most)]


def _step_lines(steps: Steps) -> list[str]:
    return [f"{place}. {item}" if steps.is_numbered else f"• {item}" for place, item in enumerate(steps.items, 1)]


def _steps(steps: Steps, most: int) -> list[Block]:
    if not any(steps.items):
        return []
    lines = _step_lines(steps)
    if size(steps) <= most:
        return [steps]
    # A second list would count from 1 again, so the rest of a long one is text that keeps its numbers.
    return [piece for chunk in _chunks(lines, _line_size, len(lines), most) for piece in _texts("\n".join(chunk), most)]


def _facts(pairs: Sequence[tuple[str, str]], most: int) -> list[Block]:
    shown = [pair for pair in pairs if any(pair)]
    if any(_pair_size(pair) > min(most, SMALL_CHARACTERS) for pair in shown):
        return _texts(_words(Facts(tuple(shown))), most)
    return [Facts(chunk) for chunk in _chunks(shown, _pair_size, FACTS_IN_BLOCK, most)]


def _tables(table: Table, most: int) -> list[Block]:
    head = sum(map(len, table.columns)) + len(table.caption)
    rows = [row for row in table.rows if any(row)]
    is_one = (
        rows
        and 0 < len(table.columns) <= TABLE_COLUMNS
        and all(len(row) <= len(table.columns) for row in rows)
        and head + max(map(_row_size, rows)) <= most
    )
    if not is_one:
        return _texts(_words(replace(table, rows=tuple(rows))), most)
    chunks = list(_chunks(rows, _row_size, TABLE_ROWS, most - head))
    return [replace(table, caption="" if place else table.caption, rows=rows) for place, rows in enumerate(chunks)]


def _cells(table: Table, row: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((one_line(column), one_line(cell)) for column, cell in zip_longest(table.columns, row, fillvalue=""))


def _row_size(row: Sequence[str]) -> int:
    return sum(map(len, row))


def _line_size(line: str) -> int:
    return len(line) + len("\n")


def _pair_size(pair: tuple[str, str]) -> int:
    return _line_size(f"{pair[0]}: {pair[1]}")


def _item_size(item: Button | Menu | Link) -> int:
    labels = [item.label, *(label for label, _ in item.options)] if isinstance(item, Menu) else [item.label]
    return sum(min(len(label), LABEL_CHARACTERS) for label in labels)


def _chunks(things: Sequence[T], size: Callable[[T], int], most: int, most_size: int) -> Iterator[tuple[T, ...]]:
    chunk: list[T] = []
    room = most_size
    for thing in things:
        if chunk and (len(chunk) == most or size(thing) > room):
            yield tuple(chunk)
            chunk, room = [], most_size
        chunk.append(thing)
        room -= size(thing)
    if chunk:
        yield tuple(chunk)


def _groups(blocks: Iterable[Block]) -> list[list[Block]]:
    groups: list[list[Block]] = []
    for block in blocks:
        follows = groups and (isinstance(block, Actions) or isinstance(groups[-1][-1], Heading))
        if follows:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _fill(groups: Iterable[list[Block]], fits: Callable[[Sequence[Block]], bool]) -> list[tuple[Block, ...]]:
    filled: list[list[Block]] = [[]]
    for group in groups:
        for together in [group] if fits(group) else [[block] for block in group]:
            if filled[-1] and not fits([*filled[-1], *together]):
                filled.append([])
            filled[-1] += together
    return [part for blocks in filled if (part := _without_outer_lines(blocks))]


def _without_outer_lines(blocks: Sequence[Block]) -> tuple[Block, ...]:
    kept = [place for place, block in enumerate(blocks) if not isinstance(block, Divider)]
    return tuple(blocks[kept[0] : kept[-1] + 1]) if kept else ()


def _fits(blocks: Sequence[Block], most_characters: int, most_blocks: int) -> bool:
    tables = [block for block in blocks if isinstance(block, Table)]
    charts = [block for block in blocks if isinstance(block, Chart)]
    # The caption of a table and the takeaway of a chart are blocks of their own.
    count = len(blocks) + len(charts) + sum(bool(table.caption) for table in tables)
    return (
        len(tables) <= 1
        and len(charts) <= CHARTS
        and count <= most_blocks
        and sum(map(size, blocks)) <= most_characters
    )


def size(block: Block) -> int:
    """Return how many characters a block shows."""
    match block:
        case Table(caption, columns, rows):
            return len(caption) + sum(map(len, columns)) + sum(map(_row_size, rows))
        case Chart(spec):
            return CHART_CHARACTERS + len(spec.takeaway)
        case Actions(items):
            return sum(map(_item_size, items))
    return len(_words(block))
