"""Owns the reports of progress: the one place that every screen, message, file and command takes its numbers from."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessons.group_figures import Groups, groups_until
from lessons.nudges import LESSONS
from lessons.report import (
    Effort,
    OwnPractice,
    PersonReport,
    SkillCoverage,
    TeamReport,
    Week,
    Whose,
)
from lessons.standings import standings
from lessons.viewer import Viewer
from metrics.confidence import confidence_gain
from metrics.errors import Refusal
from metrics.frequency import days_practised
from metrics.groups import By, divide
from metrics.people import Person
from metrics.periods import Period
from metrics.policy import Action, ProgressOf, may
from metrics.standing import SkillState, Standing
from metrics.streaks import streak_of
from metrics.tallies import Tally
from metrics.tallying import tallies, tally_by_person
from metrics.time_zones import local_time

WEEKS_SHOWN = 12
NOT_YOURS = "You can see your own progress, and that of the people you manage. This person is not among them."
NOT_BOTH = "Look at one team, or compare groups of everybody you see; not both at once."
NO_REPORTS = "Nobody is listed as reporting to you, so you can see only your own progress."

_STATES = {
    SkillState.MASTERED: "mastered",
    SkillState.LAPSED: "lapsed",
    SkillState.AWAITS_SIGN_OFF: "awaiting_sign_off",
    SkillState.PRACTISING: "practising",
    SkillState.NOT_STARTED: "not_started",
}


def person_report(session: Session, viewer: Viewer, person: Person, period: Period, now: datetime) -> PersonReport:
    """Return one person's progress in a period; what only they may see is there for themselves alone.

    Raises Refusal when the viewer may not see it.
    """
    if not viewer.may_see(session, person):
        raise Refusal(NOT_YOURS)
    standing = standings(session, [person], viewer.skills, now, viewer.zone)[person.id]
    tally = tally_by_person(session, [person.id], period)[person.id]
    report = PersonReport(whose_is(person), period, standing, _effort(tally))
    if not may(viewer.asker, Action.SEE_PRACTICE, ProgressOf(person.id)):
        return replace(report, standing=as_others_see(standing))
    return replace(report, own=_own(session, person, person.time_zone or viewer.zone, period, tally, now))


def team_report(
    session: Session, viewer: Viewer, period: Period, now: datetime, by: By | None = None, team: str | None = None
) -> TeamReport:
    """Return the progress of the people somebody may see, of all of them or of one team.

    What groups did is counted up to the last Monday, so that two looks in one week show the same; `groups_period` says
    so. Raises Refusal when there is nobody to see, or for a team and a division at once.
    """
    if team is not None and by is not None:
        # Groups within a team are no groups of those whose figures may be shown.
        raise Refusal(NOT_BOTH)
    seen = viewer.people(session)
    scope = everybody(session) if viewer.sees_company else seen
    people = [person for person in scope if team is None or person.team == team]
    if not people:
        raise Refusal(NO_REPORTS if team is None else f"You see nobody in a team called {team!r}.")
    found = standings(session, people, viewer.skills, now, viewer.zone)
    visible = {person.id for person in seen}
    known = known_by_name(viewer, visible)
    groups = Groups(session, viewer, scope, groups_until(now, viewer.zone), known)
    named = [person for person in people if person.id in visible]
    efforts = tally_by_person(session, [person.id for person in named], period)
    reports = [
        PersonReport(whose_is(person), period, as_others_see(found[person.id]), _effort(efforts[person.id]))
        for person in named
    ]
    whole = groups.row(None if team is None else "team", team or "", people, found, period.days)
    divided = divide(people, by, local_time(now, viewer.zone).date(), groups.cohorts) if by else {}
    by_id = {person.id: person for person in people}
    return TeamReport(
        period=period,
        people=tuple(sorted(reports, key=in_need_first)),
        whole=whole,
        skills=_skills(viewer, scope, people, found, known),
        by=by,
        groups=tuple(
            groups.row(by, label, [by_id[person_id] for person_id in members], found, period.days)
            for label, members in divided.items()
        ),
        groups_period=groups.period(period.days),
    )


def everybody(session: Session) -> list[Person]:
    """Return the active people of the company, by name."""
    return list(session.scalars(select(Person).where(Person.is_active).order_by(Person.name, Person.id)))


def in_need_first(report: PersonReport) -> tuple[object, ...]:
    """Return what to sort people by: team by team, in each who needs help most first, then by name."""
    return (report.whose.team or "", report.standing.urgency, report.whose.name.lower(), report.whose.person_id)


def known_by_name(viewer: Viewer, visible: Collection[int]) -> frozenset[int]:
    """Return whose standing a viewer who sees these people by name knows: theirs, and then their own."""
    own = viewer.asker.person_id
    return frozenset({*visible, own} if visible and own is not None else visible)


def coverage_of(
    viewer: Viewer, people: Sequence[Person], found: Mapping[int, Standing], smallest: int, known: Collection[int] = ()
) -> tuple[SkillCoverage, ...]:
    """Return how many stand where in each skill that at least so many of these people need.

    So many, or nobody, are to be left when those the viewer knows by name are subtracted.
    """
    counts: dict[str, dict[str, int]] = {}
    others: Counter[str] = Counter()
    for person in people:
        for skill in found[person.id].needed:
            others[skill.skill] += person.id not in known
            row = counts.setdefault(skill.skill, dict.fromkeys(("needed", *_STATES.values()), 0))
            row["needed"] += 1
            row[_STATES[skill.state]] += 1
    return tuple(
        SkillCoverage(key, rule.title, **counts[key])
        for key, rule in viewer.skills.items()
        if key in counts and counts[key]["needed"] >= smallest and not 0 < others[key] < smallest
    )


def whose_is(person: Person) -> Whose:
    """Return whom a report is about."""
    return Whose(person.id, person.name, person.team, person.site, tuple(person.roles), person.started_on)


def as_others_see(standing: Standing) -> Standing:
    """Return a standing without what answers alone tell: how likely the next one is right."""
    return replace(standing, skills=tuple(replace(skill, recall=None) for skill in standing.skills))


def _skills(
    viewer: Viewer,
    scope: Sequence[Person],
    people: Sequence[Person],
    found: Mapping[int, Standing],
    known: Collection[int],
) -> tuple[SkillCoverage, ...]:
    if all(person.id in known for person in scope):
        return coverage_of(viewer, people, found, 1)
    # The company less all other teams would be a small team's.
    return () if len(people) < len(scope) else coverage_of(viewer, people, found, viewer.smallest_group, known)


def _effort(tally: Tally) -> Effort:
    return Effort(tally.lessons_completed, tally.minutes)


def _own(session: Session, person: Person, zone: str, period: Period, tally: Tally, now: datetime) -> OwnPractice:
    by_skill = {
        key.skill: found
        for key, found in tallies(session, [person.id], (period.since, period.until), by_skill=True).items()
        if key.skill is not None
    }
    return OwnPractice(
        tally=tally,
        before=tally_by_person(session, [person.id], period.before)[person.id],
        weeks=_weeks(session, person.id, zone, now),
        by_skill=by_skill,
        streak=streak_of(session, person.id, zone, now, LESSONS),
        confidence_gain=confidence_gain(session, [person.id], now).gain,
        days_practised=days_practised(session, [person.id], period, zone)[person.id],
    )


def _weeks(session: Session, person_id: int, zone: str, now: datetime) -> tuple[Week, ...]:
    today = local_time(now, zone).date()
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in range(WEEKS_SHOWN - 1, -1, -1)]
    bounds = [_midnight(day, zone) for day in (*mondays, this_monday + timedelta(weeks=1))]
    found = tallies(session, [person_id], bounds)
    return tuple(
        Week(mondays[key.place], tally)
        for key, tally in sorted(found.items(), key=lambda pair: pair[0].place)
        if tally.did_anything
    )


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
