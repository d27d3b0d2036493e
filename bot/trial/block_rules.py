"""Owns what Slack takes as a message: its text, its blocks one by one, and all of them together."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.trial import block_limits as limits
from bot.trial.block_kinds import MESSAGE
from bot.trial.shapes import Complaint, Fault, Items, Kinds, Rule, fault
from bot.trial.table_rules import texts

__all__ = ["Fault", "block_complaints", "faults_in_message"]

_OWN_BLOCK = re.compile(r"#{1,6}\s|(?:-{3,}|\*{3,}|_{3,})\s*$")


def faults_in_message(payload: dict[str, Any]) -> list[Fault]:
    """Return why chat.postMessage would refuse a message, worst first; nothing when it would post it.

    `payload` holds `text`, `blocks` and `attachments` as its arguments do, lists as lists and not as JSON text.
    """
    text, blocks, attachments = (payload.get(name) or None for name in ("text", "blocks", "attachments"))
    if text is not None and not isinstance(text, str):
        return [fault("invalid_arguments", ("/text", "must provide a string"))]
    if not isinstance(blocks, list | None):
        return [fault("invalid_blocks_format", ("", "invalid_blocks_format"))]
    if not isinstance(attachments, list | None):
        return [fault("invalid_attachments", ("/attachments", "must be an array"))]
    if not blocks and not attachments and not (text and text.strip()):
        return [fault("no_text", ("", "no_text"))]
    found = [fault("invalid_blocks", complaint) for complaint in _in_blocks(blocks or [])]
    found += [fault("invalid_attachments", complaint) for complaint in _in_attachments(attachments or [])]
    if len(attachments or []) > limits.MESSAGE_ATTACHMENTS:
        found.append(fault("too_many_attachments", ("", "too_many_attachments")))
    if _characters([blocks, attachments]) > limits.MESSAGE_ALL_TEXT:
        found.append(fault("msg_blocks_too_long", ("", "msg_blocks_too_long")))
    if text and len(text) > limits.MESSAGE_TEXT:
        found.append(fault("msg_too_long", ("", "msg_too_long")))
    return found


def block_complaints(blocks: Any, kinds: Mapping[str, Rule], most: int, at: str) -> Iterator[Complaint]:
    """Yield what is wrong with a list of blocks of these kinds, at most so many, that stands at a JSON pointer."""
    yield from Items(Kinds(kinds), most, least=0).complaints(blocks, at)
    seen: set[str] = set()
    for block, place in _every_block(blocks, at):
        yield from _repeated("block_id", [(block, place)], seen)
        yield from _repeated("action_id", _elements(block, place), set())


def _in_blocks(blocks: list[Any]) -> Iterator[Complaint]:
    yield from block_complaints(blocks, MESSAGE, limits.MESSAGE_BLOCKS, "/blocks")
    known = [block for block, _ in _every_block(blocks, "")]
    if _count(known, "table") > limits.MESSAGE_TABLES:
        yield "/blocks", "only_one_table_allowed"
    if _count(known, "data_visualization") > limits.MESSAGE_CHARTS:
        yield "/blocks", f"no more than {limits.MESSAGE_CHARTS} data_visualization blocks allowed"
    prose = [block["text"] for block in known if block.get("type") == "markdown" and isinstance(block.get("text"), str)]
    if len(prose) > 1 and sum(map(len, prose)) > limits.MARKDOWN:
        yield "/blocks", f"markdown text must be less than {limits.MARKDOWN + 1} characters"
    if len(blocks) <= limits.MESSAGE_BLOCKS < len(blocks) - len(prose) + sum(map(_expanded, prose)):
        yield "/blocks", f"no more than {limits.MESSAGE_BLOCKS} items allowed"


def _in_attachments(attachments: list[Any]) -> Iterator[Complaint]:
    for number, attachment in enumerate(attachments):
        if not isinstance(attachment, dict):
            yield f"/attachments/{number}", "must provide an object"
        elif "blocks" in attachment:
            at = f"/attachments/{number}/blocks"
            yield from block_complaints(attachment["blocks"], MESSAGE, limits.MESSAGE_BLOCKS, at)


def _every_block(blocks: Any, at: str) -> Iterator[tuple[dict[str, Any], str]]:
    for number, block in enumerate(blocks if isinstance(blocks, list) else []):
        if isinstance(block, dict):
            place = f"{at}/{number}"
            yield block, place
            inside = {"carousel": "elements", "container": "child_blocks"}.get(str(block.get("type")))
            if inside:
                yield from _every_block(block.get(inside), f"{place}/{inside}")


def _elements(block: dict[str, Any], at: str) -> Iterator[tuple[dict[str, Any], str]]:
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield block[name], f"{at}/{name}"
    for name in ("elements", "actions"):
        items = block.get(name)
        for number, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict):
                yield item, f"{at}/{name}/{number}"


def _repeated(name: str, places: Iterable[tuple[dict[str, Any], str]], seen: set[str]) -> Iterator[Complaint]:
    for value, at in places:
        key = value.get(name)
        if isinstance(key, str):
            if key in seen:
                yield f"{at}/{name}", f'`{name}` "{key}" already exists'
            seen.add(key)


def _count(blocks: list[dict[str, Any]], kind: str) -> int:
    return sum(block.get("type") == kind for block in blocks)


def _characters(content: list[Any]) -> int:
    # a data_table alone may hold more than the whole message otherwise, so it cannot count here
    return sum(map(len, texts(content, without="data_table")))


def _expanded(markdown: str) -> int:
    # Slack makes several blocks of one: each heading and each rule is its own, what stands between them is one more
    count, is_in_body, is_in_code = 0, False, False
    for line in markdown.splitlines():
        is_fence = line.lstrip().startswith("```")
        if not is_fence and not is_in_code and _OWN_BLOCK.match(line):
            count, is_in_body = count + 1, False
        elif line.strip() and not is_in_body:
            count, is_in_body = count + 1, True
        is_in_code ^= is_fence
    return max(count, 1)
