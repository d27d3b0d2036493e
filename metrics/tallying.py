"""Owns counting events into tallies: by person, interval and, where asked for, skill. The database adds up."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Integer,
    Select,
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

_payload = EventRow.payload
_is_right = EventRow.score >= RIGHT_SCORE
_outcome = case((_is_right, 1.0), else_=0.0)
_is_scenario = _payload["is_scenario"].as_boolean()
_is_first = _payload["is_first"].as_boolean()
_confidence = _payload["confidence"].as_float()

# How each kind of event counts that counts by itself; the keys are fields of Tally.
COUNTS: dict[str, dict[str, ColumnElement[Any]]] = {
    LessonOffered.kind: {"lessons_offered": func.count()},
    LessonOpened.kind: {"lessons_opened": func.count()},
    LessonCompleted.kind: {"lessons_completed": func.count()},
    LessonAbandoned.kind: {"lessons_abandoned": func.count()},
    LessonPartDone.kind: {
        "seconds": func.sum(EventRow.seconds),
        "budget_seconds": func.sum(_payload["budget_seconds"].as_float()),
    },
    ItemAnswered.kind: {
        "answered": func.count(),
        "right": func.count().filter(_is_right),
        "scenarios_answered": func.count().filter(_is_scenario),
        "scenarios_right": func.count().filter(_is_right, _is_scenario),
        "unseen_answered": func.count().filter(_is_scenario, _is_first),
        "unseen_right": func.count().filter(_is_right, _is_scenario, _is_first),
        "sure_answered": func.count(_confidence),
        "confidence_sum": func.sum(_confidence),
        "sure_right": func.count(_confidence).filter(_is_right),
        "squared_error_sum": func.sum((_confidence - _outcome) * (_confidence - _outcome)),
    },
    AnswerRated.kind: {
        "rated": func.count(),
        "helpful": func.count().filter(_payload["rating"].as_string() == "helpful"),
    },
}


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
    found: defaultdict[Key, dict[str, float]] = defaultdict(dict)
    dialect = session.get_bind().dialect.name
    for names, statement in _statements(dialect, person_ids is None, len(bounds) - 1, by_skill):
        for person_id, place, skill, *counts in session.execute(statement, values):
            counted = found[Key(person_id, place, skill)]
            counted.update((name, count) for name, count in zip(names, counts, strict=True) if count is not None)
    return {key: Tally(**counted) for key, counted in found.items()}  # type: ignore[arg-type]


def tally_by_person(session: Session, person_ids: Collection[int], period: Period) -> dict[int, Tally]:
    """Return what each of these people did in a period, by person id; all zeros for who did nothing."""
    found = tallies(session, person_ids, (period.since, period.until))
    return {person_id: found.get(Key(person_id, 0), Tally()) for person_id in person_ids}


@lru_cache(maxsize=64)
def _statements(
    dialect: str, is_everybody: bool, intervals: int, by_skill: bool
) -> tuple[tuple[tuple[str, ...], Select[Any]], ...]:
    """Return one statement a kind of event, with the fields of Tally its columns are after person, place and skill."""
    whose = EventRow.person_id.is_not(None) if is_everybody else _one_of_these(dialect)
    skill = EventRow.skill if by_skill else null()
    pairs = [*_plain(whose, skill, intervals), _questions(whose, skill, intervals), _applied(whose, skill, intervals)]
    return tuple((tuple(counts), statement) for counts, statement in pairs)


_Counts = dict[str, ColumnElement[Any]]


def _plain(
    whose: ColumnElement[bool], skill: ColumnElement[Any], intervals: int
) -> Iterator[tuple[_Counts, Select[Any]]]:
    for kind, counts in COUNTS.items():
        key = (EventRow.person_id, _place(EventRow.at, intervals), skill.label("of_skill"))
        statement = select(*key, *counts.values()).where(EventRow.kind == kind, whose, *_within(EventRow.at))
        yield counts, statement.group_by(EventRow.person_id, "place", "of_skill")


def _questions(whose: ColumnElement[bool], skill: ColumnElement[Any], intervals: int) -> tuple[_Counts, Select[Any]]:
    passage = _payload["passage_ids", 0].as_integer()
    seconds = extract("epoch", EventRow.at)
    last = func.lag(seconds).over(partition_by=(EventRow.person_id, passage), order_by=(EventRow.at, EventRow.id))
    asked = (
        select(
            EventRow.person_id,
            EventRow.at,
            skill.label("of_skill"),
            _payload["band"].as_string().label("band"),
            case((passage.is_not(None), seconds - last)).label("seconds_since_last"),
        )
        .where(
            EventRow.kind == QuestionAsked.kind,
            whose,
            EventRow.at > bindparam("asked_since", type_=UtcInstant),
            EventRow.at <= bindparam("until", type_=UtcInstant),
        )
        .subquery()
        .c
    )
    counts: _Counts = {
        "asked": func.count(),
        "covered": func.count().filter(asked.band == "answered"),
        "uncertain": func.count().filter(asked.band == "uncertain"),
        "not_covered": func.count().filter(asked.band == "not_covered"),
        "refused": func.count().filter(asked.band == "refused"),
        "repeated": func.count().filter(asked.seconds_since_last < REPEATED_WITHIN.total_seconds()),
    }
    key = (asked.person_id, _place(asked.at, intervals), asked.of_skill)
    statement = select(*key, *counts.values()).where(*_within(asked.at))
    return counts, statement.group_by(asked.person_id, "place", "of_skill")


def _applied(whose: ColumnElement[bool], skill: ColumnElement[Any], intervals: int) -> tuple[_Counts, Select[Any]]:
    run_id = _payload["run_id"].as_integer().label("run_id")
    runs = (
        select(
            EventRow.person_id,
            run_id,
            skill.label("of_skill"),
            func.min(EventRow.at, type_=UtcInstant).label("at"),
            func.max(EventRow.score).label("score"),
        )
        .where(EventRow.kind == LessonApplied.kind, whose)
        .group_by(EventRow.person_id, "run_id", "of_skill")
        .subquery()
        .c
    )
    counts: _Counts = {"applied_asked": func.count(), "applied": func.count().filter(runs.score == 1)}
    key = (runs.person_id, _place(runs.at, intervals), runs.of_skill)
    statement = select(*key, *counts.values()).where(*_within(runs.at))
    return counts, statement.group_by(runs.person_id, "place", "of_skill")


def _one_of_these(dialect: str) -> ColumnElement[bool]:
    """Say that an event is of one of :person_ids, which are one value however many they are."""
    if dialect == "sqlite":
        these = func.json_each(bindparam("person_ids", type_=JSON)).table_valued("value")
        return EventRow.person_id.in_(select(these.c.value))
    return EventRow.person_id == any_(bindparam("person_ids", type_=ARRAY(Integer)))


def _within(at: ColumnElement[datetime]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return at > bindparam("since", type_=UtcInstant), at <= bindparam("until", type_=UtcInstant)


def _place(at: ColumnElement[datetime], intervals: int) -> ColumnElement[int]:
    last = literal_column(str(intervals - 1))
    ends = [
        (at <= bindparam(f"bound_{number + 1}", type_=UtcInstant), literal_column(str(number)))
        for number in range(intervals - 1)
    ]
    return (case(*ends, else_=last) if ends else last).label("place")
