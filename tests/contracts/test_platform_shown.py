"""The same suite, as people see it: every kind of block, what is too long, what is hostile, and what they press."""

import pytest

from bot import keeping
from bot.database import Database
from bot.messages import (
    Actions,
    Button,
    Chart,
    Citation,
    Divider,
    Facts,
    File,
    Heading,
    Kind,
    Link,
    Menu,
    Message,
    Note,
    Quote,
    Steps,
    Table,
    Text,
)
from bot.shown import clean, one_line
from metrics.charts import ChartSpec, Series
from tests.contracts.parity import capability
from tests.contracts.places import HELPFUL

every_block = capability("Titles, text, quotations, lists, small print, facts, tables and lines")
in_parts = capability("What is too long comes in parts, whole and in order")
VALUE = "0123456789abcdef" * 2
TITLE = Text("The point")
# A block and the words it shows, in the order they are read.
BLOCKS = {
    "heading": (Heading("Refunds, again"), ["Refunds, again"]),
    "text": (Text("First line.\nSecond line.\n\nThird line."), ["First line.", "Second line.", "Third line."]),
    "strong text": (Text("Never in cash.", is_strong=True), ["Never in cash."]),
    "quote": (Quote("Ask for the receipt.\nThen pay."), ["Ask for the receipt.", "Then pay."]),
    "bullets": (Steps(("Keys", "Safe", "Alarm")), ["Keys", "Safe", "Alarm"]),
    "numbers": (Steps(("Keys", "Safe", "Alarm"), is_numbered=True), ["Keys", "Safe", "Alarm"]),
    "note": (Note("refunds.md › Exceptions"), ["refunds.md › Exceptions"]),
    "facts": (Facts((("Answered", "12"), ("Streak", "3 days"))), ["Answered", "12", "Streak", "3 days"]),
    "table": (
        Table("Who needs help", ("Person", "Right"), (("Ana", "81 %"), ("Sam", ""))),
        ["Who needs help", "Person", "Right", "Ana", "81 %", "Sam"],
    ),
    "divider": (Divider(), []),
}
ROWS = tuple((f"Person {number}", f"{number} %", "") for number in range(300))
STEPS = tuple(f"Step number {number}" for number in range(400))
LONG = {
    "9,001 characters": (Text(("Ask first. " * 900)[:9_001]), ["Askfirst." * 818]),
    "80,000 characters": (Text("Ask first, then pay. " * 3_809), ["Askfirst,thenpay." * 3_809]),
    "80,000 characters quoted": (Quote("Ask first, then pay. " * 3_809), ["Askfirst,thenpay." * 3_809]),
    "80,000 characters of small print": (Note("Ask first, then pay. " * 3_809), ["Askfirst,thenpay." * 3_809]),
    "one word": (Text("0123456789" * 8_000), ["0123456789" * 8_000]),
    "one word as a title": (Heading("0123456789" * 1_000), ["0123456789" * 1_000]),
    "lines": (Text("\n".join(STEPS) * 4), list(STEPS) * 4),
    "emoji": (Text("😀🔥👍🏽 " * 6_000), ["😀🔥👍🏽" * 6_000]),
    "right to left": (Text("كم يوما يستغرق الاسترداد " * 900), ["كميومايستغرقالاسترداد" * 900]),
    "steps": (Steps(STEPS, is_numbered=True), STEPS),
    "facts": (Facts(tuple((step, "9" * 500) for step in STEPS[:60])), [*STEPS[:60]]),
    "rows": (Table("All", ("Person", "Right", ""), ROWS), [cell for row in ROWS for cell in row if cell]),
    "cells": (
        Table("Cells", tuple("abcdefghijklmnopqrst"), ((*["1"] * 19, "end"),) * 90),
        [cell for _ in range(90) for cell in (*["1"] * 19, "end")],
    ),
    "columns": (
        Table("Wide", tuple(f"Column {number}" for number in range(30)), (tuple(map(str, range(100, 130))),)),
        [str(number) for number in range(100, 130)],
    ),
}
# None is longer than the shortest label of a button.
HOSTILE = (
    "**bold** _it_ ~~gone~~ `code` *b* ~s~",
    "# a title",
    "> a quotation",
    "1. one",
    "- [ ] a box",
    "| a | b |",
    "<at>Ana Reyes</at>, <at>Coach</at>",
    "<@U0ANA> <!channel> <!here> <#C1>",
    "@channel @here @everyone @Ana Reyes",
    "[pay here](https://pay.example)",
    "![p](https://pay.example/p.png)",
    "<https://pay.example|your bank>",
    "https://pay.example/now?a=1&b=2",
    "www.pay.example pay@x.example",
    "<b>bold</b> &lt;i&gt; &amp;lt;",
    ":smile: <!date^1700000000^{date}|x>",
    "{{DATE(2026-11-23T08:30:00Z)}} ${name}",
    "{{{TIME(2026-11-23T08:30:00Z)}} {{DATE(",
    "\u202egnp.exe\u202c a\u200bb \x00\x1b[2J",
    "كم يوما يستغرق الاسترداد",
)


def bare(text):
    """Leave out what a platform may change: how lines are broken."""
    return "".join(clean(text).split())


def assert_in_order(shown, expected):
    shown, place = bare(shown), 0
    for part in map(bare, expected):
        found = shown.find(part, place)
        assert found >= 0, f"{part[:60]!r} is not there, or not in its place"
        place = found + len(part)


@every_block
@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_shows_its_words(place, name):
    block, expected = BLOCKS[name]
    (seen,) = place.post(Message("The point", (TITLE, block, Note("The end"))))
    assert seen.text == "The point"
    assert_in_order(seen.words, ["The point", *expected, "The end"])


@every_block
def test_blocks_show_their_words_in_order(place):
    (seen,) = place.post(Message("All", tuple(block for block, _ in BLOCKS.values())))
    assert_in_order(seen.words, [word for _, words in BLOCKS.values() for word in words])


@in_parts
@pytest.mark.parametrize("name", LONG)
def test_what_is_too_long_is_shown_whole_in_parts(place, name):
    block, expected = LONG[name]
    parts = place.post(Message("The point", (TITLE, block, Actions((Button(HELPFUL, "helpful", VALUE),)))))
    assert all(seen.text.strip() and (seen.words.strip() or seen.labels) for seen in parts)
    assert_in_order("\n".join(seen.words for seen in parts), ["The point", *expected])
    assert [label for seen in parts for label in seen.labels] == [HELPFUL]


@in_parts
def test_sixty_buttons_can_all_be_pressed(place):
    values = [f"{number:032x}" for number in range(60)]
    parts = place.post(Message("Pick", (TITLE, Actions(tuple(Button(f"Pick {v[-2:]}", "pick", v) for v in values)))))
    assert [label for seen in parts for label in seen.labels] == [f"Pick {value[-2:]}" for value in values]
    for value in values[::20] + values[-1:]:
        assert place.press(f"Pick {value[-2:]}").incoming.value == value


@capability("Words are shown as words: no markup, no link, nobody is named")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_shown_as_words(place, hostile):
    blocks = (
        Heading(hostile),
        Text(hostile),
        Text(hostile, is_strong=True),
        Quote(hostile),
        Steps((hostile, "next"), is_numbered=True),
        Note(hostile),
        Facts(((hostile, "value"), ("label", hostile))),
        Table(hostile, (hostile, "x"), ((hostile, hostile),)),
        Actions((Button(hostile, "helpful", VALUE), Menu(hostile, (("x" + hostile, "pick"),), VALUE))),
    )
    (seen,) = place.post(Message(hostile, blocks))
    assert bare(seen.words).count(bare(hostile)) == 12
    assert one_line(hostile) in seen.labels
    assert seen.not_words == []


@capability("Buttons give back the opaque id they carry")
def test_a_press_says_which_button_of_which_message_was_meant(place):
    buttons = (Button(HELPFUL, "helpful", VALUE), Button("Wrong", "wrong", "f" * 32, is_primary=True))
    (seen,) = place.post(Message("Pick", (TITLE, Actions(buttons))))
    assert seen.labels == [HELPFUL, "Wrong"]
    for button in buttons:
        incoming = place.press(button.label).incoming
        assert (incoming.kind, incoming.action, incoming.value) == (Kind.CLICK, button.action, button.value)
        assert (incoming.message_id, incoming.user_id, incoming.channel) == (seen.id, place.ana, place.channel)


@capability("A menu among the buttons", teams="yes, its choices are behind the … at the end of the row")
def test_a_choice_says_what_was_chosen(place):
    options = (("Wrong Source", "rate_wrong_source"), ("Outdated", "rate_outdated"))
    place.post(Message("Pick", (TITLE, Actions((Button(HELPFUL, "helpful", VALUE), Menu("More", options, VALUE))))))
    for label, action in options:
        incoming = place.choose(label).incoming
        assert (incoming.action, incoming.value) == (action, VALUE)


@capability("A press that is delivered twice counts once")
def test_a_press_delivered_twice_is_kept_once(place, tmp_path):
    inbox = Database(f"sqlite:///{tmp_path / 'inbox.db'}")
    inbox.upgrade()
    place.post(Message("Pick", (TITLE, Actions((Button(HELPFUL, "helpful", VALUE),)))))
    first = place.press(HELPFUL)
    arrivals = (first, place.again(first), place.press(HELPFUL))
    kept = [keeping.keep(inbox, arrived, place.clock.at) for arrived in arrivals]
    inbox.close()
    assert kept == [True, False, True]


@capability("Rate an answer by the platform's own thumbs", "has_ratings", slack="by buttons below the answer")
def test_an_answer_can_be_rated(place):
    buttons = () if place.offers.has_ratings else (Actions((Button(HELPFUL, "helpful", VALUE),)),)
    (seen,) = place.post(Message("Pick", (TITLE, *buttons), is_rateable=True))
    incoming = place.rate(seen).incoming
    assert (incoming.kind, incoming.message_id) == (Kind.CLICK, seen.id)
    assert incoming.action == ("thumb_like" if place.offers.has_ratings else "helpful")


@capability("Show sources by the platform's own means", "has_citations", slack="by a line below each quotation")
def test_where_words_come_from_is_shown(place):
    citations = (Citation(1, "refunds.md › Exceptions", "Ask for the receipt."),) if place.offers.has_citations else ()
    blocks = (Quote("Ask for the receipt."), Note("[1] refunds.md › Exceptions"))
    (seen,) = place.post(Message("Ask for the receipt.", blocks, citations=citations))
    assert_in_order(seen.words, ["Ask for the receipt.", "[1] refunds.md › Exceptions"])
    assert seen.citations == ({1: "Ask for the receipt."} if place.offers.has_citations else {})


@capability("Mark an answer as made by a machine", slack="no: Slack has no such mark")
def test_an_answer_by_a_machine_is_marked_as_such(place):
    marked, unmarked = (Message("Pick", (TITLE,), is_by_machine=is_by_machine) for is_by_machine in (True, False))
    (seen,) = place.post(marked)
    assert seen.is_by_machine is (place.platform.name == "teams")
    assert [seen.is_by_machine for seen in place.post(unmarked)] == [False]


@capability("A chart, and what it shows in words", teams="yes, as a picture described in words")
@pytest.mark.parametrize("kind", ["line", "bar"])
def test_a_chart_shows_its_takeaway_and_its_values(place, kind):
    pair = (Series("Pilot", (52, 60.5, 81)), Series("Others", (50, 49, 55)))
    spec = ChartSpec("Right answers", kind, ("Week 1", "Week 2", "Week 3"), pair, "% right", "Up 29 points.")
    (seen,) = place.post(Message("Right answers", (TITLE, Chart(spec), Chart(spec), Note("The end"))))
    assert_in_order(seen.words, ["The point", "Up 29 points.", "Up 29 points.", "The end"])
    for said in ("Right answers", "% right", *spec.categories, "Pilot", "Others", "52", "60.5", "81", "50", "49", "55"):
        assert bare(seen.words).count(bare(said)) >= 2
    parts = place.post(Message("Right answers", (TITLE, *[Chart(spec)] * 5)))
    assert bare("".join(seen.words for seen in parts)).count(bare("% right")) == 5


@capability("A button that opens a page of Coach's own")
def test_a_link_opens_its_page_and_is_no_press(place):
    page, elsewhere = "https://coach.example.test/in/0123", "http://pay.example/"
    links = (Link("Open Dashboard", page), Button(HELPFUL, "helpful", VALUE), Link("Pay Here", elsewhere))
    (seen,) = place.post(Message("Pick", (TITLE, Actions((*links, Link("Run", "javascript:alert(1)"))))))
    assert seen.labels == ["Open Dashboard", HELPFUL]
    assert place.opens("Open Dashboard") == page
    assert place.press(HELPFUL).incoming.value == VALUE


CSV = "person,skill,state\r\n" + "".join(f'"Ash, Ben {number}",Refunds,mastered\r\n' for number in range(300))
a_file = capability(
    "A file, in the person's own chat",
    teams="its lines, to copy, in as many cards as they take: no bot may send a file",
)


@a_file
def test_a_file_comes_after_its_message_to_one_person(place):
    message = Message("Your export", (Text("Here is your export."),), file=File("team.csv", "Progress", CSV))
    place.send(message, channel=None, only_for=place.ana)
    first, *rest = place.direct()
    assert "Here is your export." in first.words
    assert_holds_rows(place, rest, CSV)


@a_file
def test_a_file_never_stands_among_others(place):
    file = File("team.csv", "Progress", CSV)
    place.send(Message("Export", (Text("For your eyes."),), file=file), only_for=place.ana)
    assert "Refunds" not in "".join(seen.words + (seen.file or "") for seen in place.seen(place.channel))
    assert_holds_rows(place, place.direct()[-len(place.platform.split(Message("", file=file))) :], CSV)


@a_file
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_in_charts_links_and_files_stay_words(place, hostile):
    spec = ChartSpec(hostile, "bar", (hostile, "x"), (Series(hostile, (1, 2)), Series("x", (2, 1))), hostile, hostile)
    page = "https://coach.example.test/"
    (seen,) = place.post(Message(hostile, (Chart(spec), Actions((Link(hostile, page),)))))
    assert bare(hostile)[:10] in bare(seen.words)
    assert one_line(hostile) in seen.labels
    assert seen.not_words == []
    content = f'"{hostile}",b\r\n'.replace("\x00", "")
    place.send(Message(hostile, file=File(hostile, hostile, content)), channel=None, only_for=place.ana)
    last = place.direct()[-1]
    assert bare(hostile) in bare(last.words)
    assert last.not_words == []


def assert_holds_rows(place, seen, content):
    """Every row of a CSV is in a file as it was, or stands on the cards in its order."""
    if place.platform.name == "teams":
        assert_in_order("\n".join(part.words for part in seen), content.splitlines())
        assert all("person,skill,state" in part.words for part in seen)
    else:
        assert [part.file for part in seen] == [content]
