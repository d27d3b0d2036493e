"""Owns a question's way to embedders outside: what they are told of it, and what stands in while one fails."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from coach.embed import Embedder, Vectors
from coach.outgoing import STAND_IN, hidden
from metrics.people import Person

# With what reading takes, a question whose embedder fails has its passages by words within five.
QUESTION_SECONDS = 4.0


@dataclass(frozen=True)
class NoVectors:
    """An embedder that says nothing of any text: every vector is zero."""

    dimensions: int
    id: str = "none"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return zeros."""
        return np.zeros((len(texts), self.dimensions), dtype=np.float32)


@dataclass(frozen=True)
class HoldingNothing:
    """An embedder outside, asked while `session`, one for reading, holds no connection: others need those."""

    embedder: Embedder
    session: Session

    @property
    def id(self) -> str:
        """As the embedder's."""
        return self.embedder.id

    @property
    def dimensions(self) -> int:
        """As the embedder's."""
        return self.embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the embedder's vectors. Raises EmbedderFault."""
        let_go(self.session)
        return self.embedder.embed(texts)


def let_go(session: Session) -> None:
    """Give the connection of a session for reading back until it is needed again; what it read stays read."""
    session.commit()


def roster_names(session: Session) -> Sequence[str]:
    """Return the full names of everybody on the roster, whom nobody outside is told of."""
    return session.scalars(select(Person.name).where(Person.is_listed)).all()


def without_people(question: str, names: Collection[str]) -> str:
    """Return a question without the people and the numbers that a model outside would not be told either.

    Nothing stands in their place: a stand-in would be taken for a word that no SOP holds.
    """
    return " ".join(STAND_IN.sub(" ", hidden([question], names).texts[0]).split())
