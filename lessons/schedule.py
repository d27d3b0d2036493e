"""Owns when practice comes: instants in UTC from shifts, the work and the person's clock, and what bars one (pure)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lessons.hours import Hours, instant, span_on
from lessons.rules import AT_TIME, BEFORE_SHIFT, Cohort, LessonRules, When
from metrics.time_zones import local_time

STOPPED, PAUSED, LEAVE, HOLIDAY, WEEKEND = "stopped", "paused", "leave", "holiday", "weekend"
QUIET_HOURS, DO_NOT_DISTURB = "quiet_hours", "do_not_disturb"

# Nearer than this to a shift or a call, a lesson comes too late to be of use.
LEAST_BEFORE = timedelta(minutes=5)
LATE_AFTER = timedelta(hours=2)
BEFORE_THE_END = timedelta(minutes=30)
# An evening shift's lesson comes before quiet hours begin; a morning shift's not the evening before.
MOVED_AT_MOST = timedelta(hours=3)
OFFICE_HOURS = Hours(9 * 60, 17 * 60)
A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Timing:
    """What a person chose about being written to, None where they chose nothing; see lessons.tables.Preference.

    They are written to again on the day `paused_until` names.
    """

    is_stopped: bool = False
    is_weekly: bool = False
    paused_until: date | None = None
    minutes_before_shift: int | None = None
    at_minute: int | None = None
    quiet: Hours | None = None
    weekly_minutes: int | None = None
    is_digest_stopped: bool = False


@dataclass(frozen=True)
class Roster:
    """When one person works and is away: shifts (start, end), appointments and work done (workflow, instant), leave.

    `shifts` reach from a week before to a week after what is asked: who has none there has none imported, and goes by
    the hours of their cohort. Workflows are as work.workflow_name writes them; both days of a leave are included.
    """

    shifts: tuple[Span, ...] = ()
    appointments: tuple[tuple[str, datetime], ...] = ()
    done: tuple[tuple[str, datetime], ...] = ()
    leave: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class Slot:
    """A moment for one lesson: due at `due_at`, of no use after `late_at`, on `local_on` of the person's own clock.

    `barrier` is why it may not be used (a constant of this module), None for one that may.
    """

    name: str
    due_at: datetime
    late_at: datetime
    local_on: date
    barrier: str | None = None


def slots(
    rules: LessonRules,
    cohort: Cohort,
    timing: Timing,
    roster: Roster,
    taken_on: Collection[date],
    from_at: datetime,
    to_at: datetime,
    zone: str,
) -> list[Slot]:
    """Return the moments for lessons in [from_at, to_at): at most one a local day, one a week for who is weekly.

    Of several on one day, that of the cohort's first rule, then the earliest. `taken_on` are the local days that have
    had their lesson, those of the last week included.
    """
    found = considered(rules, cohort, timing, roster, taken_on, from_at, to_at, zone)
    allowed = [slot for slot in found if slot.barrier is None]
    return _one_a_week(allowed, taken_on) if timing.is_weekly else allowed


def considered(
    rules: LessonRules,
    cohort: Cohort,
    timing: Timing,
    roster: Roster,
    taken_on: Collection[date],
    from_at: datetime,
    to_at: datetime,
    zone: str,
) -> list[Slot]:
    """Return one moment a local day: the one to use, else the first that is barred, with its barrier."""
    quiet = _quiet_hours(rules, timing)
    chosen: dict[date, Slot] = {}
    for when in own_rules(timing) or cohort.when:
        for due_at, late_at in sorted(_moments(when, cohort, quiet, roster, from_at, to_at, zone)):
            local_on = local_time(due_at, zone).date()
            if not from_at <= due_at < to_at or local_on in taken_on:
                continue
            barrier = is_quiet(due_at, zone, rules, timing, roster, cohort)
            held = chosen.get(local_on)
            if held is None or (held.barrier and not barrier):
                chosen[local_on] = Slot(when.kind, due_at, late_at, local_on, barrier)
    return sorted(chosen.values(), key=lambda slot: slot.due_at)


def is_quiet(
    at: datetime,
    zone: str,
    rules: LessonRules,
    timing: Timing,
    roster: Roster,
    cohort: Cohort | None = None,
    is_undisturbed: bool = False,
) -> str | None:
    """Return why somebody may not be written to unasked at an instant, as a constant of this module; None if they may.

    A day off is one on which no shift begins for who has shifts (one that began the day before still counts while it
    lasts), one without hours in their cohort for who has none, else one the company does not work; a public holiday is
    one even with a shift.
    `is_undisturbed` says that the platform reports do-not-disturb.
    """
    local = local_time(at, zone)
    day, minute = local.date(), local.hour * 60 + local.minute
    if timing.is_stopped:
        return STOPPED
    if timing.paused_until is not None and day < timing.paused_until:
        return PAUSED
    if any(first <= day <= last for first, last in roster.leave):
        return LEAVE
    if day in rules.holidays:
        return HOLIDAY
    if _is_day_off(at, rules, cohort, roster, zone):
        return WEEKEND
    if any(hours.hold(minute) for hours in _quiet_hours(rules, timing)):
        return QUIET_HOURS
    return DO_NOT_DISTURB if is_undisturbed else None


def own_rules(timing: Timing) -> tuple[When, ...]:
    """Return the rule somebody chose in place of their cohort's; empty where they chose none."""
    if timing.at_minute is not None:
        return (When(AT_TIME, at_minute=timing.at_minute),)
    if timing.minutes_before_shift is not None:
        return (When(BEFORE_SHIFT, timing.minutes_before_shift),)
    return ()


def _moments(
    when: When,
    cohort: Cohort,
    quiet: Collection[Hours],
    roster: Roster,
    from_at: datetime,
    to_at: datetime,
    zone: str,
) -> Iterator[tuple[datetime, datetime]]:
    budget = timedelta(minutes=cohort.minutes)
    lead = max(timedelta(minutes=when.minutes), budget)
    spans = roster.shifts or _usual_spans(cohort.hours, from_at, to_at, zone)
    match when.kind:
        case "before_shift":
            for starts_at, _ in spans:
                yield _before_quiet(starts_at, lead, budget, quiet, zone), starts_at - LEAST_BEFORE
        case "before_work":
            for at in _of(roster.appointments, when.workflow):
                yield at - lead, at - LEAST_BEFORE
        case "after_work":
            for at in _of(roster.done, when.workflow):
                due_at = at + timedelta(minutes=when.minutes)
                ends = [ends_at - budget for starts_at, ends_at in spans if starts_at <= at < ends_at]
                late_at = min([due_at + LATE_AFTER, *ends])
                # Nobody practises in their own time because of what they sold last.
                if due_at < late_at:
                    yield due_at, late_at
        case "end_of_day":
            for starts_at, ends_at in spans or _usual_spans({when.weekday: OFFICE_HOURS}, from_at, to_at, zone):
                if local_time(starts_at, zone).weekday() == when.weekday:
                    yield max(starts_at, ends_at - max(BEFORE_THE_END, budget)), ends_at - LEAST_BEFORE
        case "at_time":
            for day in _days(from_at, to_at, zone):
                due_at = instant(day, when.at_minute, zone)
                yield due_at, due_at + LATE_AFTER


def _of(work: Collection[tuple[str, datetime]], workflow: str) -> list[datetime]:
    return [at for name, at in work if name == workflow]


def _before_quiet(
    starts_at: datetime, lead: timedelta, budget: timedelta, quiet: Collection[Hours], zone: str
) -> datetime:
    """Return `lead` before a shift or, where that is quiet, the last moment with room for a lesson before it became so.

    Where that moment lies too far from the shift, the quiet one is returned, which is_quiet then bars.
    """
    due_at = starts_at - lead
    while starts_at - due_at <= MOVED_AT_MOST:
        local = local_time(due_at, zone)
        minute = local.hour * 60 + local.minute
        held = next((hours for hours in quiet if hours.hold(minute)), None)
        if held is None:
            return due_at
        day = local.date() - (A_DAY if minute < held.from_minute else timedelta())
        due_at = min(due_at, instant(day, held.from_minute, zone)) - budget
    return starts_at - lead


def _usual_spans(hours: Mapping[int, Hours], from_at: datetime, to_at: datetime, zone: str) -> tuple[Span, ...]:
    days = _days(from_at, to_at, zone)
    return tuple(span_on(day, hours[day.weekday()], zone) for day in days if day.weekday() in hours)


def _days(from_at: datetime, to_at: datetime, zone: str) -> list[date]:
    """Return the local days of a window and one more at each end: what starts on one may be due on another."""
    first, last = local_time(from_at - A_DAY, zone).date(), local_time(to_at + A_DAY, zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _quiet_hours(rules: LessonRules, timing: Timing) -> tuple[Hours, ...]:
    return tuple(hours for hours in (rules.quiet, timing.quiet) if hours is not None)


def _is_day_off(at: datetime, rules: LessonRules, cohort: Cohort | None, roster: Roster, zone: str) -> bool:
    day = local_time(at, zone).date()
    if roster.shifts:
        return not any(_touches(span, at, day, zone) for span in roster.shifts)
    if cohort is not None and cohort.hours:
        spans = _usual_spans(cohort.hours, at, at, zone)
        return not any(_touches(span, at, day, zone) for span in spans)
    return day.weekday() not in rules.working_days


def _touches(span: Span, at: datetime, day: date, zone: str) -> bool:
    starts_at, ends_at = span
    # The lesson of a shift that starts at midnight comes the day before.
    is_soon = timedelta() <= starts_at - at <= MOVED_AT_MOST
    # After a night shift, or one until midnight, the day that it ends on is their own.
    return is_soon or starts_at <= at < ends_at or local_time(starts_at, zone).date() == day


def _one_a_week(found: list[Slot], taken_on: Collection[date]) -> list[Slot]:
    kept: list[Slot] = []
    for slot in found:
        others = (*taken_on, *(other.local_on for other in kept))
        if all(abs(slot.local_on - day) >= A_WEEK for day in others):
            kept.append(slot)
    return kept
