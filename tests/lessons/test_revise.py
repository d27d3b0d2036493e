"""The Revise queue: which modules stand in it, why, and how a new version compares."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lessons.module import Minutes
from lessons.revise import USUAL_TARGETS, Cause, Change, Check, Reason, Target, Targets, queue_of, revise
from lessons.run import compose
from lessons.sequence import Choice
from lessons.shelf import store_modules
from metrics.events.kinds import (
    ItemAnswered,
    LessonAbandoned,
    LessonApplied,
    LessonCompleted,
    LessonOpened,
    LessonPartDone,
)
from metrics.events.record import record
from metrics.lesson_effort import ItemMisses, LeftAt, LessonEffort, PartEffort, Quartiles
from tests.lessons.good_module import parse
from tests.lessons.learners import NOW
from tests.lessons.stored import store_person

# Six minutes: one of concept, four of practice, one of reflection. Four items are practised, one is to reflect on.
MODULE = parse()
FINE = LessonEffort(
    "a.md",
    3,
    offered=12,
    opened=10,
    completed=10,
    people=10,
    people_completed=10,
    completion=Quartiles(10, 300.0, 340.0, 360.0),
    parts=(PartEffort("concept", 10, 55.0, 60.0), PartEffort("practice", 10, 230.0, 240.0)),
    applied_asked=10,
    applied=7,
    people_asked=10,
)
SLOW = replace(FINE, completion=Quartiles(10, 380.0, 432.0, 500.0))
UNUSED = replace(FINE, applied=3)


def queue(*efforts, module=MODULE, version=3, targets=USUAL_TARGETS):
    return queue_of([(module, version)], {(each.module, each.version): each for each in efforts}, targets)


def only(*efforts, **facts):
    found = queue(*efforts, **facts).to_revise
    assert len(found) == 1
    return found[0]


def test_a_module_that_meets_its_targets_is_not_in_the_queue():
    found = queue(FINE)
    assert (found.to_revise, found.not_judged) == ((), ())
    assert found.met[0].causes == ()
    # Exactly the budget and exactly the rate are met.
    edge = replace(FINE, completion=Quartiles(5, 360.0, 360.0, 360.0), applied_asked=5, applied=3)
    assert queue(edge).met[0].effort == edge


def test_too_few_to_judge_is_said():
    slow = replace(SLOW, completion=Quartiles(4, 500.0, 900.0, 999.0), applied_asked=4, applied=0)
    for efforts in ((), (slow,), (replace(FINE, applied_asked=4, applied=0),)):
        found = queue(*efforts)
        assert (found.to_revise, found.met) == ((), ())
        assert found.not_judged[0].missed == ()
    assert [(check.found, check.n) for check in queue(slow).not_judged[0].checks] == [(900.0, 4), (0.0, 4)]
    assert [check.is_judged for check in queue().not_judged[0].checks] == [False, False]
    # One missed target is enough, however little is known of the other.
    assert only(replace(SLOW, applied_asked=0, applied=0)).missed[0].target is Target.COMPLETION_TIME


def test_a_module_that_few_people_completed_is_not_judged_however_often_they_did():
    for facts in ({"people_completed": 4}, {"people_completed": 4, "people_asked": 4}):
        found = queue(replace(SLOW, applied=0, **facts))
        assert (found.to_revise, found.met) == ((), ())
    asked = only(replace(SLOW, applied=0, people_asked=4))
    assert [check.target for check in asked.missed] == [Target.COMPLETION_TIME]
    assert queue_of([(MODULE, 3)], {("a.md", 3): SLOW}, smallest=11).to_revise == ()


def test_which_target_is_missed_and_by_how_much():
    found = only(replace(SLOW, applied=3))
    assert found.missed == (
        Check(Target.COMPLETION_TIME, 360.0, 432.0, 10),
        Check(Target.APPLICATION, 0.6, 0.3, 10),
    )
    assert [check.off_by for check in found.missed] == pytest.approx([72.0, 0.3])
    assert found.urgency == pytest.approx(0.5)
    lenient = Targets(time_over_budget=1.25, application=0.3)
    assert queue(replace(SLOW, applied=3), targets=lenient).met


@pytest.mark.parametrize(
    ("part", "reason", "change"),
    [
        ("concept", Reason.TOO_LONG_CONCEPT, Change.SHORTEN_CARDS),
        ("practice", Reason.TOO_LONG_PRACTICE, Change.FEWER_ITEMS),
        ("reflection", Reason.TOO_LONG_REFLECTION, Change.SHORTEN_REFLECTION),
    ],
)
def test_the_part_furthest_over_its_budget_is_to_blame(part, reason, change):
    budgets = {"concept": 60.0, "practice": 240.0, "reflection": 60.0}
    parts = tuple(
        PartEffort(name, 10, budget + (70.0 if name == part else 20.0), budget) for name, budget in budgets.items()
    )
    assert only(replace(SLOW, parts=parts)).causes == (Cause(reason, change, 70.0, 10),)


def test_without_such_a_part_the_whole_is_too_long():
    assert only(SLOW).causes == (Cause(Reason.TOO_LONG, Change.SPLIT_MODULE, 72.0, 10),)
    assert only(replace(SLOW, parts=())).causes[0].change is Change.SPLIT_MODULE


def test_the_item_most_often_missed_is_to_blame():
    often, rarely = ItemMisses("a.md#limit", 3, 10, 8), ItemMisses("a.md#code", None, 10, 4)
    once = ItemMisses("a.md#rare", None, 4, 4)
    found = only(replace(UNUSED, items=(often, once, rarely)))
    assert found.causes[0] == Cause(Reason.ITEM_TOO_HARD, Change.REVISE_ITEM, 0.8, 10, item="a.md#limit", step=3)
    # Trouble in the lesson and none of it used: perhaps it is the work that should change.
    assert found.causes[1:] == (Cause(Reason.NOT_USED_AT_WORK, Change.RECONSIDER_WORKFLOW, 0.3, 10),)
    assert [cause.reason for cause in only(replace(UNUSED, items=(rarely, once))).causes] == [Reason.NOT_USED_AT_WORK]


def test_where_many_left_is_named_with_the_item_that_stood_there():
    choice = Choice("module", "a.md", "refunds", (), 6.0, "reason")
    course = compose(choice, {"a.md": MODULE}, ["sales associate"], rng=NoChance())
    position = 1 + len(course.cards) + 1
    item = course.item_of(course.exercise_at(position))
    left = (LeftAt("practice", position, 3), LeftAt("concept", 1, 2), LeftAt("practice", None, 1))
    found = only(replace(UNUSED, opened=13, under_way=1, left=left))
    assert found.causes[0] == Cause(
        Reason.LEFT_IN_PRACTICE, Change.REVISE_ITEM, 4 / 12, 12, position, MODULE.key_of(item), item.step
    )
    in_concept = only(replace(UNUSED, opened=12, left=(LeftAt("concept", 2, 4),)))
    assert in_concept.causes[0] == Cause(Reason.LEFT_IN_CONCEPT, Change.SHORTEN_CARDS, 4 / 12, 12, 2)
    few = only(replace(UNUSED, opened=12, left=(LeftAt("concept", 2, 2),)))
    assert [cause.reason for cause in few.causes] == [Reason.NOT_USED_AT_WORK]


def test_what_is_not_used_is_rehearsed_or_sent_nearer_to_the_work():
    assert only(UNUSED).causes == (Cause(Reason.NOT_USED_AT_WORK, Change.SEND_NEARER_TO_WORK, 0.3, 10),)
    bare = replace(MODULE, items=tuple(item for item in MODULE.items if item.kind != "choice"))
    assert only(UNUSED, module=bare).causes == (Cause(Reason.NO_SCENARIO, Change.ADD_SCENARIO, 0.3, 10),)


def test_the_newest_version_is_compared_with_the_one_before():
    first, none = replace(UNUSED, version=1), replace(SLOW, version=None)
    assert queue(FINE, first, none).met[0].before == first
    assert queue(FINE, none).met[0].before == none
    assert queue(FINE).met[0].before is None
    # What came after is not before, and another module is no version of this one.
    assert only(first, FINE, replace(none, module="b.md"), version=1).before is None
    # A new version nobody took yet is not judged by the old one.
    assert queue(UNUSED, version=4).not_judged[0].before == UNUSED


def test_the_furthest_off_comes_first():
    others = [replace(MODULE, file=file) for file in ("b.md", "c.md", "d.md")]
    efforts = [replace(UNUSED, module="b.md"), replace(SLOW, module="c.md"), replace(UNUSED, module="d.md", applied=0)]
    found = queue_of([(other, 3) for other in others], {(each.module, 3): each for each in efforts})
    assert [each.file for each in found.to_revise] == ["d.md", "b.md", "c.md"]


def test_it_is_read_from_the_shelf_and_the_event_log(database):
    with database.rehearsal() as session:
        people = [store_person(session, f"{number}@example.test").id for number in range(1, 7)]
        store_modules(session, [MODULE], NOW)
        for run_id in range(1, 7):
            at, person_id = NOW - timedelta(days=20 + run_id), people[run_id - 1]
            facts = ("slack", "refunds")
            events = [
                LessonOpened(*facts, 60.0, run_id, "a.md", 1),
                LessonPartDone(*facts, 50.0, run_id, "a.md", "concept", 60.0, 1),
                ItemAnswered(*facts, 0.0, 90.0, run_id, "a.md#key-an-exception", "order"),
                LessonPartDone(*facts, 400.0, run_id, "a.md", "practice", 240.0, 1),
                LessonCompleted(*facts, 0.2, 480.0, run_id, "a.md", 1),
                LessonApplied(*facts, float(run_id == 1), run_id, "self", "a.md", 1),
            ]
            for event in events:
                record(session, event, at, person_id)
        record(session, LessonAbandoned("slack", "refunds", 7, "a.md", "offer", 0, 1), NOW, people[0])
        # This week is not over.
        record(session, LessonCompleted("slack", "refunds", 0.2, 9.0, 8, "a.md", 1), NOW, people[0])
        session.flush()
        found = revise(session, NOW, "Europe/London")
        assert (found.not_judged, found.met) == ((), ())
        revision = found.to_revise[0]
        assert (revision.file, revision.title, revision.skill) == ("a.md", MODULE.title, "refunds")
        assert [(check.wanted, check.found, check.n) for check in revision.missed] == [
            (360.0, 480.0, 6),
            (0.6, pytest.approx(1 / 6), 6),
        ]
        assert [(cause.reason, cause.found, cause.n) for cause in revision.causes] == [
            (Reason.TOO_LONG_PRACTICE, 160.0, 6),
            (Reason.ITEM_TOO_HARD, 1.0, 6),
            (Reason.NOT_USED_AT_WORK, pytest.approx(1 / 6), 6),
        ]
        # With more minutes it is another version, and nobody has taken that one yet.
        store_modules(session, [replace(MODULE, minutes=Minutes(1, 7, 1))], NOW)
        after = revise(session, NOW, "Europe/London").not_judged[0]
        assert (after.effort.version, after.effort.opened) == (2, 0)
        assert (after.before.completion.median, after.before.applied_asked) == (480.0, 6)


class NoChance:
    def shuffle(self, x):
        x.reverse()
