"""An embedder that computes each batch once."""

import numpy as np

from coach.embed import WordHashEmbedder
from coach.remembered import Remembered


class Counted(WordHashEmbedder):
    def __init__(self):
        self.batches = 0

    def encode(self, texts):
        self.batches += 1
        return super().encode(texts)


def test_a_batch_is_computed_once_and_another_is_another():
    counted = Counted()
    remembered = Remembered(counted)
    first = remembered.embed(["sick leave", "wifi"])
    assert np.array_equal(remembered.embed(["sick leave", "wifi"]), first)
    assert counted.batches == 1
    assert np.array_equal(remembered.embed(["wifi"])[0], first[1])
    assert counted.batches == 2
    assert remembered.encode(["wifi"]) is remembered.encode(["wifi"])
    assert (remembered.id, remembered.dimensions) == (counted.id, counted.dimensions)
