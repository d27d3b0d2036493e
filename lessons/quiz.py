"""Owns a quiz question with two to four options, and the grading of a choice."""

from dataclasses import dataclass

LETTERS = "ABCD"


@dataclass(frozen=True)
class Item:
    """A question with options lettered from A; `right` is a letter, `why` the sentence that explains it."""

    question: str
    options: tuple[str, ...]
    right: str
    why: str

    def lettered(self) -> tuple[tuple[str, str], ...]:
        """Return pairs of letter and option."""
        return tuple(zip(LETTERS, self.options, strict=False))

    def option(self, letter: str) -> str:
        """Return the words of an option. Raises KeyError for a letter the question does not have."""
        return dict(self.lettered())[letter]


@dataclass(frozen=True)
class Grade:
    """How a choice did; `score` is 1 for right and 0 for wrong."""

    is_right: bool
    score: float


def grade(item: Item, chosen: str) -> Grade:
    """Grade the letter somebody chose. Raises KeyError for a letter the question does not have."""
    item.option(chosen)
    is_right = chosen == item.right
    return Grade(is_right, 1.0 if is_right else 0.0)
