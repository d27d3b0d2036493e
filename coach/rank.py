"""Owns the fusion of signals into one order (pure)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from coach.lexical import Scores

RANKER = "late-2"
GATE_PASSAGES = 3
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Weights:
    """How much each signal counts. Chosen on two handbooks and reported on the third (docs/retrieval.md)."""

    late: float = 1.0
    window: float = 0.25
    grams: float = 0.1


WEIGHTS = Weights()
# The same proportion where an embedder has no states, on the scale that what is added for who asks is made for.
WITHOUT_STATES = Weights(late=0.0, window=1.0, grams=0.4)
LETTERS_ALONE = Weights(late=0.0, window=0.0, grams=1.0)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Passages that may answer a question, by row number, and how near each one is by each signal, in parallel.

    `late` is MaxSim, `window` the cosine of the best window, `passage` that of the whole passage (all -1 to 1);
    `grams` is 0 to 1. No signal is scaled to the list it stands in, so a passage scores the same whatever else the
    asker may read, and restrictions elsewhere never change the order of what they see.
    """

    rows: Rows
    late: Scores
    window: Scores
    grams: Scores
    passage: Scores

    def fused(self, weights: Weights = WEIGHTS) -> Scores:
        """Return the weighted sum of the signals."""
        scores = sum(np.float32(weight) * getattr(self, name) for name, weight in asdict(weights).items())
        return np.asarray(scores, dtype=np.float32)

    def signals_at(self, place: int) -> dict[str, float]:
        """Return the signals of one candidate by name, and what they come to as `fused`."""
        names = ("late", "window", "grams", "passage")
        return {name: float(getattr(self, name)[place]) for name in names} | {"fused": float(self.fused()[place])}


@dataclass(frozen=True, eq=False)
class Ranking:
    """Candidates in order: `places` among them best first, and the score of each, in parallel."""

    candidates: Candidates
    places: Rows
    scores: Scores

    @property
    def rows(self) -> Rows:
        """Row numbers, best first."""
        return self.candidates.rows[self.places]

    @property
    def signal(self) -> float:
        """The best raw window cosine (0-1) among the first three."""
        return float(max(0.0, self.candidates.window[self.places[:GATE_PASSAGES]].max(initial=0.0)))

    @property
    def best_score(self) -> float:
        """The first score, 0 where there is none."""
        return float(self.scores[0]) if self.scores.size else 0.0


def rank(candidates: Candidates, preference: Scores | None = None, weights: Weights = WEIGHTS) -> Ranking:
    """Order candidates by their fused score and what is added for who asks; equals keep their order."""
    fused = candidates.fused(weights)
    scores = fused if preference is None else fused + preference
    places = np.argsort(-scores, kind="stable")
    return Ranking(candidates, places, scores[places])


def with_each(ranking: Ranking, rows: Sequence[int], within: int) -> Ranking:
    """Return a ranking whose first `within` hold each of these candidate rows (no more than fit), in order of score."""
    first = [place for place in ranking.places[:within] if ranking.candidates.rows[place] not in rows]
    wanted = [place for place in ranking.places if ranking.candidates.rows[place] in rows]
    lifted = {*wanted, *first[: within - len(wanted)]}
    order = np.array(sorted(range(ranking.places.size), key=lambda at: ranking.places[at] not in lifted), dtype=np.intp)
    return Ranking(ranking.candidates, ranking.places[order], ranking.scores[order])


def in_order(ranking: Ranking, first: Sequence[int]) -> Ranking:
    """Return a ranking that begins with these of its rows, in this order; the others follow as they were."""
    place_of = {row: place for place, row in enumerate(first)}
    rows = ranking.rows.tolist()
    order = np.array(sorted(range(len(rows)), key=lambda at: place_of.get(rows[at], len(rows))), dtype=np.intp)
    return Ranking(ranking.candidates, ranking.places[order], ranking.scores[order])


def best(rows: Rows, scores: Scores, limit: int) -> Rows:
    """Return the rows with the highest scores above 0, in row order; `scores` run parallel to `rows`."""
    if rows.size > limit:
        chosen = np.sort(np.argpartition(-scores, limit)[:limit])
        rows, scores = rows[chosen], scores[chosen]
    return rows[scores > 0]
