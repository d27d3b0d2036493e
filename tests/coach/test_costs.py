"""Bands follow from what each mistake costs: never dearer than another band, and costs without a middle are refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.costs import DEFAULT_COSTS, Band, Costs
from tests.strategies import many

amounts = st.floats(0.01, 100)
probabilities = st.floats(0, 1)


@st.composite
def sensible(draw: st.DrawFn) -> Costs:
    """Costs whose middle band is not empty: (wrong - noise)(missed - doubt) is at least noise x doubt."""
    doubt, noise, above_noise = draw(amounts), draw(amounts), draw(amounts)
    above_doubt = noise * doubt / above_noise * (1.001 + draw(st.floats(0, 10)))
    return Costs(noise + above_noise, doubt, noise, doubt + above_doubt)


def expected(costs: Costs, band: Band, confidence: float) -> float:
    match band:
        case Band.ANSWERED:
            return (1 - confidence) * costs.wrong
        case Band.UNCERTAIN:
            return (1 - confidence) * costs.noise + confidence * costs.doubt
        case Band.NOT_COVERED:
            return confidence * costs.missed


@many
@given(sensible(), probabilities)
def test_no_other_band_costs_less(costs, confidence):
    chosen = expected(costs, costs.band(confidence), confidence)
    for band in Band:
        other = expected(costs, band, confidence)
        assert chosen <= other or math.isclose(chosen, other, rel_tol=1e-9, abs_tol=1e-9)


@many
@given(sensible(), probabilities, probabilities)
def test_more_confidence_is_never_a_lower_band(costs, one, other):
    order = [Band.NOT_COVERED, Band.UNCERTAIN, Band.ANSWERED]
    low, high = sorted([one, other])
    assert order.index(costs.band(low)) <= order.index(costs.band(high))


@many
@given(sensible(), st.floats(0.1, 10))
def test_only_proportions_matter(costs, factor):
    scaled = Costs(*(factor * cost for cost in (costs.wrong, costs.doubt, costs.noise, costs.missed)))
    assert (scaled.low, scaled.high) == pytest.approx((costs.low, costs.high))


def test_the_usual_costs():
    assert (DEFAULT_COSTS.low, DEFAULT_COSTS.high) == pytest.approx((0.6, 0.9))
    assert [DEFAULT_COSTS.band(confidence) for confidence in (0.59, 0.6, 0.89, 0.9)] == [
        Band.NOT_COVERED,
        Band.UNCERTAIN,
        Band.UNCERTAIN,
        Band.ANSWERED,
    ]


@pytest.mark.parametrize(
    ("costs", "sentence"),
    [
        ({"wrong": 3, "noise": 3}, "wrong (3) must be above noise (3)"),
        ({"missed": 1, "doubt": 1}, "missed (1) must be above doubt (1)"),
        ({"noise": 0}, "must be above 0"),
        ({"doubt": -1}, "must be above 0"),
        ({"wrong": 4, "noise": 3, "missed": 1.2, "doubt": 1}, "leave no room for an uncertain answer"),
    ],
)
def test_costs_that_leave_out_a_band_are_refused(costs, sentence):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        Costs(**costs)
