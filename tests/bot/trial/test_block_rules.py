"""The trial workspace takes every message Slack takes, and refuses one mutation of a valid payload for each rule."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.trial.block_kinds import HOME, MESSAGE, MODAL
from bot.trial.block_rules import Fault, faults_in_message
from bot.trial.view_rules import faults_in_view
from tests.block_payloads import (
    BLOCKS,
    BUTTON,
    DIVIDER,
    GONE,
    IMAGE,
    INPUT,
    PAYLOADS,
    SECTION,
    SELECT,
    cell,
    changed,
    home,
    message,
    modal,
    mrkdwn,
    option,
    plain,
)
from tests.strategies import many

ENUM = "must be a valid enum value"
SHORT = "must be more than 0 characters"
B = "/blocks/0"


def faults(payload):
    return faults_in_view(payload) if "type" in payload else faults_in_message(payload)


# payload, place, most characters it may have
LENGTHS = [
    ("section", f"{B}/text/text", 3000),
    ("section", f"{B}/fields/0/text", 2000),
    ("section", f"{B}/block_id", 255),
    ("header", f"{B}/text/text", 150),
    ("context", f"{B}/elements/0/text", 3000),
    ("markdown", f"{B}/text", 12000),
    ("image", f"{B}/alt_text", 2000),
    ("image", f"{B}/image_url", 3000),
    ("image", f"{B}/title/text", 2000),
    ("button", f"{B}/elements/0/text/text", 75),
    ("button", f"{B}/elements/0/value", 2000),
    ("button", f"{B}/elements/0/url", 3000),
    ("button", f"{B}/elements/0/accessibility_label", 75),
    ("button", f"{B}/elements/0/action_id", 255),
    ("button", f"{B}/elements/0/confirm/title/text", 100),
    ("button", f"{B}/elements/0/confirm/text/text", 300),
    ("button", f"{B}/elements/0/confirm/confirm/text", 30),
    ("button", f"{B}/elements/0/confirm/deny/text", 30),
    ("button", f"{B}/elements/0/agent_prompt", 4000),
    ("context_actions", f"{B}/elements/0/positive_button/text/text", 75),
    ("select", f"{B}/elements/0/placeholder/text", 150),
    ("select", f"{B}/elements/0/options/0/text/text", 75),
    ("select", f"{B}/elements/0/options/0/value", 150),
    ("groups", f"{B}/elements/0/option_groups/0/label/text", 75),
    ("boxes", f"{B}/accessory/options/0/text/text", 75),
    ("data_visualization", f"{B}/title", 50),
    ("data_visualization", f"{B}/chart/series/0/name", 20),
    ("data_visualization", f"{B}/chart/axis_config/x_label", 50),
    ("pie", f"{B}/chart/segments/0/label", 20),
    ("card", f"{B}/title/text", 150),
    ("card", f"{B}/subtitle/text", 150),
    ("card", f"{B}/body/text", 200),
    ("container", f"{B}/title/text", 150),
    ("video", f"{B}/title/text", 200),
    ("video", f"{B}/author_name", 50),
    ("video", f"{B}/description/text", 200),
]


@pytest.mark.parametrize(("name", "place", "most"), LENGTHS, ids=str)
def test_a_text_may_be_so_long_and_not_one_longer(name, place, most):
    assert faults(changed(PAYLOADS[name], place, "x" * most)) == []
    message = f"must be less than {most + 1} characters [json-pointer:{place}]"
    assert Fault(place, "invalid_blocks", message) in faults(changed(PAYLOADS[name], place, "x" * (most + 1)))
    empty = Fault(place, "invalid_blocks", f"{SHORT} [json-pointer:{place}]")
    assert faults(changed(PAYLOADS[name], place, "")) == [empty]


# payload, place of a list, what it repeats, most items it may have
COUNTS = [
    ("text", "/blocks", DIVIDER, 50),
    ("section", f"{B}/fields", mrkdwn(), 10),
    ("context", f"{B}/elements", mrkdwn(), 10),
    ("actions", f"{B}/elements", BLOCKS["actions"]["elements"][0], 25),
    ("context_actions", f"{B}/elements", {"type": "icon_button", "icon": "trash", "text": plain()}, 5),
    ("select", f"{B}/elements/0/options", option(), 100),
    ("groups", f"{B}/elements/0/option_groups", {"label": plain(), "options": [option()]}, 100),
    ("button", f"{B}/elements/0/visible_to_user_ids", "U1", 10),
    ("radios", f"{B}/accessory/options", option(), 10),
    ("boxes", f"{B}/accessory/options", option(), 10),
    ("overflow", f"{B}/accessory/options", option(), 5),
    ("table", f"{B}/rows", [cell()], 100),
    ("table", f"{B}/rows/0", cell(), 20),
    ("pie", f"{B}/chart/segments", {"label": "A", "value": 1}, 12),
    ("carousel", f"{B}/elements", {"type": "card", "title": mrkdwn()}, 10),
    ("card", f"{B}/actions", {"type": "button", "text": plain()}, 3),
    ("container", f"{B}/child_blocks", DIVIDER, 10),
    ("plan", f"{B}/tasks", {"task_id": "t", "title": "Reading"}, 50),
    ("data_table", f"{B}/rows", [cell(), cell()], 201),
]


@pytest.mark.parametrize(("name", "place", "item", "most"), COUNTS, ids=lambda value: str(value)[:40])
def test_a_list_may_hold_so_many_and_not_one_more(name, place, item, most):
    assert faults(changed(PAYLOADS[name], place, [item] * most)) == []
    found = faults(changed(PAYLOADS[name], place, [item] * (most + 1)))
    assert found == [Fault(place, "invalid_blocks", f"no more than {most} items allowed [json-pointer:{place}]")]


# what is broken: payload, place, what stands there now; pointer (None: the place) and words of the fault
BROKEN = {
    "a type nobody knows": ("divider", f"{B}/type", "marquee", None, "unsupported type: marquee"),
    "a block without a type": ("divider", f"{B}/type", GONE, B, "missing required field: type"),
    "a type that is no word": ("divider", f"{B}/type", 7, None, "must provide a string"),
    "a block that is no object": ("divider", B, "divider", None, "must provide an object"),
    "a list that is none": ("actions", f"{B}/elements", {}, None, "must be an array"),
    "a flag that is none": ("section", f"{B}/text/verbatim", "yes", None, "must provide a boolean"),
    "input in a message": ("divider", "/blocks/1", INPUT, "/blocks/1/type", "unsupported type: input"),
    "a section of nothing": ("two", f"{B}/text", GONE, f"{B}/type", "must define either `text` or `fields`"),
    "a header without text": ("header", f"{B}/text", GONE, B, "missing required field: text"),
    "mrkdwn in a header": ("header", f"{B}/text", mrkdwn(), f"{B}/text/type", ENUM),
    "mrkdwn in a button": ("button", f"{B}/elements/0/text", mrkdwn(), f"{B}/elements/0/text/type", ENUM),
    "mrkdwn as placeholder": ("select", f"{B}/elements/0/placeholder/type", "mrkdwn", None, ENUM),
    "mrkdwn in a select": ("select", f"{B}/elements/0/options/0/text/type", "mrkdwn", None, ENUM),
    "emoji in mrkdwn": ("section", f"{B}/text/emoji", True, f"{B}/text", "invalid additional property: emoji"),
    "a part a block has not": ("header", f"{B}/level", 2, B, "invalid additional property: level"),
    "a style no button has": ("button", f"{B}/elements/0/style", "default", None, ENUM),
    "half a confirmation": (
        "button",
        f"{B}/elements/0/confirm/deny",
        GONE,
        f"{B}/elements/0/confirm",
        "missing required field: deny",
    ),
    "a select without options": (
        "select",
        f"{B}/elements/0/options",
        GONE,
        f"{B}/elements/0/type",
        "must define either `options` or `option_groups`",
    ),
    "an option without value": (
        "select",
        f"{B}/elements/0/options/0/value",
        GONE,
        f"{B}/elements/0/options/0",
        "missing required field: value",
    ),
    "no option at all": ("overflow", f"{B}/accessory/options", [], None, "no less than 1 items allowed"),
    "no element at all": ("actions", f"{B}/elements", [], None, "no less than 1 items allowed"),
    "text among actions": (
        "actions",
        f"{B}/elements/0",
        plain(),
        f"{B}/elements/0/type",
        "unsupported type: plain_text",
    ),
    "a button in small print": (
        "context",
        f"{B}/elements/0",
        BUTTON,
        f"{B}/elements/0/type",
        "unsupported type: button",
    ),
    "a button as feedback": (
        "context_actions",
        f"{B}/elements/0",
        BUTTON,
        f"{B}/elements/0/type",
        "unsupported type: button",
    ),
    "an image without alt text": ("image", f"{B}/alt_text", GONE, B, "missing required field: alt_text"),
    "a small one without": (
        "small image",
        f"{B}/elements/0/alt_text",
        GONE,
        f"{B}/elements/0",
        "missing required field: alt_text",
    ),
    "an image of nothing": (
        "image",
        f"{B}/image_url",
        GONE,
        f"{B}/type",
        "must define either `image_url` or `slack_file`",
    ),
    "a block_id twice": ("two", "/blocks/1/block_id", "b1", None, '`block_id` "b1" already exists'),
    "an action_id twice": (
        "button",
        f"{B}/elements/1/action_id",
        "press",
        None,
        '`action_id` "press" already exists',
    ),
    "a card of nothing": (
        "carousel",
        f"{B}/elements/0/title",
        GONE,
        f"{B}/elements/0/type",
        "must define either `hero_image` or `title` or `actions` or `body`",
    ),
    "a carousel of nothing": ("carousel", f"{B}/elements", [], None, "no less than 1 items allowed"),
    "a card in a container": (
        "container",
        f"{B}/child_blocks/0",
        BLOCKS["card"],
        f"{B}/child_blocks/0/type",
        "unsupported type: card",
    ),
    "a block_id twice in one": (
        "container",
        f"{B}/child_blocks",
        [{**DIVIDER, "block_id": "d"}] * 2,
        f"{B}/child_blocks/1/block_id",
        '`block_id` "d" already exists',
    ),
    "a task of no state": ("task_card", f"{B}/status", "late", None, ENUM),
}


@pytest.mark.parametrize("case", BROKEN)
def test_one_broken_rule_is_one_fault(case):
    name, place, value, pointer, expected = BROKEN[case]
    pointer = pointer or place
    found = faults(changed(PAYLOADS[name], place, value))
    assert found == [Fault(pointer, "invalid_blocks", f"{expected} [json-pointer:{pointer}]")]


@pytest.mark.parametrize("name", PAYLOADS)
def test_valid_payloads_are_taken(name):
    assert faults(PAYLOADS[name]) == []


def test_an_action_id_may_stand_in_two_blocks():
    row = {"type": "actions", "elements": [BUTTON]}
    assert faults(message(row, row)) == []


MESSAGE_ONLY = "call card carousel container context_actions data_table file markdown plan table task_card".split()
SURFACES = {
    **{kind: {"message", "modal", "home"} for kind in BLOCKS},
    **{kind: {"message"} for kind in MESSAGE_ONLY},
    "data_visualization": {"message", "home"},
    "input": {"modal", "home"},
    "alert": {"modal"},
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_block_stands_only_on_its_surfaces(kind):
    for name, build in {"message": message, "modal": modal, "home": home}.items():
        messages = [fault.message.split(" [")[0] for fault in faults(build(BLOCKS[kind]))]
        assert messages == ([] if name in SURFACES[kind] else [f"unsupported type: {kind}"])


def test_every_kind_of_block_has_a_sample():
    assert set(BLOCKS) == set(MESSAGE) | set(MODAL) | set(HOME)


FULL = [{**SECTION, "text": mrkdwn("x" * 2640)}] * 5

# a message as a whole: the error Slack answers with, and its line
WHOLE = {
    "nothing to say": ({}, "no_text", "no_text"),
    "blank words": ({"text": " \n", "blocks": []}, "no_text", "no_text"),
    "words that are none": ({"text": 7}, "invalid_arguments", "must provide a string [json-pointer:/text]"),
    "a long text": ({"text": "x" * 40_001}, "msg_too_long", "msg_too_long"),
    "blocks as text": ({"blocks": "[]"}, "invalid_blocks_format", "invalid_blocks_format"),
    "attachments as text": (
        {"attachments": "[]"},
        "invalid_attachments",
        "must be an array [json-pointer:/attachments]",
    ),
    "too much in all": (
        message(*FULL, {**SECTION, "text": mrkdwn("x")}),
        "msg_blocks_too_long",
        "msg_blocks_too_long",
    ),
    "101 attachments": ({"attachments": [{"text": "x"}] * 101}, "too_many_attachments", "too_many_attachments"),
    "a wrong attachment": (
        {"attachments": ["x"]},
        "invalid_attachments",
        "must provide an object [json-pointer:/attachments/0]",
    ),
    "a wrong block attached": (
        changed(PAYLOADS["attachment"], "/attachments/0/blocks/0/text/text", ""),
        "invalid_attachments",
        "must be more than 0 characters [json-pointer:/attachments/0/blocks/0/text/text]",
    ),
    "much markdown": (
        message(*[{"type": "markdown", "text": "x" * 6001}] * 2),
        "invalid_blocks",
        "markdown text must be less than 12001 characters [json-pointer:/blocks]",
    ),
    "markdown that grows": (
        message({"type": "markdown", "text": "# A\nwords\n\n- one\n- two\n---\n" * 17}),
        "invalid_blocks",
        "no more than 50 items allowed [json-pointer:/blocks]",
    ),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_message_as_a_whole(case):
    payload, code, line = WHOLE[case]
    assert [(fault.code, fault.message) for fault in faults_in_message(payload)] == [(code, line)]


@pytest.mark.parametrize(
    "payload",
    [
        {"text": "x" * 40_000},
        {"blocks": [SECTION]},
        message(*FULL),
        message({"type": "markdown", "text": "# A\nwords\n\n- one\n- two\n---\n" * 16}),
        message({"type": "markdown", "text": "```\n" + "# not a heading\n" * 60 + "```"}),
    ],
)
def test_a_message_at_its_limit_is_taken(payload):
    assert faults_in_message(payload) == []


def test_every_fault_of_a_payload_is_named():
    payload = message({"type": "header", "text": mrkdwn("")}, {"type": "x"}, {**IMAGE, "alt_text": ""}, {**SELECT})
    assert [fault.pointer for fault in faults_in_message(payload)] == [
        "/blocks/0/text/type",
        "/blocks/1/type",
        "/blocks/2/alt_text",
        "/blocks/3/type",
    ]


def test_the_valid_blocks_of_slacks_own_sdk_are_taken(shared):
    corpus = json.loads((shared / "wire/slack/python_slack_sdk/blocks_corpus.json").read_text("utf-8"))
    blocks = [entry["block"] for entry in corpus]
    assert len(blocks) == 80
    for block in blocks:
        build = modal if block["type"] in {"input", "alert"} else message
        assert faults(build(block)) == [], block


keys = st.sampled_from("type text blocks elements options rows chart series data accessory element title".split())
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
kinds = st.sampled_from([*BLOCKS, "modal", "home", "plain_text", "mrkdwn", "button", "static_select", "line", "pie"])
values = st.recursive(
    scalars | kinds,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(keys, inside | kinds, max_size=5),
    max_leaves=25,
)
objects = st.dictionaries(keys | st.sampled_from(["attachments", "submit"]), values, max_size=6)


@many
@given(objects, st.sampled_from(sorted(PAYLOADS)), st.data())
def test_no_payload_whatever_makes_it_stumble(payload, name, data):
    faults_in_message(payload)
    faults_in_view(payload)
    whole = PAYLOADS[name]
    places = sorted(set(pointers(whole)))
    place = data.draw(st.sampled_from(places))
    for fault in faults(changed(whole, place, data.draw(values))):
        assert fault.message.startswith(fault.code) or fault.message.endswith(f" [json-pointer:{fault.pointer}]")


def pointers(value, at=""):
    if at:
        yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inside:
        yield from pointers(part, f"{at}/{step}")
