"""The trial workspace takes every view Slack takes, and refuses one mutation of a valid view for each rule."""

import json

import pytest

from bot.trial.block_rules import Fault
from bot.trial.view_rules import faults_in_view
from tests.block_payloads import BLOCKS, DIVIDER, GONE, INPUT, PAYLOADS, SECTION, changed, home, modal, mrkdwn


@pytest.mark.parametrize(
    ("name", "place", "most"),
    [
        ("modal", "/title/text", 24),
        ("modal", "/submit/text", 24),
        ("modal", "/close/text", 24),
        ("modal", "/private_metadata", 3000),
        ("modal", "/callback_id", 255),
        ("home", "/external_id", 255),
        ("input", "/blocks/0/label/text", 2000),
        ("input", "/blocks/0/hint/text", 2000),
        ("input", "/blocks/0/block_id", 255),
        ("input", "/blocks/0/element/action_id", 255),
        ("alert", "/blocks/0/text/text", 200),
    ],
)
def test_a_text_may_be_so_long_and_not_one_longer(name, place, most):
    assert faults_in_view(changed(PAYLOADS[name], place, "x" * most)) == []
    found = faults_in_view(changed(PAYLOADS[name], place, "x" * (most + 1)))
    words = f"must be less than {most + 1} characters [json-pointer:/view{place}]"
    assert found == [Fault(f"/view{place}", "invalid_arguments", words)]


# what is broken: view, place, what stands there now; pointer (None: the place) and words of the fault
BROKEN = {
    "another kind of view": ("modal", "/type", "workflow_step", None, "unsupported type: workflow_step"),
    "a modal without title": ("modal", "/title", GONE, "", "missing required field: title"),
    "mrkdwn as a title": ("modal", "/title", mrkdwn(), "/title/type", "must be a valid enum value"),
    "an empty title": ("modal", "/title/text", "", None, "must be more than 0 characters"),
    "an input without submit": (
        "modal",
        "/submit",
        GONE,
        "/blocks/1/input",
        "must define `submit` to use an `input` block in modals",
    ),
    "no blocks": ("home", "/blocks", GONE, "", "missing required field: blocks"),
    "blocks that are no list": ("home", "/blocks", {}, None, "must be an array"),
    "101 blocks": ("home", "/blocks", [DIVIDER] * 101, None, "no more than 100 items allowed"),
    "a table": ("modal", "/blocks/0", BLOCKS["table"], "/blocks/0/type", "unsupported type: table"),
    "an input without label": ("input", "/blocks/0/label", GONE, "/blocks/0", "missing required field: label"),
    "an input of nothing": ("input", "/blocks/0/element", GONE, "/blocks/0", "missing required field: element"),
    "a button as an input": ("input", "/blocks/0/element/type", "button", None, "unsupported type: button"),
    "mrkdwn as a label": ("input", "/blocks/0/label/type", "mrkdwn", None, "must be a valid enum value"),
    "a long answer asked for": (
        "input",
        "/blocks/0/element/max_length",
        3001,
        None,
        "must be less than or equal to 3000",
    ),
    "an alert of no level": ("alert", "/blocks/0/level", "panic", None, "must be a valid enum value"),
    "a block_id twice": (
        "home",
        "/blocks",
        [{**SECTION, "block_id": "b"}, {**DIVIDER, "block_id": "b"}],
        "/blocks/1/block_id",
        '`block_id` "b" already exists',
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_one_broken_rule_is_one_fault(case):
    name, place, value, pointer, words = BROKEN[case]
    pointer = "/view" + (place if pointer is None else pointer)
    found = faults_in_view(changed(PAYLOADS[name], place, value))
    assert found == [Fault(pointer, "invalid_arguments", f"{words} [json-pointer:{pointer}]")]


def test_a_view_is_measured_in_bytes():
    view = home(*[{**SECTION, "text": mrkdwn("é" * 3000)}] * 41, {**SECTION, "text": mrkdwn("")})
    room = 250_000 - len(json.dumps(view, ensure_ascii=False).encode())
    assert 0 < room < 3000
    assert faults_in_view(changed(view, "/blocks/41/text/text", "x" * room)) == []
    found = faults_in_view(changed(view, "/blocks/41/text/text", "x" * (room + 1)))
    assert [fault.code for fault in found] == ["view_too_large"]


def test_a_full_view_is_taken():
    assert faults_in_view(modal(*[DIVIDER] * 99, INPUT)) == []
    assert faults_in_view(home()) == []


def test_the_views_of_slacks_own_sdk_are_taken(shared):
    paths = sorted((shared / "wire/slack/python_slack_sdk").glob("view_*.json"))
    views = [json.loads(path.read_text("utf-8")) for path in paths]
    assert sum(len(view["blocks"]) for view in views) == 144
    for path, view in zip(paths, views, strict=True):
        assert faults_in_view(view) == [], path.name
