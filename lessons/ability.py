"""Owns how able somebody is in a skill, how sure that is, and the rule by which a skill counts as mastered."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from math import exp, log, sqrt

from lessons.attempts import Attempt
from metrics.shares import wilson_lower_bound

# K(n) = a / (1 + b n): Pelánek (2016), "Applications of the Elo rating system in adaptive educational systems".
FIRST_STEP, STEP_DECAY = 1.0, 0.05
PRIOR_VARIANCE = 1.0
# Practice aims at 75-85 % right, where one answer carries p (1 - p) of information about the ability.
USUAL_INFORMATION = 0.8 * 0.2
# An item nobody answered is taken to be answered right by 3 of 4, as if 4 people of middling ability had tried it.
PRIOR_RIGHT, PRIOR_ANSWERED = 3.0, 4.0

SPACED = timedelta(days=7)
LAST_SPACED = 20
# Seven spaced answers right of seven, 14 of 15, or 19 of 20 lift the lower bound over it.
MASTERED_SHARE = 0.8


@dataclass(frozen=True)
class Ability:
    """One person in one skill: `estimate` in logits (0 answers a middling item right half the time), and answers."""

    estimate: float = 0.0
    answered: int = 0

    @property
    def standard_error(self) -> float:
        """How unsure the estimate is, in logits: 1 at first, .5 after 19 answers.

        From the information of the answers under a 1PL model with a N(0, 1) prior. It takes the ability as constant,
        so it is a lower bound for somebody who is learning.
        """
        return 1 / sqrt(1 / PRIOR_VARIANCE + self.answered * USUAL_INFORMATION)


def expected_score(ability: Ability, difficulty: float) -> float:
    """Return the chance 0-1 of a right answer to an item of a difficulty in logits (Rasch, 1PL)."""
    return 1 / (1 + exp(difficulty - ability.estimate))


def after(ability: Ability, score: float, difficulty: float) -> Ability:
    """Return the ability after one answer of score 0-1: an Elo step whose size shrinks with experience."""
    step = FIRST_STEP / (1 + STEP_DECAY * ability.answered)
    surprise = score - expected_score(ability, difficulty)
    return Ability(ability.estimate + step * surprise, ability.answered + 1)


def difficulty_of(answered: int, right: int) -> float:
    """Return an item's difficulty in logits from everybody's answers to it, drawn towards the prior while few."""
    right_share = (right + PRIOR_RIGHT) / (answered + PRIOR_ANSWERED)
    return log((1 - right_share) / right_share)


@dataclass(frozen=True)
class Evidence:
    """What speaks for mastery of a skill: of the last spaced attempts how many were right, and a passed scenario."""

    spaced: int
    right: int
    has_transfer: bool

    @property
    def lower_bound(self) -> float:
        """The share of spaced attempts right, 0-1, that is exceeded with 90 % certainty."""
        return wilson_lower_bound(self.right, self.spaced)

    @property
    def is_enough(self) -> bool:
        """Whether the rule holds: a lower bound of at least .8, and one scenario passed."""
        return self.has_transfer and self.lower_bound >= MASTERED_SHARE


def evidence(attempts: Iterable[Attempt], scenarios: Collection[str]) -> Evidence:
    """Weigh one person's attempts at one skill, in any order; `scenarios` are the items that are decisions to take.

    An attempt is spaced when it comes at least 7 days after the last one at the same item; the last 20 count. A
    scenario is passed by a right answer at first sight, or at least 7 days after it was first met in its module.
    """
    spaced: list[Attempt] = []
    passed_scenarios = 0
    in_time = sorted(attempts, key=lambda attempt: (attempt.item, attempt.at))
    for item, group in groupby(in_time, key=lambda attempt: attempt.item):
        tries = list(group)
        spaced += [later for earlier, later in pairwise(tries) if later.at - earlier.at >= SPACED]
        passed_scenarios += item in scenarios and _shows_transfer(tries)
    last = sorted(spaced, key=lambda attempt: (attempt.at, attempt.item))[-LAST_SPACED:]
    return Evidence(len(last), sum(attempt.is_right for attempt in last), passed_scenarios > 0)


def is_mastered(
    mastered_at: datetime | None, recalls: Collection[float], needs_sign_off: bool = False, is_signed_off: bool = False
) -> bool:
    """Say whether a skill is mastered now.

    `mastered_at` is when the evidence sufficed (None: it does not); `recalls` are the predicted recalls 0-1 of its
    items: mastery lapses when their mean falls under .8. A skill of high stakes needs a person's word as well.
    """
    if mastered_at is None or (needs_sign_off and not is_signed_off):
        return False
    return not recalls or sum(recalls) / len(recalls) >= MASTERED_SHARE


def _shows_transfer(tries: Sequence[Attempt]) -> bool:
    first = tries[0]
    return first.is_right or any(tried.is_right and tried.at - first.at >= SPACED for tried in tries)
