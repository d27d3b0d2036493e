"""How long a module takes: what reading and each kind of item cost, and when a promise does not hold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.reading import Rejected
from lessons.budget import (
    CONFIDENCE_SECONDS,
    PHASES,
    PRESS_SECONDS,
    THINK_SECONDS_AN_OPTION,
    card_seconds,
    estimate,
    item_seconds,
    refuse_misfit,
)
from lessons.module import Card, Minutes, Part
from tests.lessons.good_module import DELTA, parse
from tests.strategies import many

PACES = (150, 200, 250)


def test_a_card_is_read_at_the_readers_pace_and_left_with_one_tap():
    card = Card("Two words", (Part("word " * 98),))
    assert [card_seconds(card, pace) for pace in PACES] == [40 + PRESS_SECONDS, 30 + PRESS_SECONDS, 24 + PRESS_SECONDS]


def test_a_choice_costs_reading_thinking_answering_and_confidence():
    choice = parse().items[4]
    words = len(" ".join((choice.title, choice.question, *choice.options, choice.why, choice.quote)).split())
    expected = words * 0.3 + 2 * THINK_SECONDS_AN_OPTION + 2 * PRESS_SECONDS + CONFIDENCE_SECONDS
    assert item_seconds(choice) == pytest.approx(expected)


def test_what_is_typed_takes_longer_than_what_is_tapped():
    choice, order, spot, write, _ = parse().items
    still = {item.kind: item_seconds(item, 1e9) for item in (choice, order, spot, write)}
    assert still["write"] > still["order"] > still["spot"] == pytest.approx(still["choice"])


@many
@given(st.sampled_from(PACES), st.sampled_from(PACES))
def test_whoever_reads_faster_is_done_sooner_and_never_before_the_taps(one, other):
    fast, slow = estimate(parse(), max(one, other)), estimate(parse(), min(one, other))
    at_once = estimate(parse(), 1e9)
    assert all(at_once[phase] < fast[phase] <= slow[phase] for phase in PHASES)


def test_a_module_is_the_sum_of_its_cards_items_and_closing_question():
    module = parse()
    assert estimate(module)["concept"] == sum(map(card_seconds, module.cards))
    assert estimate(module)["practice"] == sum(map(item_seconds, module.items[:4]))
    bare = replace(module, closing="")
    assert estimate(bare)["reflection"] == item_seconds(module.items[4]) < estimate(module)["reflection"]


@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [
        (
            Minutes(1, 3, 1),
            "cannot be done in its 3 minutes of practice: it takes about 3 min 36 s at 200 words a minute",
        ),
        (Minutes(1, 8, 1), "promises 8 minutes of practice and takes about 3 min 35 s. Add to it or lower practice:"),
        (Minutes(2, 4, 1), "promises 2 minutes of concept and takes about 36 seconds. Add to it or lower concept:"),
    ],
)
def test_a_promise_that_does_not_hold_is_told_in_numbers(minutes, sentence):
    with pytest.raises(Rejected) as rejected:
        refuse_misfit(replace(parse(), minutes=minutes))
    assert str(rejected.value).startswith(sentence)


def test_a_delta_lesson_is_measured_as_a_whole():
    delta = parse(DELTA)
    refuse_misfit(delta)
    assert 30 <= sum(estimate(delta).values()) <= 60
    with pytest.raises(Rejected, match=r"^promises 1 minute and takes about 29 seconds\. Add to it\.$"):
        refuse_misfit(replace(delta, cards=(Card("One", ()),), items=(replace(delta.items[0], why="So."),)))
