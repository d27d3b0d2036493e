"""What a manager notes of supporting somebody counts once, for the person it was about."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lessons.skills import SkillRule
from lessons.supports import (
    achieved,
    checked_in,
    not_yet_alone,
    note_alone,
    note_check_in,
    note_read,
    note_recognised,
    was_checked_in,
    was_recognised,
)
from metrics.events.kinds import Confirmed, LessonApplied, SkillMastered
from metrics.events.record import EventRow, record
from metrics.work import WorkEvent
from tests.lessons.shop import NOW, add_person

LONDON = "Europe/London"
SKILLS = {
    "refunds": SkillRule("refunds", "Refunds", workflows=("Refund",)),
    "till": SkillRule("till", "Till", workflows=("sale", "refund"), roles=("cashier",)),
    "quotes": SkillRule("quotes", "Quotes", workflows=("quote",), roles=("desk",)),
}


@pytest.fixture
def boss(session):
    return add_person(session, "boss")


@pytest.fixture
def ana(session, boss):
    return add_person(session, "ana", boss)


def events(session, kind):
    rows = session.scalars(select(EventRow).where(EventRow.kind == kind).order_by(EventRow.id))
    return [(row.person_id, row.payload["what"]) for row in rows]


def test_a_check_in_counts_once_a_manager_person_and_week(session, boss, ana):
    other = add_person(session, "other")
    note_check_in(session, boss.id, ana.id, "slack", NOW, LONDON)
    assert was_checked_in(session, boss.id, ana.id, NOW, LONDON)
    with pytest.raises(IntegrityError), session.begin_nested():
        note_check_in(session, boss.id, ana.id, "teams", NOW + timedelta(days=1), LONDON)
    note_check_in(session, other.id, ana.id, "slack", NOW, LONDON)
    note_check_in(session, boss.id, other.id, "slack", NOW, LONDON)
    note_check_in(session, boss.id, ana.id, "slack", NOW + timedelta(days=7), LONDON)
    assert events(session, "supported") == [(each, "check_in") for each in (ana.id, ana.id, other.id, ana.id)]
    assert checked_in(session, boss.id, [ana.id, other.id, boss.id], NOW, LONDON) == {ana.id, other.id}


def test_a_week_ends_at_midnight_of_the_company(session, boss, ana):
    # NOW is a Thursday noon; Sunday 23:30 in London is Monday in Auckland.
    sunday = NOW + timedelta(days=3, hours=11, minutes=30)
    note_check_in(session, boss.id, ana.id, "slack", NOW, LONDON)
    assert was_checked_in(session, boss.id, ana.id, sunday, LONDON)
    assert not was_checked_in(session, boss.id, ana.id, sunday + timedelta(hours=1), LONDON)
    assert not was_checked_in(session, boss.id, ana.id, sunday, "Pacific/Auckland")


def test_what_is_kept_of_it_names_nobody_else(session, boss, ana):
    note_check_in(session, boss.id, ana.id, "slack", NOW, LONDON)
    note_recognised(session, boss.id, ana.id, "refunds", "slack", NOW, LONDON)
    for row in session.scalars(select(EventRow)):
        assert str(boss.id) not in row.cause.partition(":")[2] or len(row.cause.partition(":")[2]) == 32
        assert "boss" not in f"{row.payload}{row.cause}"


def test_thanks_count_once_a_skill_and_week(session, boss, ana):
    first = note_recognised(session, boss.id, ana.id, "refunds", "slack", NOW, LONDON)
    assert session.get_one(EventRow, first).skill == "refunds"
    assert was_recognised(session, boss.id, ana.id, "refunds", NOW, LONDON)
    assert not was_recognised(session, boss.id, ana.id, "till", NOW, LONDON)
    assert note_recognised(session, boss.id, ana.id, "till", "slack", NOW, LONDON) != first
    with pytest.raises(IntegrityError), session.begin_nested():
        note_recognised(session, boss.id, ana.id, "till", "slack", NOW, LONDON)


def test_opening_a_digest_counts_once_a_week(session, boss):
    for days in (0, 1, 7):
        note_read(session, boss.id, "slack", NOW + timedelta(days=days), LONDON)
    assert events(session, "manager_acted") == [(boss.id, "digest_read")] * 2


def test_the_first_time_alone_is_noted_once_as_work_done_alone(session, ana):
    assert note_alone(session, ana, "Client Call", "quotes", "slack", NOW)
    assert not note_alone(session, ana, "client_call", "quotes", "slack", NOW + timedelta(days=40))
    [work] = session.scalars(select(WorkEvent))
    assert (work.source, work.workflow, work.outcome, work.person_id) == ("manager", "client_call", "alone", ana.id)
    assert events(session, "supported") == [(ana.id, "alone")]


def test_only_work_of_skills_they_need_that_nobody_saw_done_alone_is_left(session, ana):
    assert {name: rule.key for name, rule in not_yet_alone(session, ana.id, ana.roles, SKILLS).items()} == {
        "refund": "refunds",
        "sale": "till",
    }
    given = {"source": "till", "reference": "1", "workflow": "REFUND", "at": NOW, "received_at": NOW}
    session.add(WorkEvent(person_id=ana.id, outcome="done", **given))
    session.add(WorkEvent(person_id=ana.id, outcome="alone", **given | {"reference": "2"}))
    session.flush()
    assert set(not_yet_alone(session, ana.id, ana.roles, SKILLS)) == {"sale"}


def test_what_was_used_or_mastered_lately_is_found_newest_first_each_skill_once(session, ana):
    def said(skill, score, days):
        record(session, LessonApplied("slack", skill, score, 1, "self"), NOW - timedelta(days=days), ana.id)

    said("refunds", 1.0, 9)
    record(session, SkillMastered("slack", "refunds"), NOW - timedelta(days=12), ana.id)
    record(session, SkillMastered("slack", "till"), NOW - timedelta(days=2), ana.id)
    said("quotes", 0.0, 1)
    said("gone", 1.0, 1)
    record(session, Confirmed("slack", 1.0, "step", "quotes"), NOW - timedelta(days=1), ana.id)
    found = achieved(session, ana.id, SKILLS, NOW)
    assert [(each.skill, each.title, each.how) for each in found] == [
        ("till", "Till", "mastered"),
        ("refunds", "Refunds", "applied"),
    ]
    assert achieved(session, ana.id, SKILLS, NOW + timedelta(days=29)) == []
    record(session, Confirmed("slack", 1.0, "sign_off", "quotes"), NOW, ana.id)
    assert achieved(session, ana.id, SKILLS, NOW)[0].skill == "quotes"
    assert date(2026, 11, 26) == NOW.date()
