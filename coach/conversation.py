"""Owns the turns of a conversation and what a question asked after them may be about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

EARLIER_TURNS = 2
# Chosen on every second conversation over the sample company, reported on the others and on three handbooks
# (docs/retrieval.md).
NEARER_SHARE = 0.9
SHARED_SHARE = 0.75
POINTS_BACK = re.compile(
    r"\b(?:its|that|those|these|them|they|he|she|her|him|mine|ones|then|else|also|still)\b"
    r"|\bit\b(?! (?:is )?(?:ok|okay|fine|possible|allowed) (?:to|if|that)\b)"
    r"|(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )\bthere\b(?! (?:is|are|was|were)\b)"
    r"|\b(?:this|same)\b(?! (?:day|week|weekend|month|year|morning|afternoon|evening|time)\b)"
    r"|\b(?:one|too)\W*$"
    r"|^\W*(?:and|so|but|or|ok|what about|how about)\b",
    re.IGNORECASE,
)


class Interpretation(Enum):
    """What a question after others is about: something new, or what they were about."""

    NEW = "new"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True)
class Turn:
    """One earlier message; `coach` turns are kept for the reader, only `user` turns guide the search."""

    speaker: Literal["user", "coach"]
    text: str


def with_earlier_turns(question: str, history: Sequence[Turn]) -> str | None:
    """Return the last user turns and the question as one search text, None when there are none."""
    earlier = [turn.text for turn in history if turn.speaker == "user" and turn.text.strip()][-EARLIER_TURNS:]
    return " ".join([*earlier, question]) if earlier else None


def points_back(question: str) -> bool:
    """Say whether a question names something said before without saying what: it, that, and, what about.

    What only looks so points at nothing: is there, is it ok to, this week.
    """
    return POINTS_BACK.search(question) is not None


def interpretations(question: str, own: float, joined: float, shared: float) -> tuple[Interpretation, ...]:
    """Return what a question after earlier turns may be, likelier first; two where its words cannot tell.

    `own` is the score of the first passage for the question alone, `joined` for it with the turns in front; `shared`
    is what that second passage scores for the question alone, 0 where it was not weighed. One that speaks of the turns
    and not of the question was found for the wrong reason.
    """
    new, follow_up = Interpretation.NEW, Interpretation.FOLLOW_UP
    if points_back(question):
        return (follow_up,) if own < joined else (new, follow_up)
    if shared <= SHARED_SHARE * own:
        return (new,)
    return (follow_up, new) if own < NEARER_SHARE * joined else (new, follow_up)
