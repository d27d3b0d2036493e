"""One person and one skill in words: needs with their reason, what may be pressed, and no answer of anybody."""

from dataclasses import replace
from datetime import date

import pytest

from bot.messages import Actions, Facts, Steps, Table, Text
from bot.views.progress_person import Namesake, nobody_meant, person_message, which_person
from bot.views.progress_skill import named_ids, own_skill_message, team_skill_message, which_skill
from lessons.report import SkillCoverage
from lessons.skill_report import PersonInSkill, SkillReport
from lessons.track_progress import StepProgress, TrackProgress
from lessons.tracks import Step, Track
from metrics.standing import Standing
from metrics.survival import Median
from metrics.velocity import GroupTime
from tests.progress_values import (
    ANA,
    CARA,
    MISSED,
    MYSELF,
    NOT_BEGUN,
    OWN_SKILL,
    READER,
    REFUNDS,
    RULE,
    SKILL,
    ZONE,
    handle,
)


def blocks(message, kind):
    return [block for block in message.blocks if isinstance(block, kind)]


def labels(message):
    return [item.label for actions in blocks(message, Actions) for item in actions.items]


def shown(report=ANA, tracks=(), may_support=True):
    return person_message(report, tracks, READER, ZONE, handle, may_support)


def test_a_person_is_told_by_needs_skills_and_effort():
    message = shown()
    assert message.text.startswith("Ana Oak needs help. Refunds: step 3 missed twice at work.")
    assert dict(blocks(message, Facts)[0].pairs) == {
        "Skills mastered": "1 of 3",
        "Last practised": "21 Nov 2026",
        "The last 30 days": "3 lessons, 24 min",
        "Team": "Quayside",
    }
    assert blocks(message, Steps)[0].items == ("Refunds: step 3 missed twice at work", "First aid: not started")
    assert blocks(message, Table)[0].rows[1] == ("Using the till", "Mastered", "9 Nov 2026")


def test_nothing_of_a_persons_own_practice_is_shown_even_if_it_is_there():
    assert shown(MYSELF) == shown(replace(MYSELF, own=None))


def test_who_needs_nothing_is_told_so():
    calm = replace(ANA, standing=Standing(1, ANA.standing.skills))
    assert shown(calm).text.startswith("Ana Oak needs no help now; skills mastered: 1 of 3.")


def test_only_managers_above_somebody_may_note_what_they_did():
    assert labels(shown()) == ["Check-in Script", "Recognise", "Did It Alone"]
    assert labels(shown(may_support=False)) == ["Check-in Script"]
    [actions] = blocks(shown(), Actions)
    assert [(item.action, item.value) for item in actions.items] == [
        ("checkin_script", "person:1"),
        ("recognise", "person:1"),
        ("alone", "person:1"),
    ]


def test_tracks_are_told_with_their_date():
    step = Step("module", "refunds.md")
    track = Track("new", "New at the counter", (step,))
    progress = TrackProgress(track, (StepProgress(1, step, "open", "Refunds", 5),), due_on=date(2026, 11, 20))
    [_, told] = blocks(shown(tracks=[progress]), Steps)
    assert told.items == ("New at the counter: 0 of 1 step done, about 5 min left, overdue since 20 Nov 2026",)


def test_of_two_of_one_name_either_is_one_press_away():
    found = [Namesake(1, "Ana Oak", "ana@example.test"), Namesake(2, "Ana Oak", "oak@example.test", "Millgate")]
    message = which_person("ana oak", found, handle)
    assert labels(message) == ["Ana Oak, ana@example.test", "Ana Oak, oak@example.test"]
    assert "Ana Oak, Millgate: oak@example.test" in message.text


def test_whether_somebody_exists_is_never_said():
    assert nobody_meant([]) == "You can see your own progress: write “progress”. Nobody is listed as reporting to you."
    assert "that of Ana Oak and Ben Ash." in nobody_meant(["Ana Oak", "Ben Ash"])


def test_ones_own_skill_is_told_with_the_steps_missed():
    message = own_skill_message(OWN_SKILL, ZONE, handle)
    assert message.text.splitlines() == [
        "Refunds: practising.",
        "Last practised: 21 Nov 2026",
        "Passed a new scenario: 6 days after the first lesson",
        "Expected within: 14 days: reached",
        "Step 3: missed 4 of 6 times",
    ]
    assert labels(message) == ["Practise Refunds"]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"days_to_competence": None}, ("Passed a new scenario", "not yet")),
        ({"days_to_competence": 20.0}, ("Expected within", "14 days: not reached")),
    ],
)
def test_ones_own_time_is_told_as_it_is(facts, said):
    report = replace(OWN_SKILL, own=replace(OWN_SKILL.own, **facts))
    assert said in blocks(own_skill_message(report, ZONE, handle), Facts)[0].pairs


def test_a_skill_that_is_not_ones_own_says_so():
    message = own_skill_message(SkillReport(RULE, SKILL.period), ZONE, handle)
    assert message.text == "Refunds: your role does not need it, and you have not practised it."


def test_a_skill_of_a_team_is_told_by_who_stands_where_and_who_needs_help():
    message = team_skill_message(SKILL, ZONE, handle)
    assert message.blocks[0] == Text("Refunds: 1 of 5 people who need it mastered it.", is_strong=True)
    assert dict(blocks(message, Facts)[0].pairs) == {
        "Need a refresher": "1",
        "Practising": "2",
        "Not started": "1",
        "Passed a new scenario": "3 of 4 who began, half of them within 6 days of the first lesson",
        "Did so within the 14 days expected": "75%",
    }
    assert [block.items for block in blocks(message, Steps)] == [
        ("Ana Oak: step 3 missed twice at work",),
        ("Step 3 of “Refunds at the till”: missed about 40% of the time",),
    ]
    assert labels(message) == ["Check-in Script: Ana Oak"]
    assert Text("You: practising.") in message.blocks
    assert named_ids(SKILL) == [1]


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (GroupTime(3), "3 began; too few to show more"),
        (GroupTime(6, 2, Median()), "2 of 6 who began, not yet half of them"),
        (GroupTime(2, 1, Median(3.0)), "1 of 2 who began"),
    ],
)
def test_time_is_told_as_far_as_it_may_be(time, said):
    message = team_skill_message(replace(SKILL, competence=time, within_benchmark=None), ZONE, handle)
    assert dict(blocks(message, Facts)[0].pairs)["Passed a new scenario"] == said


def test_a_skill_nobody_needs_help_in_says_so():
    calm = replace(SKILL, people=(PersonInSkill(CARA.whose, REFUNDS),))
    assert Text("Nobody needs help in it now.") in team_skill_message(calm, ZONE, handle).blocks
    unneeded = replace(SKILL, people=(), coverage=SkillCoverage("refunds", "Refunds"), competence=None)
    assert team_skill_message(unneeded, ZONE, handle).text.startswith("Refunds: nobody you see needs it.")


def test_of_many_the_first_are_named_and_the_rest_counted():
    many = tuple(
        PersonInSkill(replace(ANA.whose, person_id=n, name=f"Person {n}"), REFUNDS, (MISSED, NOT_BEGUN))
        for n in range(12)
    )
    message = team_skill_message(replace(SKILL, people=many), ZONE, handle)
    assert Text("And 4 more: write “progress team”.") in message.blocks
    assert named_ids(replace(SKILL, people=many)) == list(range(8))


@pytest.mark.parametrize(
    ("wanted", "is_known", "begins"),
    [
        ("", False, "Write one of these: Refunds, Cash."),
        ("x", False, "There is no skill “x”. Write one of these: Refunds, Cash."),
        ("c", True, "“c” could be one of these: Refunds, Cash."),
    ],
)
def test_which_skills_there_are_is_said(wanted, is_known, begins):
    said = which_skill(wanted, {"refunds": "Refunds", "cash": "Cash"}, is_known)
    assert said == f"{begins} For example: “progress skill Refunds”."
    assert which_skill(wanted, {}, is_known).startswith("No skills are listed")
