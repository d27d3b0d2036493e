"""Owns the scoring of answers against questions with known sections (pure): what was found, shown, and left unsaid."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

RESAMPLES = 1_000
SEED = 20_261_121
DEPTH = 50
DECLINED = ("refuse", "decline", "escalate")


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


@dataclass(frozen=True)
class Outcome:
    """How one case ended. `place` is the rank (from 1) by which every gold stretch was found, None if never."""

    case: Case
    status: str
    signal: float | None
    place: int | None
    is_shown: bool
    is_leak: bool
    is_same_without_acl: bool | None


@dataclass(frozen=True)
class Figure:
    """A mean over n cases with its 95 % percentile bootstrap interval; all None over no cases."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def read_case(corpus: str, row: dict[str, Any]) -> Case:
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


def place_of(gold: Sequence[Gold], passages: Sequence[tuple[str, str]]) -> int | None:
    """Return the rank by which every gold stretch is inside one of the (file, text) passages, None if never."""
    if not gold:
        return None
    texts = [(file, folded(text)) for file, text in passages]
    places = []
    for wanted in gold:
        stretch = folded(wanted.text)
        found = (rank for rank, (file, text) in enumerate(texts, 1) if file in wanted.files and stretch in text)
        places.append(next(found, None))
    known = [place for place in places if place is not None]
    return max(known) if len(known) == len(places) else None


def mean(values: Sequence[float]) -> Figure:
    """Return the mean with its bootstrap interval."""
    if not values:
        return Figure(None, None, None, 0)
    data = np.asarray(values, dtype=float)
    draws = np.random.default_rng(SEED).integers(0, data.size, (RESAMPLES, data.size))
    low, high = np.quantile(data[draws].mean(axis=1), [0.025, 0.975])
    return Figure(float(data.mean()), float(low), float(high), data.size)


def auroc(covered: Sequence[float], uncovered: Sequence[float]) -> Figure:
    """Return the chance that a covered question has the higher signal (Mann-Whitney), with a bootstrap interval."""
    if not covered or not uncovered:
        return Figure(None, None, None, len(covered) + len(uncovered))
    up, down = np.asarray(covered), np.asarray(uncovered)
    wins = (up[:, None] > down[None, :]) + 0.5 * (up[:, None] == down[None, :])
    source = np.random.default_rng(SEED)
    draws = [
        wins[np.ix_(source.integers(0, up.size, up.size), source.integers(0, down.size, down.size))].mean()
        for _ in range(RESAMPLES)
    ]
    low, high = np.quantile(draws, [0.025, 0.975])
    return Figure(float(wins.mean()), float(low), float(high), up.size + down.size)


def retrieval_figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return h@1/3/5, MRR and shown over the answerable cases."""
    cases = [outcome for outcome in outcomes if outcome.case.expected == "answer"]

    def hit(depth: int) -> Figure:
        return mean([float(outcome.place is not None and outcome.place <= depth) for outcome in cases])

    return {
        "h@1": hit(1),
        "h@3": hit(3),
        "h@5": hit(5),
        "MRR": mean([1 / outcome.place if outcome.place else 0.0 for outcome in cases]),
        "shown": mean([float(outcome.is_shown) for outcome in cases]),
    }


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """Return the outcomes by type of question, in order of first appearance."""
    kinds: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        kinds.setdefault(outcome.case.kind, []).append(outcome)
    return kinds


def status_counts(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Return expected outcome -> status -> number of cases."""
    counts: dict[str, dict[str, int]] = {}
    for outcome in outcomes:
        row = counts.setdefault(
            outcome.case.expected, dict.fromkeys(("answered", "uncertain", "not_covered", "refused"), 0)
        )
        row[outcome.status] += 1
    return counts


def coverage_figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return what share of answerable questions is answered, and of uncovered ones falsely answered.

    `answered` counts the upper band alone, `shown` both bands that show passages. AUROC is over the gate signal.
    """

    def share(expected: str, statuses: tuple[str, ...]) -> Figure:
        cases = [outcome for outcome in outcomes if outcome.case.expected == expected]
        return mean([float(outcome.status in statuses) for outcome in cases])

    def signals(expected: str) -> list[float]:
        return [
            outcome.signal for outcome in outcomes if outcome.case.expected == expected and outcome.signal is not None
        ]

    both = ("answered", "uncertain")
    return {
        "coverage, answered": share("answer", ("answered",)),
        "false answers, answered": share("not_covered", ("answered",)),
        "coverage, answered or uncertain": share("answer", both),
        "false answers, answered or uncertain": share("not_covered", both),
        "not covered AUROC": auroc(signals("answer"), signals("not_covered")),
        "refusals right": share("refused", ("refused",)),
    }


def acl_figures(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Return how many forbidden questions leaked, and how many entitled ones came out as without restrictions."""
    forbidden = [outcome for outcome in outcomes if outcome.case.expected == "must_not_reveal"]
    entitled = [outcome for outcome in outcomes if outcome.is_same_without_acl is not None]
    return {
        "leaks": sum(outcome.is_leak for outcome in forbidden),
        "forbidden": len(forbidden),
        "controls the same": sum(bool(outcome.is_same_without_acl) for outcome in entitled),
        "controls": len(entitled),
    }
