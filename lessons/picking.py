"""Owns the way from a person to their next lesson: what they may take, what is known of them, and the choice."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lessons.learner import load_learner
from lessons.sequence import Choice, choose
from lessons.shelf import modules_for
from lessons.skills import SkillRule
from metrics.people import Person, asker_for


def pick(
    session: Session,
    person: Person,
    now: datetime,
    zone: str,
    budget_minutes: float,
    weekly_minutes: float,
    skill: str | None = None,
    ignores_cap: bool = False,
    skills: Mapping[str, SkillRule] | None = None,
) -> Choice | None:
    """Return the lesson somebody needs at an instant, None when there is none for them.

    Permission comes first: only what they may read every source of is looked at. `skills` are those of company.yaml,
    `zone` is theirs. Who asks themselves (`ignores_cap`) is not held back by the minutes of their week.
    """
    modules = modules_for(session, asker_for(person))
    if not modules:
        return None
    learner = load_learner(session, person, now)
    return choose(learner, modules, skills or {}, now, budget_minutes, weekly_minutes, skill, zone, ignores_cap)
