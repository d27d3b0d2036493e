"""Owns where people stand: each of their skills now, and what they need help with."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lessons.ability import is_mastered
from lessons.circumstances import circumstances_of
from lessons.held import Evidenced, Held, Practised, held_of
from lessons.needs import needs_of, parted
from lessons.skills import SkillRule
from lessons.track_progress import YES, records_of
from metrics.people import Person
from metrics.standing import SkillStanding, SkillState, Standing


def standings(
    session: Session, people: Sequence[Person], skills: Mapping[str, SkillRule], now: datetime, company_zone: str
) -> dict[int, Standing]:
    """Return where each of these people stands now, by person id, in a few queries whatever their number.

    A skill their role does not need is listed only where they ever practised it. Recall and mastery are those by which
    lessons are chosen (lessons.learner, lessons.situation); whatever is from people alone is mastered by their word.
    """
    if not people:
        return {}
    records = records_of(session, people)
    held = list(held_of(session, people, records, now, company_zone))
    listed = {one.person.id: tuple(_listed(one, skills)) for one in held}
    known = circumstances_of(session, held, listed, records, now)
    found = {}
    for one in held:
        needs, coming = parted(needs_of(known[one.person.id], skills, now), one.last_at is not None)
        found[one.person.id] = Standing(one.person.id, listed[one.person.id], needs, one.last_at, coming)
    return found


def state_of(
    rule: SkillRule,
    evidenced: Evidenced,
    recalls: Sequence[float],
    has_begun: bool,
    is_signed_off: bool = False,
    is_asked: bool = False,
) -> SkillState:
    """Return where somebody stands in a skill (pure); `recalls` are the predicted recalls 0-1 of its items.

    What is from people alone is mastered by their word, and awaits it once somebody was asked for it. What was never
    signed off though it must be was never mastered, so it cannot lapse.
    """
    if rule.format == "human":
        if is_signed_off or is_asked:
            return SkillState.MASTERED if is_signed_off else SkillState.AWAITS_SIGN_OFF
    elif evidenced.mastered_at is not None:
        counts_since = evidenced.mastered_at if evidenced.stale_since is None else None
        if is_mastered(counts_since, recalls, rule.sign_off, is_signed_off):
            return SkillState.MASTERED
        if is_mastered(counts_since, recalls):
            return SkillState.AWAITS_SIGN_OFF
        if is_signed_off or not rule.sign_off:
            return SkillState.LAPSED
    return SkillState.PRACTISING if has_begun else SkillState.NOT_STARTED


def _listed(one: Held, skills: Mapping[str, SkillRule]) -> Iterator[SkillStanding]:
    for key, rule in skills.items():
        practised, evidenced = one.practised.get(key, Practised()), one.evidenced.get(key, Evidenced())
        way, word = one.ways.get(key), one.confirmed.get(key)
        has_begun = bool(practised.known) or way is not None
        is_needed = rule.is_needed_by(one.person.roles)
        if not is_needed and not has_begun:
            continue
        is_signed_off, is_asked = word is not None and word.answer == YES, word is not None and word.answer is None
        state = state_of(rule, evidenced, practised.recalls, has_begun, is_signed_off, is_asked)
        mastered_at = evidenced.mastered_at
        if rule.format == "human":
            mastered_at = word.answered_at if word is not None and is_signed_off else None
        yield SkillStanding(
            skill=key,
            title=rule.title,
            state=state,
            is_needed=is_needed,
            lapsed_because=None if state != SkillState.LAPSED else "sop_changed" if evidenced.stale_since else "recall",
            recall=sum(practised.recalls) / len(practised.recalls) if practised.recalls else None,
            mastered_at=mastered_at,
            started_at=way.started_at if way else None,
            last_at=practised.last_at,
            days_to_competence=way.days_to_competence if way else None,
            benchmark_days=rule.benchmark_days,
        )
