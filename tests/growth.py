"""How the processor time of a function grows with the text it is given."""

import time
from collections.abc import Callable

FACTOR = 8
ROUNDS = 7
# Eight times the text takes about eight times as long, and 64 times where the time is quadratic.
MOST_GROWTH = 16


def growth(work: Callable[[str], object], piece: str, characters: int, around: str = "{}") -> float:
    """Return how many times as long `work` takes for a text of `characters` as for an eighth of it.

    The text is `piece` over and over, put into `around`.
    """

    def spent_seconds(size: int) -> float:
        text = around.format((piece * size)[:size])
        return min(_once(work, text) for _ in range(ROUNDS))

    return spent_seconds(characters) / spent_seconds(characters // FACTOR)


def _once(work: Callable[[str], object], text: str) -> float:
    begun = time.thread_time()
    work(text)
    return time.thread_time() - begun
