"""Owns lexical ranking: BM25 over stemmed words, the same on every database."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN
from numpy.typing import NDArray

Scores = NDArray[np.float32]
# Words questions are asked with say nothing of what they are about.
QUESTION_WORDS = (
    "what when where who whom whose which why how do does did can could should would shall may might must "
    "am have has had get got need i me my mine we us our you your so from about any some please whats im"
)
STOP_WORDS = [*STOPWORDS_EN, *QUESTION_WORDS.split()]


class LexicalIndex:
    """BM25 (k1 1.5, b 0.75, Lucene's idf) over the texts it was built from, in their order."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._stemmer = Stemmer.Stemmer("english")
        self._size = len(texts)
        words = self.words(texts)
        self._texts_with = Counter(word for text in words for word in set(text))
        self._ranker: Any = None
        if self._texts_with:
            self._ranker = bm25s.BM25(k1=1.5, b=0.75)
            self._ranker.index(words, show_progress=False)

    def words(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the stems of each text, stop words left out."""
        return list(
            bm25s.tokenize(
                list(texts), stopwords=STOP_WORDS, stemmer=self._stemmer, return_ids=False, show_progress=False
            )
        )

    def scores(self, query: str) -> Scores:
        """Return one score a text, 0 where no word is shared."""
        words = [word for word in self.words([query])[0] if word in self._texts_with]
        if self._ranker is None or not words:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._ranker.get_scores(words), dtype=np.float32)

    def rarity(self, word: str) -> float:
        """Return how much a stem tells passages apart: BM25's idf, highest for a word no text holds."""
        holding = self._texts_with[word]
        return float(np.log(1 + (self._size - holding + 0.5) / (holding + 0.5)))
