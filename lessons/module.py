"""Owns Module: one lesson file as values. What it teaches, its minutes, its cards, and the items to practise."""

from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

PartKind = Literal["heading", "text", "bullet", "number"]
ItemKind = Literal["choice", "order", "spot", "write"]
Phase = Literal["practice", "reflection"]


@dataclass(frozen=True)
class Minutes:
    """How long each part of a module takes, in minutes; 3-7-1 is the pattern, 3 to 15 in all (a delta lesson 1)."""

    concept: int = 3
    practice: int = 7
    reflection: int = 1

    @property
    def total(self) -> int:
        """The whole module in minutes."""
        return self.concept + self.practice + self.reflection


@dataclass(frozen=True)
class Part:
    """A paragraph, list item or heading without markup; role slots such as {customer} still in it."""

    text: str
    kind: PartKind = "text"


@dataclass(frozen=True)
class Taught:
    """A section of an SOP that a module teaches, at the version it was written for ("" where the SOP has none)."""

    sop: str
    heading_path: tuple[str, ...]
    version: str = ""


@dataclass(frozen=True)
class Card:
    """One of at most three cards of the concept."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Item:
    """One thing to practise. `slug` names it within its module for good, whatever the order of items.

    `options` are the answers of a choice, the lines of a spot-the-mistake, the steps of an ordering in the right
    order, nothing for free text. `right` is the place (from 0) of the right option or of the wrong line; None for
    ordering and free text. `quote` are the SOP's own words behind the key, found in `module.teaches[source]`.
    `key_points` are what a written answer should say. `step` is the step of the SOP's procedure it is about, from 1.
    """

    slug: str
    kind: ItemKind
    phase: Phase
    title: str
    situation: tuple[Part, ...]
    question: str
    options: tuple[str, ...]
    right: int | None
    why: str
    quote: str
    source: int = 0
    key_points: tuple[str, ...] = ()
    step: int | None = None


@dataclass(frozen=True)
class Module:
    """One lesson file: one skill, decision or mistake. `file` is relative to lessons/.

    `behaviour` names what people do differently afterwards. `roles` are whom it is for, () for all who may read what
    it teaches. `after` are files of modules to take before. `slots` are words by role: name -> role -> words, with
    the role "" for everybody else. `is_delta` marks a one-minute lesson about a change.
    """

    file: str
    title: str
    skill: str
    behaviour: str
    minutes: Minutes
    teaches: tuple[Taught, ...]
    cards: tuple[Card, ...]
    items: tuple[Item, ...]
    roles: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    slots: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    is_delta: bool = False
    closing: str = ""

    def key_of(self, item: Item) -> str:
        """Return the name under which an item is remembered everywhere: file#slug."""
        return f"{self.file}#{item.slug}"


MODULE = TypeAdapter(Module)
