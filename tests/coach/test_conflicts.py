"""Quotes that disagree are found; look-alikes about other roles, places, times or things are left alone."""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.conflicts import ABOUT, conflicts_among, disagreement
from coach.sources import Conflict, Source
from coach.statements import Statement

SITES_AND_ROLES = ("Northgate", "Harbour Street", "Eastham", "Westbrook", "cashier", "shift lead", "store manager")
TILL, RETURNS = ("shop/till.md", ("Till", "Refunds")), ("shop/returns.md", ("Returns", "Time limit"))
SOURCE = Source(1, TILL[0], TILL[1], "", "", 0.5, None, None, None)


def read_pairs(name):
    """Return (about or None, first statement, second statement) of a labelled set."""
    rows = map(json.loads, (Path(__file__).parent / name).read_text().splitlines())
    return [
        (row["about"], statement(row["first"], row["first_at"]), statement(row["second"], row["second_at"]))
        for row in rows
    ]


def statement(words, at="shop/till.md > Till > Refunds"):
    file, *headings = at.split(" > ")
    return Statement(words, file, tuple(headings))


def quoted(words, place=TILL):
    return replace(SOURCE, file=place[0], heading_path=place[1], words=words)


@pytest.mark.parametrize(
    ("name", "least_precision", "least_recall"),
    [("conflict_pairs.jsonl", 0.97, 0.9), ("conflict_pairs_held_out.jsonl", 0.9, 0.7)],
)
def test_alarms_are_right_and_most_conflicts_raise_one(name, least_precision, least_recall):
    told = [(about, disagreement(first, second, SITES_AND_ROLES)) for about, first, second in read_pairs(name)]
    raised = [about for about, found in told if found is not None]
    found = [found for about, found in told if about is not None]
    precision = sum(about is not None for about in raised) / len(raised)
    recall = sum(each is not None for each in found) / len(found)
    print(f"{name}: {len(told)} pairs, precision {precision:.3f} of {len(raised)}, recall {recall:.3f} of {len(found)}")
    assert precision >= least_precision
    assert recall >= least_recall


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(read_pairs("conflict_pairs.jsonl")), st.sampled_from(read_pairs("conflict_pairs_held_out.jsonl"))
)
def test_a_disagreement_is_mutual_of_a_known_kind_and_never_with_oneself(one, other):
    for first, second in product((*one[1:], *other[1:]), repeat=2):
        found = disagreement(first, second, SITES_AND_ROLES)
        assert found == disagreement(second, first, SITES_AND_ROLES)
        assert found is None or (found in ABOUT and first.plain != second.plain)


def test_the_sentences_that_disagree_are_told_once_a_pair_of_sections():
    sources = (
        quoted("Smile.\n1. A refund is given within 14 days. Any refund above £50 needs a manager."),
        quoted("A refund above £75 needs a manager. A refund is given within 30 days.", RETURNS),
        quoted("A refund is given within 9 days."),
    )
    assert conflicts_among(sources) == (
        Conflict(0, 1, "duration", "1. A refund is given within 14 days.", "A refund is given within 30 days."),
        Conflict(1, 2, "duration", "A refund is given within 30 days.", "A refund is given within 9 days."),
    )


def test_what_holds_for_one_site_says_nothing_of_another():
    sources = (
        quoted("The gate opens at 6:00.", ("north.md", ("Northgate", "Gate"))),
        quoted("The gate opens at 7:00.", ("sites/south.md", ("Southgate", "The gate"))),
    )
    assert [each.about for each in conflicts_among(sources)] == ["time"]
    assert conflicts_among(sources, ["Northgate", "Southgate"]) == ()
    assert conflicts_among((replace(sources[0], site="Northgate"), sources[1])) == ()


def test_a_question_states_nothing():
    assert (
        disagreement(statement("Are dogs allowed in the office?"), statement("No dogs are allowed in the office."))
        is None
    )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_any_two_texts_can_be_compared(first, second):
    assert disagreement(statement(first), statement(second)) in (None, *ABOUT)
