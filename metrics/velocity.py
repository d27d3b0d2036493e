"""Owns how long people and groups take from the first lesson to competence, to mastery and to working alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from metrics.events.kinds import ItemAnswered, LessonOpened, SkillMastered
from metrics.events.record import EventRow
from metrics.survival import LogRank, Median, Observed, kaplan_meier, log_rank, median, survival_at
from metrics.tallies import RIGHT_SCORE
from metrics.work import WorkEvent, workflow_name

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Path:
    """One person's way in one skill; `competent_at` and `mastered_at` are None while they are not there.

    `started_at` is their first lesson in it, else their first answer. Competent is who passed a scenario they never saw
    before, with a score of at least .75, since then. Mastered is when the evidence first sufficed.
    """

    person_id: int
    skill: str
    started_at: datetime
    competent_at: datetime | None = None
    mastered_at: datetime | None = None

    @property
    def days_to_competence(self) -> float | None:
        """Days of 24 hours from the start to competence; None while there is none."""
        return _days(self.started_at, self.competent_at)

    @property
    def days_to_mastery(self) -> float | None:
        """Days of 24 hours from the start to mastery; None while there is none, or where it came before the start."""
        return _days(self.started_at, self.mastered_at)


@dataclass(frozen=True)
class Independence:
    """One person's way in one workflow: from their first lesson in a skill it belongs to until they did it alone."""

    person_id: int
    workflow: str
    started_at: datetime
    alone_at: datetime | None = None

    @property
    def days_to_independence(self) -> float | None:
        """Days of 24 hours from the start to the first time alone; None while there is none."""
        return _days(self.started_at, self.alone_at)


@dataclass(frozen=True)
class GroupTime:
    """How long a group takes: `arrived` of `people` are there. Of a group too small to show only its size is said."""

    people: int
    arrived: int | None = None
    median: Median | None = None


@dataclass(frozen=True)
class Comparison:
    """Groups by name, and whether those that are shown differ; `log_rank` is None where nothing tells them apart."""

    groups: Mapping[str, GroupTime]
    log_rank: LogRank | None


def paths(session: Session, person_ids: Collection[int] | None, now: datetime) -> dict[tuple[int, str], Path]:
    """Return the way of each of these people, None for everybody, in each skill they began, by person id and skill.

    Two queries, whatever their number. Events are kept for 13 months: who began before that seems to begin later.
    """
    firsts = _firsts(session, (LessonOpened.kind, ItemAnswered.kind, SkillMastered.kind), person_ids, now)
    opened, answered, mastered = (firsts[kind] for kind in (LessonOpened.kind, ItemAnswered.kind, SkillMastered.kind))
    started = answered | opened
    competent: dict[tuple[int, str], datetime] = {}
    passed = select(EventRow.person_id, EventRow.skill, EventRow.at).where(
        EventRow.kind == ItemAnswered.kind,
        EventRow.score >= RIGHT_SCORE,
        EventRow.payload["is_scenario"].as_boolean().is_(True),
        EventRow.payload["is_first"].as_boolean().is_(True),
        *_of(person_ids, now),
    )
    for person_id, skill, at in session.execute(passed):
        if person_id is not None and skill is not None and at >= started.get((person_id, skill), now):
            competent[person_id, skill] = min(at, competent.get((person_id, skill), at))
    return {way: Path(*way, at, competent.get(way), mastered.get(way)) for way, at in started.items()}


def to_competence(
    paths: Mapping[tuple[int, str], Path], skill: str, now: datetime, person_ids: Collection[int] | None = None
) -> list[Observed]:
    """Return the days to competence in a skill of everybody who began it, of these people alone where they are given.

    Who is not there yet is counted with the days up to now, not left out.
    """
    return [
        _observed(path.started_at, path.competent_at, now)
        for path in paths.values()
        if path.skill == skill and (person_ids is None or path.person_id in person_ids)
    ]


def to_mastery(
    paths: Mapping[tuple[int, str], Path], skill: str, now: datetime, person_ids: Collection[int] | None = None
) -> list[Observed]:
    """Return the days to mastery in a skill as `to_competence` does those to competence.

    Who mastered it before their first lesson had no way to go and is left out.
    """
    return [
        _observed(path.started_at, path.mastered_at, now)
        for path in paths.values()
        if path.skill == skill
        and (person_ids is None or path.person_id in person_ids)
        and (path.mastered_at is None or path.mastered_at >= path.started_at)
    ]


def independence(
    session: Session,
    person_ids: Collection[int] | None,
    workflows_by_skill: Mapping[str, Collection[str]],
    now: datetime,
) -> dict[tuple[int, str], Independence]:
    """Return the way of each of these people, None for everybody, by person id and work.workflow_name of the workflow.

    A workflow of several skills begins with the first lesson in any of them. Who did it alone before had no way to go
    and is left out. Two queries.
    """
    started: dict[tuple[int, str], datetime] = {}
    for (person_id, skill), at in _firsts(session, (LessonOpened.kind,), person_ids, now)[LessonOpened.kind].items():
        for workflow in map(workflow_name, workflows_by_skill.get(skill, ())):
            way = (person_id, workflow)
            started[way] = min(at, started.get(way, at))
    alone: dict[tuple[int, str], datetime] = {}
    first = select(WorkEvent.person_id, WorkEvent.workflow, func.min(WorkEvent.at)).where(
        WorkEvent.outcome == "alone", WorkEvent.at <= now
    )
    if person_ids is not None:
        first = first.where(WorkEvent.person_id.in_(person_ids))
    for person_id, workflow, at in session.execute(first.group_by(WorkEvent.person_id, WorkEvent.workflow)):
        way = (person_id, workflow_name(workflow))
        alone[way] = min(at, alone.get(way, at))
    return {
        way: Independence(*way, at, alone.get(way))
        for way, at in started.items()
        if way not in alone or at <= alone[way]
    }


def to_independence(ways: Mapping[tuple[int, str], Independence], workflow: str, now: datetime) -> list[Observed]:
    """Return the days to working alone in a workflow, as `to_competence` does those to competence."""
    name = workflow_name(workflow)
    return [_observed(way.started_at, way.alone_at, now) for way in ways.values() if way.workflow == name]


def compare(groups: Mapping[str, Sequence[Observed]], smallest: int) -> Comparison:
    """Return how long each group takes; one of under `smallest` people gives its size and counts in no comparison."""
    shown = {name: group for name, group in groups.items() if len(group) >= smallest}
    times = {
        name: GroupTime(len(group), sum(each.is_event for each in group), median(kaplan_meier(group)))
        if name in shown
        else GroupTime(len(group))
        for name, group in groups.items()
    }
    return Comparison(times, log_rank(*shown.values()))


def share_within(observed: Collection[Observed], benchmark_days: float) -> float | None:
    """Return the share 0-1 that is there within the days expected, of all who began and not of those there alone.

    One less the Kaplan-Meier curve at that day; None where nobody was seen for that long.
    """
    waiting = survival_at(kaplan_meier(observed), benchmark_days)
    return None if waiting is None else 1 - waiting


def _firsts(
    session: Session, kinds: Collection[str], person_ids: Collection[int] | None, now: datetime
) -> dict[str, dict[tuple[int, str], datetime]]:
    found: dict[str, dict[tuple[int, str], datetime]] = {kind: {} for kind in kinds}
    first = select(EventRow.kind, EventRow.person_id, EventRow.skill, func.min(EventRow.at)).where(
        EventRow.kind.in_(kinds), *_of(person_ids, now)
    )
    for kind, person_id, skill, at in session.execute(
        first.group_by(EventRow.kind, EventRow.person_id, EventRow.skill)
    ):
        if person_id is not None and skill is not None:
            found[kind][person_id, skill] = at
    return found


def _of(person_ids: Collection[int] | None, now: datetime) -> list[ColumnElement[bool]]:
    whose = EventRow.person_id.is_not(None) if person_ids is None else EventRow.person_id.in_(person_ids)
    return [whose, EventRow.at <= now]


def _days(since: datetime, until: datetime | None) -> float | None:
    return None if until is None or until < since else (until - since) / ONE_DAY


def _observed(started_at: datetime, there_at: datetime | None, now: datetime) -> Observed:
    return Observed(((there_at or now) - started_at) / ONE_DAY, there_at is not None)
