"""Owns Held: what is stored of a person that their standing is told from, read for many people at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.answers import scenarios_of
from lessons.module import Module
from lessons.recall import Remembered, recalls
from lessons.tables import Confirmation, SkillAbility
from lessons.track_progress import SIGN_OFF, Records
from metrics.people import Person, asker_for
from metrics.velocity import Path, paths


@dataclass(frozen=True)
class Open:
    """The modules open to people of the same roles, by file and by skill; the latter without lessons about a change.

    `items` are the keys of all their items, `scenarios` those of a skill's scenarios.
    """

    modules: Mapping[str, Module]
    items: frozenset[str]
    by_skill: Mapping[str, tuple[Module, ...]]
    scenarios: Mapping[str, frozenset[str]]

    def skill_of(self, known: Remembered) -> str:
        """Return the skill of an item: a module's own word is the newest."""
        module = self.modules.get(known.item.partition("#")[0])
        return module.skill if module is not None else known.skill


@dataclass
class Practised:
    """What somebody remembers of one skill: everything, and the chances 0-1 of what can still be practised."""

    known: list[Remembered] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)

    @property
    def last_at(self) -> datetime | None:
        """When they last answered an item of it; None before the first time."""
        return max((known.last_at for known in self.known), default=None)


class Evidenced(NamedTuple):
    """Since when the evidence for mastery of a skill suffices, and since when its SOP is not as they learned it."""

    mastered_at: datetime | None = None
    stale_since: datetime | None = None


@dataclass(frozen=True)
class Held:
    """What is stored of one person, by skill: `ways` they went, sign-offs `confirmed` or asked for."""

    person: Person
    zone: str
    open: Open
    practised: Mapping[str, Practised]
    evidenced: Mapping[str, Evidenced]
    ways: Mapping[str, Path]
    confirmed: Mapping[str, Confirmation]

    @property
    def last_at(self) -> datetime | None:
        """When they last answered anything; None before the first time."""
        return max((last_at for each in self.practised.values() if (last_at := each.last_at)), default=None)


def held_of(
    session: Session, people: Sequence[Person], records: Records, now: datetime, company_zone: str
) -> Iterator[Held]:
    """Return what is stored of each of these people; `records` cover them."""
    ids = [person.id for person in people]
    opened = {roles: _open(modules) for roles, modules in records.modules.items()}
    open_to = {person.id: opened[asker_for(person).roles] for person in people}
    practised: dict[int, dict[str, Practised]] = {person_id: {} for person_id in ids}
    for known in recalls(session, ids, now):
        here = open_to[known.person_id]
        of_skill = practised[known.person_id].setdefault(here.skill_of(known), Practised())
        of_skill.known.append(known)
        # What was taken out of its module cannot be practised any more, so forgetting it takes nothing away.
        if known.item in here.items:
            of_skill.recalls.append(known.recall)
    evidenced: dict[int, dict[str, Evidenced]] = {person_id: {} for person_id in ids}
    stored = select(SkillAbility.person_id, SkillAbility.skill, SkillAbility.mastered_at, SkillAbility.stale_since)
    for person_id, skill, *since in session.execute(stored.where(SkillAbility.person_id.in_(ids))):
        evidenced[person_id][skill] = Evidenced(*since)
    ways: dict[int, dict[str, Path]] = {person_id: {} for person_id in ids}
    for (person_id, skill), path in paths(session, ids, now).items():
        ways[person_id][skill] = path
    confirmed: dict[int, dict[str, Confirmation]] = {person_id: {} for person_id in ids}
    for (person_id, kind, subject), confirmation in records.confirmations.items():
        if kind == SIGN_OFF:
            confirmed[person_id][subject] = confirmation
    for person in people:
        found = (practised[person.id], evidenced[person.id], ways[person.id], confirmed[person.id])
        yield Held(person, person.time_zone or company_zone, open_to[person.id], *found)


def _open(modules: Mapping[str, Module]) -> Open:
    items = frozenset(module.key_of(item) for module in modules.values() for item in module.items)
    by_skill: dict[str, tuple[Module, ...]] = {}
    for module in modules.values():
        if not module.is_delta:
            by_skill[module.skill] = (*by_skill.get(module.skill, ()), module)
    scenarios = {
        skill: frozenset(key for module in own for key in scenarios_of(module)) for skill, own in by_skill.items()
    }
    return Open(modules, items, by_skill, scenarios)
