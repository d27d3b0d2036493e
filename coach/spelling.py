"""Owns the mending of mistyped words in a question, towards the words the SOPs use (pure)."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import Stemmer

SHORTEST_CHARACTERS = 5
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORD = re.compile(r"[a-z]+")


class Spelling:
    """Knows the words of the texts it was built from, and which of them a mistyped word was meant to be.

    Ranking compares word pieces, and a mistyped word falls into pieces that mean nothing: one slip a question costs
    more than any other part of the ranking gains (docs/retrieval.md).
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts_with = Counter(word for text in texts for word in set(WORD.findall(text.lower())))
        self._stemmer = Stemmer.Stemmer("english")
        self._stems = frozenset(self._stemmer.stemWords(list(self._texts_with)))

    def mended(self, question: str, is_word: Callable[[str], bool]) -> str:
        """Return a lower-case question with each mistyped word replaced by the nearest word of the texts.

        A word is mistyped if it has at least five letters, no text holds it or its stem, and `is_word` does not know
        it either. It was meant to be a word with two letters swapped, or one added, dropped or changed after the first
        (Damerau 1964); of several, the one most texts hold. Without any it stays.
        """
        return WORD.sub(lambda found: self._mended(found[0], is_word), question)

    def _mended(self, word: str, is_word: Callable[[str], bool]) -> str:
        if len(word) < SHORTEST_CHARACTERS or self._stemmer.stemWord(word) in self._stems or is_word(word):
            return word
        meant = {other for other in _one_slip_away(word) if other in self._texts_with}
        return max(meant, key=lambda other: (self._texts_with[other], other), default=word)


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
