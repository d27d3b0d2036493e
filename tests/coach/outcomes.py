"""Outcomes made by hand: a case, where its answer was found, and how sure the search was."""

import numpy as np

from coach.evaluation import Asked, Case, Outcome
from coach.fit_ranking import Judged
from coach.rank import Candidates


def judged(late=(), window=(), holder=0):
    """Candidates with these signals, of which the one at place `holder` answers."""
    size = len(late)
    columns = (np.array(values or np.zeros(size), dtype=np.float32) for values in (late, window, None, None))
    holds = np.arange(size)[None] == holder
    return Judged(Candidates(np.arange(size), *columns), holds)


def outcome(
    place=None,
    status="answered",
    confidence=0.5,
    expected="answer",
    kind="fact",
    corpus="c",
    question="q?",
    is_quoted=None,
    is_quoted_if_certain=None,
    signals=(0.0,),
    candidates=None,
    leak=False,
    same=None,
):
    """One outcome; quotes hold the answer that comes first, unless `is_quoted` says otherwise, and so do the fewer
    quotes of a certain answer.
    """
    quoted = place == 1 if is_quoted is None else is_quoted
    near = quoted if is_quoted_if_certain is None else is_quoted_if_certain
    return Outcome(
        case=Case(corpus, question, kind, None, question, (), expected, (), (), is_acl=kind == "acl"),
        status=status,
        asked=Asked(place, quoted, near, np.array([signals], dtype=float), confidence, candidates or judged()),
        is_shown=quoted and status in ("answered", "uncertain"),
        is_leak=leak,
        is_same_without_acl=same,
    )
