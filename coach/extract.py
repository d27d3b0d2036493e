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
    text: str,
    sentence_vectors: Vectors,
    headings: tuple[str, ...],
    question: str,
    question_vector: Vectors,
    lexical: LexicalIndex,
) -> Quote:
    """Return the best two sentences of a passage, or its first two when its own heading is what was asked.

    `headings` are the document's title and the heading path. A sentence scores half by cosine to the question, half by
    the share of the question's words it holds, weighted by rarity; words of the headings tell sentences apart no more,
    so they do not count.
    """
    spans = quotable(text)
    bodies = [searchable(text[span.start : span.end]) for span in spans]
    if is_heading(question, headings[-1], lexical):
        scores = -np.arange(len(spans), dtype=np.float32)
    else:
        scores = 0.5 * _coverage(bodies, " ".join(headings), question, lexical)
        if len(sentence_vectors) == len(spans):
            scores = scores + 0.5 * (sentence_vectors @ question_vector)
    chosen = sorted(int(place) for place in np.argsort(-scores, kind="stable")[:MAX_SENTENCES])
    pieces = [_shortened(" ".join(text[spans[place].start : spans[place].end].split())) for place in chosen]
    gaps = [
        " " if after == before + 1 or piece.endswith(GAP.rstrip()) else GAP
        for piece, (before, after) in zip(pieces, pairwise(chosen), strict=False)
    ]
    return Quote(_joined(pieces, gaps), _joined([plain(piece) for piece in pieces], gaps))


def is_heading(question: str, heading: str, lexical: LexicalIndex) -> bool:
    """Say whether a heading holds every word of a question, so that the whole section answers it."""
    asked, headed = map(set, lexical.words([question, heading]))
    return bool(asked) and asked <= headed


def _coverage(bodies: list[str], headings: str, question: str, lexical: LexicalIndex) -> Scores:
    asked, headed = map(set, lexical.words([question, headings]))
    weight = {word: lexical.rarity(word) for word in (asked - headed or asked)}
    total = sum(weight.values()) or 1.0
    shares = [sum(weight[word] for word in weight.keys() & words) / total for words in map(set, lexical.words(bodies))]
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
