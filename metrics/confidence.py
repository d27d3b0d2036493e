"""Owns how well stated confidence fits what was right, and how much it has grown since the first answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from metrics.events.kinds import ItemAnswered
from metrics.events.record import EventRow
from metrics.periods import Period
from metrics.shares import Share
from metrics.tallies import RIGHT_SCORE

# Of the levels people can state, .3 .6 and .95, only the last one is sure.
SURE = 0.75


@dataclass(frozen=True)
class Level:
    """Answers given with one stated `confidence`, 0-1, and how many of them were right."""

    confidence: float
    answered: int
    right: int

    @property
    def share(self) -> Share:
        """The right ones of all."""
        return Share(self.right, self.answered)


@dataclass(frozen=True)
class Calibration:
    """The answers to a skill's items that came with a confidence, by level stated, lowest first; `people` gave them.

    Every figure is None without an answer. Brier = reliability - resolution + uncertainty (Murphy 1973), exactly,
    because everybody states one of a few levels.
    """

    skill: str
    people: int
    levels: tuple[Level, ...]

    @property
    def answered(self) -> int:
        """How many answers came with a confidence."""
        return sum(level.answered for level in self.levels)

    @property
    def right(self) -> Share:
        """The right ones of these answers."""
        return Share(sum(level.right for level in self.levels), self.answered)

    @property
    def confidence(self) -> float | None:
        """Mean stated confidence, 0-1."""
        return self._mean(level.answered * level.confidence for level in self.levels)

    @property
    def overconfidence(self) -> float | None:
        """Mean confidence less the share right, -1 to 1: above 0 too sure, below 0 too unsure."""
        return self._mean(level.answered * level.confidence - level.right for level in self.levels)

    @property
    def brier(self) -> float | None:
        """Mean of (confidence - right)², right 1 or 0: from 0, best, to 1 (Brier 1950)."""
        return self._mean(
            level.right * (level.confidence - 1) ** 2 + (level.answered - level.right) * level.confidence**2
            for level in self.levels
        )

    @property
    def reliability(self) -> float | None:
        """Mean over answers of (confidence - share right at that level)²: 0 where each level keeps its word."""
        return self._mean(
            level.answered * (level.confidence - level.right / level.answered) ** 2 for level in self.levels
        )

    @property
    def resolution(self) -> float | None:
        """Mean over answers of (share right at that level - share right)²: how well levels tell right from wrong."""
        overall = self.right.value or 0.0
        return self._mean(level.answered * (level.right / level.answered - overall) ** 2 for level in self.levels)

    @property
    def uncertainty(self) -> float | None:
        """Share right times share wrong, 0-.25: what no confidence can take away."""
        right = self.right.value
        return None if right is None else right * (1 - right)

    @property
    def sure_and_wrong(self) -> Share:
        """The wrong ones of the answers given with a confidence of at least .75."""
        sure = [level for level in self.levels if level.confidence >= SURE]
        return Share(sum(level.answered - level.right for level in sure), sum(level.answered for level in sure))

    def _mean(self, sums: Iterable[float]) -> float | None:
        return sum(sums) / self.answered if self.answered else None


@dataclass(frozen=True)
class ConfidenceGain:
    """How much surer so many `people` are than at first about so many `items`, one for each person and item.

    `gain` is in points of confidence, -1 to 1; None where nobody answered an item twice with a confidence.
    """

    people: int
    items: int
    gain: float | None


def calibration(
    session: Session, person_ids: Collection[int] | None, period: Period, skill: str | None = None
) -> list[Calibration]:
    """Return how well stated confidence fitted what was right in a period, by skill in the order of their keys.

    Only answers with a stated confidence count, 0-1; right is a score of at least .75. `person_ids` None means
    everybody. A skill without such an answer is left out. One query. Source: item_answered events.
    """
    answers = _stated_answers(person_ids, period.until, skill).where(EventRow.at > period.since).subquery().c
    group = (answers.skill, answers.person_id, answers.confidence)
    is_right = case((answers.score >= RIGHT_SCORE, 1), else_=0)
    counted = select(*group, func.count(), func.sum(is_right)).where(answers.confidence.is_not(None)).group_by(*group)
    people: dict[str, set[int]] = {}
    levels: dict[str, dict[float, tuple[int, int]]] = {}
    for its_skill, person_id, confidence, answered, right in session.execute(counted):
        people.setdefault(its_skill, set()).add(person_id)
        at_level = levels.setdefault(its_skill, {})
        before = at_level.get(confidence, (0, 0))
        at_level[confidence] = (before[0] + answered, before[1] + right)
    return [
        Calibration(
            key, len(people[key]), tuple(Level(level, *counts) for level, counts in sorted(levels[key].items()))
        )
        for key in sorted(levels)
    ]


def confidence_gain(
    session: Session, person_ids: Collection[int] | None, until: datetime, skill: str | None = None
) -> ConfidenceGain:
    """Return how much surer people are at an instant than when they first answered.

    For each person and item answered at least twice with a confidence: that of the newest answer less that of the first
    one kept. A person's gain is the mean over their items, that of people the mean of theirs, so that everybody weighs
    the same. Surer is not better: read it beside calibration. `person_ids` None means everybody. One query. Source:
    item_answered events of 13 months.
    """
    answers = _stated_answers(person_ids, until, skill).subquery().c
    key, in_time = (answers.person_id, answers.item), (answers.at, answers.id)
    from_first = func.row_number().over(partition_by=key, order_by=in_time)
    from_newest = func.row_number().over(partition_by=key, order_by=[column.desc() for column in in_time])
    at_first = func.first_value(answers.confidence).over(partition_by=key, order_by=in_time)
    placed = (
        select(
            answers.person_id,
            (answers.confidence - at_first).label("gain"),
            from_first.label("from_first"),
            from_newest.label("from_newest"),
        )
        .where(answers.item.is_not(None), answers.confidence.is_not(None))
        .subquery()
        .c
    )
    query = (
        select(func.count(), func.avg(placed.gain))
        .where(placed.from_newest == 1, placed.from_first > 1)
        .group_by(placed.person_id)
        .order_by(placed.person_id)
    )
    gains = session.execute(query).all()
    return ConfidenceGain(
        people=len(gains),
        items=sum(items for items, _ in gains),
        gain=fmean(gain for _, gain in gains) if gains else None,
    )


def _stated_answers(person_ids: Collection[int] | None, until: datetime, skill: str | None) -> Select[Any]:
    """Return the answers up to an instant with what was stated; PostgreSQL groups only by columns of a subquery."""
    query = select(
        EventRow.id,
        EventRow.person_id,
        EventRow.skill,
        EventRow.at,
        EventRow.score,
        EventRow.payload["item"].as_string().label("item"),
        EventRow.payload["confidence"].as_float().label("confidence"),
    ).where(
        EventRow.kind == ItemAnswered.kind,
        EventRow.at <= until,
        EventRow.person_id.is_not(None),
        EventRow.skill.is_not(None),
    )
    if person_ids is not None:
        query = query.where(EventRow.person_id.in_(person_ids))
    return query if skill is None else query.where(EventRow.skill == skill)
