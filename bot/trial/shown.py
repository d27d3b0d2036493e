"""Owns what is on a person's screen: the words of a message, and everything in it that can be pressed or filled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

PRESSED = {"button", "workflow_button", "feedback_buttons", "icon_button"}
CHOSEN = {"static_select", "overflow", "radio_buttons", "checkboxes", "multi_static_select"}


@dataclass(frozen=True)
class Element:
    """Something interactive in a block; `label` is what the person reads on it or beside it."""

    block_id: str
    label: str
    body: Json
    is_input: bool = False
    is_optional: bool = False

    def options(self) -> list[Json]:
        """Return the options to choose from, those of groups too."""
        found = list(self.body.get("options", []))
        for group in self.body.get("option_groups", []):
            found += group.get("options", [])
        return found


def elements_in(blocks: list[Json]) -> Iterator[Element]:
    """Yield everything interactive, in reading order."""
    for block in blocks:
        block_id = block.get("block_id", "")
        if block["type"] == "input":
            yield Element(
                block_id,
                words(block["label"]),
                block["element"],
                is_input=True,
                is_optional=block.get("optional", False),
            )
            continue
        for body in [*block.get("elements", []), *_only(block.get("accessory"))]:
            if body.get("type") == "feedback_buttons":
                for half in ("positive_button", "negative_button"):
                    yield Element(block_id, words(body[half]["text"]), body | {"value": body[half].get("value", "")})
            elif body.get("type") in PRESSED | CHOSEN:
                yield Element(block_id, words(body.get("text") or body.get("placeholder") or {}), body)


def shown_text(message: Json) -> str:
    """Return the words of a message as a person reads them: of its blocks, else its text; then its files' names."""
    blocks = message.get("blocks")
    said = list(_lines(blocks)) if blocks else [words({"text": message.get("text", "")})]
    return "\n".join([*said, *(f"{file.get('title')} {file.get('name')}" for file in message.get("files", []))])


def words(part: Any) -> str:
    """Return the text in a text object, a rich text element or anything that holds them."""
    if isinstance(part, str):
        return part
    if isinstance(part, list):
        return "".join(words(item) for item in part)
    if not isinstance(part, dict):
        return ""
    if part.get("type") == "rich_text_list":
        return "\n".join(f"- {words(item)}" for item in part["elements"])
    if part.get("type") == "user":
        return f"@{part['user_id']}"
    if part.get("type") == "rich_text":
        return "\n".join(words(item) for item in part["elements"])
    for name in ("text", "elements", "url", "name"):
        if name in part:
            return words(part[name])
    return ""


def _lines(blocks: list[Json]) -> Iterator[str]:
    for block in blocks:
        if block["type"] == "image":
            yield block.get("alt_text", "")
        elif block["type"] == "data_visualization":
            yield from _chart_lines(block)
        elif block["type"] in ("table", "data_table"):
            yield from [block["caption"]] if "caption" in block else []
            yield from ("\t".join(words(cell) for cell in row) for row in block.get("rows", []))
        elif block["type"] in ("actions", "context_actions"):
            continue
        elif block["type"] == "context":
            yield " ".join(words(element) for element in block["elements"])
        elif block["type"] == "input":
            yield words(block["label"])
        else:
            yield words(block)
            yield from (words(field) for field in block.get("fields", []))


def _chart_lines(block: Json) -> Iterator[str]:
    chart = block["chart"]
    yield block["title"]
    yield chart.get("axis_config", {}).get("y_label", "")
    for series in chart.get("series", [{"name": "", "data": chart.get("segments", [])}]):
        points = (f"{point['label']} {point['value']:g}" for point in series["data"])
        yield "\t".join([series["name"], *points])


def _only(part: Json | None) -> list[Json]:
    return [part] if part else []
