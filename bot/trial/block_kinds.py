"""Owns which blocks Slack takes on each surface, and what they may look like."""

from collections.abc import Mapping

from bot.trial import block_limits as limits
from bot.trial.element_rules import (
    BESIDE_SECTION,
    BUTTON,
    FEEDBACK_BUTTONS,
    ICON_BUTTON,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    SLACK_FILE,
    any_text,
    plain,
    text_objects,
)
from bot.trial.rich_text_rules import RICH_TEXT
from bot.trial.shapes import Anything, Choice, Flag, Items, Kinds, Rule, Shape, Words
from bot.trial.table_rules import DATA_TABLE, DATA_VISUALIZATION, TABLE

_URL = Words(limits.URL)


def _block(
    required: Mapping[str, Rule] | None = None,
    optional: Mapping[str, Rule] | None = None,
    one_of: tuple[str, ...] = (),
    is_open: bool = False,
) -> Shape:
    return Shape(required or {}, {"block_id": Words(limits.ID), **(optional or {})}, one_of, is_open)


_CARD = _block(
    optional={
        "title": any_text(limits.CARD_TITLE),
        "subtitle": any_text(limits.CARD_TITLE),
        "body": any_text(limits.CARD_BODY),
        "icon": Kinds({"image": IMAGE}),
        "hero_image": Kinds({"image": IMAGE}),
        "slack_icon": Shape(required={"name": Words()}),
        "actions": Items(Kinds({"button": BUTTON}), limits.CARD_ACTIONS),
    },
    one_of=("hero_image", "title", "actions", "body"),
)
_TASK = _block(
    {"task_id": Words(), "title": Words()},
    {
        "status": Choice(frozenset({"pending", "in_progress", "complete", "error"})),
        "details": Kinds({"rich_text": RICH_TEXT}),
        "output": Kinds({"rich_text": RICH_TEXT}),
        "sources": Items(Kinds({"url": Shape(required={"url": _URL, "text": Words()})})),
    },
)
_EVERYWHERE: dict[str, Rule] = {
    "actions": _block({"elements": Items(Kinds(IN_ACTIONS), limits.ACTIONS_ELEMENTS)}),
    "context": _block(
        {
            "elements": Items(
                Kinds({"image": IMAGE, **text_objects(limits.CONTEXT_TEXT)}),
                limits.CONTEXT_ELEMENTS,
            )
        }
    ),
    "divider": _block(),
    "header": _block({"text": plain(limits.HEADER)}),
    "image": _block(
        {"alt_text": Words(limits.ALT_TEXT)},
        {"image_url": _URL, "slack_file": SLACK_FILE, "title": plain(limits.IMAGE_TITLE)},
        one_of=("image_url", "slack_file"),
    ),
    "rich_text": RICH_TEXT,
    "section": _block(
        optional={
            "text": any_text(limits.SECTION_TEXT),
            # an empty list is in Slack's own samples
            "fields": Items(any_text(limits.SECTION_FIELD), limits.SECTION_FIELDS, least=0),
            "accessory": Kinds(BESIDE_SECTION),
            "expand": Flag(),
        },
        one_of=("text", "fields"),
        # so are fields of no meaning, in sections only
        is_open=True,
    ),
    "video": _block(
        {"video_url": _URL, "thumbnail_url": _URL, "alt_text": Words(limits.ALT_TEXT)},
        {
            "title": plain(limits.VIDEO_TITLE),
            "title_url": _URL,
            "description": plain(limits.VIDEO_DESCRIPTION),
            "author_name": Words(limits.VIDEO_NAME),
            "provider_name": Words(limits.VIDEO_NAME),
            "provider_icon_url": _URL,
        },
    ),
}
_INPUT = _block(
    {"label": plain(limits.INPUT_LABEL), "element": Kinds(IN_INPUT)},
    {"hint": plain(limits.INPUT_HINT), "optional": Flag(), "dispatch_action": Flag()},
)
_ALERT = _block(
    {"text": any_text(limits.ALERT)},
    {"level": Choice(frozenset({"default", "info", "warning", "error", "success"}))},
)
_IN_CONTAINER: dict[str, Rule] = {
    **_EVERYWHERE,
    "context_actions": _block(
        {
            "elements": Items(
                Kinds({"feedback_buttons": FEEDBACK_BUTTONS, "icon_button": ICON_BUTTON}),
                limits.CONTEXT_ACTIONS_ELEMENTS,
            )
        }
    ),
    "data_visualization": DATA_VISUALIZATION,
    "markdown": _block({"text": Words(limits.MARKDOWN)}),
    "table": TABLE,
}

MESSAGE: dict[str, Rule] = {
    **_IN_CONTAINER,
    "call": _block({"call_id": Words()}, {"call": Anything(), "api_decoration_available": Flag()}),
    "card": _CARD,
    "carousel": _block({"elements": Items(Kinds({"card": _CARD}), limits.CAROUSEL_CARDS)}),
    "container": _block(
        {"child_blocks": Items(Kinds(_IN_CONTAINER), limits.CONTAINER_BLOCKS)},
        {
            "title": plain(limits.CONTAINER_TITLE),
            "rich_text_title": Kinds({"rich_text": RICH_TEXT}),
            "subtitle": any_text(limits.CONTAINER_TITLE),
            "width": Choice(frozenset({"narrow", "standard", "wide", "full"})),
            "icon": Kinds({"image": IMAGE}),
            "is_collapsible": Flag(),
            "default_collapsed": Flag(),
            "has_header_divider": Flag(),
        },
        one_of=("title", "rich_text_title"),
    ),
    "data_table": DATA_TABLE,
    "file": _block({"external_id": Words(), "source": Choice(frozenset({"remote"}))}),
    "plan": _block({"title": Words(), "tasks": Items(_TASK, limits.PLAN_TASKS)}),
    "task_card": _TASK,
}
MODAL: dict[str, Rule] = {**_EVERYWHERE, "input": _INPUT, "alert": _ALERT}
HOME: dict[str, Rule] = {**_EVERYWHERE, "input": _INPUT, "data_visualization": DATA_VISUALIZATION}
