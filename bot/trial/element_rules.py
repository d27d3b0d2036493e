"""Owns what text objects, options, images and the things to press or fill in may look like."""

from collections.abc import Mapping

from bot.trial import block_limits as limits
from bot.trial.rich_text_rules import RICH_TEXT
from bot.trial.shapes import Anything, Choice, Flag, Items, Kinds, Number, Rule, Shape, Words


def plain(most: int | None) -> Kinds:
    """A plain_text object of so many characters."""
    return Kinds({"plain_text": _plain(most)}, words="must be a valid enum value")


def any_text(most: int | None) -> Kinds:
    """A plain_text or mrkdwn object of so many characters."""
    return Kinds({"plain_text": _plain(most), "mrkdwn": _mrkdwn(most)})


def text_objects(most: int) -> dict[str, Rule]:
    """The two kinds of text object, by type."""
    return {"plain_text": _plain(most), "mrkdwn": _mrkdwn(most)}


def _plain(most: int | None) -> Shape:
    return Shape(required={"text": Words(most)}, optional={"emoji": Flag()})


def _mrkdwn(most: int | None) -> Shape:
    return Shape(required={"text": Words(most)}, optional={"verbatim": Flag()})


_ID = Words(limits.ID)
_URL = Words(limits.URL)
_LABEL = Words(limits.BUTTON_TEXT)
_STYLE = Choice(frozenset({"primary", "danger"}))
_CONFIRM = Shape(
    required={
        "title": plain(limits.CONFIRM_TITLE),
        "text": any_text(limits.CONFIRM_TEXT),
        "confirm": plain(limits.CONFIRM_BUTTON),
        "deny": plain(limits.CONFIRM_BUTTON),
    },
    optional={"style": _STYLE},
)
SLACK_FILE = Shape(optional={"id": Words(), "url": _URL}, one_of=("id", "url"))
IMAGE = Shape(
    required={"alt_text": Words(limits.ALT_TEXT)},
    optional={"image_url": _URL, "slack_file": SLACK_FILE},
    one_of=("image_url", "slack_file"),
)


def _options(text: Rule, most: int, extra: Mapping[str, Rule] | None = None) -> Items:
    return Items(_option(text, extra), most)


def _option(text: Rule, extra: Mapping[str, Rule] | None = None) -> Shape:
    return Shape(
        required={"text": text, "value": Words(limits.OPTION_VALUE)}, optional={"description": text, **(extra or {})}
    )


_OPTION = _option(plain(limits.OPTION_TEXT))
_OPTIONS = _options(plain(limits.OPTION_TEXT), limits.SELECT_OPTIONS)
_BOX = _option(any_text(limits.OPTION_TEXT))
_BOXES = Items(_BOX, limits.BOX_OPTIONS)
_OVERFLOW = _options(plain(limits.OPTION_TEXT), limits.OVERFLOW_OPTIONS, {"url": _URL})
_GROUPS = Items(Shape(required={"label": plain(limits.OPTION_TEXT), "options": _OPTIONS}), limits.SELECT_OPTIONS)
_NAMES = Items(Words())
_FILTER = Shape(
    optional={
        "include": Items(Choice(frozenset({"im", "mpim", "private", "public"}))),
        "exclude_bot_users": Flag(),
        "exclude_external_shared_channels": Flag(),
    }
)
_DISPATCH = Shape(
    optional={
        "trigger_actions_on": Items(Choice(frozenset({"on_enter_pressed", "on_character_entered"}))),
    }
)


def _pressed(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Shape:
    return Shape(required=required, optional={"action_id": _ID, "confirm": _CONFIRM, **(optional or {})})


def _filled(required: Mapping[str, Rule], optional: Mapping[str, Rule], one_of: tuple[str, ...] = ()) -> Shape:
    usual: dict[str, Rule] = {
        "action_id": _ID,
        "confirm": _CONFIRM,
        "focus_on_load": Flag(),
        "placeholder": plain(limits.PLACEHOLDER),
    }
    return Shape(required=required, optional={**usual, **optional}, one_of=one_of)


def _typed(optional: Mapping[str, Rule]) -> Shape:
    return _filled({}, {"initial_value": Words(least=0), "dispatch_action_config": _DISPATCH, **optional})


BUTTON = _pressed(
    {"text": plain(limits.BUTTON_TEXT)},
    {
        "value": Words(limits.BUTTON_VALUE),
        "url": _URL,
        "style": _STYLE,
        "accessibility_label": _LABEL,
        "agent_prompt": Words(limits.BUTTON_PROMPT),
        "agent_prompt_display": Anything(),
        "visible_to_user_ids": Items(Words(), limits.BUTTON_VIEWERS),
    },
)
_FEEDBACK = Shape(
    required={"text": plain(limits.BUTTON_TEXT), "value": Words(limits.BUTTON_VALUE)},
    optional={"accessibility_label": _LABEL},
)
FEEDBACK_BUTTONS = Shape(
    required={"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, optional={"action_id": _ID}
)
ICON_BUTTON = _pressed(
    {"icon": Words(), "text": plain(limits.BUTTON_TEXT)},
    {
        "value": Words(limits.BUTTON_VALUE),
        "accessibility_label": _LABEL,
        "visible_to_user_ids": Items(Words(), limits.BUTTON_VIEWERS),
    },
)

_SELECTS: dict[str, Rule] = {
    "static_select": _filled(
        {},
        {"options": _OPTIONS, "option_groups": _GROUPS, "initial_option": _OPTION},
        one_of=("options", "option_groups"),
    ),
    "external_select": _filled({}, {"initial_option": _OPTION, "min_query_length": Number(0)}),
    "users_select": _filled({}, {"initial_user": Words()}),
    "conversations_select": _filled(
        {},
        {
            "initial_conversation": Words(),
            "default_to_current_conversation": Flag(),
            "response_url_enabled": Flag(),
            "filter": _FILTER,
        },
    ),
    "channels_select": _filled({}, {"initial_channel": Words(), "response_url_enabled": Flag()}),
}
_MOST_SELECTED: dict[str, Rule] = {"max_selected_items": Number(1)}
_MULTI_SELECTS: dict[str, Rule] = {
    "multi_static_select": _filled(
        {},
        {"options": _OPTIONS, "option_groups": _GROUPS, "initial_options": _OPTIONS, **_MOST_SELECTED},
        one_of=("options", "option_groups"),
    ),
    "multi_external_select": _filled(
        {}, {"initial_options": _OPTIONS, "min_query_length": Number(0), **_MOST_SELECTED}
    ),
    "multi_users_select": _filled({}, {"initial_users": _NAMES, **_MOST_SELECTED}),
    "multi_conversations_select": _filled(
        {},
        {
            "initial_conversations": _NAMES,
            "default_to_current_conversation": Flag(),
            "filter": _FILTER,
            **_MOST_SELECTED,
        },
    ),
    "multi_channels_select": _filled({}, {"initial_channels": _NAMES, **_MOST_SELECTED}),
}
_PICKED: dict[str, Rule] = {
    **_SELECTS,
    **_MULTI_SELECTS,
    "radio_buttons": _filled({"options": _BOXES}, {"initial_option": _BOX}),
    "checkboxes": _filled({"options": _BOXES}, {"initial_options": _BOXES}),
    "datepicker": _filled({}, {"initial_date": Words()}),
    "timepicker": _filled({}, {"initial_time": Words(), "timezone": Words()}),
}
_DATE_AND_TIME: dict[str, Rule] = {"datetimepicker": _filled({}, {"initial_date_time": Number(0)})}
_PRESSED: dict[str, Rule] = {
    "button": BUTTON,
    "overflow": _pressed({"options": _OVERFLOW}),
    "workflow_button": _pressed(
        {"text": plain(limits.BUTTON_TEXT), "workflow": Anything()}, {"style": _STYLE, "accessibility_label": _LABEL}
    ),
}

IN_ACTIONS: dict[str, Rule] = {**_PRESSED, **_PICKED, **_DATE_AND_TIME}
BESIDE_SECTION: dict[str, Rule] = {**_PRESSED, **_PICKED, "image": IMAGE}
IN_INPUT: dict[str, Rule] = {
    **_PICKED,
    **_DATE_AND_TIME,
    "plain_text_input": _typed(
        {
            "multiline": Flag(),
            "min_length": Number(0, limits.INPUT_LENGTH),
            "max_length": Number(1, limits.INPUT_LENGTH),
        }
    ),
    "email_text_input": _typed({}),
    "url_text_input": _typed({}),
    "number_input": _filled(
        {"is_decimal_allowed": Flag()},
        {
            "initial_value": Words(),
            "min_value": Words(),
            "max_value": Words(),
            "dispatch_action_config": _DISPATCH,
        },
    ),
    "rich_text_input": _filled(
        {},
        {
            "initial_value": Kinds({"rich_text": RICH_TEXT}),
            "dispatch_action_config": _DISPATCH,
            "min_lines": Number(1),
            "max_lines": Number(1),
        },
    ),
    "file_input": _filled({}, {"filetypes": _NAMES, "max_files": Number(1, 10)}),
}
