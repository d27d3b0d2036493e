"""Owns search on somebody's behalf: the only way to read SOPs for a person."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coach import foreign
from coach.conversation import Turn, stands_alone, with_earlier_turns
from coach.embed import Embedder, Vectors
from coach.index.exact import ExactIndex
from coach.index.port import Content, Index, OnStep, ignore
from coach.lexical import LexicalIndex
from coach.rank import GATE_PASSAGES, SHORTLIST, Ranking, Rows, best, rank
from coach.signals import Signals, probe, signals_of
from coach.snapshot import Snapshot, current_generation, load_snapshot
from coach.tables import PassageVector, SopDocument, SopPassage, SopSection
from metrics.errors import NotReady
from metrics.policy import Action, Asker, Audience, may

MAX_COLLECTIONS = 8
CANARIES = 20
SAME_VECTOR = 0.9999

log = structlog.get_logger()


@dataclass(frozen=True, eq=False)
class FoundPassage:
    """A passage the asker may read. `text` is the document's own characters; a higher `score` is better."""

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

    @property
    def headings(self) -> tuple[str, ...]:
        """The document's title and the heading path; the last is the section's own heading."""
        return (self.title, *self.heading_path)


@dataclass(frozen=True)
class Found:
    """What a search brought: passages best first, the gate signal, and the question itself with its vector.

    `confidence` (0-1) is the probability that the passages answer it, computed from `signals`. A follow-up is searched
    with the turns before it, yet its quotes are chosen by its own words.
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


class Library:
    """The company's SOPs as one process sees them; follows the newest generation in SQL."""

    def __init__(self, embedder: Embedder, index: Index | None = None) -> None:
        self._embedder = embedder
        self._index = index
        # Replaced as one, since several threads search.
        self._loaded: tuple[Snapshot, Index] | None = None
        self._loading = threading.Lock()
        self._foreign: Vectors | None = None
        self.is_degraded = False

    def refresh(self, session: Session, on_step: OnStep = ignore, canaries: int | None = CANARIES) -> Snapshot:
        """Load the newest generation if it is not loaded yet, and bring the index up to it.

        While one thread does so, others go on with the generation before.

        As many `canaries` of each audience must find themselves in the index, None for every passage; else it is
        rebuilt, and if that does not help, exact search takes over.

        Raises NotReady before the first apply, or when the SOPs were applied with another embedder.
        """
        return self._newest(session, on_step, canaries)[0]

    def _newest(self, session: Session, on_step: OnStep, canaries: int | None) -> tuple[Snapshot, Index]:
        generation = current_generation(session)
        if generation is None:
            raise NotReady("Coach knows no SOPs yet. Run `coach apply FOLDER` with your company folder first.")
        if generation.embedder_id != self._embedder.id:
            raise NotReady("The SOPs were indexed with another language model. Run `coach apply FOLDER` again.")
        loaded = self._loaded
        if loaded is not None and loaded[0].generation == generation.number:
            return loaded
        if not self._loading.acquire(blocking=loaded is None):
            return loaded or self._newest(session, on_step, canaries)
        try:
            if self._loaded is None or self._loaded[0].generation != generation.number:
                if self._loaded is not None:
                    # The index is about to change under whoever searches meanwhile.
                    self._loaded = self._loaded[0], _exact(self._loaded[0].content())
                snapshot = load_snapshot(session, generation, self._embedder.dimensions)
                self._loaded = snapshot, self._index_holding(snapshot.content(), on_step, canaries)
            return self._loaded
        finally:
            self._loading.release()

    def find(
        self, session: Session, asker: Asker, question: str, history: Sequence[Turn] = (), limit: int = 3
    ) -> Found:
        """Return the passages nearest to a question among those `asker` may read, at most `limit`."""
        snapshot, index = self._newest(session, ignore, CANARIES)
        readable = [key for key in snapshot.audiences if may(asker, Action.READ_SOP, Audience.from_key(key))]
        vector, rows, ranking = self._search(snapshot, index, readable, question, limit)
        searched, is_follow_up = (question, vector, rows), False
        joined = with_earlier_turns(question, history)
        if joined is not None:
            joined_vector, joined_rows, joined_ranking = self._search(snapshot, index, readable, joined, limit)
            is_follow_up = not stands_alone(question, ranking.signal, joined_ranking.signal)
            if is_follow_up:
                searched, ranking = (joined, joined_vector, joined_rows), joined_ranking
        signals = self._signals(snapshot, *searched, ranking)
        return Found(
            passages=_read_passages(session, snapshot, ranking, readable),
            signal=ranking.signal,
            question=question,
            vector=vector,
            is_follow_up=is_follow_up,
            generation=snapshot.generation,
            signals=signals,
            confidence=snapshot.calibration.confidence(signals),
            lexical=snapshot.lexical,
        )

    def _search(
        self, snapshot: Snapshot, index: Index, readable: list[str], text: str, limit: int
    ) -> tuple[Vectors, Rows, Ranking]:
        # Index and words only nominate; every nominee gets both scores.
        vector = self._embedder.embed([text])[0]
        lexical = snapshot.lexical.scores(text)
        allowed = snapshot.rows_of(readable)
        near = snapshot.rows_with([hit.passage_id for hit in index.nearest(vector, readable, SHORTLIST)])
        rows = np.union1d(np.intersect1d(near, allowed), best(allowed, lexical[allowed], SHORTLIST))
        return vector, rows, rank(rows, snapshot.vectors[rows] @ vector, lexical[rows], limit)

    def _signals(self, snapshot: Snapshot, text: str, vector: Vectors, rows: Rows, ranking: Ranking) -> Signals:
        if self._foreign is None:
            self._foreign = self._embedder.embed(foreign.passages())
        probes = probe(text, snapshot.lexical, self._embedder)
        shown = snapshot.vectors[ranking.rows[:GATE_PASSAGES]]
        return signals_of(vector, probes, shown, snapshot.vectors[rows], self._foreign)

    def _index_holding(self, content: Content, on_step: OnStep, canaries: int | None) -> Index:
        exact = _exact(content)
        self.is_degraded = False
        if self._index is None or len(content.groups) > MAX_COLLECTIONS:
            return exact
        if self._index.stamp() != content.stamp:
            self._index.catch_up(content, on_step)
        if finds_itself(self._index, content, canaries):
            return self._index
        log.warning("index_rebuilt", passages=content.size)
        self._index.drop()
        self._index.catch_up(content, on_step)
        if finds_itself(self._index, content, canaries):
            return self._index
        log.error("index_unusable", passages=content.size)
        self.is_degraded = True
        return exact


def _exact(content: Content) -> Index:
    exact = ExactIndex()
    exact.catch_up(content)
    return exact


def finds_itself(index: Index, content: Content, canaries: int | None = None) -> bool:
    """Say whether passages are their own nearest neighbour, or one just like them is: all, or some of each audience.

    An index whose files were deleted under it, or whose writer was ended, answers with wrong neighbours and no error.
    """
    for audience, (ids, vectors) in content.groups.items():
        rows = np.unique(np.linspace(0, len(ids) - 1, min(canaries or len(ids), len(ids))).astype(int))
        vector_of = dict(zip(ids.tolist(), vectors, strict=True))
        for row, nearest in zip(rows, index.nearest_to_each(vectors[rows], audience), strict=True):
            found = None if nearest is None else vector_of.get(nearest)
            if found is None or float(found @ vectors[row]) < SAME_VECTOR:
                return False
    return True


def _read_passages(
    session: Session, snapshot: Snapshot, ranking: Ranking, readable: list[str]
) -> tuple[FoundPassage, ...]:
    # The audience is asked of SQL once more: it is the truth, whatever the index or this snapshot still hold.
    found = {
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
                PassageVector.sentence_vectors,
            )
            .join(SopSection, SopPassage.section_id == SopSection.id)
            .join(SopDocument, SopSection.document_id == SopDocument.id)
            .join(PassageVector, PassageVector.text_hash == SopPassage.text_hash)
            .where(
                SopPassage.id.in_([int(snapshot.ids[row]) for row in ranking.rows]),
                SopDocument.audience.in_(readable),
                PassageVector.embedder_id == snapshot.embedder_id,
            )
        )
    }
    return tuple(
        FoundPassage(
            passage_id=row.id,
            score=round(float(score), 4),
            file=row.file,
            title=row.title,
            heading_path=tuple(row.heading_path),
            text=row.text,
            owner=row.owner,
            version=row.version,
            review_on=row.review_on,
            sentence_vectors=np.frombuffer(row.sentence_vectors, dtype=np.float16)
            .astype(np.float32)
            .reshape(-1, snapshot.vectors.shape[1]),
        )
        for place, score in zip(ranking.rows, ranking.scores, strict=True)
        if (row := found.get(int(snapshot.ids[place]))) is not None
    )
