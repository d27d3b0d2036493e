"""What outcomes come to, on cases small enough to count by hand."""

import pytest

from coach.cross_fit import Chosen, CrossFitted
from coach.fit_confidence import Coefficients
from coach.rank import WEIGHTS
from coach.scoreboard import (
    acl_figures,
    band_figures,
    confidence_figures,
    refusals,
    reliability_bins,
    retrieval_figures,
    status_counts,
    threshold_figures,
)
from tests.coach.outcomes import outcome


def test_retrieval_counts_only_answerable_cases():
    rows = [outcome(1), outcome(4), outcome(None), outcome(1, expected="not_covered")]
    figures = retrieval_figures(rows)
    assert [figures[name].value for name in ("h@1", "h@3", "h@5")] == pytest.approx([1 / 3, 1 / 3, 2 / 3])
    assert figures["MRR@10"].value == pytest.approx((1 + 1 / 4) / 3)
    assert figures["shown@3"].value == pytest.approx(1 / 3)
    assert figures["h@1"].n == 3


def test_confidence_parts_covered_from_uncovered():
    rows = [outcome(1, confidence=0.9), outcome(1, confidence=0.4), outcome(expected="not_covered", confidence=0.6)]
    rows += [outcome(expected="refused", confidence=0.99)]
    figures = confidence_figures(rows)
    assert figures["AUROC"].value == 0.5
    assert figures["false at 80 % kept"].value == 1.0
    assert figures["calibration error"].value == pytest.approx((0.1 + 0.6 + 0.6) / 3)
    assert [each.covered.value for each in reliability_bins(rows)] == [1.0, 0.0, 1.0]


def test_bands_add_up_and_what_is_not_shown_is_in_none():
    rows = [
        outcome(1),
        outcome(1, status="uncertain"),
        outcome(2, status="uncertain", is_quoted=True),
        outcome(1, status="not_covered"),
        outcome(status="answered", expected="not_covered"),
    ]
    bands = band_figures(rows)
    assert [bands[band]["answerable"].value for band in bands] == [0.25, 0.5, 0.25]
    assert [bands[band]["answer shown"].value for band in bands] == [0.25, 0.5, 0.0]
    assert [bands[band]["uncovered"].value for band in bands] == [1.0, 0.0, 0.0]


def test_thresholds_of_other_corpora_decide_what_is_kept():
    rows = tuple(outcome(1, corpus=corpus, confidence=0.5) for corpus in ("strict", "lax"))
    rows += (outcome(expected="not_covered", corpus="lax", confidence=0.5),)
    chosen = {name: Chosen(WEIGHTS, Coefficients((0.0,), 0.0), at) for name, at in (("strict", 0.6), ("lax", 0.4))}
    figures = threshold_figures(CrossFitted(rows, chosen))
    assert (figures["kept"].value, figures["false"].value) == (0.5, 1.0)


def test_refusals_are_a_share_of_what_must_be_refused():
    rows = [outcome(expected="refused", status="refused"), outcome(expected="refused"), outcome(1)]
    assert (refusals(rows).value, refusals(rows).n) == (0.5, 2)


def test_leaks_and_controls_are_counted():
    rows = [outcome(expected="must_not_reveal", kind="acl", leak=True), outcome(expected="must_not_reveal", kind="acl")]
    rows += [outcome(1, kind="acl", same=True), outcome(1, kind="acl", same=False)]
    assert acl_figures(rows) == {"leaks": 1, "forbidden": 2, "controls the same": 1, "controls": 2}
    assert status_counts(rows)["must_not_reveal"]["answered"] == 2
