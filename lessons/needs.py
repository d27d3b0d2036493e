"""Owns who needs help with what, and why: rules over what is known of one person (pure)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from lessons.hours import instant
from lessons.skills import SkillRule
from metrics.standing import Need, NeedKind, SkillStanding, SkillState
from metrics.step_tallies import AnswerStep, WorkStep
from metrics.steps import Repeated
from metrics.time_zones import local_time
from metrics.work import workflow_name

# Mistakes of a month: long enough to meet a step twice, short enough that what was mended since is not held against
# anybody. The choice of lessons looks back as far.
COUNTED_DAYS = 30
# One scenario failed is chance one time in five even for who is able; two in a row are not.
SCENARIOS_FAILED = 2
# Practice comes several times a week, so two weeks at work without any are no accident.
STALLED_AFTER_DAYS = 14
# Whoever is new finds their way first; their onboarding begins within days.
SETTLING_IN_DAYS = 7

# What is new, has faded or changed is what lessons are for: a manager told of it each time would soon stop reading.
COMES_BY_LESSONS = (NeedKind.LAPSED, NeedKind.SOP_CHANGED, NeedKind.NOT_STARTED)
CAN_PRACTISE = (SkillState.NOT_STARTED, SkillState.PRACTISING, SkillState.LAPSED)


@dataclass(frozen=True)
class FailedScenarios:
    """The newest answers to a skill's scenarios: so many `times` wrong in a row, at first at `since`."""

    times: int
    since: datetime


@dataclass(frozen=True)
class Circumstances:
    """What the needs of one person are told from.

    `skills` are those their role needs or that they practised. `offered` names skills with a module open to them,
    `failed` those of which all such modules are done and the newest scenarios were failed. `missed_at_work` and
    `missed_in_practice` are steps missed at least twice in COUNTED_DAYS. `late` are tracks past their date: title and
    date. `began_at` is when they last practised, or first began where they answered nothing. `leave` are days away,
    both included; `paused_until` is the day from which they are written to again. `employed_on` is None where unknown.
    """

    zone: str
    skills: tuple[SkillStanding, ...] = ()
    offered: frozenset[str] = frozenset()
    failed: Mapping[str, FailedScenarios] = field(default_factory=dict)
    missed_at_work: tuple[Repeated[WorkStep], ...] = ()
    missed_in_practice: tuple[Repeated[AnswerStep], ...] = ()
    late: tuple[tuple[str, date], ...] = ()
    stale_since: Mapping[str, datetime] = field(default_factory=dict)
    began_at: datetime | None = None
    leave: tuple[tuple[date, date], ...] = ()
    paused_until: date | None = None
    employed_on: date | None = None

    def today(self, now: datetime) -> date:
        """Return the date where they are."""
        return local_time(now, self.zone).date()


def needs_of(known: Circumstances, skills: Mapping[str, SkillRule], now: datetime) -> tuple[Need, ...]:
    """Return what somebody needs help with, the gravest first, within a kind in the order of `skills`."""
    found = [
        *_missed_at_work(known, skills),
        *_scenarios_failed(known),
        *_missed_in_practice(known),
        *_overdue(known, now),
        *_stalled(known, now),
        *_lapsed(known),
        *_not_started(known, now),
    ]
    return tuple(sorted(found, key=lambda need: need.gravity))


def parted(needs: Iterable[Need], has_practised: bool) -> tuple[tuple[Need, ...], tuple[Need, ...]]:
    """Return what another person can help with, and what lessons bring by themselves (pure).

    Of who never practised anything somebody should know, once and not skill by skill.
    """
    every = tuple(needs)
    helped = tuple(need for need in every if need.kind not in COMES_BY_LESSONS)
    coming = tuple(need for need in every if need.kind in COMES_BY_LESSONS)
    new = [need for need in coming if need.kind is NeedKind.NOT_STARTED]
    if new and not has_practised:
        since = min((need.since for need in new if need.since is not None), default=None)
        helped = (*helped, Need(NeedKind.NOT_STARTED, since=since))
    return helped, coming


def days_waited(known: Circumstances, now: datetime) -> int | None:
    """Return for how many days they practised nothing, days of leave left out; None while they are away or paused.

    None too for who has not begun. A pause is a fresh start: days before its end count for nothing.
    """
    if known.began_at is None:
        return None
    today, since_on = known.today(now), known.today(known.began_at)
    if known.paused_until is not None:
        since_on = max(since_on, known.paused_until)
    away = _days_within(known.leave, since_on, today)
    return None if since_on > today or today in away else (today - since_on).days - len(away)


def _missed_at_work(known: Circumstances, skills: Mapping[str, SkillRule]) -> Iterator[Need]:
    listed = {skill.skill: skill.title for skill in known.skills}
    for missed in known.missed_at_work:
        taught = [key for key, rule in skills.items() if missed.step.workflow in map(workflow_name, rule.workflows)]
        mine = next((key for key in taught if key in listed), None)
        if taught and mine is None:
            continue
        # Work that belongs to no skill is still work somebody may need help with.
        title = listed[mine] if mine else missed.step.workflow.replace("_", " ")
        yield Need(NeedKind.MISSED_AT_WORK, mine or "", title, missed.step.step, missed.times, missed.since)


def _missed_in_practice(known: Circumstances) -> Iterator[Need]:
    told = set()
    for skill in known.skills:
        for missed in known.missed_in_practice:
            # Modules of one skill number the steps of one procedure; the list begins with the most often missed.
            if missed.step.skill == skill.skill and (skill.skill, missed.step.step) not in told:
                told.add((skill.skill, missed.step.step))
                step = str(missed.step.step)
                yield Need(NeedKind.MISSED_IN_PRACTICE, skill.skill, skill.title, step, missed.times, missed.since)


def _scenarios_failed(known: Circumstances) -> Iterator[Need]:
    for skill in known.skills:
        failed = known.failed.get(skill.skill)
        if failed is not None and failed.times >= SCENARIOS_FAILED:
            yield Need(NeedKind.SCENARIO_FAILED, skill.skill, skill.title, None, failed.times, failed.since)


def _overdue(known: Circumstances, now: datetime) -> Iterator[Need]:
    for title, due_on in sorted(known.late, key=lambda track: track[::-1]):
        if due_on < known.today(now):
            yield Need(NeedKind.OVERDUE, since=instant(due_on, 0, known.zone), about=title)


def _stalled(known: Circumstances, now: datetime) -> Iterator[Need]:
    waited = days_waited(known, now)
    is_left = any(skill.is_needed and skill.state in CAN_PRACTISE for skill in _offered(known))
    if waited is not None and waited >= STALLED_AFTER_DAYS and is_left:
        yield Need(NeedKind.STALLED, since=known.began_at)


def _lapsed(known: Circumstances) -> Iterator[Need]:
    # Practice of what a role no longer needs is not offered any more, so it would be told for ever.
    for skill in known.skills:
        if skill.is_needed and skill.state == SkillState.LAPSED:
            is_stale = skill.lapsed_because == "sop_changed"
            kind = NeedKind.SOP_CHANGED if is_stale else NeedKind.LAPSED
            yield Need(kind, skill.skill, skill.title, since=known.stale_since.get(skill.skill) if is_stale else None)


def _not_started(known: Circumstances, now: datetime) -> Iterator[Need]:
    since_on = known.employed_on
    if since_on is not None and (known.today(now) - since_on).days < SETTLING_IN_DAYS:
        return
    for skill in _offered(known):
        if skill.is_needed and skill.state == SkillState.NOT_STARTED:
            since = instant(since_on, 0, known.zone) if since_on is not None else None
            yield Need(NeedKind.NOT_STARTED, skill.skill, skill.title, since=since)


def _offered(known: Circumstances) -> Iterable[SkillStanding]:
    return (skill for skill in known.skills if skill.skill in known.offered)


def _days_within(leave: Iterable[tuple[date, date]], after_on: date, until_on: date) -> Collection[date]:
    """Return the days of leave after one day and up to another."""
    spans = ((max(from_on, after_on + timedelta(days=1)), min(to_on, until_on)) for from_on, to_on in leave)
    return {first + timedelta(days=day) for first, last in spans for day in range((last - first).days + 1)}
