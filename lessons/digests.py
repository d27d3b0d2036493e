"""Owns the manager's digest: what moved in a week and who needs help, of the people they manage; and when it goes out.

How digests are sent is lessons/nudges.py; their words are in bot/views.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lessons.agendas import HORIZON
from lessons.hours import instant
from lessons.nudges import PLANNED, SENT, TO_MANAGERS, UNKNOWN
from lessons.report import PersonReport, TeamReport, Whose
from lessons.reports import team_report
from lessons.rules import LessonRules
from lessons.standings import standings
from lessons.supports import checked_in
from lessons.tables import Nudge, Preference
from lessons.track_progress import SIGN_OFF
from lessons.viewer import Viewer
from metrics.db import insert_new
from metrics.errors import Refusal
from metrics.events.kinds import (
    Confirmed,
    InteractionHandled,
    ItemAnswered,
    LessonOpened,
    QuestionAsked,
    SkillLapsed,
    SkillMastered,
)
from metrics.events.record import EventRow
from metrics.people import Person, managers_above, managers_by_person
from metrics.periods import Period, last_days
from metrics.policy import WholeCompany
from metrics.reinforcement import DIGEST, ManagerWeek, reinforcement
from metrics.standing import SkillState
from metrics.time_zones import local_time

DAYS = 7
AT_MINUTE = 9 * 60
# Whoever is away on its day reads it when they are back, but not next to the following one.
LATE_AFTER = timedelta(days=3)
# Whoever did none of these has not met Coach, so there is nothing to tell of them.
USED = (QuestionAsked.kind, InteractionHandled.kind, LessonOpened.kind, ItemAnswered.kind)

Keys = set[tuple[int, str]]  # person id and skill


class MovedKind(StrEnum):
    """What became of somebody's skill in a week."""

    MASTERED = "mastered"
    PASSED_UNSEEN = "passed_unseen"  # their first scenario passed that they had not seen before
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Moved:
    """Something that moved: whose skill, and what became of it."""

    whose: Whose
    kind: MovedKind
    skill: str
    title: str


@dataclass(frozen=True)
class Digest:
    """What a manager reads once a week about the people they manage, themselves not among them.

    `report` is of the last DAYS days, people in the order of /progress team. `last_week` is what the manager did in
    the last whole week; `checked_in` are ids of people with whom they noted a check-in this week.
    """

    report: TeamReport
    moved: tuple[Moved, ...]
    last_week: ManagerWeek
    checked_in: frozenset[int] = frozenset()

    @property
    def stuck(self) -> tuple[PersonReport, ...]:
        """Who needs help, team by team, the gravest of each first."""
        return tuple(person for person in self.report.people if person.standing.needs)

    @property
    def lessons(self) -> int:
        """The lessons all of them completed in the week."""
        return sum(person.effort.lessons for person in self.report.people)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing moved, no lesson was completed and nobody began to need help."""
        needs = (need for person in self.report.people for need in person.standing.needs)
        is_new = any(need.since is not None and need.since > self.report.period.since for need in needs)
        return not self.moved and self.lessons == 0 and not is_new


def as_manager(viewer: Viewer) -> Viewer:
    """Return the same viewer seeing only the people they manage: who looks after Coach gets no digest of everybody."""
    return replace(viewer, company=WholeCompany())


def digest_of(session: Session, viewer: Viewer, now: datetime) -> Digest:
    """Return the digest of a manager as it is now. Raises Refusal for who manages nobody."""
    manager_id = viewer.asker.person_id
    mine = as_manager(viewer)
    report = team_report(session, mine, last_days(DAYS, now), now)
    if manager_id is None:
        raise Refusal("A digest is for a person who manages others.")
    ids = [person.whose.person_id for person in report.people]
    [last_week] = reinforcement(session, [manager_id], now, viewer.zone, weeks=1)[manager_id].weeks
    moved = tuple(_moved(session, mine, report))
    return Digest(report, moved, last_week, checked_in(session, manager_id, ids, now, viewer.zone))


def digest_day(day: date, rules: LessonRules) -> date | None:
    """Return the first working day of the week of a day, None where the whole week is free."""
    monday = day - timedelta(days=day.weekday())
    week = (monday + timedelta(days=number) for number in range(7))
    return next((one for one in week if one.weekday() in rules.working_days and one not in rules.holidays), None)


def plan_digests(session: Session, rules: LessonRules, company_zone: str, now: datetime) -> None:
    """Plan the digest of everybody who manages somebody that met Coach; planning again changes nothing.

    It is due at 09:00 on the manager's clock on the first working day of the week, and one whose day or hour moved
    while it waited moves with it. Works in the caller's transaction, which must be one for writing.
    """
    managers = _managers(session)
    since = (now - timedelta(days=8)).date()
    rows = session.scalars(
        select(Nudge)
        .where(Nudge.slot == DIGEST, Nudge.person_id.in_([each.id for each in managers]), Nudge.local_on >= since)
        .order_by(Nudge.person_id, Nudge.id)
        .with_for_update()
    ).all()
    met: set[int] | None = None
    for manager in managers:
        own = [row for row in rows if row.person_id == manager.id]
        for day, due_at in _moments(rules, manager.time_zone or company_zone, now):
            row = next((row for row in own if row.local_on.isocalendar()[:2] == day.isocalendar()[:2]), None)
            if row is not None:
                # One that waits for its person is due later than at first, never late later.
                if row.state == PLANNED and row.due_at > now and row.late_at != due_at + LATE_AFTER:
                    row.local_on, row.due_at, row.late_at = day, due_at, due_at + LATE_AFTER
                continue
            met = _above_who_met_coach(session) if met is None else met
            if manager.id in met:
                when = {"local_on": day, "due_at": due_at, "late_at": due_at + LATE_AFTER}
                insert_new(session, Nudge, person_id=manager.id, slot=DIGEST, state=PLANNED, **when)
    session.flush()


def _moments(rules: LessonRules, zone: str, now: datetime) -> Iterator[tuple[date, datetime]]:
    """Yield the days of digests of this week and the next that are not over and begin soon, and when they are due."""
    today = local_time(now, zone).date()
    for week in (today, today + timedelta(days=7)):
        day = digest_day(week, rules)
        if day is not None and day >= today and (due_at := instant(day, AT_MINUTE, zone)) <= now + HORIZON:
            yield day, due_at


def _managers(session: Session) -> Sequence[Person]:
    """Return the active people to whom somebody reports and who have not stopped digests, by id."""
    reported_to = select(Person.manager_id).where(Person.manager_id.is_not(None))
    stopped = select(Preference.person_id).where(Preference.is_digest_stopped)
    query = select(Person).where(Person.is_active, Person.id.in_(reported_to), Person.id.not_in(stopped))
    return session.scalars(query.order_by(Person.id)).all()


def _above_who_met_coach(session: Session) -> set[int]:
    """Return the ids of all managers above the active people who used Coach or were sent anything."""
    used = exists().where(EventRow.person_id == Person.id, EventRow.kind.in_(USED))
    went_out = (Nudge.state.in_((SENT, UNKNOWN)), Nudge.slot.not_in(TO_MANAGERS))
    was_sent = exists().where(Nudge.person_id == Person.id, *went_out)
    met = session.scalars(select(Person.id).where(Person.is_active, or_(used, was_sent))).all()
    above = managers_by_person(session)
    return {manager_id for person_id in met for manager_id in managers_above(person_id, above)}


def _moved(session: Session, viewer: Viewer, report: TeamReport) -> Iterator[Moved]:
    """Yield what moved in the report's period: from where people stand, and from events of that time."""
    lately = report.period
    mastered, lapsed = _noted(session, [each.whose.person_id for each in report.people], lately)
    lapsed |= _faded(session, viewer, report)
    for person in report.people:
        whose = person.whose
        for skill in person.standing.skills:
            key = whose.person_id, skill.skill
            if skill.state is SkillState.MASTERED and (key in mastered or _is_in(skill.mastered_at, lately)):
                yield Moved(whose, MovedKind.MASTERED, skill.skill, skill.title)
            elif skill.state is not SkillState.MASTERED and key in lapsed:
                yield Moved(whose, MovedKind.LAPSED, skill.skill, skill.title)
            if skill.started_at is not None and skill.days_to_competence is not None:
                passed_at = skill.started_at + timedelta(days=skill.days_to_competence)
                if _is_in(passed_at, lately):
                    yield Moved(whose, MovedKind.PASSED_UNSEEN, skill.skill, skill.title)


def _is_in(at: datetime | None, period: Period) -> bool:
    return at is not None and period.since < at <= period.until


def _noted(session: Session, ids: Sequence[int], lately: Period) -> tuple[Keys, Keys]:
    """Return whose evidence came to suffice or who was signed off in a period, and whose mastery ended in it."""
    rows = select(EventRow.person_id, EventRow.kind, EventRow.skill, EventRow.score, EventRow.payload).where(
        EventRow.kind.in_((SkillMastered.kind, SkillLapsed.kind, Confirmed.kind)),
        EventRow.person_id.in_(ids),
        EventRow.at > lately.since,
        EventRow.at <= lately.until,
    )
    mastered: Keys = set()
    lapsed: Keys = set()
    for person_id, kind, named, score, payload in session.execute(rows):
        skill = named
        if kind == Confirmed.kind and payload.get("what") == SIGN_OFF and score == 1:
            skill = payload.get("subject")
        if person_id is not None and skill is not None:
            (lapsed if kind == SkillLapsed.kind else mastered).add((person_id, skill))
    return mastered, lapsed


def _faded(session: Session, viewer: Viewer, report: TeamReport) -> Keys:
    """Return which skills lapsed now were mastered when the period began: recall fades without an event."""
    lapsed = {
        (each.whose.person_id, skill.skill)
        for each in report.people
        for skill in each.standing.skills
        if skill.state is SkillState.LAPSED
    }
    if not lapsed:
        return set()
    people = session.scalars(select(Person).where(Person.id.in_({person_id for person_id, _ in lapsed}))).all()
    before = standings(session, people, viewer.skills, report.period.since, viewer.zone)
    return {
        (person_id, skill.skill)
        for person_id, standing in before.items()
        for skill in standing.skills
        if (person_id, skill.skill) in lapsed and skill.state is SkillState.MASTERED
    }
