"""Owns search on somebody's behalf: the only way to read SOPs for a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coach.asked import MOST_PARTS, About, parts_of, spelt_out
from coach.candidates import View
from coach.conversation import Turn, stands_alone, with_earlier_turns
from coach.embed import Embedder, Vectors, encode
from coach.index.port import Index, OnStep, ignore
from coach.lexical import LexicalIndex, Scores
from coach.loaded import Loaded, Newest
from coach.passage_vectors import halves
from coach.rank import WEIGHTS, Ranking, Rows, Weights, rank, with_each
from coach.signals import Signals, probe
from coach.snapshot import Snapshot
from coach.tables import PassageVector, SopDocument, SopPassage, SopSection
from metrics.policy import Action, Asker, Audience, may

CANARIES = 20
CONSIDERED = 10
NO_TERMS: Mapping[str, str] = {}
ANYBODY = About()


def no_parts(_: str) -> Sequence[str]:
    """Return no parts of a question."""
    return ()


@dataclass(frozen=True, eq=False)
class FoundPassage:
    """A passage the asker may read. `text` is the document's own characters; a higher `score` is better.

    `site` is the only place it holds for, None where it holds everywhere.
    """

    passage_id: int
    score: float
    file: str
    title: str
    heading_path: tuple[str, ...]
    text: str
    owner: str | None
    version: str | None
    review_on: date | None
    sentence_vectors: Vectors
    site: str | None = None

    @property
    def headings(self) -> tuple[str, ...]:
        """The document's title and the heading path; the last is the section's own heading."""
        return (self.title, *self.heading_path)


@dataclass(frozen=True)
class Considered:
    """A passage the search weighed and the asker may read, with each of its signals by name, `fused` among them."""

    passage_id: int
    file: str
    heading_path: tuple[str, ...]
    scores: dict[str, float]


@dataclass(frozen=True)
class Found:
    """What a search brought: passages best first, the gate signal, and the question itself with its vector.

    `confidence` (0-1) is the probability that the passages answer it, computed from `signals`.

    A follow-up is searched with the turns before it, yet its quotes are chosen by its own words: `vector` is of these,
    spelt out. `considered` are the best ten, or as many as were asked for.
    """

    passages: tuple[FoundPassage, ...]
    signal: float
    question: str
    vector: Vectors
    is_follow_up: bool
    generation: int
    signals: Signals
    confidence: float
    lexical: LexicalIndex
    considered: tuple[Considered, ...] = ()


class Library:
    """The company's SOPs as one process sees them; follows the newest generation in SQL."""

    def __init__(self, embedder: Embedder, index: Index | None = None, token_folder: Path | None = None) -> None:
        """Search through `index`, or exactly; map token states from a file in `token_folder`, or read them from SQL."""
        self._embedder = embedder
        self._newest = Newest(embedder, index, token_folder)

    def refresh(self, session: Session, on_step: OnStep = ignore, canaries: int | None = CANARIES) -> Snapshot:
        """Load the newest generation if it is not loaded yet, and bring index and token file up to it.

        As many `canaries` of each audience must find themselves in the index, None for every window.

        Raises NotReady before the first apply, or when the SOPs must be applied again for this Coach.
        """
        return self._newest.get(session, on_step, canaries).snapshot

    def find(
        self,
        session: Session,
        asker: Asker,
        question: str,
        history: Sequence[Turn] = (),
        limit: int = 3,
        about: About = ANYBODY,
        glossary: Mapping[str, str] = NO_TERMS,
        weights: Weights = WEIGHTS,
    ) -> Found:
        """Return the passages nearest to a question among those `asker` may read, at most `limit`.

        `about` prefers what fits the asker among passages that answer alike; `glossary` maps the company's terms to
        what they stand for; `weights` other than the shipped ones are for measuring. Raises NotReady as `refresh`.
        """
        loaded = self._newest.get(session, ignore, CANARIES)
        readable = [key for key in loaded.snapshot.audiences if may(asker, Action.READ_SOP, Audience.from_key(key))]
        search = _Search(self._embedder, _view(session, loaded, readable), about, glossary, weights)
        alone = search.asked(question, parts_of)
        searched, is_follow_up = alone, False
        joined = with_earlier_turns(question, history)
        if joined is not None:
            # What was asked before was answered before: it is no part of what is asked now.
            together = search.asked(joined, no_parts)
            is_follow_up = not stands_alone(question, alone.ranking.best_score, together.ranking.best_score)
            searched = together if is_follow_up else searched
        signals = search.signals(searched)
        passages, considered = _read(session, loaded, search.view, searched.ranking, limit)
        return Found(
            passages=passages,
            signal=searched.ranking.signal,
            question=question,
            vector=alone.vector,
            is_follow_up=is_follow_up,
            generation=loaded.snapshot.generation,
            signals=signals,
            confidence=loaded.snapshot.calibration.confidence(signals),
            lexical=loaded.snapshot.lexical,
            considered=considered,
        )


@dataclass(frozen=True, eq=False)
class _Searched:
    """A text, its vector, and the passages for it."""

    text: str
    vector: Vectors
    ranking: Ranking


@dataclass(frozen=True, eq=False)
class _Search:
    """Searches of one asker in one generation."""

    embedder: Embedder
    view: View
    about: About
    glossary: Mapping[str, str]
    weights: Weights

    def asked(self, question: str, parts_in: Callable[[str], Sequence[str]]) -> _Searched:
        """Rank a question; of the several things it may ask, `parts_in` it, the best passage for each is among the
        first.

        Its mended words may come from SOPs the asker may not read, so they are for searching alone.
        """
        text = self.view.snapshot.spelling.mended(spelt_out(question, self.glossary), self._is_word)
        firsts = [int(row) for part in parts_in(text) for row in self._ranked(part).ranking.rows[:1]]
        searched = self._ranked(text, firsts)
        return replace(searched, ranking=with_each(searched.ranking, firsts, MOST_PARTS)) if firsts else searched

    def signals(self, searched: _Searched) -> Signals:
        """Return what a search says about its own success."""
        probes = probe(searched.text, self.view.snapshot.lexical, self.embedder)
        return self.view.signals(searched.ranking, searched.vector, probes)

    def _ranked(self, text: str, also: Sequence[int] = ()) -> _Searched:
        asked = encode(self.embedder, [text])[0]
        candidates = self.view.candidates(asked, text, also)
        return _Searched(text, asked.vector, rank(candidates, self._preference(candidates.rows), self.weights))

    def _is_word(self, word: str) -> bool:
        # A model falls to pieces over a word it does not know.
        terms = " ".join(chain.from_iterable(self.glossary.items())).lower().split()
        return word in terms or encode(self.embedder, [word])[0].pieces.size <= 1

    def _preference(self, rows: Rows) -> Scores:
        snapshot = self.view.snapshot
        roles = [Audience.from_key(key).roles for key in snapshot.audiences]
        return np.array(
            [self.about.preference(roles[snapshot.audience_of[row]], snapshot.sites[row]) for row in rows],
            dtype=np.float32,
        )


def _view(session: Session, loaded: Loaded, readable: Sequence[str]) -> View:
    return View(
        snapshot=loaded.snapshot,
        index=loaded.index,
        audiences=readable,
        allowed=loaded.snapshot.rows_of(readable),
        states_of=lambda rows: loaded.states(session, rows),
    )


def _read(
    session: Session, loaded: Loaded, view: View, ranking: Ranking, limit: int
) -> tuple[tuple[FoundPassage, ...], tuple[Considered, ...]]:
    # The audience is asked of SQL once more: it is the truth, whatever the index or this snapshot still hold.
    snapshot = loaded.snapshot
    rows = ranking.rows[: max(limit, CONSIDERED)]
    stored = {
        row.id: row
        for row in session.execute(
            select(
                SopPassage.id,
                SopDocument.file,
                SopDocument.title,
                SopSection.heading_path,
                func.substr(SopDocument.text, SopPassage.start + 1, SopPassage.end - SopPassage.start).label("text"),
                SopSection.owner,
                SopSection.version,
                SopSection.review_on,
                SopSection.site,
                PassageVector.sentence_vectors,
            )
            .join(SopSection, SopPassage.section_id == SopSection.id)
            .join(SopDocument, SopSection.document_id == SopDocument.id)
            .join(PassageVector, PassageVector.text_hash == SopPassage.text_hash)
            .where(
                SopPassage.id.in_([int(passage_id) for passage_id in snapshot.ids[rows]]),
                SopDocument.audience.in_(view.audiences),
                PassageVector.embedder_id == snapshot.embedder_id,
            )
        )
    }
    read = [
        (stored[passage_id], place)
        for place, passage_id in enumerate(snapshot.ids[rows].tolist())
        if passage_id in stored
    ]
    passages = [
        FoundPassage(
            passage_id=row.id,
            score=round(float(ranking.scores[place]), 4),
            file=row.file,
            title=row.title,
            heading_path=tuple(row.heading_path),
            text=row.text,
            owner=row.owner,
            version=row.version,
            review_on=row.review_on,
            site=row.site,
            sentence_vectors=halves(row.sentence_vectors, snapshot.tokens.dimensions),
        )
        for row, place in read[:limit]
    ]
    considered = [
        Considered(row.id, row.file, tuple(row.heading_path), ranking.candidates.signals_at(int(ranking.places[place])))
        for row, place in read
    ]
    return tuple(passages), tuple(considered)
