"""Owns how what can be pressed looks on a card: rows of buttons in which Teams cuts no words."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.links import can_be_opened
from bot.messages import Button, Link, Menu
from bot.shown import one_line, shorten
from bot.teams.runs import NO_LABEL, lines

Json = dict[str, Any]

# Teams cuts the words on buttons where a row of a narrow card holds more; it takes 6 in a row at most.
BUTTON_CHARACTERS, BUTTON_EDGES, LONG_BUTTON, ROW_CHARACTERS, BUTTONS_IN_ROW = 40, 4, 20, 44, 6


def buttons_of(items: Sequence[Button | Menu | Link]) -> Iterator[Json]:
    """Yield the rows of what can be pressed; a menu's choices stand behind the end of the last."""
    items = [item for item in items if not isinstance(item, Link) or can_be_opened(item.url)]
    shown = [_button(item) for item in items if not isinstance(item, Menu)]
    # What a button has no room for is said above it.
    long = [
        item.label for item in items if not isinstance(item, Menu) and len(one_line(item.label)) > BUTTON_CHARACTERS
    ]
    yield from lines("\n".join(map(one_line, long)))
    # Teams has no menus among buttons, but a row may have more to choose behind its last.
    hidden = [
        {**pressed(label, action, item.value), "mode": "secondary"}
        for item in items
        if isinstance(item, Menu)
        for label, action in item.options
    ]
    rows = _rows(shown) or [[]]
    if hidden:
        # What stands behind the last button counts as well.
        beside = max(BUTTONS_IN_ROW - len(hidden), 1)
        rows[-1:] = [rows[-1][:-beside], [*rows[-1][-beside:], *hidden]]
    yield from ({"type": "ActionSet", "actions": row} for row in rows if row)


def _rows(buttons: Sequence[Json]) -> list[list[Json]]:
    """Put buttons into one row where none is cut, else long ones below each other and short ones as many as fit."""
    widths = [len(button["title"]) + BUTTON_EDGES for button in buttons]
    if sum(widths) <= ROW_CHARACTERS and len(buttons) <= BUTTONS_IN_ROW:
        return [list(buttons)] if buttons else []
    if max(widths) > LONG_BUTTON:
        return [[button] for button in buttons]
    rows: list[list[Json]] = [[]]
    room = ROW_CHARACTERS
    for button, width in zip(buttons, widths, strict=True):
        if width > room or len(rows[-1]) == BUTTONS_IN_ROW:
            rows.append([])
            room = ROW_CHARACTERS
        rows[-1].append(button)
        room -= width
    return rows


def _button(item: Button | Link) -> Json:
    if isinstance(item, Link):
        return {"type": "Action.OpenUrl", "title": _title(item.label), "url": item.url}
    return pressed(item.label, item.action, item.value, item.is_primary)


def _title(label: str) -> str:
    return shorten(one_line(label), BUTTON_CHARACTERS) or NO_LABEL


def pressed(label: str, action: str, value: str, is_primary: bool = False) -> Json:
    """Return a button that gives back its action and value."""
    title = _title(label)
    data = {"action": action, "value": value}
    pressed: Json = {
        "type": "Action.Execute",
        "title": title,
        "verb": action,
        "data": data,
        "fallback": {"type": "Action.Submit", "title": title, "data": data},
    }
    return pressed | ({"style": "positive"} if is_primary else {})
