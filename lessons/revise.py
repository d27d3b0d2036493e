"""Owns the Revise queue: modules that miss a target, what is likely to blame, and what to change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.answers import is_scenario
from lessons.group_figures import groups_until
from lessons.module import Item, Module
from lessons.shelf import module_of
from lessons.tables import LessonRow
from metrics.effort import ModuleVersion, lesson_effort
from metrics.lesson_effort import LessonEffort
from metrics.periods import DAYS_BY_NAME, Period, last_days

FEWEST = 5
# A place or an item is to blame where it stops so many of those who came to it.
LEFT_OFTEN, MISSED_OFTEN = 0.25, 0.5


class Target(StrEnum):
    """What a module is held to."""

    COMPLETION_TIME = "completion_time"  # in seconds: the median is at most its budget
    APPLICATION = "application"  # a share 0-1: so many say that they used it within seven days


class Reason(StrEnum):
    """What is likely to blame."""

    TOO_LONG_CONCEPT = "too_long_concept"
    TOO_LONG_PRACTICE = "too_long_practice"
    TOO_LONG_REFLECTION = "too_long_reflection"
    TOO_LONG = "too_long"  # over the whole budget, and no part of it over its own
    LEFT_IN_CONCEPT = "left_in_concept"
    LEFT_IN_PRACTICE = "left_in_practice"
    LEFT_IN_REFLECTION = "left_in_reflection"
    ITEM_TOO_HARD = "item_too_hard"
    NO_SCENARIO = "no_scenario"  # nothing in it is a decision to take, so nothing rehearses its use
    NOT_USED_AT_WORK = "not_used_at_work"


class Change(StrEnum):
    """What to change in a module, or in how it is used."""

    SHORTEN_CARDS = "shorten_cards"
    FEWER_ITEMS = "fewer_items"
    SHORTEN_REFLECTION = "shorten_reflection"
    SPLIT_MODULE = "split_module"
    REVISE_ITEM = "revise_item"  # teach on the cards what it asks for, or ask more plainly
    ADD_SCENARIO = "add_scenario"
    SEND_NEARER_TO_WORK = "send_nearer_to_work"  # just before the work in which it is used
    RECONSIDER_WORKFLOW = "reconsider_workflow"  # neither the lesson nor its use goes well


CHANGE_OF_PART: Mapping[str, Change] = {
    "concept": Change.SHORTEN_CARDS,
    "practice": Change.FEWER_ITEMS,
    "reflection": Change.SHORTEN_REFLECTION,
}


@dataclass(frozen=True)
class Targets:
    """What modules are held to: `time_over_budget` is a multiple of the budget, `application` a share 0-1."""

    time_over_budget: float = 1.0
    application: float = 0.6


USUAL_TARGETS = Targets()


@dataclass(frozen=True)
class Check:
    """One target: what is `wanted`, what was `found` (None before any) in `n` lessons, in the unit of the target.

    `has_enough_people` says that figures of so many people may be shown at all.
    """

    target: Target
    wanted: float
    found: float | None
    n: int
    has_enough_people: bool = True

    @property
    def is_judged(self) -> bool:
        """Whether there are enough lessons, 5, of enough people to say anything."""
        return self.found is not None and self.n >= FEWEST and self.has_enough_people

    @property
    def off_by(self) -> float:
        """By how much it was missed, in the unit of the target; 0 where it was met or is not judged."""
        if self.found is None or not self.is_judged:
            return 0.0
        beyond = self.found - self.wanted if self.target is Target.COMPLETION_TIME else self.wanted - self.found
        return max(0.0, beyond)

    @property
    def is_missed(self) -> bool:
        """Whether it is judged, and missed."""
        return self.off_by > 0


@dataclass(frozen=True)
class Cause:
    """One likely reason and the change proposed.

    `found` is in seconds over the budget where something is too long, else the share 0-1 that was left, missed or used,
    of `n`. `position` is a step of the lesson counted from its offer (0), `item` the "file#slug" at fault, `step` the
    SOP's step that item is about; None where it is not about one.
    """

    reason: Reason
    change: Change
    found: float
    n: int
    position: int | None = None
    item: str | None = None
    step: int | None = None


@dataclass(frozen=True)
class Revision:
    """One module as it stands: its checks, likely causes with the likeliest first, and its versions.

    `effort` is of the version that stands, `versions` are all that something happened to in the period, newest first.
    To compare them, each figure of a LessonEffort has its number: `completion.n`, `applied_asked`, `ended`.
    """

    file: str
    title: str
    skill: str
    effort: LessonEffort
    checks: tuple[Check, ...]
    causes: tuple[Cause, ...] = ()
    versions: tuple[LessonEffort, ...] = ()

    @property
    def before(self) -> LessonEffort | None:
        """The version before the one that stands; None where nothing is known of any."""
        # What happened before versions were counted is older than the first of them.
        return next((each for each in self.versions if (each.version or 0) < (self.effort.version or 0)), None)

    @property
    def missed(self) -> tuple[Check, ...]:
        """The targets it misses."""
        return tuple(check for check in self.checks if check.is_missed)

    @property
    def urgency(self) -> float:
        """The largest miss as a share of its target, to sort by."""
        return max((check.off_by / check.wanted for check in self.checks if check.wanted), default=0.0)


@dataclass(frozen=True)
class ReviseQueue:
    """All modules: those that miss a target, the furthest off first; those too few took to judge; and the others.

    A module of which only one target can be judged, and is met, stands in `not_judged`.
    """

    to_revise: tuple[Revision, ...] = ()
    not_judged: tuple[Revision, ...] = ()
    met: tuple[Revision, ...] = ()

    def of(self, file: str) -> Revision | None:
        """Return a module by its file; None where no such module stands."""
        every = (*self.to_revise, *self.not_judged, *self.met)
        return next((each for each in every if each.file == file), None)


def counted_in(now: datetime, zone: str) -> Period:
    """Return what lessons are judged by: 90 days up to the last Monday on the clock of `zone`."""
    return last_days(DAYS_BY_NAME["quarter"], groups_until(now, zone))


def revise(
    session: Session, now: datetime, zone: str, smallest: int = FEWEST, targets: Targets = USUAL_TARGETS
) -> ReviseQueue:
    """Return how the modules that stand now did in the 90 days up to the last Monday, of everybody.

    A module is judged that at least `smallest` people completed; by its use, where as many said whether they used it.
    """
    rows = session.scalars(select(LessonRow).order_by(LessonRow.file)).all()
    period = counted_in(now, zone)
    efforts = lesson_effort(session, None, period, period.until)
    return queue_of(((module_of(row), row.version) for row in rows), efforts, targets, smallest)


def queue_of(
    modules: Iterable[tuple[Module, int]],
    efforts: Mapping[ModuleVersion, LessonEffort],
    targets: Targets = USUAL_TARGETS,
    smallest: int = FEWEST,
) -> ReviseQueue:
    """Return the queue of these modules, each with its version that stands now."""
    found = [_revision(module, version, efforts, targets, smallest) for module, version in modules]
    missed = [each for each in found if each.missed]
    rest = [each for each in found if not each.missed]
    return ReviseQueue(
        to_revise=tuple(sorted(missed, key=lambda each: (-each.urgency, each.file))),
        not_judged=tuple(each for each in rest if not all(check.is_judged for check in each.checks)),
        met=tuple(each for each in rest if all(check.is_judged for check in each.checks)),
    )


def _revision(
    module: Module,
    version: int,
    efforts: Mapping[ModuleVersion, LessonEffort],
    targets: Targets,
    smallest: int,
) -> Revision:
    effort = efforts.get((module.file, version), LessonEffort(module.file, version))
    times, budget_seconds = effort.completion, module.minutes.total * 60.0
    checks = (
        Check(
            Target.COMPLETION_TIME,
            budget_seconds * targets.time_over_budget,
            times.median if times else None,
            times.n if times else 0,
            effort.people_completed >= smallest,
        ),
        Check(
            Target.APPLICATION,
            targets.application,
            effort.application,
            effort.applied_asked,
            min(effort.people_completed, effort.people_asked) >= smallest,
        ),
    )
    causes = tuple(_causes(module, effort, *checks)) if any(check.is_missed for check in checks) else ()
    versions = sorted(
        (each for each in efforts.values() if each.module == module.file), key=lambda each: -(each.version or 0)
    )
    return Revision(module.file, module.title, module.skill, effort, checks, causes, tuple(versions))


def _causes(module: Module, effort: LessonEffort, time: Check, application: Check) -> list[Cause]:
    too_long = [_too_long(effort, time)] if time.is_missed else []
    in_lesson = [*_too_hard(effort), *_left(module, effort)]
    not_used = (
        [_not_used(module, application, is_troubled=bool(too_long or in_lesson))] if application.is_missed else []
    )
    return [*too_long, *in_lesson, *not_used]


def _too_long(effort: LessonEffort, time: Check) -> Cause:
    longest = max(effort.parts, key=lambda part: part.seconds_over, default=None)
    if longest is None or longest.seconds_over <= 0:
        return Cause(Reason.TOO_LONG, Change.SPLIT_MODULE, time.off_by, time.n)
    reason = Reason(f"too_long_{longest.part}")
    return Cause(reason, CHANGE_OF_PART[longest.part], longest.seconds_over, longest.n)


def _too_hard(effort: LessonEffort) -> list[Cause]:
    hard = [item for item in effort.items if item.answered >= FEWEST and item.missed_share >= MISSED_OFTEN]
    return [
        Cause(
            Reason.ITEM_TOO_HARD, Change.REVISE_ITEM, item.missed_share, item.answered, item=item.item, step=item.step
        )
        for item in sorted(hard, key=lambda item: -item.missed_share)[:1]
    ]


def _left(module: Module, effort: LessonEffort) -> list[Cause]:
    """Return the part where most left, if many did, with the position most of them had come to."""
    runs = {part: sum(left.runs for left in effort.left if left.part == part) for part in CHANGE_OF_PART}
    part = max(runs, key=lambda each: runs[each])
    if effort.ended < FEWEST or runs[part] / effort.ended < LEFT_OFTEN:
        return []
    position = next((left.position for left in effort.left if left.part == part and left.position is not None), None)
    item = _item_at(module, position)
    return [
        Cause(
            Reason(f"left_in_{part}"),
            CHANGE_OF_PART[part] if item is None else Change.REVISE_ITEM,
            runs[part] / effort.ended,
            effort.ended,
            position,
            module.key_of(item) if item else None,
            item.step if item else None,
        )
    ]


def _item_at(module: Module, position: int | None) -> Item | None:
    """Return the item at a position of the whole lesson: they come after offer and cards, of the reflection last."""
    items = sorted(module.items, key=lambda item: item.phase == "reflection")
    place = -1 if position is None else position - 1 - len(module.cards)
    return items[place] if 0 <= place < len(items) else None


def _not_used(module: Module, application: Check, is_troubled: bool) -> Cause:
    reason, change = Reason.NOT_USED_AT_WORK, Change.SEND_NEARER_TO_WORK
    if not any(map(is_scenario, module.items)):
        reason, change = Reason.NO_SCENARIO, Change.ADD_SCENARIO
    elif is_troubled:
        change = Change.RECONSIDER_WORKFLOW
    return Cause(reason, change, application.found or 0.0, application.n)
