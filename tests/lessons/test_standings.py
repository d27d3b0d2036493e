"""Where people stand, worked out by hand: new, stalled, away, lapsed and back, waiting for a word, missing steps."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from lessons.answers import record_answer
from lessons.learner import load_learner
from lessons.run import compose
from lessons.sequence import Choice
from lessons.shelf import modules_for, store_tracks
from lessons.situation import Situation
from lessons.stale import hold_up_mastery
from lessons.standings import standings
from lessons.tables import Confirmation, Leave, Preference, TrackAssignment
from lessons.tracks import Step, Track
from metrics.events.kinds import LessonOpened
from metrics.events.record import record
from metrics.people import asker_for
from metrics.policy import Audience
from metrics.standing import NeedKind, SkillState
from metrics.work import WorkEvent
from tests.lessons.learners import NOW, SKILLS, days_ago, make_item, make_module
from tests.lessons.stored import go_through, store_person, store_shelf

ASK, TELL = make_item("ask", step=2), make_item("tell", step=3)
REFUNDS = make_module("refunds.md", items=(ASK, TELL, make_item("key", step=3, kind="order")))
TILL = make_module("till.md", skill="till", items=("open",))
ALLERGENS = make_module("allergens.md", skill="allergens", items=("nuts", "milk"))
DELTA = make_module("refunds-delta.md", items=("new",), is_delta=True)
MUCH_LATER = NOW + timedelta(days=1500)
# Nothing but refunds is needed here, unless a test says so.
ONLY_REFUNDS = {"refunds": SKILLS["refunds"]}
LONG_HERE = {"started_on": date(2020, 1, 6), "time_zone": "Europe/London"}


@pytest.fixture
def session(database):
    with database.transaction() as session:
        store_shelf(
            session,
            REFUNDS,
            TILL,
            ALLERGENS,
            DELTA,
            audiences={"stores/allergens.md": Audience(frozenset({"barista"}))},
        )
        yield session


def answer(session, person, days, score=1.0, module=REFUNDS, item=ASK):
    facts = {"run_id": None, "confidence": 0.6, "seconds": 20.0, "door": "slack"}
    record_answer(session, person_id=person.id, module=module, item=item, score=score, at=days_ago(days), **facts)


def master(session, person, last_days=2, module=REFUNDS, item=ASK):
    """Answer one scenario right eight times, eight days apart; the last answer completes the evidence."""
    for week in range(8):
        answer(session, person, last_days + 8 * (7 - week), module=module, item=item)


def stand(session, person, skills=ONLY_REFUNDS, now=NOW):
    return standings(session, [person], skills, now, "Europe/London")[person.id]


def skill_of(standing, key="refunds"):
    return next(skill for skill in standing.skills if skill.skill == key)


def needs(standing):
    return [(need.kind, need.skill) for need in standing.to_do]


def test_a_new_hire_has_a_week_to_begin(session):
    person = store_person(session, **{**LONG_HERE, "started_on": date(2026, 11, 20)})
    standing = stand(session, person, SKILLS)
    assert [(skill.skill, skill.state) for skill in standing.skills] == [
        ("refunds", SkillState.NOT_STARTED),
        ("till", SkillState.NOT_STARTED),
        ("shadowing", SkillState.NOT_STARTED),
    ]
    assert (standing.needs, standing.coverage, standing.last_at) == ((), 0.0, None)
    later = stand(session, person, SKILLS, NOW + timedelta(days=4))
    # Nothing of shadowing can be practised here.
    new = NeedKind.NOT_STARTED
    assert needs(later) == [(new, ""), (new, "refunds"), (new, "till")]


def test_whoever_was_put_on_a_track_this_week_is_new_where_nobody_says_since_when_they_are_here(session):
    person = store_person(session)
    assert needs(stand(session, person)) == [(NeedKind.NOT_STARTED, ""), (NeedKind.NOT_STARTED, "refunds")]
    session.add(TrackAssignment(person_id=person.id, track="gone", assigned_at=days_ago(6)))
    session.flush()
    assert stand(session, person).needs == ()


def test_practice_is_told_with_its_way_and_its_benchmark(session):
    person = store_person(session, **LONG_HERE)
    answer(session, person, 12, score=0.0)
    answer(session, person, 9, item=TELL)
    skills = {"refunds": replace(SKILLS["refunds"], benchmark_days=2), "till": SKILLS["till"]}
    skill = skill_of(stand(session, person, skills))
    assert (skill.state, skill.started_at, skill.last_at) == (SkillState.PRACTISING, days_ago(12), days_ago(9))
    assert (skill.days_to_competence, skill.is_within_benchmark) == (3.0, False)
    learner = load_learner(session, person, NOW)
    recalls = [learner.known[f"refunds.md#{slug}"].recall for slug in ("ask", "tell")]
    assert skill.recall == pytest.approx(sum(recalls) / 2)
    assert skill_of(stand(session, person, skills), "till").recall is None


def test_a_skill_that_is_not_needed_is_listed_where_it_was_practised(session):
    person = store_person(session, **LONG_HERE)
    skills = {
        "till": replace(SKILLS["till"], roles=("owner",)),
        "refunds": replace(SKILLS["refunds"], roles=("owner",)),
    }
    answer(session, person, 1)
    standing = stand(session, person, skills)
    assert [(skill.skill, skill.is_needed) for skill in standing.skills] == [("refunds", False)]
    assert (standing.needed, standing.coverage, standing.last_at) == ((), None, days_ago(1))


def test_two_weeks_without_practice_are_stalled_unless_they_were_away(session):
    person = store_person(session, **LONG_HERE)
    answer(session, person, 15)
    assert needs(stand(session, person)) == [(NeedKind.STALLED, "")]
    leave = Leave(person_id=person.id, from_on=days_ago(9).date(), to_on=days_ago(8).date())
    session.add(leave)
    session.flush()
    assert stand(session, person).needs == ()
    session.delete(leave)
    facts = {"is_stopped": False, "is_weekly": False, "ignored_in_row": 0, "changed_at": NOW}
    session.add(Preference(person_id=person.id, paused_until=days_ago(-3).date(), **facts))
    session.flush()
    assert stand(session, person).needs == ()


def test_a_lesson_begun_and_never_answered_is_stalled_too(session):
    person = store_person(session, **LONG_HERE)
    record(session, LessonOpened("slack", "refunds", 5.0, 1, "refunds.md"), days_ago(14), person.id)
    session.flush()
    standing = stand(session, person)
    assert skill_of(standing).state == SkillState.PRACTISING
    assert [(need.kind, need.since) for need in standing.needs] == [(NeedKind.STALLED, days_ago(14))]


def test_mastery_lapses_with_memory(session):
    person = store_person(session, **LONG_HERE)
    master(session, person)
    standing = stand(session, person)
    assert (skill_of(standing).state, skill_of(standing).mastered_at) == (SkillState.MASTERED, days_ago(2))
    assert (standing.coverage, standing.needs) == (1.0, ())
    # What was wrong at first sight takes no evidence away, and is soon forgotten.
    answer(session, person, 1, score=0.0, item=TELL)
    later = stand(session, person, now=MUCH_LATER)
    assert (skill_of(later).state, skill_of(later).lapsed_because) == (SkillState.LAPSED, "recall")
    assert skill_of(later).recall < 0.8
    assert needs(later) == [(NeedKind.STALLED, ""), (NeedKind.LAPSED, "refunds")]


def test_mastery_lapses_with_its_sop_and_comes_back_with_the_delta_lesson(session):
    person = store_person(session, **LONG_HERE)
    master(session, person)
    hold_up_mastery(session, {"refunds"}, days_ago(1))
    standing = stand(session, person)
    assert (skill_of(standing).state, skill_of(standing).lapsed_because) == (SkillState.LAPSED, "sop_changed")
    assert [(need.kind, need.since) for need in standing.coming] == [(NeedKind.SOP_CHANGED, days_ago(1))]
    choice = Choice("delta", DELTA.file, "refunds", (), 1, "")
    delta = compose(choice, {DELTA.file: DELTA}, person.roles, random.Random(1))
    go_through(session, person, delta, days_ago(0.5))
    back = stand(session, person)
    assert (skill_of(back).state, skill_of(back).mastered_at, back.needs) == (SkillState.MASTERED, days_ago(2), ())


def test_what_needs_a_word_waits_for_it(session):
    person = store_person(session, roles=("barista",), **LONG_HERE)
    skills = {"allergens": SKILLS["allergens"]}
    master(session, person, module=ALLERGENS, item=ALLERGENS.items[0])
    assert skill_of(stand(session, person, skills), "allergens").state == SkillState.AWAITS_SIGN_OFF
    # It was never mastered, so it fades without lapsing.
    answer(session, person, 1, score=0.0, module=ALLERGENS, item=ALLERGENS.items[1])
    assert skill_of(stand(session, person, skills, MUCH_LATER), "allergens").state == SkillState.PRACTISING
    sign_off(session, person, "allergens", "yes")
    assert skill_of(stand(session, person, skills), "allergens").state == SkillState.MASTERED
    assert skill_of(stand(session, person, skills, MUCH_LATER), "allergens").state == SkillState.LAPSED


@pytest.mark.parametrize(
    ("said", "state", "mastered_at"),
    [
        ("yes", SkillState.MASTERED, NOW),
        (None, SkillState.AWAITS_SIGN_OFF, None),
        ("no", SkillState.NOT_STARTED, None),
    ],
)
def test_what_is_from_people_alone_is_mastered_by_their_word(session, said, state, mastered_at):
    person = store_person(session, **LONG_HERE)
    sign_off(session, person, "shadowing", said)
    skill = skill_of(stand(session, person, {"shadowing": SKILLS["shadowing"]}), "shadowing")
    assert (skill.state, skill.mastered_at) == (state, mastered_at)


def sign_off(session, person, skill, said):
    facts = {"asked_at": days_ago(3), "answer": said, "answered_at": NOW if said else None}
    session.add(
        Confirmation(public_id=f"{person.id}-{skill}", person_id=person.id, kind="sign_off", subject=skill, **facts)
    )
    session.flush()


def test_a_step_missed_twice_at_work_is_the_gravest_need(session):
    person, other = store_person(session, **LONG_HERE), store_person(session, "tom", **LONG_HERE)
    for one in (person, other):
        answer(session, one, 1)
    for place, (whose, step, days) in enumerate(
        [(person, "3", 9), (person, "3", 4), (person, "1", 3), (person, "2", 40), (person, "2", 4), (other, "3", 2)]
    ):
        facts = {"source": "till", "reference": str(place), "workflow": "Refund", "outcome": "missed"}
        session.add(WorkEvent(person_id=whose.id, step=step, at=days_ago(days), received_at=days_ago(days), **facts))
    session.flush()
    found = standings(session, [person, other], ONLY_REFUNDS, NOW, "UTC")
    [need] = found[person.id].needs
    assert (need.kind, need.skill, need.step, need.times) == (NeedKind.MISSED_AT_WORK, "refunds", "3", 2)
    assert found[other.id].needs == ()
    assert found[person.id].urgency < found[other.id].urgency


def test_scenarios_failed_are_a_need_once_all_modules_are_done(session):
    person = store_person(session, **LONG_HERE)
    answer(session, person, 9, item=ASK)
    answer(session, person, 8, score=0.0, item=TELL)
    answer(session, person, 3, score=0.0, item=ASK)
    # An order is no scenario, and one of the module's items was never met.
    assert NeedKind.SCENARIO_FAILED not in dict(needs(stand(session, person)))
    answer(session, person, 2, item=REFUNDS.items[2])
    [need] = [need for need in stand(session, person).needs if need.kind == NeedKind.SCENARIO_FAILED]
    assert (need.skill, need.times, need.since) == ("refunds", 2, days_ago(8))
    answer(session, person, 1, item=ASK)
    assert NeedKind.SCENARIO_FAILED not in dict(needs(stand(session, person)))
    answer(session, person, 0.5, score=0.0, item=ASK)
    assert NeedKind.SCENARIO_FAILED not in dict(needs(stand(session, person)))


def test_a_module_gone_through_counts_as_done_by_its_run(session):
    person = store_person(session, **LONG_HERE)
    choice = Choice("module", TILL.file, "till", (), 5, "")
    told = compose(choice, {TILL.file: TILL}, person.roles, random.Random(1))
    for days in (5, 3):
        go_through(session, person, told, days_ago(days), is_right=False)
    assert (NeedKind.SCENARIO_FAILED, "till") in needs(stand(session, person, {"till": SKILLS["till"]}))


def test_a_track_past_its_date_is_a_need_while_something_is_left(session):
    person = store_person(session, **LONG_HERE)
    answer(session, person, 1)
    store_tracks(session, [Track("new", "New here", (Step("module", "refunds.md"),))])
    due_on = days_ago(1).date()
    session.add(TrackAssignment(person_id=person.id, track="new", assigned_at=days_ago(40), due_on=due_on))
    session.flush()
    assert [(need.kind, need.about) for need in stand(session, person).needs] == [(NeedKind.OVERDUE, "New here")]
    choice = Choice("module", REFUNDS.file, "refunds", (), 5, "")
    go_through(session, person, compose(choice, {REFUNDS.file: REFUNDS}, (), random.Random(1)), days_ago(0.5))
    assert stand(session, person).needs == ()


def test_mastered_here_is_what_the_choice_of_lessons_takes_for_mastered(session):
    people = [store_person(session, f"p{place}", ("barista",), **LONG_HERE) for place in range(5)]
    for place, person in enumerate(people):
        master(session, person, last_days=2 + 3 * place)
        if place % 2:
            answer(session, person, 1, score=0.0, item=TELL)
    sign_off(session, people[0], "allergens", "yes")
    hold_up_mastery(session, {"till"}, NOW)
    skills = {key: rule for key, rule in SKILLS.items() if rule.format != "human"}
    for now in (NOW, NOW + timedelta(days=60), NOW + timedelta(days=600)):
        found = standings(session, people, skills, now, "UTC")
        for person in people:
            modules = modules_for(session, asker_for(person))
            here = Situation(load_learner(session, person, now), modules, skills, now, "UTC", 10)
            for skill in found[person.id].skills:
                assert (skill.state == SkillState.MASTERED) == here.is_mastered(skill.skill)


def test_many_people_take_as_many_queries_as_one(database):
    with database.transaction() as session:
        store_shelf(session, REFUNDS, TILL, ALLERGENS)
        store_tracks(session, [Track("new", "New here", (Step("module", "refunds.md"),))])
        people = [store_person(session, f"p{place}", (f"role {place}",), **LONG_HERE) for place in range(12)]
        for person in people:
            answer(session, person, 3, score=0.0)
            answer(session, person, 2, score=0.0)
            answer(session, person, 2, item=TELL)
            answer(session, person, 2, score=0.0, item=REFUNDS.items[2])
            facts = {"assigned_at": days_ago(30), "due_on": days_ago(3).date()}
            session.add(TrackAssignment(person_id=person.id, track="new", **facts))

    def queries(of):
        asked = []
        listener = lambda *given: asked.append(given[2])  # noqa: E731
        with database.session() as session:
            event.listen(database.engine, "before_cursor_execute", listener)
            found = standings(session, of, SKILLS, NOW, "UTC")
            event.remove(database.engine, "before_cursor_execute", listener)
        assert len(found) == len(of)
        return len(asked)

    assert queries(people) == queries(people[:1]) <= 18
    assert queries([]) == 0
