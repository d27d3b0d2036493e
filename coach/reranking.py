"""Owns what a reranker is: something that reads a question beside each passage and says how well they fit."""

from collections.abc import Sequence
from typing import Protocol

from coach.lexical import Scores

# A reranker reads every passage, so it is given no more than may still become one of the three shown.
RERANKED = 20


class Reranker(Protocol):
    """Scores texts for a question; a higher score is better, and only the order of them counts."""

    def __call__(self, question: str, texts: Sequence[str]) -> Scores | None:
        """Return one finite score a text, in their order; None where it failed, and then the order stays."""
