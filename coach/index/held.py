"""Owns the choice of the index a search goes through: the one given while it answers rightly, else exact search."""

import numpy as np
import structlog

from coach.index.exact import ExactIndex
from coach.index.port import Content, Index, OnStep

MAX_COLLECTIONS = 8
SAME_VECTOR = 0.9999

log = structlog.get_logger()


def index_holding(content: Content, index: Index | None, on_step: OnStep, canaries: int | None) -> Index:
    """Return an index that holds `content`: the one given, brought up to it, or an exact one.

    As many `canaries` of each audience must find themselves in it, None for every window; else it is rebuilt, and if
    that does not help, exact search takes over. It also does where there are more audiences than collections may be.
    """
    if index is None or len(content.groups) > MAX_COLLECTIONS:
        return exact_index(content)
    if index.stamp() != content.stamp:
        index.catch_up(content, on_step)
    if finds_itself(index, content, canaries):
        return index
    log.warning("index_rebuilt", windows=content.size)
    index.drop()
    index.catch_up(content, on_step)
    if finds_itself(index, content, canaries):
        return index
    log.error("index_unusable", windows=content.size)
    return exact_index(content)


def exact_index(content: Content) -> Index:
    """Return an exact index over what is in memory already."""
    exact = ExactIndex()
    exact.catch_up(content)
    return exact


def finds_itself(index: Index, content: Content, canaries: int | None = None) -> bool:
    """Say whether windows are their own nearest neighbour, or one just like them is: all, or some of each audience.

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
