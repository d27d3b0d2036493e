"""Cases and where their answers are found."""

import pytest

from coach.evaluation import Gold, by_corpus, by_kind, folded, holders, place_of, read_case
from tests.coach.outcomes import outcome


def test_a_line_becomes_a_case():
    row = {"id": 7, "type": "acl", "question": "q?", "expected": "refuse_secret", "forbidden_text": "x", "role": "hr"}
    row |= {"history": [{"text": "before"}], "gold": [{"file": "a.md", "text": "t", "also_in": ["b.md"]}]}
    read = read_case("c", row)
    assert (read.expected, read.forbidden, read.history, read.is_acl) == ("refused", ("x",), ("before",), True)
    assert read.gold == (Gold(frozenset({"a.md", "b.md"}), "t"),)
    assert not read.is_gauged
    assert read_case("c", row | {"expected": "say_not_covered"}).expected == "not_covered"
    assert read_case("c", row | {"expected": "say_not_covered"}).is_gauged
    with pytest.raises(KeyError):
        read_case("c", {"id": 1})


def test_folding_ignores_marks_case_and_space():
    assert folded(" The **Big**\n `x_y` ") == "the big xy"


def test_a_stretch_is_held_by_texts_of_its_files():
    texts = {4: ("a.md", "the 30 days rule"), 7: ("b.md", "the 30 days rule and more"), 9: ("c.md", "30 days")}
    gold = [Gold(frozenset({"a.md", "b.md"}), "**30\n days** rule"), Gold(frozenset({"b.md"}), "and More")]
    assert holders(gold, texts) == [{4, 7}, {7}]


def test_a_place_is_where_every_stretch_has_been_found():
    assert place_of([frozenset({4, 7})], [9, 7, 4]) == 2
    assert place_of([frozenset({4, 7}), frozenset({4})], [9, 7, 4]) == 3
    assert place_of([frozenset({7}), frozenset()], [9, 7, 4]) is None
    assert place_of([], [9, 7]) is None


def test_outcomes_are_grouped_in_order_of_appearance():
    rows = [outcome(kind="b", corpus="x"), outcome(kind="a", corpus="y"), outcome(kind="b", corpus="y")]
    assert [(kind, len(some)) for kind, some in by_kind(rows).items()] == [("b", 2), ("a", 1)]
    assert [(corpus, len(some)) for corpus, some in by_corpus(rows).items()] == [("x", 1), ("y", 2)]
