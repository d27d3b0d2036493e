"""Owns the mending of mistyped words in a question, towards the words the SOPs use (pure)."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy
from typing import Self

import Stemmer

SHORTEST_CHARACTERS = 5
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORD = re.compile(r"[a-z]+")


class Spelling:
    """Knows the words of the texts it was built from, and which of them a mistyped word was meant to be.

    Ranking compares word pieces, and a mistyped word falls into pieces that mean nothing: one slip a question costs
    more than any other part of the ranking gains (docs/retrieval.md).
    """

    def __init__(self, texts: Sequence[str], audiences: Sequence[str] | None = None) -> None:
        """Count the words of each audience's texts by themselves; `audiences` has one key a text."""
        keys = [""] * len(texts) if audiences is None else audiences
        self._texts_with: dict[str, Counter[str]] = {key: Counter() for key in keys}
        for key, text in zip(keys, texts, strict=True):
            self._texts_with[key].update(set(WORD.findall(text.lower())))
        self._stemmer = Stemmer.Stemmer("english")
        self._stems = {key: frozenset(self._stemmer.stemWords(list(words))) for key, words in self._texts_with.items()}

    def among(self, audiences: Collection[str]) -> Self:
        """Return this as if the texts of other audiences did not exist."""
        open_ones = copy(self)
        open_ones._texts_with = {key: self._texts_with[key] for key in audiences if key in self._texts_with}
        open_ones._stems = {key: self._stems[key] for key in open_ones._texts_with}
        return open_ones

    def mended(self, question: str, is_word: Callable[[str], bool]) -> str:
        """Return a lower-case question with each mistyped word replaced by the nearest word of the texts.

        A word is mistyped if it has at least five letters, no text holds it or its stem, and `is_word` does not know
        it either. It was meant to be a word with two letters swapped, or one added, dropped or changed after the first
        (Damerau 1964); of several, the one most texts hold. Without any it stays.
        """
        return WORD.sub(lambda found: self._mended(found[0], is_word), question)

    def _mended(self, word: str, is_word: Callable[[str], bool]) -> str:
        stem = self._stemmer.stemWord(word)
        if len(word) < SHORTEST_CHARACTERS or any(stem in stems for stems in self._stems.values()) or is_word(word):
            return word
        meant = {other: self._holding(other) for other in _one_slip_away(word) if self._holding(other)}
        return max(meant, key=lambda other: (meant[other], other), default=word)

    def _holding(self, word: str) -> int:
        return sum(texts_with[word] for texts_with in self._texts_with.values())


def _one_slip_away(word: str) -> Iterator[str]:
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        # A first letter is seldom the wrong one, and often all that tells two words apart (poach, coach).
        if not before:
            continue
        yield before + after[1:]
        for letter in LETTERS:
            yield before + letter + after
            yield before + letter + after[1:]
