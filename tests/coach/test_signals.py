"""Signals of a search: what its words bring, what no SOP holds, and how near it all is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach import foreign
from coach.embed import WordHashEmbedder
from coach.lexical import LexicalIndex
from coach.signals import MAX_WORDS, NAMES, Signals, probe, signals_of
from tests.strategies import many

EMBEDDER = WordHashEmbedder()
SOPS = [
    "Refunds go back to the card within thirty days",
    "The alarm is set by the manager on Monday",
    "Milk is kept below five degrees",
    "Refunds without a receipt need the manager",
]
LEXICAL = LexicalIndex(SOPS)
WINDOWS = EMBEDDER.embed(SOPS)
FOREIGN = EMBEDDER.embed(["Parking permits are given out at the gate", "Wages are paid monthly"])


def asked(question: str, rows=slice(None)) -> Signals:
    vector = EMBEDDER.embed([question])[0]
    near = WINDOWS[rows]
    shown = near[np.argsort(-(near @ vector))[:3]]
    return signals_of(vector, probe(question, LEXICAL, EMBEDDER), shown, near, FOREIGN)


def test_a_covered_question_needs_its_words_and_an_uncovered_one_is_nearer_without_them():
    covered, uncovered = asked("refunds card days"), asked("refunds submarine permit")
    assert covered.window > uncovered.window
    assert covered.needed > 0 > uncovered.needed
    assert covered.absent == 0
    assert uncovered.absent > 0.9


def test_a_question_about_work_elsewhere_is_near_to_foreign_texts():
    assert asked("parking permits gate").foreign > asked("milk degrees").foreign


def test_words_questions_are_asked_with_are_no_content():
    probes = probe("how do i get refunds please", LEXICAL, EMBEDDER)
    assert probes.without.shape == probes.alone.shape == (1, EMBEDDER.dimensions)
    assert probes.alone[0] == pytest.approx(EMBEDDER.embed(["refunds"])[0])
    assert probes.without[0] == pytest.approx(EMBEDDER.embed(["how do i get please"])[0])


def test_a_question_of_nothing_but_such_words_is_taken_apart_all_the_same():
    assert probe("what do i do", LEXICAL, EMBEDDER).weights.sum() == pytest.approx(1)


def test_of_a_long_question_the_rarest_words_count():
    question = "refunds manager " + " ".join(f"unheard{place}" for place in range(MAX_WORDS))
    probes = probe(question, LEXICAL, EMBEDDER)
    assert len(probes.weights) == MAX_WORDS
    assert probes.absent == pytest.approx(1)


def test_nothing_found_is_near_to_nothing():
    signals = asked("refunds card", rows=slice(0, 0))
    assert (signals.window, signals.needed, signals.alone) == (0, 0, 0)


def test_a_generation_from_before_foreign_texts_were_stored_is_near_to_none():
    vector = EMBEDDER.embed(["refunds"])[0]
    assert signals_of(vector, probe("refunds", LEXICAL, EMBEDDER), WINDOWS, WINDOWS, FOREIGN[:0]).foreign == 0


@many
@given(st.text(max_size=80))
def test_any_question_has_finite_signals(question):
    record = asked(question).as_record()
    assert tuple(record) == NAMES
    assert all(np.isfinite(value) for value in record.values())
    assert 0 <= record["absent"] <= 1.0001


def test_foreign_passages_are_many_short_and_all_different():
    passages = foreign.passages()
    assert 100 <= len(set(passages)) == len(passages) <= 200
    assert all(passage == passage.strip() and 8 <= len(passage.split()) <= 60 for passage in passages)
