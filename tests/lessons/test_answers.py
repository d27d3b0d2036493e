"""An answer changes memory, ability and mastery once, is in the log, and two at once both count."""

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lessons import memory
from lessons.answers import is_scenario, record_answer, renew_mastery, scenarios_of, skill_evidence
from lessons.learner import load_learner
from lessons.stale import hold_up_mastery
from lessons.tables import ItemMemory, RecallModel, SkillAbility
from metrics.events.record import EventRow
from metrics.people import Person
from tests.lessons.learners import NOW, make_item, make_module
from tests.lessons.stored import store_person, store_shelf

MODULE = make_module("refunds.md", items=(make_item("ask", step=2), make_item("key", kind="order")))
ASK, KEY = MODULE.items


def answer(session, person_id, at=NOW, score=1.0, confidence=0.95, item=ASK, module=MODULE):
    return record_answer(
        session,
        person_id=person_id,
        run_id=None,
        module=module,
        item=item,
        score=score,
        confidence=confidence,
        seconds=21.0,
        door="slack",
        at=at,
    )


def days_on(days):
    return NOW + timedelta(days=days)


def milestones(session):
    """Return when mastery began, and when and why it ended."""
    kinds = ("skill_mastered", "skill_lapsed")
    rows = session.scalars(select(EventRow).where(EventRow.kind.in_(kinds)).order_by(EventRow.at, EventRow.id))
    return [(row.payload.get("reason", row.kind), row.at) for row in rows]


@pytest.fixture
def person_id(database):
    with database.transaction() as session:
        store_shelf(session, MODULE)
        return store_person(session).id


def test_a_first_answer_makes_a_memory_an_ability_and_an_event(database, person_id):
    with database.transaction() as session:
        answered = answer(session, person_id, score=0.0)
    assert (answered.was_first, answered.predicted_recall, answered.is_mastered_now) == (True, None, False)
    assert answered.returns_at == memory.falls_to(memory.first(0, NOW), 0.8)
    with database.session() as session:
        held = session.scalars(select(ItemMemory)).one()
        assert (held.item, held.step, held.answered, held.right) == ("refunds.md#ask", 2, 1, 0)
        assert (held.missed_in_row, held.last_score, held.last_confidence, held.last_at) == (1, 0, 0.95, NOW)
        assert session.scalars(select(SkillAbility)).one().estimate == pytest.approx(-0.75)
        event = session.scalars(select(EventRow)).one()
        assert (event.kind, event.skill, event.score, event.seconds) == ("item_answered", "refunds", 0, 21)
        assert event.payload["item"] == "refunds.md#ask"
        assert event.payload["is_first"]
        assert event.payload["is_scenario"]


@pytest.mark.parametrize(
    ("kind", "phase", "is_one"),
    [("choice", "practice", True), ("choice", "reflection", False), ("spot", "practice", False)],
)
def test_a_decision_in_a_situation_is_a_scenario(kind, phase, is_one):
    item = make_item("ask", kind=kind, phase=phase)
    module = make_module("refunds.md", items=(item,))
    assert is_scenario(item) is is_one
    assert scenarios_of(module) == (["refunds.md#ask"] if is_one else [])


def test_a_later_answer_is_predicted_before_it_counts(database, person_id):
    later = NOW + timedelta(days=6)
    with database.transaction() as session:
        answer(session, person_id)
        expected = memory.recall(memory.first(1, NOW, 0.95), later)
        answered = answer(session, person_id, later, score=0.0)
    assert answered.predicted_recall == pytest.approx(expected)
    with database.transaction() as session:
        answer(session, person_id, item=KEY)
        again = answer(session, person_id, later, item=KEY)
        events = session.scalars(select(EventRow).order_by(EventRow.id)).all()
        assert session.scalars(select(RecallModel)).one().content["answered"] == 2
    logged = [row.payload["predicted_recall"] for row in events]
    assert logged == [None, answered.predicted_recall, None, again.predicted_recall]
    assert again.predicted_recall < expected


def test_a_right_answer_ends_a_row_of_misses(database, person_id):
    with database.transaction() as session:
        for day, score in enumerate((0.0, 0.5, 0.0, 1.0, 0.0)):
            answer(session, person_id, NOW + timedelta(days=day), score)
            held = session.scalars(select(ItemMemory)).one()
            assert held.missed_in_row == [1, 2, 3, 0, 1][day]
        assert (held.answered, held.right) == (5, 1)


def test_an_item_everybody_misses_takes_less_away_from_who_misses_it(database, person_id):
    with database.transaction() as session:
        for number in range(30):
            answer(session, store_person(session, f"p{number}").id, score=0.0)
        answer(session, person_id, score=0.0)
        own = select(SkillAbility.estimate).where(SkillAbility.person_id == person_id)
        assert -0.4 < session.scalar(own) < 0


def test_mastery_comes_with_the_answer_that_completes_the_evidence_and_goes_with_mistakes(database, person_id):
    with database.transaction() as session:
        found = [answer(session, person_id, NOW + timedelta(days=8 * week)) for week in range(9)]
        assert [each.is_mastered_now for each in found] == [False] * 7 + [True, False]
        mastered_at = select(SkillAbility.mastered_at)
        assert session.scalar(mastered_at) == NOW + timedelta(days=56)
        assert skill_evidence(session, person_id, "refunds").is_enough
        answer(session, person_id, NOW + timedelta(days=80), score=0.0)
        assert session.scalar(mastered_at) is None
        assert milestones(session) == [("skill_mastered", NOW + timedelta(days=56)), ("answers", days_on(80))]


def test_a_changed_sop_holds_mastery_up_until_a_lesson_about_it_is_completed(database, person_id):
    with database.transaction() as session:
        for week in range(8):
            answer(session, person_id, days_on(8 * week))
        hold_up_mastery(session, {"refunds", "till"}, days_on(60))
        hold_up_mastery(session, {"refunds"}, days_on(61))
        held = session.scalars(select(SkillAbility)).one()
        assert (held.mastered_at, held.stale_since) == (days_on(56), days_on(60))
        assert load_learner(session, session.get_one(Person, person_id), days_on(61)).mastered_at == {}
        # Answers meanwhile, such as those of a review, take evidence away and bring it back: mastery waits.
        answer(session, person_id, days_on(70), score=0.0)
        found = [answer(session, person_id, days_on(78 + 8 * week)) for week in range(14)]
        assert held.mastered_at is not None
        assert not any(each.is_mastered_now for each in found)
        renew_mastery(session, person_id, "till", "slack", days_on(200))
        assert held.stale_since == days_on(60)
        renew_mastery(session, person_id, "refunds", "slack", days_on(201))
        assert held.stale_since is None
        renew_mastery(session, person_id, "refunds", "slack", days_on(202))
        assert milestones(session) == [
            ("skill_mastered", days_on(56)),
            ("sop_changed", days_on(60)),
            ("skill_mastered", days_on(201)),
        ]


def test_who_has_not_mastered_a_skill_lapses_in_nothing(database, person_id):
    with database.transaction() as session:
        answer(session, person_id)
        hold_up_mastery(session, {"refunds"}, days_on(1))
        assert session.scalars(select(SkillAbility.stale_since)).all() == [None]
        assert milestones(session) == []


def test_an_order_alone_is_no_scenario(database, person_id):
    with database.transaction() as session:
        for week in range(12):
            answer(session, person_id, NOW + timedelta(days=8 * week), item=KEY)
        assert not skill_evidence(session, person_id, "refunds").is_enough
        assert session.scalar(select(SkillAbility.mastered_at)) is None


def test_answers_of_one_person_at_once_all_count(database, person_id):
    barrier = threading.Barrier(4)
    failures = []

    def press(item):
        try:
            barrier.wait()
            with database.transaction() as session:
                answer(session, person_id, item=item)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=press, args=(item,)) for item in (ASK, ASK, ASK, KEY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.session() as session:
        counts = dict(session.execute(select(ItemMemory.item, ItemMemory.answered)).all())
        assert counts == {"refunds.md#ask": 3, "refunds.md#key": 1}
        assert session.scalars(select(SkillAbility)).one().answered == 4


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0.0, 0.5, 1.0]), st.booleans()), max_size=12))
def test_whatever_is_answered_counts_add_up_and_predictions_are_chances(database, log):
    with database.rehearsal() as session:
        store_shelf(session, MODULE)
        person_id = store_person(session).id
        day = 0
        for days, score, is_ask in log:
            day += days
            at = NOW + timedelta(days=day)
            answered = answer(session, person_id, at, score, item=ASK if is_ask else KEY)
            assert answered.was_first == (answered.predicted_recall is None)
            assert answered.was_first or 0 <= answered.predicted_recall <= 1
            assert answered.returns_at >= at
        rows = session.scalars(select(ItemMemory)).all()
        assert sum(row.answered for row in rows) == len(log)
        assert sum(row.right for row in rows) == sum(score == 1 for _, score, _ in log)
