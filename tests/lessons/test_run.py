"""A course is gone through step by step: nothing is lost or doubled, and any step can be stored and taken up again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.run import (
    CONFIDENCE,
    COURSE,
    LONGEST_PAUSE_SECONDS,
    PROGRESS,
    SAID,
    Move,
    Progress,
    after,
    mean_score,
    part_left,
    right_of,
    standing,
)
from tests.lesson_runs import MODULE, MODULES, REVIEW, WHOLE, answered, course, to_practice

MOVES = st.one_of(
    st.sampled_from(("start", "next", "next", "undo")).map(Move),
    st.builds(Move, st.just("pick"), place=st.integers(0, 5)),
    st.builds(Move, st.just("confidence"), amount=st.sampled_from(sorted(CONFIDENCE.values()))),
    st.builds(Move, st.just("said"), amount=st.sampled_from(sorted(SAID.values()))),
    st.builds(Move, st.just("write"), words=st.sampled_from(("I will ask.", "  "))),
)
SECONDS = st.floats(-10, 2_000)
COURSES = st.sampled_from((course(), course(REVIEW)))


def gone(told, *moves, seconds=10.0):
    progress = Progress()
    for move in moves:
        progress = after(told, progress, move, seconds)
        assert progress is not None
    return progress


def whole(told, is_right=True):
    moves = [*to_practice(told)]
    for exercise in told.exercises:
        moves += [*answered(told, exercise, is_right), Move("next")]
    return moves


def test_a_module_is_its_cards_then_practice_then_reflection_in_the_words_of_the_role():
    told = course(roles=("support desk",))
    assert [told.part_at(place) for place in range(told.end + 1)] == [
        "offer",
        *["concept"] * 2,
        *["practice"] * 4,
        "reflection",
        "closed",
    ]
    assert told.cards[1].parts[0].text == "Promise an answer to the caller, not a refund."
    assert told.item_of(told.exercises[0]).situation[0].text == "the caller wants 120 pounds back."
    assert (told.part_minutes, told.closing) == ((3.0, 7.0, 1.0), "Whom would you ring today?")


def test_reflection_comes_last_wherever_its_author_put_it():
    turned = replace(MODULE, items=MODULE.items[::-1])
    told = course(modules={MODULE.file: turned})
    assert [told.item_of(exercise).phase for exercise in told.exercises] == ["practice"] * 4 + ["reflection"]


def test_a_review_has_only_what_was_chosen_in_that_order_from_several_modules():
    told = course(REVIEW)
    shown = [told.module_of(exercise).key_of(told.item_of(exercise)) for exercise in told.exercises]
    assert tuple(shown) == REVIEW.items
    assert (told.cards, told.title, told.part_minutes) == ((), "", (0.0, 3.0, 0.0))
    assert {told.part_at(place) for place in range(1, told.end)} == {"practice"}
    assert [len(module.items) for module in told.modules] == [2, 1]


def test_what_is_no_longer_theirs_is_left_out():
    assert course(modules={}) is None
    assert course(REVIEW, modules={}) is None
    told = course(REVIEW, modules={"cash.md": MODULES["cash.md"]})
    assert [told.item_of(exercise).slug for exercise in told.exercises] == ["a-note-of-fifty"]


@given(st.integers(0, 10_000))
def test_steps_are_never_shown_in_their_right_order_and_answers_always_in_their_authors(seed):
    told = course(seed=seed)
    for exercise in told.exercises:
        item = told.item_of(exercise)
        assert sorted(exercise.shown) == list(range(len(item.options)))
        assert (list(exercise.shown) == sorted(exercise.shown)) is (item.kind != "order")


@pytest.mark.parametrize("is_right", [True, False])
def test_every_kind_of_exercise_is_answered_right_or_wrong(is_right):
    told = course()
    end = gone(told, *whole(told, is_right))
    assert standing(told, end) == "closed"
    assert [answer.score for answer in end.answers] == [1.0 if is_right else 0.0] * 5
    assert (mean_score(end), right_of(end)) == (float(is_right), (5 * is_right, 5))
    assert {answer.confidence for answer in end.answers} == {0.95}


def test_an_answer_counts_only_with_how_sure_and_can_be_changed_until_then():
    told = course()
    picked = gone(told, *to_practice(told), Move("pick", 0))
    assert (standing(told, picked), picked.answers) == ("sure", ())
    assert after(told, picked, Move("next"), 1) is None
    assert after(told, picked, Move("pick", 1), 1) is None
    again = after(told, picked, Move("undo"), 1)
    assert (standing(told, again), again.picked) == ("asking", ())


def test_the_last_step_of_an_order_needs_no_press():
    told = course()
    before = (*to_practice(told), *answered(told, told.exercises[0]), Move("next"))
    two = gone(told, *before, Move("pick", 0), Move("pick", 2))
    assert after(told, two, Move("pick", 2), 1) is None
    assert after(told, two, Move("undo"), 1).picked == ()
    three = after(told, two, Move("pick", 3), 1)
    assert (three.picked, standing(told, three)) == ((0, 2, 3, 1), "sure")


def test_what_was_written_is_kept_only_until_it_was_compared():
    told = course()
    before = [*to_practice(told)]
    for exercise in told.exercises[:3]:
        before += [*answered(told, exercise), Move("next")]
    assert after(told, gone(told, *before), Move("write", words=" "), 1) is None
    assert after(told, gone(told, *before), Move("pick", 0), 1) is None
    written = gone(told, *before, Move("write", words="I will ask."), Move("confidence", amount=0.6))
    assert (standing(told, written), written.written, len(written.answers)) == ("comparing", "I will ask.", 3)
    said = after(told, written, Move("said", amount=0.5), 1)
    assert (said.written, said.answers[-1].score, said.answers[-1].confidence) == ("", 0.5, 0.6)


def test_seconds_are_of_the_part_that_stood_and_a_long_pause_counts_for_five_minutes():
    told = course()
    opened = after(told, Progress(), Move("start"), 4_000)
    assert opened.part_seconds == (0, 0, 0)
    read = after(told, opened, Move("next"), 20)
    practising = after(told, read, Move("next"), 3_600)
    assert practising.part_seconds == (20 + LONGEST_PAUSE_SECONDS, 0, 0)
    assert part_left(told, opened, read) is None
    assert part_left(told, read, practising) == "concept"
    sure = after(told, practising, Move("pick", 1), 9)
    feedback = after(told, sure, Move("confidence", amount=0.6), 3)
    onward = after(told, feedback, Move("next"), 8)
    assert (feedback.answers[0].seconds, onward.part_seconds[1], onward.item_seconds) == (12, 20, 0)


@given(COURSES, st.lists(st.tuples(MOVES, SECONDS), max_size=80))
def test_no_sequence_of_presses_loses_or_doubles_an_answer(told, presses):
    progress = Progress()
    for move, seconds in presses:
        moved = after(told, progress, move, seconds)
        if moved is None:
            continue
        assert moved.answers[: len(progress.answers)] == progress.answers
        assert len(moved.answers) - len(progress.answers) in (0, 1)
        assert moved.position - progress.position in (0, 1)
        # Whoever went past an exercise has answered it once, and nobody has answered one still to come.
        behind = max(0, moved.position - 1 - len(told.cards))
        assert behind <= len(moved.answers) <= behind + 1
        assert all(now >= then for now, then in zip(moved.part_seconds, progress.part_seconds, strict=True))
        assert moved != progress
        progress = moved


@given(COURSES, st.lists(st.tuples(MOVES, SECONDS), max_size=80))
def test_every_step_can_be_stored_as_json_and_taken_up_again(told, presses):
    stored = COURSE.validate_json(COURSE.dump_json(told))
    assert stored == told
    progress = Progress()
    for move, seconds in presses:
        kept = PROGRESS.validate_json(PROGRESS.dump_json(progress))
        assert kept == progress
        assert standing(stored, kept) == standing(told, progress)
        moved = after(told, progress, move, seconds)
        assert after(stored, kept, move, seconds) == moved
        progress = moved or progress


@given(st.booleans(), st.integers(0, 100))
def test_whoever_takes_each_step_comes_to_the_end_with_every_answer(is_right, seed):
    for choice in (WHOLE, REVIEW):
        told = course(choice, seed=seed)
        end = gone(told, *whole(told, is_right))
        assert standing(told, end) == "closed"
        assert len(end.answers) == len(told.exercises)
        assert all(after(told, end, move, 1) is None for move in map(Move, ("start", "next", "undo", "said", "pick")))
