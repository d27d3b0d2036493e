"""One's own progress in words: a takeaway first, then weeks, facts, skills and one next step; never a verdict."""

from dataclasses import replace

import pytest

from bot.messages import Actions, Chart, Facts, Steps, Table, Text
from bot.views.figures import LEARNING_ONLY
from bot.views.progress import confidence_words, own_message, own_takeaway, weeks_chart
from lessons.report import Effort, OwnPractice
from metrics.streaks import Streak
from metrics.tallies import Tally
from tests.progress_values import (
    ID,
    LATELY,
    MISSED,
    MYSELF,
    NEWCOMER,
    NOT_BEGUN,
    OWN,
    QUOTES,
    REFUNDS,
    SAFETY,
    STALLED,
    TILL,
    ZONE,
    handle,
    person,
    weeks,
)


def shown(report):
    return own_message(report, ZONE, handle, ID)


def block(message, kind):
    return next((block for block in message.blocks if isinstance(block, kind)), None)


def mine(**own):
    return replace(MYSELF, own=replace(OWN, **own))


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (NEWCOMER, "You have not practised yet. Write “lesson” to me to get your first one."),
        (MYSELF, "Quiz accuracy 83%, up 33 points in 30 days; weakest: Refunds."),
        (mine(before=Tally()), "Quiz accuracy 83% in the last 30 days; weakest: Refunds."),
        (mine(before=LATELY, by_skill={}), "Quiz accuracy 83%, unchanged in 30 days."),
        (mine(tally=Tally()), "You have not practised in the last 30 days; last on 21 Nov 2026."),
        (
            mine(tally=Tally(answered=6, right=4, scenarios_answered=6, scenarios_right=4), by_skill={}),
            "Scenario accuracy 67% in the last 30 days.",
        ),
        (
            mine(tally=Tally(answered=5, right=2, scenarios_answered=3, scenarios_right=2), by_skill={}),
            "You answered 2 of 5 right in the last 30 days.",
        ),
    ],
)
def test_the_takeaway_comes_first(report, sentence):
    message = shown(report)
    assert message.blocks[0] == Text(sentence, is_strong=True)
    assert message.text.splitlines()[0] == sentence


def test_nothing_is_weakest_where_all_that_is_told_was_right():
    assert own_takeaway(mine(tally=Tally(answered=8, right=6, scenarios_answered=2)), ZONE) == (
        "Quiz accuracy 100%, up 50 points in 30 days."
    )


def test_days_are_those_where_the_person_is():
    assert "22 Nov 2026" in own_takeaway(mine(tally=Tally()), "Asia/Tokyo")


@pytest.mark.parametrize(
    "by_skill",
    [
        {"refunds": Tally(answered=2), "till": Tally(answered=8, right=8)},
        {"refunds": Tally(answered=8, right=2)},
        {"refunds": Tally(answered=8, right=8), "till": Tally(answered=8, right=8)},
    ],
    ids=["too few answers", "nothing to compare", "all right"],
)
def test_nothing_is_called_weakest_without_grounds(by_skill):
    assert "weakest" not in own_takeaway(mine(by_skill=by_skill), ZONE)


def test_facts_say_what_is_there_and_a_streak_only_while_there_is_one():
    facts = dict(block(shown(MYSELF), Facts).pairs)
    assert facts == {
        "Skills mastered": "1 of 3",
        "Quiz answers right in 30 days": "10 of 12",
        "Scenarios right in 30 days": "3 of 4",
        "Lessons in 30 days": "3 (24 min)",
        "Streak": "4 days",
    }
    assert "Streak" not in dict(block(shown(mine(streak=Streak())), Facts).pairs)
    assert dict(block(shown(mine(days_practised=9)), Facts).pairs)["Days practised in 30 days"] == "9"
    assert block(shown(NEWCOMER), Facts) is None
    idle = replace(mine(tally=Tally()), effort=Effort())
    assert dict(block(shown(idle), Facts).pairs) == {"Skills mastered": "1 of 3"}


@pytest.mark.parametrize(
    ("stated", "right", "gain", "words"),
    [
        (9.5, 7, None, "sure more often than right"),
        (7.4, 7, None, "about right"),
        (5.0, 8, None, "right more often than you think"),
        (7.4, 7, 0.1, "about right; surer than at first"),
        (7.4, 7, -0.1, "about right; less sure than at first"),
    ],
)
def test_confidence_is_told_in_words(stated, right, gain, words):
    tally = Tally(answered=10, sure_answered=10, confidence_sum=stated, sure_right=right)
    assert confidence_words(OwnPractice(tally, Tally(), confidence_gain=gain)) == words
    assert confidence_words(OwnPractice(replace(tally, sure_answered=9), Tally())) is None


def test_two_weeks_make_a_line_and_one_none():
    chart = weeks_chart(weeks(5, 6, 8))
    assert (chart.kind, chart.categories) == ("line", ("5 Oct", "12 Oct", "19 Oct"))
    assert chart.series[0].values == (50.0, 60.0, 80.0)
    assert chart.takeaway == "5 of 10 right in the week of 5 Oct, 8 of 10 in the week of 19 Oct."
    assert weeks_chart(weeks(5)) is None
    # A week without answers is no week of 0 %.
    assert len(weeks_chart((*weeks(5, 6), replace(weeks(1)[0], tally=Tally()))).categories) == 2
    assert block(shown(NEWCOMER), Chart) is None


def test_every_skill_is_told_with_where_it_stands():
    report = replace(MYSELF, standing=person(skills=(REFUNDS, TILL, SAFETY, QUOTES)).standing)
    assert block(shown(report), Table).rows == (
        ("Refunds", "Practising"),
        ("Using the till", "Mastered"),
        ("First aid", "Not started"),
        ("Quotes", "Needs a refresher: its SOP changed, not needed in this role"),
    )
    assert block(shown(NEWCOMER), Table) is None


@pytest.mark.parametrize(
    ("needs", "by_skill", "label", "value"),
    [
        ((STALLED, NOT_BEGUN), OWN.by_skill, "Practise First aid", "skill:safety"),
        ((MISSED,), {}, "Practise Refunds", "skill:refunds"),
        ((), OWN.by_skill, "Practise Refunds", "skill:refunds"),
        ((STALLED,), {}, "Get a Lesson", ID),
    ],
)
def test_one_button_begins_what_helps_most(needs, by_skill, label, value):
    report = replace(person(needs=needs), own=replace(OWN, by_skill=by_skill))
    [actions] = [each for each in shown(report).blocks if isinstance(each, Actions)]
    assert [(button.label, button.value) for button in actions.items] == [(label, value)]


def test_what_would_help_is_what_managers_see():
    assert block(shown(MYSELF), Steps).items == ("Refunds: step 3 missed twice at work", "First aid: not started")
    assert block(shown(NEWCOMER), Steps) is None


def test_it_says_who_sees_what_and_what_it_is_for():
    note = shown(MYSELF).blocks[-1].text
    assert note.startswith("Managers above you see your skills")
    assert "yours alone" in note
    assert LEARNING_ONLY in note
