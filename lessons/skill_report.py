"""Owns the report of one skill: who stands where, how long it takes, where it goes wrong, what the work shows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from lessons.group_figures import groups_until
from lessons.report import SkillCoverage, Whose
from lessons.reports import NO_REPORTS, as_others_see, coverage_of, everybody, known_by_name, whose_is
from lessons.skill_group import SaidUsed, SkillGroup, StepConsistency, StepPattern
from lessons.skills import SkillRule
from lessons.standings import standings
from lessons.viewer import Viewer
from metrics.adherence import Adherence, FirstApplications
from metrics.error_reduction import ErrorReduction
from metrics.errors import Refusal
from metrics.people import Person
from metrics.periods import DAYS_BY_NAME, Period, last_days
from metrics.standing import Need, SkillStanding, Standing
from metrics.step_tallies import AnswerStep
from metrics.steps import StepFigures, step_mistakes
from metrics.survival import Observed
from metrics.velocity import (
    Comparison,
    GroupTime,
    Independence,
    compare,
    independence,
    paths,
    share_within,
    to_competence,
    to_independence,
    to_mastery,
)

LOOKED_BACK_DAYS = DAYS_BY_NAME["quarter"]
# Returns how long each of these people took, or has waited.
TimesOf = Callable[[Collection[int]], Sequence[Observed]]


@dataclass(frozen=True)
class PersonInSkill:
    """One person in the skill, and what they need help with in it."""

    whose: Whose
    standing: SkillStanding
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class SkillReport:
    """One skill. `own` and `own_steps` are of the viewer; the rest of the people they see, None or empty without any.

    `period` is what steps, work and confidence are counted in: 90 days up to the last Monday. `overconfidence` is in
    tenths, above 0 too sure. `said_used` is what people say, `work` what the work shows; the two are never mixed.
    `first_used` is how soon after a lesson the work went well, `independence` how long until somebody does each
    workflow alone, by its name.
    """

    rule: SkillRule
    period: Period
    own: SkillStanding | None = None
    own_steps: tuple[StepFigures[AnswerStep], ...] = ()
    coverage: SkillCoverage | None = None
    people: tuple[PersonInSkill, ...] = ()
    competence: GroupTime | None = None
    within_benchmark: float | None = None
    mastery: GroupTime | None = None
    by_cohort: Comparison | None = None
    steps: tuple[StepPattern, ...] = ()
    consistency: tuple[StepConsistency, ...] = ()
    overconfidence: float | None = None
    said_used: SaidUsed | None = None
    work: Adherence | None = None
    first_used: FirstApplications | None = None
    fewer_mistakes: tuple[ErrorReduction, ...] = ()
    independence: tuple[tuple[str, GroupTime], ...] = ()


def skill_report(session: Session, viewer: Viewer, skill: str, now: datetime, person: Person | None) -> SkillReport:
    """Return how a skill stands: of `person`, who is the viewer (None for nobody's), and of the people they see.

    Raises Refusal where company.yaml lists no such skill, or there is nobody to see.
    """
    rule = viewer.skills.get(skill)
    if rule is None:
        raise Refusal(f"There is no skill {skill!r}. Skills are: {', '.join(viewer.skills) or 'none yet'}.")
    report = SkillReport(rule, last_days(LOOKED_BACK_DAYS, groups_until(now, viewer.zone)))
    if person is not None and person.id == viewer.asker.person_id:
        own = standings(session, [person], viewer.skills, now, viewer.zone)[person.id]
        standing = next((each for each in own.skills if each.skill == skill), None)
        live = last_days(LOOKED_BACK_DAYS, now)
        steps = (each for each in step_mistakes(session, [person.id], live, skill) if each.missed)
        report = replace(report, own=standing, own_steps=tuple(steps))
    scope = everybody(session) if viewer.sees_company else viewer.people(session)
    if not scope:
        if report.own is None:
            raise Refusal(NO_REPORTS)
        return report
    return _of_people(session, viewer, report, scope, now)


def _of_people(
    session: Session, viewer: Viewer, report: SkillReport, scope: Sequence[Person], now: datetime
) -> SkillReport:
    rule, skill = report.rule, report.rule.key
    found = standings(session, scope, viewer.skills, now, viewer.zone)
    visible = {person.id for person in viewer.people(session)}
    named = []
    for person in scope:
        seen = as_others_see(found[person.id])
        standing = next((each for each in seen.skills if each.skill == skill), None)
        if person.id in visible and standing is not None:
            needs = tuple(need for need in found[person.id].needs if need.skill == skill)
            named.append(PersonInSkill(whose_is(person), standing, needs))
    ids = [person.id for person in scope]
    ways = paths(session, ids, now)
    known = known_by_name(viewer, visible)
    unnamed = frozenset(ids) - known
    # Whom a viewer sees by name may be counted however few they are.
    smallest = viewer.smallest_group if unnamed else 1
    timed = partial(_timed, ids=frozenset(ids), unnamed=unnamed, smallest=smallest)
    began = partial(to_competence, ways, skill, now)
    competence = timed(began)
    cohorts: dict[str, list[int]] = {}
    for person in scope:
        cohort = viewer.rules.cohort_of(person.email, person.roles, person.team, person.site)
        if cohort is not None:
            cohorts.setdefault(cohort.name, []).append(person.id)
    alone = independence(session, ids, {skill: rule.workflows}, now)
    of_group = SkillGroup(session, rule, report.period, scope, viewer.smallest_group)
    return replace(
        report,
        coverage=next(
            (each for each in coverage_of(viewer, scope, found, smallest, known) if each.skill == skill), None
        ),
        people=tuple(sorted(named, key=_in_need_first)),
        competence=competence,
        within_benchmark=(
            share_within(began(ids), rule.benchmark_days)
            if rule.benchmark_days is not None and competence.arrived is not None
            else None
        ),
        mastery=timed(partial(to_mastery, ways, skill, now)),
        by_cohort=_by_cohort(began, cohorts, unnamed, viewer.smallest_group),
        steps=of_group.patterns(),
        consistency=of_group.consistency(),
        overconfidence=of_group.overconfidence(),
        said_used=of_group.said_used(),
        work=of_group.work(),
        first_used=of_group.first_used(),
        fewer_mistakes=of_group.fewer_mistakes(),
        independence=tuple((workflow, timed(partial(_alone, alone, workflow, now))) for workflow in rule.workflows),
    )


def _in_need_first(person: PersonInSkill) -> tuple[object, ...]:
    urgency = Standing(person.whose.person_id, needs=person.needs).urgency
    return (person.whose.team or "", urgency, person.whose.name.lower(), person.whose.person_id)


def _timed(of: TimesOf, ids: Collection[int], unnamed: Collection[int], smallest: int) -> GroupTime:
    observed = of(ids)
    # Whoever knows the others by name subtracts them.
    if 0 < len(of(unnamed)) < smallest:
        return GroupTime(len(observed))
    return compare({"": observed}, smallest).groups[""]


def _by_cohort(
    of: TimesOf,
    cohorts: Mapping[str, Collection[int]],
    unnamed: Collection[int],
    smallest: int,
) -> Comparison:
    """Compare cohorts, saying only the sizes where the viewer could subtract what is shown to reach a few."""
    groups = {name: of(members) for name, members in cohorts.items()}
    others = {name: len(of(frozenset(unnamed).intersection(members))) for name, members in cohorts.items()}
    few = range(1, smallest)
    shown = {name: group for name, group in groups.items() if len(group) >= smallest and others[name] not in few}
    if len(of(unnamed)) - sum(others[name] for name in shown) in few:
        shown = {}
    compared = compare(shown, smallest)
    times = {name: compared.groups.get(name, GroupTime(len(group))) for name, group in groups.items()}
    return Comparison(times, compared.log_rank)


def _alone(
    ways: Mapping[tuple[int, str], Independence], workflow: str, now: datetime, ids: Collection[int]
) -> list[Observed]:
    return to_independence({key: way for key, way in ways.items() if key[0] in ids}, workflow, now)
