"""Quotes are the document's own sentences, in its order: stretches around those that bear on the question."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.embed import WordHashEmbedder
from coach.extract import GAP, MAX_SENTENCE_CHARACTERS, by_words, from_the_start, is_heading, quotable, quote
from coach.layout import laid_out
from coach.lexical import LexicalIndex
from coach.plain import searchable
from coach.stretches import STEPS_ROOM, Room

EMBEDDER = WordHashEmbedder()
NARROW = Room(2, 1)
WORD = re.compile(r"[^\s|–…]+")
BEGUN = re.compile(r"(\d+\.|•) …")
passages = st.lists(
    st.sampled_from(
        [
            "Refund within 30 days.",
            "**Never. Pay** cash!",
            "\n- ask\n  Ada.",
            "\n\n",
            "\n| a | b |",
            "\n|---|---|",
            "(See below.)",
            "Do this:\n",
            "\n1. Lock",
            "\n   * nested",
            "\n<li>an item</li>",
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


def quoted(text, question, room=NARROW):
    bodies = [searchable(text[span.start : span.end]) for span in quotable(text)]
    lexical = LexicalIndex([searchable(text)])
    scores = by_words(text, EMBEDDER.embed(bodies), "Refunds", question, EMBEDDER.embed([question])[0], lexical)
    return quote(text, scores, room)


@settings(max_examples=150, deadline=None)
@given(passages, st.sampled_from(["refund days", "who is Ada", "", "zebra"]), st.sampled_from([NARROW, Room(1, 40)]))
def test_every_piece_of_a_quote_stands_in_the_passage_in_order(text, question, room):
    shown = quoted(text, question, room)
    folded = " ".join(text.split())
    place = 0
    for piece in shown.verbatim.split(GAP):
        place = folded.find(piece.removesuffix(GAP.rstrip()), place)
        assert place >= 0
    assert bool(shown.verbatim) == bool(shown.words) == bool(laid_out(text, quotable(text)))
    assert "hidden" not in shown.words


@settings(max_examples=150, deadline=None)
@given(passages, st.integers(5, 60))
def test_a_quote_keeps_within_its_room_unless_a_sentence_or_the_steps_of_a_procedure_are_longer(text, words):
    spans = quotable(text)
    longest = max((len(WORD.findall(text[span.start : span.end])) for span in spans), default=0)
    # The mark of an item that is quoted from its middle comes on top.
    shown = len(WORD.findall(BEGUN.sub("", quoted(text, "refund", Room(2, words)).words)))
    assert shown <= max(longest, STEPS_ROOM * words)


def test_the_sentences_that_answer_are_chosen_and_gaps_are_marked():
    text = "Shoes come in pairs. A refund needs a receipt. The window is clean. Refund within 30 days."
    apart = Room(2, 9)
    assert quoted(text, "refund receipt days", apart).verbatim == "A refund needs a receipt. … Refund within 30 days."
    assert quoted(text, "pairs refund receipt", apart).words == "Shoes come in pairs. A refund needs a receipt."


def test_the_better_neighbours_fill_the_room_so_that_a_quote_reads_as_one_stretch():
    text = "Lock the door. Keep each receipt. A refund needs a receipt. The days are counted. Wash the floor."
    assert quoted(text, "refund receipt", Room(1, 12)).words == (
        "Keep each receipt. A refund needs a receipt. The days are counted."
    )


def test_words_lose_the_marks_that_verbatim_keeps():
    shown = quoted("**Never refund cash.** Ask [Ada](mailto:a@x.test) first.", "refund cash", Room(2, 40))
    assert shown.verbatim == "**Never refund cash.** Ask [Ada](mailto:a@x.test) first."
    assert shown.words == "Never refund cash. Ask Ada first."


def test_a_long_sentence_is_cut_at_a_word_and_says_so():
    shown = quoted("refund " * 200, "refund")
    assert len(shown.verbatim) <= MAX_SENTENCE_CHARACTERS + 2
    assert shown.verbatim.endswith("refund …")


def test_a_cut_sentence_and_a_gap_are_marked_once():
    cut = "refund " * 200
    for text in (cut + ". Nothing here. Refund days.", f"- {cut}\n- Never.\n", f"{cut}.\n\nNo.\n\n- refund days"):
        shown = quoted(text, "refund days", Room(2, 130))
        assert "… …" not in shown.verbatim
        assert "…\n…" not in shown.words


def test_vectors_of_another_cut_are_ignored():
    text = "One refund. Two windows. Three."
    nothing = np.zeros(256, dtype=np.float32)
    scores = by_words(text, nothing[None], "Rules", "windows", nothing, LexicalIndex([text]))
    assert quote(text, scores, NARROW).words == "Two windows."


STEPS = "Some words before:\n\n1. Take the **card**. It must be theirs.\n1. Press RX.\n1. Ask for a refund reason.\n"


def test_the_steps_of_a_procedure_are_quoted_whole_and_numbered_a_line_each():
    shown = quoted(STEPS, "refund reason", Room(1, 19))
    assert shown.words == (
        "Some words before:\n1. Take the card. It must be theirs.\n2. Press RX.\n3. Ask for a refund reason."
    )
    assert shown.verbatim == " ".join(STEPS.split())


def test_a_procedure_that_is_too_long_is_quoted_from_its_first_step_and_says_that_it_goes_on():
    steps = "".join(f"{number}. Press key {number} and wait.\n" for number in range(1, 13))
    assert quoted(steps, "key 3", Room(1, 20)).words == (
        "1. Press key 1 and wait.\n2. Press key 2 and wait.\n3. Press key 3 and wait.\n…"
    )
    assert quoted(steps, "key 12", Room(1, 20)).words.endswith("12. Press key 12 and wait.")


def test_a_step_that_is_quoted_from_its_middle_keeps_its_number():
    text = "1. Wash up. Say so.\n2. Look into the box. If a part is missing, take it off the refund.\n3. Pay it back.\n"
    shown = quoted(text, "part missing", Room(1, 9))
    assert shown.words == "2. … If a part is missing, take it off the refund.\n…"
    assert shown.verbatim == "If a part is missing, take it off the refund. …"
    two = quote(text, np.array([1, 0, 0, 0.9, 0], dtype=np.float32), Room(2, 15))
    assert two.words == "1. Wash up. Say so.\n2. … If a part is missing, take it off the refund.\n…"


def test_a_sentence_of_an_item_is_quoted_with_the_condition_that_opens_the_item():
    text = (
        "- Bought in store: bring the receipt.\n"
        "- Bought by phone: the customer has 14 days. We refund the delivery charge. Some words that say nothing new.\n"
        "- Faulty: full refund.\n"
    )
    shown = quote(text, np.array([0, 0, 1, 0.5, 0], dtype=np.float32), Room(1, 14))
    assert shown.words == "• Bought by phone: the customer has 14 days. We refund the delivery charge.\n…"


def test_what_comes_before_a_chosen_item_is_taken_from_the_start_of_its_line():
    text = "- Only at night: lock up. Ring the lead. Sign.\n- Refund cash.\n"
    before = np.array([0, 0.1, 0.5, 1], dtype=np.float32)
    assert quote(text, before, Room(1, 6)).words == "• Refund cash."
    assert quote(text, before, Room(1, 15)).words.startswith("• Only at night")


def test_a_row_is_quoted_under_the_head_of_its_table():
    text = "| Role | Limit |\n|---|--:|\n| Cashier | 75 pounds |\n| Baker | 5 pounds |\n| Manager | 400 pounds |\n"
    shown = quoted(text, "manager limit", Room(1, 10))
    assert shown.words == "Role – Limit\n…\nManager – 400 pounds"
    assert shown.verbatim == "| Role | Limit | … | Manager | 400 pounds |"


def test_an_item_is_quoted_with_what_leads_into_its_list():
    text = "Nothing to see. You may refund:\n\n- cash in the till,\n- cards of theirs,\n- vouchers of ours.\n\nWash up."
    assert quoted(text, "cards", Room(1, 7)).words == "You may refund:\n…\n• cards of theirs,\n…"
    assert quoted(text, "cards", Room(1, 16)).words == (
        "You may refund:\n• cash in the till,\n• cards of theirs,\n• vouchers of ours."
    )


def test_an_item_or_row_is_quoted_whole():
    text = "Do this:\n\n- Lock up. Ask for the refund book. Sign.\n- Wash up and go home by the back door.\n"
    assert quoted(text, "refund book", Room(1, 11)).words == "Do this:\n• Lock up. Ask for the refund book. Sign.\n…"
    row = "| Who | What |\n|---|---|\n| Lead | May refund. Must sign. |\n| Cook | Cooks |\n"
    assert quoted(row, "sign", Room(1, 10)).words == "Who – What\nLead – May refund. Must sign.\n…"


def test_of_a_table_without_rows_the_head_is_quoted_and_never_nothing():
    head = "| Item | Price |\n| --- | --- |\n"
    shown = quote(head, from_the_start(head), Room(2, 100))
    assert (shown.verbatim, shown.words) == ("| Item | Price |", "Item – Price")


def test_a_section_whose_heading_is_asked_is_quoted_from_its_start():
    text = "The till opens at nine. Take the key. Ask for a refund reason."
    lexical = LexicalIndex([text, "alarm", "window"])
    assert is_heading("how do I handle a refund exception?", "Handling a refund exception", lexical)
    assert not is_heading("how do I handle a refund exception?", "Refunds", lexical)
    assert not is_heading("what is it?", "Refunds", lexical)
    assert quote(text, from_the_start(text), Room(2, 8)).words == "The till opens at nine. Take the key."


def test_words_of_the_headings_do_not_choose_between_sentences():
    text = "Ask for a refund reason. Press RX."
    nothing = np.zeros(256, dtype=np.float32)
    scores = by_words(text, nothing[None], "Refund reason", "refund reason rx", nothing, LexicalIndex([text, "a", "b"]))
    assert scores.tolist() == [0.0, 0.5]
