"""Owns cases: questions with known answers, and how each ended (pure)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coach.fit_confidence import Matrix
from coach.fit_ranking import Judged

DECLINED = ("refuse", "decline", "escalate")
# A place beyond these counts as not found.
PLACES = 10


@dataclass(frozen=True)
class Gold:
    """A stretch of an SOP that holds the answer; any of `files` will do."""

    files: frozenset[str]
    text: str


@dataclass(frozen=True)
class Case:
    """One question with its expected outcome: answer, not_covered, refused or must_not_reveal."""

    corpus: str
    id: str
    kind: str
    role: str | None
    question: str
    history: tuple[str, ...]
    expected: str
    gold: tuple[Gold, ...]
    forbidden: tuple[str, ...]
    is_acl: bool

    @property
    def is_gauged(self) -> bool:
        """Whether the SOPs cover it or not, which a confidence should tell; others are refused or forbidden."""
        return self.expected in ("answer", "not_covered")


@dataclass(frozen=True, eq=False)
class Asked:
    """What a search made of one question.

    `place` is the rank (from 1, at most 10) by which every gold stretch was found, None if never. `is_quoted` says
    that the quotes hold them, had it been answered; `is_quoted_if_certain` says it of the fewer that a certain answer
    shows. `standardised` [1, s] are the signals of the confidence.
    """

    place: int | None
    is_quoted: bool
    is_quoted_if_certain: bool
    standardised: Matrix
    confidence: float
    judged: Judged


@dataclass(frozen=True, eq=False)
class Outcome:
    """How one case ended: `status` of the reply, whether what was shown holds the answer, and what search made of it.

    `is_same_without_acl` is None where restrictions play no part.
    """

    case: Case
    status: str
    asked: Asked
    is_shown: bool
    is_leak: bool = False
    is_same_without_acl: bool | None = None


def read_case(corpus: str, row: Mapping[str, Any]) -> Case:
    """Return the case a line of questions.jsonl describes. Raises KeyError for a line without its required keys."""
    expected = str(row["expected"])
    if expected.startswith(DECLINED):
        expected = "refused"
    elif expected == "say_not_covered":
        expected = "not_covered"
    forbidden = row.get("forbidden_text") or []
    return Case(
        corpus=corpus,
        id=str(row["id"]),
        kind=str(row["type"]),
        role=row.get("role"),
        question=str(row["question"]),
        history=tuple(turn["text"] for turn in row.get("history") or ()),
        expected=expected,
        gold=tuple(
            Gold(frozenset([gold["file"], *gold.get("also_in", [])]), gold["text"]) for gold in row.get("gold") or ()
        ),
        forbidden=(forbidden,) if isinstance(forbidden, str) else tuple(forbidden),
        is_acl=row["type"] == "acl",
    )


def folded(text: str) -> str:
    """Return text as it is compared: white space and case folded, Markdown marks dropped."""
    return re.sub(r"\s+", " ", re.sub(r"[*_`]", "", text)).strip().lower()


def holders(gold: Sequence[Gold], texts: Mapping[int, tuple[str, str]]) -> list[frozenset[int]]:
    """Return for each gold stretch the keys of the (file, folded text) that hold it."""
    return [
        frozenset(key for key, (file, text) in texts.items() if file in wanted.files and folded(wanted.text) in text)
        for wanted in gold
    ]


def place_of(holding: Sequence[frozenset[int]], ranked: Sequence[int]) -> int | None:
    """Return the rank (from 1) by which every stretch has been found in ranked keys, None if one never is, or of none.

    `holding` names for each stretch the keys that hold it.
    """
    places = [next((rank for rank, key in enumerate(ranked, 1) if key in keys), None) for keys in holding]
    known = [place for place in places if place is not None]
    return max(known) if places and len(known) == len(places) else None


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Return the outcomes by type of question, in order of first appearance."""
    kinds: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        kinds.setdefault(outcome.case.kind, []).append(outcome)
    return kinds


def by_corpus(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Return the outcomes by corpus, in order of first appearance."""
    corpora: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        corpora.setdefault(outcome.case.corpus, []).append(outcome)
    return corpora
