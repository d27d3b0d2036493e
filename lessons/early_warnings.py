"""Owns early warnings: what a manager should hear of before the Monday digest, and how grave it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from lessons.needs import COUNTED_DAYS
from lessons.skills import SkillRule
from metrics.people import Person, asker_for, managers_above, managers_by_person
from metrics.periods import last_days
from metrics.policy import Action, ProgressOf, may
from metrics.standing import NeedKind, Standing
from metrics.steps import missed_by_many, missed_by_many_at_work
from metrics.work import workflow_name

# Long enough to have done something about it; what still stands then is told again.
TOLD_AGAIN_AFTER = timedelta(days=14)


class WarningKind(StrEnum):
    """What a warning is about, the gravest first."""

    MISSED_AT_WORK_BY_MANY = "missed_at_work_by_many"  # the same step of the work, by three people in 30 days
    MISSED_AT_WORK = "missed_at_work"  # the same step of the work, twice by one person
    SCENARIO_FAILED = "scenario_failed"  # all modules of a skill done, its newest scenarios failed
    MISSED_IN_PRACTICE_BY_MANY = "missed_in_practice_by_many"  # the same step of an SOP, by three people in 30 days
    MISSED_IN_PRACTICE = "missed_in_practice"  # the same step of an SOP, twice by one person
    STALLED = "stalled"  # began, and has not practised for two weeks


OF_ONE = {
    NeedKind.MISSED_AT_WORK: WarningKind.MISSED_AT_WORK,
    NeedKind.SCENARIO_FAILED: WarningKind.SCENARIO_FAILED,
    NeedKind.MISSED_IN_PRACTICE: WarningKind.MISSED_IN_PRACTICE,
    NeedKind.STALLED: WarningKind.STALLED,
}


@dataclass(frozen=True)
class EarlyWarning:
    """One thing a manager should hear of. `key` stays the same while it stands, and names it among what was told.

    `skill` is "" where it is about none, `title` its name. `step` is the step of the SOP or work, `people` whom it is
    about in number, `times` how often it happened, `since` when it began. `person_ids` name them where a manager may
    know who: not who answered a step wrong once, for answers are private.
    """

    key: str
    kind: WarningKind
    skill: str = ""
    title: str = ""
    step: str | None = None
    people: int = 1
    person_ids: tuple[int, ...] = ()
    times: int = 0
    since: datetime | None = None

    @property
    def gravity(self) -> tuple[int, int, int, str]:
        """What to sort warnings by, the gravest first."""
        return list(WarningKind).index(self.kind), -self.people, -self.times, self.key


def warnings(
    session: Session,
    manager: Person,
    team: Sequence[Person],
    standings: Mapping[int, Standing],
    skills: Mapping[str, SkillRule],
    now: datetime,
) -> list[EarlyWarning]:
    """Return what a manager should hear of now about these people, the gravest first; three queries.

    Only people they manage now count, whoever stands in `team`; `standings` cover them. Who sends them remembers the
    keys: one is told again only after TOLD_AGAIN_AFTER.
    """
    above = managers_by_person(session)
    asker = asker_for(manager)
    ids = [
        person.id
        for person in team
        if may(asker, Action.SUPPORT, ProgressOf(person.id, frozenset(managers_above(person.id, above))))
    ]
    found = [warning for person_id in ids for warning in _of_one(standings[person_id])]
    if ids:
        found += _of_many(session, ids, skills, now)
    return sorted(found, key=lambda warning: warning.gravity)


def _of_one(standing: Standing) -> list[EarlyWarning]:
    return [
        EarlyWarning(
            key=_key(kind, need.skill or need.title, need.step, standing.person_id),
            kind=kind,
            skill=need.skill,
            title=need.title,
            step=need.step,
            person_ids=(standing.person_id,),
            times=need.times,
            since=need.since,
        )
        for need in standing.needs
        if (kind := OF_ONE.get(need.kind)) is not None
    ]


def _of_many(
    session: Session, ids: Sequence[int], skills: Mapping[str, SkillRule], now: datetime
) -> list[EarlyWarning]:
    lately = last_days(COUNTED_DAYS, now)
    found = []
    for at_work in missed_by_many_at_work(session, ids, lately):
        workflow, step = at_work.step.workflow, at_work.step.step
        rule = next((rule for rule in skills.values() if workflow in map(workflow_name, rule.workflows)), None)
        found.append(
            EarlyWarning(
                key=_key(WarningKind.MISSED_AT_WORK_BY_MANY, workflow, step),
                kind=WarningKind.MISSED_AT_WORK_BY_MANY,
                skill=rule.key if rule else "",
                title=rule.title if rule else workflow.replace("_", " "),
                step=step,
                people=len(at_work.person_ids),
                person_ids=at_work.person_ids,
                times=at_work.times,
                since=at_work.since,
            )
        )
    for answered in missed_by_many(session, ids, lately):
        about = skills.get(answered.step.skill)
        if about is not None:
            found.append(
                EarlyWarning(
                    key=_key(WarningKind.MISSED_IN_PRACTICE_BY_MANY, answered.step.module, str(answered.step.step)),
                    kind=WarningKind.MISSED_IN_PRACTICE_BY_MANY,
                    skill=about.key,
                    title=about.title,
                    step=str(answered.step.step),
                    people=len(answered.person_ids),
                    times=answered.times,
                    since=answered.since,
                )
            )
    return found


def _key(kind: WarningKind, about: str, step: str | None, person_id: int | None = None) -> str:
    return ":".join(str(part) for part in (kind, about, step, person_id) if part not in (None, ""))
