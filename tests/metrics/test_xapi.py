"""xAPI statements: a record store takes each of them, others get no answers, and an export stays small in memory."""

import json
import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from metrics.events import kinds
from metrics.events.record import EventRow, record
from metrics.periods import Period
from metrics.xapi import VERBS, Exporter, Naming, duration, statements_of_others, statements_of_own, timestamp
from tests.metrics.happenings import people
from tests.strategies import instants
from tests.xapi_rules import DURATION, RFC_3339, check

AT = datetime(2026, 11, 20, 9, 30, 15, 123_456, tzinfo=UTC)
EVER = Period(AT - timedelta(days=400), AT + timedelta(days=1))
DEPLOYMENT = UUID("6f1c2a3e-0000-4000-8000-00000000002a")
NAMING = Naming(
    "https://coach.example.test",
    DEPLOYMENT,
    lambda person_id: f"{person_id:032x}",
    {"refunds": "Refunds", "refunds.md": "Promise an answer", "first-aid": "First aid"},
)
LESSON = {"door": "slack", "skill": "refunds", "run_id": 7, "module": "refunds.md", "version": 2}
WHOLE = (
    kinds.QuestionAsked("slack", "answered", None, None, 1, 0.4, [3], ["refunds.md"]),
    kinds.AnswerRated("slack", "wrong_answer", 12),
    kinds.InteractionHandled("teams", "progress", "shown"),
    kinds.TrackAssigned("slack", "first-aid"),
    kinds.LessonOpened(**LESSON, seconds=5.0),
    kinds.LessonPartDone(**LESSON, seconds=61.5, part="concept", budget_seconds=60.0),
    kinds.ItemAnswered("slack", "refunds", 0.5, 9.0, 7, "refunds.md#ask who", "choice", 3, 0.95, is_scenario=True),
    kinds.LessonCompleted(**LESSON, score=0.75, seconds=400.0),
    kinds.LessonAbandoned(**LESSON, part="practice", position=4),
    kinds.LessonSnoozed("slack", "refunds", 7, "tomorrow"),
    kinds.LessonApplied("slack", "refunds", 1.0, 7, "manager", "refunds.md", 2),
    kinds.SkillMastered("slack", "refunds"),
    kinds.SkillLapsed("refunds", "answers"),
)


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


@pytest.fixture
def ana(session):
    (person_id,) = people(session, 1, AT)
    for place, event in enumerate(WHOLE):
        record(session, event, AT + timedelta(seconds=place), person_id)
    session.flush()
    return person_id


def own(session, person_id, period=EVER):
    return list(statements_of_own(session, Exporter(person_id, "ana@example.test"), period, NAMING))


def by_verb(statements):
    return {statement["verb"]["id"].rpartition("/")[2]: statement for statement in statements}


def test_every_kind_that_is_stated_is_a_statement_a_record_store_takes(session, ana):
    found = own(session, ana)
    assert len(found) == len(WHOLE) == len(VERBS)
    for statement in found:
        check(json.loads(json.dumps(statement)))
        assert statement["actor"] == {"objectType": "Agent", "mbox": "mailto:ana@example.test"}
    assert list(by_verb(found)) == [
        "asked", "rated", "interacted", "registered", "initialized", "progressed", "answered", "completed", "abandoned",
        "postponed", "applied", "mastered", "lapsed",
    ]  # fmt: skip


def test_verbs_are_those_of_published_vocabularies_or_the_companys_own(session, ana):
    adl, own_verbs = "http://adlnet.gov/expapi/verbs/", "https://coach.example.test/xapi/verbs/"
    ids = {name: statement["verb"]["id"] for name, statement in by_verb(own(session, ana)).items()}
    assert ids.pop("abandoned") == "https://w3id.org/xapi/adl/verbs/abandoned"
    assert ids.pop("rated") == "http://id.tincanapi.com/verb/rated"
    assert {ids.pop(name) for name in ("postponed", "applied", "lapsed")} == {
        f"{own_verbs}{name}" for name in ("postponed", "applied", "lapsed")
    }
    assert ids == {name: f"{adl}{name}" for name in ids}


def test_an_answer_says_what_came_of_it_and_where_it_was_given(session, ana):
    answered = by_verb(own(session, ana))["answered"]
    base, extensions = "https://coach.example.test/xapi", "https://coach.example.test/xapi/extensions"
    assert answered["object"] == {
        "objectType": "Activity",
        "id": f"{base}/lessons/refunds.md/items/ask%20who",
        "definition": {"type": "http://adlnet.gov/expapi/activities/question", "name": {"en": "ask who"}},
    }
    assert answered["result"] == {
        "score": {"scaled": 0.5},
        "success": False,
        "duration": "PT9S",
        "extensions": {f"{extensions}/confidence": 0.95, f"{extensions}/is_scenario": True},
    }
    around = answered["context"]["contextActivities"]
    assert [each["id"] for each in around["parent"]] == [f"{base}/lessons/refunds.md"]
    assert [each["definition"]["name"]["en"] for each in around["grouping"]] == ["Refunds"]
    assert answered["timestamp"] == "2026-11-20T09:30:21.123Z"


def test_results_of_the_others(session, ana):
    found = {name: statement.get("result") for name, statement in by_verb(own(session, ana)).items()}
    said = {name: (result or {}).pop("extensions", {}) for name, result in found.items()}
    assert found["completed"] == {"completion": True, "score": {"scaled": 0.75}, "duration": "PT400S"}
    assert found["progressed"] == {"duration": "PT61.5S"}
    assert (found["applied"], found["mastered"]) == ({"success": True}, {"success": True})
    assert (found["rated"], found["initialized"], found["registered"]) == ({"response": "wrong_answer"}, None, None)
    noted = {name: list(facts.values()) for name, facts in said.items() if facts}
    assert noted == {
        "asked": ["answered"],
        "interacted": ["progress", "shown"],
        "progressed": ["concept"],
        "answered": [0.95, True],
        "abandoned": ["practice", 4],
        "postponed": ["tomorrow"],
        "applied": ["manager"],
        "lapsed": ["answers"],
    }


def test_what_belongs_to_one_lesson_has_one_registration(session, ana):
    found = [statement["context"].get("registration") for statement in own(session, ana)]
    assert {name for name in found if name} == {str(uuid5(DEPLOYMENT, "run:7"))}
    assert found.count(None) == 6


def test_others_get_lessons_and_mastery_under_an_opaque_account_and_no_answers(session, ana):
    found = list(statements_of_others(session, [ana], EVER, NAMING))
    assert list(by_verb(found)) == ["completed", "mastered"]
    for statement in found:
        check(statement)
        account = {"homePage": "https://coach.example.test", "name": f"{ana:032x}"}
        assert statement["actor"] == {"objectType": "Agent", "account": account}
    assert by_verb(found)["completed"]["result"] == {"completion": True, "duration": "PT400S"}
    assert "ana" not in json.dumps(found)


def test_only_the_people_and_the_time_that_were_asked_for(session, ana):
    ben, cem = people(session, 2, AT)
    for person_id in (ben, cem):
        record(session, kinds.SkillMastered("slack", "refunds"), AT, person_id)
    record(session, kinds.SkillMastered("slack", "refunds"), AT)
    names = [each["actor"]["account"]["name"] for each in statements_of_others(session, [ana, ben], EVER, NAMING)]
    assert {int(name, 16) for name in names} == {ana, ben}
    assert list(statements_of_others(session, [], EVER, NAMING)) == []
    assert len(own(session, ben)) == 1
    assert list(by_verb(own(session, ana, Period(AT, AT + timedelta(seconds=2))))) == ["rated", "interacted"]


def test_ids_stay_and_differ_between_events_deployments_and_who_exports(session, ana):
    first, again = own(session, ana), own(session, ana)
    assert first == again
    others = list(statements_of_others(session, [ana], EVER, NAMING))
    elsewhere = Naming(NAMING.home, UUID(int=5), NAMING.account_of)
    there = list(statements_of_others(session, [ana], EVER, elsewhere))
    ids = [statement["id"] for statement in (*first, *others, *there)]
    assert len(set(ids)) == len(ids)


def test_what_old_events_do_not_say_is_left_out(session):
    (person_id,) = people(session, 1, AT)
    old = {"person_id": person_id, "skill": "refunds", "at": AT}
    session.add(EventRow(kind="item_answered", score=None, seconds=None, payload={"door": "slack"}, **old))
    session.add(EventRow(kind="lesson_completed", score=1.0, payload={"run_id": 1, "module": None}, **old))
    session.add(EventRow(kind="lesson_abandoned", payload={"run_id": 1, "module": None, "part": "offer"}, **old))
    session.flush()
    answered, completed = own(session, person_id)
    for statement in (answered, completed):
        check(statement)
    assert "result" not in answered
    assert (
        answered["object"]["id"] == completed["object"]["id"] == "https://coach.example.test/xapi/skills/refunds/lesson"
    )


def test_kinds_that_are_not_stated_are_those_that_are_no_practice():
    unstated = {kind.kind for kind in get_args(kinds.Event)} - VERBS.keys()
    assert unstated == {
        "company_applied", "person_exported", "lesson_offered", "supported", "manager_acted", "progress_exported",
        "nudge_ended", "preference_changed", "confirmed", "work_reported", "message_sent",
    }  # fmt: skip


@given(st.floats(0, 10**7))
def test_durations_are_iso_8601_and_lose_no_hundredth(seconds):
    found = duration(seconds)
    assert DURATION.fullmatch(found)
    assert float(found[2:-1]) == pytest.approx(seconds, abs=0.0051)


@pytest.mark.parametrize(("seconds", "text"), [(0, "PT0S"), (100, "PT100S"), (-1, "PT0S"), (61.5, "PT61.5S")])
def test_durations(seconds, text):
    assert duration(seconds) == text


@given(instants.filter(lambda at: at.year > 1901))
def test_timestamps_are_rfc_3339_and_the_same_instant(at):
    found = timestamp(at)
    assert RFC_3339.fullmatch(found)
    assert abs(datetime.fromisoformat(found) - at) < timedelta(milliseconds=1)


def test_a_timestamp_is_in_utc():
    assert timestamp(AT.astimezone(timezone(timedelta(hours=-8)))) == "2026-11-20T09:30:15.123Z"


def test_an_export_holds_a_thousand_rows_and_not_all(database):
    rows = 20_000
    with database.transaction() as session:
        (person_id,) = people(session, 1, AT)
        event = {"at": AT, "person_id": person_id, "kind": "skill_mastered", "skill": "refunds", "payload": {}}
        session.execute(insert(EventRow), [event] * rows)
    with database.session() as session:
        tracemalloc.start()
        told = sum(1 for _ in statements_of_others(session, [person_id], EVER, NAMING))
        _, most_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert told == rows
    # All of them would be over twenty million.
    assert most_bytes < 6_000_000
