"""Owns cross-fitting: each corpus judged by what was chosen on the others alone (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from coach.costs import DEFAULT_COSTS, Band
from coach.estimates import KEPT, threshold
from coach.evaluation import Outcome
from coach.fit_confidence import Coefficients, fit
from coach.fit_ranking import GRID, fit_on_others
from coach.rank import Weights

AskAgain = Callable[[str, Weights], Sequence[Outcome]]


@dataclass(frozen=True)
class Chosen:
    """What the other corpora chose for one: ranking weights, the curve of the confidence, and a threshold on it.

    The threshold keeps four in five of their own answerable questions.
    """

    weights: Weights
    coefficients: Coefficients
    threshold: float


@dataclass(frozen=True, eq=False)
class CrossFitted:
    """Every outcome as if nobody had looked at its corpus, and what was chosen for each corpus."""

    outcomes: tuple[Outcome, ...]
    chosen: Mapping[str, Chosen]


def cross_fitted(
    outcomes: Mapping[str, Sequence[Outcome]], ask_again: AskAgain, grid: Sequence[Weights] = GRID
) -> CrossFitted:
    """Choose weights, then curve and threshold, on all corpora but one, and ask that one; for each in turn.

    `ask_again` returns the outcomes of a corpus ranked with other weights. The bands are those of the usual costs.
    Raises ValueError for a single corpus.
    """
    questions = {corpus: [each.asked.judged for each in covered(known)] for corpus, known in outcomes.items()}
    held: list[Outcome] = []
    chosen: dict[str, Chosen] = {}
    for corpus, weights in fit_on_others(questions, grid).items():
        others = [each for other in outcomes if other != corpus for each in ask_again(other, weights)]
        curve = _curve(others)
        kept = threshold([_confidence(each, curve) for each in covered(others)], KEPT)
        chosen[corpus] = Chosen(weights, curve, kept)
        held += [_as_told(each, curve) for each in ask_again(corpus, weights)]
    return CrossFitted(tuple(held), chosen)


def can_cross_fit(outcomes: Mapping[str, Sequence[Outcome]]) -> bool:
    """Say whether there are two corpora or more, each with covered and with uncovered questions."""
    return len(outcomes) > 1 and all(covered(known) and uncovered(known) for known in outcomes.values())


def covered(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes of questions that the SOPs cover."""
    return [each for each in outcomes if each.case.expected == "answer"]


def uncovered(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes of questions that the SOPs do not cover."""
    return [each for each in outcomes if each.case.expected == "not_covered"]


def _curve(outcomes: Sequence[Outcome]) -> Coefficients:
    gauged = [*covered(outcomes), *uncovered(outcomes)]
    is_covered = np.array([each.case.expected == "answer" for each in gauged])
    return fit(np.concatenate([each.asked.standardised for each in gauged]), is_covered)


def _confidence(outcome: Outcome, curve: Coefficients) -> float:
    return float(curve.confidence(outcome.asked.standardised)[0])


def _as_told(outcome: Outcome, curve: Coefficients) -> Outcome:
    """Return an outcome in the band of another confidence; what a rule refused stays refused."""
    if outcome.status == "refused" or not outcome.case.is_gauged:
        return outcome
    confidence = _confidence(outcome, curve)
    band = DEFAULT_COSTS.band(confidence)
    is_held = outcome.asked.is_quoted_if_certain if band is Band.ANSWERED else outcome.asked.is_quoted
    return replace(
        outcome,
        status=band.value,
        asked=replace(outcome.asked, confidence=confidence),
        is_shown=is_held and band is not Band.NOT_COVERED,
    )
