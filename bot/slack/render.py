"""Owns how a message, a form and the home page look in Slack's Block Kit: everything is data, nothing is markup."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.messages import (
    MAX_CHARACTERS,
    Actions,
    Block,
    Button,
    Chart,
    Facts,
    Field,
    Form,
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
from bot.parts import (
    CHARTS,
    HEADING_CHARACTERS,
    LABEL_CHARACTERS,
    PIECE_CHARACTERS,
    cleaned,
    links,
    parts,
    pieces,
    table_lines,
    words,
)
from bot.shown import one_line, shorten, without_addresses
from bot.slack.charts import data_visualization
from metrics.charts import bars_as_text

Json = dict[str, Any]

TEXT_CHARACTERS = 4_000
TITLE_CHARACTERS = 24
HINT_CHARACTERS = 2_000
INPUT_CHARACTERS = 3_000
OPTIONS_IN_MENU = 100
VIEW_BLOCKS = 100
# Slack's own limit is 250,000; the rest is room for what it adds.
VIEW_BYTES = 200_000
GOES_ON = Note("This goes on for longer than Slack can show in one message.")
VIEW_GOES_ON = Note("This is longer than Slack can show here. Open the file itself to read the rest.")
NO_LABEL = "…"
EMPTY_CELL = "–"
# Slack sends a press of a link as well; the gateway lets go of it.
OPENS_LINK = "open_link"
# Of a data_table the first rows, the rest on further pages of it.
PAGE_ROWS = 25
CHART = "chart"


def payload(message: Message) -> Json:
    """Return `text` and `blocks` as chat.postMessage takes them; what parts() did not cut beforehand ends in a note."""
    shown, *rest = parts(replace(message, file=None))
    blocks = _blocks([*shown.blocks, GOES_ON] if rest else shown.blocks)
    return {"text": _escaped(shown.text, TEXT_CHARACTERS), "blocks": blocks}


def plain_payload(message: Message, most_characters: int = MAX_CHARACTERS) -> Json:
    """Return the message as words only, for when Slack refuses its blocks; `blocks` are emptied."""
    message = cleaned(message)
    opened = "\n".join(f"{one_line(link.label)}: {link.url}" for link in links(message.blocks))
    # Slack makes links of addresses in the answer to a click, whatever `parse` says.
    said = without_addresses(words(message.blocks) or message.text or NO_LABEL)
    room = most_characters - len(opened)
    if not opened or room < len(NO_LABEL) + 2:
        return {"text": _escaped(said, most_characters), "blocks": []}
    return {"text": f"{_escaped(said, room - 2)}\n\n{_escape(opened)}"[:most_characters], "blocks": []}


def beside_file(message: Message, mark: str) -> list[Json]:
    """Return the blocks that stand beside a file; `mark`, at most 255 characters, names the first."""
    return [{**_rich({"type": "rich_text_section", "elements": [_words(cleaned(message).text)]}), "block_id": mark}]


def view(form: Form) -> Json:
    """Return a modal; its private_metadata is the form's value, callback_id its action, block ids its fields' names."""
    form = cleaned(form)
    modal: Json = {
        "type": "modal",
        "title": _plain(form.title, TITLE_CHARACTERS),
        "callback_id": form.action,
        "private_metadata": form.value,
        "close": _plain("Cancel" if form.submit or form.fields else "Close", TITLE_CHARACTERS),
        "blocks": _page(form.blocks, [_input(field) for field in form.fields], most_charts=0),
    }
    if form.submit or form.fields:
        modal["submit"] = _plain(form.submit or "Send", TITLE_CHARACTERS)
    return modal


def home(message: Message) -> Json:
    """Return the home page that shows a message."""
    message = cleaned(message)
    return {"type": "home", "blocks": _page(message.blocks or (Text(message.text),), [], most_charts=CHARTS)}


def plain_home(message: Message) -> Json:
    """Return the home page in words only, for when Slack refuses its blocks."""
    message = cleaned(message)
    said = shorten(words(message.blocks) or message.text or NO_LABEL, PIECE_CHARACTERS)
    return {"type": "home", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": said}}]}


def _page(blocks: Iterable[Block], below: list[Json], most_charts: int) -> list[Json]:
    whole = _blocks((piece for block in blocks for piece in pieces(_without_table(block))), most_charts)
    kept, room = [], VIEW_BYTES
    for block in whole[: VIEW_BLOCKS - len(below)]:
        room -= len(json.dumps(block))
        if room < 0:
            break
        kept.append(block)
    if len(kept) < len(whole):
        kept[VIEW_BLOCKS - len(below) - 1 :] = []
        kept += _blocks([VIEW_GOES_ON])
    return [*kept, *below] or _blocks([Text(NO_LABEL)])


def _without_table(block: Block) -> Block:
    # Slack shows tables in messages only.
    if isinstance(block, Table):
        return Text("\n".join(filter(None, [block.caption, *table_lines(block)])))
    return block


def _blocks(blocks: Iterable[Block], most_charts: int = CHARTS) -> list[Json]:
    seen: Counter[str] = Counter({CHART: -most_charts})
    return [rendered for block in blocks for rendered in _block(block, seen)]


def _block(block: Block, seen: Counter[str]) -> list[Json]:
    match block:
        case Heading(text):
            return [{"type": "header", "text": _plain(text, HEADING_CHARACTERS)}]
        case Text(text, is_strong):
            return [_rich({"type": "rich_text_section", "elements": [_words(text, is_strong)]})]
        case Quote(text):
            return [_rich({"type": "rich_text_quote", "elements": [_words(text)]})]
        case Steps(items, is_numbered):
            return [_rich(_list(items, is_numbered))]
        case Note(text):
            return [{"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}]
        case Facts(pairs):
            return [{"type": "section", "fields": [_fact(*pair) for pair in pairs]}]
        case Table():
            return [_data_table(block)] if block.caption and len(block.rows) > 1 else _table(block)
        case Chart():
            return _chart(block, seen)
        case Actions(items):
            return [{"type": "actions", "elements": [_item(item, seen) for item in items]}]
    return [{"type": "divider"}]


def _rich(element: Json) -> Json:
    return {"type": "rich_text", "elements": [element]}


def _words(text: str, is_strong: bool = False) -> Json:
    return {"type": "text", "text": text} | ({"style": {"bold": True}} if is_strong else {})


def _list(items: Sequence[str], is_numbered: bool) -> Json:
    sections = [{"type": "rich_text_section", "elements": [_words(item or EMPTY_CELL)]} for item in items]
    return {"type": "rich_text_list", "style": "ordered" if is_numbered else "bullet", "elements": sections}


def _fact(label: str, value: str) -> Json:
    return {"type": "plain_text", "text": f"{label or NO_LABEL}\n{value or EMPTY_CELL}", "emoji": False}


def _table(table: Table) -> list[Json]:
    """Return a small table, or what goes on of a long one, with its caption above it."""
    rows = _rows(table)
    shown: Json = {
        "type": "table",
        "column_settings": [_column(cells) for cells in zip(*rows, strict=True)],
        "rows": _cells(table, rows),
    }
    return [*_blocks([Text(table.caption, is_strong=True)] if table.caption else []), shown]


def _data_table(table: Table) -> Json:
    """Return a table with a caption of its own, which people can sort and read page by page."""
    rows = _rows(table)
    return {
        "type": "data_table",
        "caption": one_line(table.caption),
        "rows": _cells(table, rows),
        "page_size": min(len(rows), PAGE_ROWS),
        "row_header_column_index": 0,
    }


def _rows(table: Table) -> list[tuple[str, ...]]:
    return [(*row, *[""] * (len(table.columns) - len(row))) for row in table.rows]


def _cells(table: Table, rows: Iterable[Sequence[str]]) -> list[list[Json]]:
    return [
        [{"type": "raw_text", "text": one_line(cell) or EMPTY_CELL} for cell in row] for row in (table.columns, *rows)
    ]


def _chart(chart: Chart, seen: Counter[str]) -> list[Json]:
    seen[CHART] += 1
    if seen[CHART] > 0:
        return _blocks(pieces(Text(bars_as_text(chart.spec))))
    takeaway = pieces(Text(chart.spec.takeaway))
    return [*_blocks(takeaway), data_visualization(chart.spec)]


def _column(cells: Sequence[str]) -> Json:
    are_numbers = any(cells) and all(cell[0].isdigit() for cell in cells if cell)
    return {"align": "right"} if are_numbers else {"is_wrapped": True}


def _item(item: Button | Menu | Link, seen: Counter[str]) -> Json:
    if isinstance(item, Menu):
        action_id = f"menu{seen['menu']}"
        seen["menu"] += 1
        options = [
            {"text": _plain(label, LABEL_CHARACTERS), "value": f"{action}|{item.value}"}
            for label, action in item.options[:OPTIONS_IN_MENU]
        ]
        placeholder = _plain(item.label, LABEL_CHARACTERS)
        return {"type": "static_select", "action_id": action_id, "placeholder": placeholder, "options": options}
    # Ids must differ within one payload; the gateway takes the number off again.
    action = OPENS_LINK if isinstance(item, Link) else item.action
    again = seen[action]
    seen[action] += 1
    button: Json = {
        "type": "button",
        "text": _plain(item.label, LABEL_CHARACTERS),
        "action_id": f"{action}:{again}" if again else action,
    }
    if isinstance(item, Link):
        return button | {"url": item.url}
    if item.value:
        button["value"] = item.value
    return button | ({"style": "primary"} if item.is_primary else {})


def _input(field: Field) -> Json:
    most = min(field.most, INPUT_CHARACTERS)
    element: Json = {
        "type": "plain_text_input",
        "action_id": field.name,
        "multiline": field.is_multiline,
        "max_length": most,
    }
    if field.value:
        element["initial_value"] = field.value[:most]
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "label": _plain(field.label, HINT_CHARACTERS),
        "element": element,
    }
    if field.is_optional:
        block["optional"] = True
    return block | ({"hint": _plain(field.hint, HINT_CHARACTERS)} if field.hint else {})


def _plain(text: str, most: int) -> Json:
    return {"type": "plain_text", "text": shorten(one_line(text), most) or NO_LABEL, "emoji": False}


def _escaped(text: str, most: int) -> str:
    escaped = _escape(shorten(text, most))
    while len(escaped) > most:
        text = shorten(text, min(len(text), most) * most // len(escaped))
        escaped = _escape(text)
    return escaped


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
