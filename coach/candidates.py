"""Owns which passages a question is weighed against: nominated by windows and words, then compared token by token."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from coach.embed import Encoding, Vectors
from coach.index.port import Index
from coach.rank import GATE_PASSAGES, Candidates, Ranking, Rows, best
from coach.rerank import late_scores
from coach.signals import Probes, Signals, signals_of
from coach.snapshot import Snapshot
from coach.tokens import States

# With these a ranking keeps 99.7 % of the first five of one that weighs everything (docs/retrieval.md).
NEAR_WINDOWS = 160
NEAR_PASSAGES = 64
GRAM_PASSAGES = 32


@dataclass(frozen=True, eq=False)
class View:
    """What of a snapshot may be found: the `audiences` an index is asked for, and the rows `allowed` of them.

    `states_of` returns the token states of rows, in their order.
    """

    snapshot: Snapshot
    index: Index
    audiences: Sequence[str]
    allowed: Rows
    states_of: Callable[[Rows], list[States]]

    def candidates(self, asked: Encoding, text: str, also: Sequence[int] = ()) -> Candidates:
        """Return the passages that may answer `text`, whose encoding is `asked`, and rows `also`, all weighed."""
        snapshot = self.snapshot
        hits = self.index.nearest(asked.vector, self.audiences, NEAR_WINDOWS)
        near = snapshot.rows_with([hit.window_id for hit in hits], NEAR_PASSAGES)
        grams = snapshot.grams.scores(text)
        spelt_alike = best(self.allowed, grams[self.allowed], GRAM_PASSAGES)
        nominated = np.unique(np.concatenate([near, spelt_alike, np.array(also, dtype=np.intp)]))
        rows = np.intersect1d(nominated, self.allowed, assume_unique=True)
        return Candidates(
            rows=rows,
            late=late_scores(asked, snapshot.rarity.weights(asked.pieces), self.states_of(rows)),
            window=snapshot.window_cosines(rows, asked.vector),
            grams=grams[rows],
            passage=snapshot.vectors[rows] @ asked.vector,
        )

    def signals(self, ranking: Ranking, vector: Vectors, probes: Probes) -> Signals:
        """Return what a ranking says about its own success; `vector` and `probes` are of the text it was made for."""
        shown = self.snapshot.windows_of(ranking.rows[:GATE_PASSAGES])
        near = self.snapshot.windows_of(ranking.candidates.rows)
        return signals_of(vector, probes, shown, near, self.snapshot.foreign)
