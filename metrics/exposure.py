"""Owns what sums give away: whether the part of one person, or of a few, follows from sums over people by algebra."""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

SEED = 6
MORE_THAN_NEEDED = 2
# Of the largest eigenvalue, and of a probe of standard normal numbers; what is zero comes out below a millionth of it.
NOTHING_OF_LARGEST, NOTHING = 1e-12, 1e-6


def first_exposing(sums: Sequence[tuple[Hashable, int]], owner_of: NDArray[np.int_], known_safe: int = 0) -> int | None:
    """Return the place of the first sum that gives an owner away together with those before it, None for no such sum.

    Sums come with the group they are of; each is a set of units as bits of an integer, stretch after stretch of time
    with a bit for each person. Those of one group lie within one another or apart. `owner_of` says by stretch and
    person whose a unit is. The first `known_safe` sums are known to give nobody away.
    """

    def is_exposing(place: int) -> bool:
        return any(
            is_anybody_exposed(_matrix(rows, owner_of.size), owner_of.ravel())
            for rows in _apart(sums[: place + 1], owner_of.shape[1])
        )

    if len(sums) <= known_safe or not is_exposing(len(sums) - 1):
        return None
    return bisect_left(range(len(sums)), True, lo=known_safe, key=is_exposing)


def is_anybody_exposed(sums: NDArray[np.bool_], owner_of: NDArray[np.int_]) -> bool:
    """Say whether any weighted sum of `sums` rests on what belongs to one owner alone.

    Each row of `sums` is a sum that is known, and says which units it takes in; `owner_of` says whose each unit is.
    Once true, it stays so with more sums.

    It is the audit of sums of Chin and Özsoyoğlu 1982, "Auditing and inference control in statistical databases". Some
    vector of the row space has weight nowhere but on an owner's units exactly where the null space, restricted to
    these, does not fill their dimensions. The null space is known by a few random vectors in it, which miss a dimension
    with probability 0.
    """
    is_summed = sums.any(axis=0)
    kinds, kind_of = _kinds(sums[:, is_summed])
    owner, is_owned = _owners(kind_of, owner_of[is_summed], kinds.shape[1])
    owned = np.flatnonzero(is_owned)
    owned = owned[np.argsort(owner[owned], kind="stable")]
    _, first, sizes = np.unique(owner[owned], return_index=True, return_counts=True)
    probes = _probes_of_null_space(kinds.astype(float), int(sizes.max(initial=0)) + MORE_THAN_NEEDED)
    for size in np.unique(sizes):
        blocks = probes[owned[first[sizes == size][:, None] + np.arange(size)]]
        if (np.linalg.eigvalsh(blocks @ blocks.transpose(0, 2, 1))[:, 0] < NOTHING**2).any():
            return True
    return False


def _kinds(columns: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int_]]:
    """Return the different columns, and which of them each column is: units of one kind no sum tells apart."""
    packed = np.ascontiguousarray(np.packbits(columns, axis=0).T)
    _, first, kind_of = np.unique(packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_inverse=True)
    return columns[:, first], kind_of


def _owners(
    kind_of: NDArray[np.int_], owner_of: NDArray[np.int_], kinds: int
) -> tuple[NDArray[np.int_], NDArray[np.bool_]]:
    """Return an owner of each kind, and whether it is the only one."""
    lowest, highest = np.full(kinds, np.iinfo(int).max), np.full(kinds, -1)
    np.minimum.at(lowest, kind_of, owner_of)
    np.maximum.at(highest, kind_of, owner_of)
    return lowest, lowest == highest


def _probes_of_null_space(rows: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    """Return random vectors, one a column, that every row is orthogonal to."""
    # np.einsum works in one thread; a matrix product of this size would keep every core busy waiting.
    values, vectors = np.linalg.eigh(np.einsum("ik,jk->ij", rows, rows))
    is_something = values > NOTHING_OF_LARGEST * values[-1]
    basis = np.einsum("ij,ik->jk", vectors[:, is_something] / np.sqrt(values[is_something]), rows)
    probes = np.random.default_rng(SEED).standard_normal((rows.shape[1], number))
    for _ in range(2):  # The second time takes what rounding left.
        probes -= np.einsum("jk,jp->kp", basis, np.einsum("jk,kp->jp", basis, probes))
    return probes


def _apart(sums: Sequence[tuple[Hashable, int]], width: int) -> Iterable[list[int]]:
    """Return sums from which the given ones can be had and that can be had from them, in lists that share no stretch.

    What smaller sums of a group take in is taken out of the larger. Most sums are then of one stretch.
    """
    by_group: dict[Hashable, list[int]] = {}
    for group, units in sums:
        by_group.setdefault(group, []).append(units)
    parts: list[tuple[int, list[int]]] = []
    for of_group in by_group.values():
        known = 0
        for units in sorted(of_group, key=int.bit_count):
            if rest := units & ~known:
                stretches = _stretches_of(rest, width)
                together = [part for part in parts if part[0] & stretches]
                parts = [part for part in parts if not part[0] & stretches]
                rows = [row for _, its_rows in together for row in its_rows]
                parts.append((stretches | sum(its for its, _ in together), [*rows, rest]))
            known |= units
    return [rows for _, rows in parts]


def _stretches_of(units: int, width: int) -> int:
    found, place = 0, 0
    while units:
        if units & ((1 << width) - 1):
            found |= 1 << place
        units >>= width
        place += 1
    return found


def _matrix(rows: Sequence[int], size: int) -> NDArray[np.bool_]:
    octets = -(-size // 8)
    packed = np.frombuffer(b"".join(row.to_bytes(octets, "little") for row in rows), dtype=np.uint8)
    return np.unpackbits(packed.reshape(-1, octets), axis=1, count=size, bitorder="little").astype(bool)
