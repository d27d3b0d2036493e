"""Whether something about one owner follows from known sums."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from metrics.exposure import is_anybody_exposed
from tests.strategies import many


@pytest.mark.parametrize(
    ("sums", "owner_of", "is_exposed"),
    [
        (["1111"], [0, 1, 2, 3], False),
        (["1000"], [0, 1, 2, 3], True),
        (["1111", "0111"], [0, 1, 2, 3], True),
        (["1111", "0011"], [0, 1, 2, 3], False),
        (["1111", "0011"], [0, 1, 2, 2], True),
        # a + b - everybody is who is in both.
        (["11111", "11100", "00111"], [0, 1, 2, 3, 4], True),
        (["110", "011", "101"], [0, 1, 2], True),
        # The last column is told apart only together with the one before it, which has another owner, or the same.
        (["1111", "1100"], [0, 1, 2, 3], False),
        (["1111", "1100"], [0, 1, 3, 3], True),
        # Only half of the first owner's units follow, weighted: (1, -1, 0, 0).
        (["1010", "0110"], [0, 0, 1, 1], True),
        (["0000"], [0, 1, 2, 3], False),
    ],
)
def test_what_follows_is_found(sums, owner_of, is_exposed):
    rows = np.array([[bit == "1" for bit in row] for row in sums])
    assert is_anybody_exposed(rows, np.array(owner_of)) is is_exposed


@many
@given(
    arrays.arrays(bool, st.tuples(st.integers(1, 9), st.just(12))),
    arrays.arrays(int, 12, elements=st.integers(0, 7)),
)
def test_it_is_what_the_ranks_say(rows, owner_of):
    rank = np.linalg.matrix_rank(rows.astype(float))
    lost = [np.linalg.matrix_rank(rows[:, owner_of != owner].astype(float)) < rank for owner in set(owner_of)]
    assert is_anybody_exposed(rows, owner_of) == any(lost)
