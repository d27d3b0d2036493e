"""How far people and sites lie apart at a step is what the formula says, everybody weighing the same."""

from datetime import timedelta
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.consistency import consistency
from metrics.periods import last_days
from metrics.step_tallies import AnswerStep
from tests.metrics.happenings import answer, people
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
MONTH = last_days(30, NOW)
DAY = timedelta(days=1)


def test_people_weigh_the_same_however_much_they_answered(database):
    with database.rehearsal() as session:
        ada, ben, cleo, dov = people(session, 4, NOW)
        for score in (1.0, 1.0, 0.0, 0.0):
            answer(session, ada, NOW - DAY, score)
        answer(session, ben, NOW - DAY, 1.0)
        answer(session, cleo, NOW - DAY, 0.75)
        answer(session, dov, NOW - DAY, 0.25, step=4)
        sites = {ada: "Quay", ben: "Hill", cleo: "Hill", dov: "Quay"}
        found = {one.step.step: one for one in consistency(session, None, MONTH, sites, smallest=1)}
        # The people's means are .5, 1 and .75: their mean is .75, the squares of what lies between sum to .125.
        assert (found[3].step, found[3].answers, found[3].people) == (AnswerStep("refunds", "refunds.md", 3), 6, 3)
        assert found[3].mean == pytest.approx(0.75)
        assert found[3].deviation == pytest.approx(sqrt(0.125 / 2))
        assert (found[3].sites, found[3].site_range) == (2, pytest.approx((1 + 0.75) / 2 - 0.5))
        assert (found[4].people, found[4].deviation, found[4].sites, found[4].site_range) == (1, None, 1, None)


def test_sites_with_too_few_people_and_people_of_no_site_are_not_compared(database):
    with database.rehearsal() as session:
        ids = people(session, 5, NOW)
        for person_id, score in zip(ids, (0.0, 1.0, 0.5, 0.5, 0.0), strict=True):
            answer(session, person_id, NOW - DAY, score)
        sites = dict(zip(ids, ("Quay", "Quay", "Hill", "Hill"), strict=False))
        (found,) = consistency(session, ids, MONTH, sites, smallest=2)
        assert (found.people, found.sites, found.site_range) == (5, 2, 0.0)
        (found,) = consistency(session, ids[1:], MONTH, sites, smallest=2)
        assert (found.people, found.sites, found.site_range) == (4, 1, None)


@few
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0.0, 0.5, 1.0])), min_size=1, max_size=15))
def test_no_spread_leaves_its_range(database, answers):
    with database.rehearsal() as session:
        ids = people(session, 4, NOW)
        for who, score in answers:
            answer(session, ids[who], NOW - DAY, score)
        sites = {person_id: f"site {place % 2}" for place, person_id in enumerate(ids)}
        (found,) = consistency(session, ids, MONTH, sites, smallest=1)
        means = {}
        for who in {who for who, _ in answers}:
            own = [score for other, score in answers if other == who]
            means[who] = sum(own) / len(own)
        mean = sum(means.values()) / len(means)
        assert found.mean == pytest.approx(mean)
        assert (found.deviation is None) == (len(means) == 1)
        if found.deviation is not None:
            assert found.deviation**2 * (len(means) - 1) == pytest.approx(
                sum((one - mean) ** 2 for one in means.values())
            )
            assert 0 <= found.deviation <= 0.7072
        assert found.site_range is None or 0 <= found.site_range <= 1
