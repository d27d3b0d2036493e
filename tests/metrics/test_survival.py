"""Curves, medians, restricted means and log-rank tests against published figures, other programs and their definitions.

6-MP: remission of leukemia in weeks (Freireich et al. 1963). Waltons: life spans of fruit flies in days, as lifelines
ships them. Where nothing else is said, a figure is that of lifelines 0.30.3 (chi-squared tails: of scipy 1.17).
"""

from itertools import pairwise
from math import isclose, sqrt
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.survival import (
    Curve,
    Median,
    Observed,
    chi_squared_tail,
    kaplan_meier,
    log_rank,
    median,
    restricted_mean,
    survival_at,
)
from tests.strategies import many


def seen(words):
    """Read days; a + says that nothing had happened by then."""
    return [Observed(float(word.rstrip("+")), not word.endswith("+")) for word in words.split()]


def table(rows):
    """Read days:events, or days:events+censored."""
    found = []
    for row in rows.split():
        day, _, counts = row.partition(":")
        events, _, censored = counts.partition("+")
        found += [Observed(float(day), True)] * int(events) + [Observed(float(day), False)] * int(censored or 0)
    return found


SIX_MP = seen("6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+")
PLACEBO = seen("1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23")
MIR_137 = table("6:1 9:3 13:3 15:2 19:3 22:4 26:5 29:5 33:2 36:2 43:1 47:1 62:2")
CONTROL = table(
    "7:1+1 17:1 32:1 33:1 38:2 41:7 45:9+1 48:8 51:3 53:7 54:2 56:18 58:4 60:15+1 61:9+2 63:9 66:3 68:9+1 69:12+1 75:1"
)

days = st.integers(0, 30).map(float)
people = st.lists(st.builds(Observed, days, st.booleans()), max_size=30)
arrived = st.lists(days.map(lambda day: Observed(day, True)), min_size=1, max_size=30)


def test_the_curve_of_6_mp_is_the_published_one():
    curve = kaplan_meier(SIX_MP)
    assert (len(SIX_MP), len(PLACEBO)) == (21, 21)
    assert survival_at(curve, 6) == pytest.approx(0.857143, abs=5e-7)
    assert survival_at(curve, 10) == pytest.approx(0.752941, abs=5e-7)
    assert survival_at(curve, 12.5) == survival_at(curve, 10)
    assert survival_at(curve, 35) == pytest.approx(0.44817927, abs=5e-9)
    assert dict(zip(curve.times, curve.at_risk, strict=True))[10] == 15


def test_standard_errors_are_greenwoods():
    # statsmodels 0.15, SurvfuncRight(...).surv_prob_se.
    expected = (0.07636035, 0.08693529, 0.09634965, 0.10681471, 0.11405387, 0.12823375, 0.13459146)
    curve = kaplan_meier(SIX_MP)
    found = [sqrt(v) for v, events in zip(curve.variance, curve.events, strict=True) if events]
    assert found == pytest.approx(expected, abs=5e-9)


@pytest.mark.parametrize(
    ("day", "low", "high"),
    [(6, 0.619718, 0.951552), (9, 0.563147, 0.922809), (13, 0.431610, 0.849066), (35, 0.188052, 0.680143)],
)
def test_the_band_is_that_of_log_minus_log(day, low, high):
    curve = kaplan_meier(SIX_MP)
    place = curve.times.index(day)
    assert (curve.low[place], curve.high[place]) == pytest.approx((low, high), abs=5e-7)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (SIX_MP, Median(23, 13, None)),
        (PLACEBO, Median(8, 4, 11)),
        (MIR_137, Median(26, 19, 29)),
        (CONTROL, Median(58, 56, 60)),
    ],
    ids=["6-MP", "placebo", "miR-137", "control"],
)
def test_medians_and_their_intervals(group, expected):
    assert median(kaplan_meier(group)) == expected


def test_the_log_rank_test_of_6_mp_is_the_published_one():
    found = log_rank(SIX_MP, PLACEBO)
    assert found.degrees == 1
    assert found.chi_squared == pytest.approx(16.792941, abs=5e-7)
    assert found.p == pytest.approx(4.168809e-05, rel=1e-6)


def test_the_log_rank_test_of_waltons_is_the_published_one():
    assert (len(MIR_137), len(CONTROL)) == (34, 129)
    found = log_rank(MIR_137, CONTROL)
    assert found.chi_squared == pytest.approx(122.2491, abs=5e-5)
    assert found.p == pytest.approx(2.04e-28, rel=5e-3)


def test_three_groups_are_compared_at_once():
    found = log_rank(SIX_MP, PLACEBO, MIR_137)
    assert (found.chi_squared, found.degrees) == (pytest.approx(41.856819033614), 2)
    assert found.p == pytest.approx(8.145302764068e-10)
    # The example in the docstring of lifelines.statistics.multivariate_logrank_test.
    few = log_rank(seen("5 3 9 8"), seen("7 4 4+ 3+ 2"), seen("5 6 7+"))
    assert (few.chi_squared, few.p) == pytest.approx((1.0800467314891906, 0.5827346361862382))


@pytest.mark.parametrize(
    ("group", "to", "mean"),
    [
        (SIX_MP, 10, 9.277310924369745),
        (SIX_MP, 20, 16.116526610644254),
        (SIX_MP, 35, 23.287394957983185),
        (PLACEBO, 10, 6.619047619047619),
        (PLACEBO, 35, 8.666666666666666),
        (MIR_137, 50, 25.0),
        (CONTROL, 50, 47.97787311469787),
    ],
)
def test_restricted_means(group, to, mean):
    assert restricted_mean(kaplan_meier(group), to).days == pytest.approx(mean)


@pytest.mark.parametrize("to", [10, 20, 35])
def test_the_error_of_a_restricted_mean_is_that_of_the_area(to):
    """By definition: the double integral of Cov(S(s), S(t)) = S(s) S(t) times Greenwood's sum up to the earlier."""
    curve = kaplan_meier(SIX_MP)
    facts = list(zip(curve.times, curve.survival, curve.at_risk, curve.events, strict=True))

    def covariance(day, other):
        earlier = min(day, other)
        summed = sum(events / (waiting * (waiting - events)) for at, _, waiting, events in facts if at <= earlier)
        return share(day) * share(other) * summed

    def share(day):
        return min((share for at, share, *_ in facts if at <= day), default=1.0)

    # Every time is a whole week: the curve is flat within each.
    variance = sum(covariance(day, other) for day in range(to) for other in range(to))
    assert restricted_mean(curve, to).error == pytest.approx(sqrt(variance))


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 7, 10])
def test_chi_squared_tails(degrees):
    of_scipy = {
        1: (0.7518296340458492, 0.05004352124870519, 5.733031437583875e-07, 6.326068263677272e-28),
        2: (0.951229424500714, 0.14660696213035013, 3.7266531720786718e-06, 8.756510762696494e-27),
        3: (0.9918374237318764, 0.27926761711860965, 1.5440498291101365e-05, 7.716790355634162e-26),
        4: (0.9987908957257497, 0.4280923294206225, 5.0309817823062075e-05, 5.341471565244885e-25),
        5: (0.9998376833880774, 0.5726744598320888, 0.0001393337911856263, 3.1385797727553017e-24),
        7: (0.9999976885812014, 0.79801091503604, 0.0007588002556582502, 7.661246463353007e-23),
        10: (0.9999999975020487, 0.9542763043207358, 0.005345505487134069, 5.060046065842555e-21),
    }
    assert [chi_squared_tail(value, degrees) for value in (0.1, 3.84, 25.0, 120.0)] == pytest.approx(of_scipy[degrees])


def test_nobody_says_nothing():
    assert kaplan_meier([]) == Curve()
    assert median(Curve()) == Median()
    assert survival_at(Curve(), 3) is None
    assert restricted_mean(Curve(), 3) is None
    assert log_rank() is None
    assert log_rank([], []) is None
    assert log_rank(SIX_MP) is None
    assert log_rank(SIX_MP, []) is None


def test_whoever_is_not_there_yet_is_waiting():
    curve = kaplan_meier(seen("4+ 7+ 9+"))
    assert curve.survival == (1.0, 1.0, 1.0)
    assert median(curve) == Median()
    assert (survival_at(curve, 9), survival_at(curve, 9.1), survival_at(curve, -1)) == (1.0, None, None)
    assert (restricted_mean(curve, 9).days, restricted_mean(curve, 9).error) == (9, 0)
    assert restricted_mean(curve, 10) is None
    assert log_rank(seen("4+ 7+"), seen("9+")) is None


def test_one_person_is_a_median_without_an_interval():
    curve = kaplan_meier(seen("5"))
    assert median(curve) == Median(5)
    assert (survival_at(curve, 4), survival_at(curve, 5), survival_at(curve, 500)) == (1.0, 0.0, 0.0)
    assert restricted_mean(curve, 8).days == 5
    assert (curve.low, curve.high) == ((0.0,), (pytest.approx(0.975),))
    assert median(kaplan_meier(seen("5+"))) == Median()
    assert median(kaplan_meier(seen("0"))) == Median(0)
    assert log_rank(seen("5"), seen("5")) is None


def test_all_at_once_is_sure_of_the_day_only_with_enough_people():
    assert median(kaplan_meier(seen("5 " * 30))) == Median(5, 5, 5)
    assert median(kaplan_meier(seen("5 " * 5))) == Median(5)
    assert median(kaplan_meier(seen("5 5 5 5 5 4+ 4+ 4+"))) == Median(5, 5, None)


def test_half_of_them_is_the_median_however_the_shares_round():
    for people in range(6, 60, 2):
        curve = kaplan_meier(Observed(day, True) for day in range(1, people + 1))
        assert median(curve).days == people / 2
    assert median(kaplan_meier(seen("1 2 3 3+ 4 5 9+ 9+ 9+ 9+ 9+ 9+"))).days is None


def test_a_group_that_left_before_anything_happened_is_not_compared():
    found = log_rank(SIX_MP, PLACEBO, seen("0+ 0.5+"))
    assert (found.degrees, found.chi_squared) == (1, pytest.approx(log_rank(SIX_MP, PLACEBO).chi_squared))


@pytest.mark.parametrize("wrong", [-0.1, float("nan"), float("inf")])
def test_days_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="nobody is seen"):
        Observed(wrong, True)


@many
@given(people)
def test_the_curve_falls_within_its_band(group):
    curve = kaplan_meier(group)
    assert all(later <= earlier for edge in (curve.survival, curve.high) for earlier, later in pairwise((1.0, *edge)))
    for low, share, high in zip(curve.low, curve.survival, curve.high, strict=True):
        assert 0 <= low <= share <= high <= 1
    middle = median(curve)
    assert middle.days is None or (middle.low or 0) <= middle.days <= (middle.high or 30)
    assert sum(curve.events) == sum(each.is_event for each in group)


@many
@given(st.data(), people, people)
def test_the_order_of_people_and_of_groups_changes_nothing(data, group, other):
    mixed = data.draw(st.permutations(group))
    assert kaplan_meier(mixed) == kaplan_meier(group)
    found, turned = log_rank(group, other), log_rank(other, mixed)
    assert (found is None) == (turned is None)
    if found is not None:
        assert isclose(found.chi_squared, turned.chi_squared, rel_tol=1e-9, abs_tol=1e-9)
        assert 0 <= found.p <= 1


@many
@given(people)
def test_halves_that_are_alike_do_not_differ(group):
    found = log_rank(group, group)
    assert found is None or found.p == pytest.approx(1)
    three = log_rank(group, group, group)
    assert three is None or (three.p == pytest.approx(1) and three.degrees == 2)


@many
@given(arrived)
def test_with_everybody_there_it_is_plain_counting(group):
    curve = kaplan_meier(group)
    plain = [each.days for each in group]
    for day in range(32):
        assert survival_at(curve, day) == pytest.approx(sum(each > day for each in plain) / len(plain))
    assert median(curve).days == sorted(plain)[(len(plain) - 1) // 2]
    mean = restricted_mean(curve, 31)
    assert mean.days == pytest.approx(fmean(plain))
    assert mean.error == pytest.approx(pstdev(plain) / sqrt(len(plain)), abs=1e-9)


@many
@given(people, st.integers(0, 30), st.floats(0, 30))
def test_waiting_longer_without_getting_there_is_never_faster(group, at, more):
    shorter = kaplan_meier([*group, Observed(at, False)])
    longer = kaplan_meier([*group, Observed(at + more, False)])
    for day in range(at + 1):
        assert survival_at(longer, day) == pytest.approx(survival_at(shorter, day))
    assert all(
        survival_at(shorter, day) is None or survival_at(longer, day) >= survival_at(shorter, day) - 1e-9
        for day in range(31)
        if survival_at(longer, day) is not None
    )
