"""Owns quotes without a model: the sentences of a passage that bear on a question, word for word."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from coach.embed import Vectors
from coach.layout import Kind, Piece, laid_out, quotable
from coach.lexical import LexicalIndex, Scores
from coach.plain import plain, searchable
from coach.sections import LIST_ITEM
from coach.stretches import Room, Weighed, choose

MAX_SENTENCE_CHARACTERS = 600
# The first passage holds the answer most often.
ROOM_BY_PLACE = (Room(2, 100), Room(2, 60), Room(2, 50))
LEFT_OUT = "…"
GAP = f" {LEFT_OUT} "


@dataclass(frozen=True)
class Quote:
    """Sentences of one passage in document order; `…` stands where some were left out.

    `verbatim` is the document's own characters with white space folded, `words` the same without Markdown marks, with
    each paragraph, list item and table row on a line of its own.
    """

    verbatim: str
    words: str


def quote(text: str, scores: Scores, room: Room) -> Quote:
    """Return what fits into `room` around the best sentences of a passage; `scores` are one a quotable sentence."""
    spans = quotable(text)
    pieces = laid_out(text, spans)
    kept = [_shortened(text[piece.span.start : piece.span.end]) for piece in pieces]
    said = [" ".join(each.split()) for each in kept]
    read = [_plain(piece, each) for piece, each in zip(pieces, kept, strict=True)]
    score_at = {span.start: float(score) for span, score in zip(spans, scores, strict=True)}
    scored = [score_at.get(piece.span.start, -np.inf) for piece in pieces]
    chosen = choose(Weighed(pieces, [len(each.split()) for each in read], scored), room)
    if not chosen:
        return Quote("", "")
    verbatim, words = _verbatim(text, pieces, said, chosen), _words(pieces, read, chosen)
    goes_on = any(piece.group == pieces[chosen[-1]].group is not None for piece in pieces[chosen[-1] + 1 :])
    if goes_on and not verbatim.endswith(LEFT_OUT):
        return Quote(f"{verbatim} {LEFT_OUT}", f"{words}\n{LEFT_OUT}")
    return Quote(verbatim, words)


def is_heading(question: str, heading: str, lexical: LexicalIndex) -> bool:
    """Say whether a heading holds every word of a question, so that the whole section answers it."""
    asked, headed = map(set, lexical.words([question, heading]))
    return bool(asked) and asked <= headed


def holds_steps(text: str) -> bool:
    """Say whether a passage holds numbered steps."""
    return any(piece.kind is Kind.STEP for piece in laid_out(text, quotable(text)))


def from_the_start(text: str) -> Scores:
    """Return scores by which a passage is quoted from its start."""
    return -np.arange(len(quotable(text)), dtype=np.float32)


def by_words(
    text: str, sentence_vectors: Vectors, headings: str, question: str, question_vector: Vectors, lexical: LexicalIndex
) -> Scores:
    """Return the score of each sentence: half cosine to the question, half the share of its words that it holds.

    Words weigh by rarity; those of the headings tell sentences apart no more, so they do not count.
    """
    bodies = [searchable(text[span.start : span.end]) for span in quotable(text)]
    asked, headed = map(set, lexical.words([question, headings]))
    weight = {word: lexical.rarity(word) for word in (asked - headed or asked)}
    total = sum(weight.values()) or 1.0
    held = [sum(weight[word] for word in weight.keys() & set(words)) / total for words in lexical.words(bodies)]
    scores = 0.5 * np.array(held, dtype=np.float32)
    return scores + 0.5 * (sentence_vectors @ question_vector) if len(sentence_vectors) == len(bodies) else scores


def _verbatim(text: str, pieces: Sequence[Piece], said: Sequence[str], chosen: Sequence[int]) -> str:
    quoted = said[chosen[0]]
    for before, place in pairwise(chosen):
        is_next = not text[pieces[before].span.end : pieces[place].span.start].strip()
        quoted += (" " if is_next or quoted.endswith(LEFT_OUT) else GAP) + said[place]
    return quoted


def _words(pieces: Sequence[Piece], read: Sequence[str], chosen: Sequence[int]) -> str:
    quoted = _begun(pieces, chosen[0]) + read[chosen[0]]
    for before, place in pairwise(chosen):
        one, other = pieces[before], pieces[place]
        is_inline = one.line == other.line or (place > before + 1 and one.kind is other.kind is Kind.PARAGRAPH)
        between = " " if is_inline else "\n"
        begun = "" if is_inline else _begun(pieces, place)
        is_next = place == before + 1 or begun or quoted.endswith(LEFT_OUT)
        quoted += (between if is_next else f"{between}{LEFT_OUT}{between}") + begun + read[place]
    return quoted


def _begun(pieces: Sequence[Piece], place: int) -> str:
    """Return the mark of an item that is quoted from its middle, with a sign that its start is left out; else nothing.

    Without it a step would read as if it were of the step before.
    """
    first = next(piece for piece in pieces if piece.line == pieces[place].line)
    return f"{first.mark}{LEFT_OUT} " if first.mark and first is not pieces[place] else ""


def _plain(piece: Piece, kept: str) -> str:
    written = LIST_ITEM.match(kept) if piece.mark else None
    return piece.mark + plain(kept[written.end() :] if written else kept)


def _shortened(sentence: str) -> str:
    if len(sentence) <= MAX_SENTENCE_CHARACTERS:
        return sentence
    return sentence[:MAX_SENTENCE_CHARACTERS].rsplit(maxsplit=1)[0] + GAP.rstrip()
