"""Owns Tally: what somebody or a group did in a period, as counts that add up, and the figures made of them."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter

RIGHT_SCORE = 0.75


@dataclass(frozen=True)
class Tally:
    """Counts and sums over events; two of them add up to that of both.

    `seconds` are those of lesson parts gone through, `budget_seconds` what these parts were to take. `answered` are all
    answers, `scenarios_answered` those to decisions in a situation, `unseen_answered` to scenarios never seen before;
    right is a score of at least .75. `sure_answered` are answers with a stated confidence, whose sums are
    `confidence_sum`, `sure_right` (how many of them were right) and `squared_error_sum` of (confidence - right).
    `applied_asked` are lessons somebody was asked about, `applied` those used. Questions end covered, uncertain,
    not_covered or refused; `repeated` are those about a passage their asker had asked about in 30 days before. Of
    `rated` answers so many were `helpful`.
    """

    lessons_offered: int = 0
    lessons_opened: int = 0
    lessons_completed: int = 0
    lessons_abandoned: int = 0
    seconds: float = 0.0
    budget_seconds: float = 0.0
    answered: int = 0
    right: int = 0
    scenarios_answered: int = 0
    scenarios_right: int = 0
    unseen_answered: int = 0
    unseen_right: int = 0
    sure_answered: int = 0
    confidence_sum: float = 0.0
    sure_right: int = 0
    squared_error_sum: float = 0.0
    applied_asked: int = 0
    applied: int = 0
    asked: int = 0
    covered: int = 0
    uncertain: int = 0
    not_covered: int = 0
    refused: int = 0
    repeated: int = 0
    rated: int = 0
    helpful: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return total((self, other))

    @property
    def did_anything(self) -> bool:
        """Whether they did anything: what was only put in front of them is nothing."""
        return any(_done(self))

    @property
    def minutes(self) -> float:
        """Minutes of lesson parts gone through."""
        return self.seconds / 60

    @property
    def completion(self) -> float | None:
        """Completed lessons over opened ones, 0-1; None before any."""
        return _share(self.lessons_completed, self.lessons_opened)

    @property
    def accuracy(self) -> float | None:
        """Right answers over all, 0-1; None before any."""
        return _share(self.right, self.answered)

    @property
    def quiz_accuracy(self) -> float | None:
        """Right answers over all to anything but scenarios, 0-1; None before any."""
        return _share(self.right - self.scenarios_right, self.answered - self.scenarios_answered)

    @property
    def scenario_accuracy(self) -> float | None:
        """Right answers over all to scenarios, 0-1; None before any."""
        return _share(self.scenarios_right, self.scenarios_answered)

    @property
    def confidence(self) -> float | None:
        """Mean stated confidence, 0-1; None before any."""
        return _share(self.confidence_sum, self.sure_answered)

    @property
    def overconfidence(self) -> float | None:
        """Mean confidence less the share right of the same answers: above 0 too sure, below 0 too unsure."""
        if not self.sure_answered:
            return None
        return (self.confidence_sum - self.sure_right) / self.sure_answered

    @property
    def brier(self) -> float | None:
        """Mean squared difference of confidence and outcome, 0 (best) to 1 (Brier 1950); None before any."""
        return _share(self.squared_error_sum, self.sure_answered)

    @property
    def time_over_budget(self) -> float | None:
        """Seconds taken over seconds planned, 1 where both are the same; None before any."""
        return _share(self.seconds, self.budget_seconds)

    @property
    def application(self) -> float | None:
        """Lessons whose use was affirmed over lessons asked about, 0-1; None before any."""
        return _share(self.applied, self.applied_asked)

    @property
    def helpful_share(self) -> float | None:
        """Answers rated helpful over all rated, 0-1; None before any."""
        return _share(self.helpful, self.rated)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of any number of tallies."""
    columns = zip(*map(_all, tallies), strict=True)
    return Tally(*map(sum, columns))


_NAMES = tuple(each.name for each in fields(Tally))
_all = attrgetter(*_NAMES)
_done = attrgetter(*(name for name in _NAMES if name != "lessons_offered"))
