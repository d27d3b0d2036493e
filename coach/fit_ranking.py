"""Owns the choice of ranking weights on questions whose sections are known (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from coach.rank import Candidates, Weights

WINDOW_WEIGHTS = (0.0, 0.1, 0.15, 0.25, 0.4, 0.6)
GRAM_WEIGHTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3)
# Only ratios matter, so late interaction counts 1 throughout.
GRID = tuple(Weights(1.0, window, grams) for window, grams in product(WINDOW_WEIGHTS, GRAM_WEIGHTS))


@dataclass(frozen=True, eq=False)
class Judged:
    """The candidates for one question, and the stretches of text that answer it.

    `holds` is bool [stretches, candidates]: whether a candidate holds that stretch.
    """

    candidates: Candidates
    holds: NDArray[np.bool_]

    def place(self, weights: Weights) -> int | None:
        """Return the rank (from 1) by which every stretch has been found, None if one never is."""
        if not self.holds.size or not self.holds.any(axis=1).all():
            return None
        best_first = np.argsort(-self.candidates.fused(weights), kind="stable")
        return int(self.holds[:, best_first].argmax(axis=1).max()) + 1


def mean_reciprocal_rank(questions: Sequence[Judged], weights: Weights) -> float:
    """Return the mean of 1 / place (0-1), 0 for a question never found or over no questions."""
    places = [question.place(weights) for question in questions]
    return sum(1 / place for place in places if place is not None) / max(len(places), 1)


def fit(questions: Sequence[Judged], grid: Iterable[Weights] = GRID) -> Weights:
    """Return the weights of the grid with the highest mean reciprocal rank; the first of equals."""
    return max(grid, key=lambda weights: mean_reciprocal_rank(questions, weights))


def fit_on_others(
    questions_by_corpus: Mapping[str, Sequence[Judged]], grid: Sequence[Weights] = GRID
) -> dict[str, Weights]:
    """Return for each corpus the weights that suit the others best, so that it is ranked by none of its own answers.

    Raises ValueError for a single corpus: it has no others.
    """
    if len(questions_by_corpus) < 2:
        raise ValueError("Weights are fitted on other corpora: at least two are needed.")
    return {
        corpus: fit(
            [question for other, asked in questions_by_corpus.items() if other != corpus for question in asked], grid
        )
        for corpus in questions_by_corpus
    }
