"""Owns the Index port: vectors of windows by audience, a copy of SQL that can always be rebuilt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from coach.embed import Vectors

WindowIds = NDArray[np.int64]


class Step(NamedTuple):
    """How far long work has come: what is being done, how much is done, how much there is."""

    name: str
    done: int
    total: int


OnStep = Callable[[Step], None]


def ignore(_: Step) -> None:
    """Follow nothing."""


class Near(NamedTuple):
    """A window near a query; `cosine` is -1 to 1."""

    window_id: int
    cosine: float


@dataclass(frozen=True)
class Content:
    """What an index must hold: `stamp` names the state, groups map an audience key to ids [n] and vectors [n, d]."""

    stamp: str
    groups: dict[str, tuple[WindowIds, Vectors]]

    @property
    def size(self) -> int:
        """Windows in all groups."""
        return sum(len(ids) for ids, _ in self.groups.values())


class Index(Protocol):
    """Finds the nearest windows among chosen audiences."""

    def stamp(self) -> str | None:
        """Return the state it holds whole, None when it holds none or was interrupted."""

    def catch_up(self, content: Content, on_step: OnStep = ignore) -> None:
        """Make it hold exactly `content`; safe to interrupt and to repeat."""

    def nearest(self, vector: Vectors, audiences: Sequence[str], limit: int) -> list[Near]:
        """Return the `limit` nearest windows of these audiences, nearest first; none for audiences it lacks."""

    def nearest_to_each(self, vectors: Vectors, audience: str) -> list[int | None]:
        """Return the window nearest to each vector in one audience; None where it holds none."""

    def drop(self) -> None:
        """Forget everything, so that the next catch_up writes it all again."""
