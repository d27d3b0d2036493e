"""The digest as it is read: short where little happened, one thing to do each, and never blaming."""

from dataclasses import replace
from datetime import date

import pytest

from bot.messages import Actions, Steps, Text
from bot.views.digest import cadence_words, digest_json, digest_message, first_stuck, named_ids
from bot.views.managing import QUESTIONS, SUGGESTIONS, WARNED, script_message
from lessons.check_ins import check_in_of
from lessons.early_warnings import WarningKind
from metrics.reinforcement import ManagerWeek
from metrics.standing import Need, NeedKind
from tests.chat import labels
from tests.managing_values import DIGEST, LAST_WEEK, MANY, NOBODY, QUIET, SCRIPT, messages, shown, warning
from tests.progress_values import ANA, CARA, DAN, ZONE, handle, person


def test_it_says_who_needs_help_what_moved_and_one_thing_to_do():
    said = shown(DIGEST).text
    assert said.startswith("3 of 4 need help: ")
    assert "Cara mastered “Using the till”." in said
    assert "Ana and Cara passed a first unseen scenario in “Using the till”." in said
    assert "Ana may need a refresher in “Refunds”." in said
    assert said.index("mastered “Using the till”") < said.index("refresher in “Refunds”")
    assert "12 lessons completed." in said
    assert "Ana (Refunds: step 3 missed twice at work; 1 more). Do step 3 together once, then let Ana do the" in said
    assert "You checked in with 2 of 4 people last week. You completed 1 lesson yourself." in said


def test_each_who_is_stuck_has_a_script_and_the_first_is_there_to_read():
    message = shown(DIGEST, handle=handle)
    assert labels(message) == {
        "Check-in Done: Dan": ("checkin_done", "person:4"),
        "Check-in Script: Dan": ("checkin_script", "person:4"),
        "Check-in Script: Ana": ("checkin_script", "person:1"),
        "Check-in Script: Cara": ("checkin_script", "person:3"),
        "Seen": ("digest_seen", "manager:9"),
        "Stop This Digest": ("digest_stop", "manager:9"),
    }
    assert first_stuck(DIGEST) == DAN
    assert named_ids(DIGEST) == [4, 1, 3]


def test_of_many_five_are_named_and_the_rest_counted():
    message = shown(MANY)
    assert len([label for label in labels(message) if label.startswith("Check-in Script")]) == 5
    assert "7 more need help: write “progress team”." in message.text
    assert len(named_ids(MANY)) == 5
    assert "Cara Elm 6" not in message.text


def test_a_quiet_week_has_two_lines():
    message = shown(QUIET)
    assert len([block for block in message.blocks if isinstance(block, Text)]) == 2
    assert not any(isinstance(block, Steps) for block in message.blocks)
    assert message.text.count("\n") == 1
    assert "Check-in Script: Dan" in labels(message)


def test_a_week_in_which_somebody_began_to_need_help_is_not_quiet():
    needs = (Need(NeedKind.MISSED_AT_WORK, "refunds", "Refunds", "3", 2, DIGEST.report.period.until),)
    people = (*QUIET.report.people[:3], person(3, "Cara Elm", needs=needs, skills=()))
    people = tuple(replace(each, effort=replace(each.effort, lessons=0)) for each in people)
    assert QUIET.is_quiet
    assert not replace(QUIET, report=replace(QUIET.report, people=people)).is_quiet


def test_with_nobody_to_help_it_is_one_line_without_buttons():
    message = shown(NOBODY)
    assert message.text == (
        "Nobody of 2 people needs help now. Ana passed a first unseen scenario in “Using the till”. "
        "6 lessons completed."
    )
    assert len(message.blocks) == 1
    assert not any(isinstance(block, Actions) for block in message.blocks)


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (LAST_WEEK, "You checked in with 2 of 4 people last week. You completed 1 lesson yourself."),
        (
            replace(LAST_WEEK, check_ins=9, lessons=2),
            "You checked in with 4 of 4 people last week. You completed 2 lessons yourself.",
        ),
        (
            ManagerWeek(date(2026, 11, 16)),
            "No check-in is noted for last week; two minutes with one person are a start.",
        ),
    ],
)
def test_how_a_manager_supported_their_people_is_said_without_blame(week, said):
    assert cadence_words(replace(DIGEST, last_week=week)) == said


def test_a_check_in_of_this_week_has_no_button_any_more():
    noted = replace(DIGEST, checked_in=frozenset({4}))
    assert "Check-in Done: Dan" not in labels(shown(noted))
    assert "Check-in Script: Dan" in labels(shown(noted))


def test_json_holds_the_same_numbers():
    told = digest_json(DIGEST, ZONE)
    assert (told["needing_help"], told["people"], told["lessons"]) == (3, 4, 12)
    assert [each["person"] for each in told["stuck"]] == [each.whose.name for each in (DAN, ANA, CARA)]
    assert told["last_week"] == {**told["last_week"], "starts_on": "2026-11-16", "check_ins": 2, "lessons": 1}
    assert len(told["report"]["people"]) == 4
    assert {each["what"] for each in told["moved"]} == {"mastered", "lapsed", "passed_unseen"}


@pytest.mark.parametrize("name", messages())
def test_every_message_says_in_text_what_its_blocks_say_and_fills_all_words(name):
    message = messages()[name]
    assert message.text.strip()
    everything = f"{message.text} {message.blocks}"
    assert "{" not in message.text
    assert "None" not in everything.replace("None,", "")
    for block in message.blocks:
        if isinstance(block, Text) and not block.is_strong:
            assert block.text.split(".")[0] in message.text


def test_every_kind_of_need_and_warning_has_its_words():
    assert set(QUESTIONS) == {*NeedKind, None}
    assert set(SUGGESTIONS) == set(NeedKind)
    assert set(WARNED) == set(WarningKind)


@pytest.mark.parametrize("kind", NeedKind)
@pytest.mark.parametrize("title", ["Refunds", ""])
def test_a_script_is_written_out_for_every_need(kind, title):
    need = Need(
        kind,
        "refunds" if title else "",
        title,
        "3" if title else None,
        2,
        DIGEST.report.period.until,
        "" if title else "First weeks",
    )
    message = script_message(check_in_of(person(needs=(need,)), {"refunds"}), ZONE, handle, may_support=True)
    assert not any(sign in message.text for sign in ("{", "““", "“”", "‘’"))
    assert message.text.count("\n") == 4


def test_who_answered_a_step_wrong_once_is_not_named():
    found, about = warning(WarningKind.MISSED_IN_PRACTICE_BY_MANY)
    assert about == () == found.person_ids
    said = messages()["early warning: missed_in_practice_by_many"]
    assert said.text.startswith("3 people missed step 3 of “Refunds” in practice in 30 days.")
    assert set(labels(said)) == {"Stop Digest and Warnings"}


def test_a_script_read_by_who_may_not_note_anything_has_no_buttons():
    assert labels(script_message(SCRIPT, ZONE, handle, may_support=False)) == {}
    assert digest_message(DIGEST, None, 9, ZONE, handle).text
