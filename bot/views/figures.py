"""Words for figures of progress, the same on every screen: shares, states of a skill, what somebody needs help with."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from metrics.periods import DAYS_BY_NAME
from metrics.standing import Need, NeedKind, SkillStanding, SkillState, Standing
from metrics.time_zones import local_time

NONE_YET = "none yet"
LEARNING_ONLY = "For learning only, not for pay or discipline."
STATES = {
    SkillState.MASTERED: "Mastered",
    SkillState.AWAITS_SIGN_OFF: "Waits for a sign-off",
    SkillState.LAPSED: "Needs a refresher",
    SkillState.PRACTISING: "Practising",
    SkillState.NOT_STARTED: "Not started",
}
MOST_NEEDS = 3
MOST_TOGETHER = 4


def percent(share: float | None) -> str:
    """Return a share 0-1 as a whole percentage."""
    return NONE_YET if share is None else f"{share:.0%}"


def of(part: int, whole: int) -> str:
    """Return how many of how many."""
    return f"{part} of {whole}" if whole else NONE_YET


def minutes(amount: float) -> str:
    """Return minutes, whole ones."""
    return f"{amount:.0f} min"


def day(at: datetime | None, zone: str) -> str:
    """Return the day of an instant on the clock of a zone, such as 3 Nov 2026."""
    if at is None:
        return "not yet"
    local = local_time(at, zone)
    return f"{local.day} {local:%b %Y}"


def change(now: float | None, before: float | None) -> str:
    """Return how a share moved since the period before, in points; empty where either is unknown."""
    if now is None or before is None:
        return ""
    points = round(100 * now) - round(100 * before)
    if points == 0:
        return "unchanged"
    return f"{'up' if points > 0 else 'down'} {abs(points)} {'point' if abs(points) == 1 else 'points'}"


def period_words(days: int) -> str:
    """Return what a period is called, such as "the last 30 days"."""
    return "the last year" if days == DAYS_BY_NAME["year"] else f"the last {days} days"


def state(skill: SkillStanding) -> str:
    """Return where somebody stands in a skill."""
    if skill.state is SkillState.LAPSED and skill.lapsed_because == "sop_changed":
        return f"{STATES[skill.state]}: its SOP changed"
    return STATES[skill.state]


def need_words(need: Need, zone: str) -> str:
    """Return one reason for help in a few words, such as "Refunds: step 3 missed twice at work"."""
    said, about = need_reason(need, zone), need.title or need.about
    return f"{about}: {said}" if about else capital(said)


def need_reason(need: Need, zone: str) -> str:
    """Return a reason for help without what it is about, such as "step 3 missed twice at work"."""
    step = f"step {need.step}" if need.step and need.step.isdecimal() else need.step or "a step"
    times = "twice" if need.times == 2 else f"{need.times} times"
    return {
        NeedKind.MISSED_AT_WORK: f"{step} missed {times} at work",
        NeedKind.SCENARIO_FAILED: "lessons done, scenarios not yet passed",
        NeedKind.MISSED_IN_PRACTICE: f"{step} missed {times} in practice",
        NeedKind.OVERDUE: f"was due {day(need.since, zone)}",
        NeedKind.STALLED: f"no practice since {day(need.since, zone)}",
        NeedKind.LAPSED: "needs a refresher",
        NeedKind.SOP_CHANGED: "its SOP changed since it was mastered",
        NeedKind.NOT_STARTED: "not started",
    }[need.kind]


def together(said: Iterable[tuple[str, str]]) -> list[str]:
    """Return lines of what is said about what, in their order; those of whom the same is said share a line.

    Such as "Not started: Refunds, Using the till and 7 more"; one alone reads "Refunds: not started".
    """
    by_words: dict[str, list[str]] = {}
    for about, words in said:
        by_words.setdefault(words, []).append(about)
    lines = []
    for words, repeated in by_words.items():
        names = list(dict.fromkeys(repeated))
        lines.append(f"{names[0]}: {words}" if len(names) == 1 else f"{capital(words)}: {listed(names, MOST_TOGETHER)}")
    return lines


def capital(words: str) -> str:
    """Return words as they begin a sentence."""
    return words[:1].upper() + words[1:]


def needs_words(standing: Standing, zone: str, most: int = MOST_NEEDS) -> str:
    """Return what somebody needs help with, the gravest first; at most so many, and how many more there are."""
    said = list(dict.fromkeys(need_words(need, zone) for need in standing.needs))
    more = f"; {len(said) - most} more" if len(said) > most else ""
    return "; ".join(said[:most]) + more


def mastered(standing: Standing) -> str:
    """Return how many of the skills somebody needs are mastered."""
    return of(standing.mastered, len(standing.needed)) if standing.needed else "no skills listed"


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return names in a sentence: "Ana, Ben and 2 more"."""
    shown, rest = list(names[:most]), len(names) - most
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""
