"""Owns LessonEffort: what people put into one version of a module, and where they left it, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quartiles:
    """The middle of `n` times in seconds: a quarter of them are at most `lower`, half at most `median`.

    Quartiles by linear interpolation between the ordered times (Hyndman and Fan 1996, type 7).
    """

    n: int
    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class PartEffort:
    """One part gone through `n` times: the median of its seconds, and the mean of what it was to take."""

    part: str
    n: int
    median_seconds: float
    budget_seconds: float

    @property
    def seconds_over(self) -> float:
        """Median seconds less the budget; below 0 where it was quicker."""
        return self.median_seconds - self.budget_seconds


@dataclass(frozen=True)
class LeftAt:
    """So many `runs` were left in a part; `position` counts its steps from the offer (0), None where nobody noted it.

    Another lesson that takes a run's place notes the position. Of a run that only lies there the part is known: the
    one after the last that was done.
    """

    part: str
    position: int | None
    runs: int


@dataclass(frozen=True)
class ItemMisses:
    """An item answered in runs of the module, and how often missed: with a score under .75. `step` is the SOP's."""

    item: str
    step: int | None
    answered: int
    missed: int

    @property
    def missed_share(self) -> float:
        """Missed answers over all, 0-1."""
        return self.missed / self.answered


@dataclass(frozen=True)
class LessonEffort:
    """One version of a module in a period; `version` is None for what happened before versions were counted.

    `offered`, `opened` and `completed` are runs, `abandoned` those begun whose place another lesson took, `people` who
    opened one, `people_completed` who completed one. `completion` are the active seconds of the completed ones, None
    before any. `parts` stand in their order, `left` and `items` with the most first. Of the opened runs `under_way`
    were opened in the last three days and not ended. `applied_asked` are runs about which somebody said whether they
    were used, `applied` those used, `people_asked` whose runs they are.
    """

    module: str
    version: int | None
    offered: int = 0
    opened: int = 0
    completed: int = 0
    abandoned: int = 0
    people: int = 0
    people_completed: int = 0
    completion: Quartiles | None = None
    parts: tuple[PartEffort, ...] = ()
    under_way: int = 0
    left: tuple[LeftAt, ...] = ()
    items: tuple[ItemMisses, ...] = ()
    applied_asked: int = 0
    applied: int = 0
    people_asked: int = 0

    @property
    def budget_seconds(self) -> float | None:
        """The budgets of the parts that were gone through, added up; None before any."""
        return sum(part.budget_seconds for part in self.parts) if self.parts else None

    @property
    def time_over_budget(self) -> float | None:
        """The median completion time over the budget, 1 where both are the same; None before any completion."""
        return self.completion.median / self.budget_seconds if self.completion and self.budget_seconds else None

    @property
    def ended(self) -> int:
        """The opened runs that are not under way: each was completed or left."""
        return self.opened - self.under_way

    @property
    def drop_off(self) -> float | None:
        """Left runs over those opened and not under way, 0-1; None where there is none."""
        return sum(left.runs for left in self.left) / self.ended if self.ended else None

    @property
    def application(self) -> float | None:
        """Used lessons over those asked about, 0-1; None before any."""
        return self.applied / self.applied_asked if self.applied_asked else None
