"""Owns the check-in script as a value: what to ask about, what is known, what to practise, what to recognise (pure)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from lessons.report import PersonReport, Whose
from metrics.standing import Need, SkillStanding, SkillState, Standing

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class CheckIn:
    """What a manager needs for two minutes with one person; of what they see of them anyway, nothing more.

    `need` is the gravest one, None for who needs no help; `skill` the one it is about, else the next one to work on.
    `practise` is the skill a lesson can be sent in, None where there is none; `mastered` the one mastered lately.
    """

    whose: Whose
    standing: Standing
    need: Need | None = None
    skill: SkillStanding | None = None
    practise: SkillStanding | None = None
    mastered: SkillStanding | None = None


def check_in_of(report: PersonReport, offered: Collection[str]) -> CheckIn:
    """Return the script for one person; `offered` are the skills in which there are lessons for them."""
    standing = report.standing
    by_key = {skill.skill: skill for skill in standing.skills}
    need = standing.needs[0] if standing.needs else None
    since = report.period.until - LATELY
    open_ones = [skill for skill in standing.needed if skill.state is not SkillState.MASTERED]
    about = by_key.get(need.skill) if need is not None else None
    helped = (by_key[each.skill] for each in standing.needs if each.skill in by_key)
    candidates = [each for each in (about, *helped, *open_ones) if each is not None]
    practise = next((each for each in candidates if each.skill in offered), None)
    done = [
        (each.mastered_at, each.skill)
        for each in standing.skills
        if each.state is SkillState.MASTERED and each.mastered_at is not None and each.mastered_at > since
    ]
    return CheckIn(
        whose=report.whose,
        standing=standing,
        need=need,
        skill=about or practise or next(iter(open_ones), None),
        practise=practise,
        mastered=by_key[max(done)[1]] if done else None,
    )
