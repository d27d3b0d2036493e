"""What a person reads for each band and each rule, to the letter."""

import string
from datetime import date

import pytest

from bot.views.answer import REFUSALS, as_json, as_text
from coach.answer import Abstention, Answer, Trace
from coach.guard import NO_WORDS, RULES, SOMEBODYS_PAY, TOO_LONG
from coach.sources import Source

TODAY = date(2026, 11, 23)
NAMES = {"ada@x.test": "Ada Oak"}
TRACE = Trace(generation=4, signal=0.61, confidence=0.87654)


def source(**changes):
    facts = {"owner": "ada@x.test", "version": "3", "review_on": date(2027, 3, 31)} | changes
    return Source(
        passage_id=1,
        file="stores/refunds.md",
        heading_path=("Refunds", "Cash"),
        verbatim="**Never** refund cash. … Ask Ada.",
        words="Never refund cash. … Ask Ada.",
        score=0.93,
        **facts,
    )


def text(reply):
    return as_text(reply, NAMES, TODAY)


def test_a_certain_answer_is_quotes_with_their_places():
    other = source(version=None, review_on=None)
    assert text(Answer(True, (source(), other), "ada@x.test", TRACE)) == (
        "“Never refund cash. … Ask Ada.”\n"
        "  Quoted from stores/refunds.md > Refunds > Cash (version 3, review by 31 Mar 2027)\n\n"
        "“Never refund cash. … Ask Ada.”\n"
        "  Also in stores/refunds.md > Refunds > Cash"
    )


def test_an_uncertain_answer_says_so_and_whom_to_ask():
    assert text(Answer(False, (source(version=None, review_on=None),), "ada@x.test", TRACE)) == (
        "I'm not certain. These are the closest passages, quoted from your SOPs:\n\n"
        "“Never refund cash. … Ask Ada.”\n"
        "  stores/refunds.md > Refunds > Cash\n\n"
        "If none of these is it, ask Ada Oak (ada@x.test)."
    )


@pytest.mark.parametrize(
    ("review_on", "words"),
    [
        (date(2026, 11, 22), "(version 3, review was due 22 Nov 2026)"),
        (date(2026, 11, 23), "(version 3, review by 23 Nov 2026)"),
        (date(2027, 1, 5), "(version 3, review by 5 Jan 2027)"),
        (None, "(version 3)"),
    ],
)
def test_an_overdue_review_is_said(review_on, words):
    assert text(Answer(True, (source(review_on=review_on),), None, TRACE)).endswith(words)


def test_not_covered_names_whom_to_ask_and_the_nearest_section():
    assert text(Abstention(None, "ada@x.test", TRACE, nearest="Refunds > Cash")) == (
        "Not covered: I found nothing in your SOPs that answers this. Ask Ada Oak (ada@x.test). "
        "(The nearest section is “Refunds > Cash”.)"
    )
    assert text(Abstention(None, None, TRACE)) == (
        "Not covered: no SOP you can read is about this. Ask the person in charge of your shift."
    )


@pytest.mark.parametrize(
    ("refer_to", "words"),
    [
        ("ada@x.test", "Ask Ada Oak (ada@x.test)."),
        ("ADA@x.test", "Ask Ada Oak (ADA@x.test)."),
        ("ben@x.test", "Ask ben@x.test."),
        (None, "Ask the person in charge of your shift."),
    ],
)
def test_contacts_are_named_where_their_name_is_known(refer_to, words):
    assert words in text(Abstention(None, refer_to, TRACE, nearest="T"))


SAID = {
    "no_words": "I can only read words. Ask me how something is done here, for example: “How do I call in sick?”",
    "too_long": "That is too long for me to read as one question. Ask it in a sentence or two "
    "(2,000 characters at most).",
    "instruction_override": "I answer from your company's SOPs, and a message cannot change how I do that. "
    "Ask me how something is done here.",
    "cannot_approve": "I can't approve, sign or decide anything for anyone. Ask Ada Oak (ada@x.test).",
    "harmful_request": "I won't help with that. If you are under pressure to do it, or something has already gone "
    "wrong, talk to Ada Oak (ada@x.test).",
    "secret": "I don't give out passwords, codes or keys. Ask Ada Oak (ada@x.test).",
    "personal_data": "I don't give out personal details of colleagues or customers. Ask Ada Oak (ada@x.test).",
    "somebodys_pay": "I don't answer what a particular person earns. Ask Ada Oak (ada@x.test).",
    "medical_advice": "I can't give medical advice. Ask a doctor or pharmacist; for time off or help at work, "
    "ask Ada Oak (ada@x.test).",
    "legal_advice": "I can't give legal advice. Ask Ada Oak (ada@x.test), who can bring in a lawyer.",
    "financial_advice": "I can't give personal tax or money advice. Ask a tax adviser; for how the company's scheme "
    "works, ask Ada Oak (ada@x.test).",
}


@pytest.mark.parametrize(("rule", "words"), SAID.items(), ids=SAID.keys())
def test_each_refusal_is_said_in_these_words(rule, words):
    assert text(Abstention(rule, "ada@x.test", TRACE)) == words


@pytest.mark.parametrize("refer_to", ["ada@x.test", "112", None])
@pytest.mark.parametrize("rule", [rule.name for rule in (NO_WORDS, TOO_LONG, SOMEBODYS_PAY, *RULES)])
def test_every_rule_has_words_without_gaps(rule, refer_to):
    said = text(Abstention(rule, refer_to, TRACE))
    assert said.endswith((".", "”"))
    assert "{" not in said
    assert "None" not in said
    assert said.count("“") == said.count("”")


def test_no_words_are_kept_for_rules_that_do_not_exist():
    assert set(REFUSALS) == {rule.name for rule in (NO_WORDS, TOO_LONG, SOMEBODYS_PAY, *RULES)}


def test_refusals_leave_only_the_contact_open():
    fields = {field for words in REFUSALS.values() for _, field, _, _ in string.Formatter().parse(words) if field}
    assert fields == {"contact"}


def test_an_emergency_shows_the_number_first_and_then_the_sop():
    said = text(Abstention("emergency", "112", TRACE, sources=(source(version=None, review_on=None),)))
    assert said == (
        "If someone is in danger, call 112 now. Then tell whoever is in charge of the shift.\n\n"
        "“Never refund cash. … Ask Ada.”\n"
        "  Quoted from stores/refunds.md > Refunds > Cash"
    )


@pytest.mark.parametrize("rule", ["emergency", "self_harm"])
def test_without_a_stated_number_the_usual_ones_are_given(rule):
    assert "call your emergency number (112, 999 or 911) now" in text(Abstention(rule, None, TRACE))


def test_self_harm_is_met_with_help():
    said = text(Abstention("self_harm", "999", TRACE))
    assert said.startswith("I'm sorry you are carrying this.")
    assert "call 999 now, or a crisis line (988 in the US and Canada, 116 123 in the UK and Ireland)" in said


@pytest.mark.parametrize("braces", ["{contact}", "{", "{0}", "%s"])
def test_marks_in_a_company_s_own_words_stay(braces):
    assert braces in text(Abstention("secret", f"a{braces}@x.test", TRACE))
    assert braces in text(Abstention(None, None, TRACE, nearest=braces))


def test_an_answer_as_json_carries_the_document_s_own_characters():
    reply = Answer(True, (source(),), "ada@x.test", TRACE)
    assert as_json(reply, "words", 0.12345) == {
        "status": "answered",
        "rule": None,
        "refer_to": "ada@x.test",
        "text": "words",
        "sources": [
            {
                "file": "stores/refunds.md",
                "heading_path": ["Refunds", "Cash"],
                "quote": "**Never** refund cash. … Ask Ada.",
                "score": 0.93,
            }
        ],
        "confidence": 0.877,
        "seconds": 0.123,
    }


def test_an_abstention_as_json_names_its_rule():
    reply = Abstention("secret", "ada@x.test", Trace())
    assert as_json(reply, "words", 0)["rule"] == "secret"
    assert as_json(reply, "words", 0)["status"] == "refused"
    assert as_json(reply, "words", 0)["confidence"] is None
    assert as_json(reply, "words", 0)["sources"] == []
    assert as_json(Abstention(None, None, TRACE), "words", 0)["status"] == "not_covered"
