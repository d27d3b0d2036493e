"""Owns Situation: what one person could practise now within their minutes, and what each part of it is worth."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from lessons.ability import Ability, difficulty_of, expected_score, is_mastered
from lessons.adapt import for_roles
from lessons.budget import item_seconds
from lessons.gain import gain_per_minute, new_gain_per_minute
from lessons.learner import Known, Learner
from lessons.memory import elapsed_days
from lessons.module import Item, Module, Taught
from lessons.skills import SkillRule
from metrics.time_zones import local_time

# An item answered this recently, or this well remembered, teaches nothing new.
REST = timedelta(hours=8)
FRESH_RECALL = 0.95
MOST_ITEMS = 5
LEAST_SUCCESS, MOST_SUCCESS = 0.75, 0.85


@dataclass(frozen=True)
class Reviewable:
    """An item that could be reviewed now, the section it was taught in, what it takes and what it is worth."""

    known: Known
    skill: str
    section: Taught
    title: str
    minutes: float
    gain_per_minute: float

    @property
    def gain(self) -> float:
        """The expected recall gained by reviewing it."""
        return self.gain_per_minute * self.minutes


@dataclass(frozen=True)
class Review:
    """Items to review together."""

    items: tuple[Reviewable, ...]

    @property
    def minutes(self) -> float:
        """What it takes."""
        return sum(each.minutes for each in self.items)

    @property
    def gain_per_minute(self) -> float:
        """What it is worth."""
        return sum(each.gain for each in self.items) / self.minutes


@dataclass(frozen=True)
class Situation:
    """One person at one instant in their time zone, with some minutes; `modules` are all they may take, by file.

    With a `skill` nothing else comes into question. Who asks for practice themselves (`is_asked`) gets some, however
    well they remember it all.
    """

    learner: Learner
    modules: Mapping[str, Module]
    skills: Mapping[str, SkillRule]
    now: datetime
    zone: str
    minutes: float
    skill: str | None = None
    is_asked: bool = False
    offered: Mapping[str, Module] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the modules that come into question, in the order of their files."""
        wanted = (self.modules[file] for file in sorted(self.modules))
        offered = {module.file: module for module in wanted if self.skill in (None, module.skill)}
        object.__setattr__(self, "offered", offered)

    @property
    def today(self) -> date:
        """The date where they are."""
        return self.day_of(self.now)

    def day_of(self, at: datetime) -> date:
        """Return the date of an instant where they are."""
        return local_time(at, self.zone).date()

    def title_of(self, skill: str) -> str:
        """Return a skill's name."""
        return self.skills[skill].title if skill in self.skills else skill

    def known_of(self, skill: str) -> list[Known]:
        """Return the items of a skill somebody has answered; a module's own word on its skill is the newest."""
        return self._known_by_skill.get(skill, [])

    def last_practised_at(self, skill: str) -> datetime | None:
        """Return when they last answered an item of a skill; None before the first time."""
        return max((known.memory.last_at for known in self.known_of(skill)), default=None)

    def is_mastered(self, skill: str) -> bool:
        """Say whether the person masters a skill now, their memory of it and a sign-off included."""
        # What was taken out of its module cannot be practised any more, so forgetting it takes nothing away.
        recalls = [known.recall for known in self.known_of(skill) if known.item in self._items]
        rule = self.skills.get(skill)
        needs_sign_off = rule is not None and rule.sign_off
        mastered_at = self.learner.mastered_at.get(skill)
        return is_mastered(mastered_at, recalls, needs_sign_off, skill in self.learner.signed_off)

    def is_wanted(self, skill: str) -> bool:
        """Say whether a skill is worth choosing freely: their role needs it, here, and they do not master it yet."""
        if skill == self.skill:
            return True
        rule = self.skills.get(skill)
        is_needed = rule is None or not rule.roles or not self.learner.roles.isdisjoint(rule.roles)
        is_practised_here = rule is None or rule.format != "human"
        return is_needed and is_practised_here and not self.is_mastered(skill)

    def can_take(self, module: Module) -> bool:
        """Say whether a module fits the minutes and everything it builds on is done."""
        is_ready = all(map(self.is_done, self.needed_before(module)))
        return module.file in self.offered and is_ready and module.minutes.total <= self.minutes

    def is_done(self, file: str) -> bool:
        """Say whether they went through a module: its run is kept for 13 months, what they know of its items longer."""
        module = self.modules.get(file)
        keys = [module.key_of(item) for item in module.items] if module is not None else []
        return file in self.learner.completed or (bool(keys) and all(key in self.learner.known for key in keys))

    def needed_before(self, module: Module) -> list[str]:
        """Return the modules to take before one: nobody is held up by what is not open to them."""
        return [file for file in module.after if file in self.modules]

    def new_modules(self, is_delta: bool = False) -> Iterator[Module]:
        """Yield the modules they can take and have not gone through, by file: those about a change, or the others."""
        for module in self.offered.values():
            if module.is_delta == is_delta and not self.is_done(module.file) and self.can_take(module):
                yield module

    def towards(self, file: str) -> Module | None:
        """Return the first module still to do on the way to one, itself included; None if one of them is not theirs."""
        on_the_way: set[str] = set()
        while (module := self.offered.get(file)) is not None and file not in on_the_way:
            on_the_way.add(file)
            missing = next((before for before in self.needed_before(module) if not self.is_done(before)), None)
            if missing is None:
                return module
            file = missing
        return None

    def building_on(self, file: str) -> int:
        """Return how many modules build on one, directly or through others."""
        found, new = {file}, {file}
        while new:
            new = {module.file for module in self.modules.values() if new.intersection(module.after)} - found
            found |= new
        return len(found) - 1

    def module_gain_per_minute(self, module: Module) -> float:
        """Return what a module is worth: the recall of its new items at the horizon, per minute of the whole module."""
        new = sum(module.key_of(item) not in self.learner.known for item in module.items)
        if not new:
            return 0.0
        ability = self.learner.abilities.get(module.skill, Ability())
        right_at_first = expected_score(ability, difficulty_of(0, 0))
        return float(new_gain_per_minute(module.minutes.total / new, right_at_first=right_at_first))

    @cached_property
    def _known_by_skill(self) -> dict[str, list[Known]]:
        found: dict[str, list[Known]] = {}
        for known in self.learner.known.values():
            found.setdefault(self._skill_of(known), []).append(known)
        return found

    @cached_property
    def _items(self) -> frozenset[str]:
        return frozenset(module.key_of(item) for module in self.modules.values() for item in module.items)

    @cached_property
    def reviewable(self) -> tuple[Reviewable, ...]:
        """The items that could be reviewed now, by file and place in it."""
        due = list(self._due())
        minutes = np.array([item_seconds(item) / 60 for _, _, item in due])
        memories = [known.memory for known, _, _ in due]
        gains = gain_per_minute(
            np.array([memory.stability_days for memory in memories]),
            np.array([memory.difficulty for memory in memories]),
            np.array([elapsed_days(memory.last_at, self.now) for memory in memories]),
            minutes,
        )
        return tuple(
            Reviewable(known, module.skill, module.teaches[item.source], item.title, each_minutes, gain)
            for (known, module, item), each_minutes, gain in zip(due, minutes.tolist(), gains.tolist(), strict=True)
        )

    def review(
        self, skill: str, lead: Collection[Reviewable] = (), most_minutes: float = float("inf")
    ) -> Review | None:
        """Return the best review of a skill; `lead` are the items it is for. None when nothing of it fits.

        Further items keep the expected share of right answers at 75-85 %; the last one may be of another skill.
        """
        room = min(self.minutes, most_minutes)
        own = [each for each in self.reviewable if each.skill == skill]
        picked: list[Reviewable] = []
        for each in lead:
            _take(picked, each, room)
        while (best := _next(picked, own)) is not None and len(picked) < MOST_ITEMS:
            own.remove(best)
            _take(picked, best, room)
        if picked and len(picked) < MOST_ITEMS and self.skill is None:
            others = (each for each in self.reviewable if each.skill != skill and self.is_wanted(each.skill))
            fitting = [each for each in others if _minutes(picked) + each.minutes <= room]
            picked += [max(fitting, key=lambda each: each.gain_per_minute)] if fitting else []
        return Review(tuple(picked)) if picked else None

    def _due(self) -> Iterator[tuple[Known, Module, Item]]:
        for module in self.offered.values():
            for item in for_roles(module, self.learner.roles).items:
                known = self.learner.known.get(module.key_of(item))
                if known is not None and self._is_due(known):
                    yield known, module, item

    def _skill_of(self, known: Known) -> str:
        module = self.modules.get(known.item.partition("#")[0])
        return module.skill if module is not None else known.skill

    def _is_due(self, known: Known) -> bool:
        if self.is_asked:
            return True
        return self.now - known.memory.last_at >= REST and known.recall < FRESH_RECALL


def _minutes(picked: Iterable[Reviewable]) -> float:
    return sum(each.minutes for each in picked)


def _take(picked: list[Reviewable], each: Reviewable, room: float) -> None:
    if len(picked) < MOST_ITEMS and each not in picked and _minutes(picked) + each.minutes <= room:
        picked.append(each)


def _next(picked: list[Reviewable], pool: list[Reviewable]) -> Reviewable | None:
    """Return the item that keeps a review nearest to its aim; among those as near, the one worth most."""

    def rank(each: Reviewable) -> tuple[float, float, str]:
        recalls = [other.known.recall for other in (*picked, each)]
        share = sum(recalls) / len(recalls)
        off_aim = max(0.0, LEAST_SUCCESS - share, share - MOST_SUCCESS) if picked else 0.0
        return off_aim, -each.gain_per_minute, each.known.item

    return min(pool, key=rank, default=None)
