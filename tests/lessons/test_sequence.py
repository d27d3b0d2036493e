"""What comes next, and why: each rule alone, their order, and what holds for any history."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons import reasons
from lessons.ability import Ability
from lessons.learner import TrackStep
from lessons.module import Minutes, Taught
from lessons.sequence import CHOICE, choose
from lessons.skills import SkillRule
from tests.lessons.learners import (
    NOW,
    SKILLS,
    by_file,
    days_ago,
    make_item,
    make_known,
    make_learner,
    make_module,
)

REFUNDS = make_module("refunds.md", items=(make_item("ask"), make_item("key", step=3), make_item("tell", step=3)))
TILL = make_module("till.md", skill="till", items=("open", "close"))
BOTH = by_file(REFUNDS, TILL)
DONE = {"refunds.md": days_ago(20), "till.md": days_ago(20)}
TAUGHT = frozenset(REFUNDS.teaches + TILL.teaches)
# Nothing else of note: reviewed lately, known well enough, all modules done.
STEADY = make_learner(
    make_known("refunds.md#ask"),
    make_known("refunds.md#key", step=3),
    make_known("till.md#open", skill="till"),
    completed=DONE,
    taught=TAUGHT,
)


def next_for(learner, modules=BOTH, budget=10, weekly=30, **facts):
    return choose(learner, modules, SKILLS, NOW, budget, weekly, **facts)


def with_known(*known, learner=STEADY):
    return replace(learner, known={**learner.known, **{each.item: each for each in known}})


def test_a_new_hire_begins_with_the_first_step_of_the_onboarding_track():
    steps = (TrackStep("New at the counter", 1, "till.md", comes_first=True), TrackStep("New", 2, "refunds.md"))
    chosen = next_for(make_learner(track_steps=steps))
    assert (chosen.kind, chosen.module) == ("module", "till.md")
    assert chosen.reason == "This is the first step of your track “New at the counter”."


def test_nobody_is_held_up_by_a_lesson_that_is_not_open_to_them():
    modules = by_file(make_module("b.md", after=("for-managers.md",)))
    assert next_for(make_learner(), modules).module == "b.md"


def test_a_new_hire_without_a_track_begins_with_what_most_lessons_build_on():
    advanced = make_module("a-advanced.md", after=("z-basic.md",))
    modules = by_file(advanced, make_module("b-other.md"), make_module("z-basic.md"))
    chosen = next_for(make_learner(), modules)
    assert chosen.module == "z-basic.md"
    assert chosen.reason == "This is a good first lesson for your role."


def test_a_month_away_begins_with_a_short_review_of_what_is_most_forgotten_before_anything_new():
    away = make_learner(
        make_known("refunds.md#ask", days=36, stability=60),
        make_known("till.md#open", skill="till", days=36, stability=2),
        completed={"refunds.md": days_ago(60)},
        track_steps=(TrackStep("Required", 1, "till.md", date(2026, 11, 24), comes_first=True),),
    )
    chosen = next_for(away)
    assert chosen.kind == "review"
    assert chosen.items[0] == "till.md#open"
    assert chosen.minutes <= 5
    assert chosen.reason == "You have not practised for 5 weeks, so first a short review of “Using the till”."


def test_of_two_required_tracks_the_one_due_first_comes_first():
    steps = (
        TrackStep("Later", 1, "refunds.md", date(2026, 12, 20), comes_first=True),
        TrackStep("Sooner", 2, "till.md", date(2026, 12, 1), comes_first=True),
    )
    chosen = next_for(make_learner(track_steps=steps))
    assert chosen.module == "till.md"
    assert chosen.reason == "This is step 2 of your track “Sooner”, due by 1 December."


def test_what_a_step_builds_on_comes_before_it():
    modules = by_file(REFUNDS, replace(TILL, after=("refunds.md",)))
    step = TrackStep("New at the counter", 1, "till.md", comes_first=True)
    chosen = next_for(make_learner(track_steps=(step,)), modules)
    assert chosen.module == "refunds.md"
    assert chosen.reason == "This comes before “Lesson till” on your track “New at the counter”."


def test_a_step_too_long_for_today_holds_back_the_steps_behind_it_and_not_other_practice():
    long = make_module("long.md", total=12)
    steps = (
        TrackStep("New", 1, "long.md", comes_first=True),
        TrackStep("New", 2, "till.md", comes_first=True),
    )
    learner = replace(STEADY, completed={"refunds.md": days_ago(20)}, track_steps=steps)
    chosen = next_for(learner, by_file(REFUNDS, TILL, long), budget=5)
    assert chosen.module != "long.md"
    assert "your track" not in chosen.reason


def test_a_required_step_that_waits_for_minutes_of_the_week_is_left_room():
    step = TrackStep("New", 1, "long.md", comes_first=True)
    long = make_module("long.md", total=11)
    waiting = replace(STEADY, track_steps=(step,), minutes_this_week=20)
    modules = {**BOTH, "long.md": long}
    shorter = next_for(waiting, modules, budget=11)
    assert 0 < shorter.minutes <= (30 - 11) / 7
    assert next_for(replace(waiting, track_steps=()), BOTH, budget=11).minutes >= shorter.minutes
    assert next_for(replace(waiting, minutes_this_week=19), modules, budget=11).module == "long.md"


@pytest.mark.parametrize("practised_minutes", [0, 10, 30])
def test_daily_reviews_never_starve_a_required_step(practised_minutes):
    step = TrackStep("New", 1, "long.md", comes_first=True)
    slugs = [f"item{number}" for number in range(12)]
    modules = by_file(make_module("refunds.md", items=slugs), make_module("long.md", total=11))
    spent, days = [practised_minutes, *[0] * 6], 0
    while True:
        learner = make_learner(
            *(make_known(f"refunds.md#{slug}") for slug in slugs),
            completed=DONE,
            taught=TAUGHT,
            track_steps=(step,),
            minutes_this_week=sum(spent),
        )
        chosen = next_for(learner, modules, budget=11)
        if chosen and chosen.module == "long.md":
            break
        days += 1
        spent = [*spent[1:], chosen.minutes if chosen else 0]
    assert days <= 7


def test_a_delta_lesson_comes_before_anything_old():
    delta = make_module("new-limit.md", minutes=Minutes(0, 1, 0), version="2", is_delta=True)
    wrong = make_known("refunds.md#ask", last_score=0, last_confidence=0.95, missed_in_row=3)
    chosen = next_for(with_known(wrong), {**BOTH, "new-limit.md": delta})
    assert (chosen.kind, chosen.module, chosen.minutes) == ("delta", "new-limit.md", 1)
    assert chosen.reason == "What you learned has changed since: “Lesson new-limit” shows how it is done now."


def test_a_delta_lesson_is_not_for_somebody_who_never_learned_what_it_changes():
    delta = make_module("new-limit.md", minutes=Minutes(0, 1, 0), version="2", is_delta=True)
    learner = replace(STEADY, completed={"till.md": days_ago(20)}, taught=frozenset(TILL.teaches))
    assert next_for(learner, {"new-limit.md": delta, "till.md": TILL}, skill="refunds") is None


def test_a_module_whose_section_has_a_new_version_comes_again_until_that_was_learned():
    newer = make_module("refunds.md", version="2")
    assert next_for(STEADY, by_file(newer, TILL)).module == "refunds.md"
    learned = replace(STEADY, taught=TAUGHT.union(newer.teaches))
    assert next_for(learned, by_file(newer, TILL)).kind == "review"


def test_sure_and_wrong_comes_before_missed_often():
    sure = make_known("till.md#open", skill="till", last_score=0, last_confidence=0.95, missed_in_row=1)
    often = make_known("refunds.md#ask", last_score=0, last_confidence=0.3, missed_in_row=4)
    chosen = next_for(with_known(sure, often))
    assert chosen.items[0] == "till.md#open"
    assert chosen.reason == "You were sure about “Open” last time, and it was wrong."


def test_a_step_missed_twice_comes_next_even_in_two_items():
    missed = [make_known(f"refunds.md#{slug}", step=3, last_score=0, missed_in_row=1) for slug in ("key", "tell")]
    chosen = next_for(with_known(*missed))
    assert set(chosen.items[:2]) == {"refunds.md#key", "refunds.md#tell"}
    assert chosen.reason == "You missed step 3 of “Refunds” twice."


def test_steps_of_two_procedures_of_a_skill_are_counted_apart():
    missed = [make_known(f"refunds.md#{slug}", step=3, last_score=0, missed_in_row=1) for slug in ("key", "tell")]
    sections = (*REFUNDS.teaches, Taught("stores/refunds.md", ("Another procedure",), "1"))
    items = (REFUNDS.items[0], REFUNDS.items[1], replace(REFUNDS.items[2], source=1))
    learner = replace(with_known(*missed), taught=frozenset(sections + TILL.teaches))
    modules = by_file(replace(REFUNDS, teaches=sections, items=items), TILL)
    assert "You missed" not in next_for(learner, modules).reason


def test_an_item_missed_three_times_is_named():
    chosen = next_for(with_known(make_known("refunds.md#ask", last_score=0, missed_in_row=3)))
    assert chosen.reason == "You missed “Ask” three times."


def test_a_step_missed_twice_at_work_comes_next_unless_it_was_right_this_week():
    learner = replace(STEADY, missed_at_work={("refund", "3"): 2, ("sale", "1"): 1})
    chosen = next_for(learner)
    assert chosen.items[0] == "refunds.md#key"
    assert chosen.reason == "You missed step 3 of “Refunds” twice at work."
    settled = with_known(make_known("refunds.md#key", step=3, days=3), learner=learner)
    assert "at work" not in next_for(settled).reason


@pytest.mark.parametrize("workflow", ["cash up", "cash-up", "cash_up"])
def test_work_is_known_however_its_name_is_written(workflow):
    skills = {**SKILLS, "till": SkillRule("till", "Using the till", workflows=("Cash-Up",))}
    learner = replace(STEADY, missed_at_work={(workflow, "7"): 2})
    chosen = choose(learner, BOTH, skills, NOW, 10, 30)
    assert chosen.reason == reasons.missed_at_work("Using the till", "7", 2)


def test_a_step_missed_at_work_and_never_taught_brings_the_lesson():
    learner = make_learner(make_known("till.md#open", skill="till"), missed_at_work={("refund", "log it"): 4})
    chosen = next_for(learner)
    assert chosen.module == "refunds.md"
    assert chosen.reason == "You missed the step “log it” of “Refunds” 4 times at work."


@pytest.mark.parametrize(
    ("days", "words"), [(1, "on Sunday"), (5, "on Wednesday"), (7, "a week ago"), (21, "3 weeks ago")]
)
def test_practice_follows_a_workshop_after_days_a_week_and_three_weeks(days, words):
    learner = replace(STEADY, learning_days=(("till", NOW.date() - timedelta(days=days)),))
    learner = with_known(make_known("till.md#open", skill="till", days=30), learner=learner)
    assert next_for(learner).reason == f"Your workshop on “Using the till” was {words}."


@pytest.mark.parametrize("days", [0, 14, 40])
def test_between_its_follow_ups_a_workshop_counts_for_nothing(days):
    learner = replace(STEADY, learning_days=(("till", NOW.date() - timedelta(days=days)),))
    assert "workshop" not in next_for(learner).reason


def test_a_follow_up_comes_once():
    learner = replace(STEADY, learning_days=(("till", NOW.date() - timedelta(days=9)),))
    assert "workshop" in next_for(learner).reason
    practised = with_known(make_known("till.md#open", skill="till", days=1), learner=learner)
    assert "workshop" not in next_for(practised).reason


def test_the_date_of_a_workshop_is_that_of_the_persons_zone():
    learner = replace(STEADY, learning_days=(("till", NOW.date() - timedelta(days=1)),))
    assert "workshop" in next_for(learner, zone="Europe/London").reason
    assert "workshop" not in next_for(learner, zone="Pacific/Pago_Pago").reason


def test_an_assigned_track_without_a_date_waits_behind_mistakes():
    learner = replace(
        STEADY, completed={"refunds.md": days_ago(20)}, track_steps=(TrackStep("Handoffs", 1, "till.md"),)
    )
    assert next_for(learner).module == "till.md"
    sure = make_known("refunds.md#ask", last_score=0, last_confidence=0.95, missed_in_row=1)
    assert next_for(with_known(sure, learner=learner)).kind == "review"


def test_the_skill_of_the_last_lesson_rests_unless_it_is_clearly_worth_more():
    assert next_for(STEADY).skill != next_for(replace(STEADY, last_skill=next_for(STEADY).skill)).skill
    fading = with_known(make_known("till.md#open", skill="till", days=30, stability=30))
    assert next_for(replace(fading, last_skill="till")).skill in ("till", "refunds")


def test_a_review_carries_at_most_one_item_of_another_skill():
    chosen = next_for(STEADY)
    skills = [item.partition(".")[0] for item in chosen.items]
    assert sorted(map(skills.count, set(skills)))[0] == 1
    assert len(set(skills)) == 2


def test_a_skill_long_not_practised_says_for_how_long():
    learner = make_learner(
        make_known("till.md#open", skill="till", days=36, stability=30),
        make_known("refunds.md#ask", days=1, stability=30),
        completed=DONE,
        taught=TAUGHT,
    )
    assert next_for(learner).reason == "You have not practised “Using the till” for 5 weeks."


def test_a_review_is_aimed_at_three_to_four_right_answers_in_five():
    slugs = [f"item{number}" for number in range(8)]
    module = make_module("refunds.md", items=slugs)
    recalls = dict(zip(slugs, (0.3, 0.4, 0.5, 0.9, 0.92, 0.93, 0.94, 0.8), strict=True))
    learner = make_learner(
        *(make_known(f"refunds.md#{slug}", recall=recall) for slug, recall in recalls.items()),
        completed={"refunds.md": days_ago(20)},
        taught=frozenset(module.teaches),
    )
    chosen = next_for(learner, by_file(module))
    expected = [recalls[item.partition("#")[2]] for item in chosen.items]
    assert 0.75 <= sum(expected) / len(expected) <= 0.85


def test_what_is_fresh_is_left_alone_unless_somebody_asks():
    fresh = make_learner(make_known("till.md#open", skill="till", days=0.1), completed=DONE, taught=TAUGHT)
    assert next_for(fresh) is None
    assert next_for(fresh, is_asked=True).items == ("till.md#open",)


def test_the_week_has_a_cap_that_only_the_person_may_pass():
    full = replace(STEADY, minutes_this_week=30)
    assert next_for(full) is None
    assert next_for(full, is_asked=True) is not None
    assert next_for(replace(STEADY, minutes_this_week=29)).minutes <= 1


def test_a_change_of_role_brings_its_skills_and_repeats_nothing_mastered():
    allergens = make_module("allergens.md", skill="allergens")
    modules = {**BOTH, "allergens.md": allergens, "more-till.md": make_module("more-till.md", skill="till")}
    learner = replace(STEADY, mastered_at={"till": days_ago(5), "refunds": days_ago(5)})
    assert next_for(learner, modules) is None
    chosen = next_for(replace(learner, roles=frozenset({"barista"})), modules)
    assert chosen.module == "allergens.md"
    assert chosen.reason == "This is your next lesson in “Allergens”."


def test_mastery_lapses_when_memory_does_and_never_stands_without_a_needed_sign_off():
    modules = by_file(make_module("allergens.md", skill="allergens"))
    known = make_known("allergens.md#one", skill="allergens", days=10, stability=20)
    learner = make_learner(
        known,
        roles=frozenset({"barista"}),
        mastered_at={"allergens": days_ago(20)},
        completed={"allergens.md": days_ago(30)},
        taught=frozenset(modules["allergens.md"].teaches),
    )
    assert next_for(learner, modules).kind == "review"
    signed = replace(learner, signed_off=frozenset({"allergens"}))
    assert next_for(signed, modules) is None
    assert next_for(with_known(replace(known, recall=0.7), learner=signed), modules).kind == "review"


def test_what_changed_under_its_old_version_is_gone_through_again():
    known = [make_known(f"till.md#{slug}", skill="till", days=1, stability=50) for slug in ("open", "close")]
    learner = make_learner(*known, mastered_at={"till": days_ago(20)}, completed=DONE, taught=TAUGHT)
    assert next_for(learner, by_file(TILL)) is None
    chosen = next_for(replace(learner, mastered_at={}, stale_since={"till": days_ago(1)}), by_file(TILL))
    assert (chosen.module, chosen.reason) == ("till.md", reasons.changed(TILL.title))


def test_what_was_taken_out_of_its_module_takes_no_mastery_away():
    gone = make_known("till.md#gone", skill="till", days=300, recall=0.1)
    kept = [make_known(f"till.md#{slug}", skill="till", stability=50) for slug in ("open", "close")]
    learner = make_learner(*kept, gone, mastered_at={"till": days_ago(20)}, completed=DONE, taught=TAUGHT)
    assert next_for(learner, by_file(TILL)) is None
    assert next_for(learner, by_file(make_module("till.md", skill="till", items=("open", "close", "gone")))) is not None


def test_what_was_learned_so_long_ago_that_its_run_is_kept_no_longer_is_not_new():
    known = [make_known(f"till.md#{slug}", skill="till", days=2, stability=50) for slug in ("open", "close")]
    more = make_module("more-till.md", skill="till", after=("till.md",))
    modules = by_file(TILL, more)
    assert next_for(make_learner(*known), modules).module == "more-till.md"
    assert next_for(make_learner(known[0]), modules).module == "till.md"


def test_a_skill_learned_from_people_is_given_only_to_who_asks_for_it():
    modules = by_file(make_module("shadowing.md", skill="shadowing"))
    assert next_for(make_learner(), modules) is None
    assert next_for(make_learner(), modules, skill="shadowing").module == "shadowing.md"


def test_with_a_skill_nothing_else_is_given():
    chosen = next_for(STEADY, skill="till")
    assert chosen.items == ("till.md#open",)
    assert next_for(STEADY, skill="unheard of") is None


def test_ability_makes_a_new_lesson_worth_more_where_it_will_be_understood():
    able = make_learner(make_known("old.md#one"), abilities={"till": Ability(2, 10), "refunds": Ability(-2, 10)})
    modules = by_file(make_module("refunds.md"), TILL)
    assert next_for(able, modules).module == "till.md"
    assert next_for(replace(able, abilities={}), modules).module == "refunds.md"


FILES = ("a.md", "b.md", "c.md", "d.md")
SLUGS = ("one", "two", "three")


@st.composite
def shelves(draw):
    modules = []
    for number, file in enumerate(FILES):
        if draw(st.booleans()):
            skill = draw(st.sampled_from(["refunds", "till", "allergens", "shadowing"]))
            after = draw(st.lists(st.sampled_from(FILES[:number]), unique=True)) if number else []
            items = tuple(make_item(slug, draw(st.sampled_from([None, 1, 3]))) for slug in SLUGS)
            total = draw(st.integers(3, 15))
            is_delta = draw(st.integers(0, 5)) == 0
            version = draw(st.sampled_from("12"))
            modules.append(make_module(file, skill, items, total, after, version, is_delta=is_delta))
    return by_file(*modules)


@st.composite
def known_items(draw, key):
    return make_known(
        key,
        draw(st.sampled_from(["refunds", "till", "allergens"])),
        draw(st.floats(0, 90)),
        draw(st.floats(0.1, 200)),
        missed_in_row=draw(st.integers(0, 3)),
        last_score=draw(st.sampled_from([0.0, 0.5, 1.0])),
        last_confidence=draw(st.sampled_from([None, 0.3, 0.95])),
        step=draw(st.sampled_from([None, 1, 3])),
    )


SKILL = st.sampled_from(["refunds", "till"])
STEPS = st.builds(
    TrackStep,
    track=st.sampled_from(["New", "Required"]),
    number=st.integers(1, 4),
    module=st.sampled_from(FILES),
    due_on=st.sampled_from([None, NOW.date(), NOW.date() + timedelta(days=9)]),
    comes_first=st.booleans(),
)
WORK = st.dictionaries(st.tuples(st.sampled_from(["refund", "sale"]), st.sampled_from("13")), st.integers(1, 4))


@st.composite
def learners(draw):
    keys = draw(st.sets(st.sampled_from([f"{file}#{slug}" for file in FILES for slug in SLUGS])))
    return make_learner(
        *(draw(known_items(key)) for key in sorted(keys)),
        roles=draw(st.sampled_from([frozenset(), frozenset({"barista"})])),
        mastered_at=draw(st.dictionaries(SKILL, st.just(days_ago(3)))),
        completed=draw(st.dictionaries(st.sampled_from(FILES), st.just(days_ago(12)))),
        taught=draw(st.sampled_from([frozenset(), TAUGHT])),
        missed_at_work=draw(WORK),
        track_steps=tuple(draw(st.lists(STEPS, max_size=3))),
        learning_days=tuple(draw(st.lists(st.tuples(SKILL, st.just(days_ago(2).date())), max_size=1))),
        minutes_this_week=draw(st.floats(0, 40)),
        last_skill=draw(st.sampled_from([None, "refunds", "till"])),
    )


@given(learners(), shelves(), st.floats(0, 20), st.floats(0, 40), st.sampled_from([None, "till"]), st.booleans())
def test_whatever_happened_before_the_choice_keeps_its_promises(learner, modules, budget, weekly, skill, is_asked):
    facts = {"skill": skill, "is_asked": is_asked}
    chosen = next_for(learner, modules, budget, weekly, **facts)
    shuffled = replace(learner, known=dict(reversed(learner.known.items())))
    assert next_for(shuffled, dict(reversed(modules.items())), budget, weekly, **facts) == chosen
    if chosen is None:
        return
    assert 0 < chosen.minutes <= budget
    assert is_asked or learner.minutes_this_week + chosen.minutes <= weekly + 1e-9
    assert CHOICE.validate_python(CHOICE.dump_python(chosen, mode="json")) == chosen
    titles = [SKILLS[chosen.skill].title]
    if chosen.module is not None:
        assert chosen.items == ()
        assert (chosen.kind == "delta") == modules[chosen.module].is_delta
        assert set(modules[chosen.module].after) & modules.keys() <= set(learner.completed)
        titles.append(modules[chosen.module].title)
    else:
        assert 0 < len(chosen.items) == len(set(chosen.items)) <= 5
        assert {item.partition("#")[0] for item in chosen.items} <= set(modules)
        assert set(chosen.items) <= set(learner.known)
        skills = [modules[item.partition("#")[0]].skill for item in chosen.items]
        assert len(skills) - skills.count(chosen.skill) <= 1
        titles += [item.partition("#")[2].capitalize() for item in chosen.items]
    assert chosen.reason.endswith(".")
    titles += [step.track for step in learner.track_steps]
    assert chosen.reason == reasons.first_lesson() or any(f"“{title}”" in chosen.reason for title in titles)
    assert skill in (None, chosen.skill)


def test_a_skill_without_a_rule_is_needed_by_everybody_and_named_by_its_key():
    chosen = choose(make_learner(make_known("x.md#y")), by_file(REFUNDS), {}, NOW, 10, 30)
    assert chosen.reason == "This is your next lesson in “refunds”."
    assert SkillRule("refunds", "Refunds").roles == ()
