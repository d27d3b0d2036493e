"""Owns counting events into tallies: by person, interval and, where asked for, skill. The database adds up."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Integer,
    Select,
    Table,
    any_,
    bindparam,
    case,
    extract,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.orm import Session

from metrics.db import UtcInstant
from metrics.events.kinds import (
    AnswerRated,
    ItemAnswered,
    LessonAbandoned,
    LessonApplied,
    LessonCompleted,
    LessonOffered,
    LessonOpened,
    LessonPartDone,
    QuestionAsked,
)
from metrics.events.record import EventRow
from metrics.periods import Period
from metrics.tallies import RIGHT_SCORE, Tally

REPEATED_WITHIN = timedelta(days=30)
REPEATED_WITHIN_SECONDS = REPEATED_WITHIN.total_seconds()

# Expressions by name, and the columns of a subquery, which are attributes.
_Named = dict[str, ColumnElement[Any]]
_Rows = Any

_event = cast("Table", EventRow.__table__).c
_payload = EventRow.payload
_since, _until, _asked_since = (bindparam(name, type_=UtcInstant) for name in ("since", "until", "asked_since"))


@dataclass(frozen=True)
class Key:
    """Whose tally, of which interval (`place` 0 is the first) and in which skill.

    `skill` is None unless tallies by skill were asked for, and then for what belongs to none: questions and ratings.
    """

    person_id: int
    place: int
    skill: str | None = None


def tallies(
    session: Session, person_ids: Collection[int] | None, bounds: Sequence[datetime], by_skill: bool = False
) -> dict[Key, Tally]:
    """Return what people did in each interval; nothing for who did nothing in it.

    `person_ids` None means everybody. `bounds` are two or more aware instants in ascending order: interval `place` is
    after bounds[place], up to and with bounds[place + 1]. A lesson whose use was told of more than once, by the person
    and their manager, counts where it was first told of, as used if anybody ever said so. A question is repeated less
    than 30 days, to the second, after one whose first passage is the same, also where that one lies before the bounds.
    """
    if person_ids is not None and not person_ids:
        return {}
    values: dict[str, Any] = {f"bound_{number}": bound for number, bound in enumerate(bounds)}
    values |= {"since": bounds[0], "until": bounds[-1], "asked_since": bounds[0] - REPEATED_WITHIN}
    if person_ids is not None:
        values["person_ids"] = list(person_ids)
    found: defaultdict[Key, dict[str, Any]] = defaultdict(dict)
    dialect = session.get_bind().dialect.name
    for names, statement in _statements(dialect, person_ids is None, len(bounds) - 1, by_skill):
        for person_id, place, skill, *counts in session.execute(statement, values):
            counted = found[Key(person_id, place, skill)]
            counted.update((name, count) for name, count in zip(names, counts, strict=True) if count is not None)
    return {key: Tally(**counted) for key, counted in found.items()}


def tally_by_person(session: Session, person_ids: Collection[int], period: Period) -> dict[int, Tally]:
    """Return what each of these people did in a period, by person id; all zeros for who did nothing."""
    found = tallies(session, person_ids, (period.since, period.until))
    return {person_id: found.get(Key(person_id, 0), Tally()) for person_id in person_ids}


@lru_cache(maxsize=64)
def _statements(
    dialect: str, is_everybody: bool, intervals: int, by_skill: bool
) -> tuple[tuple[tuple[str, ...], Select[Any]], ...]:
    """Return one statement a kind of event, with the fields of Tally its columns are after person, place and skill."""
    whose = _event.person_id.is_not(None) if is_everybody else _one_of_these(dialect)
    skill = _event.skill if by_skill else null()
    pairs = []
    for kind, (read, counts_of) in _COUNTED.items():
        rows = _ROWS.get(kind, _in_period)(kind, read, whose, skill)
        counts = counts_of(rows)
        statement = select(rows.person_id, _place(rows.at, intervals), rows.of_skill, *counts.values())
        pairs.append((tuple(counts), statement.group_by(rows.person_id, "place", rows.of_skill)))
    return tuple(pairs)


def _one_of_these(dialect: str) -> ColumnElement[bool]:
    """Say that an event is of one of :person_ids, which are one value however many they are."""
    if dialect == "sqlite":
        these = func.json_each(bindparam("person_ids", type_=JSON)).table_valued("value")
        return _event.person_id.in_(select(these.c.value))
    return _event.person_id == any_(bindparam("person_ids", type_=ARRAY(Integer)))


def _place(at: ColumnElement[datetime], intervals: int) -> ColumnElement[int]:
    numbers: list[ColumnElement[int]] = [literal_column(str(number)) for number in range(intervals)]
    ends = [
        (at <= bindparam(f"bound_{number}", type_=UtcInstant), place) for number, place in enumerate(numbers[:-1], 1)
    ]
    return (case(*ends, else_=numbers[-1]) if ends else numbers[-1]).label("place")


def _facts(kind: str, read: _Named, *which: ColumnElement[bool], skill: ColumnElement[Any]) -> _Rows:
    """Return what is read of one kind of event, each key of a payload once.

    Both databases would else read a payload anew wherever a count mentions it; they leave a subquery with an offset
    alone.
    """
    read = {"person_id": _event.person_id, "at": _event.at, "of_skill": skill} | read
    named = (column.label(name) for name, column in read.items())
    return select(*named).where(_event.kind == kind, *which).offset(literal_column("0")).subquery().c


def _in_period(kind: str, read: _Named, whose: ColumnElement[bool], skill: ColumnElement[Any]) -> _Rows:
    return _facts(kind, read, whose, _event.at > _since, _event.at <= _until, skill=skill)


def _questions(kind: str, read: _Named, whose: ColumnElement[bool], skill: ColumnElement[Any]) -> _Rows:
    """Return questions, each with the instant of the last one of its person about the same passage."""
    rows = _facts(kind, read, whose, _event.at > _asked_since, _event.at <= _until, skill=skill)
    last_at = func.lag(rows.at).over(partition_by=(rows.person_id, rows.passage), order_by=(rows.at, rows.id))
    rows = select(*rows, last_at.label("last_at")).subquery().c
    return select(*rows).where(rows.at > _since).subquery().c


def _told(kind: str, read: _Named, whose: ColumnElement[bool], skill: ColumnElement[Any]) -> _Rows:
    """Return lessons somebody told of the use of, each with the first instant and the best score of all."""
    rows = _facts(kind, read, whose, skill=skill)
    first_at = func.min(rows.at, type_=UtcInstant)
    lessons = select(rows.person_id, rows.of_skill, first_at.label("at"), func.max(rows.score).label("score"))
    lessons = lessons.having(first_at > _since, first_at <= _until)
    return lessons.group_by(rows.person_id, rows.of_skill, rows.run_id).subquery().c


def _number(name: str) -> Callable[[_Rows], _Named]:
    return lambda _: {name: func.count()}


def _of_parts(rows: _Rows) -> _Named:
    return {"seconds": func.sum(rows.seconds), "budget_seconds": func.sum(rows.budget_seconds)}


def _of_answers(rows: _Rows) -> _Named:
    missed_by = rows.confidence - case((rows.is_right, 1.0), else_=0.0)
    return {
        "answered": func.count(),
        "right": func.count().filter(rows.is_right),
        "scenarios_answered": func.count().filter(rows.is_scenario),
        "scenarios_right": func.count().filter(rows.is_scenario, rows.is_right),
        "unseen_answered": func.count().filter(rows.is_scenario, rows.is_first),
        "unseen_right": func.count().filter(rows.is_scenario, rows.is_first, rows.is_right),
        "sure_answered": func.count(rows.confidence),
        "confidence_sum": func.sum(rows.confidence),
        "sure_right": func.count(rows.confidence).filter(rows.is_right),
        "squared_error_sum": func.sum(missed_by * missed_by),
    }


def _of_questions(rows: _Rows) -> _Named:
    seconds_between = extract("epoch", rows.at) - extract("epoch", rows.last_at)
    return {
        "asked": func.count(),
        "covered": func.count().filter(rows.band == "answered"),
        "uncertain": func.count().filter(rows.band == "uncertain"),
        "not_covered": func.count().filter(rows.band == "not_covered"),
        "refused": func.count().filter(rows.band == "refused"),
        # Questions no passage was found for have none in common.
        "repeated": func.count().filter(rows.passage.is_not(None), seconds_between < REPEATED_WITHIN_SECONDS),
    }


def _of_lessons_told_of(rows: _Rows) -> _Named:
    return {"applied_asked": func.count(), "applied": func.count().filter(rows.score == 1)}


def _of_ratings(rows: _Rows) -> _Named:
    return {"rated": func.count(), "helpful": func.count().filter(rows.rating == "helpful")}


# What is read of each kind of event beside person, instant and skill, and what is counted of it: fields of Tally.
_COUNTED: dict[str, tuple[_Named, Callable[[_Rows], _Named]]] = {
    LessonOffered.kind: ({}, _number("lessons_offered")),
    LessonOpened.kind: ({}, _number("lessons_opened")),
    LessonCompleted.kind: ({}, _number("lessons_completed")),
    LessonAbandoned.kind: ({}, _number("lessons_abandoned")),
    LessonPartDone.kind: (
        {"seconds": _event.seconds, "budget_seconds": _payload["budget_seconds"].as_float()},
        _of_parts,
    ),
    ItemAnswered.kind: (
        {
            "is_right": _event.score >= RIGHT_SCORE,
            "is_scenario": _payload["is_scenario"].as_boolean(),
            "is_first": _payload["is_first"].as_boolean(),
            "confidence": _payload["confidence"].as_float(),
        },
        _of_answers,
    ),
    LessonApplied.kind: ({"run_id": _payload["run_id"].as_integer(), "score": _event.score}, _of_lessons_told_of),
    QuestionAsked.kind: (
        {
            "id": _event.id,
            "band": _payload["band"].as_string(),
            "passage": _payload["passage_ids", 0].as_integer(),
        },
        _of_questions,
    ),
    AnswerRated.kind: ({"rating": _payload["rating"].as_string()}, _of_ratings),
}
_ROWS = {QuestionAsked.kind: _questions, LessonApplied.kind: _told}
