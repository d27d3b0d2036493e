"""A model's sentences are shown without the marks of the lines they came from."""

from dataclasses import replace

import pytest

from bot.messages import Steps, Text
from bot.views.phrased import sentence_blocks, sentence_lines
from coach.answer import Sentence
from tests.coach_values import ANSWER


@pytest.mark.parametrize("mark", ["3. ", "12) ", "• ", "- ", ""])
def test_a_mark_that_a_model_copied_is_left_out_so_that_steps_are_numbered_once(mark):
    words = [Sentence(f"{mark}Ring 2 days before.", (0,), is_step) for is_step in (True, True, False)]
    reply = replace(ANSWER, sentences=tuple(words))
    line = "Ring 2 days before. [1]"
    assert sentence_lines(reply) == [f"1. {line}", f"2. {line}", line]
    assert sentence_blocks(reply) == [Steps((line, line), is_numbered=True), Text(line)]


@pytest.mark.parametrize("words", ["2.5 % go to the tips.", "30 days are allowed.", "-5 °C is too cold."])
def test_a_figure_is_no_mark(words):
    assert sentence_lines(replace(ANSWER, sentences=(Sentence(words, (0,)),))) == [f"{words} [1]"]
