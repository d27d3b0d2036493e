"""Mistakes before the first lesson and after it are compared for the same people only, over spans of one length."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from metrics.error_reduction import ErrorReduction, error_reduction
from metrics.shares import Share
from metrics.step_tallies import WorkStep
from tests.metrics.happenings import lesson, people, queries, work
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
TAUGHT = NOW - timedelta(days=40)
SKILLS = {"refunds": ["refund"]}
STEP = WorkStep("refund", "3")


def after(days, seconds=0):
    return TAUGHT + timedelta(days=days, seconds=seconds)


def works(session, person_id, days, *outcomes, **about):
    for outcome in outcomes:
        work(session, person_id, after(days), outcome, **about)


def test_the_same_people_are_compared_and_the_others_numbered(database):
    with database.rehearsal() as session:
        ada, ben, only_before, only_after, early, untaught = people(session, 6, NOW)
        for person_id in (ada, ben, only_before, only_after):
            lesson(session, person_id, TAUGHT)
        lesson(session, ada, after(7))
        lesson(session, early, NOW - timedelta(days=29))
        works(session, ada, -5, "missed", "corrected", "done")
        works(session, ada, 5, "missed", "alone")
        works(session, ben, -5, "missed")
        works(session, ben, 5, "done", "done")
        works(session, only_before, -5, "missed")
        works(session, only_after, 5, "missed")
        works(session, untaught, 5, "missed")
        works(session, early, 5, "missed")
        works(session, early, 20, "missed")
        assert error_reduction(session, None, SKILLS, NOW) == [
            ErrorReduction("refunds", STEP, Share(3, 4), Share(1, 4), people=2, one_sided=2, too_early=1)
        ]
        (found,) = error_reduction(session, [ada], SKILLS, NOW)
        assert (found.before, found.after, found.people) == (Share(2, 3), Share(1, 2), 1)
        assert found.change == 1 / 2 - 2 / 3
        (found,) = error_reduction(session, [only_before], SKILLS, NOW)
        assert (found.before.value, found.change, found.people, found.one_sided) == (None, None, 0, 1)
        assert error_reduction(session, [untaught], SKILLS, NOW) == []
        assert error_reduction(session, None, {"refunds": ["till"]}, NOW) == []


def test_each_span_ends_where_its_days_do(database):
    with database.rehearsal() as session:
        (ada,) = people(session, 1, NOW)
        lesson(session, ada, TAUGHT)
        # The span before: after its start, up to and with the lesson. The span after: up to and with its last instant.
        for at in (after(-30), after(-30, 1), after(0), after(0, 1), after(30), after(30, 1)):
            work(session, ada, at, "missed")
        (found,) = error_reduction(session, None, SKILLS, NOW)
        assert (found.before, found.after) == (Share(2, 2), Share(2, 2))
        (found,) = error_reduction(session, None, SKILLS, after(30))
        assert (found.people, found.too_early) == (1, 0)
        (found,) = error_reduction(session, None, SKILLS, after(30, -1))
        assert (found.people, found.too_early) == (0, 1)
        (ben,) = people(session, 1, NOW)
        lesson(session, ben, after(1))
        works(session, ben, -29, "missed")
        works(session, ben, 2, "missed")
        (found,) = error_reduction(session, None, SKILLS, NOW)
        assert (found.people, found.one_sided) == (1, 1)


def test_steps_and_skills_are_apart_and_a_workflow_may_belong_to_two(database):
    with database.rehearsal() as session:
        (ada,) = people(session, 1, NOW)
        lesson(session, ada, TAUGHT)
        lesson(session, ada, after(6), skill="till")
        for days in (-1, 1):
            works(session, ada, days, "missed", workflow="Client call")
            works(session, ada, days, "done", workflow="client_call", step="4")
            works(session, ada, days, "missed", workflow="client_call", step=None)
        works(session, ada, 7, "done", workflow="client_call")
        skills = {"refunds": ["client_call"], "till": ["client call"]}
        with queries(session) as sent:
            found = {(one.skill, one.step.step): one for one in error_reduction(session, None, skills, NOW)}
        assert len(sent) == 2
        assert (found["refunds", "3"].before, found["refunds", "3"].after) == (Share(1, 1), Share(1, 2))
        assert (found["refunds", "4"].before, found["refunds", "4"].after) == (Share(0, 1), Share(0, 1))
        assert (found["till", "3"].before, found["till", "3"].after) == (Share(2, 2), Share(0, 1))
        assert (found["till", "4"].people, found["till", "4"].one_sided) == (0, 1)


@few
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(-35, 35), st.sampled_from(["done", "missed"])), max_size=20),
    st.lists(st.tuples(st.integers(-35, 35), st.sampled_from(["done", "missed"])), max_size=5),
)
def test_it_is_what_plain_loops_find_and_somebody_else_changes_nothing(database, items, others):
    with database.rehearsal() as session:
        ids = people(session, 4, NOW)
        for person_id in ids:
            lesson(session, person_id, TAUGHT)
        for who, days, outcome in items:
            works(session, ids[who], days, outcome)
        before, after_it, compared = [0, 0], [0, 0], 0
        for who in range(3):
            own = [(days, outcome == "missed") for one, days, outcome in items if one == who]
            early = [missed for days, missed in own if -30 < days <= 0]
            late = [missed for days, missed in own if 0 < days <= 30]
            if early and late:
                compared += 1
                before = [before[0] + sum(early), before[1] + len(early)]
                after_it = [after_it[0] + sum(late), after_it[1] + len(late)]
        found = error_reduction(session, ids[:3], SKILLS, NOW)
        if found:
            assert (found[0].before, found[0].after, found[0].people) == (Share(*before), Share(*after_it), compared)
            assert found[0].change is None or -1 <= found[0].change <= 1
        else:
            assert compared == 0
        for days, outcome in others:
            works(session, ids[3], days, outcome)
        assert error_reduction(session, ids[:3], SKILLS, NOW) == found
