"""Owns what the company says of a skill, as the practice needs it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

SkillFormat = Literal["practice", "human", "blended"]


@dataclass(frozen=True)
class SkillRule:
    """One skill of company.yaml. `format` says how it is learned: by practice here, from people, or both.

    A skill with `sign_off` is held only once a person has signed it off, as for high stakes. `workflows` are the names
    of work events about it; `roles` are who needs it, () for everybody. `benchmark_days` is how soon after the first
    lesson somebody should pass an unseen scenario, `adherence_target` the share 0-1 of the work in which it should be
    seen; None where the company says nothing.
    """

    key: str
    title: str
    format: SkillFormat = "practice"
    sign_off: bool = False
    workflows: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    benchmark_days: int | None = None
    adherence_target: float | None = None

    def is_needed_by(self, roles: Collection[str]) -> bool:
        """Say whether somebody with these roles needs it."""
        return not self.roles or any(role in self.roles for role in roles)
