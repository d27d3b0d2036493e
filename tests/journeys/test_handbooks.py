"""Three real handbooks with 391 questions: what is found and shown, and what is held back.

Retrieval, quotes and confidence are cross-fitted: weights, curve and threshold chosen on two handbooks, reported on the
third, three times, pooled. They are the figures of docs/retrieval.md.
"""

from pathlib import Path

import pytest

from bot.app import App
from bot.corpora import read_corpus
from bot.evaluated import all_figures
from bot.evaluating import evaluate
from bot.settings import Settings
from coach.scoreboard import acl_figures, status_counts, threshold_figures
from tests.support import SHARED, skip_or_fail

HANDBOOKS = ("clef", "civicactions", "pagerduty")


@pytest.fixture(scope="module")
def found(minilm, tmp_path_factory):
    if not SHARED.is_dir():
        skip_or_fail(f"outside material is not at {SHARED}; set COACH_SHARED")
    app = App(Settings(home=tmp_path_factory.mktemp("eval")), embedder=minilm)
    yield evaluate(app, [read_corpus(Path(SHARED) / "corpora" / name) for name in HANDBOOKS])
    app.close()


@pytest.fixture(scope="module")
def figures(found):
    return all_figures(found.fitted.outcomes)


def test_the_right_section_is_found(figures):
    assert figures["h@1"].n == 272
    assert figures["h@1"].value >= 0.58
    assert figures["h@5"].value >= 0.79


def test_the_answer_stands_in_the_quotes(figures):
    assert figures["shown@3"].n == 272
    assert figures["shown@3"].value >= 0.68


def test_a_follow_up_is_understood(figures):
    assert figures["follow-ups h@5"].n == 13
    assert figures["follow-ups h@5"].value >= 11 / 13


def test_the_confidence_tells_what_is_not_covered(found, figures):
    assert figures["AUROC"].n == 349
    assert figures["AUROC"].value >= 0.81
    assert figures["false at 80 % kept"].n == 77
    assert figures["false at 80 % kept"].value <= 0.33
    elsewhere = threshold_figures(found.fitted)
    assert elsewhere["false"].value <= 0.33
    assert elsewhere["kept"].value >= 0.75
    assert figures["calibration error"].value <= 0.08


def test_what_must_be_refused_is_refused_and_nothing_else(found):
    counts = status_counts(found.shipped)
    assert counts["refused"]["refused"] >= 22
    assert sum(counts["refused"].values()) == 24
    assert counts["answer"]["refused"] == 0
    assert counts["not_covered"]["refused"] == 0


def test_nothing_leaks_and_restrictions_change_nothing_for_the_entitled(found):
    assert acl_figures(found.shipped) == {"leaks": 0, "forbidden": 18, "controls the same": 18, "controls": 18}


def test_what_is_shipped_is_no_worse_than_what_two_handbooks_would_choose(found, figures):
    shipped = all_figures(found.shipped)
    assert shipped["h@5"].value >= figures["h@5"].value - 0.02
    assert shipped["AUROC"].value >= figures["AUROC"].value - 0.02
