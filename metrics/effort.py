"""Owns counting effort in lessons: how far people come in each version of a module, how long, and where they stop."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean, median, quantiles
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from metrics.events.kinds import (
    ItemAnswered,
    LessonAbandoned,
    LessonApplied,
    LessonCompleted,
    LessonOffered,
    LessonOpened,
    LessonPartDone,
)
from metrics.events.record import EventRow
from metrics.lesson_effort import ItemMisses, LeftAt, LessonEffort, PartEffort, Quartiles
from metrics.periods import Period
from metrics.tallies import RIGHT_SCORE

# Whoever opened a lesson at the end of a shift may still go on with it at the next one.
UNDER_WAY = timedelta(days=3)
PARTS = ("concept", "practice", "reflection")
OFFER = "offer"
RUN_KINDS = (
    LessonOffered.kind,
    LessonOpened.kind,
    LessonPartDone.kind,
    LessonCompleted.kind,
    LessonAbandoned.kind,
)

ModuleVersion = tuple[str, int | None]
_Run = tuple[int | None, int | None]


@dataclass(frozen=True)
class _Fact:
    kind: str
    at: datetime
    person_id: int | None
    score: float | None
    seconds: float | None
    payload: Mapping[str, Any]

    @property
    def run(self) -> _Run:
        return self.person_id, self.payload.get("run_id")


def lesson_effort(
    session: Session,
    person_ids: Collection[int] | None,
    period: Period,
    now: datetime,
    module: str | None = None,
) -> dict[ModuleVersion, LessonEffort]:
    """Return the effort of these people, None for everybody, by (module, version); a review of several is in none.

    `module` asks for one alone, which is quicker than to look for it among all.

    Runs are counted in the period in which each thing happened to them; whether they were used, where that was first
    told, as in metrics.tallying. Where they were left, and which items were missed, is told of those opened in the
    period, by what is known at `now`. Three queries for any number of people.
    """
    of_runs: list[ColumnElement[bool]] = []
    of_items: list[ColumnElement[bool]] = []
    of_use: list[ColumnElement[bool]] = []
    if module is not None:
        its_module = EventRow.payload["module"].as_string()
        of_runs = [its_module == module]
        of_items = [EventRow.payload["item"].as_string().startswith(f"{module}#", autoescape=True)]
        of_use = [or_(its_module == module, its_module.is_(None))]
    known = _facts(session, person_ids, RUN_KINDS, now, period.since, *of_runs)
    within = [fact for fact in known if fact.at <= period.until and fact.payload.get("module")]
    versions = {fact.run: (fact.payload["module"], fact.payload.get("version")) for fact in within}
    opened = {fact.run for fact in within if fact.kind == LessonOpened.kind}
    happened: dict[ModuleVersion, list[_Fact]] = defaultdict(list)
    for fact in within:
        happened[versions[fact.run]].append(fact)
    since: dict[_Run, list[_Fact]] = defaultdict(list)
    for fact in known:
        since[fact.run].append(fact)
    answers: dict[ModuleVersion, list[_Fact]] = defaultdict(list)
    answered = _facts(session, person_ids, (ItemAnswered.kind,), now, period.since, *of_items) if opened else []
    for fact in answered:
        if fact.run in opened:
            answers[versions[fact.run]].append(fact)
    used = _used(_facts(session, person_ids, (LessonApplied.kind,), now, None, *of_use), versions, period)
    return {
        key: _effort(key, happened[key], since, answers[key], used.get(key, []), now) for key in {**happened, **used}
    }


def _facts(
    session: Session,
    person_ids: Collection[int] | None,
    kinds: Collection[str],
    until: datetime,
    since: datetime | None = None,
    *conditions: ColumnElement[bool],
) -> list[_Fact]:
    query = select(
        EventRow.kind, EventRow.at, EventRow.person_id, EventRow.score, EventRow.seconds, EventRow.payload
    ).where(EventRow.kind.in_(kinds), EventRow.at <= until, *conditions)
    if since is not None:
        query = query.where(EventRow.at > since)
    if person_ids is not None:
        query = query.where(EventRow.person_id.in_(person_ids))
    return [_Fact(*row) for row in session.execute(query.order_by(EventRow.at, EventRow.id))]


def _used(
    told: Iterable[_Fact], versions: Mapping[_Run, ModuleVersion], period: Period
) -> dict[ModuleVersion, list[tuple[int | None, bool]]]:
    """Return for each lesson first told of in the period whose it was, and whether anybody ever said it was used."""
    by_run: dict[_Run, list[_Fact]] = defaultdict(list)
    for fact in told:
        by_run[fact.run].append(fact)
    found = defaultdict(list)
    for run, facts in by_run.items():
        first = facts[0]
        module = first.payload.get("module")
        # An old event does not say which lesson it is about; its run may.
        key = (module, first.payload.get("version")) if module else versions.get(run)
        if key is not None and period.since < first.at <= period.until:
            found[key].append((run[0], any(fact.score for fact in facts)))
    return found


def _effort(
    key: ModuleVersion,
    facts: list[_Fact],
    since: Mapping[_Run, list[_Fact]],
    answers: list[_Fact],
    used: list[tuple[int | None, bool]],
    now: datetime,
) -> LessonEffort:
    opened, completed = _of(facts, LessonOpened.kind), _of(facts, LessonCompleted.kind)
    left, under_way = _left([since[fact.run] for fact in opened], now)
    return LessonEffort(
        *key,
        offered=len(_of(facts, LessonOffered.kind)),
        opened=len(opened),
        completed=len(completed),
        abandoned=sum(fact.payload.get("part") != OFFER for fact in _of(facts, LessonAbandoned.kind)),
        people=len({fact.person_id for fact in opened}),
        people_completed=len({fact.person_id for fact in completed}),
        completion=_quartiles([fact.seconds for fact in completed if fact.seconds is not None]),
        parts=_parts(_of(facts, LessonPartDone.kind)),
        under_way=under_way,
        left=left,
        items=_items(answers),
        applied_asked=len(used),
        applied=sum(is_used for _, is_used in used),
        people_asked=len({person_id for person_id, _ in used}),
    )


def _of(facts: Iterable[_Fact], kind: str) -> list[_Fact]:
    return [fact for fact in facts if fact.kind == kind]


def _quartiles(seconds: list[float]) -> Quartiles | None:
    if not seconds:
        return None
    # One time is its own quartiles; quantiles() wants two.
    lower, middle, upper = quantiles(seconds * 2 if len(seconds) == 1 else seconds, n=4, method="inclusive")
    return Quartiles(len(seconds), lower, middle, upper)


def _parts(done: list[_Fact]) -> tuple[PartEffort, ...]:
    found = []
    for part in PARTS:
        facts = [fact for fact in done if fact.payload.get("part") == part and fact.seconds is not None]
        if facts:
            budgets = [fact.payload.get("budget_seconds") or 0.0 for fact in facts]
            found.append(PartEffort(part, len(facts), median(fact.seconds or 0.0 for fact in facts), fmean(budgets)))
    return tuple(found)


def _left(runs: Iterable[list[_Fact]], now: datetime) -> tuple[tuple[LeftAt, ...], int]:
    places: Counter[tuple[str, int | None]] = Counter()
    under_way = 0
    for facts in runs:
        abandoned = _of(facts, LessonAbandoned.kind)
        if _of(facts, LessonCompleted.kind):
            continue
        if abandoned:
            places[abandoned[-1].payload.get("part", OFFER), abandoned[-1].payload.get("position")] += 1
        elif now - _of(facts, LessonOpened.kind)[-1].at < UNDER_WAY:
            under_way += 1
        else:
            places[_part_after([fact.payload.get("part") for fact in _of(facts, LessonPartDone.kind)]), None] += 1
    in_order = sorted(places.items(), key=lambda place: (-place[1], place[0][0], place[0][1] or 0))
    return tuple(LeftAt(part, position, runs) for (part, position), runs in in_order), under_way


def _part_after(done: list[str | None]) -> str:
    reached = max((PARTS.index(part) for part in done if part in PARTS), default=-1)
    return PARTS[min(reached + 1, len(PARTS) - 1)]


def _items(answers: list[_Fact]) -> tuple[ItemMisses, ...]:
    by_item = defaultdict(list)
    for fact in answers:
        by_item[fact.payload.get("item", "")].append(fact)
    found = [
        ItemMisses(
            item,
            facts[-1].payload.get("step"),
            len(facts),
            sum(fact.score is not None and fact.score < RIGHT_SCORE for fact in facts),
        )
        for item, facts in by_item.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item.missed, -item.missed_share, item.item)))
