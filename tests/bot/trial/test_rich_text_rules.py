"""Rich text is made of the parts Slack knows, and nothing else."""

import pytest

from bot.trial.block_rules import Fault, faults_in_message
from tests.block_payloads import BLOCKS, GONE, PAYLOADS, changed, words

ENUM = "must be a valid enum value"
SHORT = "must be more than 0 characters"
B = "/blocks/0"

# what is broken: payload, place, what stands there now; pointer (None: the place) and words of the fault
BROKEN = {
    "rich text of nothing": ("rich_text", f"{B}/elements", [], None, "no less than 1 items allowed"),
    "text right in rich text": (
        "rich_text",
        f"{B}/elements/0",
        words(),
        f"{B}/elements/0/type",
        "unsupported type: text",
    ),
    "a piece nobody knows": ("rich_text", f"{B}/elements/0/elements/0/type", "blink", None, "unsupported type: blink"),
    "an empty piece": ("rich_text", f"{B}/elements/0/elements/0/text", "", None, SHORT),
    "a style nobody knows": (
        "rich_text",
        f"{B}/elements/0/elements/0/style/big",
        True,
        f"{B}/elements/0/elements/0/style",
        "invalid additional property: big",
    ),
    "a style that is a word": (
        "rich_text",
        f"{B}/elements/0/elements/0/style/bold",
        "yes",
        None,
        "must provide a boolean",
    ),
    "a link to nowhere": (
        "rich_text",
        f"{B}/elements/0/elements/1/url",
        GONE,
        f"{B}/elements/0/elements/1",
        "missing required field: url",
    ),
    "a mention of nobody": (
        "rich_text",
        f"{B}/elements/0/elements/2/user_id",
        GONE,
        f"{B}/elements/0/elements/2",
        "missing required field: user_id",
    ),
    "an emoji without name": ("rich_text", f"{B}/elements/0/elements/3/name", "", None, SHORT),
    "a call to all the world": ("rich_text", f"{B}/elements/0/elements/4/range", "world", None, ENUM),
    "a list of words": (
        "rich_text",
        f"{B}/elements/1/elements/0",
        words(),
        f"{B}/elements/1/elements/0/type",
        "unsupported type: text",
    ),
    "a list of no style": ("rich_text", f"{B}/elements/1/style", "roman", None, ENUM),
    "a list far in": ("rich_text", f"{B}/elements/1/indent", 9, None, "must be less than or equal to 8"),
    "a list in a quote": (
        "rich_text",
        f"{B}/elements/2/elements/0",
        BLOCKS["rich_text"]["elements"][1],
        f"{B}/elements/2/elements/0/type",
        "unsupported type: rich_text_list",
    ),
    "a mention in code": (
        "rich_text",
        f"{B}/elements/3/elements/0",
        {"type": "user", "user_id": "U1"},
        f"{B}/elements/3/elements/0/type",
        "unsupported type: user",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_one_broken_rule_is_one_fault(case):
    name, place, value, pointer, expected = BROKEN[case]
    pointer = pointer or place
    found = faults_in_message(changed(PAYLOADS[name], place, value))
    assert found == [Fault(pointer, "invalid_blocks", f"{expected} [json-pointer:{pointer}]")]
