"""Owns how a message, a form and the home page look in Slack's Block Kit: everything is data, nothing is markup."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from bot.messages import (
    MAX_CHARACTERS,
    Actions,
    Block,
    Button,
    Facts,
    Field,
    Form,
    Heading,
    Menu,
    Message,
    Note,
    Quote,
    Steps,
    Table,
    Text,
)
from bot.parts import HEADING_CHARACTERS, LABEL_CHARACTERS, PIECE_CHARACTERS, cleaned, parts, pieces, table_lines, words
from bot.shown import one_line, shorten

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


def payload(message: Message) -> Json:
    """Return `text` and `blocks` as chat.postMessage takes them; what parts() did not cut beforehand ends in a note."""
    shown, *rest = parts(message)
    blocks = _blocks([*shown.blocks, GOES_ON] if rest else shown.blocks)
    return {"text": _escaped(shown.text, TEXT_CHARACTERS), "blocks": blocks}


def plain_payload(message: Message, most_characters: int = MAX_CHARACTERS) -> Json:
    """Return the message as words only, for when Slack refuses its blocks; `blocks` are emptied."""
    message = cleaned(message)
    said = words(message.blocks) or message.text or NO_LABEL
    return {"text": _escaped(said, most_characters), "blocks": []}


def view(form: Form) -> Json:
    """Return a modal; its private_metadata is the form's value, callback_id its action, block ids its fields' names."""
    form = cleaned(form)
    modal: Json = {
        "type": "modal",
        "title": _plain(form.title, TITLE_CHARACTERS),
        "callback_id": form.action,
        "private_metadata": form.value,
        "close": _plain("Cancel" if form.submit or form.fields else "Close", TITLE_CHARACTERS),
        "blocks": _page(form.blocks, [_input(field) for field in form.fields]),
    }
    if form.submit or form.fields:
        modal["submit"] = _plain(form.submit or "Send", TITLE_CHARACTERS)
    return modal


def home(message: Message) -> Json:
    """Return the home page that shows a message."""
    message = cleaned(message)
    return {"type": "home", "blocks": _page(message.blocks or (Text(message.text),), [])}


def plain_home(message: Message) -> Json:
    """Return the home page in words only, for when Slack refuses its blocks."""
    message = cleaned(message)
    said = shorten(words(message.blocks) or message.text or NO_LABEL, PIECE_CHARACTERS)
    return {"type": "home", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": said}}]}


def _page(blocks: Iterable[Block], below: list[Json]) -> list[Json]:
    whole = _blocks(piece for block in blocks for piece in pieces(_without_table(block)))
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


def _blocks(blocks: Iterable[Block]) -> list[Json]:
    seen: Counter[str] = Counter()
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
            caption = [Text(block.caption, is_strong=True)] if block.caption else []
            return [*_blocks(caption), _table(block)]
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


def _table(table: Table) -> Json:
    width = len(table.columns)
    rows = [(*row, *[""] * (width - len(row))) for row in table.rows]
    return {
        "type": "table",
        "column_settings": [_column(cells) for cells in zip(*rows, strict=True)],
        "rows": [
            [{"type": "raw_text", "text": one_line(cell) or EMPTY_CELL} for cell in row]
            for row in (table.columns, *rows)
        ],
    }


def _column(cells: Sequence[str]) -> Json:
    are_numbers = any(cells) and all(cell[0].isdigit() for cell in cells if cell)
    return {"align": "right"} if are_numbers else {"is_wrapped": True}


def _item(item: Button | Menu, seen: Counter[str]) -> Json:
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
    again = seen[item.action]
    seen[item.action] += 1
    button: Json = {
        "type": "button",
        "text": _plain(item.label, LABEL_CHARACTERS),
        "action_id": f"{item.action}:{again}" if again else item.action,
    }
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
