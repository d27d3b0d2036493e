"""Mistakes by step are those one counts by hand, of the people and the period that were asked for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.periods import last_days
from metrics.step_tallies import AnswerStep, WorkStep
from metrics.steps import (
    MissedByMany,
    Repeated,
    StepFigures,
    missed_by_many,
    missed_by_many_at_work,
    repeated,
    repeated_at_work,
    step_mistakes,
    work_mistakes,
)
from tests.metrics.happenings import answer, old_answer, people, queries, work
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
MONTH = last_days(30, NOW)
ASK = AnswerStep("refunds", "refunds.md", 3)
ASK_AT_WORK = WorkStep("refund", "3")


def ago(days, seconds=0):
    return NOW - timedelta(days=days, seconds=seconds)


def test_answers_are_counted_by_step_of_a_module(database):
    with database.rehearsal() as session:
        ada, ben, cleo = people(session, 3, NOW)
        answer(session, ada, ago(3), 0.74)
        answer(session, ada, ago(2), 0.75, item="refunds.md#ask-again")
        answer(session, ben, ago(2), 0.0)
        answer(session, cleo, ago(2), 1.0)
        answer(session, cleo, ago(2), 0.0, item="till.md#count", step=3, skill="till")
        answer(session, cleo, ago(2), 0.0, step=None)
        old_answer(session, cleo, ago(2), 0.0)
        found = step_mistakes(session, None, MONTH)
        count = AnswerStep("till", "till.md", 3)
        assert found == [
            StepFigures(count, times=1, missed=1, people=1, people_missed=1),
            StepFigures(ASK, times=4, missed=2, people=3, people_missed=2),
        ]
        assert found[1].share.value == 2 / 4
        assert step_mistakes(session, [ben], MONTH) == [StepFigures(ASK, 1, 1, 1, 1)]
        assert step_mistakes(session, None, MONTH, skill="till") == found[:1]
        assert step_mistakes(session, [], MONTH) == []


def test_work_is_counted_by_step_of_a_workflow_however_it_is_written(database):
    with database.rehearsal() as session:
        ada, ben = people(session, 2, NOW)
        for outcome in ("done", "missed", "corrected", "alone"):
            work(session, ada, ago(1), outcome, workflow="client call")
        work(session, ben, ago(1), "done", workflow="client_call")
        work(session, ben, ago(1), "missed", step=None, workflow="client_call")
        step = WorkStep("client_call", "3")
        assert work_mistakes(session, None, MONTH) == [StepFigures(step, 5, 2, people=2, people_missed=1)]
        assert work_mistakes(session, [ben], MONTH)[0].share.value == 0


def test_what_was_announced_ahead_is_no_work_but_a_clock_may_be_fast(database):
    with database.rehearsal() as session:
        (ada,) = people(session, 1, NOW)
        work(session, ada, ago(1), "done", received_at=ago(2))
        assert work_mistakes(session, None, MONTH) == []
        work(session, ada, ago(1), "missed", received_at=ago(1) - timedelta(minutes=5))
        work(session, ada, ago(1), "missed", received_at=ago(1) - timedelta(minutes=5, seconds=1))
        work(session, ada, ago(1), "done", received_at=ago(0))
        assert work_mistakes(session, None, MONTH) == [StepFigures(ASK_AT_WORK, 2, 1, 1, 1)]


def test_a_period_begins_after_its_start_and_ends_with_its_end(database):
    with database.rehearsal() as session:
        (ada,) = people(session, 1, NOW)
        for at in (MONTH.since, MONTH.since + timedelta(seconds=1), NOW, NOW + timedelta(seconds=1)):
            answer(session, ada, at, 0.0)
            work(session, ada, at, "missed")
        assert [one.times for one in step_mistakes(session, None, MONTH)] == [2]
        assert [one.times for one in work_mistakes(session, None, MONTH)] == [2]


def test_a_step_missed_twice_repeats_only_while_the_newest_answer_is_wrong(database):
    with database.rehearsal() as session:
        ada, ben, cleo = people(session, 3, NOW)
        for person_id, scores in ((ada, (0, 1, 0)), (ben, (0, 0, 1)), (cleo, (1, 1, 0))):
            for days, score in zip((9, 5, 2), scores, strict=True):
                answer(session, person_id, ago(days), float(score), item=f"refunds.md#{days}")
        assert repeated(session, [ada, ben, cleo], MONTH) == [Repeated(ada, ASK, 2, ago(9))]
        assert repeated(session, [ben, cleo], MONTH) == []
        assert repeated(session, [ada], last_days(5, NOW)) == []


def test_a_step_of_the_work_missed_twice_repeats_whatever_went_well_since(database):
    with database.rehearsal() as session:
        ada, ben = people(session, 2, NOW)
        for days, outcome in ((9, "missed"), (5, "corrected"), (2, "done")):
            work(session, ada, ago(days), outcome)
        work(session, ben, ago(3), "missed")
        assert repeated_at_work(session, [ada, ben], MONTH) == [Repeated(ada, ASK_AT_WORK, 2, ago(9))]
        assert repeated_at_work(session, [ada, ben], last_days(9, NOW)) == []


def test_three_people_who_missed_a_step_are_many_and_three_misses_of_one_are_not(database):
    with database.rehearsal() as session:
        ids = people(session, 3, NOW)
        for times in range(3):
            answer(session, ids[0], ago(9 - times), 0.0)
            work(session, ids[0], ago(9 - times), "missed")
        answer(session, ids[1], ago(2), 0.0)
        work(session, ids[1], ago(2), "corrected")
        answer(session, ids[2], ago(2), 1.0)
        work(session, ids[2], ago(2), "done")
        assert missed_by_many(session, ids, MONTH) == []
        assert missed_by_many_at_work(session, ids, MONTH) == []
        assert missed_by_many(session, ids, MONTH, people=2) == [MissedByMany(ASK, tuple(ids[:2]), 4, ago(9))]
        answer(session, ids[2], ago(1), 0.0)
        work(session, ids[2], ago(1), "missed")
        assert missed_by_many(session, ids, MONTH) == [MissedByMany(ASK, tuple(ids), 5, ago(9))]
        assert missed_by_many_at_work(session, None, MONTH) == [MissedByMany(ASK_AT_WORK, tuple(ids), 5, ago(9))]


facts = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 40), st.sampled_from([0.0, 0.5, 0.75, 1.0]), st.sampled_from([1, 2])),
    max_size=20,
)


@few
@given(facts=facts)
def test_every_count_is_that_of_plain_loops_and_nobody_elses_matter(database, facts):
    with database.rehearsal() as session:
        ids = people(session, 4, NOW)
        for who, days, score, step in facts:
            answer(session, ids[who], ago(days), score, item=f"refunds.md#{step}-{days % 3}", step=step)
            work(session, ids[who], ago(days), "done" if score >= 0.75 else "missed", step=str(step))
        # The fourth person is never asked for.
        asked = ids[:3]
        kept = [(ids[who], days, score, step) for who, days, score, step in facts if who < 3 and days < 30]
        answers = {one.step.step: one for one in step_mistakes(session, asked, MONTH)}
        at_work = {int(one.step.step): one for one in work_mistakes(session, asked, MONTH)}
        assert set(answers) == set(at_work) == {step for _, _, _, step in kept}
        for step, figures in answers.items():
            own = [(who, score) for who, _, score, its_step in kept if its_step == step]
            wrong = [who for who, score in own if score < 0.75]
            expected = (len(own), len(wrong), len({who for who, _ in own}), len(set(wrong)))
            for found in (figures, at_work[step]):
                assert (found.times, found.missed, found.people, found.people_missed) == expected
            assert 0 <= figures.share.interval[0] <= figures.share.value <= figures.share.interval[1] <= 1
        shares = [one.share.value for one in step_mistakes(session, asked, MONTH)]
        assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("figure", [step_mistakes, work_mistakes, missed_by_many, repeated, repeated_at_work])
def test_each_takes_one_query_whatever_the_number_of_people(database, figure):
    with database.rehearsal() as session:
        ids = people(session, 6, NOW)
        for person_id in ids:
            answer(session, person_id, ago(2), 0.0)
            work(session, person_id, ago(2), "missed")
        with queries(session) as counted:
            figure(session, ids, MONTH)
        assert len(counted) == 1
