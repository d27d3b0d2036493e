"""Owns the turns of a conversation and what a follow-up makes the search look for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

EARLIER_TURNS = 2
# Measured on handbooks: with it follow-ups find their section 12 times of 13, and a change of subject in a thread
# loses less than with the earlier turn always put in front; .75 to .85 do alike (docs/retrieval.md).
STANDS_ALONE_SHARE = 0.8
POINTS_BACK = re.compile(
    r"\b(it|its|that|those|this|these|them|they|he|she|her|him|mine|ones?|same|there|then|else|also|too|still)\b"
    r"|^\W*(and|so|but|or|ok|what about|how about)\b",
    re.IGNORECASE,
)


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
    """Say whether a question names something said before without saying what: it, that, and, what about."""
    return POINTS_BACK.search(question) is not None


def stands_alone(question: str, own_score: float, joined_score: float) -> bool:
    """Say whether a question in a thread is about something new: it points at nothing said before and finds a passage
    by itself. Scores are those of the first passage for the question alone and with the earlier turns.
    """
    return not points_back(question) and own_score >= STANDS_ALONE_SHARE * joined_score
