"""Owns Snapshot: one generation of SOPs in memory, ready to be ranked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.calibrate import FIXED, Calibration
from coach.embed import Vectors
from coach.index.port import Content, Passages
from coach.lexical import LexicalIndex
from coach.tables import PassageVector, SopDocument, SopGeneration, SopPassage, SopSection


@dataclass(frozen=True)
class Snapshot:
    """All passages of a generation, row by row in the order of their ids.

    `ids` [n], `vectors` float32 [n, d], `audience_of` [n] the place of each row's audience key in `audiences`.
    """

    generation: int
    embedder_id: str
    ids: Passages
    vectors: Vectors
    audiences: tuple[str, ...]
    audience_of: NDArray[np.intp]
    lexical: LexicalIndex
    calibration: Calibration

    def content(self) -> Content:
        """Return what an index must hold for this snapshot; equal content has an equal stamp."""
        digest = hashlib.sha256(self.embedder_id.encode())
        digest.update(self.ids.tobytes())
        digest.update("\n".join(self.audiences).encode())
        digest.update(self.audience_of.tobytes())
        digest.update(self.vectors.tobytes())
        groups = {}
        for place, audience in enumerate(self.audiences):
            rows = self.audience_of == place
            groups[audience] = (self.ids[rows], self.vectors[rows])
        return Content(digest.hexdigest(), groups)

    def rows_with(self, passage_ids: Sequence[int]) -> NDArray[np.intp]:
        """Return the rows of these passages, in row order; ids it does not hold are passed over."""
        return np.flatnonzero(np.isin(self.ids, passage_ids))

    def rows_of(self, audiences: Sequence[str]) -> NDArray[np.intp]:
        """Return the rows whose audience is one of these keys."""
        places = [place for place, audience in enumerate(self.audiences) if audience in audiences]
        return np.flatnonzero(np.isin(self.audience_of, places))


def current_generation(session: Session) -> SopGeneration | None:
    """Return the newest generation, None before the first apply."""
    return session.scalars(select(SopGeneration).order_by(SopGeneration.number.desc()).limit(1)).one_or_none()


def load_snapshot(session: Session, generation: SopGeneration, dimensions: int) -> Snapshot:
    """Read all passages of the newest generation with their vectors of so many dimensions."""
    rows = session.execute(
        select(SopPassage.id, SopPassage.search_text, SopDocument.audience, PassageVector.vector)
        .join(SopSection, SopPassage.section_id == SopSection.id)
        .join(SopDocument, SopSection.document_id == SopDocument.id)
        .join(PassageVector, PassageVector.text_hash == SopPassage.text_hash)
        .where(PassageVector.embedder_id == generation.embedder_id)
        .order_by(SopPassage.id)
    ).all()
    audiences = sorted({row.audience for row in rows})
    place_of = {audience: place for place, audience in enumerate(audiences)}
    return Snapshot(
        generation=generation.number,
        embedder_id=generation.embedder_id,
        ids=np.array([row.id for row in rows], dtype=np.int64),
        vectors=np.frombuffer(b"".join(row.vector for row in rows), dtype=np.float32).reshape(len(rows), dimensions),
        audiences=tuple(audiences),
        audience_of=np.array([place_of[row.audience] for row in rows], dtype=np.intp),
        lexical=LexicalIndex([row.search_text for row in rows]),
        calibration=Calibration.from_json(generation.calibration) if generation.calibration else FIXED,
    )
