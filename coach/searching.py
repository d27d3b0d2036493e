"""Owns one asker's searches in one generation: a text mended, embedded, ranked, and what tells how well it went."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from coach.asked import MOST_PARTS, About, parts_of, spelt_out
from coach.candidates import View
from coach.conversation import Interpretation, interpretations
from coach.embed import Embedder, TokenEmbedder, Vectors, encode
from coach.lexical import LexicalIndex, Scores
from coach.rank import Ranking, Rows, Weights, rank, with_each
from coach.signals import Signals, probe
from metrics.policy import Audience


@dataclass(frozen=True, eq=False)
class Searched:
    """A text, its vector, and the passages for it; `firsts` are the best row for each of several things it asks."""

    text: str
    vector: Vectors
    ranking: Ranking
    firsts: tuple[int, ...] = ()


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

    def asked(self, question: str) -> Searched:
        """Rank a question; of the several things it may ask, the best passage for each is among the first."""
        text = self._spelt(question)
        firsts = _firsts(self._ranked(part).ranking for part in parts_of(text))
        return replace(_with_each(self._ranked(text, firsts), firsts), firsts=tuple(firsts))

    def asked_after(self, question: str, alone: Searched, joined: str) -> tuple[Searched, bool]:
        """Rank a question asked after others, and say whether it is searched as a follow-up.

        `alone` is its own search, `joined` the question with the turns before it. Where it may be either, the best
        passage for the less likely one is among the first, behind those for each of several things it may ask.
        """
        # What was asked before was answered before: it is no part of what is asked now.
        together = self._ranked(self._spelt(joined), [*alone.firsts, *_firsts([alone.ranking])])
        own, both = alone.ranking, together.ranking
        shared = float(own.scores[np.isin(own.rows, both.rows[:1])].sum())
        first, *other = interpretations(question, own.best_score, both.best_score, shared)
        searches = {Interpretation.NEW: alone, Interpretation.FOLLOW_UP: together}
        firsts = [*alone.firsts, *_firsts(searches[interpretation].ranking for interpretation in other)][:MOST_PARTS]
        return _with_each(searches[first], firsts), first is Interpretation.FOLLOW_UP

    def signals(self, searched: Searched) -> Signals:
        """Return what a search says about its own success."""
        probes = probe(self.told(searched.text), self.lexical, self.embedder)
        return self.view.signals(searched.ranking, searched.vector, probes)

    def _spelt(self, question: str) -> str:
        spelling = self.view.snapshot.spelling.among(self.view.audiences)
        return spelling.mended(spelt_out(question, self.glossary), self._is_word)

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


def _firsts(rankings: Iterable[Ranking]) -> list[int]:
    return [int(row) for ranking in rankings for row in ranking.rows[:1]]


def _with_each(searched: Searched, rows: Sequence[int]) -> Searched:
    return replace(searched, ranking=with_each(searched.ranking, rows, MOST_PARTS))
