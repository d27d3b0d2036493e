"""Each corpus is judged by what the others chose, and never by its own answers."""

from dataclasses import replace

import pytest

from coach.cross_fit import can_cross_fit, cross_fitted
from coach.rank import Weights
from tests.coach.outcomes import judged, outcome

LATE_ONLY, WITH_WINDOWS = Weights(1.0, 0.0, 0.0), Weights(1.0, 1.0, 0.0)
BY_LATE = judged(late=(0.9, 0.1), window=(0.0, 0.9), holder=0)
BY_WINDOW = judged(late=(0.5, 0.4), window=(0.0, 0.9), holder=1)


def corpus(name, candidates, sign=1.0):
    """Four covered questions with high signals and two uncovered with low ones; `sign` -1 turns that round."""
    covered = [outcome(1, corpus=name, signals=(sign * (1 + place / 10),), candidates=candidates) for place in range(4)]
    uncovered = [outcome(corpus=name, expected="not_covered", signals=(-sign * (1 + place / 10),)) for place in (0, 1)]
    return [*covered, *uncovered]


def asked_again(outcomes):
    asked = []

    def again(name, weights):
        asked.append((name, weights))
        return outcomes[name]

    return asked, again


def test_weights_come_from_the_other_corpora():
    outcomes = {"late": corpus("late", BY_LATE), "window": corpus("window", BY_WINDOW)}
    asked, again = asked_again(outcomes)
    chosen = cross_fitted(outcomes, again, (LATE_ONLY, WITH_WINDOWS)).chosen
    assert chosen["late"].weights == WITH_WINDOWS
    assert chosen["window"].weights == LATE_ONLY
    # The curve of a corpus is fitted on the others as its own weights rank them.
    assert asked == [("window", WITH_WINDOWS), ("late", WITH_WINDOWS), ("late", LATE_ONLY), ("window", LATE_ONLY)]


def test_confidence_and_band_come_from_the_other_corpora():
    outcomes = {"straight": corpus("straight", BY_LATE), "turned": corpus("turned", BY_LATE, sign=-1.0)}
    fitted = cross_fitted(outcomes, asked_again(outcomes)[1])
    covered = [each for each in fitted.outcomes if each.case.expected == "answer"]
    uncovered = [each for each in fitted.outcomes if each.case.expected == "not_covered"]
    # Each was told by a curve that runs the wrong way for it.
    assert max(each.asked.confidence for each in covered) < min(each.asked.confidence for each in uncovered)
    assert {each.status for each in covered} == {"not_covered"}
    assert not any(each.is_shown for each in covered)


def test_an_answer_that_only_the_uncertain_would_be_shown_is_not_shown_to_the_certain():
    """Ten times the questions make the curve steep enough for the middle one to be uncertain and the last certain."""
    known = [each for _ in range(10) for each in corpus("one", BY_LATE)]
    hidden = [replace(each, asked=replace(each.asked, is_quoted_if_certain=False)) for each in known]
    outcomes = {"one": hidden, "two": [replace(each, case=replace(each.case, corpus="two")) for each in known]}
    fitted = cross_fitted(outcomes, asked_again(outcomes)[1])
    shown = {
        (each.case.corpus, each.status, each.is_shown) for each in fitted.outcomes if each.case.expected == "answer"
    }
    assert shown == {("one", "answered", False), ("two", "answered", True)}


def test_a_threshold_keeps_four_in_five_of_the_others():
    outcomes = {"one": corpus("one", BY_LATE), "two": corpus("two", BY_LATE)}
    fitted = cross_fitted(outcomes, asked_again(outcomes)[1])
    kept = [
        each.asked.confidence >= fitted.chosen["one"].threshold
        for each in fitted.outcomes
        if each.case.corpus == "two" and each.case.expected == "answer"
    ]
    assert kept == [True] * 4


def test_refused_and_forbidden_cases_stay_as_they_are():
    refused = outcome(expected="refused", status="refused", corpus="one")
    secret = outcome(expected="must_not_reveal", status="answered", corpus="one", kind="acl")
    outcomes = {"one": [*corpus("one", BY_LATE), refused, secret], "two": corpus("two", BY_LATE)}
    assert cross_fitted(outcomes, asked_again(outcomes)[1]).outcomes[6:8] == (refused, secret)


def test_one_corpus_or_one_without_uncovered_questions_cannot_be_cross_fitted():
    both = {"one": corpus("one", BY_LATE), "two": corpus("two", BY_LATE)}
    assert can_cross_fit(both)
    assert not can_cross_fit({"one": both["one"]})
    assert not can_cross_fit(both | {"two": [outcome(1, corpus="two")]})
    with pytest.raises(ValueError, match="at least two"):
        cross_fitted({"one": both["one"]}, asked_again(both)[1])
