"""Owns the stems of words, and how much each tells the company's passages apart."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from copy import copy
from typing import Self

import numpy as np
import Stemmer
from numpy.typing import NDArray

Scores = NDArray[np.float32]
# The stop words of Lucene's English analyser.
COMMON_WORDS = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they "
    "this to was will with"
)
# Words questions are asked with say nothing of what they are about.
QUESTION_WORDS = (
    "what when where who whom whose which why how do does did can could should would shall may might must "
    "am have has had get got need i me my mine we us our you your so from about any some please whats im"
)
STOP_WORDS = frozenset(COMMON_WORDS.split() + QUESTION_WORDS.split())
WORD = re.compile(r"\w\w+")


class LexicalIndex:
    """The stems of the texts it was built from, and in how many of them each stands."""

    def __init__(self, texts: Sequence[str], audiences: Sequence[str] | None = None) -> None:
        """Count the words of each audience's texts by themselves; `audiences` has one key a text."""
        self._stemmer = Stemmer.Stemmer("english")
        keys = [""] * len(texts) if audiences is None else audiences
        self._texts = Counter(keys)
        self._texts_with: dict[str, Counter[str]] = {key: Counter() for key in keys}
        for key, text in zip(keys, self.words(texts), strict=True):
            self._texts_with[key].update(set(text))

    def words(self, texts: Sequence[str]) -> list[list[str]]:
        """Return the stems of each text, stop words left out."""
        return [
            self._stemmer.stemWords([word for word in WORD.findall(text.lower()) if word not in STOP_WORDS])
            for text in texts
        ]

    def among(self, audiences: Collection[str]) -> Self:
        """Return this index as if the texts of other audiences did not exist."""
        open_ones = copy(self)
        open_ones._texts = Counter({key: self._texts[key] for key in audiences})
        open_ones._texts_with = {key: self._texts_with[key] for key in audiences if key in self._texts_with}
        return open_ones

    def rarity(self, word: str) -> float:
        """Return how much a stem tells passages apart: BM25's idf, highest for a word no text holds."""
        holding = self._holding(word)
        return float(np.log(1 + (self._texts.total() - holding + 0.5) / (holding + 0.5)))

    def _holding(self, word: str) -> int:
        return sum(texts_with[word] for texts_with in self._texts_with.values())
