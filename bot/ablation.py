"""Takes parts out of search, one at a time, and asks again: what each part brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.evaluation import Exam, Manner, Query, as_asked
from coach.chat_words import FULL_FORMS, WORD
from coach.conversation import Turn, with_earlier_turns
from coach.cross_fit import CrossFitted, covered, cross_fitted
from coach.estimates import Figure, mean
from coach.evaluation import Case, Outcome
from coach.fit_ranking import GRAM_WEIGHTS, GRID, WINDOW_WEIGHTS
from coach.rank import Weights
from coach.scoreboard import confidence_figures, reciprocal, retrieval_figures
from coach.signals import NAMES

Exams = Mapping[str, Exam]
Outcomes = Mapping[str, Sequence[Outcome]]


@dataclass(frozen=True)
class Ablation:
    """What is left without a part, fitted anew; `change` is that of MRR@10, question by question."""

    part: str
    figures: dict[str, Figure]
    change: Figure


WITHOUT_WEIGHT = {
    "late interaction": tuple(Weights(0.0, 1.0, grams) for grams in (*GRAM_WEIGHTS, 0.5, 1.0)),
    "windows": tuple(Weights(1.0, 0.0, grams) for grams in GRAM_WEIGHTS),
    "4-grams": tuple(Weights(1.0, window, 0.0) for window in WINDOW_WEIGHTS),
}


def as_typed(case: Case) -> Query:
    """Put a case with its chat spellings left alone."""
    words = (word[0].replace("'", "") for word in WORD.finditer(case.question.lower()))
    return Query(case.question, case.history, frozenset(word for word in words if word in FULL_FORMS))


def without_earlier_turns(case: Case) -> Query:
    """Put a case as if nothing had been said before."""
    return Query(case.question)


def with_all_turns(case: Case) -> Query:
    """Put a case with the earlier turns in front, whatever it is about."""
    return Query(with_earlier_turns(case.question, [Turn("user", text) for text in case.history]) or case.question)


MANNERS: Mapping[str, Manner] = {
    "chat spellings written out": as_typed,
    "earlier turns": without_earlier_turns,
    "the rule when to use them (always)": with_all_turns,
}


def ablations(exams: Exams, outcomes: Outcomes, whole: CrossFitted, quick: Exams) -> list[Ablation]:
    """Return what is left without each part; `quick` asks the same corpora in the fast mode, none where it has none."""
    found = [_ablation(part, whole, _fitted(exams, outcomes, as_asked, grid)) for part, grid in WITHOUT_WEIGHT.items()]
    for part, manner in MANNERS.items():
        put_so = {corpus: exams[corpus].again(known, None, manner) for corpus, known in outcomes.items()}
        found.append(_ablation(part, whole, _fitted(exams, put_so, manner, GRID)))
    if quick:
        put_to_quick = {corpus: quick[corpus].again(known) for corpus, known in outcomes.items()}
        found.append(_ablation("passes over windows (fast mode)", whole, _fitted(quick, put_to_quick, as_asked, GRID)))
    for place, name in enumerate(NAMES):
        found.append(_ablation(f"the signal {name}", whole, _without_signal(exams, outcomes, place)))
    return found


def _fitted(exams: Exams, outcomes: Outcomes, manner: Manner, grid: Sequence[Weights]) -> CrossFitted:
    def ask_again(corpus: str, weights: Weights) -> list[Outcome]:
        return exams[corpus].again(outcomes[corpus], weights, manner)

    return cross_fitted(outcomes, ask_again, grid)


def _without_signal(exams: Exams, outcomes: Outcomes, place: int) -> CrossFitted:
    def ask_again(corpus: str, weights: Weights) -> list[Outcome]:
        return [_muted(outcome, place) for outcome in exams[corpus].again(outcomes[corpus], weights)]

    return cross_fitted(outcomes, ask_again)


def _muted(outcome: Outcome, place: int) -> Outcome:
    # A signal that never moves is given no weight by a ridge.
    others = np.arange(outcome.asked.standardised.shape[1]) != place
    return replace(outcome, asked=replace(outcome.asked, standardised=outcome.asked.standardised * others))


def _ablation(part: str, whole: CrossFitted, left: CrossFitted) -> Ablation:
    before, after = ([reciprocal(each) for each in covered(fitted.outcomes)] for fitted in (whole, left))
    change = mean([late - early for early, late in zip(before, after, strict=True)])
    return Ablation(part, retrieval_figures(left.outcomes) | confidence_figures(left.outcomes), change)
