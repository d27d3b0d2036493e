"""Stretches of a passage grow around its best sentences within their room."""

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.layout import Kind, Piece
from coach.sections import Span
from coach.stretches import MAX_STEPS, Room, Weighed, choose


def paragraph(scores, size=10):
    pieces = [Piece(Span(place, place + 1), Kind.PARAGRAPH, 0, None) for place in range(len(scores))]
    return Weighed(pieces, [size] * len(scores), scores)


def steps(count, scores):
    pieces = [Piece(Span(place, place + 1), Kind.STEP, place, 0) for place in range(count)]
    return Weighed(pieces, [1] * count, scores)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.floats(-1, 1), max_size=12), st.integers(1, 3), st.integers(1, 80))
def test_the_best_is_always_chosen_and_the_room_filled(scores, stretches, words):
    chosen = choose(paragraph(scores), Room(stretches, words))
    assert chosen == sorted(set(chosen))
    if scores:
        assert any(scores[place] == max(scores) for place in chosen)
        assert len(chosen) == max(1, min(len(scores), words // 10))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=12), st.integers(1, 80))
def test_one_stretch_has_no_gap(scores, words):
    chosen = choose(paragraph(scores), Room(1, words))
    assert chosen == list(range(chosen[0], chosen[-1] + 1))


def test_two_stretches_may_stand_apart():
    assert choose(paragraph([0.9, 0.1, 0.2, 0.8]), Room(2, 20)) == [0, 3]
    assert choose(paragraph([0.9, 0.1, 0.2, 0.8]), Room(2, 30)) == [0, 2, 3]


def test_of_equal_neighbours_the_one_that_follows_is_read_on_to():
    assert choose(paragraph([0.0, 1.0, 0.0]), Room(1, 20)) == [1, 2]


def test_steps_may_take_more_than_the_room_but_no_more_than_ten_lines():
    best_last = [0.0] * (MAX_STEPS - 1) + [1.0]
    assert choose(steps(MAX_STEPS, best_last), Room(1, 7)) == list(range(MAX_STEPS))
    assert choose(steps(MAX_STEPS + 1, [0.0, *best_last]), Room(1, 7)) != list(range(MAX_STEPS + 1))
    assert choose(steps(MAX_STEPS, best_last), Room(1, 6)) == [4, 5, 6, 7, 8, 9]


def test_a_list_is_not_entered_by_its_end():
    lead = [Piece(Span(0, 1), Kind.BULLET, 0, 0), Piece(Span(1, 2), Kind.BULLET, 1, 0)]
    after = [Piece(Span(2, 3), Kind.PARAGRAPH, 2, None), Piece(Span(3, 4), Kind.PARAGRAPH, 3, None)]
    passage = Weighed([*lead, *after], [5, 5, 5, 5], [0.1, 0.8, 0.9, 0.2])
    assert choose(passage, Room(1, 10)) == [2, 3]
    assert choose(passage, Room(1, 15)) == [0, 1, 2]
