"""Many people due in the same minute, on simulated time: all sent soon, and whoever asks meanwhile is not kept waiting.

benchmarks/nudges.py does the same with 1,000.
"""

from benchmarks.nudges import ALLOWED, deliver

PEOPLE, QUESTIONS = 200, 8


def test_all_are_sent_within_the_limits_and_answers_go_first(app, tmp_path):
    figures = deliver(app, tmp_path / "company", PEOPLE, QUESTIONS)
    assert figures.sent == PEOPLE
    assert figures.of_bound <= ALLOWED
    assert figures.inversions == 0
    assert figures.refused_by_slack == 0
    assert figures.slowest_answer_seconds < 10
