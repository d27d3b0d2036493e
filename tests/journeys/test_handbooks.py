"""Three real handbooks with 391 questions: what search finds, what is shown, what is withheld."""

from pathlib import Path

import pytest

from bot.app import App
from bot.evaluation import eval_app, evaluate
from bot.settings import Settings
from coach.evaluation import acl_figures, coverage_figures, retrieval_figures, status_counts
from tests.support import SHARED, skip_or_fail

HANDBOOKS = ("clef", "civicactions", "pagerduty")


@pytest.fixture(scope="module")
def outcomes(minilm, tmp_path_factory):
    if not SHARED.is_dir():
        skip_or_fail(f"outside material is not at {SHARED}; set COACH_SHARED")
    app = App(Settings(home=tmp_path_factory.mktemp("eval")), embedder=minilm)
    found = []
    for name in HANDBOOKS:
        corpus = Path(SHARED) / "corpora" / name
        own = eval_app(app, corpus)
        found += evaluate(own, corpus)
        own.close()
    app.close()
    return found


def test_the_right_section_is_found(outcomes):
    figures = retrieval_figures(outcomes)
    assert figures["h@1"].n == 272
    assert figures["h@1"].value >= 0.58
    assert figures["h@5"].value >= 0.79
    follow_ups = [outcome for outcome in outcomes if outcome.case.kind == "multi-turn"]
    assert len(follow_ups) == 13
    assert sum(outcome.place is not None and outcome.place <= 5 for outcome in follow_ups) >= 11


def test_nothing_leaks_and_restrictions_change_nothing_for_the_entitled(outcomes):
    assert acl_figures(outcomes) == {"leaks": 0, "forbidden": 18, "controls the same": 18, "controls": 18}


def test_what_must_be_refused_is_refused_and_nothing_else(outcomes):
    counts = status_counts(outcomes)
    assert counts["refused"]["refused"] >= 22
    assert sum(counts["refused"].values()) == 24
    assert counts["answer"]["refused"] == 0
    assert counts["not_covered"]["refused"] == 0


def test_coverage_is_kept_beside_false_answers(outcomes):
    figures = coverage_figures(outcomes)
    assert figures["coverage, answered or uncertain"].value >= 0.70
    assert figures["false answers, answered"].value <= 0.15
    assert figures["not covered AUROC"].value >= 0.75
