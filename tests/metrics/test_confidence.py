"""Calibration and gain are those of the definitions, worked with plain loops over the answers."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.confidence import Calibration, ConfidenceGain, Level, calibration, confidence_gain
from metrics.periods import last_days
from metrics.shares import Share
from tests.metrics.happenings import answer, old_answer, people, queries
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
MONTH = last_days(30, NOW)


def ago(days, seconds=0):
    return NOW - timedelta(days=days, seconds=seconds)


def test_calibration_by_skill_from_answers_with_a_confidence(database):
    with database.rehearsal() as session:
        ada, ben = people(session, 2, NOW)
        stated = [(0.95, 1.0), (0.95, 0.74), (0.95, 0.75), (0.6, 1.0), (0.3, 0.0)]
        for confidence, score in stated:
            answer(session, ada, ago(2), score, confidence=confidence)
        answer(session, ben, ago(2), 0.0, confidence=0.95)
        answer(session, ben, ago(2), 1.0, confidence=0.3, skill="till")
        answer(session, ben, ago(2), 1.0)
        old_answer(session, ben, ago(2), 1.0)
        with queries(session) as sent:
            found, till = calibration(session, None, MONTH)
        assert len(sent) == 1
        assert found == Calibration("refunds", 2, (Level(0.3, 1, 0), Level(0.6, 1, 1), Level(0.95, 4, 2)))
        assert till == Calibration("till", 1, (Level(0.3, 1, 1),))
        pairs = [(confidence, score >= 0.75) for confidence, score in [*stated, (0.95, 0.0)]]
        assert found.answered == len(pairs)
        assert found.confidence == pytest.approx(sum(said for said, _ in pairs) / 6)
        assert found.right == Share(3, 6)
        assert found.overconfidence == pytest.approx(sum(said for said, _ in pairs) / 6 - 3 / 6)
        assert found.brier == pytest.approx(sum((said - right) ** 2 for said, right in pairs) / 6)
        assert found.sure_and_wrong == Share(2, 4)
        assert found.levels[2].share == Share(2, 4)
        assert calibration(session, [ben], MONTH, skill="till") == [till]
        assert calibration(session, [], MONTH) == []


def test_calibration_keeps_to_its_period(database):
    with database.rehearsal() as session:
        (ada,) = people(session, 1, NOW)
        for at in (MONTH.since, MONTH.since + timedelta(seconds=1), NOW, NOW + timedelta(seconds=1)):
            answer(session, ada, at, 1.0, confidence=0.6)
        assert calibration(session, None, MONTH) == [Calibration("refunds", 1, (Level(0.6, 2, 2),))]


def test_no_answer_is_no_figure():
    nothing = Calibration("refunds", 0, ())
    figures = (nothing.confidence, nothing.overconfidence, nothing.brier, nothing.reliability, nothing.resolution)
    assert (*figures, nothing.uncertainty, nothing.sure_and_wrong.value) == (None,) * 7


levels = st.dictionaries(
    st.sampled_from([0.3, 0.6, 0.95]), st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(any), min_size=1
)


@given(levels)
def test_the_brier_score_falls_into_its_three_parts(counts):
    found = Calibration(
        "refunds", 1, tuple(Level(said, right + wrong, right) for said, (right, wrong) in sorted(counts.items()))
    )
    assert found.brier == pytest.approx(found.reliability - found.resolution + found.uncertainty)
    for figure in (found.brier, found.confidence, found.right.value, found.reliability, found.resolution):
        assert 0 <= figure <= 1
    assert -1 <= found.overconfidence <= 1


def test_gain_is_the_newest_confidence_less_the_first(database):
    with database.rehearsal() as session:
        ada, ben, cleo = people(session, 3, NOW)
        for days, confidence in ((200, 0.3), (9, None), (8, 0.95), (3, 0.6)):
            answer(session, ada, ago(days), 1.0, confidence=confidence)
        for days, confidence in ((9, 0.95), (2, 0.3)):
            answer(session, ada, ago(days), 1.0, item="refunds.md#close", confidence=confidence)
        answer(session, ada, ago(9), 1.0, item="refunds.md#once", confidence=0.95)
        for days, confidence in ((9, 0.3), (2, 0.95)):
            answer(session, ben, ago(days), 1.0, item="till.md#count", skill="till", confidence=confidence)
        answer(session, cleo, ago(9), 1.0, confidence=0.3)
        old_answer(session, cleo, ago(3), 1.0)
        of_ada = ((0.6 - 0.3) + (0.3 - 0.95)) / 2
        with queries(session) as sent:
            found = confidence_gain(session, None, NOW)
        assert len(sent) == 1
        assert (found.people, found.items) == (2, 3)
        assert found.gain == pytest.approx((of_ada + (0.95 - 0.3)) / 2)
        assert confidence_gain(session, [ada], NOW).gain == pytest.approx(of_ada)
        assert confidence_gain(session, None, NOW, skill="till").items == 1
        assert confidence_gain(session, [cleo], NOW) == ConfidenceGain(0, 0, None)
        # The answer at an instant counts at it; before it the one at 8 days is the newest.
        assert confidence_gain(session, [ada], ago(3)).gain == pytest.approx(0.6 - 0.3)
        assert confidence_gain(session, [ada], ago(3, seconds=1)).gain == pytest.approx(0.95 - 0.3)


def test_of_two_answers_at_one_instant_the_later_written_is_the_newest(database):
    with database.rehearsal() as session:
        (ada,) = people(session, 1, NOW)
        for confidence in (0.3, 0.6, 0.95):
            answer(session, ada, ago(1), 1.0, confidence=confidence)
        assert confidence_gain(session, [ada], NOW).gain == pytest.approx(0.95 - 0.3)


@few
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(0, 29), st.sampled_from("ab"), st.sampled_from([None, 0.3, 0.6, 0.95])
        ),
        max_size=15,
    )
)
def test_gain_is_what_plain_loops_find_and_somebody_else_changes_nothing(database, answers):
    with database.rehearsal() as session:
        ids = people(session, 3, NOW)
        for who, days, slug, confidence in answers:
            answer(session, ids[who], ago(days), 1.0, item=f"a.md#{slug}", confidence=confidence)
        of_people = []
        for who in range(2):
            gains = []
            for slug in "ab":
                own = [one for one in answers if one[0] == who and one[2] == slug and one[3] is not None]
                in_time = sorted(own, key=lambda one: -one[1])
                if len(in_time) > 1:
                    gains.append(in_time[-1][3] - in_time[0][3])
            if gains:
                of_people.append(sum(gains) / len(gains))
        found = confidence_gain(session, ids[:2], NOW)
        assert found.people == len(of_people)
        if of_people:
            assert found.gain == pytest.approx(sum(of_people) / len(of_people))
            assert -1 <= found.gain <= 1
        else:
            assert found.gain is None
