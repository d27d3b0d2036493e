"""Owns one asker's searches in one generation: a text mended, embedded, ranked, and what tells how well it went."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from coach.asked import MOST_PARTS, About, spelt_out
from coach.candidates import View
from coach.embed import Embedder, TokenEmbedder, Vectors, encode
from coach.lexical import LexicalIndex, Scores
from coach.rank import Ranking, Rows, Weights, rank, with_each
from coach.signals import Signals, probe
from metrics.policy import Audience


def no_parts(_: str) -> Sequence[str]:
    """Return no parts of a question."""
    return ()


@dataclass(frozen=True, eq=False)
class Searched:
    """A text, its vector, and the passages for it."""

    text: str
    vector: Vectors
    ranking: Ranking


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, eq=False)
class Search:
    """Searches of one asker in one generation; `told` is what of a text leaves for an embedder or a reranker."""

    embedder: Embedder
    view: View
    about: About
    glossary: Mapping[str, str]
    weights: Weights
    told: Callable[[str], str] = _as_it_is

    @property
    def lexical(self) -> LexicalIndex:
        """The words of what the asker may read: which words others' SOPs hold must not show in any figure."""
        return self.view.snapshot.lexical.among(self.view.audiences)

    def asked(self, question: str, parts_in: Callable[[str], Sequence[str]]) -> Searched:
        """Rank a question; of the several things it may ask, `parts_in` it, the best passage for each is among the
        first.
        """
        spelling = self.view.snapshot.spelling.among(self.view.audiences)
        text = spelling.mended(spelt_out(question, self.glossary), self._is_word)
        firsts = [int(row) for part in parts_in(text) for row in self._ranked(part).ranking.rows[:1]]
        searched = self._ranked(text, firsts)
        return replace(searched, ranking=with_each(searched.ranking, firsts, MOST_PARTS)) if firsts else searched

    def signals(self, searched: Searched) -> Signals:
        """Return what a search says about its own success."""
        probes = probe(self.told(searched.text), self.lexical, self.embedder)
        return self.view.signals(searched.ranking, searched.vector, probes)

    def _ranked(self, text: str, also: Sequence[int] = ()) -> Searched:
        asked = encode(self.embedder, [self.told(text)])[0]
        candidates = self.view.candidates(asked, text, also)
        return Searched(text, asked.vector, rank(candidates, self._preference(candidates.rows), self.weights))

    def _is_word(self, word: str) -> bool:
        # A model falls to pieces over a word it does not know; what one without pieces knows cannot be told.
        if not isinstance(self.embedder, TokenEmbedder):
            return True
        terms = " ".join(chain.from_iterable(self.glossary.items())).lower().split()
        return word in terms or self.embedder.pieces_of(word) <= 1

    def _preference(self, rows: Rows) -> Scores:
        snapshot = self.view.snapshot
        roles = [Audience.from_key(key).roles for key in snapshot.audiences]
        return np.array(
            [self.about.preference(roles[snapshot.audience_of[row]], snapshot.sites[row]) for row in rows],
            dtype=np.float32,
        )
