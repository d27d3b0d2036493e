"""Tallies are what counting the same events by hand gives, on both databases."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from metrics.events.kinds import (
    AnswerRated,
    ItemAnswered,
    LessonAbandoned,
    LessonApplied,
    LessonCompleted,
    LessonOffered,
    LessonOpened,
    LessonPartDone,
    NudgeEnded,
    QuestionAsked,
)
from metrics.events.record import EventRow, record
from metrics.people import Person, load_roster
from metrics.periods import Period, last_days
from metrics.tallies import Tally
from metrics.tallying import Key, tallies, tally_by_person
from tests.metrics.test_people import ADA, BEN
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
MONTH = last_days(30, NOW)
LESSONS = {
    "lesson_offered": "lessons_offered",
    "lesson_opened": "lessons_opened",
    "lesson_completed": "lessons_completed",
    "lesson_abandoned": "lessons_abandoned",
}


@dataclass(frozen=True)
class Happened:
    """An event as it lies in the table; `person` 0 or 1, None for nobody, `hours` before NOW."""

    kind: str
    person: int | None
    hours: int
    skill: str | None = None
    score: float | None = None
    seconds: float | None = None
    payload: dict = field(default_factory=dict)

    @property
    def at(self):
        return NOW - timedelta(hours=self.hours)


@pytest.fixture
def ids(database):
    with database.transaction() as session:
        load_roster(session, [ADA, BEN], NOW)
        return tuple(session.scalars(select(Person.id).order_by(Person.email)))


def store(session, ids, events):
    for event in events:
        person_id = None if event.person is None else ids[event.person]
        own = {name: getattr(event, name) for name in ("at", "kind", "skill", "score", "seconds", "payload")}
        session.add(EventRow(person_id=person_id, **own))
        session.flush()


# What follows counts again, from the definitions: event by event, in the order in which they were stored.


def by_hand(events, since, until, person, skill=None, is_by_skill=False):
    """Return the Tally of one person after `since` up to `until`, in one skill if it is by skill."""
    mine = [one for one in events if one.person == person]
    own = [one for one in mine if since < one.at <= until and (not is_by_skill or one.skill == skill)]
    told = {}
    for one in mine:
        if one.kind == "lesson_applied" and (not is_by_skill or one.skill == skill):
            told.setdefault(one.payload["run_id"], []).append(one)
    told = [run for run in told.values() if since < min(one.at for one in run) <= until]
    answers = [one for one in own if one.kind == "item_answered"]
    scenarios = [one for one in answers if one.payload.get("is_scenario")]
    unseen = [one for one in scenarios if one.payload.get("is_first")]
    sure = [one for one in answers if one.payload.get("confidence") is not None]
    parts = [one for one in own if one.kind == "lesson_part_done"]
    asked = [one for one in own if one.kind == "question_asked"]
    rated = [one for one in own if one.kind == "answer_rated"]
    return Tally(
        **{name: sum(one.kind == kind for one in own) for kind, name in LESSONS.items()},
        seconds=sum(one.seconds or 0 for one in parts),
        budget_seconds=sum(one.payload.get("budget_seconds") or 0 for one in parts),
        answered=len(answers),
        right=sum(map(is_right, answers)),
        scenarios_answered=len(scenarios),
        scenarios_right=sum(map(is_right, scenarios)),
        unseen_answered=len(unseen),
        unseen_right=sum(map(is_right, unseen)),
        sure_answered=len(sure),
        confidence_sum=sum(one.payload["confidence"] for one in sure),
        sure_right=sum(map(is_right, sure)),
        squared_error_sum=sum((one.payload["confidence"] - is_right(one)) ** 2 for one in sure),
        applied_asked=len(told),
        applied=sum(any(one.score == 1 for one in run) for run in told),
        asked=len(asked),
        covered=sum(one.payload["band"] == "answered" for one in asked),
        uncertain=sum(one.payload["band"] == "uncertain" for one in asked),
        not_covered=sum(one.payload["band"] == "not_covered" for one in asked),
        refused=sum(one.payload["band"] == "refused" for one in asked),
        repeated=sum(is_repeated(one, mine) for one in asked),
        rated=len(rated),
        helpful=sum(one.payload["rating"] == "helpful" for one in rated),
    )


def is_right(answer):
    return answer.score is not None and answer.score >= 0.75


def is_repeated(question, mine):
    earlier = [one for one in sorted(mine, key=lambda one: one.at) if one.kind == "question_asked"]
    earlier = earlier[: [one is question for one in earlier].index(True)]
    passages = question.payload.get("passage_ids")
    return bool(passages) and any(
        question.at - one.at < 30 * DAY and one.payload.get("passage_ids", [])[:1] == passages[:1] for one in earlier
    )


# Far apart and on the same hour both happen; 0, 240, 480 and 720 hours ago lie on bounds.
hours = st.one_of(st.sampled_from([-1, 0, 1, 239, 240, 241, 480, 719, 720, 721, 960, 1440]), st.integers(-24, 1500))
skills, scores = st.sampled_from(["refunds", "till", None]), st.sampled_from([None, 0.0, 0.5, 0.74, 0.75, 1.0])
seconds, nothing = st.sampled_from([None, 0.0, 12.5, 600.0]), st.none()


def maybe(**values):
    """Return payloads in which each key may be missing."""
    return st.fixed_dictionaries({}, optional=values)


@st.composite
def happened(draw, kind, payload, skill=skills, score=nothing, seconds=nothing):
    person = draw(st.sampled_from([0, 0, 0, 1, None]))
    drawn = [draw(strategy) for strategy in (skill, score, seconds, payload)]
    return Happened(kind, person, draw(hours), *drawn)


events = st.lists(
    st.one_of(
        st.sampled_from([*LESSONS, "nudge_ended", "lesson_snoozed"]).flatmap(
            lambda kind: happened(kind, st.just({"run_id": 1}), score=scores, seconds=seconds)
        ),
        happened("lesson_part_done", maybe(budget_seconds=st.sampled_from([60, 60.0, 90.5])), seconds=seconds),
        happened(
            "item_answered",
            maybe(
                confidence=st.sampled_from([None, 0, 0.25, 0.5, 1, 1.0]),
                is_scenario=st.booleans(),
                is_first=st.booleans(),
            ),
            score=scores,
        ),
        # A lesson belongs to one skill.
        st.integers(1, 3).flatmap(
            lambda run_id: happened(
                "lesson_applied",
                st.sampled_from(["self", "manager"]).map(lambda by: {"run_id": run_id, "by": by}),
                skill=st.just(["refunds", "till"][run_id % 2]),
                score=st.sampled_from([0.0, 1.0]),
            )
        ),
        happened(
            "question_asked",
            st.fixed_dictionaries(
                {"band": st.sampled_from(["answered", "uncertain", "not_covered", "refused"])},
                optional={"passage_ids": st.lists(st.integers(1, 3), max_size=2)},
            ),
            skill=st.none(),
        ),
        happened(
            "answer_rated",
            st.fixed_dictionaries({"rating": st.sampled_from(["helpful", "wrong_answer", "outdated"])}),
            skill=st.none(),
        ),
    ),
    max_size=30,
)


@few
@given(events=events, is_by_skill=st.booleans(), is_everybody=st.booleans())
def test_they_are_those_of_counting_by_hand(database, ids, events, is_by_skill, is_everybody):
    bounds = [NOW - timedelta(hours=ago) for ago in (720, 480, 240, 0)]
    expected = {
        Key(ids[person], place, skill): by_hand(events, since, until, person, skill, is_by_skill)
        for person in (0, 1)
        for place, (since, until) in enumerate(pairwise(bounds))
        for skill in (("refunds", "till", None) if is_by_skill else (None,))
    }
    with database.rehearsal() as session:
        store(session, ids, events)
        found = tallies(session, None if is_everybody else ids, bounds, is_by_skill)
    assert {key: found.get(key, Tally()) for key in expected | found} == expected


@few
@given(events=events, cut=st.integers(1, 719))
def test_those_of_two_intervals_add_up_to_that_of_both(database, ids, events, cut):
    bounds = [MONTH.since, NOW - timedelta(hours=cut), MONTH.until]
    with database.rehearsal() as session:
        store(session, ids, events)
        whole = tally_by_person(session, ids, MONTH)
        parts = tallies(session, ids, bounds)
        alone = [tally_by_person(session, ids, Period(*ends)) for ends in pairwise(bounds)]
        skills = tallies(session, ids, (MONTH.since, MONTH.until), by_skill=True)
    for person_id in ids:
        each = [parts.get(Key(person_id, place), Tally()) for place in (0, 1)]
        assert each == [found[person_id] for found in alone]
        assert sum(each, Tally()) == whole[person_id]
        assert (
            sum((skills.get(Key(person_id, 0, one), Tally()) for one in ("refunds", "till", None)), Tally())
            == whole[person_id]
        )


def test_nothing_done_is_zeros(database, ids):
    with database.rehearsal() as session:
        record(session, NudgeEnded("shift", "sent", ""), NOW, ids[0])
        session.flush()
        assert tally_by_person(session, ids, MONTH) == dict.fromkeys(ids, Tally())
        assert tallies(session, None, (MONTH.since, MONTH.until)) == {}
        assert tallies(session, [], (MONTH.since, MONTH.until)) == tally_by_person(session, [], MONTH) == {}


def test_what_is_recorded_is_counted(database, ids):
    with database.rehearsal() as session:
        for event in (
            LessonOffered("slack", "refunds", 7, "a.md", "module", "nudge", 11.0),
            LessonOpened("slack", "refunds", 30.0, 7, "a.md"),
            LessonPartDone("slack", "refunds", 200.0, 7, "a.md", "concept", 180.0),
            ItemAnswered("slack", "refunds", 0.75, 12.0, 7, "a.md#x", "choice", 2, 0.5, None, True, True),
            ItemAnswered("slack", "refunds", 0.0, 12.0, 7, "a.md#y", "choice", confidence=1.0, is_first=True),
            ItemAnswered("slack", "refunds", 1.0, 12.0, 7, "a.md#x", "choice", is_scenario=True),
            LessonCompleted("slack", "refunds", 0.5, 600.0, 7, "a.md"),
            LessonAbandoned("slack", "till", 8, "b.md", "concept", 0),
            LessonApplied("slack", "refunds", 1.0, 7, "self"),
            LessonApplied("teams", "refunds", 0.0, 7, "manager"),
            LessonApplied("slack", "refunds", 0.0, 8, "self"),
            QuestionAsked("slack", "answered", None, 0.9, 1, 0.2, [4, 5], ["a.md"]),
            QuestionAsked("slack", "uncertain", None, 0.4, 1, 0.2, [4], ["a.md"]),
            QuestionAsked("slack", "not_covered", None, None, 1, 0.2),
            QuestionAsked("slack", "refused", "rule", None, 1, 0.2),
            AnswerRated("slack", "helpful", 1),
            AnswerRated("slack", "outdated", 1),
        ):
            record(session, event, NOW - DAY, ids[0])
            session.flush()
        found = tally_by_person(session, ids, MONTH)
    assert found[ids[1]] == Tally()
    assert found[ids[0]] == Tally(
        lessons_offered=1,
        lessons_opened=1,
        lessons_completed=1,
        lessons_abandoned=1,
        seconds=200.0,
        budget_seconds=180.0,
        answered=3,
        right=2,
        scenarios_answered=2,
        scenarios_right=2,
        unseen_answered=1,
        unseen_right=1,
        sure_answered=2,
        confidence_sum=1.5,
        sure_right=1,
        squared_error_sum=1.25,
        applied_asked=2,
        applied=1,
        asked=4,
        covered=1,
        uncertain=1,
        not_covered=1,
        refused=1,
        repeated=1,
        rated=2,
        helpful=1,
    )


def test_a_period_begins_after_its_first_instant_and_ends_with_its_last(database, ids):
    inside = (MONTH.since + MICROSECOND, MONTH.until)
    outside = (MONTH.since, MONTH.until + MICROSECOND)
    with database.rehearsal() as session:
        for at, score in ((inside[0], 1.0), (inside[1], 1.0), (outside[0], 0.0), (outside[1], 0.0)):
            record(session, ItemAnswered("slack", "refunds", score, 12.0, 1, "a.md#x", "choice"), at, ids[0])
        session.flush()
        assert tally_by_person(session, ids, MONTH)[ids[0]] == Tally(answered=2, right=2)
        assert tally_by_person(session, ids, MONTH.before)[ids[0]] == Tally(answered=1)


@pytest.mark.parametrize(("days", "repeated"), [(29, 1), (30, 0), (31, 0)])
def test_a_question_is_repeated_for_less_than_30_days_also_from_before_the_period(database, ids, days, repeated):
    with database.rehearsal() as session:
        for at, person_id in ((NOW - days * DAY, ids[0]), (NOW - DAY, ids[1]), (NOW, ids[0])):
            record(session, QuestionAsked("slack", "answered", None, None, 1, 0.2, [4]), at, person_id)
            session.flush()
        found = tally_by_person(session, ids, last_days(2, NOW))
    assert found == {ids[0]: Tally(asked=1, covered=1, repeated=repeated), ids[1]: Tally(asked=1, covered=1)}


def test_a_lesson_counts_where_its_use_was_first_told_of(database, ids):
    with database.rehearsal() as session:
        for score, at, by in ((0.0, NOW - 40 * DAY, "self"), (1.0, NOW - DAY, "manager")):
            record(session, LessonApplied("slack", "refunds", score, 7, by), at, ids[0])
        session.flush()
        assert tally_by_person(session, ids, MONTH)[ids[0]] == Tally()
        assert tally_by_person(session, ids, MONTH.before)[ids[0]] == Tally(applied_asked=1, applied=1)


def test_many_people_are_counted_at_once(database):
    many = [
        replace(ADA, email=f"p{number}@example.test", slack_user_id=None, teams_user_id=None) for number in range(3)
    ]
    with database.rehearsal() as session:
        load_roster(session, many, NOW)
        found = list(session.scalars(select(Person.id)))
        record(session, AnswerRated("slack", "helpful", 1), NOW, found[0])
        session.flush()
        # More ids than a statement may have values on either database.
        wanted = [*found, *range(10**6, 10**6 + 70_000)]
        assert tallies(session, wanted, (MONTH.since, MONTH.until)) == {Key(found[0], 0): Tally(rated=1, helpful=1)}
