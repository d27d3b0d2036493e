"""Every check by name, what they miss on pairs written for it, and that small changes are always caught."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coach.prompt import COMPLAINTS, Excerpt
from coach.verify import CLAIM_CHECKS, QUOTE_CHECKS, STEP_CHECKS, WHOLE_CHECKS, Phrasing, parsed, verify

HERE = Path(__file__).parent
REFUNDS = Excerpt(
    "P1",
    "Refunds > With a receipt",
    (
        "Customers get a full refund within 30 days of purchase with a receipt.",
        "Do not give cash without a receipt.",
        "Only the shift lead may approve refunds over €100; ask Maria in the office.",
        "1. Open the till.",
        "Opened perfume – No refund – Offer an exchange",
    ),
)
CLOSING = Excerpt("P2", "Closing", ("Lock the back door at 22:00 and set the alarm.", "Call 0800 123 456 if it rings."))
EXCERPTS = (REFUNDS, CLOSING)


def phrasing(*sentences, verdict="sufficient", is_step=False):
    told = [
        {"text": text, "is_step": is_step, "support": [{"passage": id_, "quote": quote} for id_, quote in quotes]}
        for text, *quotes in sentences
    ]
    return Phrasing.model_validate({"verdict": verdict, "sentences": told})


def failed(*sentences, question="", **options):
    return {fault.check for fault in verify(phrasing(*sentences, **options), EXCERPTS, question).faults}


FULL = ("P1", REFUNDS.lines[0])


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("You can get a full refund within 30 days with a receipt.", [FULL]),
        ("Within thirty days customers get a refund with a receipt.", [FULL]),
        ("Do not give cash without a receipt.", [("P1", "Do not give cash without a receipt")]),
        ("Open the till.", [("P1", "Open the till.")]),
        ("Ask Maria in the office.", [("P1", "ask Maria in the office")]),
        ("Set the alarm at 22:00.", [("P2", "at 22:00 and set the alarm")]),
        ("No refund for opened perfume: offer an exchange.", [("P1", REFUNDS.lines[4])]),
        ("Set the alarm and call 0800 123 456 if it rings.", [("P2", CLOSING.lines[0]), ("P2", CLOSING.lines[1])]),
    ],
)
def test_what_the_quotes_say_passes(text, quotes):
    assert failed((text, *quotes)) == set()


@pytest.mark.parametrize(
    ("check", "text", "quotes"),
    [
        ("has_quotes", "Set the alarm.", []),
        ("passages_given", "Set the alarm.", [("P3", "Lock the back door at 22:00")]),
        ("quotes_verbatim", "Lock the back door at 22:00.", [("P2", "Lock the back door before 22:00")]),
        ("quotes_verbatim", "Lock the back door at 22:00.", [("P1", "Lock the back door at 22:00")]),
        ("quotes_verbatim", "Get a refund within 3 days.", [("P1", "get a full refund within 3")]),
        ("quotes_verbatim", "Lock the door.", [("P2", "")]),
        ("quotes_long_enough", "Set the alarm.", [("P2", "set the alarm")]),
        ("length", "", [FULL]),
        ("length", "Customers get a full refund " * 15, [FULL]),
        ("plain_text", "Customers get a *full refund* within 30 days with a receipt.", [FULL]),
        ("plain_text", "Customers get a full refund <https://evil.example> with a receipt.", [FULL]),
        ("plain_text", "Customers get a \u202efull refund with a receipt.", [FULL]),
        ("plain_text", "Customers get a [full refund](x) with a receipt.", [FULL]),
        ("plain_text", "Customers get a full refund with a receipt 🎉", [FULL]),
        ("addresses_quoted", "Customers get a full refund with a receipt at evil.example.com.", [FULL]),
        ("addresses_quoted", "Customers get a full refund from a@b.example with a receipt.", [FULL]),
        ("addresses_quoted", "@channel customers get a full refund with a receipt.", [FULL]),
        ("figures_quoted", "Customers get a full refund within 31 days with a receipt.", [FULL]),
        ("figures_quoted", "Customers get a full refund within 30 weeks with a receipt.", [FULL]),
        ("figures_quoted", "Customers get a full refund within three days with a receipt.", [FULL]),
        ("figures_quoted", "Within 30 to 40 days customers get a full refund with a receipt.", [FULL]),
        ("figures_quoted", "Set the alarm at 22:30.", [("P2", CLOSING.lines[0])]),
        ("names_quoted", "Ask Marta in the office.", [("P1", "ask Maria in the office")]),
        ("names_quoted", "Marta may approve refunds over €100 only.", [("P1", REFUNDS.lines[2])]),
        ("turns_kept", "Give cash without a receipt.", [("P1", "give cash without a receipt")]),
        ("turns_kept", "The shift lead may approve refunds over €100.", [("P1", "the shift lead may approve refunds")]),
        ("no_opposites", "Unlock the back door at 22:00.", [("P2", CLOSING.lines[0])]),
        ("conditions_kept", "Call 0800 123 456.", [("P2", CLOSING.lines[1])]),
        ("words_supported", "Customers get a full voucher within 30 days with a receipt.", [FULL]),
        ("words_supported", "Yes, you can.", [FULL]),
    ],
)
def test_each_check_finds_its_fault(check, text, quotes):
    assert check in failed((text, *quotes))


def test_what_is_said_of_one_thing_is_not_said_of_another():
    bins = Excerpt("P1", "Bins", ("The green bin is for glass, the blue bin for paper.",))
    for text, crossed in (("The blue bin is for glass.", True), ("The blue bin is for paper.", False)):
        found = verify(phrasing((text, ("P1", bins.lines[0]))), [bins], "")
        assert ("nothing_crossed" in {fault.check for fault in found.faults}) is crossed


def test_what_is_said_of_one_day_is_not_said_of_another():
    line = "Meet on Monday; on Friday the office is closed."
    found = verify(phrasing(("Meet on Friday.", ("P1", line))), [Excerpt("P1", "Meetings", (line,))], "")
    assert {fault.check for fault in found.faults} == {"nothing_crossed"}


def test_a_condition_may_stand_in_the_question():
    sentence = ("Call 0800 123 456.", ("P2", CLOSING.lines[1]))
    assert failed(sentence, question="the alarm rings, what now?") == set()


@pytest.mark.parametrize(
    ("check", "text", "line"),
    [
        ("conditions_kept", "Give a refund.", "Give a refund when the customer has a receipt."),
        ("conditions_kept", "Give a refund.", "Give a refund once the customer has shown a receipt."),
        ("conditions_kept", "Give a refund.", "Give a refund subject to the manager's word."),
        ("conditions_kept", "Give a refund.", "Where the customer has a receipt, give a refund."),
        ("conditions_kept", "Give a refund.", "In the event of a fault, give a refund."),
        ("conditions_kept", "Give a refund.", "Give a refund with the manager's approval."),
        ("conditions_kept", "Give a refund.", "Give a refund after the manager has agreed."),
        ("conditions_kept", "Give a refund to customers.", "Give a refund to customers who have a receipt."),
        ("conditions_kept", "Customers get a refund.", "Customers get a refund within 30 days."),
        ("conditions_kept", "Customers get a refund.", "Customers get a refund with a receipt."),
        ("no_opposites", "You must wear a hat.", "You are allowed to wear a hat."),
        ("no_opposites", "You may wear a hat.", "You have to wear a hat."),
        ("no_opposites", "You must wear a hat.", "You should wear a hat."),
        ("no_opposites", "Refunds are possible after 30 days.", "Refunds are possible within 30 days."),
        ("nothing_crossed", "You can open the safe.", "The manager may open the safe."),
        ("figures_quoted", "Wait for 15 minutes.", "Wait for 10 to 15 minutes."),
        ("turns_kept", "Call the manager, not the police.", "Call the police, not the manager."),
    ],
)
def test_what_a_line_says_more_than_its_words_is_kept(check, text, line):
    excerpt = Excerpt("P1", "Handbook", (line,))
    found = verify(phrasing((text, ("P1", line))), [excerpt], "")
    assert {fault.check for fault in found.faults} == {check}
    assert not verify(phrasing((line, ("P1", line))), [excerpt], "").faults


def test_more_parts_than_can_be_compared_are_not_phrased():
    line = ", ".join(f"thing {number} costs {number}" for number in range(90))
    found = verify(phrasing(("thing 1 costs 1", ("P1", line[:1_900]))), [Excerpt("P1", "Prices", (line,))], "")
    assert "nothing_crossed" in {fault.check for fault in found.faults}


def test_an_answer_has_sentences_and_not_too_many():
    sentence = ("Open the till.", ("P1", "Open the till."))
    assert failed() == {"has_answer"}
    assert failed(*[sentence] * 7) == {"short_enough"}
    assert failed(*[sentence] * 10, is_step=True) == set()
    assert failed(*[sentence] * 11, is_step=True) == {"short_enough"}


OVEN = Excerpt(
    "P1",
    "Oven",
    (
        "Do this at night.",
        "1. Switch off the oven.",
        "2. Wait until it is cold.",
        "The door stays shut.",
        "3. Spray the inside and wipe it dry.",
        "1. Ring the office.",
    ),
)


def steps(*texts, is_step=True):
    lines = {text: next(line for line in OVEN.lines if text.rstrip(".").lower() in line.lower()) for text in texts}
    told = phrasing(*((text, ("P1", lines[text])) for text in texts), is_step=is_step)
    return {fault.check for fault in verify(told, [OVEN], "").faults}


def test_steps_keep_the_order_of_the_document():
    whole = ("Switch off the oven.", "Wait until it is cold.", "Spray the inside and wipe it dry.")
    assert steps(*whole) == set()
    assert steps(*reversed(whole)) == {"steps_in_order"}
    assert steps(*reversed(whole), is_step=False) == set()


def test_steps_within_a_line_keep_their_order_too():
    lock, alarm = "Lock the back door at 22:00", "at 22:00 and set the alarm"
    told = [("Lock the back door.", ("P2", lock)), ("Set the alarm at 22:00.", ("P2", alarm))]
    assert failed(*told, is_step=True) == set()
    assert failed(*reversed(told), is_step=True) == {"steps_in_order"}


@pytest.mark.parametrize("left_out", range(3))
def test_no_step_of_a_numbered_list_is_left_out(left_out):
    whole = ["Switch off the oven.", "Wait until it is cold.", "Spray the inside and wipe it dry."]
    del whole[left_out]
    assert steps(*whole) == {"every_step_told"}
    assert steps(*whole, is_step=False) == set()
    assert steps("Ring the office.") == set()


def test_every_check_is_told_of_and_has_words_for_a_second_try():
    names = [*WHOLE_CHECKS, *STEP_CHECKS, *QUOTE_CHECKS, *CLAIM_CHECKS]
    found = verify(phrasing(("Open the till.", ("P1", "Open the till."))), EXCERPTS, "")
    assert [check.name for check in found.checks] == names
    assert set(names) == set(COMPLAINTS)


def test_a_reply_is_typed_data_whatever_stands_around_it():
    reply = phrasing(("Open the till.", ("P1", "Open the till."))).model_dump_json()
    assert parsed(reply) == parsed(f"Sure!\n```json\n{reply}\n```") is not None
    for text in (
        "",
        "Sure!",
        "[]",
        "{}",
        '{"verdict": "maybe"}',
        '{"verdict": "sufficient", "sentences": [1]}',
        "{" * 999,
    ):
        assert parsed(text) is None


# Small changes to what is right.

RIGHT = [
    ("Customers get a full refund within 30 days of purchase with a receipt.", *FULL),
    ("Do not give cash without a receipt.", "P1", REFUNDS.lines[1]),
    ("Only the shift lead may approve refunds over €100.", "P1", REFUNDS.lines[2]),
    ("Lock the back door at 22:00 and set the alarm.", "P2", CLOSING.lines[0]),
    ("Call 0800 123 456 if it rings.", "P2", CLOSING.lines[1]),
]
right = st.sampled_from(RIGHT)


@given(right, st.data())
def test_another_digit_is_always_caught(sentence, data):
    text, id_, quote = sentence
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    assume(places)
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != text[place])
    assert failed((text[:place] + digit + text[place + 1 :], (id_, quote)))


@given(right, st.data())
def test_a_digit_more_or_less_is_always_caught(sentence, data):
    text, id_, quote = sentence
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    assume(places)
    place = data.draw(st.sampled_from(places))
    more = data.draw(st.sampled_from(["", "00", *"123456789"]))
    changed = text[:place] + (text[place] + more if more else "") + text[place + 1 :]
    assert failed((changed, (id_, quote)))


@given(st.sampled_from(RIGHT[1:3]), st.data())
def test_a_not_or_only_left_out_is_always_caught(sentence, data):
    text, id_, quote = sentence
    turns = list(re.finditer(r"\b(?:Do not|without|Only) ", text))
    turn = data.draw(st.sampled_from(turns))
    assert failed((text[: turn.start()] + text[turn.end() :], (id_, quote)))


@given(right, st.sampled_from(["not", "never", "only", "without", "unless", "no"]), st.data())
def test_a_turn_put_in_is_always_caught(sentence, turn, data):
    text, id_, quote = sentence
    words = text.split()
    place = data.draw(st.integers(0, len(words) - 1))
    assert failed((" ".join([*words[:place], turn, *words[place:]]), (id_, quote)))


@given(right, st.sampled_from(["P0", "P3", "p1", "", "P1 ", "P2\n"]))
def test_another_passage_is_always_caught(sentence, id_):
    text, own, quote = sentence
    other = "P2" if own == "P1" else "P1"
    assert "passages_given" in failed((text, (id_, quote)))
    assert "quotes_verbatim" in failed((text, (other, quote)))


@given(right, st.characters(codec="ascii", categories=["L", "N"]), st.data())
def test_another_letter_in_a_quote_is_always_caught(sentence, letter, data):
    text, id_, quote = sentence
    place = data.draw(st.integers(0, len(quote) - 1))
    assume(quote[place] != letter)
    assert "quotes_verbatim" in failed((text, (id_, quote[:place] + letter + quote[place + 1 :])))


@given(right, st.data())
def test_words_left_out_of_a_quote_are_always_caught(sentence, data):
    text, id_, quote = sentence
    words = quote.split()
    place = data.draw(st.integers(1, len(words) - 2))
    assert "quotes_verbatim" in failed((text, (id_, " ".join(words[:place] + words[place + 1 :]))))


# How often it is right. The checks were made with the first file in view; the second was written when they were done,
# and when first run 28 of its 30 wrong sentences were caught and 16 of its 20 right ones passed.


def _is_passed(pair):
    excerpt = Excerpt("P1", "Handbook", tuple(pair["quotes"]))
    told = phrasing((pair["sentence"], *(("P1", quote) for quote in pair["quotes"])))
    return not verify(told, [excerpt], "").faults


@pytest.mark.parametrize(
    ("file", "least_precision", "least_recall"),
    [("verify_pairs.jsonl", 0.97, 0.88), ("verify_pairs_held_out.jsonl", 0.88, 0.8)],
)
def test_wrong_sentences_are_caught_and_most_right_ones_pass(file, least_precision, least_recall):
    pairs = [json.loads(line) for line in (HERE / file).read_text().splitlines()]
    passed = [pair for pair in pairs if _is_passed(pair)]
    right = sum(pair["ok"] for pair in passed)
    precision, recall = right / len(passed), right / sum(pair["ok"] for pair in pairs)
    print(f"{file}: n={len(pairs)}, precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= least_precision
    assert recall >= least_recall
