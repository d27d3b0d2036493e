"""Small valid payloads of the Block Kit kind, one a block or element, and how to change one place in them."""

import json

GONE = object()


def plain(text="Some words"):
    return {"type": "plain_text", "text": text}


def mrkdwn(text="Some *words*"):
    return {"type": "mrkdwn", "text": text}


def option(value="one"):
    return {"text": plain("One"), "value": value}


def rich(*pieces):
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(pieces)}]}


def words(text="Some words"):
    return {"type": "text", "text": text}


def cell(text="12"):
    return {"type": "raw_text", "text": text}


def message(*blocks):
    return {"text": "The point", "blocks": list(blocks)}


def modal(*blocks):
    return {"type": "modal", "title": plain("A Form"), "submit": plain("Send"), "blocks": list(blocks)}


def home(*blocks):
    return {"type": "home", "blocks": list(blocks)}


BUTTON = {"type": "button", "text": plain("Press Me"), "action_id": "press", "value": "1"}
CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain("Yes"), "deny": plain("No")}
SELECT = {"type": "static_select", "placeholder": plain(), "options": [option()], "action_id": "pick"}
IMAGE = {"type": "image", "image_url": "https://example.test/plan.png", "alt_text": "A floor plan"}
CARD = {"type": "card", "title": mrkdwn(), "subtitle": mrkdwn(), "body": mrkdwn(), "actions": [{**BUTTON}]}
SECTION = {"type": "section", "text": mrkdwn()}
DIVIDER = {"type": "divider"}
BARS = {
    "type": "bar",
    "series": [{"name": "Tills", "data": [{"label": "Mon", "value": 4}, {"label": "Tue", "value": 2.5}]}],
    "axis_config": {"categories": ["Mon", "Tue"], "x_label": "Day"},
}
FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "feedback",
    "positive_button": {"text": plain("Good"), "value": "good"},
    "negative_button": {"text": plain("Bad"), "value": "bad"},
}
TASK = {"type": "task_card", "task_id": "t1", "title": "Reading", "status": "pending"}
INPUT = {"type": "input", "label": plain(), "element": {"type": "plain_text_input", "action_id": "words"}}

BLOCKS = {
    "section": {**SECTION, "block_id": "b1", "fields": [mrkdwn()], "accessory": {**BUTTON}},
    "header": {"type": "header", "text": plain()},
    "divider": DIVIDER,
    "image": {**IMAGE, "title": plain()},
    "context": {"type": "context", "elements": [mrkdwn()]},
    "actions": {"type": "actions", "elements": [{"type": "button", "text": plain("Press Me")}]},
    "context_actions": {"type": "context_actions", "elements": [FEEDBACK]},
    "markdown": {"type": "markdown", "text": "**Some** words"},
    "table": {"type": "table", "rows": [[cell("Day")], [cell()]], "column_settings": [None, {"align": "right"}]},
    "data_table": {
        "type": "data_table",
        "caption": "Sales a day",
        "page_size": 5,
        "rows": [[cell("Day"), cell("Sales")], [cell("Mon"), {"type": "raw_number", "value": 4}]],
    },
    "data_visualization": {"type": "data_visualization", "title": "Sales", "chart": BARS},
    "rich_text": {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {**words(), "style": {"bold": True}},
                    {"type": "link", "url": "https://example.test", "text": "here"},
                    {"type": "user", "user_id": "U1"},
                    {"type": "emoji", "name": "wave", "skin_tone": 2},
                    {"type": "broadcast", "range": "here"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "indent": 1,
                "offset": 2,
                "elements": [{"type": "rich_text_section", "elements": [words()]}],
            },
            {"type": "rich_text_quote", "elements": [words()], "border": 1},
            {"type": "rich_text_preformatted", "elements": [words()]},
        ],
    },
    "card": CARD,
    "carousel": {"type": "carousel", "elements": [{"type": "card", "title": mrkdwn()}]},
    "container": {"type": "container", "title": plain(), "subtitle": mrkdwn(), "child_blocks": [DIVIDER]},
    "plan": {"type": "plan", "title": "Working", "tasks": [{"task_id": "t1", "title": "Reading"}]},
    "task_card": {**TASK, "sources": [{"type": "url", "url": "https://example.test", "text": "SOP"}]},
    "video": {
        "type": "video",
        "title": plain(),
        "video_url": "https://example.test/v",
        "thumbnail_url": "https://example.test/t.png",
        "alt_text": "How to fold",
        "author_name": "Ada",
        "description": plain(),
    },
    "file": {"type": "file", "source": "remote", "external_id": "F1"},
    "call": {"type": "call", "call_id": "R1"},
    "input": {**INPUT, "hint": plain(), "block_id": "i1"},
    "alert": {"type": "alert", "text": plain(), "level": "info"},
}

PAYLOADS = {
    **{name: (modal if name in {"input", "alert"} else message)(block) for name, block in BLOCKS.items()},
    "text": {"text": "Only words"},
    "button": message(
        {
            "type": "actions",
            "elements": [
                {
                    **BUTTON,
                    "style": "primary",
                    "url": "https://example.test",
                    "accessibility_label": "Press",
                    "confirm": CONFIRM,
                },
                {**BUTTON, "action_id": "other"},
            ],
        }
    ),
    "select": message({"type": "actions", "elements": [SELECT]}),
    "groups": message(
        {
            "type": "actions",
            "elements": [{"type": "static_select", "option_groups": [{"label": plain(), "options": [option()]}]}],
        }
    ),
    "radios": message({**SECTION, "accessory": {"type": "radio_buttons", "options": [option()]}}),
    "boxes": message({**SECTION, "accessory": {"type": "checkboxes", "options": [{**option(), "text": mrkdwn()}]}}),
    "overflow": message({**SECTION, "accessory": {"type": "overflow", "options": [option()]}}),
    "small image": message({"type": "context", "elements": [IMAGE, plain()]}),
    "pie": message(
        {
            "type": "data_visualization",
            "title": "Why",
            "chart": {"type": "pie", "segments": [{"label": "A", "value": 1}]},
        }
    ),
    "two": message({**SECTION, "block_id": "b1"}, {**SECTION, "block_id": "b2"}),
    "attachment": {"attachments": [{"color": "#aabbcc", "blocks": [SECTION]}]},
    "modal": {**modal(SECTION, INPUT), "close": plain("Stop"), "private_metadata": "{}", "callback_id": "form"},
    "reading": {"type": "modal", "title": plain("A Section"), "blocks": [SECTION]},
    "home": {**home(SECTION, INPUT), "external_id": "home-1"},
}


def changed(payload, path, value):
    """A copy with one place set, added to or taken out (GONE); the path is a JSON pointer, without /view."""
    payload = json.loads(json.dumps(payload))
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")[1:]]
    place = payload
    for step in way:
        place = place[step]
    if value is GONE:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return payload
