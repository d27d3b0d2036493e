"""What happened is one row: the fact whole, its person, its instant."""

from dataclasses import asdict
from typing import get_args

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from metrics.events.kinds import (
    AnswerRated,
    CompanyApplied,
    Confirmed,
    Event,
    InteractionHandled,
    ItemAnswered,
    LessonAbandoned,
    LessonApplied,
    LessonCompleted,
    LessonOffered,
    LessonOpened,
    LessonPartDone,
    LessonSnoozed,
    ManagerActed,
    MessageSent,
    NudgeEnded,
    PersonExported,
    PreferenceChanged,
    ProgressExported,
    QuestionAsked,
    SkillLapsed,
    SkillMastered,
    Supported,
    TrackAssigned,
    WorkReported,
)
from metrics.events.record import COLUMNS_OF_THEIR_OWN, EventRow, record
from metrics.people import find_person, load_roster
from tests.metrics.test_people import ADA

FACTS = [
    QuestionAsked(
        door="cli",
        band="answered",
        rule=None,
        confidence=0.87,
        generation=3,
        seconds=0.25,
        passage_ids=[7, 2],
        files=["stores/refunds.md", "café.md"],
        is_follow_up=True,
        is_open=True,
        masked=["password"],
    ),
    CompanyApplied(
        generation=None,
        sops_added=1,
        sops_changed=2,
        sops_removed=3,
        sops_rejected=4,
        people_added=5,
        people_deactivated=6,
        seconds=1.5,
    ),
    PersonExported(rows=12),
    InteractionHandled(door="slack", what="command", outcome="help"),
    AnswerRated(door="slack", rating="outdated", question_id=3),
    LessonOffered("slack", "refunds", 4, "a.md", "module", "nudge", 11.0),
    LessonOpened("slack", "refunds", 60.0, 4, "a.md"),
    LessonPartDone("slack", "refunds", 95.0, 4, "a.md", "concept", 180.0),
    ItemAnswered("slack", "refunds", 1.0, 12.5, 4, "a.md#first", "choice", 3, 0.9, 0.71, is_first=True),
    LessonCompleted("slack", "refunds", 0.75, 480.0, 4, "a.md"),
    LessonAbandoned("slack", "refunds", 4, "a.md", "practice", 3),
    LessonSnoozed("slack", "refunds", 4, "tomorrow"),
    LessonApplied("slack", "refunds", 1.0, 4, "self", "a.md", 2),
    SkillMastered("slack", "refunds"),
    SkillLapsed("refunds", "sop_changed"),
    Supported("teams", "check_in", "refunds"),
    ManagerActed("teams", "recognised"),
    ProgressExported("web", "csv", 12),
    NudgeEnded("before_shift", "missed", "quiet_hours"),
    PreferenceChanged("slack", "paused"),
    TrackAssigned("slack", "new-at-the-counter"),
    Confirmed("slack", 1.0, "acknowledge", "stores/refunds.md@4.2"),
    WorkReported("helpdesk", "refund", "3", "missed"),
    MessageSent(door="slack", operation="post", purpose="answer", attempts=2, seconds=0.4),
]


def test_the_examples_cover_every_kind():
    assert {type(fact) for fact in FACTS} == set(get_args(Event))
    assert len({fact.kind for fact in FACTS}) == len(FACTS)


def test_a_fact_can_be_built_again_from_its_row(database, now):
    for fact in FACTS:
        with database.rehearsal() as session:
            record(session, fact, now)
            session.flush()
            session.expunge_all()
            row = session.scalars(select(EventRow)).one()
            assert (row.at, row.kind, row.person_id) == (now, fact.kind, None)
            own = {name: getattr(row, name) for name in COLUMNS_OF_THEIR_OWN if name in asdict(fact)}
            assert type(fact)(**row.payload, **own) == fact
            assert not row.payload.keys() & set(COLUMNS_OF_THEIR_OWN)


def test_an_event_belongs_to_its_person(database, now):
    with database.rehearsal() as session:
        load_roster(session, [ADA], now)
        ada = find_person(session, ADA.email)
        record(session, PersonExported(rows=1), now, ada.id)
        session.flush()
        assert session.scalars(select(EventRow.person_id)).one() == ada.id


def test_an_event_is_part_of_the_callers_transaction(database, now):
    with pytest.raises(ZeroDivisionError):
        _record_and_fail(database, now)
    with database.session() as session:
        assert session.scalars(select(EventRow)).all() == []


def _record_and_fail(database, now):
    with database.transaction() as session:
        record(session, PersonExported(rows=1), now)
        session.flush()
        raise ZeroDivisionError


def test_one_cause_has_one_event(database, now):
    with database.transaction() as session:
        record(session, PersonExported(rows=1), now, cause="inbox:7")
        record(session, PersonExported(rows=1), now, cause="outbox:7")
        for _ in range(2):
            record(session, PersonExported(rows=1), now)
    with pytest.raises(IntegrityError), database.transaction() as session:
        record(session, PersonExported(rows=2), now, cause="inbox:7")
    with database.session() as session:
        causes = session.scalars(select(EventRow.cause).order_by(EventRow.id)).all()
    assert causes == ["inbox:7", "outbox:7", None, None]
