"""What a lesson looks like at each step: the point first, where one is, and no pressure."""

from dataclasses import replace

import pytest

from bot.messages import Actions, Button, Menu, Note, Quote, Steps, Text
from bot.parts import HEADING_CHARACTERS, parts
from bot.shown import clean
from bot.views import run as views
from bot.views.exercise import LABEL_CHARACTERS
from lessons.limits import MOST_CHARACTERS, MOST_PARTS
from lessons.module import Card, Part
from lessons.run import Answer, Progress
from tests.chat import labels
from tests.lesson_runs import CHOICE, MODULE, NOW, ORDER, REVIEW, SPOT, WHOLE, WRITE, course, screens

ID = "0" * 32
RIGHT, WRONG, OF_REVIEW = screens(course(), ID), screens(course(), ID, is_right=False), screens(course(REVIEW), ID)
EVERY = [*RIGHT.items(), *WRONG.items(), *OF_REVIEW.items()]


def of_kind(message, kind):
    return [block for block in message.blocks if isinstance(block, kind)]


def notes(message):
    return " ".join(note.text for note in of_kind(message, Note))


@pytest.mark.parametrize(("name", "message"), EVERY)
def test_every_step_says_its_point_in_words_and_carries_its_own_token(name, message):
    assert message.text
    assert message.text == clean(message.text)
    assert all(value == ID for _, value in labels(message).values())
    assert all(len(label) <= LABEL_CHARACTERS for label in labels(message))
    assert (
        sum(
            block.is_primary
            for actions in of_kind(message, Actions)
            for block in actions.items
            if isinstance(block, Button)
        )
        <= 1
    )
    assert (labels(message) == {}) is (name == "lesson done")


@pytest.mark.parametrize(("name", "message"), EVERY)
def test_the_budget_is_shown_without_pressure(name, message):
    shown = f"{message.text} {message.blocks}".lower()
    assert not any(
        word in shown for word in ("minutes left", "remaining", "hurry", "too late", "over budget", "quick", "!")
    )


def test_more_time_than_planned_is_not_held_against_anybody():
    told = course()
    slow = Progress(position=3, part_seconds=(0, 2_000, 0))
    assert "Practice 1 of 4 · 7 of 7 min used" in notes(views.step(told, slow, ID))


def test_options_stand_on_their_buttons_unless_one_is_too_long():
    told = course()
    asked = views.step(told, Progress(position=3), ID)
    assert list(labels(asked)) == ["A: Refuse it", "B: Ring the manager", "C: Pay it"]
    long = replace(MODULE, items=(replace(CHOICE, options=("x" * LABEL_CHARACTERS, "Yes", "No")),))
    asked = views.step(course(modules={MODULE.file: long}), Progress(position=3), ID)
    assert list(labels(asked)) == ["Answer A", "Answer B", "Answer C"]
    assert Steps(("A: " + "x" * LABEL_CHARACTERS, "B: Yes", "C: No")) in asked.blocks


def test_lines_with_a_mistake_are_numbered():
    told = course(modules={MODULE.file: replace(MODULE, items=(replace(SPOT, options=("x" * 90, "y", "z")),))})
    assert list(labels(views.step(told, Progress(position=3), ID))) == ["Line 1", "Line 2", "Line 3"]
    picked = Progress(position=3, picked=(0,), answers=(Answer(0.0, 0.6, 9.0),))
    message = views.step(told, picked, ID)
    assert message.text.startswith("Not right: you chose line 1, and the mistake is in line 2.")
    assert Steps(("1: " + "x" * 90 + " (your answer)", "2: y (the mistake)", "3: z")) in message.blocks


def test_an_order_is_put_together_press_by_press():
    told = course(modules={MODULE.file: replace(MODULE, items=(ORDER,))})
    first = views.step(told, Progress(position=3), ID)
    assert Text("Which comes first?") in first.blocks
    assert list(labels(first)) == ["Step A", "Step B", "Step C", "Step D"]
    later = views.step(told, Progress(position=3, picked=(2, 0)), ID)
    assert Text("Your order so far: C, A. Which comes next?") in later.blocks
    assert list(labels(later)) == ["Step B", "Step D", "Start Over"]


@pytest.mark.parametrize(
    ("scores", "last_time", "said"),
    [
        ((1.0, 0.0), None, "Refunds: 1 of 2 right."),
        ((1.0, 1.0), (1, 4), "Refunds: 2 of 2 right, up from 1 of 4 last time."),
        ((1.0, 0.0), (3, 4), "Refunds: 1 of 2 right, after 3 of 4 last time."),
        ((1.0, 0.0), (2, 4), "Refunds: 1 of 2 right, the same as last time."),
        ((), None, "Refunds: read to the end."),
    ],
)
def test_the_closing_line_says_what_changed(scores, last_time, said):
    end = Progress(position=8, answers=tuple(Answer(score, 0.6, 9.0) for score in scores))
    message = views.closing(course(), end, "Refunds", last_time, NOW, "Europe/London")
    assert message.blocks[:2] == (Note("Refund exceptions · Done"), Text(said, is_strong=True))
    assert message.text == f"Done: Refund exceptions. {said}"


def test_the_day_it_returns_is_that_of_the_persons_own_clock():
    assert "It comes back on Tue 1 Dec." in RIGHT["lesson done"].text
    late = screens(course(), ID, zone="Pacific/Auckland")["lesson done"]
    assert "It comes back on Tue 1 Dec." in late.text
    assert "It comes back on Mon 30 Nov." in screens(course(), ID, zone="Pacific/Pago_Pago")["lesson done"].text
    assert "You have mastered Refunds." in RIGHT["lesson done"].text


def test_an_offer_has_one_primary_button_and_the_rest_in_a_menu():
    offered = RIGHT["lesson offered"]
    [actions] = of_kind(offered, Actions)
    assert [item.label for item in actions.items] == ["Start", "Later Today", "More"]
    [menu] = [item for item in actions.items if isinstance(item, Menu)]
    assert {value for _, value in menu.options} == {
        "lesson_tomorrow",
        "lesson_time",
        "lesson_pause_week",
        "lesson_stop",
        "lesson_skip",
    }


def test_the_longest_module_still_fits_one_message_at_every_step():
    about = {
        "title": "t" * MOST_CHARACTERS["item title"],
        "situation": tuple(Part("s " * (MOST_CHARACTERS["situation"] // 2 // MOST_PARTS)) for _ in range(MOST_PARTS)),
        "question": "q " * (MOST_CHARACTERS["question"] // 2),
        "why": "w " * (MOST_CHARACTERS["Why"] // 2),
        "quote": "u " * (MOST_CHARACTERS["Quote"] // 2),
    }
    option = "o" * MOST_CHARACTERS["option"]
    items = (
        replace(CHOICE, **about, options=tuple(f"{n}{option}"[:200] for n in range(4))),
        replace(ORDER, **about, options=tuple(f"{n}{option}"[:200] for n in range(5))),
        replace(SPOT, **about, options=tuple(f"{n}{option}"[:200] for n in range(5))),
        replace(WRITE, **about, key_points=(option,) * 5),
    )
    part = Part("c " * (MOST_CHARACTERS["card"] // 2 // MOST_PARTS))
    long = replace(
        MODULE, title="T" * MOST_CHARACTERS["title"], items=items, cards=(Card("t" * 140, (part,) * MOST_PARTS),)
    )
    for is_right in (True, False):
        for name, message in screens(course(WHOLE, modules={MODULE.file: long}), ID, is_right).items():
            assert len(parts(message)) == 1, name
            assert len(message.text) <= 4_000, name
    assert MOST_CHARACTERS["title"] <= HEADING_CHARACTERS


def test_quotes_come_with_their_place():
    told = next(message for name, message in RIGHT.items() if name.endswith("told"))
    assert Quote("Above 100 pounds a manager decides.") in told.blocks
    assert "From stores/refunds.md > Refunds > Exceptions" in notes(told)
