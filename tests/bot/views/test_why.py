"""Why an answer said what it said, in words: nothing left out, nothing that only a programmer understands."""

from dataclasses import replace

import pytest

from bot.messages import Facts, Quote, Table
from bot.views.page_why import answer_page
from bot.views.why import ENDINGS, GOT, OUTCOMES, listed_answers, why_message, why_text
from coach.answer import Abstention, Answer, Check, ModelUse, Sentence, Trace
from coach.model import FaultCode
from coach.phrase import Outcome
from coach.questions import Delivery
from coach.search import Considered
from coach.why import AnswerRecord
from tests.coach_values import SOURCE
from tests.strategies import utc

NOW = utc(2026, 11, 23, 9, 5)
CONSIDERED = Considered(7, "a.md", ("A", "B"), {"fused": 0.612, "late": 0.7, "window": 0.5})
CHECKS = (Check("quotes_stand", True), Check("numbers_stand", False))
USE = ModelUse("openai:small", "phrase-1", "ab" * 32, "phrased", CHECKS, 2, 900, 80, 1.54)
TRACE = Trace(4, 0.5, 0.81, True, {"window": 0.5}, 0.33, 0.75, (CONSIDERED,), USE)


def record(reply, **more):
    given = {"considered": reply.trace.considered, "sources": reply.sources, "closed": 0, "changed": frozenset()}
    values = {**given, "delivery": None, "rating": None, "rating_note": None, **more}
    return AnswerRecord("a1" * 16, NOW, "who signs refunds?", reply, **values)


def test_everything_the_answer_went_through_is_said():
    told = why_text(record(Answer(True, (SOURCE,), None, TRACE), rating="outdated", rating_note="see v4"), "UTC")
    for words in (
        f"Answer {'a1' * 16}, 23 Nov 2026, 09:05",
        "Question: who signs refunds?",
        "81% (closest passages from 33%, certain from 75%)",
        "a follow-up to what was asked before",
        "a.md > A > B · 0.612 · word by word 0.70, best 60 words 0.50",
        "“One two.”",
        "openai:small",
        f"phrase-1, SHA-256 {'ab' * 32}",
        "980 tokens, 1.5 s, tries: 2",
        "quotes stand: held",
        "numbers stand: did not hold",
        "Asker's verdict: Outdated",
        "Computed from: nearest 60 words 0.50",
        "In their words: see v4",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Abstention("secret", None, Trace()), "Rule: secret"),
        (Abstention("secret", None, Trace()), "Nothing was searched."),
        (Abstention(None, None, Trace(4, 0.2, 0.1)), "Not covered"),
        (Answer(False, (), None, Trace(4, 0.2)), "quoted from the SOPs, no model"),
        (
            Answer(True, (), None, Trace(4, 0.5, model_use=ModelUse("m", "p", "h", "rate_limited"))),
            "took no more questions just then, so the quotes are the answer.",
        ),
    ],
)
def test_what_did_not_happen_is_said_too(reply, words):
    assert words in why_text(record(reply), "UTC")


def test_a_model_s_words_are_told_to_who_may_read_all_that_bears_them():
    told = Answer(True, (SOURCE, SOURCE), None, TRACE, (Sentence("One, then two.", (0, 1)),))
    whole, part = record(told), record(told, sources=(SOURCE,), closed=1)
    assert "In a model's words:\n  One, then two. [1]" in why_text(whole, "UTC")
    assert answer_page(whole, "UTC").sections[0].text == ("One, then two. [1]",)
    assert "One, then two." not in why_text(part, "UTC") + str(answer_page(part, "UTC"))


def test_what_is_left_out_is_said():
    told = why_text(record(Answer(True, (), None, TRACE), closed=2, changed=frozenset({7})), "UTC")
    assert "2 more of them stand in SOPs that you may not read now." in told
    assert "a.md > A > B (changed since)" in told


@pytest.mark.parametrize("outcome", [*Outcome, *FaultCode])
def test_what_came_of_asking_a_model_is_a_sentence(outcome):
    use = ModelUse("m", "p", "h", outcome.value)
    told = why_text(record(Answer(True, (), None, Trace(4, 0.5, model_use=use))), "UTC")
    assert OUTCOMES[outcome.value] in told


@pytest.mark.parametrize(("confidence", "is_guess"), [(0.8, True), (0.7, False)])
def test_that_a_follow_up_was_only_guessed_explains_why_it_is_not_certain(confidence, is_guess):
    told = why_text(record(Answer(False, (), None, replace(TRACE, confidence=confidence))), "UTC")
    assert ("that is a guess" in told) == is_guess


def test_in_chat_it_is_a_card_without_the_workings():
    message = why_message(record(Answer(True, (SOURCE,), None, TRACE)), "UTC")
    assert message.text == why_text(record(Answer(True, (SOURCE,), None, TRACE)), "UTC")
    kinds = [type(block) for block in message.blocks]
    assert Quote not in kinds
    [facts] = [block for block in message.blocks if isinstance(block, Facts)]
    assert {"Prompt", "Spent", "Computed from"}.isdisjoint(label for label, _ in facts.pairs)
    assert next(block for block in message.blocks if isinstance(block, Table)).rows == (("a.md > A > B", "0.612"),)


def test_without_answers_there_is_a_sentence():
    assert listed_answers([], "UTC") == "No answers are kept yet."


@pytest.mark.parametrize("delivery", Delivery)
def test_where_the_asker_did_not_get_it_nothing_says_that_it_was_shown(delivery):
    use = ModelUse("m", "p", "h", "phrased")
    told = why_text(record(Answer(False, (SOURCE,), None, Trace(4, 0.5, model_use=use)), delivery=delivery), "UTC")
    assert f"What its asker got: {GOT[delivery]}" in told
    assert "shown" not in told.lower()
    page = answer_page(record(Answer(True, (SOURCE,), None, TRACE), delivery=delivery), "UTC")
    assert page.takeaway.startswith(ENDINGS[delivery])
