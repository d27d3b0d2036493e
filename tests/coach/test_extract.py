"""Quotes are the document's own sentences, two at most, in the order of the document."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.embed import WordHashEmbedder
from coach.extract import GAP, MAX_SENTENCE_CHARACTERS, quotable, quote
from coach.lexical import LexicalIndex
from coach.plain import searchable

EMBEDDER = WordHashEmbedder()
passages = st.lists(
    st.sampled_from(
        [
            "Refund within 30 days.",
            "**Never. Pay** cash!",
            "- ask\n  Ada.",
            "\n\n",
            "| a | b |",
            "(See below.)",
            "\n1. Lock",
            "`code <x>`",
            "<!-- hidden. Words -->",
            "“Stop.”",
            "![](x.png)",
            "\u2028",
            "A" * 700,
            "long words " * 80,
        ]
    ),
    max_size=12,
).map(" ".join)


def quoted(text, question):
    bodies = [searchable(text[span.start : span.end]) for span in quotable(text)]
    vectors = EMBEDDER.embed(bodies)
    return quote(text, vectors, ("Refunds",), question, EMBEDDER.embed([question])[0], LexicalIndex([searchable(text)]))


@settings(max_examples=120, deadline=None)
@given(passages, st.sampled_from(["refund days", "who is Ada", "", "zebra"]))
def test_every_piece_of_a_quote_stands_in_the_passage_in_order(text, question):
    shown = quoted(text, question)
    folded = " ".join(text.split())
    place = 0
    for piece in shown.verbatim.split(GAP):
        place = folded.find(piece.removesuffix(GAP.rstrip()), place)
        assert place >= 0
    assert bool(shown.verbatim) == bool(quotable(text))
    assert "hidden" not in shown.words


@settings(max_examples=100, deadline=None)
@given(passages)
def test_at_most_two_sentences_are_quoted(text):
    spans = quotable(text)
    sizes = sorted((min(span.end - span.start, MAX_SENTENCE_CHARACTERS + 2) for span in spans), reverse=True)
    assert len(quoted(text, "refund").verbatim) <= sum(sizes[:2]) + len(GAP)


def test_the_sentences_that_answer_are_chosen_and_gaps_are_marked():
    text = "Shoes come in pairs. A refund needs a receipt. The window is clean. Refund within 30 days."
    assert quoted(text, "refund receipt days").verbatim == "A refund needs a receipt. … Refund within 30 days."
    assert quoted(text, "pairs refund receipt").verbatim == "Shoes come in pairs. A refund needs a receipt."


def test_words_lose_the_marks_that_verbatim_keeps():
    shown = quoted("**Never refund cash.** Ask [Ada](mailto:a@x.test) first.", "refund cash")
    assert shown.verbatim == "**Never refund cash.** Ask [Ada](mailto:a@x.test) first."
    assert shown.words == "Never refund cash. Ask Ada first."


def test_a_long_sentence_is_cut_at_a_word_and_says_so():
    shown = quoted("refund " * 200, "refund")
    assert len(shown.verbatim) <= MAX_SENTENCE_CHARACTERS + 2
    assert shown.verbatim.endswith("refund …")


def test_a_cut_sentence_and_a_gap_are_marked_once():
    assert "… …" not in quoted("refund " * 200 + ". Nothing here. Refund days.", "refund days").verbatim


def test_vectors_of_another_cut_are_ignored():
    text = "One refund. Two windows. Three."
    nothing = np.zeros(256, dtype=np.float32)
    shown = quote(text, nothing[None], ("Rules",), "windows", nothing, LexicalIndex([text]))
    assert "Two windows." in shown.verbatim


def test_the_head_of_a_table_is_not_quoted_but_its_rows_are():
    text = "Limits:\n\n| Role | Limit |\n|---|:--:|\n| Cashier | 75 pounds |\n| Manager | 400 pounds |\n"
    shown = [text[span.start : span.end] for span in quotable(text)]
    assert shown == ["Limits:", "| Cashier | 75 pounds |", "| Manager | 400 pounds |"]


def test_a_line_above_a_plain_rule_is_quoted():
    assert [(span.start, span.end) for span in quotable("Close the till.\n\n---\n")] == [(0, 15)]


STEPS = "Some words before. \n\n1. Take the **card**. It must be theirs.\n2. Press RX.\n3. Ask for a refund reason.\n"


def test_a_step_keeps_its_number():
    shown = [STEPS[span.start : span.end] for span in quotable(STEPS)]
    assert shown == [
        "Some words before.",
        "1. Take the **card**.",
        "It must be theirs.",
        "2. Press RX.",
        "3. Ask for a refund reason.",
    ]


def quoted_under(heading, question):
    lexical = LexicalIndex([STEPS, "alarm", "window"])
    vectors = EMBEDDER.embed([STEPS[span.start : span.end] for span in quotable(STEPS)])
    return quote(STEPS, vectors, ("Shop", heading), question, EMBEDDER.embed([question])[0], lexical)


def test_a_section_whose_heading_is_asked_is_quoted_from_its_start():
    asked = "how do I handle a refund exception?"
    assert quoted_under("Handling a refund exception", asked).words == "Some words before. 1. Take the card."
    assert quoted_under("Other things", asked).words.endswith("3. Ask for a refund reason.")


def test_words_of_the_headings_do_not_choose_between_sentences():
    assert "2. Press RX." in quoted_under("Refund reason", "refund reason rx").words
