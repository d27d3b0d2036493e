"""What may be said in Teams: each rule broken in one place of a message that is otherwise fine."""

import json
from copy import deepcopy

import pytest

from tests.teams_cards import CARD_TYPE, HARMLESS, card_findings, fields, findings, pressable, words

VALUE = "0123456789abcdef0123456789abcdef"
GONE = object()


def button(title, action, **more):
    data = {"action": action, "value": VALUE}
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": action,
        "data": data,
        "fallback": {"type": "Action.Submit", "title": title, "data": dict(data)},
        **more,
    }


def rich(*inlines, **more):
    return {"type": "RichTextBlock", "inlines": list(inlines), **more}


def answer():
    """A message with everything that is allowed in it."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        "fallbackText": "Refunds",
        "msteams": {"width": "Full"},
        "body": [
            {"type": "TextBlock", "text": "Refunds", "weight": "Bolder"},
            rich("*Ask* [first](https://example.test), ", {"type": "TextRun", "text": "then pay [1].", "italic": True}),
            {
                "type": "Container",
                "style": "emphasis",
                "items": [
                    {"type": "ColumnSet", "columns": [{"type": "Column", "items": [rich("SOP")]}]},
                    {
                        "type": "Table",
                        "columns": [{"width": 1}, {"width": 1}],
                        "rows": [
                            {"type": "TableRow", "cells": [{"type": "TableCell", "items": [rich(one)]} for one in "ab"]}
                        ],
                    },
                ],
            },
            rich("nobody sees this", isVisible=False),
            {"type": "Input.Text", "id": "why", "label": "Why?", "isRequired": True, "errorMessage": "Say why."},
            {"type": "Input.ChoiceSet", "id": "how", "label": "How", "choices": [{"title": "Cash", "value": "a"}]},
            {"type": "ActionSet", "actions": [button("Helpful", "helpful")]},
        ],
        "actions": [button("Share", "share"), button("About Coach", "about", mode="secondary")],
    }
    cited = {"@type": "DigitalDocument", "name": "Refunds", "abstract": "Then pay.", "keywords": ["SOP"]}
    label = {
        "type": "https://schema.org/Message",
        "@type": "Message",
        "@context": "https://schema.org",
        "additionalType": ["AIGeneratedContent"],
        "citation": [{"@type": "Claim", "position": 1, "appearance": cited}],
    }
    return {
        "type": "message",
        "serviceUrl": "http://127.0.0.1:3978/teams/",
        "summary": "Refunds",
        "attachments": [{"contentType": CARD_TYPE, "content": card}],
        "entities": [label],
        "channelData": {"feedbackLoop": {"type": "default"}},
    }


def broken(path, value):
    """Return that message with one place changed, or taken out; a list grows by a value that is set at its end."""
    message = answer()
    place, *way = message, *path
    for name in way[:-1]:
        place = place[name]
    if value is GONE:
        del place[way[-1]]
    elif isinstance(place, list) and way[-1] == len(place):
        place.append(value)
    else:
        place[way[-1]] = value
    return message


CARD = ("attachments", 0, "content")
BODY, ACTION, LABEL = (*CARD, "body"), (*CARD, "actions", 0), ("entities", 0)
CITED = (*LABEL, "citation", 0)
TEXT, CHOICES = (*BODY, 4), (*BODY, 5)
LONG = "x" * 76


def test_a_good_message_has_no_findings():
    assert findings(answer()) == []
    assert findings({"type": "message", "text": "*I* can only read text.", "textFormat": "plain"}) == []
    assert findings({"type": "message", "text": "I can only read text."}) == []


@pytest.mark.parametrize(
    ("path", "value", "part"),
    [
        ((*CARD, "version"), "1.6", "version"),
        ((*CARD, "body", 7), rich("ü" * 12_000), "bytes"),
        ((*CARD, "msteams"), {"entities": []}, "msteams.entities"),
        ((*CARD, "refresh"), {"userIds": ["29:1"] * 61}, "refresh"),
        ((*CARD, "selectAction"), {"type": "Action.OpenUrl", "title": "x", "url": "http://x"}, "url is an address"),
        ((*CARD, "backgroundImage"), "https://x", "backgroundImage is an address"),
        ((*ACTION, "iconUrl"), "https://x", "iconUrl is an address"),
        ((*BODY, 7), {"type": "Image", "url": "https://x", "altText": "x"}, "url is an address"),
        ((*BODY, 7), {"type": "Image", "url": "data:image/png;base64,AA=="}, "a picture nobody hears of"),
        ((*BODY, 7), {"type": "ImageSet", "images": []}, "loads from elsewhere"),
        ((*BODY, 7), {"type": "Media", "sources": []}, "loads from elsewhere"),
        ((*BODY, 7), {"type": "FactSet", "facts": [{"title": "a", "value": "b"}]}, "reads markdown"),
        ((*BODY, 0, "text"), "**Refunds**", "markdown"),
        ((*BODY, 0, "text"), "", "markdown"),
        ((*TEXT, "label"), GONE, "label or errorMessage"),
        ((*TEXT, "errorMessage"), GONE, "label or errorMessage"),
        ((*TEXT, "label"), "*Why*", "markdown"),
        ((*CHOICES, "choices", 0, "title"), "[Cash](https://x)", "markdown"),
        ((*CHOICES, "id"), "why", "two inputs with the id 'why'"),
        ((*CHOICES, "id"), "value", "an id of its own"),
        ((*ACTION, "title"), "", "a title of 0 characters"),
        ((*ACTION, "title"), LONG, "a title of 76 characters"),
        ((*ACTION, "verb"), "other", "a verb other"),
        ((*ACTION, "fallback"), GONE, "no fallback"),
        ((*ACTION, "fallback", "data", "action"), "other", "no fallback"),
        ((*ACTION, "fallback", "title"), LONG, "a title of 76 characters"),
        ((*ACTION, "data", "question"), "x", "data that is not"),
        ((*ACTION, "data"), "x", "data that is not"),
        ((*ACTION, "data", "value"), "is it a refund?", "a value that says something"),
        ((*CARD, "fallbackText"), "New message", None),
        (("summary",), GONE, None),
        (("attachments", 1), {"contentType": "text/html", "content": "x"}, "an attachment of type text/html"),
        (("text",), "[1] is *new*", "read as markdown"),
        (("attachments",), [], "neither words nor a card"),
        (("channelData", "feedbackLoop"), {"type": "mine"}, "feedbackLoop"),
        (("entities", 1), {"type": "mention", "mentioned": {"id": "29:1"}}, "an entity of type mention"),
        (("entities", 1), {"type": "https://schema.org/Message"}, "two labels"),
        ((*LABEL, "@type"), GONE, "no Message of schema.org"),
        ((*LABEL, "@context"), "http://schema.org", "no Message of schema.org"),
        ((*LABEL, "additionalType"), ["Other"], "neither of a machine nor of citations"),
        ((*CITED, "@type"), GONE, "no Claim"),
        ((*CITED, "position"), "1", "no Claim"),
        ((*CITED, "position"), 2, "not marked"),
        ((*CITED, "appearance", "@type"), GONE, "no Claim"),
        ((*CITED, "appearance", "name"), "x" * 81, "too long"),
        ((*CITED, "appearance", "abstract"), "x" * 161, "too long"),
        ((*CITED, "appearance", "abstract"), GONE, "empty"),
        ((*CITED, "appearance", "keywords"), ["a", "b", "c", "d"], "keywords"),
        ((*CITED, "appearance", "keywords"), ["x" * 29], "keywords"),
        ((*CITED, "appearance", "url"), "https://x", "url"),
        ((*CITED, "appearance", "text"), "x", "has text"),
    ],
)
def test_one_thing_wrong_is_found(path, value, part):
    found = findings(broken(path, value))
    if part is None:
        assert found == []
    else:
        assert any(part in finding for finding in found), found


def test_nothing_to_read_in_a_notification():
    message = broken(("summary",), "New message")
    message["attachments"][0]["content"]["fallbackText"] = " "
    assert findings(message) == ["nothing to read in a notification"]


def test_citations_without_a_machine_and_too_many_of_them():
    message = broken((*LABEL, "additionalType"), GONE)
    assert findings(message) == []
    message["entities"][0]["citation"] *= 21
    assert findings(message) == ["21 citations", "two citations with one number"]
    del message["entities"][0]["citation"]
    assert findings(message) == ["a label that is neither of a machine nor of citations"]


def test_what_the_schema_does_not_know(shared):
    for path, value in [((*BODY, 7), {"type": "TextBlok", "text": "x"}), ((*BODY, 0, "txt"), "x"), ((*CARD, "new"), 1)]:
        assert any(finding.startswith("$") for finding in findings(broken(path, value)))


def test_sample_cards_that_others_wrote_are_judged(shared):
    """Cards of Microsoft's own are valid by the schema, and refused by our rules alone."""
    folder = shared / "wire/teams/adaptivecards"
    card = json.loads((folder / "v1.5__Scenarios__InputForm.json").read_text())
    assert not any(finding.startswith("$") for finding in card_findings(card))
    assert any("data that is not an action and a value" in finding for finding in card_findings(card))
    table = json.loads((folder / "v1.5__Scenarios__FlightUpdateTable.json").read_text())
    assert any(finding.startswith("$") for finding in card_findings(table))


def test_words_are_read_in_order_and_without_what_is_hidden():
    assert words(answer()).split("\n") == [
        "Refunds",
        "*Ask* [first](https://example.test), then pay [1].",
        "SOP",
        "a\tb",
        "Why?",
        "How",
        "Cash",
    ]
    assert words({"text": "Hello"}) == "Hello"


def test_what_can_be_pressed_and_filled():
    message = answer()
    message["attachments"][0]["content"]["actions"].append(button("Later", "later", isEnabled=False))
    assert list(pressable(message)) == ["Helpful", "Share", "About Coach"]
    assert pressable(message)["About Coach"] == button("About Coach", "about", mode="secondary")
    assert [field["id"] for field in fields(message)] == ["why", "how"]


def test_findings_change_nothing():
    message = answer()
    before = deepcopy(message)
    findings(message)
    assert message == before


@pytest.mark.parametrize(
    "text",
    [
        "Refund without a receipt",
        "Learn (3 minutes)",
        "From 10:30 to 11.00, 5 % off",
        "“Ask first”: why?",
        "Überprüfung für R & D",
        "£5 and/or €4.50",
        "3-7-1",
        "Remember:this! …",
    ],
)
def test_words_that_markdown_leaves_alone(text):
    assert HARMLESS.fullmatch(text)


@pytest.mark.parametrize(
    "text",
    [
        *("*a*", "_a_", "a_b_c", "~~a~~", "`a`", "[a](b)", "![a](b)", "<b>", "&amp;", "a\\b", "a|b", "a\nb", "a\tb"),
        *("# a", "> a", "- a", "+ a", "1. a", "1) a", "---", "    a", "www.example.test", "https://example.test"),
        *("ana@example.test", "{{DATE(2026-11-23,SHORT)}}", "", " "),
    ],
)
def test_words_that_markdown_may_change(text):
    assert not HARMLESS.fullmatch(text)
