"""Owns search on somebody's behalf: the only way to read SOPs for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from coach.asked import About
from coach.candidates import View
from coach.conversation import Turn, with_earlier_turns
from coach.documents import heading_line
from coach.embed import Embedder, EmbedderFault, HostedEmbedder, TokenEmbedder, Vectors
from coach.hosted import QUESTION_SECONDS, HoldingNothing, NoVectors, let_go, roster_names, without_people
from coach.index.exact import ExactIndex
from coach.index.port import Index, OnStep, ignore
from coach.lexical import LexicalIndex
from coach.loaded import Loaded, Newest
from coach.passage_vectors import halves
from coach.rank import LETTERS_ALONE, WEIGHTS, WITHOUT_STATES, Ranking, Rows, Weights, in_order
from coach.reranking import RERANKED, Reranker
from coach.searching import Search, Searched
from coach.signals import Signals
from coach.snapshot import Snapshot
from coach.tables import PassageVector, SopDocument, SopPassage, SopSection
from metrics.policy import Action, Asker, Audience, may

CANARIES = 20
CONSIDERED = 10
NO_TERMS: Mapping[str, str] = {}
ANYBODY = About()

log = structlog.get_logger()


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
    spelt out. `considered` are the best ten, or as many as were asked for. `has_parts` says that several things are
    asked.

    `is_degraded` says that a hosted embedder failed: the passages are by letters alone, and no signal tells whether
    they answer the question.
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
    has_parts: bool = False
    is_degraded: bool = False


class Library:
    """The company's SOPs as one process sees them; follows the newest generation in SQL."""

    def __init__(
        self,
        embedder: Embedder,
        index: Index | None = None,
        token_folder: Path | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """Search through `index`, or exactly; map token states from a file in `token_folder`, or read them from SQL."""
        self._embedder = embedder
        self._reranker = reranker
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
        weights: Weights | None = None,
    ) -> Found:
        """Return the passages nearest to a question among those `asker` may read, at most `limit`.

        `session`, one for reading, holds no connection while an embedder outside or a reranker is waited for.
        `about` prefers what fits the asker among passages that answer alike; `glossary` maps the company's terms to
        what they stand for; `weights` other than the shipped ones are for measuring. Raises NotReady as `refresh`.
        """
        loaded = self._newest.get(session, ignore, CANARIES)
        readable = [key for key in loaded.snapshot.audiences if may(asker, Action.READ_SOP, Audience.from_key(key))]
        view = _view(session, loaded, readable)
        try:
            search = self._search(session, view, about, glossary, weights)
            return _found(session, search, question, history, limit, self._reranker)
        except EmbedderFault as fault:
            log.warning("embedder_failed", code=fault.code.value)
        blind = NoVectors(self._embedder.dimensions)
        search = Search(blind, replace(view, index=ExactIndex()), about, glossary, LETTERS_ALONE)
        return replace(_found(session, search, question, history, limit, None), is_degraded=True)

    def _search(
        self, session: Session, view: View, about: About, glossary: Mapping[str, str], weights: Weights | None
    ) -> Search:
        own_weights = WEIGHTS if isinstance(self._embedder, TokenEmbedder) else WITHOUT_STATES
        if not isinstance(self._embedder, HostedEmbedder):
            return Search(self._embedder, view, about, glossary, weights or own_weights)
        names = roster_names(session)
        hurried = HoldingNothing(self._embedder.within(QUESTION_SECONDS), session)
        return Search(hurried, view, about, glossary, weights or own_weights, lambda text: without_people(text, names))


def _view(session: Session, loaded: Loaded, readable: Sequence[str]) -> View:
    return View(
        snapshot=loaded.snapshot,
        index=loaded.index,
        audiences=readable,
        allowed=loaded.snapshot.rows_of(readable),
        states_of=lambda rows: loaded.states(session, rows),
    )


def _found(
    session: Session,
    search: Search,
    question: str,
    history: Sequence[Turn],
    limit: int,
    reranker: Reranker | None,
) -> Found:
    snapshot = search.view.snapshot
    alone = search.asked(question)
    joined = with_earlier_turns(question, history)
    searched, is_follow_up = (alone, False) if joined is None else search.asked_after(question, alone, joined)
    stored = _stored(session, search.view, searched.ranking.rows[: max(limit, RERANKED if reranker else CONSIDERED)])
    reranked: dict[int, float] = {}
    if reranker is not None:
        let_go(session)
        searched, reranked = _reranked(reranker, search, searched, stored)
    signals = search.signals(searched)
    passages, considered = _read(stored, search.view, searched.ranking, limit, reranked)
    return Found(
        passages=passages,
        signal=searched.ranking.signal,
        question=question,
        vector=alone.vector,
        is_follow_up=is_follow_up,
        generation=snapshot.generation,
        signals=signals,
        confidence=snapshot.calibration.confidence(signals),
        lexical=search.lexical,
        considered=considered,
        has_parts=bool(alone.firsts),
    )


def _reranked(
    reranker: Reranker, search: Search, searched: Searched, stored: Mapping[int, Row[Any]]
) -> tuple[Searched, dict[int, float]]:
    """Return a search in the reranker's order and its scores by passage id, none where it failed.

    It is given passages alone that SQL says the asker may read.
    """
    ids = search.view.snapshot.ids
    rows = [int(row) for row in searched.ranking.rows if int(ids[row]) in stored][:RERANKED]
    read = [stored[int(ids[row])] for row in rows]
    texts = [f"{heading_line(row.title, row.heading_path)}\n{row.text}" for row in read]
    scores = reranker(search.told(searched.text), texts) if texts else None
    if scores is None:
        return searched, {}
    first = [rows[place] for place in np.argsort(-scores, kind="stable")]
    by_id = {row.id: float(score) for row, score in zip(read, scores, strict=True)}
    return replace(searched, ranking=in_order(searched.ranking, first)), by_id


def _stored(session: Session, view: View, rows: Rows) -> dict[int, Row[Any]]:
    """Return what SQL holds of these rows by passage id."""
    # The audience is asked of SQL once more: it is the truth, whatever the index or this snapshot still hold.
    snapshot = view.snapshot
    return {
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


def _read(
    stored: Mapping[int, Row[Any]], view: View, ranking: Ranking, limit: int, reranked: Mapping[int, float]
) -> tuple[tuple[FoundPassage, ...], tuple[Considered, ...]]:
    snapshot = view.snapshot
    rows = ranking.rows[: max(limit, CONSIDERED)]
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
    considered = []
    for row, place in read:
        scores = ranking.candidates.signals_at(int(ranking.places[place]))
        if row.id in reranked:
            scores["rerank"] = reranked[row.id]
        considered.append(Considered(row.id, row.file, tuple(row.heading_path), scores))
    return tuple(passages), tuple(considered)
