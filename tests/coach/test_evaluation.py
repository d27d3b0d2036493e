"""The figures of an evaluation, on cases small enough to count by hand."""

import pytest

from coach.evaluation import (
    Case,
    Gold,
    Outcome,
    acl_figures,
    auroc,
    by_kind,
    coverage_figures,
    folded,
    mean,
    place_of,
    read_case,
    retrieval_figures,
    status_counts,
)


def case(expected="answer", kind="fact"):
    return Case("c", "c-1", kind, None, "q?", (), expected, (), (), is_acl=kind == "acl")


def outcome(place=None, status="answered", signal=0.5, leak=False, same=None, **about):
    return Outcome(case(**about), status, signal, place, place == 1, leak, same)


def test_a_line_becomes_a_case():
    row = {"id": 7, "type": "acl", "question": "q?", "expected": "refuse_secret", "forbidden_text": "x", "role": "hr"}
    row |= {"history": [{"text": "before"}], "gold": [{"file": "a.md", "text": "t", "also_in": ["b.md"]}]}
    read = read_case("c", row)
    assert (read.expected, read.forbidden, read.history, read.is_acl) == ("refused", ("x",), ("before",), True)
    assert read.gold == (Gold(frozenset({"a.md", "b.md"}), "t"),)
    assert read_case("c", row | {"expected": "say_not_covered"}).expected == "not_covered"
    with pytest.raises(KeyError):
        read_case("c", {"id": 1})


def test_a_place_is_where_every_gold_stretch_has_been_found():
    passages = [("a.md", "x"), ("b.md", "The **30\n days** rule"), ("a.md", "the 30 days rule and more")]
    both = [Gold(frozenset({"b.md"}), "30 days"), Gold(frozenset({"a.md"}), "and more")]
    assert place_of(both[:1], passages) == 2
    assert place_of(both, passages) == 3
    assert place_of([*both, Gold(frozenset({"a.md"}), "absent")], passages) is None
    assert place_of([], passages) is None


def test_folding_ignores_marks_case_and_space():
    assert folded(" The **Big**\n `x_y` ") == "the big xy"


def test_retrieval_counts_only_answerable_cases():
    figures = retrieval_figures([outcome(1), outcome(4), outcome(None), outcome(1, expected="not_covered")])
    assert [figures[name].value for name in ("h@1", "h@3", "h@5")] == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert figures["MRR"].value == pytest.approx((1 + 1 / 4) / 3)
    assert figures["shown"].value == pytest.approx(1 / 3)
    assert figures["h@1"].n == 3


def test_means_have_an_interval_and_no_cases_have_none():
    figure = mean([0.0, 1.0] * 50)
    assert figure.low < figure.value == 0.5 < figure.high
    assert mean([]).value is mean([]).low is None
    assert mean([1.0]).high == 1.0


def test_auroc_counts_ties_as_half():
    assert auroc([0.9, 0.8], [0.1]).value == 1.0
    assert auroc([0.5], [0.5]).value == 0.5
    assert auroc([], [0.5]).value is None


def test_coverage_and_refusals_are_shares():
    figures = coverage_figures(
        [
            outcome(1),
            outcome(1, status="uncertain"),
            outcome(status="answered", expected="not_covered", signal=0.1),
            outcome(status="refused", expected="refused", signal=None),
        ]
    )
    assert figures["coverage, answered"].value == 0.5
    assert figures["coverage, answered or uncertain"].value == 1.0
    assert figures["false answers, answered"].value == 1.0
    assert figures["not covered AUROC"].value == 1.0
    assert figures["refusals right"].value == 1.0


def test_leaks_and_controls_are_counted():
    rows = [outcome(expected="must_not_reveal", kind="acl", leak=True), outcome(expected="must_not_reveal", kind="acl")]
    rows += [outcome(1, kind="acl", same=True), outcome(1, kind="acl", same=False)]
    assert acl_figures(rows) == {"leaks": 1, "forbidden": 2, "controls the same": 1, "controls": 2}
    assert status_counts(rows)["must_not_reveal"]["answered"] == 2
    assert list(by_kind([outcome(kind="b"), outcome(kind="a"), outcome(kind="b")])) == ["b", "a"]
