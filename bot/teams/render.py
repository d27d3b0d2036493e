"""Owns how a message and a form look in Teams: Adaptive Cards 1.5 of plain words, never markup; pure dicts.

A card holds 24 kB. What is longer is degraded in this order: cut into parts, each a card of its own (`split`); a table
or the picture of a chart that still does not fit is told in lines; what was not cut beforehand ends in a note (`card`);
what Teams refuses as a card is sent as words alone (`plain_activity`). A file is shown in lines to copy.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.messages import (
    MAX_BLOCKS,
    MAX_CHARACTERS,
    Actions,
    Block,
    Chart,
    Citation,
    Divider,
    Facts,
    Field,
    File,
    Form,
    Heading,
    Message,
    Note,
    Quote,
    Steps,
    Table,
    Text,
)
from bot.parts import cleaned, links, parts, words
from bot.shown import one_line, shorten, without_addresses
from bot.teams.buttons import buttons_of, pressed
from bot.teams.files import file_body, file_parts, in_lines
from bot.teams.pictures import picture
from bot.teams.presses import FORM
from bot.teams.runs import NO_LABEL, heading, lines, rich, run
from bot.teams.sizes import CARD_BYTES, size_bytes
from metrics.charts import bars_as_text

Json = dict[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
SCHEMA, VERSION = "http://adaptivecards.io/schemas/adaptive-card.json", "1.5"
SUMMARY_CHARACTERS, FEWEST_CHARACTERS, INPUT_CHARACTERS = 1_000, 500, 3_000
# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/bot-messages-ai-generated-content
MOST_CITATIONS, NAME_CHARACTERS, ABSTRACT_CHARACTERS = 20, 80, 160
GOES_ON = Note("This goes on for longer than Teams can show in one message.")
TOO_OLD = "This Teams cannot show the card. Open it in a newer one."
NEEDED = "Write something here first."
EMPTY_CELL = "–"


def split(message: Message) -> list[Message]:
    """Return the message in as many parts as fit into cards, none of them empty; each has the citations it shows.

    Only the last can be rated: it stands where reading ends.
    """
    cut = parts(message)
    files = [_with(piece, part) for part in cut if part.file for piece in file_parts(part.file)]
    found = [smaller for part in cut if not part.file for smaller in _fitting(part, MAX_CHARACTERS)]
    whole = replace(cleaned(message), file=None, is_rateable=False)
    shown = [replace(whole, text=part.text, blocks=part.blocks) for part in found]
    if shown:
        shown[-1] = replace(shown[-1], is_rateable=message.is_rateable)
    return [*(replace(part, citations=_shown_in(part)) for part in shown), *files]


def _with(piece: File, part: Message) -> Message:
    """Return a message with a part of its file, which is named where it is not the whole."""
    return replace(part, file=piece, text=part.text if piece == part.file else piece.title)


def _shown_in(message: Message) -> tuple[Citation, ...]:
    said = words(message.blocks)
    return tuple(citation for citation in message.citations if f"[{citation.number}]" in said)


def activity(message: Message) -> Json:
    """Return a message as the Bot Connector takes it: a card, its words for notifications, and Teams' own marks.

    All words are in the card: of a message that has a text as well, Teams makes two, and names neither.
    """
    message = cleaned(message)
    return {
        "type": "message",
        "summary": shorten(message.text or words(message.blocks) or NO_LABEL, SUMMARY_CHARACTERS),
        "attachments": [{"contentType": CARD, "content": card(message)}],
        **_marks(message),
    }


def plain_activity(message: Message) -> Json:
    """Return the message as words only, for when Teams refuses its card."""
    message = cleaned(message)
    said = words(message.blocks) or message.text or NO_LABEL
    if message.file is not None:
        said = f"{said}\n\n{in_lines(message.file)}"
    # Teams would make a link of an address.
    said = without_addresses(shorten(said, MAX_CHARACTERS))
    said = "\n\n".join([said, *(f"{one_line(link.label)}: {link.url}" for link in links(message.blocks))])
    return {"type": "message", "text": said, "textFormat": "plain", **_marks(replace(message, citations=()))}


def card(message: Message) -> Json:
    """Return the Adaptive Card of a message; what split() did not cut beforehand ends in a note."""
    message = cleaned(message)
    if message.file is not None and not message.blocks:
        return _card([*_body([Text(message.text)]), *file_body(message.file)])
    return _cut_card(_body(message.blocks) or _body([Text(message.text or NO_LABEL)]))


def reading(form: Form) -> Message | None:
    """Return a form that is only for reading as a message, None for one to fill."""
    return None if form.fields else Message(form.title, (Heading(form.title), *form.blocks))


def form_activities(form: Form) -> list[Json]:
    """Return a form as messages: one with fields is a card to fill, one for reading as many cards as it takes."""
    if (message := reading(form)) is not None:
        return [activity(part) for part in split(message)]
    form = cleaned(form)
    blocks = (Heading(form.title), *form.blocks)
    button = pressed(form.submit or "Send", FORM + form.action, form.value, is_primary=True)
    to_fill = [*map(_input, form.fields), {"type": "ActionSet", "actions": [button]}]
    content = _cut_card(_body(blocks), to_fill)
    return [{"type": "message", "summary": form.title, "attachments": [{"contentType": CARD, "content": content}]}]


def _fitting(part: Message, most_characters: int) -> Iterator[Message]:
    """Return a message in parts that fit into cards, cut no smaller than they have to be."""
    if size_bytes(_card(_body(part.blocks))) <= CARD_BYTES:
        yield part
    elif most_characters > FEWEST_CHARACTERS:
        fewer = most_characters // 2
        for smaller in parts(part, fewer, max(MAX_BLOCKS * fewer // MAX_CHARACTERS, 1)):
            yield from _fitting(smaller, fewer)
    else:
        yield replace(part, blocks=tuple(map(_told, part.blocks)))


def _told(block: Block) -> Block:
    """Return a block that takes too much room as text."""
    match block:
        case Table():
            return Text(words([block]))
        case Chart(spec):
            return Text(bars_as_text(spec))
    return block


def _cut_card(body: list[Json], end: Sequence[Json] = ()) -> Json:
    """Return a card of `body` and `end`; what of `body` does not fit gives way to a note."""
    if size_bytes(_card([*body, *end])) <= CARD_BYTES:
        return _card([*body, *end])
    note = _body([GOES_ON])
    while body and size_bytes(_card([*body, *note, *end])) > CARD_BYTES:
        body.pop()
    return _card([*body, *note, *end])


def _card(body: Sequence[Json]) -> Json:
    return {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": TOO_OLD,
        "body": list(body),
    }


def _marks(message: Message) -> Json:
    marks: Json = {}
    if message.is_by_machine or _shown_in(message):
        entity: Json = {
            "type": "https://schema.org/Message",
            "@type": "Message",
            "@context": "https://schema.org",
            "@id": "",
        }
        if message.is_by_machine:
            entity["additionalType"] = ["AIGeneratedContent"]
        if citations := _shown_in(message):
            entity["citation"] = [_citation(citation) for citation in citations[:MOST_CITATIONS]]
        marks["entities"] = [entity]
    if message.is_rateable:
        marks["channelData"] = {"feedbackLoop": {"type": "default"}}
    return marks


def _citation(citation: Citation) -> Json:
    document = {
        "@type": "DigitalDocument",
        "name": shorten(one_line(citation.title), NAME_CHARACTERS) or NO_LABEL,
        "abstract": shorten(one_line(citation.words), ABSTRACT_CHARACTERS) or NO_LABEL,
    }
    return {"@type": "Claim", "position": citation.number, "appearance": document}


def _body(blocks: Iterable[Block]) -> list[Json]:
    body: list[Json] = []
    is_apart = False
    for block in blocks:
        if isinstance(block, Divider):
            is_apart = bool(body)
            continue
        shown = list(_block(block))
        if shown and is_apart:
            shown[0] = {**shown[0], "separator": True, "spacing": "Large"}
            is_apart = False
        body += shown
    return body


def _block(block: Block) -> Iterator[Json]:
    match block:
        case Heading(text):
            yield heading(one_line(text))
        case Text(text, is_strong):
            yield from lines(text, **({"weight": "Bolder"} if is_strong else {}))
        case Quote(text):
            if quoted := list(lines(text)):
                yield {"type": "Container", "style": "emphasis", "items": quoted}
        case Steps(items, is_numbered):
            steps = (f"{place}. {item}" if is_numbered else f"• {item}" for place, item in enumerate(items, 1))
            yield from lines("\n".join(map(one_line, steps)))
        case Note(text):
            small = list(lines(text, size="Small", isSubtle=True))
            # Small print belongs to what it stands below.
            yield from ({**line, "spacing": "Small"} for line in small)
        case Facts(pairs):
            for place, (label, value) in enumerate(pairs):
                bold = run(f"{one_line(label) or NO_LABEL}: ", weight="Bolder")
                yield rich([*bold, *run(one_line(value) or EMPTY_CELL)], is_next=place > 0)
        case Table(caption):
            if caption:
                yield from lines(caption, weight="Bolder")
            yield _table(block)
        case Chart(spec):
            yield from lines(spec.takeaway)
            yield picture(spec)
        case Actions(items):
            yield from buttons_of(items)


def _table(table: Table) -> Json:
    width = len(table.columns)
    rows = [table.columns, *((*row, *[""] * (width - len(row))) for row in table.rows)]
    return {
        "type": "Table",
        "firstRowAsHeader": True,
        "columns": [{"width": 3 if place == 0 else 2} for place in range(width)],
        "rows": [{"type": "TableRow", "cells": [_cell(cell, is_head=row is rows[0]) for cell in row]} for row in rows],
    }


def _cell(text: str, is_head: bool) -> Json:
    look = {"weight": "Bolder"} if is_head else {}
    return {"type": "TableCell", "items": [rich(run(one_line(text) or EMPTY_CELL, **look))]}


def _input(field: Field) -> Json:
    most = min(field.most, INPUT_CHARACTERS)
    shown: Json = {
        "type": "Input.Text",
        "id": field.name,
        "label": one_line(field.label) or NO_LABEL,
        "isMultiline": field.is_multiline,
        "maxLength": most,
    }
    if field.value:
        shown["value"] = field.value[:most]
    if not field.is_optional:
        shown |= {"isRequired": True, "errorMessage": NEEDED}
    return shown | ({"placeholder": one_line(field.hint)} if field.hint else {})
