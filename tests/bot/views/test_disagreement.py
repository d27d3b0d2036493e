"""Where quotes disagree, a person reads about what, what each says, and whom to ask."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.messages import Note, Quote, Steps, Text
from bot.views.answer import as_text
from bot.views.answer_message import Setting, as_message
from bot.views.disagreement import MATTERS, conflict_line
from coach.answer import Answer, Trace
from coach.conflict_record import KnownConflict, Side
from coach.conflicts import ABOUT
from coach.sources import Conflict, Source

TILL = Source(1, "till.md", ("Till", "Refunds"), "", "Refund within 14 days.", 0.9, None, None, None, title="Till")
RETURNS = replace(TILL, file="returns.md", title="Returns", heading_path=(), words="Refund within 30 days.")
CONFLICT = Conflict(0, 1, "duration", TILL.words, RETURNS.words)
ANSWER = Answer(True, (TILL, RETURNS), "ada@x.test", Trace(), conflicts=(CONFLICT,))
TOLD = (
    "Your SOPs disagree about how long something takes or lasts:\n"
    "• Till › Refunds: “Refund within 14 days.”\n"
    "• Returns: “Refund within 30 days.”\n"
    "Ask Ada Oak (ada@x.test) which one holds."
)
NAMES, TODAY = {"ada@x.test": "Ada Oak"}, date(2026, 11, 23)


def test_it_stands_before_the_quotes_in_text_and_in_chat():
    text = as_text(ANSWER, NAMES, TODAY)
    assert text.index(TOLD) < text.index("“Refund within 14 days.”\n")
    about, *sides, asking = TOLD.split("\n")
    blocks = as_message(ANSWER, NAMES, TODAY, Setting("0" * 32)).blocks
    assert blocks[:3] == (
        Text(about, is_strong=True),
        Steps(tuple(side.removeprefix("• ") for side in sides)),
        Text(asking),
    )
    # Neither is the answer, so each stands under its place.
    assert blocks[3:7] == (Note("1 · Till › Refunds"), Quote(TILL.words), Note("2 · Returns"), Quote(RETURNS.words))


def test_nothing_is_said_where_none_disagree():
    assert "disagree" not in as_text(replace(ANSWER, conflicts=()), NAMES, TODAY)


def test_with_nobody_named_there_is_somebody_to_ask():
    assert "Ask the person in charge of your shift which one holds." in as_text(
        replace(ANSWER, refer_to=None), NAMES, TODAY
    )


@pytest.mark.parametrize("about", ABOUT)
def test_every_kind_has_words(about):
    assert MATTERS[about] in as_text(replace(ANSWER, conflicts=(replace(CONFLICT, about=about),)), NAMES, TODAY)
    assert MATTERS.keys() == set(ABOUT)


def test_a_long_sentence_is_cut():
    long = replace(CONFLICT, first_words="word " * 120)
    assert len(as_text(replace(ANSWER, conflicts=(long,)), NAMES, TODAY)) < 500


@pytest.mark.parametrize(("times", "words"), [(1, "once"), (2, "twice"), (3, "3 times")])
def test_owners_read_both_sections_and_how_often_they_were_shown(times, words):
    one = Side("till.md", "Till", "everyone", ("Till", "Refunds"), "14 days.")
    known = KnownConflict(
        one, replace(one, title="Returns", headings=()), "date", times, datetime(2026, 11, 23, tzinfo=UTC)
    )
    assert conflict_line(known) == (
        f"About a day: Till › Refunds says “14 days”, Returns says “14 days”. Shown together {words}."
    )
