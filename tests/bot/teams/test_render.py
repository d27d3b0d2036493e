"""Messages and forms as Adaptive Cards: valid, small enough, nothing lost, and nothing in them is markup."""

import json
from dataclasses import replace
from itertools import chain, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import (
    Actions,
    Button,
    Citation,
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
from bot.parts import cleaned
from bot.teams import render
from tests.card_samples import samples
from tests.messages import anything, forms, messages
from tests.strategies import few, many
from tests.teams_cards import HARMLESS, cards, fields, findings, pressable, words

VALUE = "0123456789abcdef" * 2
BUTTON = Button("Read the Section", "read_section_1", VALUE)
TRAP = "**bold** [pay](https://a.example) <at>Ana</at> ![x](x) {{DATE(2026-11-23T08:30:00Z, SHORT)}} & `code`"
cited = st.builds(
    lambda message, titles: replace(
        message,
        blocks=(Note("[1] refunds.md"), *message.blocks, Note("[2] refunds.md")),
        citations=tuple(Citation(number, *pair) for number, pair in enumerate(titles, 1)),
        is_by_machine=True,
        is_rateable=True,
    ),
    messages,
    st.lists(st.tuples(anything, anything), min_size=2, max_size=2),
)


def sent(message):
    """The activities a message goes out as."""
    return [render.activity(part) for part in render.split(with_ids(message))]


def with_ids(thing):
    """The same with an id in every button, as the views make them."""
    if isinstance(thing, Message | Form):
        return replace(thing, blocks=tuple(map(with_ids, thing.blocks)))
    if isinstance(thing, Actions):
        return Actions(tuple(item if isinstance(item, Link) else replace(item, value=VALUE) for item in thing.items))
    return thing


def said(blocks):
    """Every text in blocks, in the order people read them; of tables, what stands below the columns."""
    for block in blocks:
        match block:
            case Heading(text) | Text(text) | Quote(text) | Note(text):
                yield text
            case Steps(items):
                yield from items
            case Facts(pairs):
                yield from chain.from_iterable(pairs)
            case Table(caption, _, rows):
                yield from (caption, *chain.from_iterable(rows))


def named_columns(blocks):
    """The names of columns that hold anything."""
    for table in (block for block in blocks if isinstance(block, Table)):
        for name, *cells in zip_longest(table.columns, *table.rows, fillvalue=""):
            if any(cells):
                yield name


def squeezed(texts):
    return "".join("".join(texts).split())


def stands_in(wanted, shown):
    """Whether every character of one text is in another, in its order."""
    left = iter(shown)
    return all(character in left for character in wanted)


def buttons(blocks):
    items = [item for block in blocks if isinstance(block, Actions) for item in block.items]
    return sum(len(item.options) if isinstance(item, Menu) else _is_shown(item) for item in items)


def _is_shown(item):
    return isinstance(item, Button) or item.url.startswith(("https://", "http://127.0.0.1"))


def action_sets(activity):
    return [part["actions"] for card in cards(activity) for part in card["body"] if part["type"] == "ActionSet"]


@pytest.mark.parametrize(("name", "activity"), samples().items(), ids=samples())
def test_every_kind_of_message_is_fine(name, activity):
    assert findings(activity) == []
    assert findings(render.plain_activity(Message(words(activity)))) == []


@many
@given(st.one_of(messages, cited))
def test_every_part_of_every_message_is_fine(message):
    for activity in sent(message):
        assert findings(activity) == []
        assert words(activity).strip()


@many
@given(messages)
def test_nothing_of_a_message_is_lost(message):
    shown = sent(message)
    told = squeezed(map(words, shown))
    assert stands_in(squeezed(said(cleaned(message).blocks)), told)
    assert all(stands_in(squeezed(column), told) for column in named_columns(cleaned(message).blocks))
    assert sum(len(row) for activity in shown for row in action_sets(activity)) == buttons(message.blocks)


@few
@given(messages)
def test_a_message_that_was_not_split_is_one_card_that_fits(message):
    assert findings(render.activity(with_ids(message))) == []
    assert findings(render.plain_activity(message)) == []


@few
@given(forms())
def test_a_form_is_fine_whatever_stands_above_its_fields(form):
    plain = tuple(replace(field, label="Your question") for field in form.fields)
    shown = render.form_activities(replace(with_ids(form), fields=plain))
    for activity in shown:
        assert findings(activity) == []
    assert [field["id"] for activity in shown for field in fields(activity)] == [field.name for field in form.fields]


@pytest.mark.parametrize(
    "block",
    [
        Heading("x" * 151),
        Text("x" * 9_001),
        Text("ж" * 9_000),
        Text("🔥" * 9_000),
        Text('\\"' * 9_000),
        Text("line\n" * 600),
        Note("x" * 9_001),
        Quote("x" * 9_001),
        Steps(("x" * 2_000,) * 9, is_numbered=True),
        Steps(("x",) * 600),
        Facts((("x" * 1_000, "y" * 1_000),) * 9),
        Facts((("Label", "1"),) * 300),
        Table("Wide", ("x",) * 21, (("1",) * 21,)),
        Table("Wide and empty", ("x",) * 20, (("1", *[""] * 19),) * 99),
        Table("Long", ("Person", "Lessons"), (("Ana", "1"),) * 500),
        Table("Full", ("Person",), (("x" * 500,),) * 60),
        Actions((replace(BUTTON, label="🔥" * 76),) * 60),
    ],
    ids=lambda block: f"{block.kind} of {len(str(block))}",
)
def test_nothing_of_what_is_too_long_for_a_card_is_lost(block):
    message = Message("Text", (Text("Before"), block, Text("After")))
    shown = sent(message)
    assert [findings(activity) for activity in shown] == [[]] * len(shown)
    assert stands_in(squeezed(said(message.blocks)), squeezed(map(words, shown)))
    assert sum(len(row) for activity in shown for row in action_sets(activity)) == buttons(message.blocks)


def test_each_kind_of_block():
    blocks = (
        Heading("Refunds"),
        Text("Ask first.\nThen pay.", is_strong=True),
        Quote("Take the receipt."),
        Steps(("Ask", "Pay"), is_numbered=True),
        Note("refunds.md"),
        Facts((("Quiz", "3 of 4"), ("Skill", ""))),
        Divider(),
        Table("This week", ("Person", "Lessons"), (("Ana", "3"), ("Sam", ""))),
        Actions((replace(BUTTON, is_primary=True), Menu("More", (("Wrong Source", "rate_wrong_source"),), VALUE))),
    )
    rich = lambda *runs, **more: {"type": "RichTextBlock", "inlines": list(runs), **more}  # noqa: E731
    run = lambda text, **more: {"type": "TextRun", "text": text, **more}  # noqa: E731
    bold, large = {"weight": "Bolder"}, {"size": "Large", "weight": "Bolder"}
    cell = lambda text, **more: {"type": "TableCell", "items": [rich(run(text, **more))]}  # noqa: E731
    [card] = cards(render.activity(Message("Refunds", blocks)))
    assert (card["version"], card["fallbackText"]) == ("1.5", render.TOO_OLD)
    assert card["body"] == [
        {"type": "TextBlock", "text": "Refunds", "style": "heading", "wrap": True, **large},
        rich(run("Ask first.", **bold)),
        rich(run("Then pay.", **bold), spacing="Small"),
        {"type": "Container", "style": "emphasis", "items": [rich(run("Take the receipt."))]},
        rich(run("1. Ask")),
        rich(run("2. Pay"), spacing="Small"),
        rich(run("refunds.md", size="Small", isSubtle=True), spacing="Small"),
        rich(run("Quiz: ", **bold), run("3 of 4")),
        rich(run("Skill: ", **bold), run("–"), spacing="Small"),
        rich(run("This week", **bold), separator=True, spacing="Large"),
        {
            "type": "Table",
            "firstRowAsHeader": True,
            "columns": [{"width": 3}, {"width": 2}],
            "rows": [
                {"type": "TableRow", "cells": [cell("Person", **bold), cell("Lessons", **bold)]},
                {"type": "TableRow", "cells": [cell("Ana"), cell("3")]},
                {"type": "TableRow", "cells": [cell("Sam"), cell("–")]},
            ],
        },
        {
            "type": "ActionSet",
            "actions": [
                pressed("Read the Section", "read_section_1", style="positive"),
                pressed("Wrong Source", "rate_wrong_source", mode="secondary"),
            ],
        },
    ]


def pressed(title, action, **more):
    data = {"action": action, "value": VALUE}
    fallback = {"type": "Action.Submit", "title": title, "data": data}
    return {"type": "Action.Execute", "title": title, "verb": action, "data": data, "fallback": fallback, **more}


@pytest.mark.parametrize(
    "text",
    [
        "Refunds",
        "Refunds & exchanges: what to do",
        "Who’s on the “early” shift? – all",
        "Größe, 12 Kartons",
        "Возврат денег",
    ],
)
def test_a_heading_of_harmless_words_is_one_for_screen_readers_too(text):
    [heading] = cards(render.activity(Message("x", (Heading(text),))))[0]["body"]
    assert (heading["type"], heading["style"], heading["text"]) == ("TextBlock", "heading", text)
    assert HARMLESS.fullmatch(text)


@pytest.mark.parametrize(
    "text",
    [
        *("1. Refunds", "12) Refunds", "- Refunds", "+ Refunds", "# Refunds", "> Refunds", "> "),
        *("*Refunds*", "_Refunds_", "~~Refunds~~", "`Refunds`", "[Refunds](x)", "a\\b", "a|b", "<at>Ana</at>", "a&b;"),
        *("refunds.example", "www.refunds", "ana@example", "https://a", "a/b", "{{DATE(1)}}", "a*b", "a_b", "=== x"),
        *("&lt;b&gt;", "1", "$x$", "#hr", "a#b", "^x^", "a\u00a0\u00a0b*"),
    ],
)
def test_any_other_heading_is_words_that_nothing_is_made_of(text):
    [heading] = cards(render.activity(Message("x", (Heading(text),))))[0]["body"]
    assert heading["type"] == "RichTextBlock"
    assert "".join(run["text"] for run in heading["inlines"]) == " ".join(text.split())


@many
@given(st.text())
def test_a_heading_is_a_text_block_only_where_markdown_changes_nothing(text):
    [heading] = cards(render.activity(Message("x", (Heading(text),))))[0]["body"]
    assert heading["type"] == "RichTextBlock" or HARMLESS.fullmatch(heading["text"])


def test_nothing_is_markup():
    table = Table(TRAP, (TRAP,), ((TRAP,),))
    blocks = (Text(TRAP), Quote(TRAP), Steps((TRAP,)), Note(TRAP), Heading(TRAP), Facts(((TRAP, TRAP),)), table)
    activity = render.activity(Message(TRAP, blocks))
    assert findings(activity) == []
    assert words(activity).count(TRAP) == 10
    assert all("{{" not in run["text"] for run in runs(activity))


def runs(node):
    """Every run of text in a message."""
    if isinstance(node, dict):
        if node.get("type") == "TextRun":
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from runs(part)


def test_what_cannot_be_seen_is_not_sent():
    hidden = Citation(1, "refunds\u200b.md", "a\u202eb")
    message = Message("pay\u200b", (Text("\u202egnp.exe"), Heading("a\x00b\U000e0041"), Note("[1]")), (hidden,))
    for activity in (render.activity(message), render.plain_activity(message)):
        shown = json.dumps(activity)
        assert all(trick not in shown for trick in ("\\u200b", "\\u202e", "\\u0000", "\\udb40"))
    assert words(render.activity(message)) == "gnp.exe\nab\n[1]"


@pytest.mark.parametrize(
    "message", [Message(""), Message(" \n\u200b"), Message("", (Text(""), Quote(" "), Actions(()))), Message("Hi", ())]
)
def test_a_message_of_nothing_shows_something(message):
    for activity in (*sent(message), render.activity(message), render.plain_activity(message)):
        assert findings(activity) == []
        assert words(activity).strip()


@pytest.mark.parametrize(
    ("text", "cards_of_it"),
    [
        ("x" * 8_000, 1),
        ("x" * 9_001, 2),
        ("ж" * 9_000, 1),
        ("🔥" * 9_000, 3),
        ("line\n" * 200, 1),
        ("line\n" * 600, 3),
    ],
    ids=lambda given: str(len(given)) if isinstance(given, str) else str(given),
)
def test_a_message_is_cut_no_smaller_than_it_has_to_be(text, cards_of_it):
    assert len(sent(Message("Text", (Text(text),)))) == cards_of_it


class TestMarks:
    blocks = (Note("[1] refunds.md"), Text("x " * 9_000), Note("[2] keys.md"))
    cited = (Citation(1, "refunds.md", "Ask first."), Citation(2, "keys.md", "Count them."))
    message = Message("Refunds", blocks, cited, is_by_machine=True, is_rateable=True)

    def test_each_part_has_the_citations_it_shows_and_the_last_the_thumbs(self):
        first, *between, last = sent(self.message)
        assert [[c["position"] for c in part["entities"][0].get("citation", [])] for part in (first, last)] == [
            [1],
            [2],
        ]
        assert last["channelData"] == {"feedbackLoop": {"type": "default"}}
        assert ["channelData" in part for part in (first, *between)] == [False] * (1 + len(between))
        assert all(part["entities"][0]["additionalType"] == ["AIGeneratedContent"] for part in (first, *between, last))

    def test_what_no_machine_made_has_no_marks(self):
        for activity in (*sent(Message("Refunds")), render.plain_activity(Message("Refunds"))):
            assert {"entities", "channelData"}.isdisjoint(activity)

    def test_all_words_are_in_the_card(self):
        assert ["text" in activity for activity in sent(self.message)] == [False] * len(sent(self.message))

    @pytest.mark.parametrize("is_rateable", [True, False])
    def test_only_what_can_be_rated_has_thumbs(self, is_rateable):
        message = replace(self.message, is_rateable=is_rateable)
        for activity in (render.activity(message), render.plain_activity(message)):
            assert ("channelData" in activity) is is_rateable

    def test_citations_keep_to_their_limits(self):
        many_of_them = tuple(Citation(n, "long title " * 20, "long words\n" * 40) for n in range(1, 30))
        marks = Note(" ".join(f"[{number}]" for number in range(1, 30)))
        activity = render.activity(Message("x", (marks,), many_of_them))
        assert findings(activity) == []
        found = activity["entities"][0]["citation"]
        assert len(found) == 20
        for citation in found:
            name, abstract = citation["appearance"]["name"], citation["appearance"]["abstract"]
            assert (name[-1], abstract[-1]) == ("…", "…")
            assert (70 < len(name) <= 80, 150 < len(abstract) <= 160) == (True, True)
        assert "additionalType" not in activity["entities"][0]

    def test_the_notification_is_short_and_says_what_the_message_says(self):
        assert render.activity(Message("Refunds"))["summary"] == "Refunds"
        assert render.activity(Message("", (Text("Ask first."),)))["summary"] == "Ask first."
        long = render.activity(Message("word " * 900))["summary"]
        assert 900 < len(long) <= 1_000
        assert long.endswith("…")


class TestButtons:
    def rows(self, *items):
        return [
            [(action["title"], action.get("mode")) for action in row]
            for row in action_sets(render.activity(Message("x", (Text("x"), Actions(items)))))
        ]

    @pytest.mark.parametrize("label", ["{}", "Read {}", "Read the Section {}", "Read the long section {} of the SOP"])
    def test_at_most_six_stand_in_a_row_in_their_order(self, label):
        labels = [label.format(number) for number in range(1, 10)]
        rows = self.rows(*(replace(BUTTON, label=label) for label in labels))
        assert [title for row in rows for title, _ in row] == labels
        assert max(map(len, rows)) <= 6

    def test_what_a_menu_offers_stands_behind_the_last_row(self):
        menu = Menu("Something Is Off", (("Wrong Source", "a"), ("Outdated", "b")), VALUE)
        hidden = [("Wrong Source", "secondary"), ("Outdated", "secondary")]
        assert self.rows(menu) == [hidden]
        for number in (1, 6, 9):
            *_, last = self.rows(*[BUTTON] * number, menu)
            assert last[-2:] == hidden
            assert ("Read the Section", None) in last

    def test_what_stands_behind_the_last_button_counts_among_the_six(self):
        menu = Menu("More", tuple((f"Option {number}", f"o{number}") for number in range(5)), VALUE)
        start, later = replace(BUTTON, label="Start"), replace(BUTTON, label="Later Today")
        first, last = self.rows(start, later, menu)
        assert (first, last[0], len(last)) == ([("Start", None)], ("Later Today", None), 6)

    def test_an_older_client_sends_the_same_by_its_fallback(self):
        activity = render.activity(Message("x", (Text("x"), Actions((BUTTON,)))))
        action = pressable(activity)["Read the Section"]
        assert action == pressed("Read the Section", "read_section_1")
        assert action["fallback"]["data"] == action["data"] == {"action": "read_section_1", "value": VALUE}

    @pytest.mark.parametrize(("label", "title"), [(" \n", "…"), ("Read\nthe", "Read the")])
    def test_a_title_is_one_line(self, label, title):
        assert self.rows(replace(BUTTON, label=label)) == [[(title, None)]]

    def test_a_long_label_is_cut_on_the_button_and_whole_above_it(self):
        label = "Call a manager, who alone may approve a refund without a receipt at the till"
        activity = render.activity(Message("x", (Text("x"), Actions((replace(BUTTON, label=label),)))))
        [[action]] = action_sets(activity)
        assert action["title"].endswith("…")
        assert label.startswith(action["title"][:-1])
        assert action["fallback"]["title"] == action["title"]
        assert label in words(activity)


class TestPlainWords:
    def test_they_say_all_of_it_without_a_card(self):
        activity = render.plain_activity(Message("Refunds", (Steps(("Ask", "Pay"), True), Quote("Keep <receipt>"))))
        assert activity == {"type": "message", "textFormat": "plain", "text": "1. Ask\n2. Pay\n\nKeep <receipt>"}

    def test_no_address_in_them_becomes_a_link(self):
        text = render.plain_activity(Message("Pay at https://a.example or HTTP://b.example"))["text"]
        assert text == "Pay at https: //a.example or HTTP: //b.example"

    def test_they_are_cut_where_teams_would_take_no_more(self):
        text = render.plain_activity(Message("x", (Text("word " * 9_000),)))["text"]
        assert 8_900 < len(text) <= 9_000
        assert text.endswith("…")

    def test_they_keep_what_teams_shows_of_an_answer_but_for_its_citations(self):
        activity = render.plain_activity(TestMarks.message)
        assert activity["entities"][0]["additionalType"] == ["AIGeneratedContent"]
        assert "citation" not in activity["entities"][0]
        assert "channelData" in activity


def test_what_was_not_split_beforehand_ends_in_a_note():
    shown = words(render.activity(Message("Long", tuple(Text("word " * 500) for _ in range(20)))))
    assert shown.endswith(render.GOES_ON.text)
    assert shown.startswith("word word")


class TestForms:
    def test_one_to_fill_is_a_card_with_its_fields(self):
        field = Field("question", "Your question", "How do I *call in* sick?", is_multiline=True, most=9_000)
        form = Form("Ask Coach", "ask_form", VALUE, (Note("Only you see it."),), (field,), "Ask")
        [activity] = render.form_activities(form)
        assert findings(activity) == []
        assert activity["summary"] == "Ask Coach"
        assert words(activity) == "Ask Coach\nOnly you see it.\nYour question"
        [shown] = fields(activity)
        assert shown == {
            "type": "Input.Text",
            "id": "question",
            "label": "Your question",
            "isMultiline": True,
            "maxLength": 3_000,
            "isRequired": True,
            "errorMessage": render.NEEDED,
            "placeholder": "How do I *call in* sick?",
        }
        assert pressable(activity)["Ask"] == pressed("Ask", "form:ask_form", style="positive")

    def test_a_field_may_be_filled_and_may_stay_empty(self):
        field = Field("when", "When?", most=5, value="08:45:30", is_optional=True)
        [activity] = render.form_activities(Form("Settings", "settings", VALUE, (), (field,), "Save"))
        assert findings(activity) == []
        [shown] = fields(activity)
        assert shown["value"] == "08:45"
        assert "isRequired" not in shown

    def test_one_to_read_goes_in_as_many_cards_as_it_takes(self):
        form = Form("The section in full", "section", VALUE, (Text("A long section. " * 200),) * 11)
        shown = render.form_activities(form)
        assert len(shown) > 1
        assert [pressable(activity) for activity in shown] == [{}] * len(shown)
        assert sum(words(activity).count("A long section.") for activity in shown) == 2_200
        assert words(shown[0]).startswith("The section in full")
