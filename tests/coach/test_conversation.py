"""Which turns guide a search, and when a question in a thread is about something new."""

import pytest

from coach.conversation import STANDS_ALONE_SHARE, Turn, stands_alone, with_earlier_turns


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
    "question", ["and who approves it?", "What about cash", "is that allowed", "Who else?", "so now what", "ok, when"]
)
def test_a_question_that_points_back_never_stands_alone(question):
    assert not stands_alone(question, 1.0, 0.1)


def test_a_question_about_something_new_stands_alone_when_it_finds_a_passage():
    assert stands_alone("Where is the fire exit", STANDS_ALONE_SHARE * 0.8, 0.8)
    assert not stands_alone("Where is the fire exit", STANDS_ALONE_SHARE * 0.8 - 0.01, 0.8)


@pytest.mark.parametrize("question", ["Where are the scissors", "Who handles itinerary requests", "Android setup"])
def test_words_that_only_contain_a_pointer_do_not_point_back(question):
    assert stands_alone(question, 0.8, 0.8)
