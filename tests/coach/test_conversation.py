"""Which turns guide a search, and when a question after another is about something new."""

import pytest

from coach.conversation import Interpretation, Turn, interpretations, points_back, with_earlier_turns

NEW, FOLLOW_UP = Interpretation.NEW, Interpretation.FOLLOW_UP


def test_the_last_two_user_turns_go_in_front():
    history = [
        Turn("user", "one"),
        Turn("user", "two"),
        Turn("coach", "quoted"),
        Turn("user", " "),
        Turn("user", "three"),
    ]
    assert with_earlier_turns("four?", history) == "two three four?"


@pytest.mark.parametrize("history", [[], [Turn("coach", "hello")], [Turn("user", " \n")]])
def test_without_user_turns_there_is_nothing_to_join(history):
    assert with_earlier_turns("four?", history) is None


@pytest.mark.parametrize(
    "question",
    [
        "and who approves it?",
        "What about cash",
        "is that allowed",
        "is it allowed",
        "Who else?",
        "so now what",
        "ok, when",
        "how do i get there",
        "is it the same",
        "can i have one?",
        "what about this week",
    ],
)
def test_a_question_that_points_back_is_a_follow_up_unless_it_finds_as_much_by_itself(question):
    assert interpretations(question, 0.89, 0.9, shared=0) == (FOLLOW_UP,)
    assert interpretations(question, 0.9, 0.9, shared=0) == (NEW, FOLLOW_UP)


@pytest.mark.parametrize(
    "question",
    [
        "Where are the scissors",
        "Who handles itinerary requests",
        "Android setup",
        "is there staff parking",
        "are there any lockers",
        "is it ok to vape outside",
        "can we close early this week",
        "can one person open",
        "changing a demo on the same day",
    ],
)
def test_words_that_only_look_like_pointers_do_not_point_back(question):
    assert not points_back(question)


@pytest.mark.parametrize(
    ("own", "joined", "shared", "expected"),
    [
        (0.6, 0.8, 0.6, (FOLLOW_UP, NEW)),
        (0.6, 0.8, 0.46, (FOLLOW_UP, NEW)),
        (0.8, 0.8, 0.7, (NEW, FOLLOW_UP)),
        (0.6, 0.8, 0.44, (NEW,)),
        (0.8, 0.4, 0.5, (NEW,)),
        (0.0, 0.0, 0.0, (NEW,)),
    ],
)
def test_what_the_turns_before_find_counts_only_if_it_speaks_of_the_question(own, joined, shared, expected):
    assert interpretations("Where is the fire exit", own, joined, shared) == expected
