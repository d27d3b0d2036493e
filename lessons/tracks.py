"""Owns Track: an ordered way into a role, of lessons and of steps that people take and confirm."""

from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

StepKind = Literal["module", "acknowledge", "human", "sign_off"]


@dataclass(frozen=True)
class Step:
    """One step of a track.

    `subject` is the module's file, "SOP@version" to acknowledge, the skill to sign off, or for a human step a name made
    of its words that stays while they do. `words` say what to do in a human step. `who` confirms: a role, "manager" or
    "self". `minutes` is 0 where the step itself says it (a module) or nobody does.
    """

    kind: StepKind
    subject: str
    words: str = ""
    who: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class Track:
    """One track file; `name` is the file's without its ending.

    `roles` are who gets it: new people of those roles where it `is_onboarding`, all of them where it `is_required`
    (no roles: everybody). `due_days` counts from the day it was assigned.
    """

    name: str
    title: str
    steps: tuple[Step, ...]
    roles: tuple[str, ...] = ()
    is_onboarding: bool = False
    is_required: bool = False
    due_days: int | None = None


TRACK = TypeAdapter(Track)
