"""Owns what the company says of a skill, as the practice needs it."""

from dataclasses import dataclass
from typing import Literal

SkillFormat = Literal["practice", "human", "blended"]


@dataclass(frozen=True)
class SkillRule:
    """One skill of company.yaml. `format` says how it is learned: by practice here, from people, or both.

    A skill with `sign_off` is held only once a person has signed it off, as for high stakes. `workflows` are the names
    of work events about it; `roles` are who needs it, () for everybody.
    """

    key: str
    title: str
    format: SkillFormat = "practice"
    sign_off: bool = False
    workflows: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
