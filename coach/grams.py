"""Owns ranking by pieces of words: BM25 over runs of four characters, for slips of spelling and other endings."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coach.lexical import STOP_WORDS, Scores

GRAM_CHARACTERS = 4
K1, B = 1.5, 0.75
TEXTS_AT_ONCE = 500
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
SPACE = ord(" ")
FILLER = "\0"
BITS = 16
Grams = NDArray[np.uint64]
Rows = NDArray[np.intp]


class GramIndex:
    """Says for each text it was built from, in their order, how many of a query's four-character runs it holds.

    Words stand between spaces, so that the run at a word's edge differs from the same inside one; runs never reach
    across words. A run counts by BM25 (k1 1.5, b .75, Lucene's idf).
    """

    def __init__(self, texts: Sequence[str], counted: Rows | None = None) -> None:
        """Index texts; how rare a run is and how long a text usually is comes from those `counted`, None for all.

        Where none is counted every run weighs alike, and the length is that of all.
        """
        self._size = len(texts)
        is_counted = np.zeros(self._size, dtype=bool)
        is_counted[... if counted is None else counted] = True
        starts = range(0, len(texts), TEXTS_AT_ONCE) or (0,)
        each_text = [_counted(texts[start : start + TEXTS_AT_ONCE]) for start in starts]
        grams = np.concatenate([each[0] for each in each_text])
        self._rows = np.concatenate([each[1] + start for start, each in zip(starts, each_text, strict=True)])
        counts = np.concatenate([each[2] for each in each_text])
        lengths = np.bincount(self._rows, weights=counts, minlength=self._size).astype(np.float32)
        order = np.argsort(grams, kind="stable")
        self._rows, counts = self._rows[order], counts[order]
        self._grams, self._starts = np.unique(grams[order], return_index=True)
        self._holding = np.add.reduceat(is_counted[self._rows].view(np.int8), self._starts, dtype=np.int32)
        self._starts = np.append(self._starts, len(counts))
        self._counted = int(np.count_nonzero(is_counted))
        usual = lengths[is_counted] if self._counted else lengths
        average = max(float(usual.mean()), 1.0) if usual.size else 1.0
        self._shares = counts / (counts + K1 * (1 - B + B * lengths[self._rows] / average))

    def scores(self, query: str) -> Scores:
        """Return one score a text, 0 to 1: 0 where no run is shared, near 1 where each of the query's occurs often."""
        scores = np.zeros(self._size, dtype=np.float32)
        asked, times = np.unique(_grams([query])[0], return_counts=True)
        total = 0.0
        for gram, count in zip(asked, times, strict=True):
            place = int(np.searchsorted(self._grams, gram))
            is_known = place < len(self._grams) and self._grams[place] == gram
            start, end = (self._starts[place], self._starts[place + 1]) if is_known else (0, 0)
            holding = self._holding[place] if is_known else 0
            weight = count * np.log(1 + (self._counted - holding + 0.5) / (holding + 0.5))
            total += weight
            scores[self._rows[start:end]] += np.float32(weight) * self._shares[start:end]
        return scores / np.float32(total) if total else scores


def _counted(texts: Sequence[str]) -> tuple[Grams, NDArray[np.int32], Scores]:
    """Return each run of each text once: the run, the text's place, and how often it occurs there."""
    grams, text_of = _grams(texts)
    order = np.lexsort((grams, text_of))
    grams, text_of = grams[order], text_of[order]
    is_first = np.ones(len(grams), dtype=bool)
    is_first[1:] = (grams[1:] != grams[:-1]) | (text_of[1:] != text_of[:-1])
    firsts = np.flatnonzero(is_first)
    counts = np.diff(np.append(firsts, len(grams))).astype(np.float32)
    return grams[firsts], text_of[firsts].astype(np.int32), counts


def _grams(texts: Sequence[str]) -> tuple[Grams, NDArray[np.intp]]:
    """Return the runs of all texts one after the other, and the place of the text each stands in."""
    lines = [f" {' '.join(_words(text))} " for text in texts]
    letters = np.frombuffer("".join(lines).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if letters.size < GRAM_CHARACTERS:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.intp)
    runs = np.lib.stride_tricks.sliding_window_view(letters, GRAM_CHARACTERS)
    grams = np.zeros(len(runs), dtype=np.uint64)
    for letter in runs.T:
        grams = (grams << np.uint64(BITS)) | (letter & np.uint64(2**BITS - 1))
    within = (runs[:, 1:-1] != SPACE).all(axis=1)
    text_of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])[: len(runs)]
    return grams[within], text_of[within]


def _words(text: str) -> list[str]:
    found = (word.replace("'", "").replace("’", "") for word in WORD.findall(text.lower()))
    # A single letter or digit would be shorter than a run even between its spaces.
    return [word.ljust(GRAM_CHARACTERS - 2, FILLER) for word in found if word not in STOP_WORDS]
