"""Owns quotes without a model: the sentences of a passage that bear on a question, word for word."""

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from coach.embed import Vectors
from coach.lexical import LexicalIndex, Scores
from coach.plain import plain, searchable
from coach.sections import Span, sentences

MAX_SENTENCES = 2
MAX_SENTENCE_CHARACTERS = 600
GAP = " … "
UNDER_A_TABLE_HEAD = re.compile(r"[ \t]*\n[ \t]*\|?[ \t]*:?-+:?[ \t]*\|")


@dataclass(frozen=True)
class Quote:
    """Sentences of one passage in document order; ` … ` stands where some were left out.

    `verbatim` is the document's own characters with white space folded, `words` the same without Markdown marks.
    """

    verbatim: str
    words: str


def quotable(text: str) -> list[Span]:
    """Return the sentences of a passage that say something, in order; their vectors are stored in this order.

    The head of a table says nothing without its rows.
    """
    return [
        span
        for span in sentences(text, 0, len(text))
        if searchable(text[span.start : span.end]) and not UNDER_A_TABLE_HEAD.match(text, span.end)
    ]


def quote(
    text: str, sentence_vectors: Vectors, question_vector: Vectors, question: str, lexical: LexicalIndex
) -> Quote:
    """Return the best two sentences: half cosine to the question, half its words covered, weighted by rarity."""
    spans = quotable(text)
    bodies = [searchable(text[span.start : span.end]) for span in spans]
    scores = 0.5 * _coverage(bodies, question, lexical)
    if len(sentence_vectors) == len(spans):
        scores = scores + 0.5 * (sentence_vectors @ question_vector)
    chosen = sorted(int(place) for place in np.argsort(-scores, kind="stable")[:MAX_SENTENCES])
    pieces = [_shortened(" ".join(text[spans[place].start : spans[place].end].split())) for place in chosen]
    gaps = [
        " " if after == before + 1 or piece.endswith(GAP.rstrip()) else GAP
        for piece, (before, after) in zip(pieces, pairwise(chosen), strict=False)
    ]
    return Quote(_joined(pieces, gaps), _joined([plain(piece) for piece in pieces], gaps))


def _coverage(bodies: list[str], question: str, lexical: LexicalIndex) -> Scores:
    asked = set(lexical.words([question])[0])
    weight = {word: lexical.rarity(word) for word in asked}
    total = sum(weight.values()) or 1.0
    shares = [sum(weight[word] for word in asked.intersection(words)) / total for words in lexical.words(bodies)]
    return np.array(shares, dtype=np.float32)


def _shortened(sentence: str) -> str:
    if len(sentence) <= MAX_SENTENCE_CHARACTERS:
        return sentence
    return sentence[:MAX_SENTENCE_CHARACTERS].rsplit(" ", 1)[0] + GAP.rstrip()


def _joined(pieces: list[str], gaps: list[str]) -> str:
    parts = pieces[:1]
    for gap, piece in zip(gaps, pieces[1:], strict=True):
        parts += [gap, piece]
    return "".join(parts)
