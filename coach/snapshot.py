"""Owns Snapshot: one generation of SOPs in memory, ready to be ranked."""

import hashlib
from dataclasses import dataclass

import numpy as np
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

    `ids` [n], `vectors` float32 [n, d], `audiences` the audience key of each row; `generation` 0 holds nothing.
    """

    generation: int
    embedder_id: str
    ids: Passages
    vectors: Vectors
    audiences: tuple[str, ...]
    lexical: LexicalIndex
    calibration: Calibration

    def content(self) -> Content:
        """Return what an index must hold for this snapshot; equal content has an equal stamp."""
        digest = hashlib.sha256(self.embedder_id.encode())
        digest.update(self.ids.tobytes())
        digest.update("\n".join(self.audiences).encode())
        digest.update(self.vectors.tobytes())
        keys = np.array(self.audiences)
        groups = {}
        for audience in dict.fromkeys(self.audiences):
            rows = keys == audience
            groups[audience] = (self.ids[rows], self.vectors[rows])
        return Content(digest.hexdigest(), groups)


def current_generation(session: Session) -> SopGeneration | None:
    """Return the newest generation, None before the first apply."""
    return session.scalars(select(SopGeneration).order_by(SopGeneration.number.desc()).limit(1)).one_or_none()


def load_snapshot(session: Session, generation: SopGeneration) -> Snapshot:
    """Read all passages of the newest generation with their vectors."""
    rows = session.execute(
        select(SopPassage.id, SopPassage.search_text, SopDocument.audience, PassageVector.vector)
        .join(SopSection, SopPassage.section_id == SopSection.id)
        .join(SopDocument, SopSection.document_id == SopDocument.id)
        .join(PassageVector, PassageVector.text_hash == SopPassage.text_hash)
        .where(PassageVector.embedder_id == generation.embedder_id)
        .order_by(SopPassage.id)
    ).all()
    return Snapshot(
        generation=generation.number,
        embedder_id=generation.embedder_id,
        ids=np.array([row.id for row in rows], dtype=np.int64),
        vectors=np.frombuffer(b"".join(row.vector for row in rows), dtype=np.float32).reshape(len(rows), -1)
        if rows
        else np.zeros((0, 1), dtype=np.float32),
        audiences=tuple(row.audience for row in rows),
        lexical=LexicalIndex([row.search_text for row in rows]),
        calibration=Calibration.from_json(generation.calibration) if generation.calibration else FIXED,
    )
