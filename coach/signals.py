"""Owns what tells whether passages answer a question: five signals, from vectors that any embedder gives."""

import re
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from coach.embed import Embedder, Vectors
from coach.lexical import LexicalIndex

MAX_WORDS = 8
NEAREST_FOREIGN = 5
RARITY_POWER = 4
WORD = re.compile(r"\w\w+")


@dataclass(frozen=True)
class Signals:
    """What a search says about its own success. Cosines run from -1 to 1; each word counts by its rarity.

    `window` is the nearest window of the passages shown, `foreign` how near texts of no company are to the question.
    `needed` is how much nearness the asked words bring: below 0 the SOPs are nearer without them. `alone` is how near
    they are each by itself, `absent` the share (0-1) of them that stands in no SOP.
    """

    window: float
    foreign: float
    needed: float
    alone: float
    absent: float

    def as_record(self) -> dict[str, float]:
        """Return the signals by name."""
        return asdict(self)


NAMES = tuple(field.name for field in fields(Signals))


@dataclass(frozen=True, eq=False)
class Probes:
    """A question taken apart, w words: the `whole` [d] and the question `without` each [w, d], in one batch.

    `alone` [w, d] are the words by themselves, `weights` [w] add up to 1, `absent` is the share of them in no SOP.
    """

    whole: Vectors
    without: Vectors
    alone: Vectors
    weights: NDArray[np.float64]
    absent: float


def probe(question: str, lexical: LexicalIndex, embedder: Embedder) -> Probes:
    """Take a question apart by its content words, the eight rarest of a long one.

    A word counts by the fourth power of its rarity, so that the fact asked for outweighs the topic around it.
    """
    places = [match.span() for match in WORD.finditer(question)] or [(0, len(question))]
    stems = lexical.words([question[start:end] for start, end in places])
    asked = [(place, stem[0]) for place, stem in zip(places, stems, strict=True) if stem]
    asked = asked or [(place, question[slice(*place)]) for place in places]
    asked = sorted(asked, key=lambda word: -lexical.rarity(word[1]))[:MAX_WORDS]
    rarity = np.array([lexical.rarity(stem) for _, stem in asked]) ** RARITY_POWER
    weights = rarity / rarity.sum()
    is_unknown = np.array([lexical.rarity(stem) == lexical.rarity("") for _, stem in asked])
    without = [_without(question, place) for place, _ in asked]
    # The question goes with its variants: int8 vectors depend on their batch, and only their differences count.
    vectors = embedder.embed([question, *without])
    return Probes(
        whole=vectors[0],
        without=vectors[1:],
        alone=embedder.embed([question[start:end] for (start, end), _ in asked]),
        weights=weights,
        absent=float(weights @ is_unknown),
    )


def probe_texts(question: str) -> list[str]:
    """Return every text whose vector `probe` may ask for, whatever the SOPs, and the question itself."""
    places = [match.span() for match in WORD.finditer(question)]
    without = [_without(question, place) for place in places]
    return [question, *without, *(question[start:end] for start, end in places)]


def signals_of(question: Vectors, probes: Probes, shown: Vectors, near: Vectors, foreign: Vectors) -> Signals:
    """Return the signals of a search whose question has this vector [d].

    `shown` [m, d] are the windows of the first three passages, `near` [k, d] of all that were weighed, `foreign` [f, d]
    the vectors of coach.foreign.passages(). Where nothing was found, its nearness is 0.
    """
    if not len(shown):
        return Signals(
            window=0.0, foreign=_mean_of_best(foreign @ question), needed=0.0, alone=0.0, absent=probes.absent
        )
    lost = (near @ probes.whole).max() - (near @ probes.without.T).max(axis=0)
    return Signals(
        window=float((shown @ question).max()),
        foreign=_mean_of_best(foreign @ question),
        needed=float(lost @ probes.weights),
        alone=float((shown @ probes.alone.T).max(axis=0) @ probes.weights),
        absent=probes.absent,
    )


def _without(question: str, place: tuple[int, int]) -> str:
    return f"{question[: place[0]]}{question[place[1] :]}".strip() or question


def _mean_of_best(cosines: Vectors) -> float:
    return float(np.sort(cosines)[-NEAREST_FOREIGN:].mean()) if len(cosines) else 0.0
