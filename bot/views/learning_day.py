"""Words for a learning day that was noted."""

from collections.abc import Sequence
from datetime import date, timedelta

from lessons.sequence import FOLLOW_UPS
from lessons.skills import SkillRule


def noted_text(held_on: date, skills: Sequence[SkillRule], people: int, new: int) -> str:
    """Return what was noted, and which practice follows."""
    titles = ", ".join(rule.title for rule in skills)
    who = f"{people} {'person' if people == 1 else 'people'}"
    lines = [f"Noted for {who}: {titles} on {held_on}." if new else f"Known already for {who}: {titles} on {held_on}."]
    days = [f"{held_on + timedelta(days=first)}" for first, _ in FOLLOW_UPS]
    if any(rule.format != "human" for rule in skills):
        lines.append(f"Practice follows with their first lessons from {', '.join(days[:-1])} and {days[-1]} on.")
    lines += [
        f"{rule.title} is learned from people (format: human), so no practice follows."
        for rule in skills
        if rule.format == "human"
    ]
    return "\n".join(lines)
