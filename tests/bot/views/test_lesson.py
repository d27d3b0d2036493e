"""What a lesson looks like before and after its question is answered."""

from dataclasses import replace

import pytest

from bot.messages import Actions, Heading, Steps, Text
from bot.parts import parts
from bot.views.lesson import LABEL_CHARACTERS, answered_message, lesson_message
from lessons.lesson import MOST_CHARACTERS, MOST_PARTS, Part
from tests.lessons.test_lesson import WHOLE, parse

LESSON = parse(WHOLE)
PUBLIC_ID = "0" * 32
LONG = replace(LESSON, item=replace(LESSON.item, options=("x" * (LABEL_CHARACTERS - 2), "Yes", "No")))


def of_kind(message, kind):
    return [block for block in message.blocks if isinstance(block, kind)]


def test_the_question_has_a_button_for_each_option_with_its_words():
    message = lesson_message(LESSON, PUBLIC_ID)
    [actions] = of_kind(message, Actions)
    assert message.blocks[-1] is actions
    assert [(button.label, button.action, button.value) for button in actions.items] == [
        ("A: Refuse it", "quiz_a", PUBLIC_ID),
        ("B: Ask the manager", "quiz_b", PUBLIC_ID),
        ("C: Pay it", "quiz_c", PUBLIC_ID),
    ]
    assert of_kind(message, Heading) == [Heading(LESSON.title)]


def test_options_too_long_for_a_button_stand_above_lettered_buttons():
    message = lesson_message(LONG, PUBLIC_ID)
    [actions] = of_kind(message, Actions)
    assert [button.label for button in actions.items] == ["A", "B", "C"]
    assert message.blocks[-2] == Steps(tuple(f"{letter}: {option}" for letter, option in LONG.item.lettered()))


def test_the_spoken_text_says_title_question_and_options_but_not_which_is_right():
    for lesson in (LESSON, LONG):
        text = lesson_message(lesson, PUBLIC_ID).text
        assert text.startswith("Lesson: Refund exceptions (11 min). It is 130 pounds. What do you do? A: ")
        assert all(option in text for option in lesson.item.options)
        assert lesson.item.why not in text


def test_lists_headings_and_paragraphs_keep_their_form():
    blocks = lesson_message(LESSON, PUBLIC_ID).blocks
    assert Steps(("the item", "the price")) in blocks
    assert Steps(("Ask.", "Wait."), is_numbered=True) in blocks
    assert Text("Then", is_strong=True) in blocks


@pytest.mark.parametrize(
    ("chosen", "verdict", "marked"),
    [
        ("B", "Right: B.", ("A: Refuse it", "B: Ask the manager (your answer, right)", "C: Pay it")),
        (
            "C",
            "Not right: you chose C, and the right answer is B.",
            ("A: Refuse it", "B: Ask the manager (right)", "C: Pay it (your answer)"),
        ),
    ],
)
def test_an_answer_leaves_a_record_instead_of_the_buttons(chosen, verdict, marked):
    message = answered_message(LESSON, chosen)
    assert of_kind(message, Actions) == []
    assert Text(verdict, is_strong=True) in message.blocks
    assert Steps(marked) in message.blocks
    assert Text(LESSON.item.why) in message.blocks
    assert Text(LESSON.reflect) in message.blocks
    assert message.text == f"{verdict} {LESSON.item.why} From stores/refunds.md > Refunds > Exceptions"


def test_the_largest_lesson_is_still_one_message():
    words = "x" * (MOST_CHARACTERS["Learn text"] // MOST_PARTS)
    lesson = replace(
        LESSON,
        title="x" * MOST_CHARACTERS["title"],
        learn=tuple(Part(words, ("text", "bullet")[place % 2]) for place in range(MOST_PARTS)),
        item=replace(
            LESSON.item,
            question="x" * MOST_CHARACTERS["question"],
            options=tuple(letter * MOST_CHARACTERS["option"] for letter in "wxyz"),
            why="x" * MOST_CHARACTERS["Why"],
        ),
        reflect="x" * MOST_CHARACTERS["Reflect question"],
    )
    for message in (lesson_message(lesson, PUBLIC_ID), answered_message(lesson, "A")):
        assert len(parts(message)) == 1
