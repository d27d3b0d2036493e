"""An answer where the platform shows by itself where words come from, and lets people rate them."""

from dataclasses import replace
from datetime import date

import pytest

from bot.messages import Actions, Button, Citation, Divider, Note, Quote, Steps, Text
from bot.views.answer import NEAREST, NOT_FOUND, UNCERTAIN, as_text
from bot.views.answer_message import RATED, SHARED, Masking, Setting, as_message
from bot.views.phrased import PHRASED
from coach.answer import Abstention, Answer, Sentence, Trace
from coach.sources import Source

TODAY = date(2026, 11, 23)
NAMES = {"ada@x.test": "Ada Oak"}
ID = "0123456789abcdef" * 2
TRACE = Trace()


def source(words="Never refund cash.", path=("Refunds", "Cash"), **more):
    facts = {"passage_id": 1, "verbatim": words, "score": 0.9, "owner": None, "version": "3", "review_on": None}
    facts["title"] = "Refunds"
    return Source(file="stores/refunds.md", heading_path=path, words=words, **(facts | more))


CASH, CARD, CASH_AGAIN = source(), source("Refund the card.", ("Refunds", "Card")), source("Ask Ada first.")
ANSWER = Answer(True, (CASH, CARD, CASH_AGAIN), "ada@x.test", TRACE)
UNSURE = Answer(False, (CASH, CARD), "ada@x.test", TRACE)
EMERGENCY = Abstention("emergency", None, TRACE, sources=(CASH,))
REPLIES = [ANSWER, UNSURE, EMERGENCY, Abstention(None, None, TRACE), Abstention("secret", None, TRACE)]


def shown(reply, **setting):
    return as_message(reply, NAMES, TODAY, Setting(ID, **({"has_citations": True, "has_ratings": True} | setting)))


def of_kind(message, kind):
    return [block for block in message.blocks if isinstance(block, kind)]


def labels(message):
    return [item.label for block in of_kind(message, Actions) for item in block.items]


@pytest.mark.parametrize("reply", [Abstention(None, None, TRACE), Abstention("secret", None, TRACE)])
def test_without_sources_there_is_no_citation(reply):
    assert shown(reply).citations == ()


def test_a_section_quoted_twice_is_cited_once_with_its_first_words():
    assert shown(ANSWER).citations == (
        Citation(1, "Refunds › Cash", "Never refund cash."),
        Citation(2, "Refunds › Card", "Refund the card."),
    )


def test_each_quote_carries_the_number_of_its_section():
    quotes, notes = of_kind(shown(ANSWER), Quote), of_kind(shown(ANSWER), Note)
    assert [quote.text for quote in quotes] == ["Never refund cash.", "Refund the card.", "Ask Ada first."]
    assert [note.text for note in notes] == [
        "[1] Quoted from Refunds › Cash · version 3",
        "[2] Also in Refunds › Card",
        "[1] Also in Refunds › Cash",
    ]


def test_the_answer_stands_above_its_place_and_what_is_beside_it_below():
    kinds = [type(block) for block in shown(ANSWER).blocks[:-1]]
    assert kinds == [Quote, Note, Divider, Note, Quote, Note, Quote]
    assert [type(block) for block in shown(UNSURE).blocks[:3]] == [Text, Note, Quote]


def test_a_model_s_words_are_the_answer_and_what_bears_them_is_small_print():
    told = replace(ANSWER, sources=(CASH, CARD), sentences=(Sentence("Refund the card, never cash.", (0, 1)),))
    assert shown(told, has_citations=False).blocks[:-1] == (
        Text("Refund the card, never cash. [1] [2]"),
        Note(PHRASED),
        Note("[1] Refunds › Cash · version 3: “Never refund cash.”"),
        Note("[2] Refunds › Card: “Refund the card.”"),
    )


def test_version_and_review_are_said_again_where_they_are_others():
    other = source("Count it.", ("Till",), title="Till", version="4")
    notes = of_kind(shown(replace(ANSWER, sources=(CASH, CARD, replace(other, file="till.md")))), Note)
    assert [note.text for note in notes[1:]] == ["[2] Also in Refunds › Card", "[3] Also in Till · version 4"]


def test_two_sections_of_one_name_are_told_apart_by_their_files():
    twin = replace(CASH, file="desk/refunds.md")
    assert [citation.title for citation in shown(replace(ANSWER, sources=(CASH, CARD, twin))).citations] == [
        "Refunds › Cash (stores/refunds.md)",
        "Refunds › Card",
        "Refunds › Cash (desk/refunds.md)",
    ]


def test_of_an_sop_whose_title_was_not_kept_the_file_is_named():
    assert shown(replace(ANSWER, sources=(replace(CASH, title=""),))).citations[0].title == (
        "stores/refunds.md › Refunds › Cash"
    )


@pytest.mark.parametrize(
    ("sources", "below"),
    [
        ((), (Note("The nearest section is “Refunds > Cash”."),)),
        ((CASH, CARD), (Note(NEAREST), Steps(("Refunds › Cash", "Refunds › Card"), is_numbered=True))),
    ],
)
def test_not_covered_is_said_first_then_whom_to_ask_then_what_is_near(sources, below):
    nothing = Abstention(None, "ada@x.test", TRACE, "Refunds > Cash", sources)
    blocks = shown(nothing).blocks
    point, advice = Text(NOT_FOUND, is_strong=True), Text("Ask Ada Oak (ada@x.test).")
    assert blocks[: 2 + len(below)] == (point, advice, *below)
    assert ["Source 1", "Source 2"][: len(sources)] == labels(shown(nothing))


def test_one_section_is_numbered_too():
    [note] = of_kind(shown(Answer(True, (CASH,), None, TRACE)), Note)
    assert note.text.startswith("[1] Quoted from Refunds")


@pytest.mark.parametrize("has_citations", [True, False])
def test_that_coach_is_not_certain_is_said_first_and_whom_to_ask_last(has_citations):
    unsure = shown(UNSURE, has_citations=has_citations)
    assert unsure.blocks[0] == Text(UNCERTAIN, is_strong=True)
    assert of_kind(unsure, Text)[-1] == Text("If none of these is it, ask Ada Oak (ada@x.test).")
    assert of_kind(shown(ANSWER, has_citations=has_citations), Text) == []


@pytest.mark.parametrize("reply", REPLIES)
def test_every_citation_is_marked_in_the_words_and_no_other(reply):
    said = "".join(note.text for note in of_kind(shown(reply), Note))
    numbers = {citation.number for citation in shown(reply).citations}
    assert {number for number in range(1, 10) if f"[{number}]" in said} == numbers


@pytest.mark.parametrize("reply", REPLIES)
def test_elsewhere_nothing_of_it_is_there(reply):
    message = shown(reply, has_citations=False)
    assert message.citations == ()
    assert "[1]" not in str(message)


@pytest.mark.parametrize("reply", REPLIES)
@pytest.mark.parametrize("has_citations", [True, False])
def test_the_words_for_a_notification_are_the_same_everywhere(reply, has_citations):
    message = shown(reply, has_citations=has_citations)
    assert message.text == as_text(reply, NAMES, TODAY)
    assert message.is_by_machine


class TestRatings:
    @pytest.mark.parametrize(
        ("reply", "is_rateable"),
        [
            (ANSWER, True),
            (UNSURE, True),
            (Abstention(None, None, TRACE), True),
            (EMERGENCY, False),
            (Abstention("secret", None, TRACE), False),
            (Abstention("self_harm", None, TRACE), False),
        ],
    )
    def test_answers_and_honest_silence_can_be_rated_a_refusal_not(self, reply, is_rateable):
        assert shown(reply).is_rateable is is_rateable
        assert ("Helpful" in labels(shown(reply, has_ratings=False))) is is_rateable

    def test_thumbs_of_the_platform_take_the_place_of_our_buttons(self):
        assert labels(shown(ANSWER)) == ["Source 1", "Source 2"]
        own = shown(ANSWER, has_ratings=False)
        assert labels(own)[-2:] == ["Helpful", "Something Is Off"]
        assert not own.is_rateable

    @pytest.mark.parametrize("rating", RATED)
    @pytest.mark.parametrize("has_ratings", [True, False])
    def test_what_was_rated_says_so_and_cannot_be_rated_again(self, rating, has_ratings):
        message = shown(ANSWER, rating=rating, has_ratings=has_ratings)
        assert not message.is_rateable
        assert of_kind(message, Note)[-1] == Note(RATED[rating])
        assert message.text.endswith(RATED[rating])
        assert labels(message) == ["Source 1", "Source 2"]

    def test_what_somebody_shared_is_not_everybodys_to_rate(self):
        message = shown(ANSWER, shared_question="how?", shared_by="Ben Ash")
        assert not message.is_rateable
        assert message.blocks[0] == Text("Question: how?", is_strong=True)
        assert Note("Ben Ash asked this privately and shared the answer.") in message.blocks
        assert [citation.number for citation in message.citations] == [1, 2]

    def test_who_shared_may_still_rate_and_shares_once(self):
        message = shown(ANSWER, offers_share=True, is_shared=True)
        assert message.is_rateable
        assert Note(SHARED) in message.blocks
        assert "Share in Channel" not in labels(message)
        assert "Share in Channel" in labels(shown(ANSWER, offers_share=True))


def test_that_there_is_more_for_the_asker_is_no_answer():
    message = shown(ANSWER, offers_private=True, masked=(Masking("card number", is_still_shown=True),))
    assert (message.citations, message.is_by_machine, message.is_rateable) == ((), False, False)
    [actions] = of_kind(message, Actions)
    assert actions.items == (Button("Answer Privately", "answer_privately", ID, is_primary=True),)
    assert "card number" in message.text
    assert "Never refund cash." not in str(message)
