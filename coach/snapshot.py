"""Owns Snapshot: one generation of SOPs in memory, ready to be ranked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.calibrate import Calibration
from coach.embed import Vectors
from coach.grams import GramIndex
from coach.index.port import Content, WindowIds
from coach.lexical import LexicalIndex, Scores
from coach.passage_vectors import halves
from coach.rank import Rows
from coach.rerank import PieceRarity
from coach.spelling import Spelling
from coach.tables import PassageVector, SopDocument, SopGeneration, SopPassage, SopSection
from coach.tokens import Tokens
from coach.windows import MAX_WINDOWS
from metrics.policy import EVERYONE_KEY


@dataclass(frozen=True)
class Snapshot:
    """All passages of a generation, n rows in the order of their ids, but for their token states.

    `vectors` [n, d] are of whole passages, `windows` [w, d] of their windows, those of row r from `first_window[r]` on
    (which has n + 1 entries). `audience_of` [n] is the place of each row's audience key in `audiences`, `sites` names
    where a row holds, None for everywhere. `foreign` [f, d] are the vectors of texts that are no company's.
    """

    generation: int
    embedder_id: str
    ids: NDArray[np.int64]
    vectors: Vectors
    windows: Vectors
    first_window: Rows
    audiences: tuple[str, ...]
    audience_of: Rows
    sites: tuple[str | None, ...]
    lexical: LexicalIndex
    grams: GramIndex
    spelling: Spelling
    rarity: PieceRarity
    tokens: Tokens
    foreign: Vectors
    calibration: Calibration

    @cached_property
    def content(self) -> Content:
        """What an index must hold for this snapshot; equal content has an equal stamp."""
        window_ids, row_of = self._window_ids()
        digest = hashlib.sha256(self.embedder_id.encode())
        digest.update(window_ids.tobytes())
        digest.update("\n".join(self.audiences).encode())
        digest.update(self.audience_of.tobytes())
        digest.update(self.windows.tobytes())
        groups = {}
        for place, audience in enumerate(self.audiences):
            chosen = self.audience_of[row_of] == place
            groups[audience] = (window_ids[chosen], self.windows[chosen])
        return Content(digest.hexdigest(), groups)

    def rows_with(self, window_ids: Sequence[int], limit: int) -> Rows:
        """Return the rows of the first `limit` passages these windows are of; ids it does not hold are passed over."""
        passage_ids = np.fromiter(dict.fromkeys(window_id // MAX_WINDOWS for window_id in window_ids), dtype=np.int64)
        wanted = np.sort(passage_ids[:limit])
        rows = np.searchsorted(self.ids, wanted)
        is_held = rows < self.ids.size
        is_held[is_held] = self.ids[rows[is_held]] == wanted[is_held]
        return rows[is_held]

    def rows_of(self, audiences: Sequence[str]) -> Rows:
        """Return the rows whose audience is one of these keys."""
        is_wanted = np.array([audience in audiences for audience in self.audiences], dtype=bool)
        return np.flatnonzero(is_wanted[self.audience_of])

    def windows_of(self, rows: Rows) -> Vectors:
        """Return the window vectors of these rows, one row after the other."""
        return self.windows[self._places(rows)]

    def window_cosines(self, rows: Rows, vector: Vectors) -> Scores:
        """Return the cosine of each row's nearest window to a vector."""
        if not rows.size:
            return np.zeros(0, dtype=np.float32)
        counts = self.first_window[rows + 1] - self.first_window[rows]
        return np.maximum.reduceat(self.windows_of(rows) @ vector, np.append(0, np.cumsum(counts)[:-1]))

    def _places(self, rows: Rows) -> Rows:
        spans = [np.arange(self.first_window[row], self.first_window[row + 1]) for row in rows]
        return np.concatenate(spans) if spans else np.zeros(0, dtype=np.intp)

    def _window_ids(self) -> tuple[WindowIds, Rows]:
        counts = np.diff(self.first_window)
        row_of = np.repeat(np.arange(self.ids.size), counts)
        place = np.arange(len(self.windows)) - self.first_window[row_of]
        return self.ids[row_of] * MAX_WINDOWS + place, row_of


def current_generation(session: Session) -> SopGeneration | None:
    """Return the newest generation, None before the first apply."""
    return session.scalars(select(SopGeneration).order_by(SopGeneration.number.desc()).limit(1)).one_or_none()


def load_snapshot(session: Session, generation: SopGeneration, dimensions: int) -> Snapshot:
    """Read all passages of the newest generation with their vectors of so many dimensions."""
    rows = session.execute(
        select(
            SopPassage.id,
            SopPassage.search_text,
            SopPassage.text_hash,
            SopDocument.audience,
            SopSection.site,
            PassageVector.vector,
            PassageVector.window_vectors,
            PassageVector.pieces,
        )
        .join(SopSection, SopPassage.section_id == SopSection.id)
        .join(SopDocument, SopSection.document_id == SopDocument.id)
        .join(PassageVector, PassageVector.text_hash == SopPassage.text_hash)
        .where(PassageVector.embedder_id == generation.embedder_id)
        .order_by(SopPassage.id)
    ).all()
    audiences = sorted({row.audience for row in rows})
    place_of = {audience: place for place, audience in enumerate(audiences)}
    texts, keys = [row.search_text for row in rows], [row.audience for row in rows]
    ids = np.array([row.id for row in rows], dtype=np.int64)
    windows = halves(b"".join(row.window_vectors for row in rows), dimensions)
    bytes_a_window = dimensions * np.dtype(np.float16).itemsize
    pieces = [np.frombuffer(row.pieces, dtype=np.int32) for row in rows]
    # What is rare in SOPs closed to some would tell them, by the scores of what they may read, which words stand there.
    open_rows = np.flatnonzero([key == EVERYONE_KEY for key in keys])
    stamp = hashlib.sha256("\n".join([generation.embedder_id, *(f"{row.id} {row.text_hash}" for row in rows)]).encode())
    return Snapshot(
        generation=generation.number,
        embedder_id=generation.embedder_id,
        ids=ids,
        vectors=np.frombuffer(b"".join(row.vector for row in rows), dtype=np.float32).reshape(len(rows), dimensions),
        windows=windows,
        first_window=np.cumsum([0, *(len(row.window_vectors) // bytes_a_window for row in rows)]),
        audiences=tuple(audiences),
        audience_of=np.array([place_of[row.audience] for row in rows], dtype=np.intp),
        sites=tuple(row.site for row in rows),
        lexical=LexicalIndex(texts, keys),
        grams=GramIndex(texts, open_rows),
        spelling=Spelling(texts, keys),
        rarity=PieceRarity([pieces[row] for row in open_rows]),
        tokens=Tokens(stamp.hexdigest(), np.array([each.size for each in pieces], dtype=np.int64), dimensions),
        foreign=halves(generation.foreign_vectors or b"", dimensions),
        calibration=Calibration.from_json(generation.calibration),
    )
