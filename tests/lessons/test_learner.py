"""What is loaded of a person: memories, abilities, lessons done, steps to do, minutes spent, and nothing of others."""

from datetime import date, timedelta

import pytest

from lessons.answers import record_answer
from lessons.learner import TrackStep, load_learner
from lessons.shelf import store_tracks
from lessons.tables import Confirmation, LearningDay, LessonRun, TrackAssignment
from lessons.tracks import Step, Track
from metrics.events.kinds import LessonCompleted, LessonPartDone
from metrics.events.record import record
from metrics.work import WorkEvent
from tests.lessons.learners import NOW, days_ago, make_item, make_module
from tests.lessons.stored import store_person, store_shelf

MODULE = make_module("refunds.md", items=(make_item("ask", step=3),))
OTHER = make_module("till.md", skill="till")
COURSE = {"modules": [{"teaches": [{"sop": "stores/refunds.md", "heading_path": ["How?"], "version": "1"}]}]}


def store_run(session, person, module, days, content=COURSE, state="completed", skill="refunds"):
    session.add(
        LessonRun(
            person_id=person.id,
            token=f"{person.id}-{module}-{days}",
            module=module,
            skill=skill,
            content=content,
            progress={},
            position=1,
            state=state,
            minutes=5,
            offered_at=days_ago(days),
            changed_at=days_ago(days),
            finished_at=days_ago(days) if state == "completed" else None,
        )
    )
    session.flush()


def store_answer(session, person, days, score=1.0):
    facts = {"run_id": None, "confidence": 0.95, "seconds": 20.0, "door": "slack"}
    module, (item,) = MODULE, MODULE.items
    record_answer(session, person_id=person.id, module=module, item=item, score=score, at=days_ago(days), **facts)


def test_nothing_is_known_of_somebody_new(database):
    with database.transaction() as session:
        learner = load_learner(session, store_person(session), NOW)
    assert learner.roles == {"sales associate"}
    assert (learner.known, learner.completed, learner.track_steps, learner.last_skill) == ({}, {}, (), None)
    assert learner.last_practised_at is None


def test_answers_are_remembered_and_fade(database):
    with database.transaction() as session:
        store_shelf(session, MODULE)
        person, other = store_person(session), store_person(session, "tom")
        store_answer(session, other, 1)
        store_answer(session, person, 9)
        store_answer(session, person, 3, score=0.0)
        learner, later = load_learner(session, person, NOW), load_learner(session, person, NOW + timedelta(days=20))
    known = learner.known["refunds.md#ask"]
    assert list(learner.known) == ["refunds.md#ask"]
    assert (known.step, known.missed_in_row, known.was_sure_and_wrong) == (3, 1, True)
    assert 0 < later.known["refunds.md#ask"].recall < known.recall < 1
    assert learner.abilities["refunds"].answered == 2
    assert learner.last_practised_at == days_ago(3)


def test_lessons_done_are_known_with_what_they_taught_then(database):
    with database.transaction() as session:
        person = store_person(session)
        store_run(session, person, "till.md", 9, content={"modules": [{"teaches": []}]}, skill="till")
        store_run(session, person, "refunds.md", 12)
        store_run(session, person, "left.md", 2, state="abandoned")
        store_run(session, store_person(session, "tom"), "other.md", 1)
        learner = load_learner(session, person, NOW)
    assert learner.completed == {"till.md": days_ago(9), "refunds.md": days_ago(12)}
    assert learner.taught == frozenset(MODULE.teaches)
    assert learner.last_skill == "till"


def test_a_review_done_teaches_no_section_and_completes_no_module(database):
    with database.transaction() as session:
        person = store_person(session)
        store_run(session, person, None, 1)
        learner = load_learner(session, person, NOW)
    assert (learner.completed, learner.taught, learner.last_skill) == ({}, frozenset(), "refunds")


def test_steps_of_tracks_are_those_still_to_do(database):
    steps = (Step("module", "refunds.md"), Step("human", "shadow", "Shadow a shift"), Step("module", "till.md"))
    with database.transaction() as session:
        person = store_person(session)
        new, plain = Track("new", "New here", steps, is_onboarding=True), Track("plain", "Handoffs", steps[2:])
        store_tracks(session, [new, plain, Track("done", "Done", steps)])
        for name, ended_at in (("plain", None), ("new", None), ("done", NOW), ("gone", None)):
            assigned = TrackAssignment(person_id=person.id, track=name, assigned_at=days_ago(1), ended_at=ended_at)
            session.add(assigned)
        store_run(session, person, "refunds.md", 1)
        learner = load_learner(session, person, NOW)
    assert learner.track_steps == (
        TrackStep("Handoffs", 1, "till.md"),
        TrackStep("New here", 3, "till.md", comes_first=True),
    )


def test_a_due_date_makes_any_track_come_first(database):
    with database.transaction() as session:
        person = store_person(session)
        store_tracks(session, [Track("plain", "Handoffs", (Step("module", "till.md"),))])
        due_on = date(2026, 12, 1)
        session.add(TrackAssignment(person_id=person.id, track="plain", assigned_at=NOW, due_on=due_on))
        session.flush()
        (step,) = load_learner(session, person, NOW).track_steps
    assert (step.due_on, step.comes_first) == (due_on, True)


def test_minutes_are_those_of_the_last_seven_days_and_each_lesson_counts_once(database):
    with database.transaction() as session:
        person = store_person(session)

        def part(run_id, seconds, days):
            event = LessonPartDone("slack", "refunds", seconds, run_id, None, "practice", 420)
            record(session, event, days_ago(days), person.id)

        def whole(run_id, seconds, days):
            event = LessonCompleted("slack", "refunds", 1.0, seconds, run_id, None)
            record(session, event, days_ago(days), person.id)

        part(1, 60, 2), part(1, 120, 2), whole(1, 200, 2)
        part(2, 90, 1)
        part(3, 600, 8), whole(3, 600, 8)
        session.flush()
        assert load_learner(session, person, NOW).minutes_this_week == pytest.approx(290 / 60)


def test_work_workshops_and_sign_offs_are_known(database):
    with database.transaction() as session:
        person = store_person(session)
        for number, days in enumerate((3, 5, 40)):
            facts = {"source": "desk", "workflow": "refund", "step": "3", "outcome": "missed"}
            at = days_ago(days)
            session.add(WorkEvent(person_id=person.id, reference=str(number), at=at, received_at=at, **facts))
        session.add(LearningDay(person_id=person.id, skill="refunds", held_on=date(2026, 11, 20)))
        for subject, said in (("allergens", "yes"), ("till", "no"), ("safety", None)):
            asked = {"public_id": subject, "kind": "sign_off", "subject": subject, "answer": said}
            session.add(Confirmation(person_id=person.id, asked_at=NOW, **asked))
        session.flush()
        learner = load_learner(session, person, NOW)
    assert learner.missed_at_work == {("refund", "3"): 2}
    assert learner.learning_days == (("refunds", date(2026, 11, 20)),)
    assert learner.signed_off == {"allergens"}
