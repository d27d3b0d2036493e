"""Messages, forms and the home page as Block Kit: valid whatever they say, and nothing in them is markup."""

import json

import pytest
from hypothesis import given

from bot.messages import (
    Actions,
    Button,
    Divider,
    Facts,
    Field,
    Form,
    Heading,
    Link,
    Menu,
    Message,
    Note,
    Quote,
    Steps,
    Table,
    Text,
)
from bot.parts import parts
from bot.shown import without_addresses
from bot.slack.render import home, payload, plain_home, plain_payload, view
from bot.trial.block_rules import faults_in_message
from bot.trial.view_rules import faults_in_view
from tests.messages import forms, messages
from tests.strategies import many

VALUE = "0123456789abcdef" * 2
TRAP = "<!channel> <@U1> *bold* https://a.example & `code` :smile:"


@many
@given(messages)
def test_every_part_of_every_message_is_valid(message):
    for part in [message, *parts(message)]:
        assert faults_in_message(payload(part)) == []
        assert faults_in_message(plain_payload(part)) == []


@many
@given(forms())
def test_every_form_is_valid(form):
    assert faults_in_view(view(form)) == []


@many
@given(messages)
def test_every_home_page_is_valid(message):
    assert faults_in_view(home(message)) == []
    assert faults_in_view(plain_home(message)) == []


BUTTON = Button("x" * 76, "ask", VALUE)


@pytest.mark.parametrize(
    "block",
    [
        Heading("x" * 151),
        Text("x" * 3_001),
        Note("x" * 3_001),
        Steps(("x" * 2_000,) * 5, is_numbered=True),
        Facts((("x" * 1_000, "y" * 1_000),)),
        Facts((("Label", "1"),) * 11),
        Table("Wide", ("x",) * 21, (("1",) * 21,)),
        Table("Long", ("Person",), (("Ana",),) * 101),
        Table("Full", ("Person",), (("x" * 500,),) * 25),
        Actions((BUTTON,) * 26),
        Actions((Menu("x" * 151, (("y" * 76, "stop"),) * 101, VALUE),)),
    ],
    ids=lambda block: block.kind,
)
def test_one_more_than_a_limit_is_still_valid(block):
    assert faults_in_message(payload(Message("Text", (block, block)))) == []
    assert all(faults_in_message(payload(part)) == [] for part in parts(Message("Text", (block,) * 50)))
    assert faults_in_view(view(Form("x" * 25, "read", VALUE, (block,) * 101, (), "x" * 25))) == []


def test_each_kind_of_block():
    buttons = Actions((Button("Read the Section", "read", VALUE, is_primary=True), Button("Ask Again", "ask", "")))
    blocks = (
        Heading("Refunds"),
        Text("Ask first.\nThen pay.", is_strong=True),
        Quote("Take the receipt."),
        Steps(("Ask", "Pay"), is_numbered=True),
        Note("refunds.md"),
        Facts((("Quiz", "3 of 4"), ("Skill", ""))),
        Table("This week", ("Person", "Lessons"), (("Ana", "3"), ("Sam", ""))),
        Divider(),
        buttons,
    )
    words = lambda text: {"type": "plain_text", "text": text, "emoji": False}  # noqa: E731
    rich = lambda element: {"type": "rich_text", "elements": [element]}  # noqa: E731
    section = lambda text, **more: {"type": "rich_text_section", "elements": [{"type": "text", "text": text} | more]}  # noqa: E731
    cell = lambda text: {"type": "raw_text", "text": text}  # noqa: E731
    bold = {"style": {"bold": True}}
    assert payload(Message("Refunds", blocks)) == {
        "text": "Refunds",
        "blocks": [
            {"type": "header", "text": words("Refunds")},
            rich(section("Ask first.\nThen pay.", **bold)),
            rich({"type": "rich_text_quote", "elements": [{"type": "text", "text": "Take the receipt."}]}),
            rich({"type": "rich_text_list", "style": "ordered", "elements": [section("Ask"), section("Pay")]}),
            {"type": "context", "elements": [words("refunds.md")]},
            {"type": "section", "fields": [words("Quiz\n3 of 4"), words("Skill\n–")]},
            {
                "type": "data_table",
                "caption": "This week",
                "page_size": 2,
                "row_header_column_index": 0,
                "rows": [[cell("Person"), cell("Lessons")], [cell("Ana"), cell("3")], [cell("Sam"), cell("–")]],
            },
            {"type": "divider"},
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "text": words("Read the Section"),
                        "action_id": "read",
                        "value": VALUE,
                        "style": "primary",
                    },
                    {"type": "button", "text": words("Ask Again"), "action_id": "ask"},
                ],
            },
        ],
    }


def test_nothing_is_markup():
    blocks = (Text(TRAP), Quote(TRAP), Steps((TRAP,)), Note(TRAP), Heading(TRAP), Facts(((TRAP, TRAP),)))
    shown = payload(Message(TRAP, (*blocks, Table(TRAP, (TRAP,), ((TRAP,),)))))
    assert "mrkdwn" not in json.dumps(shown)
    assert {element["type"] for element in _elements(shown["blocks"])}.isdisjoint(
        {"link", "user", "broadcast", "emoji"}
    )
    assert shown["text"] == TRAP.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert plain_payload(Message(TRAP))["text"] == without_addresses(shown["text"])


def test_what_cannot_be_seen_is_not_sent():
    shown = json.dumps(payload(Message("pay\u200b", (Text("\u202egnp.exe"), Heading("a\x00b\U000e0041")))))
    assert all(trick not in shown for trick in ("\\u200b", "\\u202e", "\\u0000", "\\udb40"))


def test_one_action_twice_gets_ids_of_its_own():
    row = Actions(
        (Button("Read 1", "read", "1"), Button("Read 2", "read", "2"), Menu("More", (("Stop", "stop"),), VALUE))
    )
    _, *rows = payload(Message("Two", (Text("Two"), row, row)))["blocks"]
    ids = [item["action_id"] for row in rows for item in row["elements"]]
    assert ids == ["read", "read:1", "menu0", "read:2", "read:3", "menu1"]


def test_a_menu_tells_the_action_and_the_value():
    menu = Menu("What Is Wrong", (("Wrong source", "wrong_source"), ("Outdated", "outdated")), VALUE)
    _, row = payload(Message("Which?", (Actions((menu,)),)))["blocks"]
    [select] = row["elements"]
    assert select["type"] == "static_select"
    assert [option["value"] for option in select["options"]] == [f"wrong_source|{VALUE}", f"outdated|{VALUE}"]


@pytest.mark.parametrize(
    ("text", "most"),
    [("&" * 9_000, 4_000), ("word " * 3_000, 4_000), ("<" * 4_000, 4_000)],
)
def test_the_fallback_text_stays_short_enough_to_be_updated(text, most):
    shown = payload(Message(text, (Text("Short"),)))["text"]
    assert most / 2 < len(shown) <= most
    assert shown.endswith("…")


def test_what_was_not_split_beforehand_ends_in_a_note():
    shown = payload(Message("Long", (Text("word " * 4_000),)))
    assert shown["blocks"][-1]["type"] == "context"
    assert "goes on" in shown["blocks"][-1]["elements"][0]["text"]


def test_plain_words_keep_every_step():
    shown = plain_payload(Message("Refunds", (Steps(("Ask", "Pay"), True), Quote("Keep <receipt>"))))
    assert shown == {"text": "1. Ask\n2. Pay\n\nKeep &lt;receipt&gt;", "blocks": []}


def test_plain_words_hold_no_address_but_our_own():
    page = Actions((Link("Open", "https://coach.example.test/in/1"),))
    shown = plain_payload(Message("x", (Quote("Pay at https://evil.example or www.evil.example"), page)))
    assert shown["text"] == "Pay at https: //evil.example or www .evil.example\n\nOpen: https://coach.example.test/in/1"


def test_a_form_to_fill_in():
    form = Form(
        "Report a wrong answer",
        "report",
        VALUE,
        (Text("Thanks."),),
        (Field("why", "Why?", "Say", True, 9_000),),
        "Send It",
    )
    shown = view(form)
    assert (shown["callback_id"], shown["private_metadata"]) == ("report", VALUE)
    assert (shown["submit"]["text"], shown["close"]["text"]) == ("Send It", "Cancel")
    field = shown["blocks"][-1]
    assert (field["block_id"], field["element"]["action_id"], field["element"]["max_length"]) == ("why", "why", 3_000)
    assert field["element"]["multiline"]


def test_a_field_may_be_filled_and_may_stay_empty():
    needed, optional = Field("why", "Why?"), Field("when", "When?", most=5, value="08:45:30", is_optional=True)
    shown = view(Form("Settings", "settings", VALUE, (), (needed, optional), "Save"))
    assert faults_in_view(shown) == []
    first, second = shown["blocks"]
    assert "optional" not in first
    assert "initial_value" not in first["element"]
    assert second["optional"]
    assert second["element"]["initial_value"] == "08:45"


def test_a_form_to_read_has_no_submit_and_says_when_it_is_cut():
    shown = view(Form("Refunds and exchanges at the till", "read", VALUE, (Text("A long section. " * 200),) * 110))
    assert "submit" not in shown
    assert shown["title"]["text"] == "Refunds and exchanges…"
    assert len(shown["blocks"]) <= 100
    assert "read the rest" in shown["blocks"][-1]["elements"][0]["text"]
    assert len(json.dumps(shown)) < 250_000


def test_pages_tell_tables_in_lines():
    shown = home(Message("Team", (Table("This week", ("Person", "Lessons"), (("Ana", "3"),)),)))
    assert [block["type"] for block in shown["blocks"]] == ["rich_text"]
    assert "Person: Ana; Lessons: 3" in json.dumps(shown)


def _elements(thing):
    if isinstance(thing, dict):
        if "type" in thing:
            yield thing
        thing = list(thing.values())
    if isinstance(thing, list):
        for each in thing:
            yield from _elements(each)
